//! See `float.rs`, which this stands in for: burn-flex has its operations for every type of number, and here all are
//! `f32`.

use burn::backend::Flex;
use burn::nn::Linear;
use burn::tensor::{Shape, Tensor};

use super::activation::Activation;
use super::channels_last::{self, FlexTensor, contiguous, reshaped, values};

/// The same numbers with their dimensions in another order.
pub fn permute<const D: usize>(tensor: Tensor<D>, axes: [usize; D]) -> Tensor<D> {
    from_flex(contiguous(to_flex(tensor).permute(&axes)))
}

/// The same numbers, in the same order, in another shape.
pub fn reshape<const D: usize, const E: usize>(tensor: Tensor<D>, shape: [usize; E]) -> Tensor<E> {
    from_flex(reshaped(to_flex(tensor), Shape::new(shape)))
}

/// The sum of two tensors of one shape; in the memory of `one`, where nothing else needs it.
pub fn add<const D: usize>(one: Tensor<D>, other: Tensor<D>) -> Tensor<D> {
    let (mut sum, other) = (contiguous(to_flex(one)), contiguous(to_flex(other)));
    for (sum, other) in sum.storage_mut::<f32>().iter_mut().zip(values(&other)) {
        *sum += other;
    }
    from_flex(sum)
}

/// `max(x, 0)` of every number.
pub fn relu<const D: usize>(tensor: Tensor<D>) -> Tensor<D> {
    bound(tensor, Activation::Relu)
}

/// `min(max(x, 0), 6)` of every number.
pub fn relu6<const D: usize>(tensor: Tensor<D>) -> Tensor<D> {
    bound(tensor, Activation::Relu6)
}

fn bound<const D: usize>(tensor: Tensor<D>, activation: Activation) -> Tensor<D> {
    let mut tensor = contiguous(to_flex(tensor));
    let bounds = activation.bounds();
    for value in tensor.storage_mut::<f32>() {
        *value = channels_last::bound(*value, bounds);
    }
    from_flex(tensor)
}

/// The mean over the places: `[batch, places, channels]` to `[batch, channels]`.
pub fn mean_of_places(places: Tensor<3>) -> Tensor<2> {
    let [batch, count, channels] = places.dims();
    let places = contiguous(to_flex(places));
    let mut means = vec![0.0; batch * channels];
    let maps = values(&places).chunks_exact(count * channels);
    for (mean, map) in means.chunks_exact_mut(channels).zip(maps) {
        for place in map.chunks_exact(channels) {
            for (mean, value) in mean.iter_mut().zip(place) {
                *mean += value;
            }
        }
        for mean in mean {
            *mean /= count as f32;
        }
    }
    from_flex(channels_last::tensor(means, Shape::new([batch, channels])))
}

/// The largest number of each 2×2 pixels of `[batch, channels, height, width]`, which are even.
pub fn halve(map: Tensor<4>) -> Tensor<4> {
    let [batch, channels, height, width] = map.dims();
    let map = contiguous(to_flex(map));
    let mut largest = Vec::with_capacity(batch * channels * (height / 2) * (width / 2));
    for rows in values(&map).chunks_exact(2 * width) {
        let (upper, lower) = rows.split_at(width);
        let pairs = upper.chunks_exact(2).zip(lower.chunks_exact(2));
        largest.extend(pairs.map(|(a, b)| a[0].max(a[1]).max(b[0]).max(b[1])));
    }
    let shape = Shape::new([batch, channels, height / 2, width / 2]);
    from_flex(channels_last::tensor(largest, shape))
}

/// Through a dense layer, `[rows, in]` to `[rows, out]`: the same as a convolution of single pixels.
pub fn linear(layer: &Linear, input: Tensor<2>) -> Tensor<2> {
    let [rows, inputs] = input.dims();
    let weight = permute(layer.weight.val(), [1, 0]);
    let [outputs, _] = weight.dims();
    let bias = match &layer.bias {
        Some(bias) => bias.val(),
        None => Tensor::zeros([outputs], &weight.device()),
    };
    let input = reshape(input, [rows, 1, 1, inputs]);
    let weight = reshape(weight, [outputs, inputs, 1, 1]);
    let output = channels_last::convolution(input, weight, bias, 1, Activation::Identity);
    reshape(output, [rows, outputs])
}

