//! From files to answers, as a user goes.

mod workbench;

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;
use workbench::{Pump, judge, object, rows, run, stderr, stdout, wait};

fn text(path: &Path) -> String {
    path.display().to_string()
}

#[test]
fn an_exported_rig_trains_evaluates_and_predicts() {
    let folder = tempfile::tempdir().unwrap();
    let (data, model) = (text(&folder.path().join("rig")), text(&folder.path().join("model")));
    let report = text(&folder.path().join("report.html"));
    let exported = run(0, ["data", "export", "rig", "--out", &data, "--seconds", "8", "--json"]);
    assert_eq!(object(&exported)["recordings"], 50);
    let described = object(&run(0, ["data", "describe", &data, "--json"]));
    assert_eq!(described["streams"].as_array().unwrap().len(), 8);
    assert_eq!(described["windows"], 100);
    assert_eq!(described["repairs"], serde_json::json!({}));

    let trained = run(0, ["train", "fuse", "--data", &data, "--out", &model, "--epochs", "2", "--json"]);
    assert!(object(&trained)["validation_macro_f1"].is_number());
    let log = fs::read_to_string(folder.path().join("model/run/metrics.jsonl")).unwrap();
    assert_eq!(log.lines().count(), 2);

    let measured = run(
        0,
        [
            "eval",
            &model,
            "--data",
            &data,
            "--degrade",
            "missing,noise",
            "--resamples",
            "20",
            "--json",
            "--report",
            &report,
        ],
    );
    let measured = object(&measured);
    for key in ["macro_f1", "macro_f1_lo", "accuracy", "auroc", "ece", "nll"] {
        assert!(measured[key].is_number(), "{key}: {measured}");
    }
    assert_eq!(measured["degraded"].as_array().unwrap().len(), 16);
    let page = fs::read_to_string(&report).unwrap();
    assert!(
        page.contains("Confusion matrix")
            && page.contains("One failing modality")
            && page.contains("Calibration")
    );

    let random =
        object(&run(0, ["eval", &model, "--data", &data, "--random", "3", "--resamples", "20", "--json"]));
    assert_eq!(random["degraded"][0]["modality"], "3 random");

    let answers = object(&run(0, ["predict", &model, "--data", &data, "--weights", "--json"]));
    let answers = answers["predictions"].as_array().unwrap();
    assert_eq!(answers.len(), 100);
    for answer in answers {
        let sum: f64 = answer["weights"].as_object().unwrap().values().map(|w| w.as_f64().unwrap()).sum();
        assert!((sum - 1.0).abs() < 1e-3, "{answer}");
    }
}

#[test]
fn the_same_seed_gives_the_same_weights() {
    let pump = Pump::new();
    let weights = |name: &str, seed: &str| {
        let out = pump.path(name);
        run(0, pump.train(&out, 1, &["--quiet", "--seed", seed]));
        fs::read(out.join("weights.safetensors")).unwrap()
    };
    let first = weights("a", "3");
    assert_eq!(first, weights("b", "3"));
    assert_ne!(first, weights("c", "4"));
}

#[test]
fn an_interrupted_run_goes_on_to_the_same_weights() {
    let pump = Pump::new();
    let (whole, broken) = (pump.path("whole"), pump.path("broken"));
    let epochs = 30;
    run(0, pump.train(&whole, epochs, &["--quiet"]));

    let child = Command::new(env!("CARGO_BIN_EXE_sensorium"))
        .args(pump.train(&broken, epochs, &[]))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    wait("the first checkpoint", || broken.join("run/checkpoint.safetensors").exists());
    interrupt(child.id());
    let stopped = judge(1, child.wait_with_output().unwrap());
    assert!(stderr(&stopped).contains("--resume"), "{}", stderr(&stopped));
    assert!(!broken.join("model.toml").exists());

    let other = run(1, pump.train(&broken, epochs + 1, &["--quiet", "--resume"]));
    assert!(stderr(&other).contains("other data, settings"), "{}", stderr(&other));
    run(0, pump.train(&broken, epochs, &["--quiet", "--resume"]));
    let weights = |folder: &Path| fs::read(folder.join("weights.safetensors")).unwrap();
    assert!(weights(&whole) == weights(&broken), "resuming changed the weights");
}

