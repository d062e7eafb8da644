//! The gradients of one step, computed in micro-batches on all cores and all devices.
//!
//! burn-flex runs a backward pass on one thread, so each core takes whole micro-batches. Of several
//! devices each takes whole micro-batches too, with its own copy of the weights; the gradients come
//! to the main device, which has the optimiser (what burn-train calls `OptimMainDevice`). They are
//! added in order, so that the sum does not depend on how many cores or devices there are.

use burn::module::Module;
use burn::optim::{GradientsAccumulator, GradientsParams};
use burn::tensor::{Device, Tensor, TensorData};
use undercover::network::{Dropout, Network};

use super::distillation::{Teachers, teach};
use super::draw::{Batch, MicroBatch};
use super::loss::cross_entropy;
use crate::compute::Compute;
use crate::experiment::Experiment;
use crate::parallel::in_order;

/// What every micro-batch of a run shares.
pub struct Context<'a> {
    /// The recipe.
    pub experiment: &'a Experiment,
    /// Log of the genre frequencies to train under, `[genres]`; zeros for none.
    pub log_prior: Vec<f32>,
    /// Who gives a part of the targets.
    pub teachers: &'a Teachers,
    /// Devices with autodiff.
    pub compute: &'a Compute,
}

/// The mean loss of a batch and its gradients.
pub struct Gradients {
    /// Mean cross-entropy over the batch.
    pub loss: f32,
    /// Gradients of the mean loss.
    pub params: GradientsParams,
}

/// The gradients over a batch.
pub fn compute(network: &Network, batch: &Batch, context: &Context) -> anyhow::Result<Gradients> {
    let main = context.compute.main().clone().inner();
    let work = |worker, part| {
        let place = context.compute.place(worker);
        let (loss, gradients) = micro_batch(network, part, batch.covers(), context, place)?;
        anyhow::Ok((loss, gradients.to_device(&main, network)))
    };
    let mut sum = GradientsAccumulator::new();
    let mut loss = 0.0;
    in_order(
        batch.parts.iter(),
        context.compute.workers(),
        work,
        |part| {
            let (part, gradients) = part?;
            loss += part;
            sum.accumulate(network, gradients);
            anyhow::Ok(())
        },
    )?;
    Ok(Gradients {
        loss,
        params: sum.grads(),
    })
}

/// The part of the mean loss over `total` covers that a micro-batch contributes, and its gradients, on the
/// device at `place`.
fn micro_batch(
    network: &Network,
    part: &MicroBatch,
    total: usize,
    context: &Context,
    place: usize,
) -> anyhow::Result<(f32, GradientsParams)> {
    let device = &context.compute.devices()[place];
    let genres = context.log_prior.len();
    let input = |device: &Device| {
        let data = TensorData::new(part.covers.clone(), part.shape());
        Tensor::<4>::from_data(data, device)
    };
    let mut targets = part.targets.clone();
    if let Some(teachers) = context.teachers.networks.get(place) {
        let covers = input(&device.clone().inner());
        let share = context.experiment.fine_tune.distillation;
        let share = context.teachers.share(share);
        teach(&mut targets, teachers, covers, &context.log_prior, share)?;
    }

    // A fork has leaves of its own: threads that share leaves would wait for each other's graphs.
    let network = network.clone().fork(device);
    let dropout = &mut Dropout::seeded(part.dropout);
    let logits = network.forward_train(input(device), dropout);
    let tensor = |values: Vec<f32>, rows: usize| {
        Tensor::<2>::from_data(TensorData::new(values, [rows, genres]), device)
    };
    let loss = cross_entropy(
        logits,
        tensor(targets.concat(), targets.len()),
        tensor(context.log_prior.clone(), 1),
    )
    .div_scalar(total as f32);
    let value = loss.clone().into_scalar::<f32>();
    let gradients = GradientsParams::from_grads(loss.backward(), &network);
    Ok((value, gradients))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    use burn::module::{ModuleVisitor, Param};
    use undercover::network::Architecture;

    use crate::batch::{Preparation, Sample};
    use crate::fingerprint::Fingerprint;
    use crate::sampler::Sampler;
    use crate::train::draw::Draw;
    use crate::train::targets::Targets;

    /// The gradients of every parameter, in order.
    fn numbers(network: &Network, gradients: GradientsParams) -> Vec<Vec<f32>> {
        struct Visitor(GradientsParams, Vec<Vec<f32>>);
        impl ModuleVisitor for Visitor {
            fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
                let gradient = self.0.remove::<D>(param.id).unwrap();
                self.1.push(gradient.into_data().try_to_vec().unwrap());
            }
        }
        let mut visitor = Visitor(gradients, Vec::new());
        network.visit(&mut visitor);
        visitor.1
    }

    fn samples() -> Vec<Sample> {
        let cover = |index: u8| {
            let pixel = |x: u32, y: u32| image::Rgb([x as u8 * index, y as u8 * 16, index * 20]);
            Sample {
                path: format!("{index}").into(),
                genre: usize::from(index) % 3,
                source: String::new(),
                fingerprint: Fingerprint::default(),
                picture: Some(Arc::new(image::RgbImage::from_fn(16, 16, pixel))),
            }
        };
        (0..12).map(cover).collect()
    }

    #[test]
    fn the_sum_is_the_same_on_any_number_of_devices() {
        let samples = samples();
        let text = "architecture = 'module1'\ninput_size = 16\nseed = 1\n\
            normalisation = { mean = [127.0, 127.0, 127.0], std = [128.0, 128.0, 128.0] }\n\
            fine_tune = { steps = 1, batch_size = 12, micro_batch = 2, learning_rate = 1e-3, mixup = 0.2, \
            distillation = 0.5, validate_every = 1, patience = 1, checkpoint_every = 1 }";
        let experiment: Experiment = toml::from_str(text).unwrap();
        let keys: Vec<_> = samples.iter().map(Sample::key).collect();
        let network = || Network::init(Architecture::Module1, 16, 3, &Device::flex());
        let teacher = vec![network()];
        let teachers = |compute: &Compute| Teachers {
            networks: compute.replicas(&teacher),
            ..Teachers::default()
        };
        let batch = Draw {
            experiment: &experiment,
            preparation: Preparation {
                size: 16,
                normalisation: experiment.normalisation().unwrap(),
            },
            training: &samples,
            sampler: &Sampler::new(&keys, 3, &experiment.sampling),
            targets: Targets::new(3, &experiment.fine_tune, &teachers(&Compute::cpu())),
        }
        .batch(0)
        .unwrap();
        let network = network().train();
        let gradients = |compute: &Compute| {
            let context = Context {
                experiment: &experiment,
                log_prior: vec![0.0; 3],
                teachers: &teachers(compute),
                compute: &compute.autodiff(),
            };
            let Gradients { loss, params } = super::compute(&network, &batch, &context).unwrap();
            (loss, numbers(&network, params))
        };
        let flex = Device::flex();
        let one = gradients(&Compute::on(vec![flex.clone()]));
        assert!(one.0 > 0.1);
        assert!(one.1.iter().flatten().any(|number| number.abs() > 1e-4));
        assert_eq!(gradients(&Compute::on(vec![flex.clone(); 3])), one);
        assert_eq!(gradients(&Compute::cpu()), one);
    }
}
