//! The depthwise convolution in tiles.
//!
//! A tile of six pixels of a row and a register of channels stays in registers while the kernel's rows pass over it: each
//! number of the map and each weight is loaded once for all of them. What lies beyond the left and right of the map is
//! zeros in a copy of the few rows at hand, so that no pixel is a special case.

use std::ops::Range;

use super::geometry::Geometry;
use super::machine::{Kernel, Machine, run};

/// Pixels of a tile: six divide every map of a cover of 192 pixels, and six sums, five weights and a pixel fit into
/// sixteen registers.
const PIXELS: usize = 6;

/// See [`super::ChannelsLastOps::convolution`]; `None` of what there is no tile for: kernels other than 3 and 5,
/// strides other than 1 and 2, channels that do not fill registers.
pub fn forward(
    input: &[f32],
    weight: &[f32],
    bias: &[f32],
    geometry: &Geometry,
    bounds: (f32, f32),
) -> Option<Vec<f32>> {
    let maps = Maps {
        input,
        weight,
        bias,
        geometry,
        bounds,
    };
    match (geometry.kernel, geometry.stride) {
        (3, 1) => run(Forward::<3, 1>(maps)),
        (3, 2) => run(Forward::<3, 2>(maps)),
        (5, 1) => run(Forward::<5, 1>(maps)),
        (5, 2) => run(Forward::<5, 2>(maps)),
        _ => None,
    }
}

#[derive(Clone, Copy)]
struct Maps<'a> {
    input: &'a [f32],
    weight: &'a [f32],
    bias: &'a [f32],
    geometry: &'a Geometry,
    bounds: (f32, f32),
}

/// With a kernel of `K`×`K` and the stride `S`.
#[derive(Clone, Copy)]
struct Forward<'a, const K: usize, const S: usize>(Maps<'a>);

impl<const K: usize, const S: usize> Kernel for Forward<'_, K, S> {
    type Output = Option<Vec<f32>>;

    #[inline(always)]
    fn compute<M: Machine>(self, machine: M) -> Self::Output {
        let maps = self.0;
        if !maps.geometry.channels_in.is_multiple_of(M::LANES) {
            return None;
        }
        let layer = Layer {
            machine,
            filters: filters::<M>(maps.weight, maps.geometry),
            bias: maps.bias,
            geometry: maps.geometry,
            bounds: maps.bounds,
        };
        Some(layer.maps::<K, S>(maps.input))
    }
}

/// Filters `[channels, 1, kernel, kernel]` by registers of channels: `[channels / lanes, kernel · kernel, lanes]`.
#[inline(always)]
fn filters<M: Machine>(weight: &[f32], geometry: &Geometry) -> Vec<f32> {
    let taps = geometry.kernel * geometry.kernel;
    let mut filters = vec![0.0; weight.len()];
    let groups = weight.chunks_exact(M::LANES * taps);
    for (group, filters) in groups.zip(filters.chunks_exact_mut(M::LANES * taps)) {
        for (tap, weights) in filters.chunks_exact_mut(M::LANES).enumerate() {
            for (lane, weight) in weights.iter_mut().enumerate() {
                *weight = group[lane * taps + tap];
            }
        }
    }
    filters
}

/// All that the maps of a batch are computed with.
struct Layer<'a, M> {
    machine: M,
    /// See [`filters`].
    filters: Vec<f32>,
    bias: &'a [f32],
    geometry: &'a Geometry,
    bounds: (f32, f32),
}

impl<M: Machine> Layer<'_, M> {
    /// The maps of a batch.
    #[inline(always)]
    fn maps<const K: usize, const S: usize>(&self, input: &[f32]) -> Vec<f32> {
        let geometry = self.geometry;
        let channels = geometry.channels_in;
        let (line, line_out) = (geometry.width * channels, geometry.width_out() * channels);
        let mut output = Vec::with_capacity(geometry.pixels() * channels);
        let mut rows = Rows::<K>::new(geometry);
        for map in input.chunks_exact(geometry.height * line) {
            rows.next = 0;
            for row in 0..geometry.height_out() {
                let (taps, top) = geometry.taps(row, geometry.height);
                rows.advance(map, line, top + taps.len());
                // Cleared row by row, each is still in the cache when its sums are written.
                let begin = output.len();
                output.resize(begin + line_out, 0.0);
                for column in (0..geometry.width_out()).step_by(PIXELS) {
                    // The last tile ends where the map does, and computes some pixels once more.
                    let first = column.min(geometry.width_out().saturating_sub(PIXELS)) * channels;
                    let under = rows.under(top..top + taps.len(), first * S);
                    self.tiles::<K, S>(&under[..taps.len()], &taps, &mut output[begin + first..]);
                }
            }
        }
        output
    }

    /// All channels of some pixels: the numbers of the map from the first pixel under them on, for some rows of the
    /// kernel.
    #[inline(always)]
    fn tiles<const K: usize, const S: usize>(
        &self,
        under: &[&[f32]],
        rows: &Range<usize>,
        output: &mut [f32],
    ) {
        let channels = self.bias.len();
        let pixels = output.len() / channels;
        let filters = self.filters.chunks_exact(K * K * M::LANES);
        for (group, (filter, bias)) in filters.zip(self.bias.chunks_exact(M::LANES)).enumerate() {
            let filter = &filter[rows.start * K * M::LANES..rows.end * K * M::LANES];
            let at = group * M::LANES;
            let start = self.machine.load(bias);
            let sums = tile::<M, K, S>(self.machine, under, filter, channels, at, start);
            for (place, sum) in sums.into_iter().enumerate().take(pixels) {
                let sum = self.machine.bound(sum, self.bounds);
                self.machine
                    .store(sum, &mut output[place * channels + at..]);
            }
        }
    }
}

