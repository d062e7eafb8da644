use super::*;

/// A thousand rows of two genres and two sources; every fifth has one of forty artists.
fn rows() -> Vec<Row> {
    let row = |index: usize| Row {
        file: format!("{index}.jpg").into(),
        genre: if index.is_multiple_of(4) {
            "jazz"
        } else {
            "rock"
        }
        .into(),
        source: if index % 10 < 3 { "small" } else { "large" }.into(),
        artist: if index.is_multiple_of(5) {
            format!("Artist {}", index / 5 % 40)
        } else {
            String::new()
        },
        split: None,
    };
    (0..1000).map(row).collect()
}

/// All far apart but for rows 2i and 2i + 1 with i < 50, which are the same picture.
fn hashes() -> Vec<Option<u128>> {
    let far_apart =
        |index: usize| (index as u128 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835);
    (0..1000)
        .map(|index| Some(far_apart(if index < 100 { index / 2 } else { index })))
        .collect()
}

fn count(splits: &[Option<Split>], split: Option<Split>) -> usize {
    splits.iter().filter(|found| **found == split).count()
}

#[test]
fn artists_and_near_duplicates_stay_on_one_side() {
    let rows = rows();
    let splits = split(&rows, &hashes(), &SplitBy::Group, 3).unwrap();
    for pair in 0..50 {
        assert_eq!(splits[2 * pair], splits[2 * pair + 1], "pair {pair}");
    }
    for artist in 0..40 {
        let name = format!("Artist {artist}");
        let of_artist: BTreeSet<_> = (0..1000)
            .filter(|&index| rows[index].artist == name)
            .map(|i| splits[i])
            .collect();
        assert_eq!(of_artist.len(), 1, "{name}");
    }
}

#[test]
fn the_shares_hold_in_every_genre_and_source() {
    let rows = rows();
    for by in [SplitBy::Group, SplitBy::Random] {
        let splits = split(&rows, &hashes(), &by, 3).unwrap();
        for genre in ["jazz", "rock"] {
            for source in ["small", "large"] {
                let stratum: Vec<_> = (0..1000)
                    .filter(|&index| rows[index].genre == genre && rows[index].source == source)
                    .map(|index| splits[index])
                    .collect();
                for (part, share) in Split::ALL.into_iter().zip(SHARES) {
                    let found = count(&stratum, Some(part)) as f64 / stratum.len() as f64;
                    assert!(
                        (found - share).abs() < 0.03,
                        "{by:?}, {genre}, {source}, {part}: {found}"
                    );
                }
            }
        }
    }
}

#[test]
fn random_tears_artists_apart() {
    let rows = rows();
    let splits = split(&rows, &hashes(), &SplitBy::Random, 3).unwrap();
    let torn = (0..40).filter(|artist| {
        let name = format!("Artist {artist}");
        let of_artist: BTreeSet<_> = (0..1000)
            .filter(|&index| rows[index].artist == name)
            .map(|i| splits[i])
            .collect();
        of_artist.len() > 1
    });
    assert!(torn.count() > 20);
}

#[test]
fn the_seed_decides() {
    let rows = rows();
    for by in [
        SplitBy::Group,
        SplitBy::Random,
        SplitBy::Source("small".into()),
    ] {
        let of_seed = |seed| split(&rows, &hashes(), &by, seed).unwrap();
        assert_eq!(of_seed(1), of_seed(1));
        assert_ne!(of_seed(1), of_seed(2));
    }
}

#[test]
fn a_held_out_source_is_the_test_and_what_is_tied_to_it_is_left_out() {
    let rows = rows();
    let splits = split(&rows, &hashes(), &SplitBy::Source("small".into()), 3).unwrap();
    for (row, split) in rows.iter().zip(&splits) {
        assert_eq!(
            *split == Some(Split::Test),
            row.source == "small",
            "{row:?}"
        );
    }
    // Rows 2 and 3 are the same picture, 2 is held out, 3 is not.
    assert_eq!((splits[2], splits[3]), (Some(Split::Test), None));
    let (train, validation) = (
        count(&splits, Some(Split::Train)),
        count(&splits, Some(Split::Validation)),
    );
    let share = validation as f64 / (train + validation) as f64;
    assert!((share - 1.0 / 9.0).abs() < 0.02, "{share}");
}

#[test]
fn an_unknown_source_is_refused_with_the_known_ones() {
    let error = split(&rows(), &hashes(), &SplitBy::Source("other".into()), 3)
        .unwrap_err()
        .to_string();
    assert_eq!(
        error,
        "there is no source \"other\"; there are: large, small"
    );
}

#[test]
fn a_genre_with_one_cover_is_learned_from() {
    let mut rows = rows();
    rows[999].genre = "polka".into();
    let splits = split(&rows, &hashes(), &SplitBy::Group, 3).unwrap();
    assert_eq!(splits[999], Some(Split::Train));
}

#[test]
fn ways_to_split_are_read() {
    assert_eq!("group".parse::<SplitBy>().unwrap(), SplitBy::Group);
    assert_eq!("artist".parse::<SplitBy>().unwrap(), SplitBy::Group);
    assert_eq!("random".parse::<SplitBy>().unwrap(), SplitBy::Random);
    assert_eq!(
        "source:discogs".parse::<SplitBy>().unwrap(),
        SplitBy::Source("discogs".into())
    );
    for wrong in ["", "source", "source:", "genre", "group:x"] {
        assert!(wrong.parse::<SplitBy>().is_err(), "{wrong}");
    }
}

#[test]
fn a_file_listed_twice_is_in_one_split() {
    let mut rows = rows();
    for index in 500..1000 {
        rows[index].file = rows[index - 500].file.clone();
    }
    let splits = split(&rows, &hashes(), &SplitBy::Random, 3).unwrap();
    assert_eq!(splits[..500], splits[500..]);
}
