//! Everyone on one table: F1 and structural Hamming distance as figures and rows.

use super::competitors::Competitor;
use crate::{Figure, Outcome, RecipeError, Table as Shown};
use sensorium_causal::graph::{EdgeScores, directed_edge_scores, structural_hamming_distance};
use sensorium_causal::{Graph, Mark, Table};

/// A table and the class of graphs that it comes from.
pub(super) struct Task<'a> {
    /// For keys and rows, such as `alarm`.
    pub(super) name: &'a str,
    /// The rows.
    pub(super) table: &'a Table,
    /// On all variables, those that the table lacks too.
    pub(super) truth: &'a Graph,
}

/// Lets everyone search and writes a row each, and ours as figures.
pub(super) fn compete(
    task: &Task,
    competitors: &[Competitor],
    seed: u64,
    shown: &mut Shown,
    outcome: &mut Outcome,
) -> Result<(), RecipeError> {
    let n = task.table.rows();
    let mut rows = Vec::new();
    for &competitor in competitors {
        let Some(answer) = competitor.search(task.table, seed)? else {
            shown.row([task.name, &n.to_string(), &competitor.name(), "no answer"]);
            continue;
        };
        let found = widened(&answer.graph, task.truth)?;
        rows.push(Row {
            competitor,
            scores: directed_edge_scores(task.truth, &found)?,
            distance: structural_hamming_distance(task.truth, &found)? as f64,
            seconds: answer.seconds,
        });
    }
    let best = rows.iter().map(|r| r.scores.f1).fold(0.0, f64::max);
    // Ours are told beside the best of the others: a peer, or the empty graph.
    let others = || rows.iter().filter(|r| !r.competitor.is_ours());
    let rival_f1 = others().max_by(|a, b| a.scores.f1.total_cmp(&b.scores.f1));
    let rival_distance = others().min_by(|a, b| a.distance.total_cmp(&b.distance));
    for row in &rows {
        let (name, method) = (task.name.replace('-', "_"), row.competitor.name());
        if row.competitor.is_ours() {
            let key = row.competitor.key();
            let label = format!("F1, {method} on {}, {n} rows", task.name);
            let mut f1 = Figure::new(format!("f1_{key}_{name}_{n}"), label, row.scores.f1);
            if let Some(rival) = rival_f1 {
                f1 = f1.baseline(rival.competitor.name(), rival.scores.f1);
            }
            let label = format!("structural Hamming distance, {method} on {}, {n} rows", task.name);
            let mut distance =
                Figure::new(format!("shd_{key}_{name}_{n}"), label, row.distance).lower_is_better();
            if let Some(rival) = rival_distance {
                distance = distance.baseline(rival.competitor.name(), rival.distance);
            }
            outcome.figures.extend([f1, distance]);
        }
        let is_best = row.scores.f1 >= best;
        let cells = [
            task.name.to_owned(),
            n.to_string(),
            method,
            format!("{:.3}", row.scores.precision),
            format!("{:.3}", row.scores.recall),
            format!("{:.3}{}", row.scores.f1, if is_best { " best" } else { "" }),
            format!("{:.0}", row.distance),
            format!("{:.3}", row.seconds),
        ];
        if row.competitor.is_ours() && is_best {
            shown.own_row(cells)
        } else {
            shown.row(cells)
        };
    }
    Ok(())
}

/// What a competitor's graph is worth.
struct Row {
    competitor: Competitor,
    scores: EdgeScores,
    distance: f64,
    seconds: f64,
}

/// The columns of [`compete`]'s rows.
pub(super) fn table(title: &str) -> Shown {
    Shown::new(title, ["data", "rows", "method", "precision", "recall", "F1", "SHD", "seconds"])
}

/// The same edges on the nodes of `truth`.
fn widened(found: &Graph, truth: &Graph) -> Result<Graph, RecipeError> {
    let mut wide = Graph::new(truth.names().to_vec(), truth.kind())?;
    let position = found.names().iter().map(|n| truth.index_of(n)).collect::<Result<Vec<_>, _>>()?;
    for (a, b) in found.edges() {
        let (at_a, at_b) = (found.mark(b, a).unwrap_or(Mark::Tail), found.mark(a, b).unwrap_or(Mark::Tail));
        wide.set_edge(position[a], position[b], at_a, at_b);
    }
    Ok(wide)
}
