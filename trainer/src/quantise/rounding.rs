//! A layer's weights to multiples of a step, so that what the layer computes changes least.
//!
//! Rounding each weight to the nearest level makes the smallest error of the weights, not of the
//! layer's output: inputs are correlated, so that the error of one weight can be made up for by its
//! neighbours. With the inputs' covariance `H = RᵀR`, the output's error is `|R(w − q)|²`; from the
//! last weight to the first each is rounded after the errors of those before it have been added
//! (Frantar et al., "GPTQ", 2023; Babai's nearest plane).

/// What is added to the covariance's diagonal, in parts of its mean: weights of inputs that hardly
/// vary on the covers at hand stay near their value.
const DAMPING: f64 = 0.01;

/// Added besides, so that a layer whose inputs never vary can be rounded too.
const SMALLEST: f64 = 1e-12;

/// What is known of a layer's inputs, in the whole network and in the one with stored weights.
pub struct Inputs {
    /// The covariance of the stored network's inputs, row by row.
    pub covariance: Vec<f64>,
    /// The covariance of the stored network's inputs (columns) with what they lack to those of the
    /// whole network (rows), row by row.
    pub lacking: Vec<f64>,
}

/// Rounds the weights of each output channel to multiples of its step.
pub struct Rounding<'a> {
    inputs: &'a Inputs,
    /// `R`, upper triangular, row by row, over inputs in `order`.
    factor: Vec<f64>,
    /// Inputs from the one that varies least to the one that varies most, which is rounded first.
    order: Vec<usize>,
}

impl<'a> Rounding<'a> {
    /// Prepares to round a layer with these inputs.
    pub fn new(inputs: &'a Inputs) -> Self {
        let size = inputs.covariance.len().isqrt();
        let variance = |index: usize| inputs.covariance[index * size + index];
        let mut order: Vec<usize> = (0..size).collect();
        order.sort_by(|&a, &b| variance(a).total_cmp(&variance(b)));
        let mean = order.iter().map(|&index| variance(index)).sum::<f64>() / size as f64;
        let mut factor = Vec::with_capacity(size * size);
        for &row in &order {
            factor.extend(order.iter().map(|&column| {
                let damping = if row == column {
                    DAMPING * mean + SMALLEST
                } else {
                    0.0
                };
                inputs.covariance[row * size + column] + damping
            }));
        }
        cholesky(&mut factor, size);
        Self {
            inputs,
            factor,
            order,
        }
    }

    /// The levels of one output channel's weights.
    pub fn levels(&self, weights: &[f32], step: f32) -> Vec<f32> {
        let size = self.order.len();
        let step = f64::from(step);
        let owed = self.owed(weights);
        let mut errors = vec![0.0; size];
        let mut levels = vec![0.0; size];
        for place in (0..size).rev() {
            let row = &self.factor[place * size..][..size];
            let sum = owed[place] + dot(&row[place + 1..], &errors[place + 1..]);
            let weight = f64::from(weights[self.order[place]]);
            let level = ((weight + sum / row[place]) / step)
                .round()
                .clamp(-127.0, 127.0);
            errors[place] = weight - level * step;
            levels[self.order[place]] = level as f32;
        }
        levels
    }

    /// What earlier layers' errors took from this channel's output, to be given back by its weights:
    /// `R⁻ᵀ Lᵀ w`, `L` being [`Inputs::lacking`].
    fn owed(&self, weights: &[f32]) -> Vec<f64> {
        let size = self.order.len();
        let mut sums = vec![0.0; size];
        for (weight, row) in weights.iter().zip(self.inputs.lacking.chunks_exact(size)) {
            add(&mut sums, f64::from(*weight), row);
        }
        let mut owed: Vec<f64> = self.order.iter().map(|&index| sums[index]).collect();
        for place in 0..size {
            let row = &self.factor[place * size..][..size];
            owed[place] /= row[place];
            let solved = owed[place];
            add(&mut owed[place + 1..], -solved, &row[place + 1..]);
        }
        owed
    }
}

/// The upper triangular factor `R` of a symmetric, positive matrix `RᵀR`, in its place. What lies below the diagonal is
/// left as it comes.
fn cholesky(matrix: &mut [f64], size: usize) {
    for pivot in 0..size {
        let (above, below) = matrix.split_at_mut((pivot + 1) * size);
        let row = &mut above[pivot * size + pivot..];
        let root = row[0].sqrt();
        row.iter_mut().for_each(|value| *value /= root);
        for (index, other) in below.chunks_exact_mut(size).enumerate() {
            let offset = index + 1;
            add(&mut other[pivot + offset..], -row[offset], &row[offset..]);
        }
    }
}

fn dot(left: &[f64], right: &[f64]) -> f64 {
    left.iter()
        .zip(right)
        .map(|(left, right)| left * right)
        .sum()
}

