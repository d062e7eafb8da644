//! Figures are compared with those of scikit-learn 1.9.1 and numpy on the same answers, which
//! tests/metrics/scikit_learn.py draws and judges.

use super::*;

const GENRES: [&str; 4] = ["folk", "hiphop", "jazz", "metal"];

fn genres(names: &[&str]) -> Vec<String> {
    names.iter().map(|&name| name.to_owned()).collect()
}

/// Labels and probabilities by an arithmetic rule, right about half of the time, without ties.
fn sixty_answers() -> Vec<(usize, Vec<f32>)> {
    let label = |i: usize| if i % 10 == 9 { 3 } else { (i * 7 + i / 5) % 4 };
    let weight = |i: usize, j: usize| {
        let boost = if j == label(i) && !i.is_multiple_of(3) {
            12
        } else {
            0
        };
        4 * ((i * 31 + j * 17 + i * j * 13) % 23 + 1 + boost) + j
    };
    let answer = |i: usize| {
        let weights: Vec<usize> = (0..4).map(|j| weight(i, j)).collect();
        let sum = weights.iter().sum::<usize>() as f32;
        (
            label(i),
            weights.iter().map(|&weight| weight as f32 / sum).collect(),
        )
    };
    (0..60).map(answer).collect()
}

fn report(answers: &[(usize, Vec<f32>)], names: &[&str]) -> Report {
    let source = |index: usize| {
        if index.is_multiple_of(2) {
            "even"
        } else {
            "odd"
        }
    };
    let answers: Vec<_> = answers
        .iter()
        .enumerate()
        .map(|(index, (label, probabilities))| Answer {
            label: *label,
            source: source(index),
            probabilities,
        })
        .collect();
    Report::new(&genres(names), &answers, 7).unwrap()
}

#[track_caller]
fn assert_near(found: f64, expected: f64) {
    assert!(
        (found - expected).abs() < 1e-6,
        "{found} instead of {expected}"
    );
}

/// The answers and figures of one case of the fixture.
#[derive(serde::Deserialize)]
struct Case {
    labels: Vec<usize>,
    /// Probabilities in parts of 4096.
    grid: Vec<Vec<u16>>,
    figures: serde_json::Value,
}

fn cases() -> BTreeMap<String, Case> {
    serde_json::from_str(include_str!("../../../tests/metrics/scikit_learn.json")).unwrap()
}

