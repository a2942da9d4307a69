//! Graphs: directed acyclic ([`Dag`]), and with marks at the ends of edges ([`Graph`]): a CPDAG or a PAG.

mod compare;
mod dag;
mod equivalence;
pub mod format;
mod marked;
mod meek;

pub use compare::{EdgeScores, directed_edge_scores, structural_hamming_distance};
pub use dag::Dag;
pub use marked::{Graph, GraphKind, Mark};
pub use meek::close_orientations;
