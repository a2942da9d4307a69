//! `index.toml`: which files make up an index, and what they must be.

use super::settings::Settings;
use crate::error::AlignError;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{Read, Seek, SeekFrom, Write as _};
use std::path::Path;

/// Version of the folder layout this program reads and writes.
pub(crate) const FORMAT: u32 = 1;
/// The one file of an index that is replaced in place, atomically.
pub(crate) const MANIFEST: &str = "index.toml";
/// Bytes hashed in one go; a file's digest is the SHA-256 of its blocks' SHA-256 digests.
const BLOCK: u64 = 4 << 20;

/// A file of one generation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct FileMark {
    pub name: String,
    pub bytes: u64,
    pub digest: String,
}

/// The content of `index.toml`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Manifest {
    pub format: u32,
    pub model: String,
    pub dim: usize,
    pub metric: String,
    /// Vectors that searches can find.
    pub count: usize,
    /// Rows in the files, deleted ones among them.
    pub rows: usize,
    pub next_id: u64,
    pub generation: u64,
    pub settings: Settings,
    pub items: FileMark,
    pub vectors: FileMark,
    /// Absent while the index is empty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub graph: Option<FileMark>,
}

impl Manifest {
    /// Reads and checks `index.toml`.
    pub fn read(folder: &Path) -> Result<Self, AlignError> {
        let path = folder.join(MANIFEST);
        let text = match fs::read_to_string(&path) {
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
                return Err(AlignError::index(folder, "no index here (no index.toml); make one first"));
            }
            Err(e) if e.kind() == std::io::ErrorKind::InvalidData => {
                return Err(AlignError::index(
                    path,
                    "damaged: not UTF-8 text; restore it or make the index anew",
                ));
            }
            other => other.map_err(AlignError::io(&path))?,
        };
        let damaged = |what: &str| {
            AlignError::index(&path, format!("damaged: {what}; restore the file or make the index anew"))
        };
        let table: toml::Table = toml::from_str(&text).map_err(|e| damaged(&e.to_string()))?;
        match table.get("format").and_then(toml::Value::as_integer) {
            Some(found) if found == i64::from(FORMAT) => {}
            Some(found) => {
                return Err(AlignError::index(
                    &path,
                    format!("index format {found}, but this program reads {FORMAT}; make the index anew"),
                ));
            }
            None => return Err(damaged("no 'format'")),
        }
        let manifest: Self = table.try_into().map_err(|e: toml::de::Error| damaged(&e.to_string()))?;
        manifest.settings.check().map_err(|e| damaged(&e.to_string()))?;
        if manifest.metric != "cosine" {
            return Err(damaged(&format!("metric '{}' is not 'cosine'", manifest.metric)));
        }
        let expected = (manifest.rows as u64).checked_mul(4).and_then(|b| b.checked_mul(manifest.dim as u64));
        if manifest.dim == 0 || manifest.count > manifest.rows || expected != Some(manifest.vectors.bytes) {
            return Err(damaged("dim, rows, count and the vectors' bytes contradict each other"));
        }
        if manifest.graph.is_none() != (manifest.rows == 0) {
            return Err(damaged("the graph must be named exactly when there are rows"));
        }
        let marks = [Some(&manifest.items), Some(&manifest.vectors), manifest.graph.as_ref()];
        if marks.into_iter().flatten().any(|m| m.name.contains(['/', '\\']) || m.name.starts_with('.')) {
            return Err(damaged("file names must be plain"));
        }
        Ok(manifest)
    }

    /// Puts this manifest in place of the old one, atomically and durably.
    pub fn write(&self, folder: &Path) -> Result<(), AlignError> {
        let path = folder.join(MANIFEST);
        let part = folder.join(format!("{MANIFEST}.part"));
        let text = toml::to_string(self).map_err(|e| AlignError::index(&path, e.to_string()))?;
        let mut file = File::create(&part).map_err(AlignError::io(&part))?;
        file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(AlignError::io(&part))?;
        fs::rename(&part, &path).map_err(AlignError::io(&path))?;
        sync_folder(folder)
    }
}

impl FileMark {
    /// Makes the file `name.part` durable, gives it its name, and measures it.
    pub fn seal(folder: &Path, name: &str) -> Result<Self, AlignError> {
        let part = folder.join(format!("{name}.part"));
        let path = folder.join(name);
        let file = File::options().read(true).write(true).open(&part).map_err(AlignError::io(&part))?;
        file.sync_all().map_err(AlignError::io(&part))?;
        let bytes = file.metadata().map_err(AlignError::io(&part))?.len();
        let digest = digest(&part, bytes)?;
        fs::rename(&part, &path).map_err(AlignError::io(&path))?;
        Ok(Self { name: name.to_owned(), bytes, digest })
    }

    /// Refuses a file whose length is not the recorded one.
    pub fn check_length(&self, folder: &Path) -> Result<(), AlignError> {
        let path = folder.join(&self.name);
        let found = fs::metadata(&path).map_err(AlignError::io(&path))?.len();
        if found == self.bytes {
            return Ok(());
        }
        Err(AlignError::index(
            path,
            format!(
                "damaged: {found} bytes, but index.toml records {}; restore the file or make the index anew",
                self.bytes
            ),
        ))
    }

    /// Refuses a file whose length or content is not the recorded one.
    pub fn check_content(&self, folder: &Path) -> Result<(), AlignError> {
        self.check_length(folder)?;
        let path = folder.join(&self.name);
        if digest(&path, self.bytes)? == self.digest {
            return Ok(());
        }
        Err(AlignError::index(
            path,
            "damaged: its digest is not the one in index.toml; restore the file or make the index anew",
        ))
    }
}

/// Makes renames in `folder` durable, where the system can.
pub(crate) fn sync_folder(folder: &Path) -> Result<(), AlignError> {
    #[cfg(unix)]
    File::open(folder).and_then(|f| f.sync_all()).map_err(AlignError::io(folder))?;
    #[cfg(not(unix))]
    let _ = folder;
    Ok(())
}

fn digest(path: &Path, bytes: u64) -> Result<String, AlignError> {
    let blocks: Vec<[u8; 32]> = (0..bytes.div_ceil(BLOCK))
        .into_par_iter()
        .map(|block| {
            let start = block * BLOCK;
            let mut content = vec![0u8; BLOCK.min(bytes - start) as usize];
            let mut file = File::open(path)?;
            file.seek(SeekFrom::Start(start))?;
            file.read_exact(&mut content)?;
            Ok(Sha256::digest(&content).into())
        })
        .collect::<std::io::Result<_>>()
        .map_err(AlignError::io(path))?;
    let mut whole = String::with_capacity(64);
    for byte in Sha256::digest(blocks.concat()) {
        let _ = write!(whole, "{byte:02x}");
    }
    Ok(whole)
}
