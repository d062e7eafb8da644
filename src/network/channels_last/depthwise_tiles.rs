//! The depthwise convolution for WebAssembly, whose vectors have four lanes.
//!
//! A tile of six pixels of a row and four channels stays in registers while the kernel's rows pass over it: each number
//! of the map and each weight is loaded once for all of them. What lies beyond the left and right of the map is zeros
//! in a copy of the few rows at hand, so that no pixel is a special case.

use std::ops::Range;

use super::geometry::Geometry;
use super::lanes::{LANES, Lanes};

/// Pixels of a tile: six divide every map of a cover of 192 pixels, and six sums, five weights and a pixel fit into the
/// registers.
const PIXELS: usize = 6;

/// See [`super::ChannelsLastOps::convolution`]; `None` of what there is no tile for: kernels other than 3 and 5,
/// strides other than 1 and 2, channels that are no multiple of four.
pub fn forward(
    input: &[f32],
    weight: &[f32],
    bias: &[f32],
    geometry: &Geometry,
    bounds: (f32, f32),
) -> Option<Vec<f32>> {
    if !geometry.channels_in.is_multiple_of(LANES) {
        return None;
    }
    let layer = Layer {
        filters: filters(weight, geometry),
        bias,
        geometry,
        bounds,
    };
    match (geometry.kernel, geometry.stride) {
        (3, 1) => Some(layer.maps::<3, 1>(input)),
        (3, 2) => Some(layer.maps::<3, 2>(input)),
        (5, 1) => Some(layer.maps::<5, 1>(input)),
        (5, 2) => Some(layer.maps::<5, 2>(input)),
        _ => None,
    }
}

/// The weights of four channels for one place of the kernel.
type Weights = [f32; LANES];

/// Filters `[channels, 1, kernel, kernel]` by four channels: `[channels / 4, kernel · kernel][4]`.
fn filters(weight: &[f32], geometry: &Geometry) -> Vec<Weights> {
    let taps = geometry.kernel * geometry.kernel;
    let mut filters = vec![[0.0; LANES]; weight.len() / LANES];
    let groups = weight.chunks_exact(LANES * taps);
    for (group, filters) in groups.zip(filters.chunks_exact_mut(taps)) {
        for (tap, weights) in filters.iter_mut().enumerate() {
            *weights = std::array::from_fn(|lane| group[lane * taps + tap]);
        }
    }
    filters
}

/// All that the maps of a batch are computed with.
struct Layer<'a> {
    /// See [`filters`].
    filters: Vec<Weights>,
    bias: &'a [f32],
    geometry: &'a Geometry,
    bounds: (f32, f32),
}

impl Layer<'_> {
    /// The maps of a batch, with a kernel of `K`×`K` and the stride `S`.
    fn maps<const K: usize, const S: usize>(&self, input: &[f32]) -> Vec<f32> {
        let geometry = self.geometry;
        let channels = geometry.channels_in;
        let (line, line_out) = (geometry.width * channels, geometry.width_out() * channels);
        let mut output = vec![0.0; geometry.pixels() * channels];
        let maps = input.chunks_exact(geometry.height * line);
        let outputs = output.chunks_exact_mut(geometry.height_out() * line_out);
        let mut rows = Rows::<K>::new(geometry);
        for (map, output) in maps.zip(outputs) {
            rows.next = 0;
            for (row, output) in output.chunks_exact_mut(line_out).enumerate() {
                let (taps, top) = geometry.taps(row, geometry.height);
                rows.advance(map, line, top + taps.len());
                for column in (0..geometry.width_out()).step_by(PIXELS) {
                    // The last tile ends where the map does, and computes some pixels once more.
                    let first = column.min(geometry.width_out().saturating_sub(PIXELS)) * channels;
                    let under = rows.under(top..top + taps.len(), first * S);
                    self.tiles::<K, S>(&under[..taps.len()], &taps, &mut output[first..]);
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
        let filters = self.filters.chunks_exact(K * K);
        for (group, (filter, bias)) in filters.zip(self.bias.chunks_exact(LANES)).enumerate() {
            let filter = &filter[rows.start * K..rows.end * K];
            let at = group * LANES;
            let sums = tile::<K, S>(under, filter, channels, at, Lanes::load(bias));
            for (place, sum) in sums.into_iter().enumerate().take(pixels) {
                sum.bound(self.bounds)
                    .store(&mut output[place * channels + at..]);
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

/// The sums of six pixels, whose channels begin `channels` numbers from each other, for the four from `at` on.
#[inline(always)]
fn tile<const K: usize, const S: usize>(
    rows: &[&[f32]],
    filter: &[Weights],
    channels: usize,
    at: usize,
    start: Lanes,
) -> [Lanes; PIXELS] {
    let mut sums = [start; PIXELS];
    for (row, weights) in rows.iter().zip(filter.chunks_exact(K)) {
        let weights: [Lanes; K] = std::array::from_fn(|tap| Lanes::new(weights[tap]));
        for column in 0..(PIXELS - 1) * S + K {
            let value = Lanes::load(&row[column * channels + at..]);
            #[allow(
                clippy::needless_range_loop,
                reason = "a loop over an iterator is not unrolled, and takes three times as long"
            )]
            for place in 0..PIXELS {
                let first = place * S;
                if first <= column && column < first + K {
                    sums[place] = sums[place].add_product(value, weights[column - first]);
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
    use super::super::{depthwise, numbers, tensor, values};
    use super::*;

    #[test]
    fn tiles_agree_with_one_pixel_at_a_time() {
        // Side, channels, kernel, stride: maps of whole tiles, with a rest, and smaller than one.
        let cases = [
            (12, 8, 3, 1),
            (12, 36, 5, 2),
            (14, 4, 5, 1),
            (20, 12, 3, 2),
            (4, 8, 5, 1),
            (4, 8, 3, 2),
            (2, 4, 5, 2),
        ];
        for (side, channels, kernel, stride) in cases {
            let case = (side, channels, kernel, stride);
            let map = numbers(2 * side * side * channels, 1);
            let weight = numbers(channels * kernel * kernel, 2);
            let bias = numbers(channels, 3);
            let input = tensor(map.clone(), Shape::new([2, side, side, channels]));
            let filters = tensor(weight.clone(), Shape::new([channels, 1, kernel, kernel]));
            let geometry = Geometry::new(&input, &filters, stride);
            let start = tensor(bias.clone(), Shape::new([channels]));
            for activation in [Activation::Identity, Activation::Relu6] {
                let expected = depthwise::forward(&input, &filters, &start, &geometry, activation);
                let found = forward(&map, &weight, &bias, &geometry, activation.bounds());
                let found = found.expect("there are tiles for it");
                assert_eq!(found.len(), values(&expected).len(), "{case:?}");
                for (found, expected) in found.iter().zip(values(&expected)) {
                    assert!(
                        (found - expected).abs() < 1e-5,
                        "{case:?}: {found} {expected}"
                    );
                }
            }
        }
    }

    #[test]
    fn other_shapes_are_left_to_one_pixel_at_a_time() {
        for (channels, kernel, stride) in [(6, 3, 1), (8, 7, 1), (8, 3, 3)] {
            let input = tensor(vec![0.0; 36 * channels], Shape::new([1, 6, 6, channels]));
            let filters = vec![0.0; channels * kernel * kernel];
            let weight = tensor(filters.clone(), Shape::new([channels, 1, kernel, kernel]));
            let geometry = Geometry::new(&input, &weight, stride);
            let bias = vec![0.0; channels];
            assert!(forward(values(&input), &filters, &bias, &geometry, (0.0, 6.0)).is_none());
        }
    }
}
