//! A search index over vectors of any modality.
//!
//! An index is a folder:
//!
//! | file | content |
//! |---|---|
//! | `index.toml` | format, model digest, dimension, counts, settings, and the files of the current generation with their lengths and digests |
//! | `vectors-GEN.f32` | rows of little-endian `f32`, each of length 1 |
//! | `items-GEN.jsonl` | one line a row: id, item, span, modality, metadata |
//! | `vectors-GEN.usearch` | the neighbour graph, keyed by row |
//! | `lock` | held by the one writer |
//!
//! A save writes the files of a new generation in full and then renames `index.toml` into place.
//! A kill at any moment leaves the old or the new index whole. The files of a generation never
//! change; nothing but this module may change them while an index is open.
//!
//! All vectors of an index come from one model, named by its bundle's digest, so that a query of
//! another model is refused and not answered with noise.

mod entry;
mod exact;
mod filter;
mod graph;
mod manifest;
mod merge;
mod open;
mod save;
mod search;
mod settings;
#[cfg(test)]
mod tests;
mod vectors;

pub use entry::{Entry, Hit, Metadata, Span, Value};
pub use filter::Filter;
pub use merge::merge_spans;
pub use settings::{Precision, Settings};

use crate::error::AlignError;
use entry::Record;
use graph::Graph;
use std::collections::BTreeSet;
use std::fs::File;
use std::path::{Path, PathBuf};
use vectors::Vectors;

/// A search index; see the [module](self).
///
/// [`Index::create`] and [`Index::open_for_writing`] take the folder's lock and allow changes,
/// which reach the disk with [`Index::save`]. [`Index::open`] maps the files and allows searches
/// only; any number of readers may do so, also while a writer is at work. Searches take `&self`
/// and may run on many threads.
pub struct Index {
    folder: PathBuf,
    model: String,
    dim: usize,
    settings: Settings,
    generation: u64,
    next_id: u64,
    records: Vec<Record>,
    vectors: Vectors,
    graph: Graph,
    live: usize,
    keys: BTreeSet<String>,
    /// The lock of the writer; `None` for a reader.
    lock: Option<File>,
}

impl Index {
    /// Adds entries and answers with their ids, in order. All are added or none.
    ///
    /// # Errors
    /// [`AlignError::Invalid`] for a vector of another length, one that is zero or not finite, a
    /// span that ends before it starts, or a metadata number that is not finite;
    /// [`AlignError::Index`] where the index was opened for searches only.
    pub fn add(&mut self, entries: Vec<Entry>) -> Result<Vec<u64>, AlignError> {
        self.must_write()?;
        let first = self.records.len();
        if first + entries.len() > u32::MAX as usize {
            return Err(AlignError::index(
                &self.folder,
                "an index holds at most 4294967295 rows; make a second one",
            ));
        }
        for (place, entry) in entries.iter().enumerate() {
            let added = check(entry)
                .and_then(|()| vectors::unit(&entry.vector, self.dim, &|| name(entry)))
                .map(|row| self.vectors.push(&row));
            if let Err(error) = added {
                self.vectors.truncate(first);
                return Err(AlignError::invalid(format!("entry {}, {error}", place + 1)));
            }
        }
        if let Err(error) = self.graph.add(first, entries.len(), |row| self.vectors.row(row)) {
            // Rows that reached the graph would be without a record: start the graph anew.
            self.vectors.truncate(first);
            self.rebuild()?;
            return Err(error);
        }
        let ids = self.next_id..self.next_id + entries.len() as u64;
        self.next_id = ids.end;
        self.live += entries.len();
        for (id, entry) in ids.clone().zip(entries) {
            let Entry { item, span, modality, metadata, vector: _ } = entry;
            self.keys
                .extend(metadata.keys().filter(|key| !self.keys.contains(*key)).cloned().collect::<Vec<_>>());
            self.records.push(Record { id, item, span, modality, metadata, deleted: false });
        }
        Ok(ids.collect())
    }

