//! Scores of graphs that are sums over nodes.

mod bdeu;
mod cache;
mod degenerate_gaussian;
mod discrete_bic;
mod families;
mod gaussian_bic;
mod quotient_nml;

pub use bdeu::{Bdeu, BdeuPriors};
pub use cache::ScoreCache;
pub use degenerate_gaussian::DegenerateGaussianBic;
pub use discrete_bic::DiscreteBic;
pub use gaussian_bic::GaussianBic;
pub use quotient_nml::QuotientNml;

/// A decomposable score on a fixed table; more is better.
pub trait LocalScore: Sync {
    /// Number of variables.
    fn variables(&self) -> usize;

    /// The part of the score that a node with these parents (in ascending order) has.
    fn local(&self, node: usize, parents: &[usize]) -> f64;
}
