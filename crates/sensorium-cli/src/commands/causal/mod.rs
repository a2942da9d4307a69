//! `causal`: from tables and event logs to graphs, effects, counterfactuals and root causes.

mod counterfactual;
mod discover;
mod effect;
mod example;
mod fit;
mod graph_page;
mod input;
mod intervene;
mod root_cause;
mod series;
mod validate;

use crate::failure::usage;
use crate::session::Session;
use anyhow::Result;
use clap::Subcommand;

/// What is known beforehand, for the help of those who say it.
const KNOWLEDGE_HELP: &str = r#"Background knowledge is TOML; `*` in a name stands for anything:

  tiers = [["tool", "ambient_*"], ["dose", "focus"], ["yield"]]   # never an edge from a later tier to an earlier
  required = [["dose", "width"]]                                   # cause, effect
  forbidden = [["yield", "*"]]

A table is a CSV file with a header; a column of words is categorical, empty cells are missing.
Graphs are read and written as .json, .gml, .dot and (Bayesian networks, reading) .bif."#;

/// `causal`'s commands.
#[derive(Debug, Subcommand)]
pub enum Causal {
    /// Write a small example: a semiconductor line with a fault, its tables, graph and knowledge
    Example(example::Example),
    /// Find a causal graph in a table or a time series
    #[command(after_help = KNOWLEDGE_HELP)]
    Discover(Box<discover::Discover>),
    /// Whether an effect follows from a graph, by what formula, and how large it is
    Effect(effect::Effect),
    /// Fit a structural causal model: a mechanism for each variable of a graph
    Fit(fit::Fit),
    /// Check a graph and a model against data: fit, noise, implied independences, refutations
    Validate(validate::Validate),
    /// What would happen if a variable were set: distributions and effects, with intervals
    Do(intervene::Do),
    /// What would have happened to one row if a variable had been other than it was
    Counterfactual(counterfactual::Counterfactual),
    /// Rank the causes of a fault, with the chain to its symptom and what to check next
    RootCause(Box<root_cause::RootCause>),
}

/// Runs one of `causal`'s commands.
///
/// # Errors
/// What is wrong with the data, the graph or the question.
pub fn run(session: &Session, command: Causal) -> Result<()> {
    if session.device_name != "cpu" {
        return Err(usage("--device is not for `causal`: it runs on the CPU"));
    }
    match command {
        Causal::Example(options) => example::run(session, &options),
        Causal::Discover(options) => discover::run(session, &options),
        Causal::Effect(options) => effect::run(session, &options),
        Causal::Fit(options) => fit::run(session, &options),
        Causal::Validate(options) => validate::run(session, &options),
        Causal::Do(options) => intervene::run(session, &options),
        Causal::Counterfactual(options) => counterfactual::run(session, &options),
        Causal::RootCause(options) => root_cause::run(session, &options),
    }
}
