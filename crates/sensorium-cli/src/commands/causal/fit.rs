//! `causal fit`: a mechanism for each variable of a graph.

use super::input::{Reading, dag};
use crate::failure::usage;
use crate::output;
use crate::session::Session;
use anyhow::{Result, bail};
use clap::Args;
use sensorium::causal::scm::{FitOptions, StructuralCausalModel};
use sensorium::recipes::Table;
use serde_json::json;
use std::path::PathBuf;

/// Options of `causal fit`.
#[derive(Debug, Args)]
pub struct Fit {
    /// A CSV file with a column for each node of the graph
    data: PathBuf,
    /// The graph: .json, .gml, .dot or .bif
    #[arg(long, value_name = "FILE")]
    graph: PathBuf,
    /// Where the model goes
    #[arg(long, value_name = "FILE.json")]
    out: PathBuf,
    /// Replace a file of that name
    #[arg(long)]
    replace: bool,
    /// Parts for the cross-validation that chooses mechanisms
    #[arg(long, value_name = "N", default_value_t = 5)]
    folds: usize,
    #[command(flatten)]
    reading: Reading,
}

/// Fits and saves.
///
/// # Errors
/// What is wrong with the table or the graph; a file that exists.
pub fn run(session: &Session, options: &Fit) -> Result<()> {
    if options.out.exists() && !options.replace {
        bail!("{} exists; give another --out, or --replace", options.out.display());
    }
    if options.folds < 2 {
        return Err(usage("--folds must be 2 or more"));
    }
    let dag = dag(session, &options.graph)?;
    let table = options.reading.table(&options.data)?;
    session.say(format!("fitting {} mechanisms on {} rows", dag.len(), table.rows()));
    let settings = FitOptions { folds: options.folds, seed: session.seed, ..FitOptions::default() };
    let model = StructuralCausalModel::fit(&table, &dag, &settings)?;
    model.save(&options.out)?;
    let mut shown = Table::new("", ["variable", "causes", "mechanism", "families tried"]);
    let mut variables = Vec::new();
    for (i, variable) in model.variables().iter().enumerate() {
        let causes: Vec<&str> = dag.parents(i).iter().map(|&p| dag.names()[p].as_str()).collect();
        let (mechanism, choice) = (model.mechanisms()[i].describe(), &model.choices()[i]);
        let tried: Vec<_> = choice
            .candidates
            .iter()
            .map(|c| json!({ "family": c.family.name(), "log_likelihood": c.log_likelihood }))
            .collect();
        shown.row([variable.name.clone(), causes.join(", "), mechanism.clone(), tried.len().to_string()]);
        variables.push(json!({
            "name": variable.name, "causes": causes, "mechanism": mechanism, "family": choice.family.name(),
            "tried": tried,
        }));
    }
    if session.json {
        return output::json(&json!({
            "model": options.out.display().to_string(), "rows": table.rows(), "variables": variables,
        }));
    }
    output::text(&shown.to_text())?;
    session.say(format!("{}: next, `sensorium causal validate` or `do`", options.out.display()));
    Ok(())
}
