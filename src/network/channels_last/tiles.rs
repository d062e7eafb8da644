//! A matrix product for WebAssembly, whose vectors have four lanes: pixels times weights, with bias and bounds
//! applied where the sums are written.
//!
//! Pixels are taken as they lie, `[pixels, in]`. Weights are laid out a few output channels abreast, once for all
//! pixels, so that the sums of a tile stay in registers while it passes over the input channels, and the numbers of
//! the pixels come in one by one. (burn-flex's product packs both sides anew for every call.)

use super::columns::columns;
use super::lanes::{LANES, Lanes};

/// Registers of output channels in a tile.
const REGISTERS: usize = 2;

/// Output channels of a tile.
const CHANNELS: usize = REGISTERS * LANES;

/// Pixels of a tile. Eight sums, two registers of weights and four of pixels fit into what V8 leaves of the sixteen
/// registers of x86; with six pixels sums go to memory and back, and the product takes twice the time.
const PIXELS: usize = 4;

/// The weights of one input channel for the output channels of a tile.
type Weights = [f32; CHANNELS];

/// `bound(input · weightsᵀ + bias)`: input `[pixels, in]`, weights `[out, in]`, bias `[out]`; `[pixels, out]`.
pub fn product(input: &[f32], weights: &[f32], bias: &[f32], bounds: (f32, f32)) -> Vec<f32> {
    let channels_out = bias.len();
    let channels_in = weights.len() / channels_out;
    let mut output = vec![0.0; input.len() / channels_in * channels_out];
    let mut panel = vec![[0.0; CHANNELS]; channels_in];
    let panels = weights
        .chunks(CHANNELS * channels_in)
        .zip(bias.chunks(CHANNELS))
        .enumerate();
    for (index, (weights, bias)) in panels {
        columns(weights, &mut panel);
        let target = Target {
            output: &mut output,
            channels: channels_out,
            first: index * CHANNELS,
        };
        column_of_tiles(input, &panel, bias, target, bounds);
    }
    output
}

/// Where sums go: from channel `first` on in each pixel of so many channels.
struct Target<'a> {
    output: &'a mut [f32],
    channels: usize,
    first: usize,
}

/// Up to eight output channels of every pixel.
fn column_of_tiles(
    input: &[f32],
    panel: &[Weights],
    bias: &[f32],
    target: Target,
    bounds: (f32, f32),
) {
    let channels_in = panel.len();
    let mut start = [0.0; CHANNELS];
    start[..bias.len()].copy_from_slice(bias);
    let start = std::array::from_fn(|register| Lanes::load(&start[register * LANES..]));
    let outputs = target.output.chunks_mut(PIXELS * target.channels);
    for (pixels, output) in input.chunks(PIXELS * channels_in).zip(outputs) {
        // What is left over at the end repeats its last pixel, and drops what comes of it.
        let last = pixels.len() / channels_in - 1;
        let pixels =
            std::array::from_fn(|place| &pixels[place.min(last) * channels_in..][..channels_in]);
        let tile = tile(pixels, panel, start).map(|sums| sums.map(|lanes| lanes.bound(bounds)));
        for (sums, pixel) in tile
            .into_iter()
            .zip(output.chunks_exact_mut(target.channels))
        {
            let places = &mut pixel[target.first..][..bias.len()];
            if places.len() == CHANNELS {
                for (register, lanes) in sums.into_iter().enumerate() {
                    lanes.store(&mut places[register * LANES..]);
                }
            } else {
                let numbers = sums.map(Lanes::numbers);
                places.copy_from_slice(&numbers.as_flattened()[..places.len()]);
            }
        }
    }
}

/// The sums of one tile, eight output channels for each of its pixels.
#[inline(always)]
fn tile(
    pixels: [&[f32]; PIXELS],
    panel: &[Weights],
    start: [Lanes; REGISTERS],
) -> [[Lanes; REGISTERS]; PIXELS] {
    let pixels = pixels.map(|pixel| &pixel[..panel.len()]);
    let mut sums = [start; PIXELS];
    for (channel, weights) in panel.iter().enumerate() {
        let weights: [Lanes; REGISTERS] =
            std::array::from_fn(|register| Lanes::load(&weights[register * LANES..]));
        for place in 0..PIXELS {
            let value = Lanes::splat(pixels[place][channel]);
            for register in 0..REGISTERS {
                sums[place][register] = sums[place][register].add_product(value, weights[register]);
            }
        }
    }
    sums
}

#[cfg(test)]
mod tests {
    use super::super::checks::assert_products;
    use super::product;

    #[test]
    fn tiles_and_what_is_left_over_agree_with_the_plain_sum() {
        assert_products(|input, weights, bias, bounds| vec![product(input, weights, bias, bounds)]);
    }
}
