//! The example descriptions open the real files. Skipped, with the reason, where those are not
//! there: `SENSORIUM_DATA` names the folder.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use sensorium_data::{Dataset, RecordingSource, Span, Split, Target, Task};
use std::path::{Path, PathBuf};

/// A folder with links to the files of `$SENSORIUM_DATA/NAME` and the example descriptions.
fn linked(name: &str) -> Option<tempfile::TempDir> {
    let Some(data) = std::env::var_os("SENSORIUM_DATA") else {
        eprintln!("skipped: SENSORIUM_DATA is not set");
        return None;
    };
    let source = PathBuf::from(data).join(name);
    let source = match source.canonicalize() {
        Ok(source) if source.is_dir() => source,
        _ => {
            eprintln!("skipped: there is no folder {}", source.display());
            return None;
        }
    };
    let folder = tempfile::tempdir().unwrap();
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/datasets").join(name);
    for from in [source.as_path(), examples.as_path()] {
        for entry in std::fs::read_dir(from).unwrap() {
            let path = entry.unwrap().path();
            std::os::unix::fs::symlink(
                path.canonicalize().unwrap(),
                folder.path().join(path.file_name().unwrap()),
            )
            .unwrap();
        }
    }
    Some(folder)
}

#[test]
fn skab_opens_with_its_anomalies() {
    let Some(folder) = linked("skab") else { return };
    let dataset = Dataset::open(folder.path()).unwrap();
    assert_eq!(dataset.schema().task, Task::OneClass);
    assert_eq!((dataset.indices(Split::Train).len(), dataset.indices(Split::Test).len()), (1, 24));
    let (mut rows, mut anomalous) = (0, 0.0);
    for index in dataset.indices(Split::Test) {
        let (recording, _) = dataset.load_counted(index).unwrap();
        assert!(recording.streams.iter().all(Option::is_some));
        rows += recording.streams[0].as_ref().unwrap().times.len();
        let alarms = recording.annotations.iter().filter(|a| a.target == Target::Class(1));
        anomalous += alarms.map(|a| Span::seconds(a.span)).sum::<f64>();
    }
    let dropped: u64 = dataset.repairs().iter().map(|(_, r)| r.duplicates_dropped).sum();
    assert_eq!(rows as u64 + dropped, 26_552);
    assert!((8_000.0..12_000.0).contains(&anomalous), "{anomalous} s");
}

#[test]
fn tennessee_eastman_opens_with_its_transposed_file() {
    let Some(folder) = linked("tep") else { return };
    let dataset = Dataset::open(folder.path()).unwrap();
    assert_eq!((dataset.len(), dataset.schema().streams.len()), (22, 8));
    let columns: usize = dataset.schema().streams.iter().map(|s| s.channels.len()).sum();
    assert_eq!(columns, 52);
    for index in 0..dataset.len() {
        let recording = dataset.load(index).unwrap();
        let rows = recording.streams[1].as_ref().unwrap().times.len();
        assert_eq!(rows, if recording.name == "00" { 500 } else { 480 });
    }
    let test = Dataset::open(folder.path().join("test.toml")).unwrap();
    assert_eq!((test.len(), test.schema().task == dataset.schema().task), (12, true));
    let last = test.load(test.len() - 1).unwrap();
    let classes: Vec<&Target> = last.annotations.iter().map(|a| &a.target).collect();
    assert_eq!((last.name.as_str(), classes), ("21", vec![&Target::Class(0), &Target::Class(21)]));
}
