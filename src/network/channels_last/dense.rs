//! Every input channel with every output channel: patches of the map as rows of a matrix.
//!
//! The patches of a map are larger than the map; they are laid out a strip of output rows at a time.

use std::ops::Range;

#[cfg(feature = "training")]
use burn::backend::Flex;
#[cfg(feature = "training")]
use burn::backend::ops::FloatTensorOps;
#[cfg(feature = "training")]
use burn::tensor::Shape;

use super::super::activation::Activation;
use super::geometry::Geometry;
use super::{FlexTensor, contiguous, product, tensor, values};

/// Numbers in the patches of a strip, about: a megabyte.
const STRIP: usize = 1 << 18;

/// See [`super::ChannelsLastOps::convolution`].
pub fn forward(
    input: &FlexTensor,
    weight: FlexTensor,
    bias: FlexTensor,
    geometry: &Geometry,
    activation: Activation,
) -> FlexTensor {
    let (weights, bias) = (geometry.matrix(weight), contiguous(bias));
    let (weights, bias) = (values(&weights), values(&bias));
    let mut output = Vec::with_capacity(geometry.pixels() * geometry.channels_out);
    for (image, rows) in strips(geometry) {
        let patches = patches(values(input), image, rows, geometry);
        output.extend(product(&patches, weights, bias, activation));
    }
    tensor(output, geometry.output_shape())
}

/// The gradients of the input, where it is asked for, and of the weights.
#[cfg(feature = "training")]
pub fn backward(
    input: &FlexTensor,
    weight: FlexTensor,
    gradient: &FlexTensor,
    geometry: &Geometry,
    wants_input: bool,
) -> (Option<FlexTensor>, FlexTensor) {
    let (input, gradient) = (values(input), values(gradient));
    let weights = geometry.matrix(weight);
    let mut weight_gradient: Option<FlexTensor> = None;
    let mut input_gradient = wants_input.then(|| vec![0.0; input.len()]);
    let mut start = 0;
    for (image, rows) in strips(geometry) {
        let pixels = rows.len() * geometry.width_out();
        let length = pixels * geometry.channels_out;
        let own = tensor(
            gradient[start..start + length].to_vec(),
            Shape::new([pixels, geometry.channels_out]),
        );
        start += length;
        let patches = patches(input, image, rows.clone(), geometry);
        let patches = tensor(patches, Shape::new([pixels, geometry.patch()]));
        let product = Flex::float_matmul(own.transpose(0, 1), patches);
        weight_gradient = Some(match weight_gradient {
            Some(sum) => Flex::float_add(sum, product),
            None => product,
        });
        if let Some(target) = &mut input_gradient {
            let patches = Flex::float_matmul(own, weights.clone());
            add_patches(values(&patches), target, image, rows, geometry);
        }
    }
    let weight_gradient =
        weight_gradient.unwrap_or_else(|| Flex::float_mul_scalar(weights, 0.0.into()));
    (
        input_gradient.map(|values| tensor(values, geometry.input_shape())),
        geometry.unmatrix(weight_gradient),
    )
}

/// Images and ranges of output rows, in order.
fn strips(geometry: &Geometry) -> impl Iterator<Item = (usize, Range<usize>)> {
    let height = geometry.height_out();
    let rows = (STRIP / (geometry.width_out() * geometry.patch()).max(1)).max(1);
    (0..geometry.batch).flat_map(move |image| {
        (0..height)
            .step_by(rows)
            .map(move |first| (image, first..(first + rows).min(height)))
    })
}

/// The patches under the output pixels of some rows: `[pixels, kernel · kernel · in]`.
fn patches(input: &[f32], image: usize, rows: Range<usize>, geometry: &Geometry) -> Vec<f32> {
    let pixels = rows.len() * geometry.width_out();
    let mut patches = vec![0.0; pixels * geometry.patch()];
    runs(image, rows, geometry, |map, patch| {
        patches[patch].copy_from_slice(&input[map]);
    });
    patches
}

/// Adds patches to the places of the map that they were taken from.
#[cfg(feature = "training")]
fn add_patches(
    patches: &[f32],
    target: &mut [f32],
    image: usize,
    rows: Range<usize>,
    geometry: &Geometry,
) {
    runs(image, rows, geometry, |map, patch| {
        for (target, value) in target[map].iter_mut().zip(&patches[patch]) {
            *target += value;
        }
    });
}

/// Calls `each` with ranges of the map and of the patches that hold the same numbers.
fn runs(
    image: usize,
    rows: Range<usize>,
    geometry: &Geometry,
    mut each: impl FnMut(Range<usize>, Range<usize>),
) {
    let channels = geometry.channels_in;
    let mut patch = 0;
    for row in rows {
        let (tap_rows, top) = geometry.taps(row, geometry.height);
        for column in 0..geometry.width_out() {
            let (columns, left) = geometry.taps(column, geometry.width);
            let length = columns.len() * channels;
            for (y, tap_row) in tap_rows.clone().enumerate() {
                let map = ((image * geometry.height + top + y) * geometry.width + left) * channels;
                let at = patch + (tap_row * geometry.kernel + columns.start) * channels;
                each(map..map + length, at..at + length);
            }
            patch += geometry.patch();
        }
    }
}
