//! Bundles: what is written is read again, and what does not fit is refused by name.

mod random_bundle;

use burn::module::{Module, ModuleMapper, Param};
use burn::tensor::{Device, Tensor};
use burn_pack::{Bytes, DType, Reader, Writer};
use random_bundle::{block_on, bundle, description, manifest, network};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use undercover::bundle::{Bundle, BundleError, FORMAT, SelfTest, Steps, Storage, encode};
use undercover::classifier::Classifier;
use undercover::cover::Cover;
use undercover::network::{Architecture, Network};

const STORAGES: [Storage; 3] = [Storage::F32, Storage::F16, Storage::Int8];

fn parse(manifest: &Value, weights: &[u8]) -> Result<Bundle, BundleError> {
    Bundle::parse(manifest.to_string().as_bytes(), weights)
}

/// Parses weights that the manifest is made to announce.
fn parse_announced(mut manifest: Value, weights: &[u8]) -> Result<Bundle, BundleError> {
    let digest = Sha256::digest(weights);
    manifest["weights"]["bytes"] = json!(weights.len());
    manifest["weights"]["sha256"] = json!(
        digest
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect::<String>()
    );
    parse(&manifest, weights)
}

fn tensors(weights: &[u8]) -> Vec<burn_pack::Tensor> {
    Reader::from_bytes(Bytes::from_bytes_vec(weights.to_vec()))
        .and_then(Reader::into_tensors)
        .expect("a burnpack")
}

fn packed(tensors: Vec<burn_pack::Tensor>) -> Vec<u8> {
    Writer::new(tensors)
        .into_bytes()
        .expect("a burnpack")
        .to_vec()
}

/// The values of an `f32` tensor in a pack.
fn floats(tensors: &[burn_pack::Tensor], name: &str) -> Vec<f32> {
    let tensor = tensors
        .iter()
        .find(|tensor| tensor.name == name)
        .expect(name);
    assert_eq!(tensor.dtype, DType::F32, "{name}");
    let bytes = tensor.to_bytes().expect("its bytes");
    bytes
        .chunks_exact(4)
        .map(|word| f32::from_le_bytes(word.try_into().expect("four bytes")))
        .collect()
}

fn logits(network: &Network) -> Vec<f32> {
    let input = &description().input;
    let covers = [Cover::test_pattern(input.size)];
    let batch = undercover::classifier::batch(&covers, &input.normalisation, &Device::flex());
    let data = network.forward(batch).into_data();
    data.try_into_vec_as::<f32>().expect("floats")
}

#[test]
fn a_bundle_survives_its_own_bytes() {
    for storage in STORAGES {
        let written = bundle(storage);
        let json = written.manifest().to_json().unwrap();
        let read = Bundle::parse(json.as_bytes(), written.weights()).unwrap();
        assert_eq!(read.manifest(), written.manifest(), "{storage:?}");
        assert_eq!(read.weights(), written.weights(), "{storage:?}");
        let device = Device::flex();
        assert_eq!(
            logits(&read.network(&device)),
            written.manifest().self_test.logits,
            "{storage:?}"
        );
    }
}

#[test]
fn f32_weights_are_stored_as_they_are() {
    let network = network(Architecture::Module1);
    let before = logits(&network);
    let bundle = Bundle::create(description(), &network, Storage::F32, &Device::flex()).unwrap();
    assert_eq!(bundle.manifest().self_test.logits, before);
}

#[test]
fn the_same_network_gives_the_same_bytes() {
    for storage in STORAGES {
        let network = network(Architecture::Module1);
        assert_eq!(
            encode(&network, storage).unwrap(),
            encode(&network.clone(), storage).unwrap(),
            "{storage:?}"
        );
    }
}