/// The numbers of both tensors, those of `one` first.
///
/// # Errors
/// None: the processor does not fail.
pub async fn read_both(one: Tensor<2>, other: Tensor<2>) -> Result<Vec<f32>, String> {
    let (mut numbers, other) = (read(one).await?, read(other).await?);
    numbers.extend(other);
    Ok(numbers)
}

/// The numbers of a tensor, in order.
///
/// # Errors
/// None: the processor does not fail.
pub async fn read<const D: usize>(tensor: Tensor<D>) -> Result<Vec<f32>, String> {
    Ok(values(&contiguous(to_flex(tensor))).to_vec())
}

fn to_flex<const D: usize>(tensor: Tensor<D>) -> FlexTensor {
    let tensor = tensor.try_into_primitive::<Flex>();
    tensor.expect("there is no other backend here")
}

fn from_flex<const D: usize>(tensor: FlexTensor) -> Tensor<D> {
    Tensor::from_primitive::<Flex>(tensor)
}

#[cfg(test)]
mod tests {
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};

    use burn::nn::LinearConfig;
    use burn::tensor::{Device, TensorData};

    use super::super::channels_last::checks::{assert_close, numbers as sines};
    use super::super::float;
    use super::*;

    fn numbers<const D: usize>(shape: [usize; D]) -> Tensor<D> {
        let numbers = sines(shape.iter().product(), 1);
        Tensor::from_data(TensorData::new(numbers, shape), &Device::flex())
    }

    fn assert_same<const D: usize>(own: Tensor<D>, burns: Tensor<D>) {
        assert_eq!(own.dims(), burns.dims());
        let (own, burns) = (to_flex(own), contiguous(to_flex(burns)));
        assert_close(values(&own), values(&burns), 1e-6, own.layout().shape());
    }

    /// What a future answers that waits for nothing, as on the processor.
    fn ready<T>(future: impl Future<Output = T>) -> T {
        let mut context = Context::from_waker(Waker::noop());
        match pin!(future).poll(&mut context) {
            Poll::Ready(answer) => answer,
            Poll::Pending => panic!("the processor does not wait"),
        }
    }

    #[test]
    fn every_operation_answers_as_burns() {
        let map = || numbers([2, 3, 4, 6]);
        let turned = || float::permute(numbers([2, 6, 3, 4]), [0, 2, 3, 1]);
        let axes = [0, 2, 3, 1];
        assert_same(permute(map(), axes), float::permute(map(), axes));
        let flat = [6, 24];
        assert_same(reshape(turned(), flat), float::reshape(turned(), flat));
        assert_same(add(map(), turned()), float::add(map(), turned()));
        assert_same(relu(turned()), float::relu(turned()));
        let large = || map().mul_scalar(10.0);
        assert_same(relu6(large()), float::relu6(large()));
        let places = || reshape(map(), [2, 12, 6]);
        assert_same(mean_of_places(places()), float::mean_of_places(places()));
        assert_same(halve(turned()), float::halve(turned()));
    }

    #[test]
    fn a_sum_leaves_what_was_added_as_it_was() {
        let map = numbers([2, 3]);
        let sum = add(map.clone(), map.clone());
        assert_same(sum, map.clone().mul_scalar(2.0));
        assert_same(map, numbers([2, 3]));
    }

    #[test]
    fn a_dense_layer_answers_as_burns_with_a_bias_and_without() {
        for bias in [true, false] {
            let config = LinearConfig::new(5, 3).with_bias(bias);
            let layer = config.init(&Device::flex());
            let rows = || numbers([4, 5]);
            assert_same(linear(&layer, rows()), float::linear(&layer, rows()));
        }
    }

    #[test]
    fn numbers_are_read_in_their_order() {
        let (one, other) = (numbers([1, 3]), numbers([2, 3]));
        let both = ready(read_both(one.clone(), other.clone()));
        let burns = ready(float::read_both(one, other));
        assert_eq!(both, burns);
        assert_eq!(both.map(|numbers| numbers.len()), Ok(9));
    }
}
