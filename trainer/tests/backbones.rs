//! Published checkpoints become backbones, and runs start from them.

mod common;

use std::fs;
use std::path::Path;

use burn::tensor::Device;
use safetensors::Dtype;
use safetensors::tensor::TensorView;
use undercover::bundle::{Bundle, Parameter, parameters};
use undercover::network::{Architecture, Network};

use common::{export, fail, read, replace, succeed, train, write_dataset, write_experiment};

/// Names, shapes and numbers.
type Tensors = Vec<(String, Vec<usize>, Vec<f32>)>;

/// What a run starts from, and how it is published.
struct Published {
    architecture: Architecture,
    /// The parameters of our network that a checkpoint has, as they are to be after the import.
    parameters: Vec<Parameter>,
    /// The tensors of the checkpoint.
    tensors: Tensors,
}

impl Published {
    /// A checkpoint of a network with random weights, under the names that `publish` makes of ours.
    fn new(
        architecture: Architecture,
        is_top: fn(&str) -> bool,
        publish: fn(&Parameter) -> Tensors,
    ) -> Self {
        let network = Network::init(architecture, 32, 3, &Device::flex());
        let mut parameters = parameters(&network).unwrap();
        parameters.retain(|parameter| !is_top(&parameter.name));
        Self {
            architecture,
            tensors: parameters.iter().flat_map(publish).collect(),
            parameters,
        }
    }

    fn write(&self, path: &Path) {
        let bytes: Vec<Vec<u8>> = self
            .tensors
            .iter()
            .map(|(.., values)| values.iter().flat_map(|v| v.to_le_bytes()).collect())
            .collect();
        let views = self
            .tensors
            .iter()
            .zip(&bytes)
            .map(|((name, shape, _), bytes)| {
                let view = TensorView::new(Dtype::F32, shape.clone(), bytes).unwrap();
                (name.clone(), view)
            });
        safetensors::serialize_to_file(views, None, path).unwrap();
    }

    /// The parameters that the network of a bundle has otherwise.
    fn changed_in(&self, bundle: &Path) -> Vec<&str> {
        let manifest = fs::read(bundle.join("manifest.json")).unwrap();
        let weights = fs::read(bundle.join("weights.bpk")).unwrap();
        let bundle = Bundle::parse(&manifest, weights).unwrap();
        let found = parameters(&bundle.network(&Device::flex())).unwrap();
        let is_changed = |expected: &&Parameter| {
            let found = found.iter().find(|found| found.name == expected.name);
            let found = found.expect(&expected.name);
            assert_eq!(found.shape, expected.shape);
            // They are stored with 11 bits.
            let is_other = |(found, expected): (&f32, &f32)| {
                (found - expected).abs() > expected.abs() / 1000.0 + 1e-6
            };
            found.values.iter().zip(&expected.values).any(is_other)
        };
        let changed = self.parameters.iter().filter(is_changed);
        changed.map(|parameter| parameter.name.as_str()).collect()
    }
}

/// An EfficientNet-Lite as efficientnet-lite-pytorch names it, with a BatchNorm behind each convolution that, folded,
/// leaves its weights and makes its biases.
fn lite(variant: Architecture) -> Published {
    Published::new(
        variant,
        |name| name.contains("classifier"),
        |parameter| {
            let (_, name) = parameter.name.split_once('.').unwrap();
            let (layer, kind) = name.rsplit_once('.').unwrap();
            let (block, field) = match layer.split('.').collect::<Vec<_>>()[..] {
                ["stem", "conv"] => (String::new(), "stem"),
                ["head", "conv"] => (String::new(), "head"),
                ["blocks", block, field, ..] => (format!("_blocks.{block}."), field),
                _ => panic!("what is {name}?"),
            };
            let (conv, norm) = match field {
                "stem" => ("_conv_stem", "_bn0"),
                "head" => ("_conv_head", "_bn1"),
                "expand" => ("_expand_conv", "_bn0"),
                "depthwise" => ("_depthwise_conv", "_bn1"),
                "project" => ("_project_conv", "_bn2"),
                _ => panic!("what is {field}?"),
            };
            let Parameter { shape, values, .. } = parameter;
            if kind == "weight" {
                return vec![(
                    format!("{block}{conv}.weight"),
                    shape.clone(),
                    values.clone(),
                )];
            }
            // γ / √(σ² + ε) = 1, and β − μ is the bias.
            let vector = |what: &str, values: Vec<f32>| {
                (format!("{block}{norm}.{what}"), shape.clone(), values)
            };
            let count = values.len();
            vec![
                vector("weight", vec![0.5; count]),
                vector("bias", values.iter().map(|bias| bias + 0.25).collect()),
                vector("running_mean", vec![0.25; count]),
                vector("running_var", vec![0.25 - 1e-3; count]),
            ]
        },
    )
}

/// VGG16 as torchvision names it: by the place among convolutions, activations and poolings.
fn vgg16() -> Published {
    Published::new(
        Architecture::Vgg16,
        |name| !name.contains("blocks"),
        |parameter| {
            let places = [
                &[0, 2][..],
                &[5, 7],
                &[10, 12, 14],
                &[17, 19, 21],
                &[24, 26, 28],
            ];
            let parts: Vec<_> = parameter.name.split('.').collect();
            let [.., block, layer, kind] = parts[..] else {
                panic!("what is {}?", parameter.name)
            };
            let place = places[block.parse::<usize>().unwrap()][layer.parse::<usize>().unwrap()];
            let Parameter { shape, values, .. } = parameter;
            vec![(
                format!("features.{place}.{kind}"),
                shape.clone(),
                values.clone(),
            )]
        },
    )
}

