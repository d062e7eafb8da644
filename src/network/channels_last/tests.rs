//! Both passes against burn's own convolution, which computes channels first.

use burn::tensor::module::conv2d;
use burn::tensor::ops::ConvOptions;
use burn::tensor::{Device, Distribution, Tensor, TensorData};
use rand::SeedableRng as _;
use rand::rngs::Xoshiro256PlusPlus;

use super::super::activation::Activation;
use super::convolution;

/// Sums in another order differ by this share of the tensor's largest number at most: a number that came out
/// small by cancellation carries the rounding of what cancelled.
const TOLERANCE: f32 = 2e-5;

struct Case {
    size: usize,
    channels: (usize, usize),
    kernel: usize,
    stride: usize,
    depthwise: bool,
}

fn case(size: usize, channels: (usize, usize), kernel: usize, stride: usize) -> Case {
    Case {
        size,
        channels,
        kernel,
        stride,
        depthwise: false,
    }
}

fn depthwise(size: usize, channels: usize, kernel: usize, stride: usize) -> Case {
    Case {
        size,
        channels: (channels, channels),
        kernel,
        stride,
        depthwise: true,
    }
}

/// Output and the gradients of input, weight and bias.
fn passes(output: Tensor<4>, leaves: (&Tensor<4>, &Tensor<4>, &Tensor<1>)) -> [Vec<f32>; 4] {
    // A weight for each number, so that no gradient is the same as its neighbour's.
    let weights = Tensor::arange(0..output.shape().num_elements() as i64, &output.device())
        .float()
        .sin()
        .reshape(output.shape());
    let gradients = (output.clone() * weights).sum().backward();
    let (input, weight, bias) = leaves;
    let numbers = |tensor: Tensor<1>| tensor.into_data().try_to_vec::<f32>().expect("f32");
    [
        numbers(output.inner().flatten(0, 3)),
        numbers(input.grad(&gradients).expect("a leaf").flatten(0, 3)),
        numbers(weight.grad(&gradients).expect("a leaf").flatten(0, 3)),
        numbers(bias.grad(&gradients).expect("a leaf")),
    ]
}

fn agree(case: &Case, activation: Activation) {
    let device = Device::flex().autodiff();
    // Not the device's generator: it is shared by tests that run at the same time.
    let mut generator = Xoshiro256PlusPlus::seed_from_u64(0);
    let mut random = |shape: [usize; 4]| {
        let distribution = Distribution::Normal(0.0, 1.0);
        let numbers = TensorData::random::<f32, _, _>(shape, distribution, &mut generator);
        Tensor::<4>::from_data(numbers, &device).require_grad()
    };
    let (channels_in, channels_out) = case.channels;
    let groups = if case.depthwise { channels_in } else { 1 };
    let input = random([2, channels_in, case.size, case.size]);
    let weight = random([channels_out, channels_in / groups, case.kernel, case.kernel]);
    let bias = random([1, 1, 1, channels_out]).inner().flatten(0, 3);
    let bias = Tensor::<1>::from_inner(bias).require_grad();
    let leaves = (&input, &weight, &bias);

    let total = case.kernel.saturating_sub(case.stride);
    let (begin, end) = (total / 2, total - total / 2);
    let padding = [(begin, end); 2];
    let options = ConvOptions::new_with_padding([case.stride; 2], padding, [1; 2], groups);
    let expected = conv2d(input.clone(), weight.clone(), Some(bias.clone()), options);
    let expected = passes(activation.apply(expected), leaves);

    let found = convolution(
        input.clone().permute([0, 2, 3, 1]),
        weight.clone(),
        bias.clone(),
        case.stride,
        activation,
    );
    let found = passes(found.permute([0, 3, 1, 2]), leaves);

    let names = ["output", "input", "weight", "bias"];
    for ((found, expected), name) in found.iter().zip(&expected).zip(names) {
        assert_eq!(found.len(), expected.len(), "{name}");
        let largest = expected
            .iter()
            .fold(0.0_f32, |sofar, number| sofar.max(number.abs()));
        let allowed = TOLERANCE * largest.max(1.0);
        for (found, expected) in found.iter().zip(expected) {
            let difference = (found - expected).abs();
            assert!(difference <= allowed, "{name}: {found} and {expected}");
        }
    }
}

#[test]
fn pointwise_convolutions_agree() {
    agree(&case(6, (5, 7), 1, 1), Activation::Identity);
    agree(&case(4, (32, 48), 1, 1), Activation::Relu6);
}

#[test]
fn depthwise_convolutions_agree() {
    for kernel in [3, 5] {
        for stride in [1, 2] {
            agree(&depthwise(8, 3, kernel, stride), Activation::Relu);
            agree(&depthwise(4, 80, kernel, stride), Activation::Relu6);
        }
    }
}

#[test]
fn a_map_smaller_than_the_kernel_agrees() {
    agree(&depthwise(2, 33, 5, 1), Activation::Identity);
    agree(&case(4, (3, 4), 10, 1), Activation::Identity);
}

#[test]
fn dense_convolutions_agree() {
    agree(&case(16, (3, 8), 3, 2), Activation::Relu6);
    agree(&case(12, (4, 6), 5, 1), Activation::Relu);
    agree(&case(12, (3, 5), 10, 1), Activation::Relu);
    agree(&case(64, (16, 8), 5, 1), Activation::Identity);
}
