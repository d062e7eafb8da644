//! A classifier answers for pictures, and only where its device computes rightly.

mod random_bundle;

use std::io::Cursor;

use burn::tensor::Device;
use image::{ImageFormat, RgbImage};
use random_bundle::{SIZE, block_on, bundle, manifest};
use serde_json::{Value, json};
use undercover::bundle::{Bundle, Storage};
use undercover::classifier::{Classifier, ClassifierError};
use undercover::cover::Cover;

fn classifier(bundle: &Bundle) -> Classifier {
    block_on(Classifier::load(bundle, &Device::flex())).expect("a sound bundle")
}

/// A picture whose colours depend on `seed`.
fn picture(seed: u32) -> RgbImage {
    RgbImage::from_fn(90, 70, |x, y| {
        let value = (x * 31 + y * 17 + seed * 101).wrapping_mul(2_654_435_761);
        image::Rgb([value as u8, (value >> 8) as u8, (value >> 16) as u8])
    })
}

fn png(image: &RgbImage) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    image.write_to(&mut bytes, ImageFormat::Png).expect("a PNG");
    bytes.into_inner()
}

fn names(genres: &[&str]) -> Vec<String> {
    genres.iter().map(|&genre| genre.to_owned()).collect()
}

#[test]
fn a_picture_is_answered_for_every_genre_set_best_first() {
    let bundle = bundle(Storage::F16);
    let prediction = block_on(classifier(&bundle).classify(&png(&picture(1)))).unwrap();
    assert_eq!(prediction.logits.len(), 10);
    let ids: Vec<&str> = prediction.sets.iter().map(|set| set.id.as_str()).collect();
    assert_eq!(
        ids,
        ["ten", "rock-hiphop-classical", "pop-hiphop-electronic"]
    );
    for (answer, set) in prediction.sets.iter().zip(&bundle.manifest().genre_sets) {
        assert_eq!(answer.predictions.len(), set.genres.len());
        let sum: f32 = answer
            .predictions
            .iter()
            .map(|genre| genre.probability)
            .sum();
        assert!((sum - 1.0).abs() < 1e-5, "{sum}");
        assert!(
            answer
                .predictions
                .is_sorted_by(|one, next| one.probability >= next.probability)
        );
    }
    let best =
        (0..10).max_by(|&one, &other| prediction.logits[one].total_cmp(&prediction.logits[other]));
    assert_eq!(
        prediction.sets[0].predictions[0].genre,
        bundle.manifest().genres[best.unwrap()]
    );
}

#[test]
fn a_picture_and_its_cover_have_the_same_logits_alone_and_in_a_batch() {
    let classifier = classifier(&bundle(Storage::F16));
    let pictures: Vec<RgbImage> = (0..3).map(picture).collect();
    let covers: Vec<Cover> = pictures
        .iter()
        .map(|image| Cover::from_rgb(image.clone(), SIZE).unwrap())
        .collect();
    let together = block_on(classifier.logits(&covers)).unwrap();
    assert_ne!(together[0], together[1]);
    for (picture, in_batch) in pictures.iter().zip(&together) {
        let alone = block_on(classifier.classify(&png(picture))).unwrap().logits;
        for (alone, in_batch) in alone.iter().zip(in_batch) {
            // Matrix products of another height may add in another order.
            assert!((alone - in_batch).abs() < 1e-5, "{alone} {in_batch}");
        }
    }
    assert!(block_on(classifier.logits(&[])).unwrap().is_empty());
}

#[test]
fn a_bad_picture_is_an_error_of_its_own_and_the_next_is_answered() {
    let classifier = classifier(&bundle(Storage::F16));
    let error = block_on(classifier.classify(b"")).unwrap_err();
    assert_eq!(error.code(), "empty");
    let error = block_on(classifier.classify(b"this is no picture")).unwrap_err();
    assert!(matches!(error, ClassifierError::Cover(_)), "{error}");
    assert!(block_on(classifier.classify(&png(&picture(1)))).is_ok());
}

#[test]
fn genres_can_be_chosen_and_keep_the_calibration_of_their_set() {
    let warm = changed(
        &bundle(Storage::F16),
        "/genre_sets/1/temperature",
        json!(4.0),
    );
    let classifier = classifier(&warm);
    let logits = block_on(classifier.logits(&[Cover::test_pattern(SIZE)]))
        .unwrap()
        .concat();
    let prediction = classifier.prediction(logits.clone()).unwrap();

    let reordered = names(&["classical", "rock", "hiphop"]);
    let answer = classifier.among(&reordered, &logits).unwrap();
    assert_eq!(answer, prediction.sets[1].predictions);

    // Of no set: calibrated as the first one, whose temperature is 1.
    let two = classifier
        .among(&names(&["jazz", "rock"]), &logits)
        .unwrap();
    let genres = &warm.manifest().genres;
    let logit = |genre: &str| logits[genres.iter().position(|known| known == genre).unwrap()];
    let odds = (logit(&two[0].genre) - logit(&two[1].genre)).exp();
    assert!((two[0].probability / two[1].probability - odds).abs() < 1e-4);
}

#[test]
fn genres_that_are_no_question_are_refused() {
    let classifier = classifier(&bundle(Storage::F16));
    for genres in [&["polka", "rock"][..], &[], &["rock", "rock"]] {
        let error = classifier.among(&names(genres), &[0.0; 10]).unwrap_err();
        assert_eq!(error.code(), "unknown-genre", "{genres:?}");
    }
    let error = classifier.prediction(vec![f32::NAN; 10]).unwrap_err();
    assert_eq!(error.code(), "device-failed");
    assert_eq!(
        classifier.prediction(vec![0.0; 9]).unwrap_err().code(),
        "device-failed"
    );
}

#[test]
fn a_device_that_computes_something_else_is_refused() {
    let sound = bundle(Storage::F16);
    let tolerance = sound.manifest().self_test.tolerance;
    let known = sound.manifest().self_test.logits[7];
    for (known, passes) in [
        (known + tolerance / 2.0, true),
        (known - tolerance * 2.0, false),
        (known + 1e6, false),
    ] {
        let bundle = changed(&sound, "/self_test/logits/7", json!(known));
        let loaded = block_on(Classifier::load(&bundle, &Device::flex()));
        match loaded {
            Ok(_) => assert!(passes, "{known}"),
            Err(error) => {
                assert!(!passes, "{known}: {error}");
                assert_eq!(error.code(), "self-test-failed");
            }
        }
    }
    let self_test = &sound.manifest().self_test;
    assert!(self_test.compare(&self_test.logits).is_ok());
    assert!(self_test.compare(&[f32::NAN; 10]).is_err());
    let mut one_is_no_number = self_test.logits.clone();
    one_is_no_number[0] = f32::NAN;
    assert!(self_test.compare(&one_is_no_number).is_err());
    assert!(self_test.compare(&self_test.logits[..9]).is_err());
    assert!(self_test.compare(&[]).is_err());
}

/// A bundle with one entry of its manifest changed.
fn changed(bundle: &Bundle, pointer: &str, value: Value) -> Bundle {
    let mut manifest = manifest(bundle);
    *manifest.pointer_mut(pointer).expect(pointer) = value;
    Bundle::parse(manifest.to_string().as_bytes(), bundle.weights()).expect("a sound bundle")
}
