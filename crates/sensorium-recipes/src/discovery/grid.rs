//! Everyone on one table: F1 and structural Hamming distance as figures and rows.

use super::competitors::Competitor;
use crate::{Figure, Outcome, RecipeError, Table as Shown};
use sensorium_causal::graph::{directed_edge_scores, structural_hamming_distance};
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

/// Lets everyone search, writes a row each, and returns who had the best F1.
pub(super) fn compete(
    task: &Task,
    competitors: &[Competitor],
    seed: u64,
    shown: &mut Shown,
    outcome: &mut Outcome,
) -> Result<(), RecipeError> {
    let n = task.table.rows();
    let mut best: Option<(f64, Competitor)> = None;
    let mut rows = Vec::new();
    for &competitor in competitors {
        let Some(answer) = competitor.search(task.table, seed)? else {
            shown.row([task.name, &n.to_string(), &competitor.name(), "no answer"]);
            continue;
        };
        let found = widened(&answer.graph, task.truth)?;
        let scores = directed_edge_scores(task.truth, &found)?;
        let distance = structural_hamming_distance(task.truth, &found)?;
        let (key, name) = (competitor.key(), task.name.replace('-', "_"));
        if competitor.is_ours() {
            outcome.figures.push(Figure::new(
                format!("f1_{key}_{name}_{n}"),
                format!("F1, {} on {}, {n} rows", competitor.name(), task.name),
                scores.f1,
            ));
            let label =
                format!("structural Hamming distance, {} on {}, {n} rows", competitor.name(), task.name);
            outcome
                .figures
                .push(Figure::new(format!("shd_{key}_{name}_{n}"), label, distance as f64).lower_is_better());
        }
        if best.is_none_or(|(f1, _)| scores.f1 > f1) {
            best = Some((scores.f1, competitor));
        }
        rows.push((competitor, scores, distance, answer.seconds));
    }
    for (competitor, scores, distance, seconds) in rows {
        let is_best = best.is_some_and(|(f1, _)| scores.f1 >= f1);
        let cells = [
            task.name.to_owned(),
            n.to_string(),
            competitor.name(),
            format!("{:.3}", scores.precision),
            format!("{:.3}", scores.recall),
            format!("{:.3}{}", scores.f1, if is_best { " best" } else { "" }),
            distance.to_string(),
            format!("{seconds:.3}"),
        ];
        if competitor.is_ours() && is_best {
            shown.own_row(cells)
        } else {
            shown.row(cells)
        };
    }
    Ok(())
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
