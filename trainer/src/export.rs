//! A trained run becomes a bundle: calibrated, stored small, measured.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::slice;

use anyhow::{Context, anyhow, ensure};
use burn::module::Module;
use burn::tensor::{Device, Tensor};
use serde_json::{Value, json};
use undercover::bundle::{Bundle, Description, Input, Storage};
use undercover::classifier::batch;
use undercover::genre::GenreSet;
use undercover::network::Network;

use crate::batch::Sample;
use crate::calibrate::temperature;
use crate::compute::Compute;
use crate::data::samples;
use crate::dataset::division::Division;
use crate::dataset::{Dataset, Split};
use crate::evaluate::{self, Answers};
use crate::metrics::Report;
use crate::model::preparation;
use crate::paper;
use crate::quantise::{Quantised, quantise};
use crate::recall::shifts;
use crate::train::checkpoint::load_network;
use crate::train::{Outcome, START, average, best, genre_sets};

/// Most training covers of a genre that weights are rounded for.
const TYPICAL: usize = 20;
/// How many of them go through a layer at once.
const TYPICAL_BATCH: usize = 16;

/// What an export is asked for.
pub struct Request<'a> {
    /// Finished runs, each a folder (for its best weights) or a file of weights in one; the
    /// weights of several are averaged.
    pub runs: &'a [PathBuf],
    /// Name of the model.
    pub name: &'a str,
    /// Version of the model.
    pub version: &'a str,
    /// Side of the covers that the bundle takes; `None`: as trained.
    pub input_size: Option<u32>,
    /// How weights are stored.
    pub storage: Storing,
    /// The share of a genre's validation covers that is to be found at least, of each.
    pub least_recall: Option<f64>,
}

