//! Training whose numbers leave all bounds.

use burn::module::{Module, ModuleVisitor, Param};
use burn::tensor::Tensor;
use thiserror::Error;
use undercover::network::Network;

/// A loss of this many times that of a guess comes from weights that are lost: no cover is that surprising.
const LOST: f32 = 100.0;

/// Where a run is: an epoch is as many covers as there are to learn from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// From 1.
    pub epoch: usize,
    /// Within the epoch, from 1.
    pub batch: usize,
    /// Steps of the optimiser before it, from the start.
    pub step: usize,
}

impl Place {
    /// The batch of a step of `batch_size` covers out of `covers`.
    pub fn new(step: usize, batch_size: usize, covers: usize) -> Self {
        let batches = covers.div_ceil(batch_size.max(1)).max(1);
        Self {
            epoch: step / batches + 1,
            batch: step % batches + 1,
            step,
        }
    }
}

/// Why a run cannot go on.
#[derive(Debug, Error)]
#[error(
    "training diverged in epoch {}, batch {} (step {}) at a learning rate of {rate:.2e}: {what}. The last good \
     checkpoint is kept; lower {setting} and train into another folder",
    place.epoch,
    place.batch,
    place.step
)]
pub struct Diverged {
    place: Place,
    rate: f64,
    what: String,
    /// The key of the experiment file that the rate comes from.
    setting: &'static str,
}

/// Looks at the numbers of one step.
pub struct Watch {
    /// Which step.
    pub place: Place,
    /// Its learning rate.
    pub rate: f64,
    /// The key of the experiment file that the rate comes from.
    pub setting: &'static str,
}

impl Watch {
    /// Passes a mean cross-entropy over a batch between so many genres.
    ///
    /// # Errors
    /// If it is no number, infinite, or beyond what any cover can cause.
    pub fn loss(&self, loss: f32, genres: usize) -> Result<(), Diverged> {
        let guess = (genres.max(2) as f32).ln();
        if !loss.is_finite() {
            return Err(self.diverged(format!("the loss became {loss}")));
        }
        if loss > LOST * guess {
            return Err(self.diverged(format!(
                "the loss exploded to {loss:.3e}, where a guess has {guess:.2}"
            )));
        }
        Ok(())
    }

    /// Passes weights.
    ///
    /// # Errors
    /// If one of them is no number or infinite.
    pub fn weights(&self, network: &Network) -> Result<(), Diverged> {
        if is_finite(network) {
            return Ok(());
        }
        Err(self.diverged("a weight became infinite or no number".to_owned()))
    }

    fn diverged(&self, what: String) -> Diverged {
        Diverged {
            place: self.place,
            rate: self.rate,
            what,
            setting: self.setting,
        }
    }
}

/// Whether all weights are numbers.
fn is_finite(network: &Network) -> bool {
    struct Sums(bool);
    impl ModuleVisitor for Sums {
        fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
            // The sum of numbers is a number; whatever is not one spreads to it.
            let sum = (param.val() * 0.0).sum().into_scalar::<f32>();
            self.0 &= sum == 0.0;
        }
    }
    let mut sums = Sums(true);
    network.visit(&mut sums);
    sums.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use burn::module::ModuleMapper;
    use burn::tensor::Device;
    use undercover::network::Architecture;

    fn watch() -> Watch {
        Watch {
            place: Place::new(7, 10, 35),
            rate: 0.25,
            setting: "fine_tune.learning_rate",
        }
    }

    #[test]
    fn an_epoch_is_as_many_covers_as_there_are() {
        let place = |step| {
            let place = Place::new(step, 10, 35);
            (place.epoch, place.batch)
        };
        assert_eq!(place(0), (1, 1));
        assert_eq!(place(3), (1, 4));
        assert_eq!(place(4), (2, 1));
    }

    #[test]
    fn a_lost_loss_is_told_with_its_place_and_rate() {
        assert!(watch().loss(0.0, 3).is_ok());
        assert!(watch().loss(30.0, 3).is_ok());
        for (loss, what) in [
            (f32::NAN, "became NaN"),
            (f32::INFINITY, "became inf"),
            (200.0, "exploded to 2.000e2"),
        ] {
            let said = watch().loss(loss, 3).unwrap_err().to_string();
            assert!(
                said.contains("epoch 2, batch 4 (step 7) at a learning rate of 2.50e-1"),
                "{said}"
            );
            assert!(
                said.contains(what) && said.contains("fine_tune.learning_rate"),
                "{said}"
            );
        }
    }

    #[test]
    fn one_lost_weight_is_found() {
        struct Spoil(f32);
        impl ModuleMapper for Spoil {
            fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
                let spoilt = std::mem::replace(&mut self.0, 1.0);
                param.map(|value| {
                    let first: [_; D] = std::array::from_fn(|_| 0..1);
                    let spot = value.clone().slice(first.clone()) * spoilt;
                    value.slice_assign(first, spot)
                })
            }
        }
        let network = Network::init(Architecture::Module1, 16, 2, &Device::flex());
        assert!(watch().weights(&network).is_ok());
        for lost in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
            let spoilt = network.clone().map(&mut Spoil(lost));
            assert!(watch().weights(&spoilt).is_err(), "{lost}");
        }
    }
}
