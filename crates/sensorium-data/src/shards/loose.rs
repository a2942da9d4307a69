//! Samples as files in a folder, before they are packed into shards.

use super::sample::{Sample, key_and_extension};
use crate::error::DataError;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Files of one sample: extension and path.
type Files = Vec<(String, PathBuf)>;

/// The samples of a folder by key, with those files whose extension is in `extensions`. Folders in it
/// are not entered; hidden files and files with other extensions are passed over. The folder stands
/// for the shard.
pub(super) fn loose_samples<'a>(
    folder: &'a Path,
    extensions: &[&str],
) -> Result<impl Iterator<Item = Result<Sample, DataError>> + use<'a>, DataError> {
    let mut samples: BTreeMap<String, Files> = BTreeMap::new();
    for entry in std::fs::read_dir(folder).map_err(DataError::io(folder))? {
        let path = entry.map_err(DataError::io(folder))?.path();
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let Some((key, extension)) = key_and_extension(&name) else { continue };
        if extensions.contains(&extension.as_str()) && path.is_file() {
            samples.entry(key.to_owned()).or_default().push((extension, path));
        }
    }
    Ok(samples.into_iter().enumerate().map(move |(index, (key, mut files))| {
        files.sort();
        let members = files
            .into_iter()
            .map(|(extension, path)| {
                std::fs::read(&path).map(|bytes| (extension, bytes)).map_err(DataError::io(path))
            })
            .collect::<Result<_, _>>()?;
        Ok(Sample { key, members, shard: folder.to_owned(), offset: 0, index })
    }))
}
