//! The neighbour graph (crate `usearch`), keyed by row.

use super::settings::{Precision, Settings};
use crate::error::AlignError;
use rayon::prelude::*;
use std::path::Path;
use std::sync::{Condvar, Mutex, PoisonError};
use usearch::ffi::{IndexOptions, MetricKind, ScalarKind};

/// Distance up to which two vectors are taken for the same: that of the coarsest precision.
const SAME: f32 = 1e-3;

/// A graph over unit vectors; distances are `1 - cosine`.
pub(crate) struct Graph {
    inner: usearch::Index,
    threads: usize,
    gate: Gate,
}

impl Graph {
    pub fn empty(dim: usize, settings: &Settings) -> Result<Self, AlignError> {
        let options = IndexOptions {
            dimensions: dim,
            metric: MetricKind::IP,
            quantization: match settings.precision {
                Precision::F32 => ScalarKind::F32,
                Precision::Bf16 => ScalarKind::BF16,
                Precision::I8 => ScalarKind::I8,
            },
            connectivity: settings.connectivity,
            expansion_add: settings.expansion_add,
            expansion_search: settings.expansion_search,
            multi: false,
        };
        let failed = |e: &dyn std::fmt::Display| AlignError::invalid(format!("cannot make a graph: {e}"));
        let inner = usearch::Index::new(&options).map_err(|e| failed(&e))?;
        // The library has working memory for as many threads as the machine has cores; opening a
        // file falls back to that number. More at once would overrun it, so the gate keeps to it.
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        inner.reserve_capacity_and_threads(0, threads).map_err(|e| failed(&e))?;
        Ok(Self { inner, threads, gate: Gate::new(threads) })
    }

    /// Opens a file whose digest has been checked: mapped for searches, or read in for changes.
    pub fn open(
        path: &Path,
        dim: usize,
        rows: usize,
        settings: &Settings,
        change: bool,
    ) -> Result<Self, AlignError> {
        let damaged = |message: String| {
            AlignError::index(path, format!("damaged: {message}; restore the file or make the index anew"))
        };
        let name = path_text(path)?;
        let graph = Self::empty(dim, settings)?;
        let opened = if change { graph.inner.load(name) } else { graph.inner.view(name) };
        opened.map_err(|e| damaged(e.to_string()))?;
        if graph.inner.size() != rows || graph.inner.dimensions() != dim {
            return Err(damaged(format!(
                "a graph of {} rows of {}, but index.toml records {rows} of {dim}",
                graph.inner.size(),
                graph.inner.dimensions()
            )));
        }
        // A file carries no search settings.
        graph.inner.change_expansion_add(settings.expansion_add);
        graph.inner.change_expansion_search(settings.expansion_search);
        Ok(graph)
    }

    /// Adds `rows` (unit vectors), from row number `first` on, on all cores.
    pub fn add<'a>(
        &self,
        first: usize,
        count: usize,
        row: impl Fn(usize) -> &'a [f32] + Sync,
    ) -> Result<(), AlignError> {
        let failed = |e: &dyn std::fmt::Display| AlignError::invalid(format!("cannot add to the graph: {e}"));
        let needed = first + count;
        if needed > self.inner.capacity() {
            let room = needed.max(self.inner.capacity() * 3 / 2).max(64);
            self.inner.reserve_capacity_and_threads(room, self.threads).map_err(|e| failed(&e))?;
        }
        let add = |number: usize| {
            let _pass = self.gate.enter();
            self.inner.add(number as u64, row(number)).map_err(|e| failed(&e))
        };
        (first..needed).into_par_iter().try_for_each(add)?;
        // Rows that were added at the same moment do not see one another; a few may end up out of reach.
        let lost: Vec<usize> = (first..needed)
            .into_par_iter()
            .map(|number| Ok((number, self.is_found(number, row(number))?)))
            .filter_map(|found: Result<(usize, bool), AlignError>| match found {
                Ok((_, true)) => None,
                Ok((number, false)) => Some(Ok(number)),
                Err(error) => Some(Err(error)),
            })
            .collect::<Result<_, _>>()?;
        for number in lost {
            self.inner.remove(number as u64).map_err(|e| failed(&e))?;
            add(number)?;
        }
        Ok(())
    }

    /// Whether a search for a row's own vector leads to it, or to one that is the same.
    fn is_found(&self, number: usize, vector: &[f32]) -> Result<bool, AlignError> {
        let _pass = self.gate.enter();
        let found = self.inner.search(vector, 1);
        let found = found.map_err(|e| AlignError::invalid(format!("the graph cannot be searched: {e}")))?;
        let nearest = found.keys.first().zip(found.distances.first());
        Ok(nearest.is_some_and(|(key, distance)| *key == number as u64 || *distance < SAME))
    }

    /// Up to `k` near rows for which `keep` holds, near ones first.
    pub fn search(
        &self,
        query: &[f32],
        k: usize,
        keep: Option<&(dyn Fn(usize) -> bool + Sync)>,
    ) -> Result<Vec<usize>, AlignError> {
        let _pass = self.gate.enter();
        let found = match keep {
            None => self.inner.search(query, k),
            Some(keep) => self.inner.filtered_search(query, k, |row| keep(row as usize)),
        };
        let found = found.map_err(|e| AlignError::invalid(format!("the graph cannot be searched: {e}")))?;
        Ok(found.keys.into_iter().map(|row| row as usize).collect())
    }

    pub fn set_expansion_search(&self, expansion: usize) {
        self.inner.change_expansion_search(expansion);
    }

    pub fn write(&self, path: &Path) -> Result<(), AlignError> {
        self.inner
            .save(path_text(path)?)
            .map_err(|e| AlignError::index(path, format!("cannot be written: {e}")))
    }
}

fn path_text(path: &Path) -> Result<&str, AlignError> {
    path.to_str().ok_or_else(|| AlignError::index(path, "the path is not UTF-8; move the index"))
}

/// Lets as many threads at once into the graph as it has working memory for.
struct Gate {
    free: Mutex<usize>,
    left: Condvar,
}

struct Pass<'a>(&'a Gate);

impl Gate {
    fn new(threads: usize) -> Self {
        Self { free: Mutex::new(threads), left: Condvar::new() }
    }

    fn enter(&self) -> Pass<'_> {
        let mut free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        while *free == 0 {
            free = self.left.wait(free).unwrap_or_else(PoisonError::into_inner);
        }
        *free -= 1;
        Pass(self)
    }
}

impl Drop for Pass<'_> {
    fn drop(&mut self) {
        *self.0.free.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        self.0.left.notify_one();
    }
}
