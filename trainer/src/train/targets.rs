//! What a network is to answer.

use super::distillation::Teachers;
use crate::experiment::FineTune;

/// One-hot target `[count]`, smoothed; sums to 1.
pub fn smoothed(genre: usize, count: usize, smoothing: f32) -> Vec<f32> {
    let mut target = vec![smoothing / count as f32; count];
    target[genre] += 1.0 - smoothing;
    target
}

/// The targets of training covers, as far as they are known before a network has seen the covers.
pub struct Targets<'a> {
    genres: usize,
    smoothing: f32,
    distillation: f32,
    teachers: &'a Teachers,
}

impl<'a> Targets<'a> {
    /// For so many genres, with teachers that give [`FineTune::distillation`] of each target.
    pub fn new(genres: usize, tune: &FineTune, teachers: &'a Teachers) -> Self {
        Self {
            genres,
            smoothing: tune.label_smoothing,
            distillation: tune.distillation,
            teachers,
        }
    }

    /// The target `[genres]` of the training cover at `row`, of that genre. It sums to 1 with [`Teachers::share`] for
    /// each network that teaches.
    pub fn of(&self, row: usize, genre: usize) -> Vec<f32> {
        let mut target = smoothed(genre, self.genres, self.smoothing);
        for own in &mut target {
            *own *= 1.0 - self.distillation;
        }
        let share = self.teachers.share(self.distillation);
        for teacher in &self.teachers.written {
            for (target, answer) in target.iter_mut().zip(teacher.row(row)) {
                *target += share * answer;
            }
        }
        target
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::train::written::Written;

    #[test]
    fn smoothing_spreads_its_mass_evenly() {
        assert_eq!(smoothed(1, 4, 0.2), [0.05, 0.85, 0.05, 0.05]);
    }

    #[test]
    fn teachers_give_their_share_of_a_target_each_the_same() {
        let tune = FineTune {
            distillation: 0.5,
            ..FineTune::default()
        };
        let teachers = Teachers {
            written: vec![
                Written::from_rows(vec![vec![0.0, 1.0], vec![0.5, 0.5]]),
                Written::from_rows(vec![vec![0.0, 1.0], vec![0.0, 1.0]]),
            ],
            ..Teachers::default()
        };
        let targets = Targets::new(2, &tune, &teachers);
        assert_eq!(targets.of(0, 0), [0.5, 0.5]);
        assert_eq!(targets.of(1, 0), [0.625, 0.375]);
        let alone = Teachers::default();
        let targets = Targets::new(2, &FineTune::default(), &alone);
        assert_eq!(targets.of(0, 1), [0.0, 1.0]);
    }
}
