//! What is wrong with a user's files and flags is told with its place and its remedy.

mod workbench;

use std::fs;
use std::path::Path;
use std::process::Command;
use workbench::{Pump, judge, object, rows, run, stderr, wait};

/// Fails with the code, and says all the words.
fn fails<S: AsRef<std::ffi::OsStr>>(code: i32, arguments: impl IntoIterator<Item = S>, words: &[&str]) {
    let told = run(code, arguments);
    says(&stderr(&told), words);
    assert!(told.stdout.is_empty(), "results on standard output of a failed run");
}

fn says(told: &str, words: &[&str]) {
    for word in words {
        assert!(told.contains(word), "{word:?} is not in: {told}");
    }
}

fn eval(pump: &Pump) -> Vec<String> {
    ["eval", &pump.model().display().to_string(), "--data", &pump.data().display().to_string()]
        .map(String::from)
        .into()
}

#[test]
fn data_that_are_not_there_are_named() {
    let pump = Pump::new();
    fails(1, ["data", "describe", "nowhere.toml"], &["nowhere.toml", "No such file"]);
    fs::remove_dir_all(pump.path("runs")).unwrap();
    fails(1, pump.train(&pump.model(), 1, &[]), &["dataset.toml:", "runs/*.csv"]);
}

#[test]
fn a_missing_column_is_named_with_the_line_that_asks_for_it() {
    let pump = Pump::new();
    pump.describe("columns = [\"flow\"]", "columns = [\"flux\"]");
    fails(1, pump.train(&pump.model(), 1, &[]), &["dataset.toml:", "flux", "flow"]);
}

#[test]
fn labels_of_one_class_cannot_be_learned() {
    let pump = Pump::new();
    for run in 0..12 {
        fs::write(pump.path(&format!("runs/{run:02}.csv")), rows(0, 80)).unwrap();
    }
    fails(1, pump.train(&pump.model(), 1, &[]), &["dataset.toml:", "only one class"]);
}

#[test]
fn a_split_that_leaves_a_part_or_a_class_empty_is_refused() {
    let pump = Pump::new();
    pump.describe(
        "train = 0.6\nvalidation = 0.2\ntest = 0.2",
        "train = [\"00\", \"02\"]\nvalidation = [\"01\"]\ntest = [\"03\"]",
    );
    fails(1, pump.train(&pump.model(), 1, &[]), &["dataset.toml:", "fewer than two classes"]);
}

#[test]
fn a_wrong_rate_is_refused() {
    let pump = Pump::new();
    pump.describe("time = \"time\"", "time = \"time\"\nrate_hz = 100");
    fails(1, ["data", "describe", &pump.data().display().to_string()], &["rate_hz is 100", "about 10 Hz"]);
}

#[test]
fn a_stream_without_rows_and_a_cell_that_is_no_number_are_named() {
    let pump = Pump::new();
    let data = pump.data().display().to_string();
    fs::write(pump.path("runs/03.csv"), "time,pressure,flow,state\n").unwrap();
    fails(1, ["data", "describe", &data], &["03.csv", "no sample"]);
    fs::write(pump.path("runs/03.csv"), rows(3, 80).replacen("0.1,", "0.1,high", 1)).unwrap();
    fails(1, ["data", "describe", &data], &["03.csv:3", "high"]);
}

#[test]
fn repairs_are_counted() {
    let pump = Pump::new();
    let mut lines: Vec<String> = rows(0, 80).lines().map(String::from).collect();
    lines.swap(10, 12);
    lines[20] = lines[19].clone();
    lines[30] = "2.9,NaN,inf,ok".into();
    fs::write(pump.path("runs/00.csv"), lines.join("\n")).unwrap();
    let described = object(&run(0, ["data", "describe", &pump.data().display().to_string(), "--json"]));
    for key in ["reordered", "duplicates_dropped", "missing_or_NaN_cells", "infinite_cells"] {
        assert!(described["repairs"][key].as_u64().unwrap() > 0, "{key}: {described}");
    }
}

/// A model card whose last line holds the checksum of what it says now.
fn sealed_anew(card: &str) -> String {
    const SEAL: &str = "# sha256: ";
    let body = &card[..card.rfind(SEAL).unwrap()];
    format!("{body}{SEAL}{}\n", sensorium_nn::bundle::digest(body.as_bytes()))
}