#[test]
fn f16_weights_are_the_nearest_ones() {
    let network = network(Architecture::EfficientNetLite0);
    let exact = tensors(&encode(&network, Storage::F32).unwrap());
    let bundle = Bundle::create(description(), &network, Storage::F16, &Device::flex()).unwrap();
    let widened = bundle.network(&Device::flex());
    let stored = tensors(&encode(&widened, Storage::F32).unwrap());
    assert_eq!(stored.len(), exact.len());
    for tensor in &exact {
        let pairs = floats(&exact, &tensor.name)
            .into_iter()
            .zip(floats(&stored, &tensor.name));
        for (exact, stored) in pairs {
            // Half a unit in the last of 11 bits, or half the smallest subnormal.
            let bound = (exact.abs() / 2048.0).max(2.0_f32.powi(-25));
            assert!(
                (exact - stored).abs() <= bound,
                "{}: {exact} {stored}",
                tensor.name
            );
        }
    }
}

#[test]
fn int8_weights_are_within_half_a_step_of_their_channel() {
    let network = network(Architecture::EfficientNetLite0);
    let exact = tensors(&encode(&network, Storage::F32).unwrap());
    let bundle = Bundle::create(description(), &network, Storage::Int8, &Device::flex()).unwrap();
    let widened = tensors(&encode(&bundle.network(&Device::flex()), Storage::F32).unwrap());
    let packed = tensors(bundle.weights());
    let quantised = packed.iter().filter(|tensor| tensor.dtype == DType::I8);
    let mut weights = 0;
    for tensor in quantised {
        let name = &tensor.name;
        // Others have too few weights to be worth it, or are too sensitive.
        assert!(matches!(tensor.shape[..], [_, _, 1, 1]), "{name}");
        let scales = floats(&packed, &format!("{name}.scale"));
        let (exact, stored) = (floats(&exact, name), floats(&widened, name));
        let per_channel = exact.len() / scales.len();
        weights += exact.len();
        for (index, (exact, stored)) in exact.iter().zip(&stored).enumerate() {
            let half_a_step = scales[index / per_channel] * 0.5001;
            assert!(
                (exact - stored).abs() <= half_a_step,
                "{name}: {exact} {stored}"
            );
        }
        // No level is given away: the largest weight of a channel has the last.
        let levels = tensor.to_bytes().expect("its bytes");
        for channel in levels.chunks_exact(per_channel) {
            let last = channel.iter().map(|level| level.cast_signed().abs()).max();
            assert_eq!(last, Some(127), "{name}");
        }
    }
    // Nine of ten weights of the network are in pointwise convolutions, but for the classifier.
    assert!(weights > 3_000_000, "{weights}");
    let half = encode(&network, Storage::F16).unwrap().len();
    assert!(
        bundle.weights().len() * 100 < half * 60,
        "{} of {half}",
        bundle.weights().len()
    );
}

#[test]
fn a_cut_off_download_is_refused_by_its_length() {
    let bundle = bundle(Storage::F16);
    let cut = &bundle.weights()[..bundle.weights().len() - 1];
    let error = parse(&manifest(&bundle), cut).unwrap_err();
    assert_eq!(error.code(), "bundle-size");
    assert!(
        error.to_string().contains(&cut.len().to_string()),
        "{error}"
    );
    assert_eq!(
        parse(&manifest(&bundle), &[]).unwrap_err().code(),
        "bundle-size"
    );
}

#[test]
fn weights_of_over_a_gibibyte_are_refused_whatever_is_announced() {
    let bundle = bundle(Storage::F16);
    for (over, code) in [(0, "bundle-size"), (1, "bundle-weights")] {
        let error = Bundle::parse(
            manifest(&bundle).to_string().as_bytes(),
            vec![0; (1 << 30) + over],
        );
        assert_eq!(error.unwrap_err().code(), code);
    }
}

#[test]
fn the_self_test_allows_a_fiftieth_of_the_largest_logit() {
    let bundle = bundle(Storage::F32);
    let SelfTest { logits, tolerance } = &bundle.manifest().self_test;
    let largest = logits
        .iter()
        .fold(0.0, |most: f32, logit| most.max(logit.abs()));
    assert!(largest > 0.0);
    assert_eq!(*tolerance, largest * 0.02);
}

