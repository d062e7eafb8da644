//! A matrix product with the processor's own vectors: pixels times weights, with bias and bounds applied where the sums
//! are written. (WebAssembly's is in `tiles.rs`: what V8 makes of this one is slower.)
//!
//! Pixels are taken as they lie, `[pixels, in]`. Weights are laid out a few registers of output channels abreast, once
//! for all pixels, so that the sums of a tile stay in registers while it passes over the input channels, and the
//! numbers of the pixels come in one by one. (burn-flex's product packs both sides anew for every call, and copies what
//! it has computed.)

mod panel;
mod tile;

use super::machine::{Kernel, Machine, run};
pub use panel::Weights;
use panel::{Panel, panels};

/// Input channels that a tile passes over at a time, so that the weights of a panel stay in the cache for the next.
const DEPTH: usize = 1024;

/// `bound(input · weights + bias)`: input `[pixels, in]`, bias `[out]`; `[pixels, out]`.
pub fn product(input: &[f32], weights: Weights, bias: &[f32], bounds: (f32, f32)) -> Vec<f32> {
    run(Product {
        input,
        weights,
        bias,
        bounds,
    })
}

#[derive(Clone, Copy)]
struct Product<'a> {
    input: &'a [f32],
    weights: Weights<'a>,
    bias: &'a [f32],
    bounds: (f32, f32),
}

impl Kernel for Product<'_> {
    type Output = Vec<f32>;

    #[inline(always)]
    fn compute<M: Machine>(self, machine: M) -> Vec<f32> {
        let channels_out = self.bias.len();
        let mut output = vec![0.0; self.input.len() / self.channels_in() * channels_out];
        let mut weights = Vec::new();
        for panel in panels::<M>(channels_out) {
            let (weights, output) = (&mut weights, output.as_mut_slice());
            // As many pixels as leave their sums, a row of weights and the number of a pixel in the registers: AVX-512
            // has 32, others sixteen.
            match (M::LANES, panel.registers) {
                (16, 4) => self.column::<M, 4, 64, 6>(machine, &panel, weights, output),
                (16, 3) => self.column::<M, 3, 48, 8>(machine, &panel, weights, output),
                (16, 2) => self.column::<M, 2, 32, 12>(machine, &panel, weights, output),
                (16, _) => self.column::<M, 1, 16, 12>(machine, &panel, weights, output),
                (8, 2) => self.column::<M, 2, 16, 6>(machine, &panel, weights, output),
                (8, _) => self.column::<M, 1, 8, 12>(machine, &panel, weights, output),
                (_, 2) => self.column::<M, 2, 8, 6>(machine, &panel, weights, output),
                _ => self.column::<M, 1, 4, 12>(machine, &panel, weights, output),
            }
        }
        output
    }
}

impl Product<'_> {
    fn channels_in(&self) -> usize {
        self.weights.numbers().len() / self.bias.len()
    }

    /// The output channels of a panel, `W` in `R` registers, for all pixels, `P` at a time.
    #[inline(always)]
    fn column<M: Machine, const R: usize, const W: usize, const P: usize>(
        &self,
        machine: M,
        panel: &Panel,
        weights: &mut Vec<f32>,
        output: &mut [f32],
    ) {
        debug_assert_eq!(W, R * M::LANES, "the registers of a panel");
        let (channels_in, channels_out) = (self.channels_in(), self.bias.len());
        let weights = panel.lay_out::<W>(self.weights, channels_out, weights);
        let bias = tile::load::<M, R>(machine, &self.bias[panel.channels()]);
        for first in (0..channels_in).step_by(DEPTH) {
            let depth = first..(first + DEPTH).min(channels_in);
            let bounds = if depth.end == channels_in {
                self.bounds
            } else {
                (f32::NEG_INFINITY, f32::INFINITY)
            };
            let weights = &weights[depth.clone()];
            let tiles = self.input.chunks(P * channels_in);
            for (input, output) in tiles.zip(output.chunks_mut(P * channels_out)) {
                // What is left over at the end repeats its last pixel, and drops what comes of it.
                let last = input.len() / channels_in - 1;
                let mut pixels: [&[f32]; P] = [&[]; P];
                let mut sums = [bias; P];
                for place in 0..P {
                    let pixel = place.min(last);
                    pixels[place] = &input[pixel * channels_in..][depth.clone()];
                    if first > 0 {
                        let begun = &output[pixel * channels_out..][panel.channels()];
                        sums[place] = tile::load::<M, R>(machine, begun);
                    }
                }
                let sums = tile::add::<M, R, W, P>(machine, pixels, weights, sums);
                for (sums, output) in sums.into_iter().zip(output.chunks_exact_mut(channels_out)) {
                    tile::store::<M, R>(machine, sums, bounds, &mut output[panel.channels()]);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
