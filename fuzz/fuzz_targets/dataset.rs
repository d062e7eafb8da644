//! A dataset's CSV file, and a list of addresses to build one from.

#![no_main]

use std::path::Component;

use libfuzzer_sys::fuzz_target;
use trainer::readers::{AddressList, Columns, Dataset, Sheet};

fuzz_target!(|bytes: &[u8]| {
    let path = undercover_fuzz::file("covers.csv", bytes);
    if let Ok(dataset) = Dataset::read(&path) {
        assert!(!dataset.rows.is_empty());
        for row in &dataset.rows {
            assert!(dataset.path(row).starts_with(&dataset.root));
            let leaves = |part| matches!(part, Component::ParentDir | Component::RootDir);
            assert!(!row.file.components().any(leaves), "{row:?}");
        }
        let selected = dataset.select(None, Some(&dataset.genres()));
        assert_eq!(selected.len(), dataset.rows.len());
        rewrite(&path, &dataset);
    }
    for columns in [Columns::Csv, Columns::Tsv] {
        _ = AddressList::open(&path, columns);
    }
});

/// What reads a file to change it keeps its rows.
fn rewrite(path: &std::path::Path, dataset: &Dataset) {
    let sheet = Sheet::read(path).expect("a dataset is a sheet");
    assert_eq!(sheet.count(), dataset.rows.len());
    sheet.write().expect("its own folder");
    let again = Dataset::read(path).expect("a sheet that was a dataset");
    assert_eq!(again.rows, dataset.rows);
}
