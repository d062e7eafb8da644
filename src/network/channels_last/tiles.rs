//! A matrix product for WebAssembly, whose vectors have four lanes: pixels times weights, with bias and bounds
//! applied where the sums are written.
//!
//! Weights are taken as they lie, `[out, in]`. Pixels are laid out some abreast, so that a tile of four output
//! channels stays in registers while it passes over the input channels, and the weights come in as single
//! numbers. (burn-flex's product packs both sides anew for every call.)

use super::lanes::{LANES, Lanes, transpose};

/// Registers of pixels in a tile.
const REGISTERS: usize = 3;

/// Pixels of a tile.
const PIXELS: usize = REGISTERS * LANES;

/// Numbers of the input that are laid out at once, about: half of a small second-level cache.
const STRIP: usize = 1 << 15;

/// `bound(input · weightsᵀ + bias)`: input `[pixels, in]`, weights `[out, in]`, bias `[out]`; `[pixels, out]`.
pub fn product(input: &[f32], weights: &[f32], bias: &[f32], bounds: (f32, f32)) -> Vec<f32> {
    let channels_out = bias.len();
    let channels_in = weights.len() / channels_out;
    let mut output = vec![0.0; input.len() / channels_in * channels_out];
    let strip = (STRIP / (channels_in * PIXELS)).max(1) * PIXELS;
    let mut panels = Vec::new();
    let strips = input
        .chunks(strip * channels_in)
        .zip(output.chunks_mut(strip * channels_out));
    for (input, output) in strips {
        lay_out(input, channels_in, &mut panels);
        let rows = weights
            .chunks(LANES * channels_in)
            .zip(bias.chunks(LANES))
            .enumerate();
        for (index, (weights, bias)) in rows {
            let target = Target {
                output: &mut *output,
                channels: channels_out,
                first: index * LANES,
            };
            rows_of_tiles(&panels, weights, bias, target, bounds);
        }
    }
    output
}

/// Panels of [`PIXELS`] pixels, channel by channel; the last one is filled up with zeros.
fn lay_out(input: &[f32], channels: usize, panels: &mut Vec<f32>) {
    let count = (input.len() / channels).div_ceil(PIXELS);
    panels.clear();
    panels.resize(count * PIXELS * channels, 0.0);
    let panels = panels.chunks_exact_mut(PIXELS * channels);
    for (pixels, panel) in input.chunks(PIXELS * channels).zip(panels) {
        for (register, pixels) in pixels.chunks(LANES * channels).enumerate() {
            let panel = &mut panel[register * LANES..];
            let done = lay_out_in_registers(pixels, channels, panel);
            for (place, pixel) in pixels.chunks_exact(channels).enumerate() {
                for (channel, value) in pixel.iter().enumerate().skip(done) {
                    panel[channel * PIXELS + place] = *value;
                }
            }
        }
    }
}

/// Four pixels by four channels at a time; answers how many channels are done.
fn lay_out_in_registers(pixels: &[f32], channels: usize, panel: &mut [f32]) -> usize {
    if pixels.len() < LANES * channels {
        return 0;
    }
    let done = channels - channels % LANES;
    for first in (0..done).step_by(LANES) {
        let block = std::array::from_fn(|place| Lanes::load(&pixels[place * channels + first..]));
        for (channel, lanes) in transpose(block).into_iter().enumerate() {
            lanes.store(&mut panel[(first + channel) * PIXELS..]);
        }
    }
    done
}

/// Where sums go: from channel `first` on in each pixel of so many channels.
struct Target<'a> {
    output: &'a mut [f32],
    channels: usize,
    first: usize,
}

/// Up to four output channels of every panel.
fn rows_of_tiles(
    panels: &[f32],
    weights: &[f32],
    bias: &[f32],
    target: Target,
    bounds: (f32, f32),
) {
    let channels_in = weights.len() / bias.len();
    // What is left over at the end repeats its last row, and drops what comes of it.
    let row = |row: usize| row.min(bias.len() - 1);
    let rows = std::array::from_fn(|index| &weights[row(index) * channels_in..][..channels_in]);
    let biases = Lanes::new(std::array::from_fn(|index| bias[row(index)]));
    let pixels = target.output.chunks_mut(PIXELS * target.channels);
    for (panel, pixels) in panels.chunks_exact(PIXELS * channels_in).zip(pixels) {
        let tile = tile(panel, rows).map(|lanes| lanes.map(|lanes| (lanes + biases).bound(bounds)));
        if bias.len() == LANES && pixels.len() == PIXELS * target.channels {
            for (register, sums) in tile.into_iter().enumerate() {
                for (lane, sums) in sums.into_iter().enumerate() {
                    let pixel = (register * LANES + lane) * target.channels;
                    sums.store(&mut pixels[pixel + target.first..]);
                }
            }
        } else {
            let places = tile.as_flattened().iter();
            for (lanes, pixel) in places.zip(pixels.chunks_exact_mut(target.channels)) {
                pixel[target.first..][..bias.len()].copy_from_slice(&lanes.numbers()[..bias.len()]);
            }
        }
    }
}

/// The sums of one tile, four output channels for each of its pixels.
#[inline(always)]
fn tile(panel: &[f32], rows: [&[f32]; LANES]) -> [[Lanes; LANES]; REGISTERS] {
    let (panel, _) = panel.as_chunks::<PIXELS>();
    let rows = rows.map(|row| &row[..panel.len()]);
    let mut sums = [[Lanes::ZERO; LANES]; REGISTERS];
    for (channel, pixels) in panel.iter().enumerate() {
        let pixels: [Lanes; REGISTERS] =
            std::array::from_fn(|register| Lanes::load(&pixels[register * LANES..]));
        for row in 0..LANES {
            let weight = Lanes::splat(rows[row][channel]);
            for register in 0..REGISTERS {
                sums[register][row] = sums[register][row].add_product(weight, pixels[register]);
            }
        }
    }
    sums.map(transpose)
}

#[cfg(test)]
mod tests {
    use super::product;

    /// Numbers from −1 to 1 without a pattern.
    fn numbers(count: usize, seed: usize) -> Vec<f32> {
        (0..count)
            .map(|index| ((index * 7919 + seed * 104_729) as f32).sin())
            .collect()
    }

    fn plain(input: &[f32], weights: &[f32], bias: &[f32], bounds: (f32, f32)) -> Vec<f32> {
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

    #[test]
    fn tiles_and_what_is_left_over_agree_with_the_plain_sum() {
        // Pixels, channels in, channels out: whole tiles, rests of each, several strips.
        let cases = [
            (8, 4, 4),
            (36, 27, 32),
            (1, 1280, 10),
            (13, 5, 7),
            (700, 96, 24),
            (9, 1, 1),
        ];
        for (pixels, channels_in, channels_out) in cases {
            // Each product is at most 1; a sum's rounding grows with what is added, not with what comes out.
            let allowed = 1e-6 * (channels_in + 1) as f32;
            let input = numbers(pixels * channels_in, 1);
            let weights = numbers(channels_in * channels_out, 2);
            let bias = numbers(channels_out, 3);
            for bounds in [(f32::NEG_INFINITY, f32::INFINITY), (0.0, 6.0)] {
                let found = product(&input, &weights, &bias, bounds);
                let expected = plain(&input, &weights, &bias, bounds);
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
