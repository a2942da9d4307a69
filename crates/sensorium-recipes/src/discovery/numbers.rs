//! Tables of numbers: random models and the cells of Sachs et al.

use super::competitors::Competitor;
use super::grid::{Task, compete, table};
use super::peers;
use crate::{Outcome, Progress, RecipeError, RunOptions};
use sensorium_causal::random::generator;
use sensorium_causal::simulate::{
    FunctionFamily, GraphFamily, LinearModel, Noise, NonlinearModel, WeightRange, random_dag, standardised,
    varsortability,
};
use sensorium_causal::table::ReadOptions;
use sensorium_causal::{Column, Graph, GraphKind, Table};
use std::path::Path;

const VARIABLES: usize = 20;
const ROWS: usize = 2_000;

fn competitors(options: &RunOptions) -> Vec<Competitor> {
    let mut all = vec![Competitor::Empty];
    all.extend(Competitor::ours(|_| true));
    if peers::python().is_some() && !options.quick {
        all.extend(peers::NUMBERS.map(Competitor::Peer));
    }
    all
}

pub(super) fn simulated(
    options: &RunOptions,
    progress: &mut dyn Progress,
    outcome: &mut Outcome,
) -> Result<(), RecipeError> {
    progress.stage("random models", Some(3 * options.seed_list().len() as u64));
    let mut shown = table("Random models of numbers");
    let family = GraphFamily::ErdosRenyi { degree: 3.0 };
    for seed in options.seed_list() {
        for (stream, name) in
            ["linear-gaussian", "linear-laplace", "gaussian-process"].into_iter().enumerate()
        {
            let mut rng = generator(seed, stream as u64);
            let dag = random_dag(VARIABLES, family, &mut rng)?;
            let raw = match name {
                "gaussian-process" => {
                    let functions = FunctionFamily::GaussianProcess { length_scale: 1.0 };
                    NonlinearModel::random(dag.clone(), functions, Noise::Gaussian, 0.5, &mut rng)?
                        .sample(ROWS, &mut rng)?
                }
                _ => {
                    let noise = if name == "linear-laplace" { Noise::Laplace } else { Noise::Gaussian };
                    LinearModel::random(dag.clone(), WeightRange::default(), noise, &mut rng)?
                        .sample(ROWS, &mut rng)?
                }
            };
            let sample = standardised(&raw)?;
            outcome.notes.push(format!(
                "{name}, seed {seed}: varsortability {:.2} before, {:.2} after standardising.",
                varsortability(&raw, &dag)?,
                varsortability(&sample, &dag)?
            ));
            let task = Task { name, table: &sample, truth: &dag.cpdag() };
            compete(&task, &competitors(options), seed, &mut shown, outcome)?;
            progress.advance(1);
        }
    }
    outcome.tables.push(shown);
    Ok(())
}

pub(super) fn cells(
    folder: &Path,
    options: &RunOptions,
    progress: &mut dyn Progress,
    outcome: &mut Outcome,
) -> Result<(), RecipeError> {
    progress.stage("cells", None);
    let raw = Table::read_csv(&folder.join("data.csv"), &ReadOptions::default())?;
    let edges = Table::read_csv(&folder.join("edges.csv"), &ReadOptions::default())?;
    let mut columns = Vec::new();
    for (i, column) in raw.columns().iter().enumerate() {
        columns.push(Column::continuous(&column.name, raw.continuous(i)?.iter().map(|v| v.ln()).collect()));
    }
    let sample = Table::new(columns)?;
    let names = sample.names();
    // The consensus has a cycle (PIP2, PIP3, plcg), so it is no DAG and has no class: its edges are compared as they are.
    let mut truth = Graph::new(names, GraphKind::Cpdag)?;
    for row in 0..edges.rows() {
        let end = |column: usize| -> Result<usize, RecipeError> {
            let name = level(&edges, column, row)
                .ok_or_else(|| RecipeError::Other(format!("edges.csv: no name in row {}", row + 2)))?;
            Ok(sample.index_of(&name)?)
        };
        truth.direct(end(0)?, end(1)?);
    }
    let mut shown = table("Cells of Sachs et al., against the consensus graph");
    let task = Task { name: "cells", table: &sample, truth: &truth };
    compete(&task, &competitors(options), options.seed, &mut shown, outcome)?;
    outcome.tables.push(shown);
    Ok(())
}

fn level(table: &Table, column: usize, row: usize) -> Option<String> {
    match &table.column(column).values {
        sensorium_causal::Values::Categorical { levels, codes } => levels.get(codes[row] as usize).cloned(),
        sensorium_causal::Values::Continuous(_) => None,
    }
}