#[test]
fn a_self_test_tells_the_largest_difference_and_passes_over_no_number() {
    let test = SelfTest {
        logits: vec![1.0, -2.0, 0.5],
        tolerance: 0.25,
    };
    assert_eq!(test.compare(&[1.25, -2.0, 0.5]), Ok(()));
    assert_eq!(test.compare(&[1.0, -2.25, 0.25]), Ok(()));
    let difference = |found: &[f32]| test.compare(found).unwrap_err().difference;
    assert_eq!(difference(&[1.0, -3.0, 1.0]), 1.0);
    assert_eq!(difference(&[1.5, -2.0, 0.5]), 0.5);
    for (index, fault) in [f32::NAN, f32::INFINITY].into_iter().enumerate() {
        for place in 0..3 {
            let mut found = test.logits.clone();
            found[place] = fault;
            assert_eq!(difference(&found).is_nan(), index == 0, "{found:?}");
        }
    }
    assert!(difference(&[1.0, -2.0]).is_nan());
    assert!(difference(&[]).is_nan());
}

#[test]
fn just_the_genres_of_a_set_have_its_calibration_and_others_that_of_the_first() {
    let bundle = bundle(Storage::F16);
    let mut manifest = bundle.manifest().clone();
    for (set, temperature) in manifest.genre_sets.iter_mut().zip([1.5, 2.5, 3.5]) {
        set.temperature = temperature;
    }
    let last = manifest.genre_sets.last_mut().unwrap();
    assert_eq!(last.genres, ["pop", "hiphop", "electronic"]);
    last.shifts = vec![0.25, 0.0, 0.5];
    let calibration = |genres: &[&str]| {
        let genres: Vec<String> = genres.iter().map(|&genre| genre.to_owned()).collect();
        let set = manifest.genre_set(&genres).unwrap();
        assert_eq!(set.genres, genres);
        (set.temperature, set.shifts)
    };
    assert_eq!(
        calibration(&["rock", "hiphop", "classical"]),
        (2.5, Vec::new())
    );
    assert_eq!(
        calibration(&["electronic", "pop", "hiphop"]),
        (3.5, vec![0.5, 0.25, 0.0])
    );
    assert_eq!(calibration(&["rock", "hiphop", "jazz"]), (1.5, Vec::new()));
    assert_eq!(calibration(&["rock", "hiphop"]), (1.5, Vec::new()));
    assert!(manifest.genre_set(&["polka".to_owned()]).is_err());
}

#[test]
fn a_changed_bit_is_refused_by_the_digest() {
    let bundle = bundle(Storage::F16);
    let mut weights = bundle.weights().to_vec();
    *weights.last_mut().unwrap() ^= 1;
    let error = parse(&manifest(&bundle), &weights).unwrap_err();
    assert_eq!(error.code(), "bundle-sha256");
    assert!(
        error
            .to_string()
            .contains(&bundle.manifest().weights.sha256),
        "{error}"
    );
}

#[test]
fn weights_that_are_no_burnpack_are_refused() {
    let bundle = bundle(Storage::F16);
    let mut huge_header = bundle.weights().to_vec();
    huge_header[6..10].copy_from_slice(&u32::MAX.to_le_bytes());
    let half = &bundle.weights()[..bundle.weights().len() / 2];
    for weights in [&[][..], b"not weights", &[0; 4096], half, &huge_header] {
        let error = parse_announced(manifest(&bundle), weights).unwrap_err();
        assert_eq!(error.code(), "bundle-weights", "{error}");
    }
}

#[test]
fn another_format_is_refused_before_anything_else_is_read() {
    let bundle = bundle(Storage::F16);
    for manifest in [
        json!({"format": 2}),
        json!({"format": 2, "architecture": "of the future", "genres": 10}),
        json!({"format": 0}),
    ] {
        let error = parse(&manifest, bundle.weights()).unwrap_err();
        let found = manifest["format"].as_u64().unwrap();
        assert_eq!(
            error,
            BundleError::Version {
                found,
                supported: FORMAT
            }
        );
        assert_eq!(error.code(), "bundle-version");
        assert!(
            error.to_string().contains(&format!("format {found};")),
            "{error}"
        );
    }
}

