use super::super::checks::{assert_products, numbers};
use super::super::machine::on_every_machine;
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
    assert_products(|input, weights, bias, bounds| {
        let by_input = transposed(weights, bias.len());
        let both = [Weights::ByOutput(weights), Weights::ByInput(&by_input)];
        let products = both.map(|weights| Product {
            input,
            weights,
            bias,
            bounds,
        });
        products.into_iter().flat_map(on_every_machine).collect()
    });
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
