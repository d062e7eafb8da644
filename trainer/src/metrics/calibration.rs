use rand::rngs::Xoshiro256PlusPlus;
use rand::{RngExt, SeedableRng};
use serde::{Deserialize, Serialize};

use super::Answer;
use super::bootstrap::{RESAMPLES, quantile};

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

/// The covers whose highest probability lies in one range.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Bin {
    /// Open below: the range begins over this.
    pub over: f64,
    /// Closed above: the range ends with this.
    pub to: f64,
    /// Number of covers.
    pub n: usize,
    /// The mean of their highest probabilities; 0 without covers.
    pub confidence: f64,
    /// The share of them whose genre came first; 0 without covers.
    pub accuracy: f64,
}

/// The covers by their highest probability, in 15 ranges of equal width from 0 to 1.
pub fn reliability(answers: &[Answer<'_>]) -> Vec<Bin> {
    let judged = answers
        .iter()
        .map(|answer| (confidence(answer), answer.predicted() == answer.label));
    bins(judged)
}

fn confidence(answer: &Answer<'_>) -> f64 {
    f64::from(answer.probabilities[answer.predicted()])
}

/// The bins of covers, each with its highest probability and whether that was of its genre.
fn bins(covers: impl Iterator<Item = (f64, bool)>) -> Vec<Bin> {
    let mut sums = [(0_usize, 0.0, 0_usize); BINS];
    for (confidence, is_right) in covers {
        let (n, confidences, right) = &mut sums[bin(confidence)];
        *n += 1;
        *confidences += confidence;
        *right += usize::from(is_right);
    }
    let of_bin = |(index, (n, confidences, right)): (usize, &(usize, f64, usize))| Bin {
        over: index as f64 / BINS as f64,
        to: (index + 1) as f64 / BINS as f64,
        n: *n,
        confidence: confidences / (*n).max(1) as f64,
        accuracy: *right as f64 / (*n).max(1) as f64,
    };
    sums.iter().enumerate().map(of_bin).collect()
}

/// The expected calibration error: the mean over covers of how far the accuracy of their bin of [`reliability`] is
/// from its mean probability.
pub(super) fn ece(answers: &[Answer<'_>]) -> f64 {
    mean_gap(&reliability(answers))
}

fn mean_gap(bins: &[Bin]) -> f64 {
    let gap = |bin: &Bin| bin.n as f64 * (bin.accuracy - bin.confidence).abs();
    let covers = bins.iter().map(|bin| bin.n).sum::<usize>();
    bins.iter().map(gap).sum::<f64>() / covers.max(1) as f64
}

/// What the expected calibration error comes to by chance, where probabilities say just what they mean: on few covers
/// a bin's accuracy is off its mean probability all the same.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ByChance {
    /// In the mean.
    pub mean: f64,
    /// 95 % of the time it is no more than this.
    pub high: f64,
}

/// The error on covers with the probabilities of these, each of which is right as often as its highest probability
/// says: 2,000 draws (the "consistency resampling" of Bröcker and Smith, "Increasing the Reliability of Reliability
/// Diagrams", 2007). The same seed draws the same.
pub(super) fn ece_by_chance(answers: &[Answer<'_>], seed: u64) -> ByChance {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
    let confidences: Vec<f64> = answers.iter().map(confidence).collect();
    let mut draw = || {
        let covers = confidences.iter();
        mean_gap(&bins(
            covers.map(|&share| (share, random.random::<f64>() < share)),
        ))
    };
    let mut errors: Vec<f64> = (0..RESAMPLES).map(|_| draw()).collect();
    errors.sort_by(f64::total_cmp);
    ByChance {
        mean: super::mean(errors.iter().copied()),
        high: quantile(&errors, 0.95),
    }
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
        let bins = reliability(&answers);
        assert_eq!(
            (bins[11].n, bins[11].accuracy, bins[11].confidence),
            (4, 0.75, 0.75)
        );
        assert_eq!((bins[14].n, bins[14].to), (1, 1.0));
        assert_eq!(
            (bins[0].over, bins[3].over, bins[3].to),
            (0.0, 0.2, 4.0 / 15.0)
        );
    }

    #[test]
    fn by_chance_the_error_is_that_of_the_binomial() {
        // One bin: the error is |right / 400 − .5|, in the mean √(2/π)·.025 = .0199, 95 % of the time below 1.96·.025.
        let even = [0.5, 0.5];
        let answers = vec![answer(0, &even); 400];
        let found = ece_by_chance(&answers, 1);
        assert!((found.mean - 0.0199).abs() < 0.001, "{found:?}");
        assert!((found.high - 0.049).abs() < 0.003, "{found:?}");
        assert_eq!(found, ece_by_chance(&answers, 1));
        assert_ne!(found, ece_by_chance(&answers, 2));
        let sure = [1.0, 0.0];
        assert_eq!(ece_by_chance(&[answer(1, &sure)], 1), ByChance::default());
    }
}
