//! Edges from normal lots, with the process steps as tiers.
//!
//! What comes in an earlier step and correlates with the residual of a variable given its parents
//! becomes a parent too, one after the other (orthogonal matching pursuit). Within a step normal lots
//! do not tell cause from effect, and a wrong direction hides a cause behind its effects: on the
//! design faults, edges within steps from a Lasso cost a third of the checks, so there are none.

use super::cases::Setting;
use crate::RecipeError;
use sensorium_causal::Dag;
use sensorium_causal::regress::Ridge;

/// Correlation with the residual from which on a variable becomes a parent.
const CORRELATED: f64 = 0.12;
/// Parents added to a variable at most.
const ADDED: usize = 4;

/// Adds the edges that normal lots ask for.
pub(super) fn complete(setting: &Setting, graph: &mut Dag) -> Result<(), RecipeError> {
    let columns: Vec<Vec<f64>> = setting.columns.iter().map(|c| filled(c)).collect();
    let steps = setting.line.steps();
    let ridge = Ridge { penalty: 1.0 };
    for v in graph.topological_order() {
        for _ in 0..ADDED {
            let parents: Vec<usize> = graph.parents(v).to_vec();
            let slices: Vec<&[f64]> = parents.iter().map(|&p| columns[p].as_slice()).collect();
            let residual: Vec<f64> = if parents.is_empty() {
                columns[v].clone()
            } else {
                let predicted = ridge.fit_linear(&slices, &columns[v])?.predict(&slices);
                columns[v].iter().zip(predicted).map(|(y, p)| y - p).collect()
            };
            let below = graph.descendants(v);
            let norm = |x: &[f64]| x.iter().map(|a| a * a).sum::<f64>().sqrt().max(1e-12);
            let own = norm(&residual);
            let best = (0..columns.len())
                .filter(|&u| u != v && steps[u] < steps[v] && !parents.contains(&u) && !below.contains(&u))
                .map(|u| {
                    let cross: f64 = columns[u].iter().zip(&residual).map(|(a, b)| a * b).sum();
                    (cross.abs() / own / norm(&columns[u]), u)
                })
                .max_by(|a, b| a.0.total_cmp(&b.0));
            match best {
                Some((r, u)) if r >= CORRELATED => graph.add_edge(u, v)?,
                _ => break,
            }
        }
    }
    Ok(())
}

/// Standardised, with the mean for what is not measured.
fn filled(column: &[f64]) -> Vec<f64> {
    let seen: Vec<f64> = column.iter().copied().filter(|x| x.is_finite()).collect();
    let n = seen.len() as f64;
    let mean = seen.iter().sum::<f64>() / n;
    let deviation = (seen.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / n).sqrt().max(1e-12);
    column.iter().map(|x| if x.is_finite() { (x - mean) / deviation } else { 0.0 }).collect()
}
