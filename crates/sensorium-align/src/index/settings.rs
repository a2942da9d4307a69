//! Settings of the neighbour graph, and how the defaults were chosen.

use crate::error::AlignError;
use serde::{Deserialize, Serialize};

/// How the graph keeps its own copy of each vector. Scores are always computed from `f32`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Precision {
    /// 4 bytes a number.
    F32,
    /// 2 bytes a number (brain float).
    Bf16,
    /// 1 byte a number.
    I8,
}

/// Settings of an index's neighbour graph (hierarchical navigable small world; Malkov and
/// Yashunin, 2018, arXiv:1603.09320).
///
/// The defaults find a share of at least 0.99 of the 10 nearest of
/// 10 000 and of 100 000 clustered vectors of 128 numbers, for queries near the data and for
/// directions drawn uniformly; the latter set `expansion_search`. For queries that lie near the
/// data 64 is enough and about 4 times as fast. Up to 10 000 vectors exact search is about as fast
/// as the graph, hence `exact_below`. `benches/index.rs` measures all this.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Edges of a node in the upper layers (`M`); the lowest has twice as many. 2 to 256.
    pub connectivity: usize,
    /// Candidates kept while a vector is added (`efConstruction`).
    pub expansion_add: usize,
    /// Candidates kept while searching (`ef`). More find more, slower.
    pub expansion_search: usize,
    /// How the graph keeps the vectors.
    pub precision: Precision,
    /// Share of the vectors below which a filtered search is exact, from 0 to 1.
    pub exact_share: f64,
    /// Number of vectors below which every search is exact.
    pub exact_below: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            connectivity: 32,
            expansion_add: 200,
            expansion_search: 512,
            precision: Precision::Bf16,
            exact_share: 0.1,
            exact_below: 10_000,
        }
    }
}

impl Settings {
    /// Refuses settings that no graph can have.
    ///
    /// # Errors
    /// [`AlignError::Invalid`] names the setting and its bounds.
    pub fn check(&self) -> Result<(), AlignError> {
        let wrong = |name: &str, bounds: &str| {
            Err(AlignError::invalid(format!("index setting '{name}' must be {bounds}")))
        };
        if !(2..=256).contains(&self.connectivity) {
            return wrong("connectivity", "from 2 to 256");
        }
        if !(1..=65_536).contains(&self.expansion_add) {
            return wrong("expansion_add", "from 1 to 65536");
        }
        if !(1..=65_536).contains(&self.expansion_search) {
            return wrong("expansion_search", "from 1 to 65536");
        }
        if !(0.0..=1.0).contains(&self.exact_share) {
            return wrong("exact_share", "from 0 to 1");
        }
        Ok(())
    }
}
