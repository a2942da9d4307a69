//! Saving, so that a kill at any moment leaves a whole index.

use super::Index;
use super::graph::Graph;
use super::manifest::{FORMAT, FileMark, Manifest, sync_folder};
use super::open::remove_stale;
use super::vectors::Vectors;
use crate::error::AlignError;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

impl Index {
    /// Writes a new generation of files, then makes it the current one. Where a quarter of the
    /// rows or more is deleted, the index is compacted first ([`Index::compact`]).
    ///
    /// # Errors
    /// [`AlignError::Io`] or [`AlignError::Index`]; the index on disk is then the one before.
    pub fn save(&mut self) -> Result<(), AlignError> {
        self.must_write()?;
        if (self.records.len() - self.live) * 4 >= self.records.len().max(1) {
            self.compact()?;
        }
        let generation = self.generation + 1;
        let folder = self.folder.clone();
        let rows = self.records.len();
        let seal = |name: String, write: &dyn Fn(&Path) -> Result<(), AlignError>| {
            write(&folder.join(format!("{name}.part")))?;
            FileMark::seal(&folder, &name)
        };
        let vectors = seal(format!("vectors-{generation}.f32"), &|path| self.vectors.write(path, 0..rows))?;
        let items = seal(format!("items-{generation}.jsonl"), &|path| self.write_items(path))?;
        let graph = match rows {
            0 => None,
            _ => Some(seal(format!("vectors-{generation}.usearch"), &|path| self.graph.write(path))?),
        };
        sync_folder(&folder)?;
        let manifest = Manifest {
            format: FORMAT,
            model: self.model.clone(),
            dim: self.dim,
            metric: "cosine".to_owned(),
            count: self.live,
            rows,
            next_id: self.next_id,
            generation,
            settings: self.settings,
            items,
            vectors,
            graph,
        };
        manifest.write(&folder)?;
        self.generation = generation;
        self.vectors = Vectors::map(&folder.join(&manifest.vectors.name), self.dim, rows)?;
        remove_stale(&folder, Some(&manifest))
    }

    /// Drops deleted rows for good and builds the graph anew from the others. Takes as long as
    /// adding them all. Ids stay. Reaches the disk with the next save.
    ///
    /// # Errors
    /// [`AlignError::Index`] where the index was opened for searches only.
    pub fn compact(&mut self) -> Result<(), AlignError> {
        self.must_write()?;
        if self.live == self.records.len() {
            return Ok(());
        }
        let mut vectors = Vectors::empty(self.dim);
        for (row, _) in self.records.iter().enumerate().filter(|(_, record)| !record.deleted) {
            vectors.push(self.vectors.row(row));
        }
        let graph = Graph::empty(self.dim, &self.settings)?;
        graph.add(0, vectors.rows(), |row| vectors.row(row))?;
        self.records.retain(|record| !record.deleted);
        self.vectors = vectors;
        self.graph = graph;
        Ok(())
    }

    /// Builds the graph anew from the vectors.
    pub(super) fn rebuild(&mut self) -> Result<(), AlignError> {
        let graph = Graph::empty(self.dim, &self.settings)?;
        graph.add(0, self.vectors.rows(), |row| self.vectors.row(row))?;
        self.graph = graph;
        Ok(())
    }

    fn write_items(&self, path: &Path) -> Result<(), AlignError> {
        let mut file = BufWriter::with_capacity(1 << 20, File::create(path).map_err(AlignError::io(path))?);
        for record in &self.records {
            serde_json::to_writer(&mut file, record).map_err(|e| AlignError::index(path, e.to_string()))?;
            file.write_all(b"\n").map_err(AlignError::io(path))?;
        }
        file.flush().map_err(AlignError::io(path))
    }
}
