//! The sizes of one convolution.

use burn::tensor::Shape;

use super::{FlexTensor, reshaped};

/// How a convolution is computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// 1×1: a matrix product over the pixels.
    Pointwise,
    /// One filter a channel.
    Depthwise,
    /// Every channel with every channel.
    Dense,
}

/// The sizes of one convolution with a square kernel.
#[derive(Clone, Copy, Debug)]
pub struct Geometry {
    pub kind: Kind,
    pub batch: usize,
    pub height: usize,
    pub width: usize,
    pub channels_in: usize,
    pub channels_out: usize,
    pub kernel: usize,
    pub stride: usize,
}

impl Geometry {
    pub fn new(input: &FlexTensor, weight: &FlexTensor, stride: usize) -> Self {
        let [batch, height, width, channels_in] = input.layout().shape().dims();
        let [channels_out, per_group, kernel, _] = weight.layout().shape().dims();
        let kind = match (per_group, kernel, stride) {
            (1, ..) if channels_in == channels_out && channels_in > 1 => Kind::Depthwise,
            (_, 1, 1) => Kind::Pointwise,
            _ => Kind::Dense,
        };
        Self {
            kind,
            batch,
            height,
            width,
            channels_in,
            channels_out,
            kernel,
            stride,
        }
    }

    /// Rows and columns of padding before the first: `SAME` puts the odd one behind the last.
    pub fn padding(&self) -> usize {
        self.kernel.saturating_sub(self.stride) / 2
    }

    pub fn height_out(&self) -> usize {
        self.height / self.stride
    }

    pub fn width_out(&self) -> usize {
        self.width / self.stride
    }

    /// Output pixels of a batch.
    pub fn pixels(&self) -> usize {
        self.batch * self.height_out() * self.width_out()
    }

    /// Weights of one output channel of a dense convolution.
    pub fn patch(&self) -> usize {
        self.kernel * self.kernel * self.channels_in
    }

    #[cfg(feature = "training")]
    pub fn input_shape(&self) -> Shape {
        Shape::new([self.batch, self.height, self.width, self.channels_in])
    }

    pub fn output_shape(&self) -> Shape {
        Shape::new([
            self.batch,
            self.height_out(),
            self.width_out(),
            self.channels_out,
        ])
    }

    /// The kernel's rows (or columns) that lie on the map for output row (or column) `position`,
    /// and the row of the map under the first of them.
    pub fn taps(&self, position: usize, size: usize) -> (std::ops::Range<usize>, usize) {
        let start = position * self.stride;
        let padding = self.padding();
        let first = padding.saturating_sub(start);
        let last = self.kernel.min(size + padding - start);
        (first..last, start + first - padding)
    }

    /// Weights `[out, in, kernel, kernel]` as a matrix `[out, kernel · kernel · in]`.
    pub fn matrix(&self, weight: FlexTensor) -> FlexTensor {
        let rows = Shape::new([self.channels_out, self.patch()]);
        reshaped(weight.permute(&[0, 2, 3, 1]), rows)
    }

    /// The way back of [`Self::matrix`].
    #[cfg(feature = "training")]
    pub fn unmatrix(&self, matrix: FlexTensor) -> FlexTensor {
        matrix
            .reshape(Shape::new([
                self.channels_out,
                self.kernel,
                self.kernel,
                self.channels_in,
            ]))
            .permute(&[0, 3, 1, 2])
            .to_contiguous()
    }
}
