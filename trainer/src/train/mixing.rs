//! Covers mixed with each other, and their targets with them.

use rand::RngExt;
use rand::rngs::Xoshiro256PlusPlus;
use rand_distr::{Beta, Distribution};

use crate::experiment::FineTune;

/// Mixup (Zhang et al., 2018) or CutMix (Yun et al., 2019): each normalised cover `[3, size, size]`
/// and its target with those of its mirror position in the batch.
pub fn mix(
    covers: &mut [Vec<f32>],
    targets: &mut [Vec<f32>],
    size: usize,
    tune: &FineTune,
    random: &mut Xoshiro256PlusPlus,
) -> anyhow::Result<()> {
    let cuts = tune.cutmix > 0.0 && (tune.mixup <= 0.0 || random.random_bool(0.5));
    if cuts {
        let share = Beta::new(tune.cutmix, tune.cutmix)?.sample(random);
        let share = exchange_with_reverse(covers, size, share, random);
        blend_with_reverse(targets, share);
    } else if tune.mixup > 0.0 {
        let share = Beta::new(tune.mixup, tune.mixup)?.sample(random);
        blend_with_reverse(covers, share);
        blend_with_reverse(targets, share);
    }
    Ok(())
}

/// Each row becomes `share` of itself and `1 - share` of the row at its mirror position.
fn blend_with_reverse(rows: &mut [Vec<f32>], share: f32) {
    for_mirrored(rows, |left, right| {
        for (a, b) in left.iter_mut().zip(right) {
            let (x, y) = (*a, *b);
            *a = share * x + (1.0 - share) * y;
            *b = share * y + (1.0 - share) * x;
        }
    });
}

/// Covers at mirror positions exchange one box of about `1 - share` of their area. Answers the share
/// that each keeps.
fn exchange_with_reverse(
    covers: &mut [Vec<f32>],
    size: usize,
    share: f32,
    random: &mut Xoshiro256PlusPlus,
) -> f32 {
    let side = (((1.0 - share).sqrt() * size as f32) as usize).min(size);
    let top = random.random_range(0..=size - side);
    let left = random.random_range(0..=size - side);
    for_mirrored(covers, |one, other| {
        for line in (0..3).flat_map(|channel| (top..top + side).map(move |y| channel * size + y)) {
            let run = line * size + left..line * size + left + side;
            one[run.clone()].swap_with_slice(&mut other[run]);
        }
    });
    1.0 - (side * side) as f32 / (size * size) as f32
}

fn for_mirrored(rows: &mut [Vec<f32>], mut each: impl FnMut(&mut [f32], &mut [f32])) {
    let last = rows.len().saturating_sub(1);
    for first in 0..rows.len() / 2 {
        let (left, right) = rows.split_at_mut(last - first);
        each(&mut left[first], &mut right[0]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;

    #[test]
    fn rows_are_blended_with_their_mirror_position() {
        let mut rows = vec![vec![0.0], vec![2.0], vec![10.0]];
        blend_with_reverse(&mut rows, 0.75);
        assert_eq!(rows, [[2.5], [2.0], [7.5]]);
    }

    #[test]
    fn a_box_is_exchanged_and_the_share_is_its_area() {
        let size = 8;
        let mut covers = vec![vec![0.0; 3 * 64], vec![1.0; 3 * 64]];
        let mut random = Xoshiro256PlusPlus::seed_from_u64(5);
        let share = exchange_with_reverse(&mut covers, size, 0.75, &mut random);
        assert_eq!(share, 0.75);
        let ones: f32 = covers[0].iter().sum();
        assert_eq!(ones, 3.0 * 16.0);
        assert!(covers[0].iter().zip(&covers[1]).all(|(a, b)| a + b == 1.0));
    }
}
