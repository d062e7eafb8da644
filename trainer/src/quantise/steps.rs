//! How coarse the steps of a layer's weights are.

/// Weights of the largest layer, which has the coarsest steps.
const LARGEST_LAYER: f32 = 409_600.0;

/// Least that a channel's weights are taken to vary, in parts of the layer's: hardly any channel is silent for good.
const QUIET: f32 = 0.05;

/// The last level of a byte, less one: errors of others may be added to the largest weight.
const LAST_LEVEL: f32 = 126.0;

/// The last level of a filter's weights: they are few, and each tells much.
const LAST_FILTER_LEVEL: f32 = 31.0;

/// A step below this is one of weights that are none.
const SILENT: f32 = 1e-30;

/// Steps of a pointwise layer's output channels, of `inputs` weights each: in parts of the standard deviation of the
/// channel's weights, and the finer the fewer weights the layer has. All layers disturb the answers about as much by
/// the same relative step, so that for the bytes that it saves a small layer pays more.
pub fn pointwise(weights: &[f32], inputs: usize, coarseness: f32) -> Vec<f32> {
    let relative = coarseness * (weights.len() as f32 / LARGEST_LAYER).sqrt();
    let least = QUIET * deviation(weights);
    let step = |channel: &[f32]| {
        let wanted = relative * deviation(channel).max(least);
        short(wanted.max(largest(channel) / LAST_LEVEL))
    };
    weights.chunks_exact(inputs).map(step).collect()
}

/// Steps of a layer with a filter of `length` weights for each channel.
pub fn depthwise(weights: &[f32], length: usize) -> Vec<f32> {
    let step = |filter: &[f32]| short(largest(filter) / LAST_FILTER_LEVEL);
    weights.chunks_exact(length).map(step).collect()
}

/// The next step up that has three bits after its first: steps are stored too, and those bits would not compress.
/// A channel of zeros, or next to it, has no step of its own; any will do.
fn short(step: f32) -> f32 {
    const DROPPED: u32 = (1 << 20) - 1;
    if step < SILENT {
        return 1.0;
    }
    f32::from_bits((step.to_bits() + DROPPED) & !DROPPED)
}

fn largest(values: &[f32]) -> f32 {
    values.iter().fold(0.0, |most, value| most.max(value.abs()))
}

/// The standard deviation.
fn deviation(values: &[f32]) -> f32 {
    let count = values.len() as f32;
    let mean = values.iter().sum::<f32>() / count;
    let squares = values.iter().map(|value| (value - mean).powi(2));
    (squares.sum::<f32>() / count).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_short_and_no_finer_than_asked() {
        for step in [1e-6, 0.0123, 0.999, 1.0, 3.7] {
            let short = short(step);
            assert!((step..=1.125 * step).contains(&short), "{step} {short}");
            assert_eq!(short.to_bits() & 0xf_ffff, 0);
        }
        for step in [0.0, 1e-42] {
            assert_eq!(short(step), 1.0);
        }
    }

    #[test]
    fn no_weight_is_beyond_the_last_level() {
        let weights = [0.0, 0.0, 0.0, 5.0, 0.1, -0.1, 0.1, -0.1];
        let steps = pointwise(&weights, 4, 1e-3);
        assert!(5.0 / steps[0] <= 126.0);
        assert!(
            depthwise(&weights, 4)
                .iter()
                .zip([5.0, 0.1])
                .all(|(step, most)| most / step <= 31.0)
        );
    }
}
