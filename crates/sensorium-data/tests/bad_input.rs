//! Bad input: each ends in a clear error or in a counted repair, never in a panic.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use sensorium_data::{DataError, Dataset, Recording, RecordingSource, Repairs, Samples};
use std::fs;
use std::path::PathBuf;
use tempfile::TempDir;

/// A folder with six runs of two classes, to be spoiled.
struct Folder(TempDir);

const TOML: &str = r#"name = "pump"
files = "runs/{recording}.csv"
time = "time"

[[stream]]
name = "pressure"
columns = ["pressure"]

[label]
column = "state"

[window]
length_ms = 5000
"#;

impl Folder {
    fn new() -> Self {
        let folder = Self(tempfile::tempdir().unwrap());
        fs::create_dir(folder.path("runs")).unwrap();
        for run in 0..6 {
            folder.write(&format!("runs/{run}.csv"), csv(20, if run % 2 == 0 { "ok" } else { "leak" }));
        }
        folder.write("dataset.toml", TOML);
        folder
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> &Self {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
        self
    }

    /// Replaces `from` in the description.
    fn edit(&self, from: &str, to: &str) -> &Self {
        assert!(TOML.contains(from), "{from}");
        self.write("dataset.toml", TOML.replace(from, to))
    }

    fn open(&self) -> Result<Dataset, DataError> {
        Dataset::open(self.0.path())
    }

    /// The first run, and what was repaired in it.
    fn first(&self) -> Result<(Recording, Repairs), DataError> {
        self.open().and_then(|d| d.load_counted(0))
    }

    /// The error, which must hold all of `parts`.
    #[track_caller]
    fn fails_with(&self, parts: &[&str]) {
        let message = self.first().expect_err("an error").to_string();
        for part in parts {
            assert!(message.contains(part), "no `{part}` in: {message}");
        }
    }
}

fn csv(rows: usize, state: &str) -> String {
    let row = |i: usize| format!("{i},{}.5,{state}\n", i % 3);
    format!("time,pressure,state\n{}", (0..rows).map(row).collect::<String>())
}

fn values(recording: &Recording) -> Vec<f32> {
    match &recording.streams[0].as_ref().unwrap().samples {
        Samples::Values { data, .. } => data.clone(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_unspoiled_folder_opens() {
    let (recording, repairs) = Folder::new().first().unwrap();
    assert_eq!((values(&recording).len(), repairs.total()), (20, 0));
}

#[test]
fn a_missing_description_names_the_file() {
    let folder = Folder::new();
    fs::remove_file(folder.path("dataset.toml")).unwrap();
    folder.fails_with(&["dataset.toml", "No such file"]);
}

#[test]
fn files_that_are_not_there_point_at_the_glob() {
    let folder = Folder::new();
    folder.edit("runs/{recording}.csv", "run/{recording}.csv");
    folder.fails_with(&["dataset.toml:2", "no file below", "run/{recording}.csv"]);
}

#[test]
fn a_missing_column_lists_those_that_there_are() {
    let folder = Folder::new();
    folder.edit("columns = [\"pressure\"]", "columns = [\"presure\"]");
    folder.fails_with(&["`presure`", "`time`, `pressure`, `state`"]);
}

#[test]
fn a_missing_label_column_says_how_to_go_on() {
    let folder = Folder::new();
    folder.edit("column = \"state\"", "column = \"status\"");
    folder.fails_with(&["dataset.toml:9", "`status`", "default"]);
}

#[test]
fn an_unknown_field_is_quoted_with_its_line() {
    let folder = Folder::new();
    folder.edit("length_ms = 5000", "length_ms = 5000\nstep_ms = 3");
    folder.fails_with(&["dataset.toml:14", "step_ms", "stride_ms"]);
}

#[test]
fn a_wrong_type_is_quoted_with_its_line() {
    let folder = Folder::new();
    folder.edit("length_ms = 5000", "length_ms = \"long\"");
    folder.fails_with(&["dataset.toml:13", "length_ms = \"long\"", "expected f64"]);
    folder.edit("time = \"time\"", "time = 1.5");
    folder.fails_with(&["dataset.toml:3", "column"]);
}

#[test]
fn values_out_of_range_are_refused() {
    for (from, to, line) in [
        ("length_ms = 5000", "length_ms = -1", "dataset.toml:13"),
        ("length_ms = 5000", "length_ms = nan", "dataset.toml:13"),
        ("time = \"time\"", "rate_hz = 0", "dataset.toml:3"),
        ("time = \"time\"", "time = 0", "dataset.toml:3"),
        ("time = \"time\"", "time = \"time\"\ndelimiter = \"abc\"", "dataset.toml:4"),
    ] {
        let folder = Folder::new();
        folder.edit(from, to);
        folder.fails_with(&[line, to.lines().last().unwrap()]);
    }
}

#[test]
fn a_bad_glob_is_refused_with_the_placeholders_there_are() {
    let folder = Folder::new();
    folder.edit("{recording}", "{recoding}");
    folder.fails_with(&["dataset.toml:2", "{recoding}", "{recording}"]);
    folder.edit("{recording}", "[0-9]");
    folder.fails_with(&["dataset.toml:2", "not supported"]);
}

#[test]
fn broken_toml_is_refused_with_its_line() {
    let folder = Folder::new();
    folder.edit("[label]", "[label");
    folder.fails_with(&["dataset.toml:9"]);
    folder.write("dataset.toml", [0xffu8, 0xfe, b'a']);
    folder.fails_with(&["dataset.toml:1", "UTF-8"]);
}

#[test]
fn a_wrong_rate_is_refused() {
    let folder = Folder::new();
    folder.edit("time = \"time\"", "time = \"time\"\nrate_hz = 100");
    folder.fails_with(&["0.csv", "rate_hz is 100", "about 1 Hz"]);
}

#[test]
fn late_and_repeated_samples_are_put_right_and_counted() {
    let folder = Folder::new();
    let rows = "0,0,ok\n1,1,ok\n3,3,ok\n2,2,ok\n2,9,ok\n4,4,ok\n";
    folder.write("runs/0.csv", format!("time,pressure,state\n{rows}"));
    let (recording, repairs) = folder.first().unwrap();
    assert_eq!(values(&recording), [0.0, 1.0, 2.0, 3.0, 4.0]);
    assert_eq!(repairs, Repairs { reordered: 2, duplicates_dropped: 1, ..Default::default() });
}

#[test]
fn a_sample_from_the_future_is_dropped_and_counted() {
    let folder = Folder::new();
    folder.write("runs/0.csv", csv(20, "ok") + "4102444800,7,ok\n");
    let (recording, repairs) = folder.first().unwrap();
    assert_eq!((values(&recording).len(), repairs.future_dropped), (20, 1));
}

#[test]
fn times_that_all_repeat_are_refused() {
    let folder = Folder::new();
    let rows: String = (0..20).map(|i| format!("{},{i},ok\n", i / 10)).collect();
    folder.write("runs/0.csv", format!("time,pressure,state\n{rows}"));
    folder.fails_with(&["0.csv:2", "too coarse", "rate_hz"]);
}

#[test]
fn missing_and_infinite_cells_are_nan_and_counted() {
    let folder = Folder::new();
    let rows = "0,,ok\n1,NaN,ok\n2,inf,ok\n3,1e300,ok\n4,NA,ok\n5,1.5,ok\n";
    folder.write("runs/0.csv", format!("time,pressure,state\n{rows}"));
    let (recording, repairs) = folder.first().unwrap();
    assert_eq!(values(&recording).iter().filter(|v| v.is_nan()).count(), 5);
    assert_eq!(repairs, Repairs { nan_cells: 3, inf_cells: 2, ..Default::default() });
}

#[test]
fn a_word_among_numbers_names_line_and_column() {
    let folder = Folder::new();
    folder.write("runs/0.csv", csv(5, "ok") + "5,high,ok\n");
    folder.fails_with(&["0.csv:7", "`pressure`", "`high`", "missing"]);
}

#[test]
fn a_word_among_times_names_line_and_column() {
    let folder = Folder::new();
    folder.write("runs/0.csv", csv(5, "ok") + "noon,1,ok\n");
    folder.fails_with(&["0.csv:7", "`time`", "`noon`"]);
    folder.write("runs/0.csv", csv(5, "ok") + "1e300,1,ok\n");
    folder.fails_with(&["0.csv:7", "out of range"]);
}

#[test]
fn a_short_line_in_the_middle_is_refused_and_at_the_end_is_truncation() {
    let folder = Folder::new();
    folder.write("runs/0.csv", csv(5, "ok") + "5,1\n6,1,ok\n");
    folder.fails_with(&["0.csv:7", "2 cells", "3"]);
    folder.write("runs/0.csv", csv(5, "ok") + "5,1");
    let (recording, repairs) = folder.first().unwrap();
    assert_eq!((values(&recording).len(), repairs.truncated), (5, 1));
}

#[test]
fn an_empty_file_and_a_file_of_one_line_are_refused() {
    let folder = Folder::new();
    folder.write("runs/0.csv", "");
    folder.fails_with(&["0.csv", "empty"]);
    folder.write("runs/0.csv", "time,pressure,state\n");
    let dataset = Dataset::open_for_prediction(folder.0.path()).unwrap();
    let message = dataset.load(0).unwrap_err().to_string();
    assert!(message.contains("0.csv") && message.contains("no sample"), "{message}");
    folder.edit("column = \"state\"", "column = \"state\"\n[split]\nallow_empty_classes = true");
    folder.fails_with(&["0.csv", "no sample"]);
}

#[test]
fn an_empty_stream_beside_a_full_one_is_missing_and_counted() {
    let folder = Folder::new();
    folder.write("log/0.log", "");
    folder.write(
        "dataset.toml",
        format!("{TOML}\n[[stream]]\nname = \"log\"\nfiles = \"log/{{recording}}.log\"\n"),
    );
    let (recording, repairs) = folder.first().unwrap();
    assert!(recording.streams[1].is_none());
    assert_eq!(repairs.empty_streams, 1);
}

#[test]
fn a_required_stream_must_be_there() {
    let folder = Folder::new();
    folder.write("log/0.log", "1 started");
    let stream = "\n[[stream]]\nname = \"log\"\nfiles = \"log/{recording}.log\"\nrequired = true\n";
    folder.write("dataset.toml", format!("{TOML}{stream}"));
    folder.fails_with(&["dataset.toml:17", "recording `1`", "`log`"]);
}

#[test]
fn labels_of_one_class_are_refused() {
    let folder = Folder::new();
    for run in 0..6 {
        folder.write(&format!("runs/{run}.csv"), csv(20, "ok"));
    }
    folder.fails_with(&["dataset.toml:9", "only one class", "`ok`", "anomaly"]);
}

#[test]
fn a_split_that_leaves_a_class_empty_is_refused() {
    let folder = Folder::new();
    let split = "\n[split]\ntrain = [\"0\", \"1\", \"2\"]\ntest = [\"4\"]\n";
    folder.write("dataset.toml", format!("{TOML}{split}"));
    folder.fails_with(&["dataset.toml:15", "class `leak`", "test", "allow_empty_classes"]);
}

#[test]
fn a_part_without_a_recording_is_refused() {
    let folder = Folder::new();
    let split = "\n[split]\ntrain = [\"0\", \"1\", \"2\"]\ntest = [\"x*\"]\n";
    folder.write("dataset.toml", format!("{TOML}{split}"));
    folder.fails_with(&["dataset.toml:15", "test part of the split is empty"]);
}

#[test]
fn shares_that_do_not_add_up_are_refused() {
    let folder = Folder::new();
    folder.write("dataset.toml", format!("{TOML}\n[split]\ntrain = 0.5\nvalidation = 0.1\ntest = 0.1\n"));
    folder.fails_with(&["dataset.toml:15", "add up to 0.7"]);
}

#[test]
fn a_byte_order_mark_and_crlf_do_no_harm() {
    let folder = Folder::new();
    folder.write("runs/0.csv", format!("\u{feff}{}", csv(20, "ok").replace('\n', "\r\n")));
    folder.write("dataset.toml", format!("\u{feff}{}", TOML.replace('\n', "\r\n")));
    let (recording, repairs) = folder.first().unwrap();
    assert_eq!((values(&recording).len(), repairs.total()), (20, 0));
}

#[test]
fn semicolons_with_decimal_commas_are_read() {
    let folder = Folder::new();
    folder.write("runs/0.csv", csv(20, "ok").replace(',', ";").replace(".5", ",5"));
    let (recording, _) = folder.first().unwrap();
    assert_eq!(values(&recording)[..3], [0.5, 1.5, 2.5]);
}

#[test]
fn decimal_commas_between_commas_are_refused() {
    let folder = Folder::new();
    folder.write("runs/0.csv", csv(20, "ok").replace(".5", ",5"));
    folder.fails_with(&["0.csv:2", "4 cells", "delimiter"]);
}

#[test]
fn a_label_that_is_not_utf8_is_refused() {
    let folder = Folder::new();
    let mut bytes = csv(20, "ok").into_bytes();
    bytes.extend(b"20,1,l\xffk\n");
    folder.write("runs/0.csv", bytes);
    folder.fails_with(&["0.csv:22", "UTF-8"]);
}

#[test]
fn utf16_and_binary_files_are_refused() {
    let folder = Folder::new();
    folder.write("runs/0.csv", b"\xff\xfet\0i\0");
    folder.fails_with(&["0.csv", "UTF-16"]);
    folder.write("runs/0.csv", b"time,pressure,state\n1,\0,ok\n");
    folder.fails_with(&["0.csv:2", "zero byte"]);
}

#[test]
fn a_label_outside_the_listed_classes_is_refused() {
    let folder = Folder::new();
    folder.edit("column = \"state\"", "column = \"state\"\nclasses = [\"ok\", \"worn\"]");
    let error = folder.open().unwrap_err().to_string();
    assert!(error.contains("one class") || error.contains("worn"), "{error}");
}

#[test]
fn two_files_for_one_recording_are_refused() {
    let folder = Folder::new();
    folder.write("more/0.csv", csv(20, "ok"));
    folder.edit("runs/{recording}.csv", "*/{recording}.csv");
    folder.fails_with(&["dataset.toml:2", "more/0.csv", "runs/0.csv", "{group}"]);
}
