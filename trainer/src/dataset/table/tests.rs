use super::*;

/// The rows of a file with these bytes, or the whole chain of the error.
fn rows(bytes: impl AsRef<[u8]>) -> Result<Vec<Row>, String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("covers.csv");
    std::fs::write(&path, bytes).unwrap();
    read(&path).map_err(|error| format!("{error:#}"))
}

#[track_caller]
fn assert_refused(bytes: impl AsRef<[u8]>, why: &str) {
    let error = rows(bytes).unwrap_err();
    assert!(error.contains(why), "\"{error}\" does not say \"{why}\"");
}

#[test]
fn rows_are_read() {
    let found = rows(
        "file,genre,source,artist,split\na/1.jpg,rock,discogs,\"A, B\",train\n2.jpg,jazz,,,\n",
    )
    .unwrap();
    let first = Row {
        file: "a/1.jpg".into(),
        genre: "rock".into(),
        source: "discogs".into(),
        artist: "A, B".into(),
        split: Some(Split::Train),
    };
    let second = Row {
        file: "2.jpg".into(),
        genre: "jazz".into(),
        source: String::new(),
        artist: String::new(),
        split: None,
    };
    assert_eq!(found, [first, second]);
}

#[test]
fn order_of_columns_further_columns_bom_and_crlf_do_not_matter() {
    let plain = rows("file,genre,source,artist,split\n1.jpg,rock,s,a,test\n").unwrap();
    let other =
        rows("\u{feff}split,year,artist, genre ,source,file\r\ntest,1977,a, rock ,s,1.jpg\r\n")
            .unwrap();
    assert_eq!(other, plain);
}

#[test]
fn a_missing_column_is_named() {
    assert_refused(
        "file,source,artist,split\n1.jpg,s,a,test\n",
        "the column \"genre\" is missing; there are: file",
    );
    assert_refused("", "the column \"file\" is missing");
}

#[test]
fn a_file_without_rows_is_refused() {
    assert_refused("file,genre,source,artist,split\n", "has no rows");
}

#[test]
fn a_missing_file_is_named() {
    let error = format!("{:#}", read(Path::new("/nowhere/covers.csv")).unwrap_err());
    assert!(error.contains("/nowhere/covers.csv"), "{error}");
}

#[test]
fn invalid_utf8_is_told_with_its_line() {
    let bytes = b"file,genre,source,artist,split\n1.jpg,rock,,,\n2.jpg,ro\xffck,,,\n";
    assert_refused(bytes, "line 3: the genre is not valid UTF-8");
    // In a column that is not read it does no harm.
    assert!(rows(b"file,genre,source,artist,split,note\n1.jpg,rock,,,,\xff\n").is_ok());
}

#[test]
fn a_row_of_another_length_is_told_with_its_line() {
    assert_refused(
        "file,genre,source,artist,split\n1.jpg,rock,,,\n2.jpg,rock\n",
        "line: 3",
    );
}

#[test]
fn files_outside_the_folder_are_refused() {
    for file in ["/etc/passwd", "../1.jpg", "a/../../1.jpg"] {
        assert_refused(
            format!("file,genre,source,artist,split\n{file},rock,,,\n"),
            "line 2: the file",
        );
    }
}

#[test]
fn empty_files_and_genres_and_unknown_splits_are_refused() {
    let with = |row: &str| format!("file,genre,source,artist,split\n{row}\n");
    assert_refused(with(",rock,,,"), "line 2: the file is empty");
    assert_refused(with("1.jpg, ,,,"), "line 2: the genre is empty");
    assert_refused(with("1.jpg,NaN,,,"), "line 2: the genre is NaN");
    assert_refused(with("1.jpg, nan ,,,"), "line 2: the genre is nan");
    assert_refused(
        with("1.jpg,rock,,,Train"),
        "line 2: the split \"Train\" is unknown",
    );
}

#[test]
fn a_cover_may_be_repeated_but_not_in_two_splits() {
    let header = "file,genre,source,artist,split\n";
    assert_eq!(
        rows(format!("{header}1.jpg,rock,,,train\n1.jpg,rock,,,train\n"))
            .unwrap()
            .len(),
        2
    );
    let error = "line 3: 1.jpg is in two splits, train and test";
    assert_refused(
        format!("{header}1.jpg,rock,,,train\n1.jpg,rock,,,test\n"),
        error,
    );
}
