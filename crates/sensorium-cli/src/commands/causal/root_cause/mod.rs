//! `causal root-cause`: what started a fault, by which way it reached the symptom, and what to check next.

mod events;
mod outlier;
mod tables;

use crate::failure::usage;
use crate::session::Session;
use anyhow::Result;
use clap::Args;
use std::path::PathBuf;

use super::input::Reading;

/// Options of `causal root-cause`.
#[derive(Debug, Args)]
pub struct RootCause {
    /// A table of normal operation
    #[arg(long, value_name = "FILE.csv", required_unless_present_any = ["events", "model"], requires = "faulty")]
    normal: Option<PathBuf>,
    /// A table of the same columns while the fault shows
    #[arg(long, value_name = "FILE.csv", requires_all = ["normal", "symptom"])]
    faulty: Option<PathBuf>,
    /// The variable in which the fault was noticed
    #[arg(long, value_name = "NAME")]
    symptom: Option<String>,
    /// An event log up to the diagnosis (columns time_s, node, value, type), in place of tables
    #[arg(long, value_name = "FILE.csv", conflicts_with_all = ["normal", "faulty", "symptom"], requires = "normal_events")]
    events: Option<PathBuf>,
    /// A folder with event logs of normal operation
    #[arg(long, value_name = "DIR", requires = "events")]
    normal_events: Option<PathBuf>,
    /// Look at the events up to this second only
    #[arg(long, value_name = "S", requires = "events")]
    until_s: Option<f64>,
    /// A causal graph, whole or in part: .json, .gml or .dot
    #[arg(long, value_name = "FILE")]
    graph: Option<PathBuf>,
    /// Learn a graph from normal operation where none is given
    #[arg(long, conflicts_with = "graph")]
    learn: bool,
    /// Background knowledge for learning
    #[arg(long, value_name = "FILE.toml", requires = "learn", conflicts_with = "events")]
    knowledge: Option<PathBuf>,
    /// Share the change of the symptom's mean among the mechanisms (Shapley values); needs a graph
    #[arg(long, requires = "normal")]
    shares: bool,
    /// One row in place of a faulty table: whose noise made the symptom an outlier, by a model from `causal fit`
    #[arg(long, value_name = "FILE.json", conflicts_with_all = ["normal", "faulty", "events"], requires_all = ["given", "symptom"])]
    model: Option<PathBuf>,
    /// The row: a JSON object of names and values
    #[arg(long, value_name = "ROW.json", requires = "model")]
    given: Option<PathBuf>,
    /// How many suspects are shown
    #[arg(long, value_name = "N", default_value_t = 10)]
    top: usize,
    /// Write a page with the graph, the suspects and the chain
    #[arg(long, value_name = "FILE.html")]
    report: Option<PathBuf>,
    #[command(flatten)]
    reading: Reading,
}

/// Diagnoses and tells.
///
/// # Errors
/// What is wrong with the tables, the logs or the graph.
pub fn run(session: &Session, options: &RootCause) -> Result<()> {
    if options.shares && options.graph.is_none() && !options.learn {
        return Err(usage("--shares needs --graph or --learn"));
    }
    if let (Some(model), Some(given), Some(symptom)) = (&options.model, &options.given, &options.symptom) {
        return outlier::run(session, options, model, given, symptom);
    }
    match (&options.events, &options.normal, &options.faulty, &options.symptom) {
        (Some(log), ..) => events::run(session, options, log),
        (None, Some(normal), Some(faulty), Some(symptom)) => {
            tables::run(session, options, normal, faulty, symptom)
        }
        _ => Err(usage(
            "give --normal, --faulty and --symptom, or --events and --normal-events, or --model, --given and --symptom",
        )),
    }
}
