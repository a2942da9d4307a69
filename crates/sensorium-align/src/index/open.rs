//! Making and opening an index.

use super::Index;
use super::entry::Record;
use super::graph::Graph;
use super::manifest::{MANIFEST, Manifest};
use super::settings::Settings;
use super::vectors::Vectors;
use crate::error::AlignError;
use rayon::prelude::*;
use std::collections::BTreeSet;
use std::fs::{self, File, TryLockError};
use std::io::ErrorKind;
use std::path::Path;

impl Index {
    /// Makes an empty index with the default settings; see [`Index::create_with`].
    ///
    /// # Errors
    /// As [`Index::create_with`].
    pub fn create(folder: &Path, dim: usize, model: &str) -> Result<Self, AlignError> {
        Self::create_with(folder, dim, model, Settings::default())
    }

    /// Makes an empty index of vectors of `dim` numbers and saves it. `model` is the digest of the
    /// bundle that makes the vectors. The folder is made where it is missing.
    ///
    /// # Errors
    /// [`AlignError::Index`] where the folder holds an index already or another writer has it;
    /// [`AlignError::Invalid`] for a dimension of 0 or settings out of bounds; [`AlignError::Io`].
    pub fn create_with(
        folder: &Path,
        dim: usize,
        model: &str,
        settings: Settings,
    ) -> Result<Self, AlignError> {
        settings.check()?;
        if !(1..=65_536).contains(&dim) {
            return Err(AlignError::invalid(format!("vectors of {dim} numbers; give from 1 to 65536")));
        }
        fs::create_dir_all(folder).map_err(AlignError::io(folder))?;
        let lock = lock(folder)?;
        if folder.join(MANIFEST).exists() {
            return Err(AlignError::index(
                folder,
                "there is an index already; open it, or give another folder",
            ));
        }
        remove_stale(folder, None)?;
        let mut index = Self {
            folder: folder.to_owned(),
            model: model.to_owned(),
            dim,
            settings,
            generation: 0,
            next_id: 0,
            records: Vec::new(),
            vectors: Vectors::empty(dim),
            graph: Graph::empty(dim, &settings)?,
            live: 0,
            keys: BTreeSet::new(),
            lock: Some(lock),
        };
        index.save()?;
        Ok(index)
    }

    /// Opens an index for searches, its files mapped. `model` is the digest of the bundle that will
    /// make the queries; `None` skips the comparison.
    ///
    /// The graph and the items are compared with their digests; the vectors with their length
    /// only (see [`Index::verify`]).
    ///
    /// # Errors
    /// [`AlignError::Index`] where there is no index, it is damaged, or another model made it.
    pub fn open(folder: &Path, model: Option<&str>) -> Result<Self, AlignError> {
        // A writer may remove an old generation between the manifest and its files: look again.
        let mut manifest = Manifest::read(folder)?;
        loop {
            let opened = Self::load(folder, &manifest, model, None);
            let Err(AlignError::Io { source, .. }) = &opened else { return opened };
            if source.kind() != ErrorKind::NotFound {
                return opened;
            }
            let now = Manifest::read(folder)?;
            if now.generation == manifest.generation {
                return opened;
            }
            manifest = now;
        }
    }

    /// Opens an index for changes: takes the lock, removes what a killed save left, and reads the
    /// graph into memory.
    ///
    /// # Errors
    /// As [`Index::open`]; also [`AlignError::Index`] where another writer has it.
    pub fn open_for_writing(folder: &Path, model: Option<&str>) -> Result<Self, AlignError> {
        Manifest::read(folder)?;
        let lock = lock(folder)?;
        let manifest = Manifest::read(folder)?;
        let index = Self::load(folder, &manifest, model, Some(lock))?;
        remove_stale(folder, Some(&manifest))?;
        Ok(index)
    }

    /// Compares every file with its digest, the vectors too; reads them all.
    ///
    /// # Errors
    /// [`AlignError::Index`] names the first damaged file.
    pub fn verify(folder: &Path) -> Result<(), AlignError> {
        let manifest = Manifest::read(folder)?;
        for mark in
            [Some(&manifest.items), Some(&manifest.vectors), manifest.graph.as_ref()].into_iter().flatten()
        {
            mark.check_content(folder)?;
        }
        Ok(())
    }

