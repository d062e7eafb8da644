//! docs/training.md says what the code reads.

use std::collections::BTreeSet;

use toml::{Table, Value};

use super::Experiment;

/// Read when the test runs: what is compiled does not depend on it.
fn page() -> String {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/training.md");
    std::fs::read_to_string(path).unwrap()
}

/// The keys in the first column of the table below a heading.
fn documented(heading: &str) -> BTreeSet<String> {
    let page = page();
    let (_, text) = page.split_once(&format!("\n{heading}\n")).unwrap();
    let text = text.split("\n#").next().unwrap();
    text.lines()
        .filter_map(|line| line.strip_prefix("| `")?.split('`').next())
        .map(str::to_owned)
        .collect()
}

/// The keys that an error about an unknown one expects in its place.
fn expected(error: &str) -> BTreeSet<String> {
    let (_, keys) = error
        .lines()
        .next()
        .unwrap()
        .split_once("expected")
        .unwrap();
    keys.split('`')
        .skip(1)
        .step_by(2)
        .map(str::to_owned)
        .collect()
}

/// The keys of a section of an experiment; those of the experiment itself for "".
fn known(section: &str) -> BTreeSet<String> {
    let mut table: Table =
        toml::from_str(include_str!("../../experiments/undercover.toml")).unwrap();
    let wrong = Table::from_iter([("none".to_owned(), Value::Boolean(true))]);
    match section {
        "" => table.extend(wrong),
        _ => drop(table.insert(section.to_owned(), wrong.into())),
    }
    expected(&Experiment::from_table(table).unwrap_err().to_string())
}

#[test]
fn the_table_of_keys_is_complete_and_has_no_others() {
    let sections = [
        "split",
        "choose_by",
        "sampling",
        "augmentation",
        "head",
        "fine_tune",
    ];
    let mut keys = known("");
    for section in sections {
        assert!(keys.remove(section), "{section}");
        keys.extend(known(section).iter().map(|key| format!("{section}.{key}")));
    }
    assert_eq!(documented("### All keys"), keys);
}

#[test]
fn the_recipes_and_the_space_on_the_page_can_be_read() {
    let folder = tempfile::tempdir().unwrap();
    let page = page();
    let blocks: Vec<&str> = page
        .split("```toml\n")
        .skip(1)
        .map(|text| text.split("```").next().unwrap())
        .collect();
    let [first, choose_by, space] = blocks[..] else {
        panic!("{} blocks", blocks.len())
    };
    let path = folder.path().join("first.toml");
    std::fs::write(&path, format!("{first}{choose_by}")).unwrap();
    let experiment = Experiment::read(&path).unwrap();
    assert_eq!(experiment.choose_by.held_out_sources.len(), 2);
    let path = folder.path().join("space.toml");
    std::fs::write(&path, space).unwrap();
    let search = crate::tune::space::Search::read(&path).unwrap();
    assert_eq!(search.keys().count(), 3);
    let keys = toml::from_str::<crate::tune::space::Space>("none = true").unwrap_err();
    assert_eq!(documented("## Search"), expected(keys.message()));
}