#[test]
fn an_unknown_architecture_is_refused_by_name() {
    let bundle = bundle(Storage::F16);
    let mut manifest = manifest(&bundle);
    manifest["architecture"] = json!("transformer-9000");
    let error = parse(&manifest, bundle.weights()).unwrap_err();
    assert_eq!(
        error,
        BundleError::Architecture("transformer-9000".to_owned())
    );
    assert_eq!(error.code(), "bundle-architecture");
}

#[test]
fn bytes_that_are_no_manifest_are_refused() {
    let bundle = bundle(Storage::F16);
    for bytes in [
        &b""[..],
        b"{",
        b"[]",
        b"<!doctype html>",
        b"{\"format\":1}",
        b"{\"format\":1,\"architecture\":7}",
        b"{\"format\":\"one\"}",
    ] {
        let error = Bundle::parse(bytes, bundle.weights()).unwrap_err();
        assert_eq!(error.code(), "bundle-manifest", "{error}");
    }
}

#[test]
fn a_manifest_of_over_a_mebibyte_is_not_looked_at() {
    let bundle = bundle(Storage::F16);
    let mut json = manifest(&bundle).to_string().into_bytes();
    json.resize(1 << 20, b' ');
    assert!(Bundle::parse(&json, bundle.weights()).is_ok());
    json.push(b' ');
    let error = Bundle::parse(&json, bundle.weights()).unwrap_err();
    assert_eq!(error.code(), "bundle-manifest");
    assert!(error.to_string().contains("1048577 bytes"), "{error}");
}

#[test]
fn a_manifest_that_contradicts_itself_is_refused() {
    let bundle = bundle(Storage::F16);
    let sound = manifest(&bundle);
    assert!(parse(&sound, bundle.weights()).is_ok());
    for (pointer, value) in [
        ("/input/size", json!(0)),
        ("/input/size", json!(33)),
        ("/input/size", json!(1_000_000)),
        ("/input/normalisation/std", json!([128, 0, 128])),
        ("/input/normalisation/mean", json!([0, 1e300, 0])),
        ("/genres", json!([])),
        ("/genres/0", json!("rock")),
        ("/genres/0", json!("polka")),
        ("/genre_sets", json!([])),
        ("/genre_sets/1/genres/0", json!("polka")),
        ("/genre_sets/1/genres/0", json!("hiphop")),
        ("/genre_sets/1/temperature", json!(0)),
        (
            "/genre_sets/1",
            json!({"id": "two", "genres": ["rock", "pop"], "temperature": 1, "shifts": [0.5]}),
        ),
        ("/self_test/logits", json!([1.0])),
        ("/self_test/tolerance", json!(0)),
        ("/self_test/tolerance", json!(-1)),
        ("/weights", json!({})),
    ] {
        let mut manifest = sound.clone();
        *manifest.pointer_mut(pointer).unwrap() = value.clone();
        let error = parse(&manifest, bundle.weights()).unwrap_err();
        assert_eq!(
            error.code(),
            "bundle-manifest",
            "{pointer} = {value}: {error}"
        );
    }
}

#[test]
fn entries_of_later_versions_are_passed_over() {
    let bundle = bundle(Storage::F16);
    let mut manifest = manifest(&bundle);
    manifest["saliency"] = json!({"layer": "head"});
    manifest["input"]["crop"] = json!("centre");
    assert!(parse(&manifest, bundle.weights()).is_ok());
}

