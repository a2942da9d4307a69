//! The files of a dataset, read again when they have grown.

use super::assembler::{FollowCounts, WindowAssembler};
use crate::dataset::Dataset;
use crate::error::DataError;
use crate::recording::Window;
use crate::source::{RecordingSource, Schema};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// What tells whether a file has changed: its size, and when it was written.
type Stamp = Vec<(u64, Option<SystemTime>)>;

/// Follows the recordings of a dataset.
///
/// A recording whose files changed is read again as a whole; a last line without its newline is left
/// for the next time. A file that cannot be read at the moment (it may be half written) is tried again
/// when it changes.
#[derive(Debug)]
pub struct FileFollower {
    path: PathBuf,
    late: i64,
    dataset: Dataset,
    schema: Schema,
    recordings: BTreeMap<String, Followed>,
}

#[derive(Debug)]
struct Followed {
    stamp: Stamp,
    assembler: WindowAssembler,
}

impl FileFollower {
    /// Opens the dataset; see [`Dataset::open_for_prediction`].
    ///
    /// # Errors
    /// Those of opening it.
    pub fn open(path: &Path, late_micros: i64) -> Result<Self, DataError> {
        let dataset = Dataset::open_for_prediction(path)?.while_written();
        let schema = dataset.schema().clone();
        let path = path.to_path_buf();
        Ok(Self { path, late: late_micros, dataset, schema, recordings: BTreeMap::new() })
    }

    /// What the recordings share, as far as the first files tell.
    pub fn schema(&self) -> &Schema {
        &self.schema
    }

    /// Windows are cut by the rule of `schema`, and their streams have its rates, which a file of few
    /// rows does not tell. Its streams must be those of the dataset.
    #[must_use]
    pub fn with_schema(mut self, schema: Schema) -> Self {
        self.schema = schema;
        self
    }

    /// Looks for new files.
    ///
    /// # Errors
    /// Those of opening the dataset; what is followed stays as it was.
    pub fn discover(&mut self) -> Result<(), DataError> {
        let dataset = Dataset::open_for_prediction(&self.path)?.while_written();
        let shape =
            |d: &Dataset| -> Vec<usize> { d.schema().streams.iter().map(|s| s.channels.len()).collect() };
        if shape(&dataset) == shape(&self.dataset) {
            self.dataset = dataset;
        }
        Ok(())
    }

    /// Reads what changed and gives each window that is due to `take`. Returns how many recordings
    /// had changed; what cannot be read is told to `warn`.
    pub fn poll(&mut self, take: &mut dyn FnMut(Window), warn: &mut dyn FnMut(DataError)) -> usize {
        let mut changed = 0;
        for index in 0..self.dataset.len() {
            let name = self.dataset.name(index).to_string();
            let stamp = self.dataset.files(index).map(stamp_of).collect();
            if self.recordings.get(&name).is_some_and(|r| r.stamp == stamp) {
                continue;
            }
            changed += 1;
            let (schema, late) = (&self.schema, self.late);
            let followed = self.recordings.entry(name.clone()).or_insert_with(|| Followed {
                stamp: Stamp::new(),
                assembler: WindowAssembler::new(name, schema, late),
            });
            followed.stamp = stamp;
            match self.dataset.load(index) {
                Ok(recording) => followed.assembler.replace(&recording),
                Err(error) => {
                    warn(error);
                    continue;
                }
            }
            while let Some(window) = followed.assembler.ready() {
                take(window);
            }
        }
        changed
    }

    /// Gives out the windows that are complete when nothing more comes.
    pub fn finish(&mut self, take: &mut dyn FnMut(Window)) {
        for followed in self.recordings.values_mut() {
            while let Some(window) = followed.assembler.finish() {
                take(window);
            }
        }
    }

    /// What came so far, all recordings together.
    pub fn counts(&self) -> FollowCounts {
        let each = self.recordings.values().map(|r| r.assembler.counts());
        each.fold(FollowCounts::default(), FollowCounts::merged)
    }
}

fn stamp_of(path: &Path) -> (u64, Option<SystemTime>) {
    std::fs::metadata(path).map_or((0, None), |m| (m.len(), m.modified().ok()))
}