#[test]
fn a_damaged_bundle_is_refused() {
    let pump = Pump::trained();
    let file = |name: &str| pump.model().join(name);
    let whole = |name: &str| fs::read(file(name)).unwrap();
    let (card, weights, pipeline) =
        (whole("model.toml"), whole("weights.safetensors"), whole("pipeline.json"));

    let mut flipped = weights.clone();
    flipped[weights.len() / 2] ^= 1;
    fs::write(file("weights.safetensors"), flipped).unwrap();
    fails(1, eval(&pump), &["weights.safetensors", "checksum"]);
    fs::remove_file(file("weights.safetensors")).unwrap();
    fails(1, eval(&pump), &["weights.safetensors", "No such file"]);
    fs::write(file("weights.safetensors"), weights).unwrap();

    fs::write(file("pipeline.json"), &pipeline[..pipeline.len() / 2]).unwrap();
    fails(1, eval(&pump), &["pipeline.json", "checksum"]);
    fs::write(file("pipeline.json"), pipeline).unwrap();

    for part in [card.len() / 2, 20, 0] {
        fs::write(file("model.toml"), &card[..part]).unwrap();
        fails(1, eval(&pump), &["model.toml"]);
    }
    let text = String::from_utf8(card).unwrap();
    fs::write(file("model.toml"), text.replacen("format = 1", "format = 99", 1)).unwrap();
    fails(1, eval(&pump), &["model.toml", "format 99 is newer", "update Sensorium"]);
    let other = text.replacen("kind = \"fusion\"", "kind = \"oracle\"", 1);
    fs::write(file("model.toml"), &other).unwrap();
    fails(1, eval(&pump), &["model.toml", "checksum", "edited"]);
    fs::write(file("model.toml"), sealed_anew(&other)).unwrap();
    fails(1, eval(&pump), &["model.toml", "oracle", "fusion"]);
    fs::remove_file(file("model.toml")).unwrap();
    fails(1, eval(&pump), &["no model here", "train --out"]);
}

#[test]
fn a_model_made_for_other_data_is_refused() {
    let pump = Pump::trained();
    let predict = || {
        [
            "predict".to_string(),
            pump.model().display().to_string(),
            "--data".into(),
            pump.data().display().to_string(),
        ]
    };
    pump.describe("name = \"flow\"", "name = \"current\"");
    fails(1, eval(&pump), &["made for the streams [pressure, flow]", "[pressure, current]"]);
    fails(1, predict(), &["made for the streams"]);
    fails(1, predict().into_iter().chain(["--follow".into()]), &["made for the streams"]);
    pump.describe("length_ms = 1000", "length_ms = 2000");
    fails(1, predict(), &["1000 ms", "2000 ms"]);
    pump.describe("[label]\ncolumn = \"state\"\n", "");
    fails(1, eval(&pump), &["no labels", "[label]"]);
    fs::write(pump.data(), workbench::DESCRIPTION).unwrap();
    fs::write(pump.path("runs/00.csv"), rows(0, 80).replace("ok", "jammed")).unwrap();
    fails(1, eval(&pump).into_iter().chain(["--split".into(), "all".into()]), &["`jammed`", "leak, ok"]);
}

