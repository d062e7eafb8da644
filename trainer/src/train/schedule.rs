//! The learning rate over the steps.

use crate::experiment::FineTune;

/// Linear warm-up to the peak, then half a cosine down to 0 at the last step.
pub fn learning_rate(tune: &FineTune, step: usize) -> f64 {
    if step < tune.warmup_steps {
        return tune.learning_rate * (step + 1) as f64 / tune.warmup_steps as f64;
    }
    let length = tune.steps.saturating_sub(tune.warmup_steps).max(1);
    let progress = (step - tune.warmup_steps) as f64 / length as f64;
    tune.learning_rate * 0.5 * (1.0 + (std::f64::consts::PI * progress.min(1.0)).cos())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn warms_up_peaks_and_decays_to_nothing() {
        let tune = FineTune {
            steps: 110,
            learning_rate: 0.1,
            warmup_steps: 10,
            ..FineTune::default()
        };
        let at = |step| learning_rate(&tune, step);
        assert!((at(0) - 0.01).abs() < 1e-12);
        assert!((at(9) - 0.1).abs() < 1e-12);
        assert!((at(10) - 0.1).abs() < 1e-12);
        assert!((at(60) - 0.05).abs() < 1e-12);
        assert!(at(109) < 1e-4);
    }
}