#[test]
fn a_tensor_of_another_shape_is_refused_by_name() {
    let bundle = bundle(Storage::F16);
    let mut manifest = manifest(&bundle);
    manifest["genres"]
        .as_array_mut()
        .unwrap()
        .push(json!("polka"));
    manifest["self_test"]["logits"]
        .as_array_mut()
        .unwrap()
        .push(json!(0.0));
    let error = parse(&manifest, bundle.weights()).unwrap_err();
    assert_eq!(error.code(), "bundle-shape");
    assert_eq!(
        error,
        BundleError::Shape {
            name: "Module1.classifier.bias".to_owned(),
            expected: vec![11],
            found: vec![10],
        }
    );
}

#[test]
fn the_weights_of_another_architecture_are_refused() {
    let bundle = bundle(Storage::F16);
    let mut manifest = manifest(&bundle);
    manifest["architecture"] = json!("efficientnet-lite0");
    let error = parse(&manifest, bundle.weights()).unwrap_err();
    assert_eq!(error.code(), "bundle-tensor");
}

#[test]
fn a_missing_and_an_extra_tensor_are_refused_by_name() {
    let bundle = bundle(Storage::F16);
    let mut fewer = tensors(bundle.weights());
    let name = fewer.remove(0).name;
    let error = parse_announced(manifest(&bundle), &packed(fewer)).unwrap_err();
    assert_eq!(error, BundleError::MissingTensor(name));

    let mut more = tensors(bundle.weights());
    more.push(tensor("stowaway", DType::F32, 4));
    let error = parse_announced(manifest(&bundle), &packed(more)).unwrap_err();
    assert_eq!(error, BundleError::UnexpectedTensor("stowaway".to_owned()));
}

#[test]
fn a_tensor_of_another_type_is_refused_by_name() {
    let bundle = bundle(Storage::F16);
    for (dtype, width, code) in [
        (DType::I64, 8, "bundle-type"),
        (DType::I8, 1, "bundle-tensor"),
    ] {
        let name = "Module1.classifier.bias";
        let mut changed = tensors(bundle.weights());
        changed.retain(|tensor| tensor.name != name);
        changed.push(tensor(name, dtype, width * 10));
        let error = parse_announced(manifest(&bundle), &packed(changed)).unwrap_err();
        assert_eq!(error.code(), code, "{error}");
        assert!(error.to_string().contains(name), "{error}");
    }
}

/// Ten zeros for `name`, or one where ten do not fit into `bytes`.
fn tensor(name: &str, dtype: DType, bytes: usize) -> burn_pack::Tensor {
    let shape = vec![bytes / dtype.size()];
    let bytes = Bytes::from_bytes_vec(vec![0; bytes]);
    burn_pack::Tensor::new(name.to_owned(), dtype, shape, None, bytes)
}

/// Multiplies every weight.
struct Scale(f64);

impl ModuleMapper for Scale {
    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        param.map(|tensor| tensor * self.0)
    }
}

/// The same step for every channel of the first pointwise convolution.
fn steps(network: &Network, step: f32) -> Steps {
    let exact = tensors(&encode(network, Storage::F32).unwrap());
    let pointwise = exact
        .iter()
        .find(|tensor| matches!(tensor.shape[..], [_, _, 1, 1]))
        .expect("a pointwise convolution");
    Steps::from([(pointwise.name.clone(), vec![step; pointwise.shape[0]])])
}

#[test]
fn weights_with_steps_are_within_half_of_them_in_few_levels() {
    let network = network(Architecture::EfficientNetLite0);
    let steps = steps(&network, 0.25);
    let storage = Storage::Steps(&steps);
    let bundle = Bundle::create(description(), &network, storage, &Device::flex()).unwrap();
    let exact = tensors(&encode(&network, Storage::F32).unwrap());
    let widened = tensors(&encode(&bundle.network(&Device::flex()), Storage::F32).unwrap());
    let packed = tensors(bundle.weights());
    let quantised: Vec<_> = packed
        .iter()
        .filter(|tensor| tensor.dtype == DType::I8)
        .collect();
    assert_eq!(quantised.len(), 1);
    let name = &quantised[0].name;
    assert!(steps.contains_key(name), "{name}");
    for (exact, stored) in floats(&exact, name).iter().zip(floats(&widened, name)) {
        assert!((exact - stored).abs() <= 0.125, "{exact} {stored}");
        assert_eq!((stored / 0.25).fract(), 0.0);
    }
    let bytes = quantised[0].to_bytes().expect("its bytes");
    let levels: std::collections::BTreeSet<u8> = bytes.iter().copied().collect();
    assert!((2..20).contains(&levels.len()), "{}", levels.len());
}

