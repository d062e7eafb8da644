//! The loss.

use burn::tensor::{Tensor, activation};

/// The sum of the cross-entropies of targets `[batch, genres]` and logits `[batch, genres]`,
/// with `log_prior` `[1, genres]` added to the logits first.
pub fn cross_entropy(logits: Tensor<2>, targets: Tensor<2>, log_prior: Tensor<2>) -> Tensor<1> {
    let log_probabilities = activation::log_softmax(logits + log_prior, 1);
    (log_probabilities * targets).sum().neg()
}

#[cfg(test)]
mod tests {
    use super::*;
    use burn::tensor::Device;

    #[test]
    fn cross_entropy_is_that_of_the_definition() {
        let device = Device::flex();
        let logits = Tensor::from_data([[0.0_f32, 0.0], [1.0, 3.0]], &device);
        let targets = Tensor::from_data([[1.0_f32, 0.0], [0.0, 1.0]], &device);
        let prior = Tensor::from_data([[0.0_f32, 0.0]], &device);
        let loss = cross_entropy(logits, targets, prior).into_scalar::<f32>();
        let expected = 2.0_f32.ln() + (1.0 + (-2.0_f32).exp()).ln();
        assert!((loss - expected).abs() < 1e-6, "{loss} for {expected}");
    }
}
