//! Graphs: directed acyclic ([`Dag`]), and with marks at the ends of edges ([`Graph`]): a CPDAG or a PAG.

mod adjustment;
mod compare;
mod dag;
pub mod draw;
mod equivalence;
mod estimand;
pub mod format;
mod identify;
mod lagged;
mod marked;
mod markov;
mod meek;
mod projection;
mod separation;

pub use compare::{EdgeScores, directed_edge_scores, structural_hamming_distance};
pub use dag::Dag;
pub use estimand::Estimand;
pub use identify::{IdentifiedEffect, Instrument, Route};
pub use lagged::{LaggedEdge, LaggedGraph};
pub use marked::{Graph, GraphKind, Mark};
pub use markov::LocalIndependence;
pub use meek::close_orientations;
