//! Weights by panels of output channels, as wide as tiles are.

use std::ops::Range;

use super::super::columns::columns;
use super::super::machine::Machine;

/// A matrix of weights.
#[derive(Clone, Copy, Debug)]
pub enum Weights<'a> {
    /// `[out, in]`.
    ByOutput(&'a [f32]),
    /// `[in, out]`.
    #[cfg(any(test, feature = "training"))]
    ByInput(&'a [f32]),
}

impl<'a> Weights<'a> {
    pub fn numbers(self) -> &'a [f32] {
        match self {
            Self::ByOutput(numbers) => numbers,
            #[cfg(any(test, feature = "training"))]
            Self::ByInput(numbers) => numbers,
        }
    }
}

/// Output channels side by side.
#[derive(Debug)]
pub struct Panel {
    first: usize,
    /// Of the last panel there may be fewer than its registers hold.
    channels: usize,
    pub registers: usize,
}

impl Panel {
    pub fn channels(&self) -> Range<usize> {
        self.first..self.first + self.channels
    }

    /// Its part of weights for `channels_out` channels, `[in][W]`, with zeros where it has no channel.
    pub fn lay_out<'a, const W: usize>(
        &self,
        weights: Weights,
        channels_out: usize,
        memory: &'a mut Vec<f32>,
    ) -> &'a [[f32; W]] {
        let channels_in = weights.numbers().len() / channels_out;
        if self.channels < W {
            memory.clear();
        }
        memory.resize(channels_in * W, 0.0);
        let (laid_out, _) = memory.as_chunks_mut::<W>();
        match weights {
            Weights::ByOutput(numbers) => {
                let rows = &numbers[self.first * channels_in..][..self.channels * channels_in];
                columns(rows, laid_out);
            }
            #[cfg(any(test, feature = "training"))]
            Weights::ByInput(numbers) => {
                let rows = numbers.chunks_exact(channels_out);
                for (row, target) in rows.zip(laid_out.iter_mut()) {
                    target[..self.channels].copy_from_slice(&row[self.channels()]);
                }
            }
        }
        laid_out
    }
}

/// The panels of so many output channels.
#[inline(always)]
pub fn panels<M: Machine>(channels_out: usize) -> impl Iterator<Item = Panel> {
    let widest = if M::LANES == 16 { 4 } else { 2 } * M::LANES;
    (0..channels_out).step_by(widest).map(move |first| {
        let channels = widest.min(channels_out - first);
        Panel {
            first,
            channels,
            registers: channels.div_ceil(M::LANES),
        }
    })
}
