//! Whether the noise that a mechanism leaves is independent of the parents.

use super::super::StructuralCausalModel;
use crate::random::generator;
use crate::{CausalError, Table};
use rand::seq::{SliceRandom, index};
use rayon::prelude::*;
use serde::Serialize;

/// A test of one variable's noise against its parents.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Invertibility {
    /// Position of the variable.
    pub variable: usize,
    /// Its name.
    pub name: String,
    /// Distance correlation of noise and parents.
    pub distance_correlation: f64,
    /// Permutation p-value; a small one speaks against the mechanism, or for a hidden common cause.
    pub p_value: f64,
}

/// Rows that the test uses at most; its cost grows with their square.
const ROWS: usize = 300;
const PERMUTATIONS: usize = 199;

/// Tests the noise of each numeric variable against its parents by distance correlation (Székely, Rizzo &
/// Bakirov 2007) with 199 permutations, on up to 300 rows drawn by the seed.
///
/// # Errors
/// Columns that are not the model's, fewer than 8 complete rows.
pub fn invertibility(
    model: &StructuralCausalModel,
    table: &Table,
    seed: u64,
) -> Result<Vec<Invertibility>, CausalError> {
    let table = model.align(table)?;
    let noise = model.noise_of(&table, seed)?;
    let numbers: Vec<Vec<f64>> = table.columns().iter().map(|c| c.as_numbers()).collect();
    let nodes: Vec<usize> = (0..model.variables.len())
        .filter(|&n| model.mechanisms[n].is_invertible() && !model.dag.parents(n).is_empty())
        .collect();
    let test = |node: usize| {
        let complete: Vec<usize> = (0..table.rows()).filter(|&r| noise[node][0][r].is_finite()).collect();
        if complete.len() < 8 {
            return Err(CausalError::Data(format!(
                "`{}` and its parents are complete in {} rows; the test needs 8",
                model.variables[node].name,
                complete.len()
            )));
        }
        let mut rng = generator(seed, node as u64);
        let rows: Vec<usize> = index::sample(&mut rng, complete.len(), complete.len().min(ROWS))
            .into_iter()
            .map(|k| complete[k])
            .collect();
        let take = |values: &[f64]| rows.iter().map(|&r| values[r]).collect::<Vec<f64>>();
        let parents: Vec<(Vec<f64>, bool)> = model
            .dag
            .parents(node)
            .iter()
            .map(|&p| (take(&numbers[p]), model.variables[p].levels().is_some()))
            .collect();
        let own = centred(&[(take(&noise[node][0]), false)]);
        let theirs = centred(&parents);
        let n = rows.len();
        let mut order: Vec<usize> = (0..n).collect();
        let product = |order: &[usize]| -> f64 {
            (0..n)
                .map(|i| {
                    let other = &theirs[order[i] * n..(order[i] + 1) * n];
                    own[i * n..(i + 1) * n].iter().zip(order).map(|(a, &j)| a * other[j]).sum::<f64>()
                })
                .sum()
        };
        let observed = product(&order);
        let size = |m: &[f64]| m.iter().map(|v| v * v).sum::<f64>();
        let scale = (size(&own) * size(&theirs)).sqrt();
        let at_least = (0..PERMUTATIONS).filter(|_| {
            order.shuffle(&mut rng);
            product(&order) >= observed
        });
        let p_value = (at_least.count() + 1) as f64 / (PERMUTATIONS + 1) as f64;
        let distance_correlation = if scale > 0.0 { (observed.max(0.0) / scale).sqrt() } else { 0.0 };
        Ok(Invertibility {
            variable: node,
            name: model.variables[node].name.clone(),
            distance_correlation,
            p_value,
        })
    };
    nodes.into_par_iter().map(test).collect()
}

/// Distances between rows (numbers standardised, levels equal or not), centred by row and column.
fn centred(columns: &[(Vec<f64>, bool)]) -> Vec<f64> {
    let n = columns.first().map_or(0, |c| c.0.len());
    let mut distance = vec![0.0; n * n];
    for (values, levels) in columns {
        let (_, deviation) = crate::regress::moments(values);
        let scale = if deviation > 0.0 { 1.0 / deviation } else { 0.0 };
        for i in 0..n {
            for j in 0..n {
                let apart = if *levels {
                    f64::from(u8::from(values[i] != values[j]))
                } else {
                    (values[i] - values[j]) * scale
                };
                distance[i * n + j] += apart * apart;
            }
        }
    }
    distance.iter_mut().for_each(|d| *d = d.sqrt());
    let mean: Vec<f64> = distance.chunks(n.max(1)).map(|row| row.iter().sum::<f64>() / n as f64).collect();
    let all = mean.iter().sum::<f64>() / n.max(1) as f64;
    for i in 0..n {
        (0..n).for_each(|j| distance[i * n + j] += all - mean[i] - mean[j]);
    }
    distance
}
