//! Temperature scaling (Guo et al., "On Calibration of Modern Neural Networks", 2017).

/// Temperatures to search between.
const RANGE: (f64, f64) = (0.2, 5.0);
/// Steps of the search: enough for four digits.
const STEPS: usize = 40;

/// The temperature that gives the labels the highest likelihood. `logits` has one row a cover and
/// one column a genre of the set; `labels` are columns. 1 if there are no covers.
pub fn temperature(logits: &[Vec<f32>], labels: &[usize]) -> f32 {
    if labels.is_empty() {
        return 1.0;
    }
    let loss =
        |log_temperature: f64| negative_log_likelihood(logits, labels, log_temperature.exp());
    // The likelihood has one peak in the inverse temperature, so golden sections find it.
    let golden = (5.0_f64.sqrt() - 1.0) / 2.0;
    let (mut low, mut high) = (RANGE.0.ln(), RANGE.1.ln());
    for _ in 0..STEPS {
        let width = golden * (high - low);
        let (left, right) = (high - width, low + width);
        if loss(left) < loss(right) {
            high = right;
        } else {
            low = left;
        }
    }
    ((low + high) / 2.0).exp() as f32
}

fn negative_log_likelihood(logits: &[Vec<f32>], labels: &[usize], temperature: f64) -> f64 {
    logits
        .iter()
        .zip(labels)
        .map(|(row, &label)| {
            let scaled: Vec<f64> = row.iter().map(|&x| f64::from(x) / temperature).collect();
            let highest = scaled.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            let sum: f64 = scaled.iter().map(|x| (x - highest).exp()).sum();
            highest + sum.ln() - scaled[label]
        })
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logits_that_are_too_sure_are_cooled_to_their_accuracy() {
        // Right 3 times in 4 between two genres: the odds 3 : 1 are a difference of ln 3.
        let logits = vec![vec![4.0, 0.0]; 4];
        let found = temperature(&logits, &[0, 0, 0, 1]);
        let expected = 4.0 / 3.0_f32.ln();
        assert!((found - expected).abs() < 1e-3, "{found} for {expected}");
    }

    #[test]
    fn without_covers_nothing_changes() {
        assert_eq!(temperature(&[], &[]), 1.0);
    }
}
