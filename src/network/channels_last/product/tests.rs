use super::super::machine::on_every_machine;
use super::super::{numbers, plain_product};
use super::*;

fn transposed(weights: &[f32], channels_out: usize) -> Vec<f32> {
    let channels_in = weights.len() / channels_out;
    let number = |channel_in, channel_out| weights[channel_out * channels_in + channel_in];
    (0..channels_in)
        .flat_map(|channel_in| (0..channels_out).map(move |out| number(channel_in, out)))
        .collect()
}

#[test]
fn tiles_and_what_is_left_over_agree_with_the_plain_sum_on_every_machine() {
    // Pixels, channels in, channels out: whole tiles, rests of each, several strips, several panels of every width,
    // more input channels than are passed over at a time.
    let cases = [
        (8, 4, 4),
        (36, 27, 32),
        (1, 1280, 10),
        (13, 5, 7),
        (700, 96, 24),
        (2500, 16, 96),
        (50, 144, 40),
        (29, 1100, 112),
        (7, 6, 240),
        (9, 1, 1),
    ];
    for (pixels, channels_in, channels_out) in cases {
        // Each product is at most 1; a sum's rounding grows with what is added, not with what comes out.
        let allowed = 1e-6 * (channels_in + 1) as f32;
        let input = numbers(pixels * channels_in, 1);
        let weights = numbers(channels_in * channels_out, 2);
        let by_input = transposed(&weights, channels_out);
        let bias = numbers(channels_out, 3);
        for bounds in [(f32::NEG_INFINITY, f32::INFINITY), (0.0, 6.0)] {
            let expected = plain_product(&input, &weights, &bias, bounds);
            for weights in [Weights::ByOutput(&weights), Weights::ByInput(&by_input)] {
                let product = Product {
                    weights,
                    input: &input,
                    bias: &bias,
                    bounds,
                };
                for found in on_every_machine(product) {
                    assert_eq!(found.len(), expected.len());
                    for (found, expected) in found.iter().zip(&expected) {
                        let case = (pixels, channels_in, channels_out);
                        assert!(
                            (found - expected).abs() < allowed,
                            "{case:?}: {found} {expected}"
                        );
                    }
                }
            }
        }
    }
}

#[test]
fn what_is_no_number_is_not_bounded_away() {
    let (weights, bias) = (numbers(4 * 16, 1), numbers(16, 2));
    let product = Product {
        weights: Weights::ByOutput(&weights),
        input: &[1.0, f32::NAN, 2.0, 3.0],
        bias: &bias,
        bounds: (0.0, 6.0),
    };
    for found in on_every_machine(product) {
        assert!(found.iter().all(|number| number.is_nan()), "{found:?}");
    }
}
