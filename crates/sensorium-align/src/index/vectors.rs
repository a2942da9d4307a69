//! The unit vectors themselves: mapped rows of the file, then rows added since.

// Mapping a file and reading it as numbers has no safe form; both places say why they hold.
#![allow(unsafe_code)]

use crate::error::AlignError;
use memmap2::Mmap;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

/// Rows of `dim` little-endian `f32`, each of length 1.
pub(crate) struct Vectors {
    dim: usize,
    mapped: Option<Mmap>,
    mapped_rows: usize,
    tail: Vec<f32>,
}

impl Vectors {
    pub fn empty(dim: usize) -> Self {
        Self { dim, mapped: None, mapped_rows: 0, tail: Vec::new() }
    }

    /// Maps a file of `rows` rows; the caller has checked its length.
    pub fn map(path: &Path, dim: usize, rows: usize) -> Result<Self, AlignError> {
        if cfg!(target_endian = "big") {
            return Err(AlignError::index(path, "vectors are little-endian; this machine is not supported"));
        }
        if rows == 0 {
            return Ok(Self::empty(dim));
        }
        let file = File::open(path).map_err(AlignError::io(path))?;
        // SAFETY: files of a generation are never written again once they have their name, only
        // removed, and a removed file stays mapped. Nothing else may change them (see the docs).
        let mapped = unsafe { Mmap::map(&file) }.map_err(AlignError::io(path))?;
        if mapped.len() != rows * dim * 4 {
            return Err(AlignError::index(
                path,
                "damaged: its length changed while it was opened; open it again",
            ));
        }
        Ok(Self { dim, mapped: Some(mapped), mapped_rows: rows, tail: Vec::new() })
    }

    pub fn rows(&self) -> usize {
        self.mapped_rows + self.tail.len() / self.dim
    }

    /// One row, `[dim]`.
    pub fn row(&self, row: usize) -> &[f32] {
        if row < self.mapped_rows {
            &self.mapped()[row * self.dim..(row + 1) * self.dim]
        } else {
            let row = row - self.mapped_rows;
            &self.tail[row * self.dim..(row + 1) * self.dim]
        }
    }

    /// Adds a row that is already of length 1.
    pub fn push(&mut self, row: &[f32]) {
        debug_assert_eq!(row.len(), self.dim);
        self.tail.extend_from_slice(row);
    }

    /// Forgets the rows from `rows` on; only rows added since the last save can be forgotten.
    pub fn truncate(&mut self, rows: usize) {
        self.tail.truncate(rows.saturating_sub(self.mapped_rows) * self.dim);
    }

    /// Writes the rows that `keep` names, in order.
    pub fn write(&self, path: &Path, keep: impl Iterator<Item = usize>) -> Result<(), AlignError> {
        let mut file = BufWriter::with_capacity(1 << 20, File::create(path).map_err(AlignError::io(path))?);
        let mut bytes = Vec::with_capacity(self.dim * 4);
        for row in keep {
            bytes.clear();
            bytes.extend(self.row(row).iter().flat_map(|x| x.to_le_bytes()));
            file.write_all(&bytes).map_err(AlignError::io(path))?;
        }
        file.flush().map_err(AlignError::io(path))
    }

    fn mapped(&self) -> &[f32] {
        self.mapped.as_ref().map_or(&[], |map| {
            // SAFETY: a map starts on a page, so it is aligned; its length is rows * dim * 4 bytes;
            // every bit pattern is an f32; the borrow lives no longer than the map.
            unsafe { std::slice::from_raw_parts(map.as_ptr().cast::<f32>(), self.mapped_rows * self.dim) }
        })
    }
}

/// The vector scaled to length 1.
///
/// # Errors
/// [`AlignError::Invalid`] for another length than `dim`, a number that is not finite, or zero.
/// `what` names the vector in the message.
pub(crate) fn unit(vector: &[f32], dim: usize, what: &dyn Fn() -> String) -> Result<Vec<f32>, AlignError> {
    if vector.len() != dim {
        return Err(AlignError::invalid(format!(
            "{}: {} numbers, but the index holds vectors of {dim}; use the model the index was made with",
            what(),
            vector.len()
        )));
    }
    if let Some(place) = vector.iter().position(|x| !x.is_finite()) {
        return Err(AlignError::invalid(format!(
            "{}: number {} is {}; vectors must be finite",
            what(),
            place + 1,
            vector[place]
        )));
    }
    let length = vector.iter().map(|&x| f64::from(x).powi(2)).sum::<f64>().sqrt();
    if length == 0.0 {
        return Err(AlignError::invalid(format!(
            "{}: all numbers are 0; it has no direction to compare",
            what()
        )));
    }
    Ok(vector.iter().map(|&x| (f64::from(x) / length) as f32).collect())
}
