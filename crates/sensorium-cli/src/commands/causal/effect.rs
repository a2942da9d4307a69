//! `causal effect`: whether an effect follows from a graph, and how large it is.

use super::input::Reading;
use crate::failure::usage;
use crate::output;
use crate::session::Session;
use anyhow::{Context, Result, bail};
use clap::Args;
use sensorium::causal::Dag;
use sensorium::causal::graph::format::read;
use sensorium::causal::graph::{IdentifiedEffect, Route};
use sensorium::causal::scm::effect::{AdjustmentOptions, Estimator, adjusted_effect};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::PathBuf;

/// Options of `causal effect`.
#[derive(Debug, Args)]
pub struct Effect {
    /// The graph: .json, .gml, .dot or .bif
    graph: PathBuf,
    /// The variable that is set
    #[arg(long, value_name = "NAME")]
    treatment: String,
    /// The variable that is looked at
    #[arg(long, value_name = "NAME")]
    outcome: String,
    /// Variables that nobody measures
    #[arg(long, value_name = "NAME,…", value_delimiter = ',')]
    unobserved: Vec<String>,
    /// A table, to estimate the effect from as well
    #[arg(long, value_name = "FILE.csv")]
    data: Option<PathBuf>,
    #[command(flatten)]
    reading: Reading,
}

/// Identifies, and estimates where there are data.
///
/// # Errors
/// An effect that is not identifiable, with what would help; what is wrong with the files.
pub fn run(session: &Session, options: &Effect) -> Result<()> {
    let graph = read(&options.graph)?;
    let (x, y) = (graph.index_of(&options.treatment)?, graph.index_of(&options.outcome)?);
    if x == y {
        return Err(usage("--treatment and --outcome are the same variable"));
    }
    // Where not every edge is directed, all members of the class must give one effect; then any of them will do.
    let dag = graph.consistent_extension().with_context(|| options.graph.display().to_string())?;
    graph.check_amenable(x, y)?;
    let (x, y) = (dag.index_of(&options.treatment)?, dag.index_of(&options.outcome)?);
    let unobserved =
        options.unobserved.iter().map(|n| dag.index_of(n)).collect::<Result<BTreeSet<_>, _>>()?;
    let found = dag.identify_effect(x, y, &unobserved)?;
    let formula =
        format!("P({} | do({})) = {}", options.outcome, options.treatment, found.estimand.text(dag.names()));
    let (route, set) = route(&found, &dag);
    let estimate = match &options.data {
        Some(path) => Some(estimate(session, options, path, &found, &dag)?),
        None => None,
    };
    if session.json {
        return output::json(&json!({
            "treatment": options.treatment, "outcome": options.outcome, "route": route, "set": set,
            "formula": formula, "estimate": estimate,
        }));
    }
    let through = if set.is_empty() { String::new() } else { format!(": {}", set.join(", ")) };
    output::text(&format!("identifiable: {route}{through}\n{formula}\n"))?;
    if let Some(told) = estimate {
        let number = |key: &str| output::number(told[key].as_f64().unwrap_or(f64::NAN));
        output::line(&format!(
            "effect of {} of {} on {}: {} ({} – {}), {} over {} rows",
            told["of"].as_str().unwrap_or_default(),
            options.treatment,
            options.outcome,
            number("value"),
            number("low"),
            number("high"),
            told["estimator"].as_str().unwrap_or_default().replace('_', " "),
            told["rows"]
        ))?;
    }
    Ok(())
}

fn route(found: &IdentifiedEffect, dag: &Dag) -> (&'static str, Vec<String>) {
    let named = |set: &BTreeSet<usize>| set.iter().map(|&i| dag.names()[i].clone()).collect();
    match &found.route {
        Route::NoEffect => ("no directed path, so no effect", Vec::new()),
        Route::BackDoor { adjustment } if adjustment.is_empty() => ("nothing to adjust for", Vec::new()),
        Route::BackDoor { adjustment } => ("adjust for", named(adjustment)),
        Route::FrontDoor { mediators } => ("front door through", named(mediators)),
        Route::General => ("by the ID algorithm", Vec::new()),
    }
}

fn estimate(
    session: &Session,
    options: &Effect,
    path: &std::path::Path,
    found: &IdentifiedEffect,
    dag: &Dag,
) -> Result<Value> {
    let adjustment = match &found.route {
        Route::BackDoor { adjustment } => adjustment.clone(),
        Route::NoEffect => {
            return Ok(
                json!({ "value": 0.0, "low": 0.0, "high": 0.0, "estimator": "graph", "rows": 0, "of": "one unit" }),
            );
        }
        _ => bail!(
            "the effect follows from the formula, but only adjustment is estimated; use `causal fit` and `causal do`"
        ),
    };
    let table = options.reading.table(path)?;
    let column = |node: usize| table.index_of(&dag.names()[node]);
    let given = adjustment.iter().map(|&n| column(n)).collect::<Result<Vec<_>, _>>()?;
    let settings = AdjustmentOptions { seed: session.seed, ..AdjustmentOptions::default() };
    let treatment = table.index_of(&options.treatment)?;
    let told = adjusted_effect(&table, treatment, table.index_of(&options.outcome)?, &given, &settings)?;
    // Two values are compared as they are; otherwise the effect is that of one unit.
    let of = match told.estimator {
        Estimator::DoublyRobust => "the change from the lower to the higher value",
        _ => "one unit",
    };
    Ok(json!({
        "of": of, "value": told.value, "standard_error": told.standard_error, "low": told.interval.low,
        "high": told.interval.high, "estimator": told.estimator, "rows": told.rows, "clipped": told.clipped,
    }))
}
