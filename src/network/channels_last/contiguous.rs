//! Numbers one after the other, in the order of their dimensions.
//!
//! burn-flex's own functions for this have code for every type of number. Here all are `f32`, and in
//! a browser that code would come along.

use burn::tensor::Shape;

use super::{FlexTensor, tensor};

/// The same tensor with its numbers one after the other, from the first of its memory.
pub fn contiguous(source: FlexTensor) -> FlexTensor {
    let layout = source.layout();
    if layout.is_contiguous() && layout.start_offset() == 0 {
        return source;
    }
    let mut numbers = Vec::with_capacity(layout.num_elements());
    let (start, shape) = (layout.start_offset() as isize, layout.shape().clone());
    gather(
        source.storage(),
        start,
        &shape,
        layout.strides(),
        &mut numbers,
    );
    tensor(numbers, shape)
}

/// The same numbers, in the same order, in another shape.
pub fn reshaped(source: FlexTensor, shape: Shape) -> FlexTensor {
    let source = contiguous(source);
    let layout = source.layout().reshape(shape);
    source.with_layout(layout.expect("numbers one after the other fit any shape of as many"))
}

fn gather(
    storage: &[f32],
    start: isize,
    sizes: &[usize],
    strides: &[isize],
    numbers: &mut Vec<f32>,
) {
    let at = |row: usize, stride: isize| start + row as isize * stride;
    match (sizes, strides) {
        ([size], [stride]) => {
            numbers.extend((0..*size).map(|index| storage[at(index, *stride) as usize]));
        }
        ([size, sizes @ ..], [stride, strides @ ..]) => {
            for row in 0..*size {
                gather(storage, at(row, *stride), sizes, strides, numbers);
            }
        }
        _ => numbers.push(storage[start as usize]),
    }
}

#[cfg(test)]
mod tests {
    use super::super::checks::numbers;
    use super::super::values;
    use super::*;

    #[test]
    fn every_view_is_laid_out_as_burn_flex_does_it() {
        let source = tensor(numbers(2 * 3 * 4 * 5, 1), Shape::new([2, 3, 4, 5]));
        let views = [
            source.clone(),
            source.permute(&[0, 2, 3, 1]),
            source.permute(&[3, 1, 0, 2]),
            source.narrow(1, 1, 2),
            source.narrow(0, 1, 1),
            source.narrow(3, 2, 2).permute(&[1, 3, 2, 0]),
        ];
        for view in views {
            let (own, burns) = (contiguous(view.clone()), view.to_contiguous());
            assert_eq!(own.layout().shape(), burns.layout().shape());
            assert_eq!(values(&own), values(&burns));
            let flat = reshaped(view, Shape::new([values(&own).len()]));
            assert_eq!(values(&flat), values(&own));
        }
    }
}