fn add(sums: &mut [f64], factor: f64, values: &[f64]) {
    for (sum, value) in sums.iter_mut().zip(values) {
        *sum += factor * value;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::rngs::Xoshiro256PlusPlus;
    use rand::{RngExt, SeedableRng};

    const SIZE: usize = 24;

    fn random(count: usize, seed: u64) -> Vec<f64> {
        let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
        (0..count).map(|_| random.random_range(-1.0..1.0)).collect()
    }

    /// `AᵀA` of fewer rows than columns: strongly correlated.
    fn correlated() -> Vec<f64> {
        let samples = random(SIZE * SIZE / 2, 1);
        let mut products = vec![0.0; SIZE * SIZE];
        for sample in samples.chunks_exact(SIZE) {
            for (row, value) in products.chunks_exact_mut(SIZE).zip(sample) {
                add(row, *value, sample);
            }
        }
        products
    }

    fn weights(channel: u64) -> Vec<f32> {
        let weights = random(SIZE, 100 + channel).into_iter();
        weights.map(|value| value as f32).collect()
    }

    fn nearest(weights: &[f32], step: f32) -> Vec<f32> {
        weights
            .iter()
            .map(|weight| (weight / step).round())
            .collect()
    }

    /// The variance of what these weights compute.
    fn output(covariance: &[f64], weights: &[f64]) -> f64 {
        let rows = covariance.chunks_exact(SIZE).zip(weights);
        rows.map(|(row, weight)| weight * dot(row, weights)).sum()
    }

    fn error(inputs: &Inputs, wanted: &[f32], levels: &[f32], step: f32) -> f64 {
        let pairs = wanted.iter().zip(levels);
        let errors: Vec<f64> = pairs
            .map(|(wanted, level)| f64::from(wanted - level * step))
            .collect();
        output(&inputs.covariance, &errors)
    }

    #[test]
    fn a_factor_times_itself_is_the_matrix() {
        let mut matrix = correlated();
        for index in 0..SIZE {
            matrix[index * SIZE + index] += 1.0;
        }
        let mut factor = matrix.clone();
        cholesky(&mut factor, SIZE);
        for row in 0..SIZE {
            for column in row..SIZE {
                let product: f64 = (0..=row)
                    .map(|k| factor[k * SIZE + row] * factor[k * SIZE + column])
                    .sum();
                assert!((product - matrix[row * SIZE + column]).abs() < 1e-9);
            }
        }
    }

    #[test]
    fn errors_are_made_up_for_by_correlated_inputs() {
        let inputs = Inputs {
            covariance: correlated(),
            lacking: vec![0.0; SIZE * SIZE],
        };
        let rounding = Rounding::new(&inputs);
        let step = 0.25;
        let (mut ours, mut theirs) = (0.0, 0.0);
        for channel in 0..40 {
            let weights = weights(channel);
            let levels = rounding.levels(&weights, step);
            assert!(levels.iter().all(|level| level.fract() == 0.0));
            ours += error(&inputs, &weights, &levels, step);
            theirs += error(&inputs, &weights, &nearest(&weights, step), step);
        }
        assert!(ours < 0.6 * theirs, "{ours} {theirs}");
    }

    #[test]
    fn what_the_inputs_lack_is_given_back() {
        // All inputs are a tenth too small: the weights have to grow by a ninth.
        let covariance = correlated();
        let lacking = covariance.iter().map(|value| value / 9.0).collect();
        let inputs = Inputs {
            covariance,
            lacking,
        };
        let (weights, step) = (weights(0), 0.01);
        let levels = Rounding::new(&inputs).levels(&weights, step);
        let grown: Vec<f32> = weights.iter().map(|weight| weight * 10.0 / 9.0).collect();
        let (ours, before) = (
            error(&inputs, &grown, &levels, step),
            error(&inputs, &weights, &levels, step),
        );
        assert!(ours < 0.1 * before, "{ours} {before}");
    }

    #[test]
    fn uncorrelated_inputs_get_the_nearest_levels() {
        let mut covariance = vec![0.0; SIZE * SIZE];
        for index in 0..SIZE {
            covariance[index * SIZE + index] = 1.0 + index as f64;
        }
        let inputs = Inputs {
            covariance,
            lacking: vec![0.0; SIZE * SIZE],
        };
        let levels = Rounding::new(&inputs).levels(&weights(0), 0.25);
        assert_eq!(levels, nearest(&weights(0), 0.25));
    }

    #[test]
    fn inputs_that_never_vary_are_no_obstacle() {
        let inputs = Inputs {
            covariance: vec![0.0; SIZE * SIZE],
            lacking: vec![0.0; SIZE * SIZE],
        };
        let levels = Rounding::new(&inputs).levels(&weights(0), 0.25);
        assert!(levels.iter().all(|level| level.is_finite()));
    }
}
