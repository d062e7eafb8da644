//! The heat map and the logits come from one pass, and add up.

mod random_bundle;

use burn::tensor::Device;
use random_bundle::{SIZE, block_on, bundle, description, network};
use undercover::bundle::{Bundle, Input, Storage};
use undercover::classifier::Classifier;
use undercover::cover::Cover;
use undercover::network::Architecture;

/// The shipped architecture on covers of `size`×`size` pixels, with random weights.
fn efficientnet(size: u32) -> Classifier {
    let described = description();
    let input = Input {
        size,
        ..described.input
    };
    let described = undercover::bundle::Description { input, ..described };
    let network = network(Architecture::EfficientNetLite0);
    let bundle = Bundle::create(described, &network, Storage::F16, &Device::flex()).unwrap();
    block_on(Classifier::load(&bundle, &Device::flex())).unwrap()
}

fn mean(values: &[f32]) -> f32 {
    values.iter().sum::<f32>() / values.len() as f32
}

#[test]
fn there_is_a_place_for_every_32_pixels() {
    for (size, side) in [(32, 1), (96, 3), (192, 6)] {
        let classifier = efficientnet(size);
        let (_, saliency) = block_on(classifier.explain(&Cover::test_pattern(size))).unwrap();
        let saliency = saliency.expect("a network that pools its last feature map");
        assert_eq!((saliency.width(), saliency.height()), (side, side));
        assert_eq!(saliency.shares(9).unwrap().len(), side * side);
    }
}

#[test]
fn the_logits_are_those_without_saliency_and_the_mean_of_the_shares() {
    let classifier = efficientnet(96);
    let cover = Cover::test_pattern(96);
    let plain = block_on(classifier.logits(std::slice::from_ref(&cover)))
        .unwrap()
        .concat();
    let (logits, saliency) = block_on(classifier.explain(&cover)).unwrap();
    let saliency = saliency.unwrap();
    assert_eq!(logits, plain);
    let scale = logits
        .iter()
        .fold(1.0_f32, |most, logit| most.max(logit.abs()));
    for (genre, logit) in logits.iter().enumerate() {
        let shares = saliency.shares(genre).unwrap();
        let evidence = saliency.evidence(genre).unwrap();
        // Up to the order of additions.
        assert!((mean(&shares) - logit).abs() < 1e-4 * scale, "{genre}");
        let against_others = logit - mean(&logits);
        assert!((mean(&evidence) - against_others).abs() < 1e-4 * scale);
        assert!(
            shares
                .iter()
                .any(|share| (share - shares[0]).abs() > 1e-3 * scale),
            "the places of a cover with different corners say different things"
        );
    }
}

#[test]
fn a_network_without_a_last_feature_map_answers_without_saliency() {
    let classifier = block_on(Classifier::load(&bundle(Storage::F16), &Device::flex())).unwrap();
    let cover = Cover::test_pattern(SIZE);
    let (logits, saliency) = block_on(classifier.explain(&cover)).unwrap();
    assert_eq!(saliency, None);
    assert_eq!(
        logits,
        block_on(classifier.logits(&[cover])).unwrap().concat()
    );
}