/// The last `K` rows of a map, with zeros before and behind.
struct Rows<const K: usize> {
    numbers: Vec<f32>,
    /// Numbers of a row, zeros included.
    length: usize,
    /// Zeros before the first pixel.
    margin: usize,
    /// The next row of the map.
    next: usize,
}

impl<const K: usize> Rows<K> {
    fn new(geometry: &Geometry) -> Self {
        let pixels = geometry.width_out().max(PIXELS);
        let length = ((pixels - 1) * geometry.stride + K) * geometry.channels_in;
        Self {
            numbers: vec![0.0; K * length],
            length,
            margin: geometry.padding() * geometry.channels_in,
            next: 0,
        }
    }

    /// Takes rows of `line` numbers up to row `end` of the map.
    fn advance(&mut self, map: &[f32], line: usize, end: usize) {
        for row in self.next..end {
            let from = &map[row * line..][..line];
            self.numbers[row % K * self.length + self.margin..][..line].copy_from_slice(from);
        }
        self.next = self.next.max(end);
    }

    /// Some of the rows, from number `first` on.
    fn under(&self, rows: Range<usize>, first: usize) -> [&[f32]; K] {
        let mut under: [&[f32]; K] = [&[]; K];
        for (under, row) in under.iter_mut().zip(rows) {
            *under = &self.numbers[row % K * self.length..][first..self.length];
        }
        under
    }
}

/// The sums of six pixels, whose channels begin `channels` numbers from each other, for a register of them from `at` on.
#[inline(always)]
#[allow(
    clippy::needless_range_loop,
    reason = "a loop over an iterator is not unrolled, and takes three times as long"
)]
fn tile<M: Machine, const K: usize, const S: usize>(
    machine: M,
    rows: &[&[f32]],
    filter: &[f32],
    channels: usize,
    at: usize,
    start: M::Lanes,
) -> [M::Lanes; PIXELS] {
    let mut sums = [start; PIXELS];
    for (row, filter) in rows.iter().zip(filter.chunks_exact(K * M::LANES)) {
        let mut weights = [start; K];
        for tap in 0..K {
            weights[tap] = machine.load(&filter[tap * M::LANES..]);
        }
        for column in 0..(PIXELS - 1) * S + K {
            let value = machine.load(&row[column * channels + at..]);
            for place in 0..PIXELS {
                let first = place * S;
                if first <= column && column < first + K {
                    sums[place] = machine.add_product(sums[place], value, weights[column - first]);
                }
            }
        }
    }
    sums
}

#[cfg(test)]
mod tests {
    use burn::tensor::Shape;

    use super::super::super::activation::Activation;
    use super::super::checks::{assert_close, numbers};
    use super::super::depthwise::pixel_by_pixel;
    use super::super::machine::on_every_machine;
    use super::super::{tensor, values};
    use super::*;

    fn on_every_machine_of(maps: Maps) -> Vec<Option<Vec<f32>>> {
        match (maps.geometry.kernel, maps.geometry.stride) {
            (3, 1) => on_every_machine(Forward::<3, 1>(maps)),
            (3, _) => on_every_machine(Forward::<3, 2>(maps)),
            (_, 1) => on_every_machine(Forward::<5, 1>(maps)),
            _ => on_every_machine(Forward::<5, 2>(maps)),
        }
    }

    #[test]
    fn tiles_agree_with_one_pixel_at_a_time() {
        // Side, channels, kernel, stride: maps of whole tiles, with a rest, and smaller than one.
        let cases = [
            (12, 16, 3, 1),
            (12, 48, 5, 2),
            (14, 16, 5, 1),
            (20, 32, 3, 2),
            (4, 16, 5, 1),
            (4, 16, 3, 2),
            (2, 16, 5, 2),
        ];
        for (side, channels, kernel, stride) in cases {
            let case = (side, channels, kernel, stride);
            let map = numbers(2 * side * side * channels, 1);
            let weight = numbers(channels * kernel * kernel, 2);
            let bias = numbers(channels, 3);
            let input = tensor(map.clone(), Shape::new([2, side, side, channels]));
            let filters = tensor(weight.clone(), Shape::new([channels, 1, kernel, kernel]));
            let geometry = Geometry::new(&input, &filters, stride);
            for activation in [Activation::Identity, Activation::Relu6] {
                let expected = pixel_by_pixel(&map, &weight, &bias, &geometry, activation);
                let maps = Maps {
                    input: &map,
                    weight: &weight,
                    bias: &bias,
                    geometry: &geometry,
                    bounds: activation.bounds(),
                };
                for found in on_every_machine_of(maps) {
                    let found = found.expect("there are tiles for it");
                    assert_close(&found, &expected, 1e-5, case);
                }
            }
        }
    }

    #[test]
    fn other_shapes_are_left_to_one_pixel_at_a_time() {
        for (channels, kernel, stride) in [(6, 3, 1), (16, 7, 1), (16, 3, 3)] {
            let input = tensor(vec![0.0; 36 * channels], Shape::new([1, 6, 6, channels]));
            let filters = vec![0.0; channels * kernel * kernel];
            let weight = tensor(filters.clone(), Shape::new([channels, 1, kernel, kernel]));
            let geometry = Geometry::new(&input, &weight, stride);
            let bias = vec![0.0; channels];
            assert!(forward(values(&input), &filters, &bias, &geometry, (0.0, 6.0)).is_none());
        }
    }
}
