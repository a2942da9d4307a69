//! Whose mechanism changed a target's distribution.

use super::{NoiseShare, ShapleyOptions, check_graph, check_target, shapley};
use crate::random::generator;
use crate::regress::moments;
use crate::scm::{FitOptions, StructuralCausalModel};
use crate::{CausalError, Dag, Table};
use serde::Serialize;

/// What of the distribution is looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Statistic {
    /// The mean.
    #[default]
    Mean,
    /// The logarithm of the standard deviation.
    LogSpread,
}

/// Settings of [`attribute_change`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChangeOptions {
    /// What of the target's distribution is attributed.
    pub statistic: Statistic,
    /// Rows drawn for each coalition. Default: 4000.
    pub samples: usize,
    /// How the shares are computed.
    pub shapley: ShapleyOptions,
    /// Seed of fits and rows.
    pub seed: u64,
}

impl Default for ChangeOptions {
    fn default() -> Self {
        Self { statistic: Statistic::Mean, samples: 4000, shapley: ShapleyOptions::default(), seed: 0 }
    }
}

/// Shares of the change of a target's distribution between two tables among the mechanisms of the target and its
/// ancestors (Budhathoki, Janzing, Blöbaum and Ng, AISTATS 2021): a coalition's worth is the statistic when its
/// members have the mechanisms of the second table and the others those of the first. Families are chosen on the first.
///
/// # Errors
/// As [`StructuralCausalModel::fit`] for either table; [`CausalError::Data`] for a graph on other variables;
/// [`CausalError::Argument`] for a target that is not there or has levels.
pub fn attribute_change(
    before: &Table,
    after: &Table,
    graph: &Dag,
    target: usize,
    options: &ChangeOptions,
) -> Result<Vec<NoiseShare>, CausalError> {
    check_target(before, target)?;
    check_graph(before, graph)?;
    before.continuous(target)?;
    let settings = FitOptions { seed: options.seed, ..FitOptions::default() };
    let old = StructuralCausalModel::fit(before, graph, &settings)?;
    let mut players: Vec<usize> = graph.ancestors(target).into_iter().chain([target]).collect();
    players.sort_by_key(|p| graph.topological_order().iter().position(|n| n == p));
    let new = old.refit(after, &players, options.seed)?;
    let statistic = |members: &[bool]| {
        let mut values: Vec<Vec<f64>> = vec![Vec::new(); graph.len()];
        for (&node, &is_new) in players.iter().zip(members) {
            let mechanism = &(if is_new { &new } else { &old }).mechanisms()[node];
            let parents: Vec<&[f64]> = graph.parents(node).iter().map(|&p| values[p].as_slice()).collect();
            let noise = mechanism.draw_noise(options.samples, &mut generator(options.seed, node as u64));
            values[node] = mechanism.sample(&parents, &noise);
        }
        let (mean, deviation) = moments(&values[target]);
        match options.statistic {
            Statistic::Mean => mean,
            Statistic::LogSpread => deviation.max(f64::MIN_POSITIVE).ln(),
        }
    };
    let found = shapley(players.len(), statistic, &options.shapley)?;
    let mut shares: Vec<NoiseShare> = players
        .iter()
        .zip(found.values.iter().zip(&found.standard_errors))
        .map(|(&node, (&share, &standard_error))| NoiseShare {
            variable: graph.names()[node].clone(),
            share,
            standard_error,
        })
        .collect();
    shares.sort_by(|a, b| b.share.abs().total_cmp(&a.share.abs()).then_with(|| a.variable.cmp(&b.variable)));
    Ok(shares)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand_distr::{Distribution, StandardNormal};

    fn table(seed: u64, shift: f64) -> Table {
        let mut rng = generator(seed, 0);
        let mut draw = || -> Vec<f64> { (0..500).map(|_| StandardNormal.sample(&mut rng)).collect() };
        let (a, e, f) = (draw(), draw(), draw());
        let b: Vec<f64> = a.iter().zip(&e).map(|(a, e)| a + e + shift).collect();
        let c: Vec<f64> = b.iter().zip(&f).map(|(b, f)| 2.0 * b + f).collect();
        Table::from_continuous([("a", a), ("b", b), ("c", c)]).unwrap()
    }

    #[test]
    fn the_mechanism_that_moved_has_nearly_all_of_the_change() {
        let dag = Dag::from_edges(["a", "b", "c"], &[(0, 1), (1, 2)]).unwrap();
        let shares =
            attribute_change(&table(1, 0.0), &table(2, 3.0), &dag, 2, &ChangeOptions::default()).unwrap();
        assert_eq!(shares[0].variable, "b");
        assert!((shares[0].share - 6.0).abs() < 1.0, "{shares:?}");
        assert!(shares[1].share.abs() < 1.0, "{shares:?}");
    }
}
