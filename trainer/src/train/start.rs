//! What a run starts from: given weights, random ones, or a backbone with trained layers on top.

use std::path::Path;

use anyhow::Context as _;
use burn::module::Module;
use burn::optim::ModuleOptimizer;
use undercover::network::Network;

use super::checkpoint::{Checkpoint, Progress, load_network, save_network};
use super::features::{Features, Store};
use super::given;
use super::head::{self, Covers};
use super::spent::{Spent, Stopwatch};
use super::{Run, START, bar};
use crate::backbone;
use crate::batch::Sample;
use crate::experiment::Head;
use crate::inference;
use crate::model::is_bundle;
use crate::sampler::Sampler;

impl Run<'_> {
    /// Step 0.
    pub(super) fn start(
        &self,
        sampler: &Sampler,
        optimizer: ModuleOptimizer,
    ) -> anyhow::Result<Checkpoint> {
        let (network, progress) = match (self.experiment.head.as_ref(), self.template().valid()) {
            (_, network) if let Some(weights) = self.weights => {
                (self.given(network, weights)?, Progress::default())
            }
            (None, network) => (network, Progress::default()),
            (Some(head), network) => self.with_head(network, head, sampler)?,
        };
        Ok(Checkpoint {
            average: network.clone(),
            network: network.train(),
            optimizer,
            progress,
        })
    }

    /// The weights to go on from; the run keeps them, so that its own can be averaged with them.
    fn given(&self, network: Network, weights: &Path) -> anyhow::Result<Network> {
        let network = if is_bundle(weights) {
            given::network(weights, self.genres, self.experiment, self.compute.main())?
        } else {
            load_network(network, weights)?
        };
        save_network(&network, &self.folder.join(START))?;
        Ok(network)
    }

    /// The backbone, and layers on top trained on its features.
    fn with_head(
        &self,
        network: Network,
        head: &Head,
        sampler: &Sampler,
    ) -> anyhow::Result<(Network, Progress)> {
        let path = self
            .backbone
            .context("this experiment starts from a backbone; name its file with --backbone")?;
        let network = backbone::load(network, path)?;
        let own = self.folder.join("features");
        let place = self.features.unwrap_or(&own);
        let mut store = Store::open(place, path, &self.preparation()?)?;
        let (training, looked) = self.features(&mut store, &network, self.training)?;
        let judged = if head.validate_every > 0 {
            self.judged()
        } else {
            Vec::new()
        };
        let (validation, judged) = self.features(&mut store, &network, &judged)?;
        drop(store);
        let validate = |network: &Network, step: usize, training_loss: f64| {
            let logits = inference::top(network, &validation, self.compute)?;
            Ok(self.judge(&logits, step, training_loss))
        };
        println!("Training the head on {} features.", training.len());
        let watch = Stopwatch::start();
        let genres: Vec<usize> = self.training.iter().map(|sample| sample.genre).collect();
        let trained = head::train(
            network,
            &Covers {
                features: &training,
                genres: &genres,
                sampler,
                log_prior: &self.log_prior(sampler),
            },
            (head, self.experiment),
            &self.compute.main().clone().autodiff(),
            validate,
        )?;
        let progress = Progress {
            head: trained.history,
            spent: looked + judged + watch.spent(),
            ..Progress::default()
        };
        Ok((trained.network, progress))
    }

    /// The backbone's features of covers, and the time that they take.
    fn features(
        &self,
        store: &mut Store,
        network: &Network,
        covers: &[Sample],
    ) -> anyhow::Result<(Features, Spent)> {
        let bar = bar(covers.len(), "features", "covers");
        let features = store.features(network, covers, &self.preparation()?, self.compute, &bar)?;
        bar.finish_and_clear();
        Ok(features)
    }
}