    /// Deletes what passes the filter and answers how many were deleted. Searches no longer find
    /// them; their metadata leave the disk with the next save, their vectors once a quarter of the
    /// rows is deleted or with [`Index::compact`].
    ///
    /// # Errors
    /// [`AlignError::Index`] where the index was opened for searches only;
    /// [`AlignError::Invalid`] for a filter that is empty (use [`Index::delete_ids`]) or names a
    /// key no entry has.
    pub fn delete(&mut self, filter: &Filter) -> Result<usize, AlignError> {
        if filter.is_empty() {
            return Err(AlignError::invalid("an empty filter would delete everything; name what to delete"));
        }
        self.must_write()?;
        self.check_keys(filter)?;
        Ok(self.delete_where(|record| filter.passes(record)))
    }

    /// Deletes by id and answers how many were there; see [`Index::delete`].
    ///
    /// # Errors
    /// [`AlignError::Index`] where the index was opened for searches only.
    pub fn delete_ids(&mut self, ids: &[u64]) -> Result<usize, AlignError> {
        self.must_write()?;
        let ids: BTreeSet<u64> = ids.iter().copied().collect();
        Ok(self.delete_where(|record| ids.contains(&record.id)))
    }

    fn delete_where(&mut self, hit: impl Fn(&Record) -> bool) -> usize {
        let mut count = 0;
        for record in self.records.iter_mut().filter(|r| !r.deleted) {
            if hit(record) {
                record.deleted = true;
                record.item.clear();
                record.metadata.clear();
                record.span = None;
                count += 1;
            }
        }
        self.live -= count;
        count
    }

    /// Sets the number of candidates kept while searching; more find more, slower. Kept by the
    /// next save.
    ///
    /// # Errors
    /// [`AlignError::Invalid`] outside 1 to 65536.
    pub fn set_expansion_search(&mut self, expansion: usize) -> Result<(), AlignError> {
        let settings = Settings { expansion_search: expansion, ..self.settings };
        settings.check()?;
        self.settings = settings;
        self.graph.set_expansion_search(expansion);
        Ok(())
    }

    /// Number of vectors that searches can find.
    pub fn len(&self) -> usize {
        self.live
    }

    /// Whether there is nothing to find.
    pub fn is_empty(&self) -> bool {
        self.live == 0
    }

    /// Numbers in a vector.
    pub fn dim(&self) -> usize {
        self.dim
    }

    /// Digest of the bundle whose model made the vectors.
    pub fn model(&self) -> &str {
        &self.model
    }

    /// The settings in force.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Metadata keys that filters can ask for.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.keys.iter().map(String::as_str)
    }

    fn must_write(&self) -> Result<(), AlignError> {
        if self.lock.is_some() {
            return Ok(());
        }
        Err(AlignError::index(&self.folder, "opened for searches only; open it for writing"))
    }

    /// Refuses a filter on a key that no entry has: a misspelt key would find nothing, silently.
    fn check_keys(&self, filter: &Filter) -> Result<(), AlignError> {
        match filter.metadata_keys().find(|key| !self.keys.contains(*key)) {
            Some(key) if !self.records.is_empty() => {
                let known: Vec<_> =
                    ["modality", "item", "id", "start", "end"].into_iter().chain(self.keys()).collect();
                Err(AlignError::invalid(format!(
                    "filter: no entry has a key '{key}'; there are {}",
                    known.join(", ")
                )))
            }
            _ => Ok(()),
        }
    }
}

fn name(entry: &Entry) -> String {
    match entry.span {
        Some(span) => format!("'{}' from {} us", entry.item, span.start_us),
        None => format!("'{}'", entry.item),
    }
}

fn check(entry: &Entry) -> Result<(), AlignError> {
    if entry.span.is_some_and(|span| span.end_us < span.start_us) {
        return Err(AlignError::invalid(format!("{}: the span ends before it starts", name(entry))));
    }
    match entry.metadata.iter().find(|(_, value)| matches!(value, Value::Number(n) if !n.is_finite())) {
        Some((key, _)) => Err(AlignError::invalid(format!(
            "{}: metadata '{key}' is not a finite number; leave it out",
            name(entry)
        ))),
        None => Ok(()),
    }
}