/// A folder with a dataset, a checkpoint, and an experiment that trains layers on top of it.
fn prepare(published: &Published) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    write_dataset(path);
    published.write(&path.join("published.safetensors"));
    let experiment = path.join("small.toml");
    write_experiment(&experiment, 0);
    let architecture = format!("architecture = \"{}\"", published.architecture.name());
    replace(&experiment, "architecture = \"module1\"", &architecture);
    let head = "[head]\nsteps = 4\nbatch_size = 32\nlearning_rate = 1e-3\nweight_decay = 0.05\n\n[fine_tune]";
    replace(&experiment, "[fine_tune]", head);
    folder
}

/// Arguments that import the checkpoint.
const IMPORT: [&str; 5] = [
    "backbone",
    "import",
    "published.safetensors",
    "--out",
    "made/backbone.bpk",
];

#[test]
fn layers_are_trained_on_top_of_an_imported_backbone_that_stays_as_it_was() {
    for published in [
        lite(Architecture::EfficientNetLite0),
        lite(Architecture::EfficientNetLite1),
        lite(Architecture::EfficientNetLite2),
        vgg16(),
    ] {
        let folder = prepare(&published);
        let folder = folder.path();
        succeed(folder, &IMPORT);
        let from = ["--backbone", "made/backbone.bpk", "--features", "features"];
        let said = succeed(folder, &[&train("run")[..], &from].concat());
        let said = String::from_utf8_lossy(&said.stdout).into_owned();
        assert!(
            said.contains("Training the head on 180 features."),
            "{said}"
        );
        succeed(folder, &export("run", "model"));
        assert_eq!(published.changed_in(&folder.join("model")), [""; 0]);

        // Another run finds the features there.
        let stored = fs::metadata(folder.join("features/rows.f32")).unwrap();
        succeed(folder, &[&train("again")[..], &from].concat());
        let again = fs::metadata(folder.join("features/rows.f32")).unwrap();
        assert_eq!(again.modified().unwrap(), stored.modified().unwrap());
        assert_eq!(again.len(), stored.len());
        let weights = |run: &str| {
            succeed(folder, &export(run, "same"));
            read(&folder.join("same/manifest.json"))["weights"].clone()
        };
        assert_eq!(weights("again"), weights("run"));
    }
}

#[test]
fn frozen_blocks_stay_as_they_were_while_the_others_learn() {
    let published = lite(Architecture::EfficientNetLite0);
    let folder = prepare(&published);
    let folder = folder.path();
    succeed(folder, &IMPORT);
    let experiment = folder.join("small.toml");
    let tuned = "steps = 3\nfrozen_blocks = 16\nbatch_size = 8\nmicro_batch = 8";
    replace(&experiment, "warmup_steps = 10", "warmup_steps = 0");
    replace(&experiment, "average_decay = 0.9", "average_decay = 0.0");
    replace(
        &experiment,
        "steps = 0\nbatch_size = 24\nmicro_batch = 12",
        tuned,
    );
    let from = ["--backbone", "made/backbone.bpk"];
    succeed(folder, &[&train("run")[..], &from].concat());
    succeed(folder, &export("run/last.bpk", "model"));
    let head =
        [".head.conv.weight", ".head.conv.bias"].map(|name| format!("EfficientNetLite0{name}"));
    assert_eq!(published.changed_in(&folder.join("model")), head);
}

#[test]
fn a_run_without_its_backbone_and_a_file_that_is_none_are_told() {
    let folder = prepare(&vgg16());
    let folder = folder.path();
    let said = fail(folder, &train("run"));
    assert!(said.contains("name its file with --backbone"), "{said}");
    let from = ["--backbone", "made/backbone.bpk"];
    let said = fail(folder, &[&train("run")[..], &from].concat());
    assert!(
        said.contains("make it with `trainer backbone import`"),
        "{said}"
    );

    fs::create_dir(folder.join("made")).unwrap();
    fs::write(folder.join("made/backbone.bpk"), "no backbone").unwrap();
    let said = fail(folder, &[&train("run")[..], &from].concat());
    assert!(said.contains("is no imported backbone"), "{said}");

    // VGG16's convolutions are none of Lite0's.
    succeed(folder, &IMPORT);
    replace(
        &folder.join("small.toml"),
        "\"vgg16\"",
        "\"efficientnet-lite0\"",
    );
    let said = fail(folder, &[&train("other")[..], &from].concat());
    assert!(
        said.contains("the backbone does not fit the network"),
        "{said}"
    );

    let said = fail(folder, &["backbone", "import", "covers.csv"]);
    assert!(said.contains("is neither .pth nor .safetensors"), "{said}");
    let stranger = Published {
        architecture: Architecture::Vgg16,
        parameters: Vec::new(),
        tensors: vec![("weight".to_owned(), vec![1], vec![1.0])],
    };
    stranger.write(&folder.join("stranger.safetensors"));
    let said = fail(folder, &["backbone", "import", "stranger.safetensors"]);
    assert!(
        said.contains("is no checkpoint of EfficientNet-Lite0, Lite1 or Lite2"),
        "{said}"
    );
}