/// How weights are stored.
#[derive(Clone, Copy, Debug)]
pub enum Storing {
    /// Each as near as the numbers allow.
    Nearest(Storage<'static>),
    /// In steps of this coarseness, rounded for what the network computes of training covers.
    Coarse(f32),
}

/// Makes a bundle from the best weights of a run: shifts and temperatures from the validation split of
/// `dataset`, which is to be divided as for the run, metrics from its test split.
pub fn bundle(request: &Request, dataset: &Dataset, compute: &Compute) -> anyhow::Result<Bundle> {
    let draft = draft(request, dataset)?;
    let bundle = calibrate(draft, request.least_recall, dataset, compute)?;
    let metrics = metrics(&bundle, dataset, compute)?;
    Ok(bundle.with_metrics(metrics))
}

/// The best weights of a run as a bundle in full precision, to be measured: temperatures as for [`bundle`].
pub fn to_measure(run: &Path, dataset: &Dataset, compute: &Compute) -> anyhow::Result<Bundle> {
    let name = run.file_name().unwrap_or_default().to_string_lossy();
    let request = Request {
        runs: &[run.to_owned()],
        name: &name,
        version: "0",
        input_size: None,
        storage: Storing::Nearest(Storage::F32),
        least_recall: None,
    };
    calibrate(draft(&request, dataset)?, None, dataset, compute)
}

/// How the data of runs was divided; `None`: as the dataset says.
pub fn division(runs: &[PathBuf]) -> anyhow::Result<Option<Division>> {
    let mut divisions = Vec::new();
    for run in runs {
        divisions.push(Outcome::read(folder(run))?.experiment.split);
    }
    ensure!(
        divisions.windows(2).all(|pair| pair[0] == pair[1]),
        "the runs were trained on different splits: what one was measured on, another has learned"
    );
    Ok(divisions.into_iter().next().flatten())
}

/// The best weights of runs as a bundle, neither calibrated nor measured.
fn draft(request: &Request, dataset: &Dataset) -> anyhow::Result<Bundle> {
    let outcomes = request
        .runs
        .iter()
        .map(|run| Outcome::read(folder(run)))
        .collect::<anyhow::Result<Vec<_>>>()?;
    let outcome = outcomes.first().context("no run was given to export")?;
    let experiment = &outcome.experiment;
    let description = Description {
        name: request.name.to_owned(),
        version: request.version.to_owned(),
        input: Input {
            size: request.input_size.unwrap_or(experiment.input_size as u32),
            normalisation: experiment.normalisation()?,
        },
        genres: outcome.genres.clone(),
        genre_sets: genre_sets(&outcome.genres),
        metrics: Value::Null,
        provenance: json!({
            "runs": provenances(request.runs, &outcomes)?,
            "least_recall": request.least_recall,
        }),
    };
    // The known answers of a bundle are the CPU's, wherever it is measured.
    let cpu = Device::flex();
    let network = mean_network(request.runs, &outcomes, &cpu)?;
    let create = |network: Network, storage| {
        Ok(Bundle::create(
            description.clone(),
            &network,
            storage,
            &cpu,
        )?)
    };
    match request.storage {
        Storing::Nearest(storage) => create(network, storage),
        Storing::Coarse(coarseness) => {
            let covers = typical(dataset, &description)?;
            let Quantised { network, steps } = quantise(network, &covers, coarseness)?;
            create(network, Storage::Steps(&steps))
        }
    }
}

/// Training covers as the network takes them, in batches, as many of each genre.
fn typical(dataset: &Dataset, description: &Description) -> anyhow::Result<Vec<Tensor<4>>> {
    let preparation = preparation(&description.input);
    let mut covers = Vec::new();
    for genre in &description.genres {
        let rows = dataset.select(Some(Split::Train), Some(slice::from_ref(genre)));
        let rows = rows.iter().step_by(rows.len().div_ceil(TYPICAL).max(1));
        // What cannot be read was left out of the training too.
        covers.extend(rows.filter_map(|row| preparation.cover(&dataset.path(row)).ok()));
    }
    ensure!(
        !covers.is_empty(),
        "not one training cover of the dataset is usable"
    );
    let device = Device::flex();
    let batches = covers.chunks(TYPICAL_BATCH);
    Ok(batches
        .map(|covers| batch(covers, &preparation.normalisation, &device))
        .collect())
}

/// A run's folder.
fn folder(run: &Path) -> &Path {
    match run.parent() {
        Some(folder) if run.is_file() => folder,
        _ => run,
    }
}

/// A run's weights.
fn weights(run: &Path) -> PathBuf {
    if run.is_file() {
        run.to_owned()
    } else {
        best(run)
    }
}

/// The mean of the runs' weights.
fn mean_network(
    runs: &[PathBuf],
    outcomes: &[Outcome],
    device: &Device,
) -> anyhow::Result<Network> {
    let mut networks = Vec::new();
    for (run, outcome) in runs.iter().zip(outcomes) {
        let first = &outcomes[0];
        ensure!(
            outcome.genres == first.genres
                && outcome.experiment.architecture == first.experiment.architecture,
            "{} has other genres or another architecture than {}",
            run.display(),
            runs[0].display()
        );
        let network = Network::init(
            outcome.experiment.architecture,
            outcome.experiment.input_size,
            outcome.genres.len(),
            device,
        );
        networks.push(load_network(network.valid(), &weights(run))?);
    }
    average::mean(networks).context("no run was given to export")
}

fn provenances(runs: &[PathBuf], outcomes: &[Outcome]) -> anyhow::Result<Vec<Value>> {
    let runs = runs.iter().zip(outcomes);
    runs.map(|(run, outcome)| provenance(outcome, steps(run, outcome)))
        .collect()
}

/// The steps after which a run had the weights that are exported of it.
fn steps(run: &Path, outcome: &Outcome) -> usize {
    let weights = weights(run);
    if weights == best(folder(run)) {
        outcome.best_step()
    } else if weights.ends_with(START) {
        0
    } else {
        outcome.progress.step
    }
}

/// How weights were made that a run had after so many steps.
fn provenance(outcome: &Outcome, steps: usize) -> anyhow::Result<Value> {
    Ok(json!({
        "experiment": serde_json::to_value(&outcome.experiment)?,
        "training_covers": outcome.training,
        "validation_covers": outcome.validation,
        "teachers": serde_json::to_value(&outcome.teachers)?,
        "steps": steps,
        "training_seconds": outcome.progress.spent.seconds.round(),
        "earlier": match (&outcome.earlier, &outcome.origin) {
            (Some(earlier), _) => provenance(earlier, earlier.best_step())?,
            (None, Some(origin)) => serde_json::to_value(origin)?,
            (None, None) => Value::Null,
        },
    }))
}

/// The bundle with shifts and temperatures for what it answers on the validation split: the stored weights, not those
/// of the run.
fn calibrate(
    bundle: Bundle,
    least_recall: Option<f64>,
    dataset: &Dataset,
    compute: &Compute,
) -> anyhow::Result<Bundle> {
    let genres = &bundle.manifest().genres;
    let samples = samples(dataset, Some(Split::Validation), genres)?;
    let logits = evaluate::logits(&bundle, &samples, compute)?;
    let sets = bundle.manifest().genre_sets.iter();
    let calibrated = sets.map(|set| {
        let (rows, labels) = between(set, genres, &samples, &logits)?;
        calibrated(set, rows, &labels, least_recall)
            .with_context(|| format!("the genre set \"{}\"", set.id))
    });
    let calibrated = calibrated.collect::<anyhow::Result<Vec<_>>>()?;
    Ok(bundle.with_genre_sets(calibrated)?)
}

/// A genre set with shifts and a temperature for the logits of its genres `[covers][genres]`.
fn calibrated(
    set: &GenreSet,
    mut logits: Vec<Vec<f32>>,
    labels: &[usize],
    least_recall: Option<f64>,
) -> anyhow::Result<GenreSet> {
    let shifts = match least_recall {
        Some(least) => shifts(&logits, labels, least)?,
        None => Vec::new(),
    };
    for row in &mut logits {
        for (logit, shift) in row.iter_mut().zip(&shifts) {
            *logit += shift;
        }
    }
    Ok(GenreSet {
        temperature: temperature(&logits, labels),
        shifts,
        ..set.clone()
    })
}

/// The logits of a set's genres for the covers that are of one of them, and which of the set's each is of.
fn between(
    set: &GenreSet,
    genres: &[String],
    samples: &[Sample],
    logits: &[Vec<f32>],
) -> anyhow::Result<(Vec<Vec<f32>>, Vec<usize>)> {
    let columns = columns(set, genres)?;
    let covers = samples.iter().zip(logits).filter_map(|(sample, row)| {
        let label = columns.iter().position(|&column| column == sample.genre)?;
        let row = columns.iter().map(|&column| row[column]).collect();
        Some((row, label))
    });
    Ok(covers.unzip())
}

/// Where a set's genres are among the logits.
fn columns(set: &GenreSet, genres: &[String]) -> anyhow::Result<Vec<usize>> {
    set.genres
        .iter()
        .map(|genre| {
            let column = genres.iter().position(|known| known == genre);
            column.ok_or_else(|| anyhow!("the network does not know {genre}"))
        })
        .collect()
}

fn metrics(bundle: &Bundle, dataset: &Dataset, compute: &Compute) -> anyhow::Result<Value> {
    let mut reports: BTreeMap<&str, Value> = BTreeMap::new();
    for set in &bundle.manifest().genre_sets {
        let samples = samples(dataset, Some(Split::Test), &set.genres)?;
        let logits = evaluate::logits(bundle, &samples, compute)?;
        let genres = &bundle.manifest().genres;
        let report = Answers::new(set, genres, &samples, &logits, &dataset.root)?.report()?;
        println!("{}\n\n{}", set.id, evaluate::table(&report));
        reports.insert(&set.id, summary(&set.id, &report)?);
    }
    Ok(json!({ "split": "test", "genre_sets": reports }))
}

/// A report without what only people who look closer want.
fn summary(set: &str, report: &Report) -> anyhow::Result<Value> {
    let mut value = serde_json::to_value(report)?;
    if let Some(proportions) = paper::proportions(set)
        && let Ok(accuracy) = report.accuracy_at_proportions(proportions)
    {
        println!("accuracy at the paper's class proportions: {accuracy:.3}\n");
        value["accuracy_at_paper_proportions"] = json!(accuracy);
    }
    Ok(value)
}