fn interrupt(id: u32) {
    assert!(Command::new("kill").args(["-INT", &id.to_string()]).status().unwrap().success());
}

/// Answers for one finished run, as lines of CSV.
fn finished(pump: &Pump, folder: &Path) -> Vec<String> {
    let answers = run(0, ["predict", &text(&pump.model()), "--data", &text(folder), "--quiet"]);
    stdout(&answers).lines().map(String::from).collect()
}

/// A folder with a description of its own, for a run that is still to be written.
fn live(pump: &Pump) -> std::path::PathBuf {
    let folder = pump.path("live");
    fs::create_dir_all(folder.join("runs")).unwrap();
    fs::copy(pump.data(), folder.join("dataset.toml")).unwrap();
    folder
}

#[test]
fn following_growing_files_answers_as_for_the_finished_ones() {
    let pump = Pump::trained();
    let folder = live(&pump);
    let csv = folder.join("runs/live.csv");
    fs::write(&csv, "time,pressure,flow,state\n").unwrap();
    let out = pump.path("answers.csv");
    let child = Command::new(env!("CARGO_BIN_EXE_sensorium"))
        .args(["predict", &text(&pump.model()), "--data", &text(&folder), "--follow", "--late-ms", "200"])
        .args(["--out", &text(&out), "--idle-s", "3", "--json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let all = rows(1, 60);
    let body = all.split_once('\n').unwrap().1;
    let mut file = fs::OpenOptions::new().append(true).open(&csv).unwrap();
    // Pieces that end in the middle of a line.
    for piece in body.as_bytes().chunks(101) {
        file.write_all(piece).unwrap();
        std::thread::sleep(Duration::from_millis(40));
    }
    let told = judge(0, child.wait_with_output().unwrap());
    let summary = object(&told);
    assert_eq!(
        (&summary["windows"], &summary["late"], &summary["samples"]),
        (&6.into(), &0.into(), &120.into())
    );
    assert!(summary["latency_ms_median"].as_f64().unwrap() <= summary["latency_ms_p99"].as_f64().unwrap());
    assert!(stderr(&told).contains("latency: median"), "{}", stderr(&told));

    let answers: Vec<String> = fs::read_to_string(&out).unwrap().lines().map(String::from).collect();
    assert_eq!(answers, finished(&pump, &folder));
    assert_eq!(answers.len(), 7);
}

#[test]
fn following_standard_input_answers_as_for_files_and_leaves_bad_lines_out() {
    let pump = Pump::trained();
    let folder = live(&pump);
    fs::write(folder.join("runs/-.csv"), rows(4, 60)).unwrap();
    let mut lines = String::from("not json\n{\"stream\":\"nothing\",\"t\":0,\"value\":1}\n");
    for row in rows(4, 60).lines().skip(1) {
        let cells: Vec<&str> = row.split(',').collect();
        for (stream, value) in [("pressure", cells[1]), ("flow", cells[2])] {
            lines += &format!("{{\"stream\":\"{stream}\",\"t\":{},\"value\":{value}}}\n", cells[0]);
        }
    }
    lines += "{\"stream\":\"flow\",\"t\":0.05,\"value\":1}\n";
    let told = workbench::sensorium(["predict", &text(&pump.model()), "--follow", "-", "--late-ms", "0"])
        .write_stdin(lines)
        .output()
        .unwrap();
    let told = judge(0, told);
    let words = stderr(&told);
    assert!(
        words.contains("standard input:1:") && words.contains("2 bad lines") && words.contains("1 late"),
        "{words}"
    );
    let answers: Vec<String> = stdout(&told).lines().map(String::from).collect();
    assert_eq!(answers, finished(&pump, &folder));
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    let pump = Pump::trained();
    let piped = format!(
        "{} predict {} --data {} | head -n 1",
        env!("CARGO_BIN_EXE_sensorium"),
        text(&pump.model()),
        text(&pump.data())
    );
    let told = judge(0, Command::new("bash").args(["-o", "pipefail", "-c", &piped]).output().unwrap());
    assert!(stdout(&told).starts_with("recording,start"));
}
