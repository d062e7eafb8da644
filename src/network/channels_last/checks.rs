//! What the tests of the kernels share.

use std::fmt::Debug;

/// Numbers from −1 to 1 without a pattern, for the tests of the kernels.
pub fn numbers(count: usize, seed: usize) -> Vec<f32> {
    (0..count)
        .map(|index| ((index * 7919 + seed * 104_729) as f32).sin())
        .collect()
}

/// What a product is to answer, each sum added up in `f64`.
fn plain_product(input: &[f32], weights: &[f32], bias: &[f32], bounds: (f32, f32)) -> Vec<f32> {
    let channels_in = weights.len() / bias.len();
    let pixels = input.chunks_exact(channels_in);
    let dot = |pixel: &[f32], row: &[f32]| {
        let products = pixel.iter().zip(row).map(|(a, b)| f64::from(a * b));
        products.sum::<f64>() as f32
    };
    pixels
        .flat_map(|pixel| {
            let rows = weights.chunks_exact(channels_in).zip(bias);
            rows.map(|(row, bias)| (dot(pixel, row) + bias).clamp(bounds.0, bounds.1))
        })
        .collect()
}

/// Whether numbers are those that were expected, each to within `allowed`.
pub fn assert_close(found: &[f32], expected: &[f32], allowed: f32, case: impl Debug) {
    assert_eq!(found.len(), expected.len(), "{case:?}");
    for (found, expected) in found.iter().zip(expected) {
        assert!(
            (found - expected).abs() < allowed,
            "{case:?}: {found} {expected}"
        );
    }
}

/// Whether all products that `compute` makes of an input, weights `[out, in]`, a bias and bounds agree with the plain
/// sum.
pub fn assert_products(compute: impl Fn(&[f32], &[f32], &[f32], (f32, f32)) -> Vec<Vec<f32>>) {
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
    for case @ (pixels, channels_in, channels_out) in cases {
        // Each product is at most 1; a sum's rounding grows with what is added, not with what comes out.
        let allowed = 1e-6 * (channels_in + 1) as f32;
        let input = numbers(pixels * channels_in, 1);
        let weights = numbers(channels_in * channels_out, 2);
        let bias = numbers(channels_out, 3);
        for bounds in [(f32::NEG_INFINITY, f32::INFINITY), (0.0, 6.0)] {
            let expected = plain_product(&input, &weights, &bias, bounds);
            for found in compute(&input, &weights, &bias, bounds) {
                assert_close(&found, &expected, allowed, case);
            }
        }
    }
}
