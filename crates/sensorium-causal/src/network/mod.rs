//! Discrete Bayesian networks: a graph, the levels of each node, and a table of conditional probabilities a node.
//!
//! ```
//! use sensorium_causal::network::DiscreteNetwork;
//!
//! let text = "network demo { }
//! variable rain { type discrete [ 2 ] { no, yes }; }
//! variable wet { type discrete [ 2 ] { no, yes }; }
//! probability ( rain ) { table 0.8, 0.2; }
//! probability ( wet | rain ) { (no) 0.9, 0.1; (yes) 0.2, 0.8; }";
//! let network = DiscreteNetwork::from_bif(text)?;
//! assert_eq!(network.dag().edges(), [(0, 1)]);
//! assert_eq!(network.sample(100, 1)?.rows(), 100);
//! # Ok::<(), sensorium_causal::CausalError>(())
//! ```

mod bif;
mod sample;

use crate::{CausalError, Dag};
use std::collections::BTreeSet;

/// The most probabilities that a network may have: 128 MiB of them.
pub const MAX_PROBABILITIES: usize = 1 << 24;

/// How far the sum of a distribution may be from one before it is refused: published tables are rounded.
pub const SUM_TOLERANCE: f64 = 0.01;

/// Sums closer to one than this are left as they are.
const SUM_EXACT: f64 = 1e-12;

/// A node's distribution for each configuration of its parents.
#[derive(Clone, Debug, PartialEq)]
pub struct ConditionalTable {
    /// The parents in the table's order.
    pub parents: Vec<usize>,
    /// Probabilities `[configuration × level]`; configurations count with the last parent fastest.
    pub probabilities: Vec<f64>,
}

/// A Bayesian network over variables with finitely many levels.
#[derive(Clone, Debug, PartialEq)]
pub struct DiscreteNetwork {
    dag: Dag,
    levels: Vec<Vec<String>>,
    tables: Vec<ConditionalTable>,
}

impl DiscreteNetwork {
    /// A network of these nodes. Distributions whose sum is within [`SUM_TOLERANCE`] of one are scaled to sum to one.
    ///
    /// # Errors
    /// Names or levels that come twice, a node without levels, a table of the wrong size, a parent out of range or
    /// twice, a probability that is negative or not finite, a distribution that does not sum to one, a cycle, more
    /// than [`MAX_PROBABILITIES`].
    pub fn new<S: Into<String>>(
        names: impl IntoIterator<Item = S>,
        levels: Vec<Vec<String>>,
        mut tables: Vec<ConditionalTable>,
    ) -> Result<Self, CausalError> {
        let names: Vec<String> = names.into_iter().map(Into::into).collect();
        let n = names.len();
        if levels.len() != n || tables.len() != n {
            return Err(CausalError::Argument(format!(
                "{n} nodes need as many lists of levels and tables; there are {} and {}",
                levels.len(),
                tables.len()
            )));
        }
        for (name, levels) in names.iter().zip(&levels) {
            check_levels(name, levels)?;
        }
        let mut edges = Vec::new();
        let mut total = 0usize;
        for (node, table) in tables.iter_mut().enumerate() {
            total = total.saturating_add(table.probabilities.len());
            check_table(&names, &levels, node, table)?;
            edges.extend(table.parents.iter().map(|&p| (p, node)));
        }
        if total > MAX_PROBABILITIES {
            return Err(too_large());
        }
        Ok(Self { dag: Dag::from_edges(names, &edges)?, levels, tables })
    }

    /// The graph.
    pub fn dag(&self) -> &Dag {
        &self.dag
    }

    /// The names of a node's levels.
    pub fn levels(&self, node: usize) -> &[String] {
        &self.levels[node]
    }

    /// A node's distributions.
    pub fn table(&self, node: usize) -> &ConditionalTable {
        &self.tables[node]
    }

    /// A node's distribution given its parents' levels, in the order of the table's parents.
    ///
    /// # Errors
    /// [`CausalError::Argument`] when the levels are not one for each parent, each in range.
    pub fn distribution(&self, node: usize, parent_levels: &[usize]) -> Result<&[f64], CausalError> {
        let table = &self.tables[node];
        let fits = parent_levels.len() == table.parents.len()
            && table.parents.iter().zip(parent_levels).all(|(&p, &level)| level < self.levels[p].len());
        if !fits {
            return Err(CausalError::Argument(format!(
                "`{}` has {} parents; give one level in range for each",
                self.dag.names()[node],
                table.parents.len()
            )));
        }
        let configuration = table
            .parents
            .iter()
            .zip(parent_levels)
            .fold(0, |c, (&p, &level)| c * self.levels[p].len() + level);
        let width = self.levels[node].len();
        Ok(&table.probabilities[configuration * width..][..width])
    }
}

