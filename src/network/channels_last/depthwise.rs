//! A filter of its own for each channel.
//!
//! Channels are taken in groups, whose filters stay in the innermost cache while they pass over the
//! map.

use super::super::activation::Activation;
use super::geometry::Geometry;
use super::{FlexTensor, bound, contiguous, depthwise_tiles, tensor, values, vectorized};

/// Channels that are computed together, as many as there are left: 32 are two registers of 512 bits,
/// four of 256, eight of 128.
const WIDTHS: [usize; 4] = [32, 16, 8, 1];

/// The first channel and the width of each group.
fn groups(channels: usize) -> impl Iterator<Item = (usize, usize)> {
    let mut next = 0;
    std::iter::from_fn(move || {
        let first = next;
        let width = WIDTHS.into_iter().find(|width| first + width <= channels)?;
        next += width;
        Some((first, width))
    })
}

/// See [`super::ChannelsLastOps::convolution`].
pub fn forward(
    input: &FlexTensor,
    weight: FlexTensor,
    bias: FlexTensor,
    geometry: &Geometry,
    activation: Activation,
) -> FlexTensor {
    let (weight, bias) = (contiguous(weight), contiguous(bias));
    let (input, weight, bias) = (values(input), values(&weight), values(&bias));
    let output = depthwise_tiles::forward(input, weight, bias, geometry, activation.bounds())
        .unwrap_or_else(|| pixel_by_pixel(input, weight, bias, geometry, activation));
    tensor(output, geometry.output_shape())
}

/// For all that there are no tiles for.
pub fn pixel_by_pixel(
    input: &[f32],
    weight: &[f32],
    bias: &[f32],
    geometry: &Geometry,
    activation: Activation,
) -> Vec<f32> {
    let channels = geometry.channels_in;
    let mut output = vec![0.0; geometry.pixels() * channels];
    for (first, width) in groups(channels) {
        let output = output.as_mut_slice();
        vectorized(
            #[inline(always)]
            || match width {
                32 => group::<32>(input, weight, bias, output, first, geometry, activation),
                16 => group::<16>(input, weight, bias, output, first, geometry, activation),
                8 => group::<8>(input, weight, bias, output, first, geometry, activation),
                _ => group::<1>(input, weight, bias, output, first, geometry, activation),
            },
        );
    }
    output
}

/// One group of `N` channels from channel `first` on.
#[inline(always)]
fn group<const N: usize>(
    input: &[f32],
    weight: &[f32],
    bias: &[f32],
    output: &mut [f32],
    first: usize,
    geometry: &Geometry,
    activation: Activation,
) {
    let channels = geometry.channels_in;
    let filters = filters::<N>(weight, first, geometry);
    let mut start = [0.0; N];
    start.copy_from_slice(&bias[first..first + N]);
    let bounds = activation.bounds();
    let mut target = first;
    for image in 0..geometry.batch {
        for row in 0..geometry.height_out() {
            let (rows, top) = geometry.taps(row, geometry.height);
            for column in 0..geometry.width_out() {
                let (columns, left) = geometry.taps(column, geometry.width);
                let mut sums = start;
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

/// The filters of `N` channels from channel `first` on, `[kernel · kernel][N]`.
fn filters<const N: usize>(weight: &[f32], first: usize, geometry: &Geometry) -> Vec<[f32; N]> {
    let taps = geometry.kernel * geometry.kernel;
    let filter = |lane: usize| &weight[(first + lane) * taps..][..taps];
    (0..taps)
        .map(|tap| std::array::from_fn(|lane| filter(lane)[tap]))
        .collect()
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
    let mut input_gradient = vec![0.0; input.len()];
    let mut weight_gradient = vec![0.0; weight.len()];
    for (first, width) in groups(channels) {
        let target = (
            input_gradient.as_mut_slice(),
            weight_gradient.as_mut_slice(),
        );
        vectorized(
            #[inline(always)]
            || match width {
                32 => group_backward::<32>(input, weight, gradient, target, first, geometry),
                16 => group_backward::<16>(input, weight, gradient, target, first, geometry),
                8 => group_backward::<8>(input, weight, gradient, target, first, geometry),
                _ => group_backward::<1>(input, weight, gradient, target, first, geometry),
            },
        );
    }
    let weight_shape = burn::tensor::Shape::new([channels, 1, geometry.kernel, geometry.kernel]);
    (
        tensor(input_gradient, geometry.input_shape()),
        tensor(weight_gradient, weight_shape),
    )
}

/// Adds what one group of `N` channels from channel `first` on gives to the gradient of the input, and
/// writes that of its filters.
#[cfg(feature = "training")]
#[inline(always)]
fn group_backward<const N: usize>(
    input: &[f32],
    weight: &[f32],
    gradient: &[f32],
    (input_gradient, weight_gradient): (&mut [f32], &mut [f32]),
    first: usize,
    geometry: &Geometry,
) {
    let channels = geometry.channels_in;
    let filters = filters::<N>(weight, first, geometry);
    let mut filter_gradient = vec![[0.0; N]; filters.len()];
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
    let taps = filters.len();
    let own = &mut weight_gradient[first * taps..][..N * taps];
    for (lane, filter) in own.chunks_exact_mut(taps).enumerate() {
        for (value, sums) in filter.iter_mut().zip(&filter_gradient) {
            *value = sums[lane];
        }
    }
}
