//! The binary, and small data to run it on.
#![allow(dead_code, reason = "each test file uses a part")]

use assert_cmd::Command;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;
use std::time::{Duration, Instant};

/// The binary with the given arguments.
pub fn sensorium<S: AsRef<std::ffi::OsStr>>(arguments: impl IntoIterator<Item = S>) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sensorium"));
    // What a run finds out about the machine stays out of the user's own cache.
    command.env("XDG_CACHE_HOME", env!("CARGO_TARGET_TMPDIR"));
    command.args(arguments).env_remove("SENSORIUM_DATA").env_remove("SENSORIUM_LOG").env_remove("COLUMNS");
    command
}

/// Runs the binary and checks the exit code, and that nothing panicked.
pub fn run<S: AsRef<std::ffi::OsStr>>(code: i32, arguments: impl IntoIterator<Item = S>) -> Output {
    judge(code, sensorium(arguments).output().unwrap())
}

/// Checks the exit code, and that nothing panicked.
pub fn judge(code: i32, output: Output) -> Output {
    let told = stderr(&output);
    assert!(!told.contains("panicked"), "{told}");
    assert_eq!(output.status.code(), Some(code), "{told}\n{}", stdout(&output));
    output
}

pub fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

pub fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Standard output as one JSON object, with nothing beside it.
pub fn object(output: &Output) -> serde_json::Value {
    let value: serde_json::Value = serde_json::from_str(&stdout(output)).unwrap();
    assert!(value.is_object());
    value
}

/// A dataset of CSV files, two sensors, two states.
pub struct Pump {
    pub folder: tempfile::TempDir,
}

/// `dataset.toml` of [`Pump`].
pub const DESCRIPTION: &str = r#"name = "pump"
files = "runs/*.csv"
time = "time"
[[stream]]
name = "pressure"
columns = ["pressure"]
[[stream]]
name = "flow"
columns = ["flow"]
[label]
column = "state"
[window]
length_ms = 1000
[split]
train = 0.6
validation = 0.2
test = 0.2
"#;

impl Pump {
    pub fn new() -> Self {
        let pump = Self { folder: tempfile::tempdir().unwrap() };
        fs::create_dir(pump.path("runs")).unwrap();
        fs::write(pump.data(), DESCRIPTION).unwrap();
        for run in 0..12 {
            fs::write(pump.path(&format!("runs/{run:02}.csv")), rows(run, 80)).unwrap();
        }
        pump
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn data(&self) -> PathBuf {
        self.path("dataset.toml")
    }

    pub fn model(&self) -> PathBuf {
        self.path("model")
    }

    /// Changes `dataset.toml`.
    pub fn describe(&self, from: &str, to: &str) {
        assert!(DESCRIPTION.contains(from));
        fs::write(self.data(), DESCRIPTION.replace(from, to)).unwrap();
    }

    /// The arguments of a short training run.
    pub fn train(&self, out: &Path, epochs: u32, more: &[&str]) -> Vec<String> {
        let mut all: Vec<String> = ["train", "fuse", "--threads", "2", "--batch", "16", "--epochs"]
            .into_iter()
            .map(String::from)
            .collect();
        all.push(epochs.to_string());
        all.extend(["--data".into(), self.data().display().to_string()]);
        all.extend(["--out".into(), out.display().to_string()]);
        all.extend(more.iter().map(|m| m.to_string()));
        all
    }

    /// With a model trained for one epoch.
    pub fn trained() -> Self {
        let pump = Self::new();
        run(0, pump.train(&pump.model(), 1, &["--quiet"]));
        pump
    }
}

/// A run as CSV: ten rows a second.
pub fn rows(run: u32, rows: u32) -> String {
    let leak = run % 2 == 1;
    let mut csv = String::from("time,pressure,flow,state\n");
    for row in 0..rows {
        let noise = f64::from((row * 7919 + run * 104_729) % 1000) / 1000.0;
        let (pressure, flow) = (3.0 + noise, if leak { 15.0 } else { 20.0 } + noise);
        let state = if leak { "leak" } else { "ok" };
        let _ = writeln!(csv, "{}.{},{pressure:.3},{flow:.3},{state}", row / 10, row % 10);
    }
    csv
}

/// Waits until `done` holds.
pub fn wait(what: &str, mut done: impl FnMut() -> bool) {
    let started = Instant::now();
    while !done() {
        assert!(started.elapsed() < Duration::from_secs(240), "waited too long for {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}
