//! How often each edge comes back when rows are drawn anew.

use crate::random::generator;
use crate::{CausalError, Graph, Table};
use rand::Rng;
use rayon::prelude::*;

/// Settings of [`bootstrap`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BootstrapOptions {
    /// How many resamples. Default: 100.
    pub repetitions: usize,
    /// Seed of the rows that are drawn.
    pub seed: u64,
}

impl Default for BootstrapOptions {
    fn default() -> Self {
        Self { repetitions: 100, seed: 0 }
    }
}

/// Shares of the resamples in which edges were found.
#[derive(Clone, Debug, PartialEq)]
pub struct EdgeConfidence {
    variables: usize,
    directed: Vec<usize>,
    undirected: Vec<usize>,
    adjacent: Vec<usize>,
    /// How many resamples gave a graph.
    pub graphs: usize,
    /// How many resamples the method refused.
    pub refused: usize,
}

impl EdgeConfidence {
    /// The share of graphs with `a → b`.
    pub fn directed(&self, a: usize, b: usize) -> f64 {
        self.share(&self.directed, a, b)
    }

    /// The share of graphs with `a – b`.
    pub fn undirected(&self, a: usize, b: usize) -> f64 {
        self.share(&self.undirected, a, b)
    }

    /// The share of graphs with an edge between `a` and `b`, whatever its marks.
    pub fn adjacent(&self, a: usize, b: usize) -> f64 {
        self.share(&self.adjacent, a, b)
    }

    fn share(&self, counts: &[usize], a: usize, b: usize) -> f64 {
        counts[a * self.variables + b] as f64 / self.graphs as f64
    }
}

/// Runs a method on tables whose rows are drawn with replacement (Friedman, Goldszmidt and Wyner, "Data analysis with
/// Bayesian networks: a bootstrap approach", UAI 1999) and counts edges. The method gets each table and its number.
///
/// # Errors
/// [`CausalError::Argument`] for no repetitions, [`CausalError::Data`] for no rows, and the method's own error when
/// it refuses every resample.
pub fn bootstrap(
    table: &Table,
    options: &BootstrapOptions,
    method: &(dyn Fn(&Table, u64) -> Result<Graph, CausalError> + Sync),
) -> Result<EdgeConfidence, CausalError> {
    let (rows, n) = (table.rows(), table.width());
    if options.repetitions == 0 {
        return Err(CausalError::Argument("no repetitions; the bootstrap needs at least one".into()));
    }
    if rows == 0 {
        return Err(CausalError::Data("the table has no rows to draw from".into()));
    }
    let found: Vec<Result<Graph, CausalError>> = (0..options.repetitions as u64)
        .into_par_iter()
        .map(|repetition| {
            let mut rng = generator(options.seed, repetition);
            let drawn: Vec<usize> = (0..rows).map(|_| rng.random_range(0..rows)).collect();
            method(&table.take(&drawn), repetition)
        })
        .collect();
    let zeros = vec![0; n * n];
    let mut confidence = EdgeConfidence {
        variables: n,
        directed: zeros.clone(),
        undirected: zeros.clone(),
        adjacent: zeros,
        graphs: 0,
        refused: 0,
    };
    let mut refusal = None;
    for graph in found {
        let graph = match graph {
            Ok(graph) => graph,
            Err(error) => {
                confidence.refused += 1;
                refusal = Some(error);
                continue;
            }
        };
        confidence.graphs += 1;
        for a in 0..n {
            for b in (0..n).filter(|&b| b != a && graph.adjacent(a, b)) {
                confidence.adjacent[a * n + b] += 1;
                confidence.directed[a * n + b] += usize::from(graph.is_directed(a, b));
                confidence.undirected[a * n + b] += usize::from(graph.is_undirected(a, b));
            }
        }
    }
    match refusal {
        Some(error) if confidence.graphs == 0 => Err(error),
        _ => Ok(confidence),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::GraphKind;

    #[test]
    fn shares_are_of_the_graphs_that_were_found() {
        let table = Table::from_continuous([("a", vec![1.0, 2.0]), ("b", vec![2.0, 1.0])]).unwrap();
        let options = BootstrapOptions { repetitions: 10, seed: 1 };
        let confidence = bootstrap(&table, &options, &|table, repetition| {
            let mut graph = Graph::new(table.names(), GraphKind::Cpdag)?;
            match repetition {
                0..5 => graph.direct(0, 1),
                5..7 => graph.undirect(0, 1),
                7 => {}
                _ => return Err(CausalError::Data("refused".into())),
            }
            Ok(graph)
        });
        let confidence = confidence.unwrap();
        assert_eq!((confidence.graphs, confidence.refused), (8, 2));
        assert_eq!((confidence.directed(0, 1), confidence.directed(1, 0)), (5.0 / 8.0, 0.0));
        assert_eq!((confidence.undirected(1, 0), confidence.adjacent(0, 1)), (0.25, 7.0 / 8.0));
    }

    #[test]
    fn a_method_that_always_refuses_is_heard() {
        let table = Table::from_continuous([("a", vec![1.0])]).unwrap();
        let refuse = |_: &Table, _: u64| Err(CausalError::Data("too few rows".into()));
        let error = bootstrap(&table, &BootstrapOptions::default(), &refuse).unwrap_err();
        assert_eq!(error.to_string(), "too few rows");
    }
}
