//! A filter of its own for each channel.
//!
//! Channels are taken in groups of [`LANES`], whose filters stay in the innermost cache while they
//! pass over the map.

use super::super::activation::Activation;
use super::finish::bound;
use super::geometry::Geometry;
use super::{FlexTensor, tensor, values, vectorized};

/// Channels that are computed together: two registers of 512 bits, four of 256, eight of 128.
const LANES: usize = 32;

/// Filters of one group of channels: `[kernel · kernel][LANES]`, zeros behind the last channel.
type Filters = Vec<[f32; LANES]>;

/// See [`super::ChannelsLastOps::convolution`].
pub fn forward(
    input: &FlexTensor,
    weight: &FlexTensor,
    bias: &FlexTensor,
    geometry: &Geometry,
    activation: Activation,
) -> FlexTensor {
    let (weight, bias) = (weight.to_contiguous(), bias.to_contiguous());
    let (input, weight, bias) = (values(input), values(&weight), values(&bias));
    let channels = geometry.channels_in;
    let mut output = vec![0.0; geometry.pixels() * channels];
    for first in (0..channels).step_by(LANES) {
        let filters = filters(weight, first, geometry);
        let output = output.as_mut_slice();
        vectorized(
            #[inline(always)]
            || {
                if channels - first >= LANES {
                    let mut sums = [0.0; LANES];
                    sums.copy_from_slice(&bias[first..first + LANES]);
                    group(input, &filters, sums, output, first, geometry, activation);
                } else {
                    for channel in first..channels {
                        let filters: Vec<[f32; 1]> =
                            filters.iter().map(|tap| [tap[channel - first]]).collect();
                        let sums = [bias[channel]];
                        group(input, &filters, sums, output, channel, geometry, activation);
                    }
                }
            },
        );
    }
    tensor(output, geometry.output_shape())
}

/// One group of `N` channels from channel `first` on.
#[inline(always)]
fn group<const N: usize>(
    input: &[f32],
    filters: &[[f32; N]],
    bias: [f32; N],
    output: &mut [f32],
    first: usize,
    geometry: &Geometry,
    activation: Activation,
) {
    let channels = geometry.channels_in;
    let bounds = activation.bounds();
    let mut target = first;
    for image in 0..geometry.batch {
        for row in 0..geometry.height_out() {
            let (rows, top) = geometry.taps(row, geometry.height);
            for column in 0..geometry.width_out() {
                let (columns, left) = geometry.taps(column, geometry.width);
                let mut sums = bias;
                for (y, tap_row) in rows.clone().enumerate() {
                    let line = (image * geometry.height + top + y) * geometry.width + left;
                    let taps = &filters[tap_row * geometry.kernel..][columns.clone()];
                    for (x, tap) in taps.iter().enumerate() {
                        let pixel = &input[(line + x) * channels + first..][..N];
                        for lane in 0..N {
                            sums[lane] += pixel[lane] * tap[lane];
                        }
                    }
                }
                for (value, sum) in output[target..target + N].iter_mut().zip(sums) {
                    *value = bound(sum, bounds);
                }
                target += channels;
            }
        }
    }
}

fn filters(weight: &[f32], first: usize, geometry: &Geometry) -> Filters {
    let taps = geometry.kernel * geometry.kernel;
    let mut filters = vec![[0.0; LANES]; taps];
    let count = LANES.min(geometry.channels_in - first);
    for (lane, filter) in weight[first * taps..][..count * taps]
        .chunks_exact(taps)
        .enumerate()
    {
        for (tap, &value) in filter.iter().enumerate() {
            filters[tap][lane] = value;
        }
    }
    filters
}

/// The gradients of the input and of the filters.
#[cfg(feature = "training")]
pub fn backward(
    input: &FlexTensor,
    weight: &FlexTensor,
    gradient: &FlexTensor,
    geometry: &Geometry,
) -> (FlexTensor, FlexTensor) {
    let weight = weight.to_contiguous();
    let (input, weight, gradient) = (values(input), values(&weight), values(gradient));
    let channels = geometry.channels_in;
    let taps = geometry.kernel * geometry.kernel;
    let mut input_gradient = vec![0.0; input.len()];
    let mut weight_gradient = vec![0.0; weight.len()];
    for first in (0..channels).step_by(LANES) {
        let filters = filters(weight, first, geometry);
        let mut sums = vec![[0.0; LANES]; taps];
        let input_gradient = input_gradient.as_mut_slice();
        vectorized(
            #[inline(always)]
            || {
                if channels - first >= LANES {
                    let target = (input_gradient, sums.as_mut_slice());
                    group_backward(input, &filters, gradient, target, first, geometry);
                } else {
                    for channel in first..channels {
                        let lane = channel - first;
                        let filters: Vec<[f32; 1]> =
                            filters.iter().map(|tap| [tap[lane]]).collect();
                        let mut own = vec![[0.0; 1]; taps];
                        let target = (&mut *input_gradient, own.as_mut_slice());
                        group_backward(input, &filters, gradient, target, channel, geometry);
                        for (sum, [own]) in sums.iter_mut().zip(own) {
                            sum[lane] = own;
                        }
                    }
                }
            },
        );
        let count = LANES.min(channels - first);
        let own = &mut weight_gradient[first * taps..][..count * taps];
        for (lane, filter) in own.chunks_exact_mut(taps).enumerate() {
            for (value, sum) in filter.iter_mut().zip(&sums) {
                *value = sum[lane];
            }
        }
    }
    let weight_shape = burn::tensor::Shape::new([channels, 1, geometry.kernel, geometry.kernel]);
    (
        tensor(input_gradient, geometry.input_shape()),
        tensor(weight_gradient, weight_shape),
    )
}

/// Adds what one group of `N` channels from channel `first` on gives to the gradients of the input
/// and of the filters.
#[cfg(feature = "training")]
#[inline(always)]
fn group_backward<const N: usize>(
    input: &[f32],
    filters: &[[f32; N]],
    gradient: &[f32],
    (input_gradient, filter_gradient): (&mut [f32], &mut [[f32; N]]),
    first: usize,
    geometry: &Geometry,
) {
    let channels = geometry.channels_in;
    let mut source = first;
    for image in 0..geometry.batch {
        for row in 0..geometry.height_out() {
            let (rows, top) = geometry.taps(row, geometry.height);
            for column in 0..geometry.width_out() {
                let (columns, left) = geometry.taps(column, geometry.width);
                let mut own = [0.0; N];
                own.copy_from_slice(&gradient[source..source + N]);
                source += channels;
                for (y, tap_row) in rows.clone().enumerate() {
                    let line = (image * geometry.height + top + y) * geometry.width + left;
                    let taps = tap_row * geometry.kernel + columns.start
                        ..tap_row * geometry.kernel + columns.end;
                    let sums = &mut filter_gradient[taps.clone()];
                    for (x, (tap, sum)) in filters[taps].iter().zip(sums).enumerate() {
                        let at = (line + x) * channels + first;
                        let pixel = &input[at..at + N];
                        let target = &mut input_gradient[at..at + N];
                        for lane in 0..N {
                            target[lane] += tap[lane] * own[lane];
                            sum[lane] += pixel[lane] * own[lane];
                        }
                    }
                }
            }
        }
    }
}
