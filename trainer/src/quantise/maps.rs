//! The maps between two layers, in the whole network and in the one with stored weights.

use anyhow::anyhow;
use burn::nn::conv::Conv2d;
use burn::tensor::Tensor;
use undercover::network::{Activation, FeatureMap};

use super::rounding::Inputs;

/// Maps of the same covers, in batches.
#[derive(Clone)]
pub struct Maps {
    batches: Vec<Pair>,
}

#[derive(Clone)]
struct Pair {
    whole: FeatureMap,
    stored: FeatureMap,
}

/// The means of each channel and what [`Inputs`] says of it.
pub struct Moments {
    /// Of the whole network.
    pub whole: Vec<f64>,
    /// Of the one with stored weights.
    pub stored: Vec<f64>,
    /// How the channels vary with each other.
    pub inputs: Inputs,
}

impl Maps {
    /// The normalised covers themselves, `[batch, 3, size, size]`.
    pub fn of_covers(covers: &[Tensor<4>]) -> Self {
        let batches = covers.iter().map(|covers| {
            let map = FeatureMap::of_covers(covers.clone());
            Pair {
                whole: map.clone(),
                stored: map,
            }
        });
        Self {
            batches: batches.collect(),
        }
    }

    /// Through a layer of both networks.
    pub fn through(&self, whole: &Conv2d, stored: &Conv2d, activation: Activation) -> Self {
        let batches = self.batches.iter().cloned().map(|pair| Pair {
            whole: pair.whole.convolve(whole, activation),
            stored: pair.stored.convolve(stored, activation),
        });
        Self {
            batches: batches.collect(),
        }
    }

    /// With those of an earlier layer added.
    pub fn plus(self, earlier: Self) -> Self {
        let batches = self.batches.into_iter().zip(earlier.batches);
        Self {
            batches: batches
                .map(|(left, right)| Pair {
                    whole: left.whole + right.whole,
                    stored: left.stored + right.stored,
                })
                .collect(),
        }
    }

    /// The mean of each channel, in the whole network and in the other.
    pub fn means(&self) -> anyhow::Result<(Vec<f64>, Vec<f64>)> {
        let (mut whole, mut stored) = (Mean::default(), Mean::default());
        for pair in &self.batches {
            let [first, second] = [&pair.whole, &pair.stored].map(|map| rows(map.clone()));
            let count = first.dims()[0];
            whole.add(first.sum_dim(0), count)?;
            stored.add(second.sum_dim(0), count)?;
        }
        Ok((whole.mean(), stored.mean()))
    }

    /// Means and covariances of the channels.
    pub fn moments(&self) -> anyhow::Result<Moments> {
        let (whole, stored) = self.means()?;
        let (mut products, mut lacking) = (Mean::default(), Mean::default());
        for pair in &self.batches {
            let [first, second] = [&pair.whole, &pair.stored].map(|map| rows(map.clone()));
            let count = first.dims()[0];
            products.add(second.clone().transpose().matmul(second.clone()), count)?;
            lacking.add((first - second.clone()).transpose().matmul(second), count)?;
        }
        let differences: Vec<f64> = whole.iter().zip(&stored).map(|(w, s)| w - s).collect();
        let inputs = Inputs {
            covariance: centred(products.mean(), &stored, &stored),
            lacking: centred(lacking.mean(), &differences, &stored),
        };
        Ok(Moments {
            whole,
            stored,
            inputs,
        })
    }
}

/// `[places of all covers, channels]`.
fn rows(map: FeatureMap) -> Tensor<2> {
    let places = map.places();
    let [covers, count, channels] = places.dims();
    places.reshape([covers * count, channels])
}

/// Means of products without the products of means.
fn centred(mut products: Vec<f64>, rows: &[f64], columns: &[f64]) -> Vec<f64> {
    for (products, row) in products.chunks_exact_mut(columns.len()).zip(rows) {
        for (product, column) in products.iter_mut().zip(columns) {
            *product -= row * column;
        }
    }
    products
}

/// A mean over batches, added up in double precision.
#[derive(Default)]
struct Mean {
    sums: Vec<f64>,
    count: usize,
}

impl Mean {
    fn add(&mut self, sums: Tensor<2>, count: usize) -> anyhow::Result<()> {
        let values = values(sums)?;
        self.sums.resize(values.len(), 0.0);
        for (sum, value) in self.sums.iter_mut().zip(values) {
            *sum += f64::from(value);
        }
        self.count += count;
        Ok(())
    }

    fn mean(self) -> Vec<f64> {
        let count = self.count.max(1) as f64;
        self.sums.into_iter().map(|sum| sum / count).collect()
    }
}

/// The numbers of a tensor, in the order of its shape.
pub fn values<const D: usize>(tensor: Tensor<D>) -> anyhow::Result<Vec<f32>> {
    tensor
        .try_into_data()
        .map_err(|error| anyhow!("the device failed: {error}"))?
        .try_into_vec_as::<f32>()
        .map_err(|error| anyhow!("the device answered no numbers: {error}"))
}
