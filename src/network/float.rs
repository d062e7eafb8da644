//! burn's operations, asked of a device directly.
//!
//! Those of `Tensor` take quantised tensors as well. There are none in these networks, but what burn
//! can do with them would be in the modules for browsers, a sixth of their code. `only_cpu/float.rs`
//! has the same functions for the module that computes on the processor and on nothing else.

use std::fmt::Display;

use burn::backend::Dispatch;
use burn::backend::ops::{ActivationOps, FloatTensorOps, ModuleOps};
use burn::nn::Linear;
use burn::tensor::{Shape, Tensor, TensorData};

/// The same numbers with their dimensions in another order.
pub fn permute<const D: usize>(tensor: Tensor<D>, axes: [usize; D]) -> Tensor<D> {
    Tensor::from_dispatch(Dispatch::float_permute(tensor.into_dispatch(), &axes))
}

/// The same numbers, in the same order, in another shape.
pub fn reshape<const D: usize, const E: usize>(tensor: Tensor<D>, shape: [usize; E]) -> Tensor<E> {
    let shape = Shape::new(shape);
    Tensor::from_dispatch(Dispatch::float_reshape(tensor.into_dispatch(), shape))
}

/// The sum of two tensors of one shape.
pub fn add<const D: usize>(one: Tensor<D>, other: Tensor<D>) -> Tensor<D> {
    let sum = Dispatch::float_add(one.into_dispatch(), other.into_dispatch());
    Tensor::from_dispatch(sum)
}

/// `max(x, 0)` of every number.
pub fn relu<const D: usize>(tensor: Tensor<D>) -> Tensor<D> {
    Tensor::from_dispatch(Dispatch::relu(tensor.into_dispatch()))
}

/// `min(max(x, 0), 6)` of every number: one kernel on a GPU, where `relu` and a bound are more.
pub fn relu6<const D: usize>(tensor: Tensor<D>) -> Tensor<D> {
    let (low, high) = (0.0_f32.into(), 6.0_f32.into());
    Tensor::from_dispatch(Dispatch::float_clamp(tensor.into_dispatch(), low, high))
}

/// The mean over the places: `[batch, places, channels]` to `[batch, channels]`.
pub fn mean_of_places(places: Tensor<3>) -> Tensor<2> {
    let [batch, _, channels] = places.dims();
    let mean = Dispatch::float_mean_dim(places.into_dispatch(), 1);
    reshape(Tensor::<3>::from_dispatch(mean), [batch, channels])
}

/// The largest number of each 2×2 pixels of `[batch, channels, height, width]`.
pub fn halve(map: Tensor<4>) -> Tensor<4> {
    const SIDE: [usize; 2] = [2, 2];
    let map = map.into_dispatch();
    Tensor::from_dispatch(Dispatch::max_pool2d(map, SIDE, SIDE, [0, 0], [1, 1], false))
}

/// Through a dense layer: `[rows, in]` to `[rows, out]`.
pub fn linear(layer: &Linear, input: Tensor<2>) -> Tensor<2> {
    let weight = layer.weight.val().into_dispatch();
    let bias = layer.bias.as_ref().map(|bias| bias.val().into_dispatch());
    Tensor::from_dispatch(Dispatch::linear(input.into_dispatch(), weight, bias))
}

/// The numbers of both tensors, those of `one` first. They are read together: from a GPU, each
/// reading waits for all the work before it.
///
/// # Errors
/// What the device says.
pub async fn read_both(one: Tensor<2>, other: Tensor<2>) -> Result<Vec<f32>, String> {
    let both = vec![one.into_dispatch(), other.into_dispatch()];
    read(Tensor::<2>::from_dispatch(Dispatch::float_cat(both, 0))).await
}

/// The numbers of a tensor, in order.
///
/// # Errors
/// What the device says.
pub async fn read<const D: usize>(tensor: Tensor<D>) -> Result<Vec<f32>, String> {
    numbers(Dispatch::float_into_data(tensor.into_dispatch()).await)
}

/// The numbers that a device gave back, or what it says instead.
pub(crate) fn numbers(data: Result<TensorData, impl Display>) -> Result<Vec<f32>, String> {
    data.map_err(|error| root_cause(&error))?
        .try_into_vec()
        .map_err(|error| root_cause(&error))
}

/// The last line of burn's reports that says something: they begin with every layer that an error
/// passed, and end with a backtrace.
fn root_cause(error: &dyn Display) -> String {
    let report = error.to_string();
    let causes = report.split("Backtrace:").next().unwrap_or_default();
    let cause = causes.lines().map(str::trim).rfind(|line| !line.is_empty());
    cause.unwrap_or("no reason was given").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_root_cause_is_the_last_line_before_the_backtrace() {
        let report = "An error happened\nCaused by:\n  Device was destroyed.\nBacktrace:\nnone";
        assert_eq!(root_cause(&report), "Device was destroyed.");
        assert_eq!(root_cause(&"out of memory"), "out of memory");
        assert_eq!(root_cause(&""), "no reason was given");
    }
}
