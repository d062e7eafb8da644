//! Weights by panels of output channels, as wide as tiles are.

use std::ops::Range;

use super::super::lanes::{LANES, Lanes, transpose};
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

/// Rows of a matrix to columns of another: four by four numbers, and what is left over one by one.
#[inline(never)] // Apart from the loops of the product, whose registers it would take.
fn columns<const W: usize>(rows: &[f32], target: &mut [[f32; W]]) {
    let length = target.len();
    for (index, rows) in rows.chunks(LANES * length).enumerate() {
        let first = LANES * index;
        let done = four_columns(rows, target, first);
        for (row, numbers) in rows.chunks_exact(length).enumerate() {
            for (target, number) in target.iter_mut().zip(numbers).skip(done) {
                target[first + row] = *number;
            }
        }
    }
}

/// Four rows, if there are as many, to columns from the `first` on; answers how many of their numbers are done.
fn four_columns<const W: usize>(rows: &[f32], target: &mut [[f32; W]], first: usize) -> usize {
    let length = target.len();
    if rows.len() < LANES * length {
        return 0;
    }
    let (blocks, rest) = target.as_chunks_mut::<LANES>();
    for (index, block) in blocks.iter_mut().enumerate() {
        let rows = std::array::from_fn(|row| Lanes::load(&rows[row * length + LANES * index..]));
        let columns = transpose(rows);
        for column in 0..LANES {
            columns[column].store(&mut block[column][first..]);
        }
    }
    length - rest.len()
}