#[test]
fn steps_that_do_not_fit_are_refused_by_name() {
    let network = network(Architecture::EfficientNetLite0);
    let mut steps = steps(&network, 1e-4);
    let name = steps.keys().next().cloned().expect("steps");
    let error = encode(&network, Storage::Steps(&steps)).unwrap_err();
    assert_eq!(error, BundleError::NotFinite(name.clone()));
    for step in [0.0, f32::NAN, f32::INFINITY] {
        steps.insert(name.clone(), vec![step; steps[&name].len()]);
        let error = encode(&network, Storage::Steps(&steps)).unwrap_err();
        assert!(
            matches!(error, BundleError::NotFinite(_)),
            "{step}: {error}"
        );
    }
    steps.insert(name.clone(), vec![1.0]);
    let error = encode(&network, Storage::Steps(&steps)).unwrap_err();
    assert!(matches!(error, BundleError::Shape { .. }), "{error}");
}

#[test]
fn weights_too_large_for_their_storage_are_refused_by_name() {
    let huge = network(Architecture::Module1).map(&mut Scale(1e8));
    let error = encode(&huge, Storage::F16).unwrap_err();
    assert_eq!(error.code(), "bundle-not-finite");
    assert!(
        error.to_string().contains("Module1.convolutions.0"),
        "{error}"
    );
    assert!(encode(&huge, Storage::F32).is_ok());

    let infinite = network(Architecture::Module1).map(&mut Scale(f64::INFINITY));
    for storage in STORAGES {
        assert_eq!(
            encode(&infinite, storage).unwrap_err().code(),
            "bundle-not-finite"
        );
    }
}

#[test]
fn every_architecture_becomes_a_bundle_that_passes_its_self_test() {
    let device = Device::flex();
    for architecture in [
        Architecture::EfficientNetLite0,
        Architecture::EfficientNetLite1,
        Architecture::EfficientNetLite2,
        Architecture::Module1,
    ] {
        for storage in STORAGES {
            let network = network(architecture);
            let bundle = Bundle::create(description(), &network, storage, &device).unwrap();
            let loaded = block_on(Classifier::load(&bundle, &device));
            assert!(
                loaded.is_ok(),
                "{architecture:?} {storage:?}: {:?}",
                loaded.err()
            );
        }
    }
}

/// Parsing recurses: without a limit on nesting, a manifest of a few hundred kilobytes would end the process.
#[test]
fn a_manifest_that_is_nested_without_end_is_refused() {
    for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
        let nested = format!("{}0{}", open.repeat(100_000), close.repeat(100_000));
        let json = format!(r#"{{"format": {FORMAT}, "metrics": {nested}}}"#);
        let error = Bundle::parse(json.as_bytes(), Vec::new()).unwrap_err();
        assert_eq!(error.code(), "bundle-manifest", "{error}");
    }
}

#[test]
fn a_digest_that_the_caller_has_computed_is_compared_as_well() {
    let bundle = bundle(Storage::Int8);
    let manifest = bundle.manifest().to_json().unwrap();
    let parse =
        |digest: &[u8]| Bundle::parse_with_digest(manifest.as_bytes(), bundle.weights(), digest);
    let digest = Sha256::digest(bundle.weights()).to_vec();
    assert_eq!(parse(&digest).unwrap().manifest(), bundle.manifest());
    for wrong in [&[0; 32][..], &digest[..31], &[]] {
        let error = parse(wrong).unwrap_err();
        assert!(matches!(error, BundleError::Sha256 { .. }), "{error}");
    }
}
