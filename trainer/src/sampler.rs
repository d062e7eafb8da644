//! Draws training covers, balanced by genre and by source.

use std::collections::BTreeMap;

use rand::rngs::Xoshiro256PlusPlus;
use rand::{RngExt, SeedableRng};

use crate::experiment::Sampling;

/// A generator for one purpose within a run: nothing is kept between draws, so a run that resumes
/// at a step goes on exactly as it would have.
pub fn generator(seed: u64, purpose: Purpose, step: usize, index: usize) -> Xoshiro256PlusPlus {
    let mut key = seed;
    for part in [purpose as u64, step as u64, index as u64] {
        // The finaliser of SplitMix64, which seed_from_u64 uses as well.
        key = (key ^ part).wrapping_add(0x9e37_79b9_7f4a_7c15);
        key = (key ^ (key >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        key = (key ^ (key >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        key ^= key >> 31;
    }
    Xoshiro256PlusPlus::seed_from_u64(key)
}

/// What random numbers are drawn for; each has a sequence of its own.
#[derive(Clone, Copy, Debug)]
pub enum Purpose {
    /// Which covers a batch of the head's training holds.
    Head = 1,
    /// Which covers a batch of the fine-tuning holds.
    Batch = 2,
    /// How a cover is changed.
    Augmentation = 3,
    /// Which units are dropped.
    Dropout = 4,
    /// How covers are mixed.
    Mixup = 5,
    /// How large the covers of a step are.
    Size = 6,
    /// What a trial of a search tries.
    Trial = 7,
}

/// Rows by genre and source, with the frequencies to draw them by.
#[derive(Debug)]
pub struct Sampler {
    cells: Vec<Vec<usize>>,
    cumulative: Vec<f64>,
    genre_frequencies: Vec<f64>,
}

impl Sampler {
    /// A sampler over rows given as (genre index, source), for `genres` genres.
    /// Each genre must have at least one row.
    pub fn new(rows: &[(usize, &str)], genres: usize, sampling: &Sampling) -> Self {
        let mut cells: BTreeMap<(usize, &str), Vec<usize>> = BTreeMap::new();
        for (row, key) in rows.iter().enumerate() {
            cells.entry(*key).or_default().push(row);
        }
        let mut genre_counts = vec![0_usize; genres];
        let mut source_weights = vec![0.0; genres];
        for ((genre, _), rows) in &cells {
            genre_counts[*genre] += rows.len();
            source_weights[*genre] += (rows.len() as f64).powf(sampling.source_power);
        }
        let genre_weights: Vec<f64> = genre_counts
            .iter()
            .map(|&count| (count as f64).powf(sampling.genre_power))
            .collect();
        let total: f64 = genre_weights.iter().sum();
        let mut sum = 0.0;
        let cumulative = cells
            .iter()
            .map(|((genre, _), rows)| {
                let share =
                    (rows.len() as f64).powf(sampling.source_power) / source_weights[*genre];
                sum += genre_weights[*genre] / total * share;
                sum
            })
            .collect();
        Self {
            cells: cells.into_values().collect(),
            cumulative,
            genre_frequencies: genre_weights.iter().map(|weight| weight / total).collect(),
        }
    }

    /// The share of each genre among the drawn covers; sums to 1.
    pub fn genre_frequencies(&self) -> &[f64] {
        &self.genre_frequencies
    }

    /// Draws `count` rows, with replacement.
    pub fn draw(&self, count: usize, random: &mut Xoshiro256PlusPlus) -> Vec<usize> {
        (0..count)
            .map(|_| {
                let at = random.random::<f64>();
                let cell = self.cumulative.partition_point(|&end| end <= at);
                let rows = &self.cells[cell.min(self.cells.len() - 1)];
                rows[random.random_range(0..rows.len())]
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows() -> Vec<(usize, &'static str)> {
        let mut rows = vec![(0, "a"); 90];
        rows.extend(vec![(0, "b"); 10]);
        rows.extend(vec![(1, "a"); 25]);
        rows
    }

    fn shares(genre_power: f64, source_power: f64) -> [f64; 3] {
        let rows = rows();
        let sampling = Sampling {
            genre_power,
            source_power,
            logit_adjustment: false,
        };
        let sampler = Sampler::new(&rows, 2, &sampling);
        let drawn = sampler.draw(40_000, &mut generator(1, Purpose::Batch, 0, 0));
        let share = |key| drawn.iter().filter(|&&row| rows[row] == key).count() as f64 / 40_000.0;
        [share((0, "a")), share((0, "b")), share((1, "a"))]
    }

    fn assert_close(actual: [f64; 3], expected: [f64; 3]) {
        for (actual, expected) in actual.into_iter().zip(expected) {
            assert!((actual - expected).abs() < 0.01, "{actual} for {expected}");
        }
    }

    #[test]
    fn powers_of_one_draw_as_the_data_is() {
        assert_close(shares(1.0, 1.0), [0.72, 0.08, 0.2]);
    }

    #[test]
    fn powers_of_zero_draw_evenly() {
        assert_close(shares(0.0, 0.0), [0.25, 0.25, 0.5]);
    }

    #[test]
    fn a_power_between_draws_between() {
        // Genres 100 and 25 as 10 : 5, sources 90 and 10 as 3 : 1.
        assert_close(shares(0.5, 0.5), [0.5, 1.0 / 6.0, 1.0 / 3.0]);
    }

    #[test]
    fn purposes_steps_and_indices_have_sequences_of_their_own() {
        let first = |purpose, step, index| generator(9, purpose, step, index).random::<u64>();
        let base = first(Purpose::Batch, 4, 5);
        assert_eq!(base, first(Purpose::Batch, 4, 5));
        assert_ne!(base, first(Purpose::Dropout, 4, 5));
        assert_ne!(base, first(Purpose::Batch, 5, 4));
        assert_ne!(base, first(Purpose::Batch, 4, 6));
    }
}
