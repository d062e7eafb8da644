use std::path::Path;

use super::*;
use crate::dataset::division::Division;
use crate::evaluate::Answers;
use crate::experiments::{Cell, Measured, RECIPES, Recipe, cells};
use crate::train::checkpoint::Progress;
use crate::train::spent::Spent;
use crate::train::{Cost, Outcome};

/// Runs of which each tells the covers of a genre by its own `recall`, 100 covers a genre.
fn write(folder: &Path, recall: impl Fn(&Cell) -> f64, divisions: &[&str]) {
    let experiments = Path::new(env!("CARGO_MANIFEST_DIR")).join("experiments");
    let recipes =
        RECIPES.map(|name| Recipe::read(&experiments.join(format!("{name}.toml"))).unwrap());
    let divisions: Vec<_> = divisions
        .iter()
        .map(|by| Division {
            by: by.parse().unwrap(),
            seed: 0,
        })
        .collect();
    for cell in cells(&recipes, &GenreSet::defaults(), &divisions) {
        let run = folder.join(cell.name());
        std::fs::create_dir_all(&run).unwrap();
        let genres = cell.genre_set.genres.clone();
        let count = genres.len();
        let right = (recall(&cell) * 100.0).round() as usize;
        let cover = |index: usize| {
            let (genre, index) = (index % count, index / count);
            let called = if index < right {
                genre
            } else {
                (genre + 1) % count
            };
            crate::evaluate::Cover {
                file: format!("{genre}/{index}.jpg").into(),
                source: "shop".into(),
                genre,
                probabilities: (0..count)
                    .map(|one| f32::from(u8::from(one == called)))
                    .collect(),
            }
        };
        let covers = (0..100 * count).map(cover).collect();
        let measured = Measured {
            recipe: cell.recipe.name.clone(),
            genre_set: cell.genre_set.id.clone(),
            experiment: cell.experiment(),
            answers: Answers {
                genres: genres.clone(),
                covers,
            },
        };
        measured.write(&run).unwrap();
        let outcome = Outcome {
            experiment: cell.experiment(),
            genres,
            training: 1000,
            validation: 100,
            cost: Some(Cost {
                parameters: 1_230_000,
                multiply_adds: 45_000_000,
            }),
            progress: Progress {
                spent: Spent {
                    seconds: 100.0,
                    core_seconds: 90.0,
                },
                ..Progress::default()
            },
            held_out: 0,
            earlier: None,
            origin: None,
            teachers: Vec::new(),
        };
        std::fs::write(run.join("run.json"), serde_json::to_vec(&outcome).unwrap()).unwrap();
    }
}

fn page_of(recall: impl Fn(&Cell) -> f64, divisions: &[&str]) -> String {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), recall, divisions);
    page(&Results::read(folder.path()).unwrap())
}

#[test]
fn the_words_follow_the_figures() {
    let as_in_the_paper =
        |cell: &Cell| match (cell.recipe.name.as_str(), cell.genre_set.id.as_str()) {
            ("module-1", "rock-hiphop-classical") => 0.73,
            ("module-2", "rock-hiphop-classical") => 0.60,
            ("module-1", _) => 0.55,
            _ => 0.5,
        };
    let text = page_of(as_in_the_paper, &["random", "group"]);
    assert!(text.contains("All 30 experiments are finished."), "{text}");
    assert_eq!(
        text.matches("agrees: the paper's lies within").count(),
        8,
        "{text}"
    );
    assert_eq!(text.matches("the order agrees").count(), 4, "{text}");
    assert!(text.contains("| Module 1 | .730 (."), "{text}");
    assert!(text.contains("| 1.23 M | 45 | 1.5 min |"), "{text}");

    // The same page over other runs says the opposite.
    let otherwise = |cell: &Cell| match (cell.recipe.name.as_str(), cell.genre_set.id.as_str()) {
        ("module-1", "rock-hiphop-classical") => 0.40,
        ("module-2", "rock-hiphop-classical") => 0.90,
        ("module-1", _) => 0.70,
        _ => 0.95,
    };
    let text = page_of(otherwise, &["random", "group"]);
    assert_eq!(
        text.matches("agrees: the paper's lies within").count(),
        0,
        "{text}"
    );
    assert_eq!(
        text.matches("does not agree: the paper's is higher")
            .count(),
        4,
        "{text}"
    );
    assert_eq!(
        text.matches("does not agree: ours is higher").count(),
        4,
        "{text}"
    );
    assert_eq!(
        text.matches("the order does not agree").count(),
        4,
        "{text}"
    );
    assert!(
        text.contains("(better)") && !text.contains("(worse)"),
        "{text}"
    );
    assert!(text.contains("not to be told apart in 15"), "{text}");
}

#[test]
fn a_collection_that_was_held_out_is_a_column_of_every_table() {
    let falls = |cell: &Cell| {
        if cell.division.by == SplitBy::Group {
            0.7
        } else {
            0.5
        }
    };
    let text = page_of(falls, &["group", "source:blog"]);
    assert_eq!(text.matches("balanced, blog held out").count(), 3, "{text}");
    assert!(
        text.contains(
            "15 of 30 experiments are finished; not run are 3 of Module 1, 3 of Module 2"
        ),
        "{text}"
    );
    assert!(
        text.contains("## blog held out") && text.contains("| −.200 (−."),
        "{text}"
    );
    assert!(text.contains("more in 0, less in 15"), "{text}");
}

#[test]
fn without_runs_there_is_no_page() {
    let folder = tempfile::tempdir().unwrap();
    let error = Results::read(folder.path()).err().unwrap();
    assert!(error.to_string().contains("trainer experiments run"));
}
