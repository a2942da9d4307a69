//! Datasets on disk: a folder with `dataset.toml`.
//!
//! A folder of CSV files, each with a column of times and one of labels, needs no more than this:
//!
//! ```
//! # use sensorium_data::{Dataset, RecordingSource};
//! # let folder = tempfile::tempdir()?;
//! # for (run, state) in ["ok", "leak"].iter().cycle().take(8).enumerate() {
//! #     let rows: String = (0..20).map(|i| format!("{i},{}.5,{state}\n", i % 3)).collect();
//! #     std::fs::create_dir_all(folder.path().join("runs"))?;
//! #     std::fs::write(folder.path().join(format!("runs/{run}.csv")), format!("time,pressure,state\n{rows}"))?;
//! # }
//! let description = r#"
//! name = "pump"
//! files = "runs/*.csv"
//! time = "time"
//!
//! [[stream]]
//! name = "pressure"
//! columns = ["pressure"]
//!
//! [label]
//! column = "state"
//!
//! [window]
//! length_ms = 5000
//! "#;
//! std::fs::write(folder.path().join("dataset.toml"), description)?;
//! let dataset = Dataset::open(folder.path().join("dataset.toml"))?;
//! assert_eq!(dataset.len(), 8);
//! let recording = dataset.load(0)?;
//! assert_eq!(recording.streams[0].as_ref().map(|s| s.times.len()), Some(20));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Every field is listed by [`reference()`]; what readers do with imperfect files, by [`crate::read`].

mod classes;
mod discover;
mod document;
mod labels;
mod load;
mod open;
mod pattern;
mod place;
mod reference;
mod resolve;
mod spec;
mod validate;

pub use reference::reference;
pub use spec::{DatasetSpec, Format, StreamSource};
pub use validate::parse_spec;

use crate::error::DataError;
use crate::read::{Idx, Repairs, Request, Table};
use crate::recording::Recording;
use crate::source::{RecordingSource, Schema, Split};
use discover::Entry;
use labels::Labels;
use resolve::Resolved;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// The recordings that a `dataset.toml` describes.
#[derive(Debug)]
pub struct Dataset {
    spec: DatasetSpec,
    schema: Schema,
    entries: Vec<Entry>,
    splits: Vec<Split>,
    /// Classes that occur in each recording, as far as they are known before reading it.
    present: Vec<Vec<usize>>,
    resolved: Vec<Resolved>,
    labels: Option<Labels>,
    idx: BTreeMap<PathBuf, Arc<Idx>>,
    repairs: Mutex<BTreeMap<usize, Repairs>>,
}

impl Dataset {
    /// Opens a `dataset.toml`, or the one in a folder.
    ///
    /// Reads the description, the names of the files, the first file of each stream, and the label
    /// columns of all files (they settle the classes and the split).
    ///
    /// # Errors
    /// What is wrong in `dataset.toml`, with its line; files or columns that are missing; labels of
    /// one class only; a split that leaves a class empty.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, DataError> {
        open::open(path.as_ref(), true)
    }

    /// Opens a dataset to predict on: labels may be missing, no class is asked for, and every
    /// recording counts as test.
    ///
    /// # Errors
    /// As [`Dataset::open`], but for labels and splits.
    pub fn open_for_prediction(path: impl AsRef<Path>) -> Result<Self, DataError> {
        open::open(path.as_ref(), false)
    }

    /// The same dataset, its files still being written: a last line without its newline is left unread.
    #[must_use]
    pub fn while_written(mut self) -> Self {
        self.spec.streams.iter_mut().for_each(|s| s.layout.whole_lines = true);
        self
    }

    /// The checked description.
    pub fn spec(&self) -> &DatasetSpec {
        &self.spec
    }

    /// Name of recording `index < len()`.
    pub fn name(&self, index: usize) -> &str {
        &self.entries[index].name
    }

    /// Group of recording `index < len()`.
    pub fn group(&self, index: usize) -> &str {
        &self.entries[index].group
    }

    /// Classes that occur in recording `index < len()`, as positions in the task's list; empty
    /// for other tasks.
    pub fn classes_in(&self, index: usize) -> &[usize] {
        &self.present[index]
    }

    /// Files of recording `index < len()`, in the order of the streams.
    pub fn files(&self, index: usize) -> impl Iterator<Item = &Path> {
        self.entries[index].files.iter().flatten().map(|f| f.path.as_path())
    }

    /// Reads a recording, and says what had to be repaired.
    ///
    /// # Errors
    /// What is wrong with its files, naming file, line and remedy.
    pub fn load_counted(&self, index: usize) -> Result<(Recording, Repairs), DataError> {
        let Some(entry) = self.entries.get(index) else {
            return Err(DataError::Invalid(format!("there is no recording number {index}")));
        };
        let loading = load::Loading {
            spec: &self.spec,
            resolved: &self.resolved,
            labels: self.labels.as_ref(),
            idx: &self.idx,
        };
        let (recording, repairs) = loading.recording(entry)?;
        if repairs != Repairs::default() {
            self.repairs.lock().unwrap_or_else(PoisonError::into_inner).insert(index, repairs);
        }
        Ok((recording, repairs))
    }

    /// What was repaired in the recordings read so far, by name; those without a repair are left out.
    pub fn repairs(&self) -> Vec<(String, Repairs)> {
        let repairs = self.repairs.lock().unwrap_or_else(PoisonError::into_inner);
        repairs.iter().map(|(index, counts)| (self.entries[*index].name.clone(), *counts)).collect()
    }
}

impl RecordingSource for Dataset {
    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn len(&self) -> usize {
        self.entries.len()
    }

    fn split(&self, index: usize) -> Split {
        self.splits[index]
    }

    fn load(&self, index: usize) -> Result<Recording, DataError> {
        self.load_counted(index).map(|(recording, _)| recording)
    }
}

/// Reads columns of a CSV or Parquet file of `stream`.
fn read_table(
    stream: &StreamSource,
    path: &Path,
    request: &Request,
    repairs: &mut Repairs,
) -> Result<Table, DataError> {
    match stream.format {
        Format::Parquet => crate::read::read_parquet(path, request, repairs),
        _ => crate::read::read_csv(path, &stream.layout_of(path), request, repairs),
    }
}

/// Names of the columns (if the file has names) and their number.
fn table_header(stream: &StreamSource, path: &Path) -> Result<(Option<Vec<String>>, usize), DataError> {
    match stream.format {
        Format::Parquet => {
            let names = crate::read::parquet_columns(path)?;
            let width = names.len();
            Ok((Some(names), width))
        }
        _ => crate::read::read_header(path, &stream.layout_of(path)),
    }
}
