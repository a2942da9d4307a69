//! Whose noise made a row an outlier.

use super::{ShapleyOptions, Spread, shapley};
use crate::CausalError;
use crate::random::generator;
use crate::scm::StructuralCausalModel;
use serde::Serialize;

/// Settings of [`attribute_outlier`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutlierOptions {
    /// Rows drawn for each probability; the smallest that can be told from zero is about one by this. Default: 2000.
    pub samples: usize,
    /// How the shares are computed.
    pub shapley: ShapleyOptions,
    /// Seed of the rows.
    pub seed: u64,
}

impl Default for OutlierOptions {
    fn default() -> Self {
        Self { samples: 2000, shapley: ShapleyOptions::default(), seed: 0 }
    }
}

/// A variable's share in an outlier.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct NoiseShare {
    /// Name of the variable.
    pub variable: String,
    /// Its share of the outlier's score, in nats; negative where its noise held against it.
    pub share: f64,
    /// Standard error of sampling permutations; zero where all coalitions were asked for.
    pub standard_error: f64,
}

/// Shares of a row's outlier score among the noise terms of the target and its ancestors (Budhathoki, Minorics, Blöbaum
/// and Janzing, ICML 2022).
///
/// The score is −ln P(distance ≥ the row's), where the distance is that from the median in interquartile ranges. A
/// coalition's worth is the logarithm of that probability when the noise of its members is what it was in the row
/// and that of the others is drawn anew, so the shares add up to the score.
///
/// # Errors
/// [`CausalError::Argument`] for a row of another length, a target that is not there or no number, or fewer than 100
/// samples; [`CausalError::Data`] for values that are missing, named.
pub fn attribute_outlier(
    model: &StructuralCausalModel,
    row: &[f64],
    target: usize,
    options: &OutlierOptions,
) -> Result<Vec<NoiseShare>, CausalError> {
    let variables = model.variables();
    if row.len() != variables.len() || target >= variables.len() {
        return Err(CausalError::Argument(format!("the model has {} variables", variables.len())));
    }
    if variables[target].levels().is_some() || options.samples < 100 {
        return Err(CausalError::Argument(format!(
            "an outlier's score needs a numeric target (`{}`) and at least 100 samples",
            variables[target].name
        )));
    }
    let dag = model.dag();
    let mut players: Vec<usize> = dag.ancestors(target).into_iter().chain([target]).collect();
    players.sort_by_key(|p| dag.topological_order().iter().position(|n| n == p));
    if let Some(gap) = players.iter().find(|p| row[**p].is_nan()) {
        return Err(CausalError::Data(format!(
            "`{}` is missing in the row and needed",
            variables[*gap].name
        )));
    }
    let rows = options.samples;
    let parents = |node: usize, values: &[Vec<f64>]| -> Vec<Vec<f64>> {
        dag.parents(node).iter().map(|&p| values[p].clone()).collect()
    };
    // For each player its noise in the row, once a row of the sample, and noise drawn anew.
    let given: Vec<Vec<f64>> = row.iter().map(|v| vec![*v]).collect();
    let mut own = Vec::new();
    let mut anew = Vec::new();
    for &node in &players {
        let columns = parents(node, &given);
        let slices: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
        let mut rng = generator(options.seed, node as u64);
        let noise = model.mechanisms()[node].noise_of(&given[node], &slices, &mut rng);
        own.push(noise.into_iter().map(|c| vec![c[0]; rows]).collect::<Vec<_>>());
        anew.push(model.mechanisms()[node].draw_noise(rows, &mut rng));
    }
    let drawn = |members: &[bool]| -> Vec<f64> {
        let mut values = vec![Vec::new(); variables.len()];
        for (i, &node) in players.iter().enumerate() {
            let columns = parents(node, &values);
            let slices: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
            values[node] =
                model.mechanisms()[node].sample(&slices, if members[i] { &own[i] } else { &anew[i] });
        }
        std::mem::take(&mut values[target])
    };
    let normal = drawn(&vec![false; players.len()]);
    let spread = Spread::of(&normal)
        .ok_or_else(|| CausalError::Data(format!("the model never moves `{}`", variables[target].name)))?;
    let distance = spread.deviation(row[target]).abs();
    let worth = |members: &[bool]| {
        // Rounding must not undo the row itself, which all of its own noise gives back.
        let reached = |v: &f64| spread.deviation(*v).abs() >= distance * (1.0 - 1e-9);
        let count = drawn(members).iter().filter(|v| reached(v)).count() as f64;
        ((count + 0.5) / (rows as f64 + 0.5)).min(1.0).ln()
    };
    let found = shapley(players.len(), worth, &options.shapley)?;
    let mut shares: Vec<NoiseShare> = players
        .iter()
        .zip(found.values.iter().zip(&found.standard_errors))
        .map(|(&node, (&share, &standard_error))| NoiseShare {
            variable: variables[node].name.clone(),
            share,
            standard_error,
        })
        .collect();
    shares.sort_by(|a, b| b.share.total_cmp(&a.share).then_with(|| a.variable.cmp(&b.variable)));
    Ok(shares)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scm::FitOptions;
    use crate::{Dag, Table};
    use rand_distr::{Distribution, StandardNormal};

    /// a → b → c, all with unit noise.
    fn model() -> StructuralCausalModel {
        let mut rng = generator(4, 0);
        let mut draw = || -> Vec<f64> { (0..600).map(|_| StandardNormal.sample(&mut rng)).collect() };
        let (a, e, f) = (draw(), draw(), draw());
        let b: Vec<f64> = a.iter().zip(&e).map(|(a, e)| 2.0 * a + e).collect();
        let c: Vec<f64> = b.iter().zip(&f).map(|(b, f)| b + f).collect();
        let table = Table::from_continuous([("a", a), ("b", b), ("c", c)]).unwrap();
        let dag = Dag::from_edges(["a", "b", "c"], &[(0, 1), (1, 2)]).unwrap();
        StructuralCausalModel::fit(&table, &dag, &FitOptions::default()).unwrap()
    }

    #[test]
    fn the_variable_whose_noise_was_large_has_the_largest_share_and_shares_add_up() {
        let model = model();
        // b is 9 above what its cause explains.
        let row = [0.1, 9.2, 9.0];
        let shares = attribute_outlier(&model, &row, 2, &OutlierOptions::default()).unwrap();
        assert_eq!(shares[0].variable, "b");
        let total: f64 = shares.iter().map(|s| s.share).sum();
        assert!(total > 4.0, "{shares:?}");
        assert!(shares[0].share > 0.7 * total, "{shares:?}");
    }

    #[test]
    fn a_missing_value_is_named() {
        let error = attribute_outlier(&model(), &[f64::NAN, 1.0, 1.0], 2, &OutlierOptions::default());
        assert!(error.unwrap_err().to_string().contains("`a` is missing"));
    }
}
