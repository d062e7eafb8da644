//! Successive halving (Jamieson and Talwalkar, "Non-stochastic Best Arm Identification and Hyperparameter
//! Optimization", 2016): all trials take a few steps, the best of them more.

/// The steps that a trial of `steps` has taken at the end of each rung, ascending; the last is `steps`.
pub fn budgets(steps: usize, rungs: usize, reduction: usize) -> Vec<usize> {
    let mut budgets: Vec<usize> = (0..rungs as u32)
        .rev()
        .map(|below| steps.div_ceil(reduction.saturating_pow(below)).max(1))
        .collect();
    // Few steps on many rungs: some would end where another did.
    budgets.dedup();
    budgets
}

/// Which of the trials at a rung go on to the next: one of `reduction`, at least one, the best first. `scores` are given
/// with the numbers of the trials; those without a score have failed. Of equals the earlier goes on.
pub fn survivors(scores: &[(usize, Option<f64>)], reduction: usize) -> Vec<usize> {
    let mut ranked: Vec<(usize, f64)> = scores
        .iter()
        .filter_map(|(number, score)| Some((*number, (*score)?)))
        .collect();
    ranked.sort_by(|(number, score), (other_number, other)| {
        other.total_cmp(score).then(number.cmp(other_number))
    });
    let count = (scores.len() / reduction).max(1);
    ranked
        .into_iter()
        .take(count)
        .map(|(number, _)| number)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn budgets_grow_to_all_steps() {
        assert_eq!(budgets(1200, 3, 3), [134, 400, 1200]);
        assert_eq!(budgets(100, 1, 3), [100]);
        assert_eq!(budgets(3, 4, 3), [1, 3]);
    }

    #[test]
    fn the_best_third_goes_on() {
        let scores = [
            (0, Some(0.2)),
            (1, Some(0.5)),
            (2, None),
            (3, Some(0.5)),
            (4, Some(0.1)),
            (5, Some(0.4)),
        ];
        assert_eq!(survivors(&scores, 3), [1, 3]);
        assert_eq!(survivors(&scores[..2], 3), [1]);
        assert_eq!(survivors(&[(7, None)], 3), [0; 0]);
    }
}
