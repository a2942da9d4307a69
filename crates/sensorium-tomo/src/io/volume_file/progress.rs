//! What a run has finished of a volume, so that the next run can go on.

use super::super::staged::{sync_folder_of, write_whole};
use super::format::{GreyWindow, VolumeFormat};
use crate::{TomoError, VolumeGrid};
use serde::{Deserialize, Serialize};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// The progress file `NAME.partial.json`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Progress {
    /// What else the volume depends on, as the caller sees it.
    pub fingerprint: String,
    pub format: VolumeFormat,
    pub window: Option<GreyWindow>,
    pub grid: VolumeGrid,
    /// Ranges of slices, first and one past the last.
    pub finished: Vec<[usize; 2]>,
}

impl Progress {
    /// Where the progress of a volume is noted.
    pub(super) fn path(partial: &Path) -> PathBuf {
        let mut name = partial.as_os_str().to_owned();
        name.push(".json");
        name.into()
    }

    /// Reads the progress of a volume that is to be the same as `wanted`.
    pub(super) fn read(partial: &Path, wanted: &Self) -> Result<Vec<bool>, TomoError> {
        let path = Self::path(partial);
        let text = std::fs::read_to_string(&path).map_err(TomoError::io(&path))?;
        let found: Self = serde_json::from_str(&text)
            .map_err(|e| TomoError::in_file(&path, format!("{e}; remove it and start over")))?;
        let differences = [
            ("format", found.format != wanted.format || found.window != wanted.window),
            ("grid", found.grid != wanted.grid),
            ("geometry or settings", found.fingerprint != wanted.fingerprint),
        ];
        let differing: Vec<&str> = differences.iter().filter(|d| d.1).map(|d| d.0).collect();
        if !differing.is_empty() {
            return Err(TomoError::in_file(
                partial,
                format!(
                    "it was begun with another {}; go on with the same as then, or remove it and {} to start over",
                    differing.join(" and another "),
                    path.display()
                ),
            ));
        }
        let mut finished = vec![false; wanted.grid.voxels[2]];
        for [first, end] in found.finished {
            match finished.get_mut(first..end) {
                Some(slices) => slices.fill(true),
                None => {
                    let text =
                        format!("slices {first} to {end} are not in the volume; remove it and start over");
                    return Err(TomoError::in_file(&path, text));
                }
            }
        }
        Ok(finished)
    }

    /// Forgets what is finished, for good: before the data is given up, lest a later run trust the list.
    pub(super) fn forget(partial: &Path) -> Result<(), TomoError> {
        let path = Self::path(partial);
        match std::fs::remove_file(&path) {
            Err(e) if e.kind() != ErrorKind::NotFound => Err(TomoError::io(&path)(e)),
            // Where it is gone already, the disk may not know yet.
            _ => sync_folder_of(&path),
        }
    }

    /// Notes which slices are finished; they must be on the disk.
    pub(super) fn write(&mut self, partial: &Path, finished: &[bool]) -> Result<(), TomoError> {
        self.finished.clear();
        for (slice, _) in finished.iter().enumerate().filter(|(_, done)| **done) {
            match self.finished.last_mut() {
                Some(range) if range[1] == slice => range[1] += 1,
                _ => self.finished.push([slice, slice + 1]),
            }
        }
        let text = serde_json::to_string_pretty(self).map_err(|e| TomoError::Request(e.to_string()))?;
        write_whole(&Self::path(partial), text.as_bytes())
    }
}
