//! What goes wrong with a run is said, and nothing that was won is lost.

mod common;

use std::fs;
use std::process::Stdio;

use common::{fail, names, prepare, replace, succeed, train, trainer, wait_for, write_experiment};

#[test]
fn an_unreadable_checkpoint_is_passed_over_for_the_one_before() {
    let folder = prepare();
    let folder = folder.path();
    succeed(folder, &train("run"));
    let newest = folder.join("run/checkpoints/step-0000020");
    for file in [
        "network.bpk",
        "average.bpk",
        "optimizer.bpk",
        "progress.json",
    ] {
        let path = newest.join(file);
        let bytes = fs::read(&path).unwrap();
        fs::write(&path, &bytes[..bytes.len() / 2]).unwrap();
        let again = succeed(folder, &train("run"));
        let said = String::from_utf8_lossy(&again.stdout);
        let warned = String::from_utf8_lossy(&again.stderr);
        assert!(said.contains("Resuming at step 10."), "{file}: {said}");
        assert!(warned.contains("step 20 is unreadable"), "{file}: {warned}");
        let anew = fs::read(&path).unwrap();
        assert!(
            anew.len() > bytes.len() / 4 * 3,
            "{file} is not written anew"
        );
    }
}

#[test]
fn what_a_killed_run_left_half_written_is_removed() {
    let folder = prepare();
    let folder = folder.path();
    succeed(folder, &train("run"));
    let run = folder.join("run");
    fs::create_dir(run.join("checkpoints/step-0000030.partial")).unwrap();
    fs::write(run.join("best.bpk.7-0.tmp"), "half").unwrap();
    succeed(folder, &train("run"));
    assert_eq!(
        names(run.join("checkpoints")),
        ["step-0000010", "step-0000020"]
    );
    assert!(names(run).iter().all(|name| !name.ends_with(".tmp")));
}

#[test]
fn diverging_training_stops_with_its_place_and_keeps_the_last_good_checkpoint() {
    let folder = prepare();
    let folder = folder.path();
    let experiment = folder.join("small.toml");
    replace(&experiment, "warmup_steps = 10", "warmup_steps = 0");
    for (rate, run) in [("1e1", "exploding"), ("1e30", "infinite")] {
        let text = fs::read_to_string(&experiment).unwrap();
        replace(
            &experiment,
            "learning_rate = 2e-3",
            &format!("learning_rate = {rate}"),
        );
        let said = fail(folder, &train(run));
        assert!(
            said.contains("training diverged in epoch 1, batch 2 (step 1) at a learning rate of"),
            "{said}"
        );
        assert!(said.contains("lower fine_tune.learning_rate"), "{said}");
        assert!(!folder.join(run).join("run.json").exists());
        // The same again, from the same checkpoint: it can be read.
        let again = trainer(folder, &train(run)).output().unwrap();
        let again = String::from_utf8_lossy(&again.stdout).into_owned();
        assert!(again.contains("Resuming at step 0."), "{again}");
        fs::write(&experiment, text).unwrap();
    }
}

#[test]
fn wrong_input_is_refused_before_work_begins() {
    let folder = prepare();
    let folder = folder.path();
    let experiment = folder.join("small.toml");
    let text = fs::read_to_string(&experiment).unwrap();
    let refusal = |from: &str, to: &str| {
        replace(&experiment, from, to);
        let said = fail(folder, &train("run"));
        assert!(!folder.join("run").exists(), "work began: {said}");
        fs::write(&experiment, &text).unwrap();
        said
    };
    let said = refusal("warmup_steps", "warmup_step");
    assert!(
        said.contains("`warmup_step`") && said.contains("did you mean `warmup_steps`?"),
        "{said}"
    );
    let said = refusal("\"module1\"", "\"modul1\"");
    assert!(said.contains("did you mean `module1`?"), "{said}");
    let said = refusal("\"rock\"]", "\"polka\"]");
    assert!(said.contains("polka"), "{said}");

    succeed(folder, &train("run"));
    replace(&experiment, "seed = 5", "seed = 6");
    let said = fail(folder, &train("run"));
    assert!(said.contains("another experiment"), "{said}");
}

#[test]
fn a_genre_without_covers_in_a_split_is_told_before_work_begins() {
    let folder = prepare();
    let folder = folder.path();
    for index in 0..10 {
        fs::write(
            folder.join(format!("rock/validation-{index}.png")),
            "no picture",
        )
        .unwrap();
    }
    let said = fail(folder, &train("run"));
    assert!(
        said.contains("not one cover of rock in the split \"validation\" is usable"),
        "{said}"
    );
    let rows = fs::read_to_string(folder.join("covers.csv")).unwrap();
    let rows: Vec<&str> = rows
        .lines()
        .filter(|row| !row.ends_with("rock,blog,,train") && !row.ends_with("rock,shop,,train"))
        .collect();
    fs::write(folder.join("covers.csv"), rows.join("\n")).unwrap();
    let said = fail(folder, &train("run"));
    assert!(
        said.contains("no rows of rock in the split \"train\""),
        "{said}"
    );
    assert!(!folder.join("run").exists());
}

#[test]
fn a_second_run_into_a_folder_is_refused_while_the_first_goes_on() {
    let folder = prepare();
    let folder = folder.path();
    write_experiment(&folder.join("small.toml"), 1_000_000);
    let mut first = trainer(folder, &train("run"))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    wait_for(&mut first, &folder.join("run/experiment.json"));
    let said = fail(folder, &train("run"));
    let goes_on = first.try_wait().unwrap().is_none();
    first.kill().unwrap();
    first.wait().unwrap();
    assert!(said.contains("another run is training in run"), "{said}");
    assert!(goes_on);
}
