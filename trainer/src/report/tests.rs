use undercover::bundle::{Bundle, Description, Input, Storage};
use undercover::cover::Normalisation;
use undercover::genre::GenreSet;
use undercover::network::{Architecture, Network};

use super::*;
use crate::evaluate::Cover;

const GENRES: [&str; 2] = ["jazz", "r&b"];

fn manifest() -> Manifest {
    let device = burn::tensor::Device::flex();
    let network = Network::init(Architecture::Module1, 32, 2, &device);
    let description = Description {
        name: "<b>model</b>".to_owned(),
        version: "7".to_owned(),
        input: Input {
            size: 32,
            normalisation: Normalisation::EFFICIENTNET_LITE,
        },
        genres: GENRES.map(str::to_owned).to_vec(),
        genre_sets: vec![GenreSet::new("two", &GENRES)],
        metrics: serde_json::Value::Null,
        provenance: serde_json::Value::Null,
    };
    let bundle = Bundle::create(description, &network, Storage::F32, &device).unwrap();
    bundle.manifest().clone()
}

/// 40 covers with pictures, of which three in four are told.
fn answers(root: &Path) -> Answers {
    let cover = |index: usize| {
        let file = PathBuf::from(format!("{index}.png"));
        let colour = image::Rgb([index as u8 * 6, 80, 160]);
        image::RgbImage::from_pixel(300, 200, colour)
            .save(root.join(&file))
            .unwrap();
        let sure = 0.6 + index as f32 / 200.0;
        let (genre, is_right) = (index % 2, index % 4 < 3);
        let called = if is_right { genre } else { 1 - genre };
        let mut probabilities = vec![1.0 - sure; 2];
        probabilities[called] = sure;
        Cover {
            file,
            source: if index < 30 { "shop" } else { "" }.to_owned(),
            genre,
            probabilities,
        }
    };
    Answers {
        genres: GENRES.map(str::to_owned).to_vec(),
        covers: (0..40).map(cover).collect(),
    }
}

fn outcome() -> Outcome {
    let validation = |step: usize| Validation {
        step,
        training_loss: 2.0 / (step + 1) as f64,
        score: step as f64 / 100.0,
        balanced_accuracy: BTreeMap::new(),
        held_out: BTreeMap::new(),
    };
    let text = "architecture = 'module1'\ninput_size = 32\nnormalisation = 'imagenet'\nseed = 1";
    Outcome {
        experiment: toml::from_str(text).unwrap(),
        genres: Vec::new(),
        training: 1,
        validation: 1,
        cost: None,
        progress: crate::train::checkpoint::Progress {
            history: [0, 20, 40].map(validation).to_vec(),
            ..Default::default()
        },
        held_out: 0,
        earlier: None,
        origin: None,
        teachers: Vec::new(),
    }
}

#[test]
fn the_page_has_every_part_and_asks_for_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let evaluation = Evaluation {
        manifest: &manifest(),
        data: "covers.csv, split \"test\"".to_owned(),
        answers: &answers(folder.path()),
        root: folder.path(),
        runs: vec![("first".to_owned(), outcome())],
    };
    let path = evaluation.write(&folder.path().join("report")).unwrap();
    let page = fs::read_to_string(path).unwrap();

    for part in [
        "Genres",
        "Confusion",
        "ROC curves",
        "Precision and recall",
        "Reliability",
        "Collections",
        "Learning curves",
        "Covers that were told",
        "Covers that were not",
    ] {
        assert!(page.contains(&format!("<h2>{part}</h2>")), "{part}");
    }
    // A ROC and a precision–recall curve each, reliability, loss and score.
    assert_eq!(page.matches("<svg ").count(), 2 * 2 + 1 + 2);
    assert!(page.contains("<b>0.750</b>"), "the accuracy is missing");
    assert!(page.contains("weighted average") && page.contains("<th scope=\"row\">unknown</th>"));
    assert!(page.contains("&lt;b&gt;model&lt;/b&gt;") && page.contains("r&amp;b"));
    // Every cover of jazz is told: the page shows three of them, and three and three of the other genre.
    let shown = page.matches("<img src=\"data:image/jpeg;base64,").count();
    assert_eq!(shown, 9);
    for request in [
        "<script",
        "<link",
        "@import",
        "url(",
        " src=\"http",
        "href=",
    ] {
        assert!(!page.contains(request), "{request}");
    }

    let json = fs::read(folder.path().join("report/report.json")).unwrap();
    let json: serde_json::Value = serde_json::from_slice(&json).unwrap();
    assert_eq!(json["model"]["name"], "<b>model</b>");
    assert_eq!(json["accuracy"], 0.75);
    assert_eq!(json["covers"].as_array().map(Vec::len), Some(40));
    assert_eq!(json["reliability"].as_array().map(Vec::len), Some(15));
    assert!(json["curves"]["jazz"]["roc"].as_array().map(Vec::len) > Some(2));
    assert_eq!(json["learning"][0]["whole"][2]["step"], 40);
}

#[test]
fn a_cover_that_is_gone_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let answers = answers(folder.path());
    for index in 0..40 {
        fs::remove_file(folder.path().join(format!("{index}.png"))).unwrap();
    }
    let error = gallery::gallery(&answers, folder.path()).err().unwrap();
    assert!(format!("{error:#}").contains(".png"), "{error:#}");
}
