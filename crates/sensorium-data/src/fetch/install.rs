//! Moves a set into place, whole or not at all.

use super::manifest::{Check, FileState};
use super::{FetchError, PublicSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tempfile::TempDir;

/// What an interrupted fetch left behind is removed when it is older than this.
const STALE: Duration = Duration::from_secs(24 * 60 * 60);

/// Where a set's origin and licence are written.
const SOURCE_FILE: &str = "SOURCE.txt";

/// A scratch folder on the destination's file system, so that moving out of it is a rename. It is
/// removed when dropped, whatever happened.
pub(super) struct Staging {
    folder: TempDir,
}

impl Staging {
    pub(super) fn create(data_dir: &Path, set: &str) -> Result<Self, FetchError> {
        fs::create_dir_all(data_dir).map_err(FetchError::io(data_dir))?;
        let prefix = format!(".fetch-{set}-");
        remove_stale(data_dir, &prefix);
        let folder = tempfile::Builder::new()
            .prefix(&prefix)
            .tempdir_in(data_dir)
            .map_err(FetchError::io(data_dir))?;
        let staging = Self { folder };
        for part in [staging.scratch(), staging.converted()] {
            fs::create_dir(&part).map_err(FetchError::io(&part))?;
        }
        Ok(staging)
    }

    /// For archives and repositories.
    pub(super) fn scratch(&self) -> PathBuf {
        self.folder.path().join("scratch")
    }

    /// For the converted files.
    pub(super) fn converted(&self) -> PathBuf {
        self.folder.path().join("converted")
    }

    /// Moves the converted files to `target`: all at once where there is nothing yet, else only those
    /// that `before` found missing or changed, each by a rename.
    pub(super) fn move_into(self, target: &Path, before: &Check) -> Result<(), FetchError> {
        let converted = self.converted();
        if !target.exists() {
            return fs::rename(&converted, target).map_err(FetchError::io(target));
        }
        let repaired = before.files.iter().filter(|(_, state)| *state != FileState::Verified);
        for (file, state) in repaired {
            let place = target.join(file);
            if let Some(parent) = place.parent() {
                fs::create_dir_all(parent).map_err(FetchError::io(parent))?;
            }
            if *state == FileState::Changed {
                // A linked copy, so that the place is never empty.
                let kept = with_suffix(&place, ".replaced");
                let _ = fs::remove_file(&kept);
                fs::hard_link(&place, &kept)
                    .or_else(|_| fs::copy(&place, &kept).map(drop))
                    .map_err(FetchError::io(&kept))?;
            }
            fs::rename(converted.join(file), &place).map_err(FetchError::io(&place))?;
        }
        let source = target.join(SOURCE_FILE);
        fs::rename(converted.join(SOURCE_FILE), &source).map_err(FetchError::io(&source))
    }
}

/// Writes beside the files where they came from and under what licence.
pub(super) fn note_source(dir: &Path, set: &PublicSet, origin: &str) -> Result<(), FetchError> {
    let path = dir.join(SOURCE_FILE);
    let text = format!("{}\nsource: {origin}\nlicence: {}\n", set.title, set.licence);
    fs::write(&path, text).map_err(FetchError::io(&path))
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

/// Leftovers are a nuisance, not an error: what cannot be removed stays.
fn remove_stale(data_dir: &Path, prefix: &str) {
    let Ok(entries) = fs::read_dir(data_dir) else { return };
    for entry in entries.flatten() {
        let is_ours = entry.file_name().to_string_lossy().starts_with(prefix);
        let age = entry.metadata().and_then(|m| m.modified()).ok().and_then(|t| t.elapsed().ok());
        if is_ours && age.is_some_and(|age| age > STALE) {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}
