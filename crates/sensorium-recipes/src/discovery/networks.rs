//! Bayesian networks of categories.

use super::competitors::Competitor;
use super::grid::{Task, compete, table};
use super::peers;
use crate::{Outcome, Progress, RecipeError, RunOptions};
use sensorium_causal::network::DiscreteNetwork;
use sensorium_causal::{Table, Values};
use std::path::{Path, PathBuf};

pub(super) fn study(
    folder: &Path,
    options: &RunOptions,
    progress: &mut dyn Progress,
    outcome: &mut Outcome,
) -> Result<(), RecipeError> {
    let sizes: &[usize] = if options.quick { &[500] } else { &[500, 2_000, 10_000] };
    let mut competitors: Vec<Competitor> = vec![Competitor::Empty];
    competitors.extend(Competitor::ours(|m| !m.needs_numbers()));
    if peers::python().is_some() && !options.quick {
        competitors.extend(peers::CATEGORIES.map(Competitor::Peer));
    } else {
        outcome.notes.push(
            "Peers did not run: they need SENSORIUM_PEER_PYTHON (benches/peers/README.md), and are left out with --quick."
                .into(),
        );
    }
    let paths = networks(folder)?;
    if paths.is_empty() {
        return Err(RecipeError::Other(format!("{}: no .bif file in it", folder.display())));
    }
    progress.stage("networks", Some((paths.len() * sizes.len() * options.seed_list().len()) as u64));
    let mut shown = table("Networks");
    for path in &paths {
        let name = path.file_stem().map_or_else(String::new, |n| n.to_string_lossy().into_owned());
        let network = DiscreteNetwork::read_bif(path)?;
        let truth = network.dag().cpdag();
        for &rows in sizes {
            for seed in options.seed_list() {
                let sample = varying(&network.sample(rows, seed)?);
                let left_out = network.dag().len() - sample.width();
                if left_out > 0 {
                    outcome.notes.push(format!(
                        "{name}, {rows} rows, seed {seed}: {left_out} columns left out, as constant or copies."
                    ));
                }
                compete(
                    &Task { name: &name, table: &sample, truth: &truth },
                    &competitors,
                    seed,
                    &mut shown,
                    outcome,
                )?;
                progress.advance(1);
            }
        }
    }
    outcome.tables.push(shown);
    Ok(())
}

fn networks(folder: &Path) -> Result<Vec<PathBuf>, RecipeError> {
    let entries =
        std::fs::read_dir(folder).map_err(|e| RecipeError::Other(format!("{}: {e}", folder.display())))?;
    let mut paths: Vec<PathBuf> =
        entries.flatten().map(|e| e.path()).filter(|p| p.extension().is_some_and(|e| e == "bif")).collect();
    paths.sort();
    Ok(paths)
}

/// Without columns that are constant, or equal to an earlier one up to the names of their levels: no data can place
/// those.
fn varying(table: &Table) -> Table {
    let mut seen: Vec<Vec<u32>> = Vec::new();
    let mut kept = Vec::new();
    for (i, column) in table.columns().iter().enumerate() {
        let Values::Categorical { codes, levels } = &column.values else { continue };
        let mut numbers = vec![u32::MAX; levels.len()];
        let mut next = 0;
        let pattern: Vec<u32> = codes
            .iter()
            .map(|&c| {
                let number = &mut numbers[c as usize];
                if *number == u32::MAX {
                    *number = next;
                    next += 1;
                }
                *number
            })
            .collect();
        if next > 1 && !seen.contains(&pattern) {
            seen.push(pattern);
            kept.push(i);
        }
    }
    table.select(&kept)
}