/// How many configurations the parents have; `None` when more than [`MAX_PROBABILITIES`].
fn configurations(levels: &[Vec<String>], parents: &[usize]) -> Option<usize> {
    let product = parents.iter().try_fold(1usize, |c, &p| c.checked_mul(levels[p].len()))?;
    (product <= MAX_PROBABILITIES).then_some(product)
}

fn too_large() -> CausalError {
    CausalError::Data(format!("the network has more than {MAX_PROBABILITIES} probabilities"))
}

fn check_levels(name: &str, levels: &[String]) -> Result<(), CausalError> {
    if levels.is_empty() {
        return Err(CausalError::Data(format!("`{name}` has no levels; a variable needs at least one")));
    }
    let mut seen = BTreeSet::new();
    match levels.iter().find(|l| !seen.insert(l.as_str())) {
        Some(twice) => Err(CausalError::Data(format!("`{name}` has the level `{twice}` twice"))),
        None => Ok(()),
    }
}

/// Checks one node's table and scales its distributions.
fn check_table(
    names: &[String],
    levels: &[Vec<String>],
    node: usize,
    table: &mut ConditionalTable,
) -> Result<(), CausalError> {
    let name = &names[node];
    let mut seen = BTreeSet::new();
    for &parent in &table.parents {
        if parent >= names.len() {
            return Err(CausalError::Argument(format!("`{name}` has parent {parent}, which is no node")));
        }
        if !seen.insert(parent) {
            return Err(CausalError::Data(format!("`{name}` has the parent `{}` twice", names[parent])));
        }
    }
    let width = levels[node].len();
    let rows = configurations(levels, &table.parents).ok_or_else(too_large)?;
    if rows.checked_mul(width) != Some(table.probabilities.len()) {
        return Err(CausalError::Data(format!(
            "`{name}` needs {rows} × {width} probabilities and has {}",
            table.probabilities.len()
        )));
    }
    for (row, distribution) in table.probabilities.chunks_mut(width).enumerate() {
        if let Some(wrong) = distribution.iter().find(|p| !p.is_finite() || **p < 0.0) {
            return Err(CausalError::Data(format!(
                "`{name}`, configuration {}: {wrong} is no probability",
                row + 1
            )));
        }
        let sum: f64 = distribution.iter().sum();
        let off = (sum - 1.0).abs();
        if off.is_nan() || off > SUM_TOLERANCE {
            return Err(CausalError::Data(format!(
                "`{name}`, configuration {}: the probabilities sum to {sum}, not to 1",
                row + 1
            )));
        }
        if off > SUM_EXACT {
            distribution.iter_mut().for_each(|p| *p /= sum);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(list: &[&str]) -> Vec<String> {
        list.iter().map(|s| (*s).to_owned()).collect()
    }

    fn pair(second: Vec<f64>) -> Result<DiscreteNetwork, CausalError> {
        DiscreteNetwork::new(
            ["a", "b"],
            vec![words(&["x", "y"]), words(&["u", "v"])],
            vec![
                ConditionalTable { parents: vec![], probabilities: vec![0.3, 0.7] },
                ConditionalTable { parents: vec![0], probabilities: second },
            ],
        )
    }

    #[test]
    fn a_distribution_that_does_not_sum_to_one_is_refused_by_place() {
        let text = pair(vec![0.5, 0.5, 0.5, 0.6]).unwrap_err().to_string();
        assert_eq!(text, "`b`, configuration 2: the probabilities sum to 1.1, not to 1");
    }

    #[test]
    fn a_table_of_the_wrong_size_is_refused() {
        let text = pair(vec![0.5, 0.5]).unwrap_err().to_string();
        assert_eq!(text, "`b` needs 2 × 2 probabilities and has 2");
    }

    #[test]
    fn rounded_distributions_are_scaled() {
        let network = pair(vec![0.333, 0.666, 0.1, 0.9]).unwrap();
        let sum: f64 = network.distribution(1, &[0]).unwrap().iter().sum();
        assert!((sum - 1.0).abs() < 1e-15);
        assert_eq!(network.distribution(1, &[1]).unwrap(), [0.1, 0.9]);
        assert!(network.distribution(1, &[2]).is_err());
    }

    #[test]
    fn two_nodes_that_cause_each_other_are_refused() {
        let half = || vec![0.5, 0.5, 0.5, 0.5];
        let error = DiscreteNetwork::new(
            ["a", "b"],
            vec![words(&["x", "y"]), words(&["u", "v"])],
            vec![
                ConditionalTable { parents: vec![1], probabilities: half() },
                ConditionalTable { parents: vec![0], probabilities: half() },
            ],
        );
        assert!(matches!(error, Err(CausalError::Cycle(_))));
    }
}
