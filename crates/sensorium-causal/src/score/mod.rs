//! Scores of graphs that are sums over nodes.

/// A decomposable score on a fixed table; more is better.
pub trait LocalScore: Sync {
    /// Number of variables.
    fn variables(&self) -> usize;

    /// The part of the score that a node with these parents (in ascending order) has.
    fn local(&self, node: usize, parents: &[usize]) -> f64;
}
