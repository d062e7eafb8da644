//! The site's own files hold nothing that would make a script or markup of data. The pages' policies refuse it as well,
//! in browsers that know Trusted Types; this holds in all of them.

use std::fs;
use std::path::Path;

use crate::workspace::Workspace;

/// What makes markup or code of text.
const SINKS: [&str; 15] = [
    ".innerHTML",
    ".outerHTML",
    "insertAdjacentHTML",
    "document.write",
    "createContextualFragment",
    "setHTMLUnsafe",
    "parseHTMLUnsafe",
    "srcdoc",
    "eval(",
    "new Function",
    "setTimeout('",
    "setTimeout(`",
    "javascript:",
    "setAttribute('on",
    "dangerouslySetInnerHTML",
];

/// What takes an address of a script or foreign markup: only where it is wrapped in the site's own policy.
const WRAPPED: [(&str, &str); 4] = [
    (
        "new DOMParser",
        "new DOMParser().parseFromString(getPolicy()",
    ),
    ("new Worker(", "new Worker(scriptUrl("),
    (".register(", ".register(address"),
    ("importScripts(", "importScripts(trusted?."),
];

/// The paths and texts of the files with this ending, without what is built.
fn files(folder: &Path, ending: &str, found: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.to_string_lossy().into_owned();
        if path.is_dir() && !name.ends_with("/pkg") {
            files(&path, ending, found);
        } else if name.ends_with(ending) {
            found.push((name, fs::read_to_string(&path).unwrap()));
        }
    }
}

fn site_files(ending: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    files(&Workspace::find().unwrap().site(), ending, &mut found);
    assert!(!found.is_empty());
    found
}

#[test]
fn no_script_makes_markup_or_code_of_text() {
    for (path, text) in site_files(".js") {
        for sink in SINKS {
            assert!(!text.contains(sink), "{path}: {sink}");
        }
        for (sink, wrapped) in WRAPPED {
            let all = text.matches(sink).count();
            assert_eq!(all, text.matches(wrapped).count(), "{path}: {sink}");
        }
    }
}

#[test]
fn no_page_holds_a_script_a_handler_or_a_style_of_its_own() {
    for (path, text) in site_files(".html") {
        for tag in text.split('<').skip(1) {
            let tag = tag.split('>').next().unwrap_or_default();
            assert!(!tag.starts_with("style"), "{path}: <{tag}>");
            let script = tag == "script" || tag.starts_with("script ");
            assert!(!script || tag.contains(" src=\""), "{path}: <{tag}>");
            assert!(!script || !tag.contains("src=\"http"), "{path}: <{tag}>");
            for attribute in tag.split_whitespace().skip(1) {
                let handler = attribute.starts_with("on") && attribute.contains('=');
                assert!(
                    !handler && !attribute.starts_with("style="),
                    "{path}: <{tag}>"
                );
            }
        }
    }
}
