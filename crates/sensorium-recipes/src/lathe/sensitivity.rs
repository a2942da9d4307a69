//! What half and double of each constant do: whether the figures hang on one of them.

use super::data::Lathe;
use super::{Runs, measure};
use crate::{RecipeError, Table};
use sensorium_causal::events::{Behaviour, BehaviourOptions, RootCauseOptions, root_causes_from_events};

type Set = fn(&mut BehaviourOptions, &mut RootCauseOptions, f64);

const CONSTANTS: [(&str, Set); 7] = [
    ("window", |b, _, k| b.window_s *= k),
    ("tolerance", |b, _, k| b.tolerance_s *= k),
    ("least lift", |b, _, k| b.least_lift *= k),
    ("memory", |_, r, k| r.memory_s *= k),
    ("horizon", |_, r, k| r.horizon_s *= k),
    ("order spread", |_, r, k| r.order_spread_s *= k),
    ("explained", |_, r, k| r.explained *= k),
];

/// AP@3 with the learned graph, a row for each constant.
pub fn table(data: &Lathe, normal: &Behaviour, runs: &Runs) -> Result<Table, RecipeError> {
    let groups = |when: &str| runs.names.iter().map(|n| format!("{n}, {when}")).collect::<Vec<_>>();
    let columns = ["constant".to_owned()].into_iter().chain(groups("half")).chain(groups("double"));
    let mut table = Table::new("AP@3 with the learned graph, a constant halved or doubled", columns);
    for (name, set) in CONSTANTS {
        let mut cells = vec![name.to_owned()];
        for factor in [0.5, 2.0] {
            let (mut behaviour, mut options) = (*normal.options(), RootCauseOptions::default());
            set(&mut behaviour, &mut options, factor);
            let relearned = if behaviour == *normal.options() {
                normal.clone()
            } else {
                Behaviour::learn(&data.normal, &data.catalogue, &behaviour)?
            };
            let graph = relearned.graph(&data.catalogue)?;
            let mut values = Vec::new();
            for run in &runs.runs {
                let found =
                    root_causes_from_events(&run.log, &data.catalogue, &relearned, Some(&graph), &options)?;
                values.push(measure::average_precision(
                    &found.scores(data.catalogue.len())[..data.known],
                    &run.truth,
                    3,
                ));
            }
            let all = runs.all();
            cells.extend((0..runs.names.len()).map(|g| format!("{:.3}", runs.mean_of(&all, &values, g))));
        }
        table.row(cells);
    }
    Ok(table)
}