    fn load(
        folder: &Path,
        manifest: &Manifest,
        model: Option<&str>,
        lock: Option<File>,
    ) -> Result<Self, AlignError> {
        if let Some(model) = model
            && model != manifest.model
        {
            return Err(AlignError::index(
                folder,
                format!(
                    "its vectors were made by the model {}, but the queries come from {model}; \
                     index the items anew with this model, or use that one",
                    manifest.model
                ),
            ));
        }
        let Manifest { dim, rows, settings, .. } = *manifest;
        manifest.items.check_content(folder)?;
        manifest.vectors.check_length(folder)?;
        let records = read_records(&folder.join(&manifest.items.name))?;
        let live = records.iter().filter(|r| !r.deleted).count();
        if records.len() != rows || live != manifest.count {
            return Err(AlignError::index(
                folder.join(&manifest.items.name),
                format!(
                    "damaged: {} rows, {live} of them live, but index.toml records {rows} and {}; make the index anew",
                    records.len(),
                    manifest.count
                ),
            ));
        }
        let graph = match &manifest.graph {
            Some(mark) => {
                // The library trusts what it is given; hand it nothing that was cut or changed.
                mark.check_content(folder)?;
                Graph::open(&folder.join(&mark.name), dim, rows, &settings, lock.is_some())?
            }
            None => Graph::empty(dim, &settings)?,
        };
        let vectors = Vectors::map(&folder.join(&manifest.vectors.name), dim, rows)?;
        let mut keys = BTreeSet::new();
        for key in records.iter().flat_map(|r| r.metadata.keys()) {
            if !keys.contains(key) {
                keys.insert(key.clone());
            }
        }
        Ok(Self {
            folder: folder.to_owned(),
            model: manifest.model.clone(),
            dim,
            settings,
            generation: manifest.generation,
            next_id: manifest.next_id,
            records,
            vectors,
            graph,
            live,
            keys,
            lock,
        })
    }
}

fn read_records(path: &Path) -> Result<Vec<Record>, AlignError> {
    let text = fs::read_to_string(path).map_err(AlignError::io(path))?;
    let lines: Vec<&str> = text.lines().collect();
    lines
        .par_iter()
        .enumerate()
        .map(|(line, text)| {
            serde_json::from_str(text).map_err(|e| {
                AlignError::index(path, format!("line {}: damaged: {e}; make the index anew", line + 1))
            })
        })
        .collect()
}

fn lock(folder: &Path) -> Result<File, AlignError> {
    let path = folder.join("lock");
    let file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&path)
        .map_err(AlignError::io(&path))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(AlignError::index(
            folder,
            "another program is writing this index; wait for it, or open it for searches",
        )),
        Err(TryLockError::Error(source)) => Err(AlignError::Io { path, source }),
    }
}

/// Removes provisional files and files of generations other than the manifest's.
pub(super) fn remove_stale(folder: &Path, keep: Option<&Manifest>) -> Result<(), AlignError> {
    let kept = |name: &str| {
        keep.is_some_and(|m| {
            [Some(&m.items), Some(&m.vectors), m.graph.as_ref()]
                .into_iter()
                .flatten()
                .any(|mark| mark.name == name)
        })
    };
    for found in fs::read_dir(folder).map_err(AlignError::io(folder))? {
        let found = found.map_err(AlignError::io(folder))?;
        let Ok(name) = found.file_name().into_string() else { continue };
        if is_ours(&name) && !kept(&name) {
            fs::remove_file(found.path()).map_err(AlignError::io(found.path()))?;
        }
    }
    Ok(())
}

/// Whether a file name is one that saves give: `vectors-GEN.f32` and so on, provisional or not.
fn is_ours(name: &str) -> bool {
    let name = name.strip_suffix(".part").map_or((name, false), |n| (n, true));
    if name == (MANIFEST, true) {
        return true;
    }
    let Some((stem, ending)) = name.0.rsplit_once('.') else { return false };
    let Some((kind, generation)) = stem.split_once('-') else { return false };
    matches!((kind, ending), ("vectors", "f32" | "usearch") | ("items", "jsonl"))
        && !generation.is_empty()
        && generation.bytes().all(|b| b.is_ascii_digit())
}