#[test]
fn flags_out_of_range_are_wrong_usage() {
    let pump = Pump::trained();
    let train = |more: &[&str]| pump.train(&pump.path("new"), 1, more);
    for more in [
        &["--lr", "0"][..],
        &["--lr", "NaN"],
        &["--batch", "0"],
        &["--threads", "0"],
        &["--seed", "-1"],
        &["--preset", "slow"],
        &["--fusion", "magic"],
        &["--miss-cost", "-3"],
        &["--false-alarm-cost", "inf"],
        &["--normal", "fine"],
        &["--resume", "--overwrite"],
        &["--device", "cuda:0"],
        &["--device", "abacus"],
    ] {
        let told = run(2, train(more));
        assert!(stderr(&told).contains("--help"), "{more:?}: {}", stderr(&told));
    }
    says(&stderr(&run(2, train(&["--device", "wgpu:0"]))), &["feature `wgpu`", "--device cpu"]);
    for more in [
        &["--severity", "-1"][..],
        &["--degrade", "broken"],
        &["--modality", "flow"],
        &["--degrade", "noise", "--modality", "none"],
        &["--degrade", "missing", "--modality", "flow", "--modality", "pressure"],
        &["--random", "2"],
        &["--random", "0"],
        &["--split", "train"],
        &["--resamples", "1"],
    ] {
        run(2, eval(&pump).into_iter().chain(more.iter().map(|m| m.to_string())));
    }
    let model = pump.model().display().to_string();
    let data = pump.data().display().to_string();
    for arguments in [
        &["predict", &model][..],
        &["predict", &model, "--data", "rig", "--follow"],
        &["predict", &model, "--data", &data, "--follow", "-"],
        &["predict", &model, "--data", &data, "--late-ms", "5"],
        &["predict", &model, "--data", &data, "--follow", "--late-ms", "-5"],
        &["predict", &model, "--data", &data, "--out", "answers.xlsx"],
        &["predict", &model, "--data", "-"],
        &["data", "export", &data, "--out", "x"],
        &["data", "export", "rig", "--out", "x", "--recordings", "3"],
        &["data", "describe", &data, "--dot"],
        &["data", "describe", "-"],
        &["recipe", "run", "no-such-study"],
        &["recipe", "run", "x", "--seeds", "0"],
        &["completions", "tcsh-9"],
        &["fly"],
        &[],
    ] {
        run(2, arguments);
    }
}

#[test]
fn a_model_that_is_there_is_not_overwritten_unasked() {
    let pump = Pump::trained();
    fails(1, pump.train(&pump.model(), 1, &[]), &["is there already", "--resume", "--overwrite"]);
    run(0, pump.train(&pump.model(), 1, &["--overwrite", "--quiet"]));
    fails(1, pump.train(&pump.path("new"), 1, &["--resume"]), &["no checkpoint", "without --resume"]);
    fails(1, ["data", "export", "rig", "--out", &pump.folder.path().display().to_string()], &["not empty"]);
    fs::write(pump.path("file"), "x").unwrap();
    fails(1, pump.train(&pump.path("file"), 1, &["--quiet"]), &["file"]);
}

#[test]
fn a_checkpoint_that_cannot_be_written_leaves_the_previous_one() {
    let pump = Pump::new();
    let (out, epochs) = (pump.model(), 30);
    let checkpoint = out.join("run/checkpoint.safetensors");
    let mut child = Command::new(env!("CARGO_BIN_EXE_sensorium"))
        .args(pump.train(&out, epochs, &["--quiet"]))
        .spawn()
        .unwrap();
    wait("the first checkpoint", || checkpoint.exists());
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
    assert_eq!(child.wait().unwrap().code(), Some(1));
    let before = fs::read(&checkpoint).unwrap();

    // The disk is full after 64 KiB of a file.
    let resume = pump.train(&out, epochs, &["--quiet", "--resume"]);
    let limited = "trap '' XFSZ; ulimit -f 64; exec \"$0\" \"$@\"";
    let told = Command::new("bash")
        .args(["-c", limited, env!("CARGO_BIN_EXE_sensorium")])
        .args(&resume)
        .output()
        .unwrap();
    says(&stderr(&judge(1, told)), &["checkpoint.safetensors"]);
    assert!(fs::read(&checkpoint).unwrap() == before, "the previous checkpoint is gone");
    assert_eq!(leavings(&out.join("run")), 0);

    // Something else stands where the new one is written.
    let partial = out.join("run/checkpoint.safetensors.partial");
    fs::create_dir(&partial).unwrap();
    fails(1, resume.iter(), &["checkpoint.safetensors"]);
    assert!(fs::read(&checkpoint).unwrap() == before, "the previous checkpoint is gone");
    fs::remove_dir(&partial).unwrap();
    run(0, resume.iter());
}

/// Half-written files.
fn leavings(folder: &Path) -> usize {
    let entries = fs::read_dir(folder).unwrap();
    entries.filter(|e| e.as_ref().unwrap().path().extension().is_some_and(|x| x == "partial")).count()
}

#[test]
fn an_unknown_set_and_recipe_are_answered_with_the_known_ones() {
    fails(1, ["data", "get", "imagenet"], &["imagenet", "skab"]);
    fails(1, ["data", "check", "imagenet"], &["imagenet", "skab"]);
}
