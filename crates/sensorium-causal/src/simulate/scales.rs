//! What scales give away.

use crate::{CausalError, Column, Dag, Table, Values};

/// The table with every continuous column at mean 0 and variance 1.
///
/// # Errors
/// A continuous column that is constant or not finite.
pub fn standardised(table: &Table) -> Result<Table, CausalError> {
    let column = |column: &Column| {
        let Values::Continuous(values) = &column.values else { return Ok(column.clone()) };
        let (mean, variance) = moments(values);
        if !(variance.is_finite() && variance > 0.0) {
            return Err(CausalError::Data(format!(
                "column `{}` is constant, missing or infinite and cannot be standardised",
                column.name
            )));
        }
        let scale = 1.0 / variance.sqrt();
        Ok(Column::continuous(&column.name, values.iter().map(|v| (v - mean) * scale).collect()))
    };
    Table::new(table.columns().iter().map(column).collect::<Result<_, _>>()?)
}

/// How well variances alone tell the causal order: the share of directed paths that lead from lower to higher
/// variance, ties counted half, over the pairs joined by paths of each length (Reisach, Seiler and Weichwald 2021,
/// equation 3). 1/2 on data whose scales say nothing or a graph without edges.
///
/// # Errors
/// A categorical column, or other variables than the graph has.
pub fn varsortability(table: &Table, dag: &Dag) -> Result<f64, CausalError> {
    /// Variances closer than this (relatively) are tied.
    const TIED: f64 = 1e-9;
    if table.names() != dag.names() {
        return Err(CausalError::Argument("the table and the graph must have the same variables".into()));
    }
    let n = dag.len();
    let mut variances = Vec::with_capacity(n);
    for i in 0..n {
        variances.push(moments(table.continuous(i)?).1);
    }
    let (mut paths, mut sorted) = (0.0, 0.0);
    let mut reached: Vec<Vec<usize>> = (0..n).map(|i| dag.children(i).to_vec()).collect();
    while reached.iter().any(|r| !r.is_empty()) {
        for (cause, effects) in reached.iter_mut().enumerate() {
            for &effect in effects.iter() {
                let ratio = variances[effect] / variances[cause];
                paths += 1.0;
                sorted += if ratio > 1.0 + TIED {
                    1.0
                } else if ratio >= 1.0 - TIED {
                    0.5
                } else {
                    0.0
                };
            }
            let next: std::collections::BTreeSet<usize> =
                effects.iter().flat_map(|&e| dag.children(e).iter().copied()).collect();
            *effects = next.into_iter().collect();
        }
    }
    Ok(if paths > 0.0 { sorted / paths } else { 0.5 })
}

fn moments(values: &[f64]) -> (f64, f64) {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    (mean, values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / n)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn growing_variances_sort_and_standardised_ones_do_not() {
        let dag = Dag::from_edges(["a", "b", "c"], &[(0, 1), (1, 2)]).unwrap();
        let base = [0.0, 1.0, 5.0, -2.0];
        let scaled = |k: f64| base.iter().map(|v| v * k).collect::<Vec<f64>>();
        let table =
            Table::from_continuous([("a", scaled(1.0)), ("b", scaled(2.0)), ("c", scaled(0.5))]).unwrap();
        // a → b is sorted, b → c and a → b → c are not.
        assert!((varsortability(&table, &dag).unwrap() - 1.0 / 3.0).abs() < 1e-12);
        assert_eq!(varsortability(&standardised(&table).unwrap(), &dag).unwrap(), 0.5);
    }
}