impl Case {
    fn report(&self) -> Report {
        let genres = self.grid[0].len();
        let names: Vec<String> = (0..genres).map(|genre| format!("{genre}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let part = |&part: &u16| f32::from(part) / 4096.0;
        let rows = self.grid.iter().map(|row| row.iter().map(part).collect());
        let answers: Vec<_> = self.labels.iter().copied().zip(rows).collect();
        report(&answers, &names)
    }
}

/// Every number of `expected` is in `found`, to 1e-6.
fn assert_same(found: &serde_json::Value, expected: &serde_json::Value, place: &str) {
    use serde_json::Value;
    match expected {
        Value::Number(number) => {
            let found = found.as_f64().unwrap_or(f64::NAN);
            let expected = number.as_f64().unwrap();
            assert!(
                (found - expected).abs() < 1e-6,
                "{place} is {found} instead of {expected}"
            );
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                // Genres are by name here, by number there.
                let own = found
                    .get(index)
                    .or_else(|| found.get(index.to_string()))
                    .unwrap();
                assert_same(own, item, &format!("{place}.{index}"));
            }
        }
        Value::Object(entries) => {
            for (key, entry) in entries {
                assert_same(&found[key], entry, &format!("{place}.{key}"));
            }
        }
        _ => panic!("{place} is no number"),
    }
}

#[test]
fn figures_are_those_of_scikit_learn() {
    let cases = cases();
    assert_eq!(cases.len(), 3);
    for (name, case) in cases {
        assert_eq!(case.figures.as_object().unwrap().len(), 13);
        let report = serde_json::to_value(case.report()).unwrap();
        assert_same(&report, &case.figures, &name);
    }
}

#[test]
fn source_figures_are_those_of_scikit_learn_on_their_half() {
    let report = report(&sixty_answers(), &GENRES);
    let (even, odd) = (report.per_source["even"], report.per_source["odd"]);
    assert_eq!((even.n, odd.n), (30, 30));
    assert_near(even.accuracy, 0.6);
    assert_near(even.balanced_accuracy, 0.583_333_333_333_333_4);
    assert_near(odd.accuracy, 0.466_666_666_666_666_7);
    assert_near(odd.balanced_accuracy, 0.458_333_333_333_333_3);
}

#[test]
fn intervals_hold_their_figures_and_have_a_plausible_width() {
    let report = report(&sixty_answers(), &GENRES);
    let intervals = report.intervals;
    for (value, interval) in [
        (report.accuracy, intervals.accuracy),
        (report.top3_accuracy, intervals.top3_accuracy),
        (report.balanced_accuracy, intervals.balanced_accuracy),
        (
            report.balanced_top3_accuracy,
            intervals.balanced_top3_accuracy,
        ),
    ] {
        assert!(
            interval.low < value && value < interval.high,
            "{value} in {interval:?}"
        );
    }
    // Normal approximation: 2·1.96·√(p(1 − p)/60) = 0.252.
    let width = intervals.accuracy.high - intervals.accuracy.low;
    assert!((width - 0.252).abs() < 0.05, "{width}");
}

#[test]
fn accuracy_at_proportions_weighs_recalls() {
    // Rock: 3 of 4; classical: 1 of 2.
    let (rock, classical) = (vec![0.9, 0.1], vec![0.2, 0.8]);
    let answers = [
        (0, &rock),
        (0, &rock),
        (0, &rock),
        (0, &classical),
        (1, &classical),
        (1, &rock),
    ]
    .map(|(l, p)| (l, p.clone()));
    let report = report(&answers, &["rock", "classical"]);
    assert_near(
        report
            .accuracy_at_proportions(&[("rock", 0.8), ("classical", 0.2)])
            .unwrap(),
        0.7,
    );
    assert_near(report.balanced_accuracy, 0.625);
    assert!(
        report
            .accuracy_at_proportions(&[("rock", 0.8), ("classical", 0.1)])
            .is_err()
    );
    let error = report
        .accuracy_at_proportions(&[("rock", 0.8), ("jazz", 0.2)])
        .unwrap_err();
    assert!(error.to_string().contains("jazz"));
}

#[test]
fn a_genre_without_covers_does_not_count_in_balanced_figures() {
    let answers = [(0, vec![0.6, 0.3, 0.1]), (1, vec![0.6, 0.3, 0.1])];
    let report = report(&answers, &["pop", "rock", "jazz"]);
    assert_near(report.balanced_accuracy, 0.5);
    assert_eq!(report.per_genre["jazz"].support, 0);
    let with_interval: Vec<_> = report.intervals.recall.keys().collect();
    assert_eq!(with_interval, ["pop", "rock"]);
    assert!(
        report
            .accuracy_at_proportions(&[("pop", 0.5), ("jazz", 0.5)])
            .is_err()
    );
}

#[test]
fn no_answers_are_an_error() {
    assert!(Report::new(&genres(&GENRES), &[], 0).is_err());
}

#[test]
fn a_report_comes_back_from_json() {
    let report = report(&sixty_answers(), &GENRES);
    let json = serde_json::to_value(&report).unwrap();
    for key in [
        "n",
        "accuracy",
        "top3_accuracy",
        "balanced_accuracy",
        "balanced_top3_accuracy",
        "macro_f1",
        "rmse",
        "ece",
    ] {
        assert!(json[key].is_number(), "{key}");
    }
    assert!(json["per_genre"]["jazz"]["support"] == 12 && json["confusion"][3][3] == 11);
    assert_eq!(serde_json::from_value::<Report>(json).unwrap(), report);
}
