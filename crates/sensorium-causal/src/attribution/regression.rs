//! What the causes of a node do not explain.

use super::{RankedCause, Ranking, Spread, check_graph, check_periods, check_target};
use crate::regress::Ridge;
use crate::{CausalError, Dag, Table};

/// The largest deviation of each node's residual, in interquartile ranges of the normal residuals.
///
/// Each node is regressed on its parents over the normal rows where all are finite (regression-based
/// hypothesis testing, Li et al. 2022, CIRCA). A node without parents, or with fewer than eight usable
/// rows more than it has parents, is compared with its own median.
///
/// # Errors
/// [`CausalError::Data`] for periods or a graph that do not fit together.
pub fn regression_scores(normal: &Table, anomalous: &Table, graph: &Dag) -> Result<Vec<f64>, CausalError> {
    check_periods(normal, anomalous)?;
    check_graph(normal, graph)?;
    (0..graph.len()).map(|node| node_score(normal, anomalous, graph.parents(node), node)).collect()
}

fn complete_rows(table: &Table, columns: &[usize]) -> Result<Vec<usize>, CausalError> {
    let columns: Vec<&[f64]> = columns.iter().map(|c| table.continuous(*c)).collect::<Result<_, _>>()?;
    Ok((0..table.rows()).filter(|r| columns.iter().all(|c| c[*r].is_finite())).collect())
}

fn node_score(normal: &Table, anomalous: &Table, parents: &[usize], node: usize) -> Result<f64, CausalError> {
    let involved: Vec<usize> = parents.iter().copied().chain([node]).collect();
    let (before, during) = (complete_rows(normal, &involved)?, complete_rows(anomalous, &involved)?);
    let usable = !during.is_empty() && before.len() >= parents.len() + 8;
    let used: &[usize] = if usable { parents } else { &[] };
    let residuals = |table: &Table, rows: &[usize], fitted: &crate::regress::Linear| {
        let columns = picked(table, used, rows)?;
        let slices: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
        let expected = fitted.predict(&slices);
        let values = picked(table, &[node], rows)?;
        Ok::<Vec<f64>, CausalError>(
            values[0]
                .iter()
                .enumerate()
                .map(|(r, v)| v - expected[if used.is_empty() { 0 } else { r }])
                .collect(),
        )
    };
    let (before, during) = if usable {
        (before, during)
    } else {
        (complete_rows(normal, &[node])?, complete_rows(anomalous, &[node])?)
    };
    let columns = picked(normal, used, &before)?;
    let slices: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
    let fitted = Ridge::default().fit_linear(&slices, &picked(normal, &[node], &before)?[0])?;
    let spread = Spread::of(&residuals(normal, &before, &fitted)?);
    let during = residuals(anomalous, &during, &fitted)?;
    Ok(spread.map_or(f64::NAN, |s| during.iter().map(|v| s.deviation(*v).abs()).fold(0.0, f64::max)))
}

fn picked(table: &Table, columns: &[usize], rows: &[usize]) -> Result<Vec<Vec<f64>>, CausalError> {
    columns.iter().map(|c| table.continuous(*c).map(|v| rows.iter().map(|r| v[*r]).collect())).collect()
}

/// Ranks the target and its ancestors by [`regression_scores`].
///
/// # Errors
/// As [`regression_scores`], and [`CausalError::Argument`] for the target.
pub fn regression_ranking(
    normal: &Table,
    anomalous: &Table,
    graph: &Dag,
    target: usize,
) -> Result<Ranking, CausalError> {
    check_target(normal, target)?;
    let scores = regression_scores(normal, anomalous, graph)?;
    let mut candidates = graph.ancestors(target);
    candidates.insert(target);
    let causes = candidates.into_iter().map(|node| RankedCause {
        variable: graph.names()[node].clone(),
        score: scores[node],
        evidence: format!("{:.1} interquartile ranges away from what its causes explain", scores[node]),
    });
    Ok(Ranking::new(causes.collect()))
}
