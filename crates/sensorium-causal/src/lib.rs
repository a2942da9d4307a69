//! Causal graphs, discovery, structural causal models, counterfactuals and root causes.
//!
//! From a [`Table`] to a graph ([`discovery`]) that can be corrected with what is known ([`Knowledge`]).
//!
//! ```
//! use sensorium_causal::graph::Dag;
//!
//! let mut dag = Dag::new(["dose", "width", "yield"])?;
//! dag.add_edge(0, 1)?;
//! dag.add_edge(1, 2)?;
//! assert!(dag.ancestors(2).contains(&0));
//! # Ok::<(), sensorium_causal::CausalError>(())
//! ```
#![warn(missing_docs)]

pub mod attribution;
pub mod counts;
pub mod discovery;
pub mod error;
pub mod events;
mod exponential;
pub mod graph;
pub mod independence;
mod indicators;
pub mod knowledge;
pub mod network;
pub mod pairwise;
pub mod random;
pub mod regress;
pub mod scm;
pub mod score;
pub mod simulate;
pub mod table;

pub use error::CausalError;
pub use graph::{Dag, Graph, GraphKind, Mark};
pub use knowledge::Knowledge;
pub use table::{Column, Table, Values};
