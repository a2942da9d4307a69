//! Samples of a discrete network.

use super::DiscreteNetwork;
use crate::random::generator;
use crate::{CausalError, Column, Table};
use rand::Rng;

impl DiscreteNetwork {
    /// Independent samples by ancestral sampling: categorical columns in the nodes' order, levels as in the network.
    ///
    /// Node `i` draws from stream `i` of the seed, so that the first rows are the same however many are asked for.
    ///
    /// # Errors
    /// None for a network that was accepted; the columns are checked as those of any table.
    pub fn sample(&self, rows: usize, seed: u64) -> Result<Table, CausalError> {
        let n = self.dag.len();
        let mut codes: Vec<Vec<u32>> = vec![Vec::new(); n];
        for node in self.dag.topological_order() {
            let drawn = self.sample_node(node, rows, seed, &codes);
            codes[node] = drawn;
        }
        let columns = codes.into_iter().enumerate().map(|(node, codes)| {
            Column::categorical(&self.dag.names()[node], self.levels[node].clone(), codes)
        });
        Table::new(columns.collect())
    }

    fn sample_node(&self, node: usize, rows: usize, seed: u64, codes: &[Vec<u32>]) -> Vec<u32> {
        let table = &self.tables[node];
        let width = self.levels[node].len();
        let mut rng = generator(seed, node as u64);
        let draw = |row: usize| {
            let configuration =
                table.parents.iter().fold(0, |c, &p| c * self.levels[p].len() + codes[p][row] as usize);
            let distribution = &table.probabilities[configuration * width..][..width];
            level_at(distribution, rng.random())
        };
        (0..rows).map(draw).collect()
    }
}

/// The level in whose share of `[0, 1)` the number `u` lies; never one of probability zero.
fn level_at(distribution: &[f64], u: f64) -> u32 {
    let mut below = 0.0;
    let mut last = 0;
    for (level, &p) in distribution.iter().enumerate() {
        if p > 0.0 {
            below += p;
            last = level as u32;
            if u < below {
                return last;
            }
        }
    }
    last
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::ConditionalTable;
    use crate::{Values, table::MISSING};

    fn network() -> DiscreteNetwork {
        let levels = |n: usize| (0..n).map(|i| format!("l{i}")).collect::<Vec<_>>();
        DiscreteNetwork::new(
            ["effect", "cause", "other"],
            vec![levels(2), levels(3), levels(2)],
            vec![
                ConditionalTable {
                    parents: vec![1, 2],
                    probabilities: vec![0.1, 0.9, 0.9, 0.1, 0.2, 0.8, 0.7, 0.3, 0.5, 0.5, 0.0, 1.0],
                },
                ConditionalTable { parents: vec![], probabilities: vec![0.2, 0.3, 0.5] },
                ConditionalTable { parents: vec![], probabilities: vec![0.4, 0.6] },
            ],
        )
        .unwrap()
    }

    fn codes(table: &Table, column: usize) -> &[u32] {
        match &table.column(column).values {
            Values::Categorical { codes, .. } => codes,
            Values::Continuous(_) => panic!("sampled columns are categorical"),
        }
    }

    #[test]
    fn frequencies_approach_the_tables() {
        let network = network();
        let table = network.sample(60_000, 7).unwrap();
        let (effect, cause, other) = (codes(&table, 0), codes(&table, 1), codes(&table, 2));
        for c in 0..3u32 {
            for o in 0..2u32 {
                let rows: Vec<usize> =
                    (0..table.rows()).filter(|&r| cause[r] == c && other[r] == o).collect();
                let ones = rows.iter().filter(|&&r| effect[r] == 1).count();
                let share = ones as f64 / rows.len() as f64;
                let p = network.distribution(0, &[c as usize, o as usize]).unwrap()[1];
                let bound = 5.0 * (p * (1.0 - p) / rows.len() as f64).sqrt();
                assert!((share - p).abs() <= bound, "{c} {o}: {share} for {p}");
            }
        }
    }

    #[test]
    fn fewer_rows_are_the_first_of_more() {
        let (few, many) = (network().sample(50, 3).unwrap(), network().sample(80, 3).unwrap());
        assert_eq!(few, many.take(&(0..50).collect::<Vec<_>>()));
        assert_ne!(few, network().sample(50, 4).unwrap());
        assert!(codes(&few, 0).iter().all(|c| *c != MISSING));
    }

    #[test]
    fn a_level_of_probability_zero_is_never_drawn() {
        assert_eq!(level_at(&[0.5, 0.5, 0.0], 1.0 - 1e-17), 1);
        assert_eq!(level_at(&[0.0, 1.0], 0.0), 1);
    }
}
