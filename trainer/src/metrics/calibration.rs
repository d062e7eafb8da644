use super::Answer;

/// Bins of the expected calibration error.
const BINS: usize = 15;

/// The root of the mean square, over all covers and genres, of probability − truth, where the truth is 1 for
/// the actual genre and 0 for the others. 0 is perfect, √(2/genres) is certainty in a wrong genre every time.
pub(super) fn rmse(answers: &[Answer<'_>]) -> f64 {
    let errors = answers.iter().flat_map(|answer| {
        answer
            .probabilities
            .iter()
            .enumerate()
            .map(|(genre, &probability)| {
                let truth = f64::from(u8::from(genre == answer.label));
                (f64::from(probability) - truth).powi(2)
            })
    });
    super::mean(errors).sqrt()
}

/// The expected calibration error: covers are put by their highest probability into 15 bins of equal width,
/// each open below and closed above; the mean over covers of how far their bin's accuracy is from its mean
/// probability.
pub(super) fn ece(answers: &[Answer<'_>]) -> f64 {
    // Per bin: the sum of (right or not) − (probability).
    let mut gaps = [0.0; BINS];
    for answer in answers {
        let predicted = answer.predicted();
        let confidence = f64::from(answer.probabilities[predicted]);
        gaps[bin(confidence)] += f64::from(u8::from(predicted == answer.label)) - confidence;
    }
    gaps.iter().map(|gap| gap.abs()).sum::<f64>() / answers.len().max(1) as f64
}

fn bin(confidence: f64) -> usize {
    let above = (confidence * BINS as f64).ceil() as usize;
    above.clamp(1, BINS) - 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(label: usize, probabilities: &[f32]) -> Answer<'_> {
        Answer {
            label,
            source: "",
            probabilities,
        }
    }

    #[test]
    fn rmse_is_over_covers_and_genres() {
        // Squares: .25 .25 | 0 0; mean .125.
        let found = rmse(&[answer(0, &[0.5, 0.5]), answer(1, &[0.0, 1.0])]);
        assert!((found - 0.125_f64.sqrt()).abs() < 1e-12);
    }

    #[test]
    fn bins_are_closed_above() {
        assert_eq!(bin(1.0), 14);
        assert_eq!(bin(0.0), 0);
        assert_eq!(bin(1.0 / 15.0), 0);
        assert_eq!(bin(1.0 / 15.0 + 1e-9), 1);
    }

    #[test]
    fn ece_weighs_bins_by_their_covers() {
        // Bin of .75: four covers, three right: gap 0. Bin of 1: one cover, wrong: gap 1. 1/5 of the covers.
        let sure = [1.0, 0.0];
        let likely = [0.75, 0.25];
        let answers = [
            answer(0, &likely),
            answer(0, &likely),
            answer(0, &likely),
            answer(1, &likely),
            answer(1, &sure),
        ];
        assert!((ece(&answers) - 0.2).abs() < 1e-12);
    }
}
