//! `causal discover`: a graph from a table.

use super::graph_page;
use super::input::{Reading, kind_name, knowledge};
use crate::failure::usage;
use crate::output;
use crate::session::Session;
use anyhow::{Result, bail};

use clap::Args;

use sensorium::causal::discovery::{Method, SearchOptions, search, search_with_confidence};
use sensorium::causal::graph::format::{Document, write_document};
use sensorium::causal::{Graph, Mark};
use sensorium::recipes::Table;
use sensorium::recipes::report::{Page, Section, write};
use serde_json::{Value, json};
use std::path::PathBuf;

/// Options of `causal discover`.
#[derive(Debug, Args)]
pub struct Discover {
    /// A CSV file with a header, one row a sample
    pub(super) data: PathBuf,
    /// How to search: pc, fci, ges, boss, lingam or dagma
    #[arg(long, value_name = "METHOD", default_value = "boss", value_parser = method)]
    method: Method,
    /// Background knowledge: tiers, required and forbidden edges
    #[arg(long, value_name = "FILE.toml")]
    pub(super) knowledge: Option<PathBuf>,
    /// Independent when the p-value is above this (methods that test)
    #[arg(long, value_name = "P", default_value_t = 0.01, value_parser = crate::arguments::between(1e-12, 0.9))]
    pub(super) alpha: f64,
    /// Condition on so many variables at most (methods that test) [default: no limit]
    #[arg(long, value_name = "N", conflicts_with = "max_lag")]
    max_given: Option<usize>,
    /// Search again on so many resamples, for the confidence of each edge
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(super) bootstrap: usize,
    /// The rows are steps in time: look for links with up to so many steps between (PCMCI+)
    #[arg(long, value_name = "N", conflicts_with = "method", value_parser = clap::value_parser!(u16).range(1..=1000))]
    max_lag: Option<u16>,
    /// Where the graph goes: .json, .gml or .dot
    #[arg(long, value_name = "FILE")]
    pub(super) out: Option<PathBuf>,
    /// Replace a file of that name
    #[arg(long)]
    replace: bool,
    /// Write a page with the graph
    #[arg(long, value_name = "FILE.html")]
    pub(super) report: Option<PathBuf>,
    #[command(flatten)]
    reading: Reading,
}

fn method(text: &str) -> Result<Method, String> {
    let known: Vec<&str> = Method::ALL.iter().map(|m| m.name()).collect();
    Method::ALL
        .into_iter()
        .find(|m| m.name() == text)
        .ok_or_else(|| format!("there are: {}", known.join(", ")))
}

/// Searches, writes and tells.
///
/// # Errors
/// What is wrong with the table, the knowledge or the request.
pub fn run(session: &Session, options: &Discover) -> Result<()> {
    if let Some(out) = options.out.as_ref().filter(|o| o.exists() && !options.replace) {
        bail!("{} exists; give another --out, or --replace", out.display());
    }
    if options.bootstrap == 1 {
        return Err(usage("--bootstrap must be 0 or at least 2"));
    }
    if let Some(out) = &options.out
        && !out.extension().is_some_and(|e| ["json", "gml", "dot", "gv"].iter().any(|known| e == *known))
    {
        return Err(usage(format!("{}: a graph is written as .json, .gml or .dot", out.display())));
    }
    let table = options.reading.table(&options.data)?;
    if let Some(max_lag) = options.max_lag {
        return super::series::run(session, options, &table, usize::from(max_lag));
    }
    let knowledge = knowledge(options.knowledge.as_deref(), &table.names())?;
    let settings = SearchOptions { alpha: options.alpha, max_given: options.max_given, seed: session.seed };
    session.say(format!("{} on {} variables, {} rows", options.method.name(), table.width(), table.rows()));
    let found = match options.bootstrap {
        0 => search(&table, &knowledge, options.method, &settings)?,
        n => search_with_confidence(&table, &knowledge, options.method, &settings, n)?,
    };
    for warning in &found.warnings {
        session.warn(warning);
    }
    let document = found.document;
    if let Some(out) = &options.out {
        write_document(out, &document)?;
        session.say(format!("graph: {}", out.display()));
    }
    if let Some(path) = &options.report {
        let name = options.data.display().to_string();
        let mut page = Page::new(format!("Causal graph of {name}"), lead(&document, options));
        page.push(graph_page::section(&document, "Rest on an edge to see what speaks for it.", &[]));
        page.push(Section::Table(edges(&document)));
        write(&page, path)?;
        session.say(format!("report: {}", path.display()));
    }
    if session.json {
        return output::json(&json!({
            "method": options.method.name(), "rows": table.complete_rows().rows(), "kind": kind_name(document.graph.kind()),
            "edges": edges_json(&document), "warnings": found.warnings,
        }));
    }
    output::text(&edges(&document).to_text())
}

fn lead(document: &Document, options: &Discover) -> String {
    format!(
        "A {} of {} variables and {} edges, found by {}.",
        kind_name(document.graph.kind()),
        document.graph.len(),
        document.graph.edge_count(),
        options.method.name()
    )
}

/// An edge as text: `a → b`, `a – b`, `a ↔ b`, `a ∘→ b`.
fn arrow(graph: &Graph, a: usize, b: usize) -> &'static str {
    match (graph.mark(b, a), graph.mark(a, b)) {
        (Some(Mark::Tail), Some(Mark::Arrow)) => "→",
        (Some(Mark::Arrow), Some(Mark::Tail)) => "←",
        (Some(Mark::Arrow), Some(Mark::Arrow)) => "↔",
        (Some(Mark::Circle), Some(Mark::Arrow)) => "∘→",
        (Some(Mark::Arrow), Some(Mark::Circle)) => "←∘",
        (Some(Mark::Circle), Some(Mark::Circle)) => "∘–∘",
        (Some(Mark::Circle), _) => "∘–",
        (_, Some(Mark::Circle)) => "–∘",
        _ => "–",
    }
}

fn edges(document: &Document) -> Table {
    let graph = &document.graph;
    let mut table = Table::new("", ["from", "", "to", "confidence", "evidence"]);
    for (a, b) in graph.edges() {
        let note = document.notes.get(&(a, b)).cloned().unwrap_or_default();
        table.row([
            graph.names()[a].clone(),
            arrow(graph, a, b).to_owned(),
            graph.names()[b].clone(),
            note.confidence.map_or_else(String::new, |c| format!("{c:.2}")),
            note.label.unwrap_or_default(),
        ]);
    }
    table.note = format!("{} edges", graph.edge_count());
    table
}

fn edges_json(document: &Document) -> Vec<Value> {
    let graph = &document.graph;
    let one = |(a, b): (usize, usize)| {
        let note = document.notes.get(&(a, b)).cloned().unwrap_or_default();
        json!({
            "from": graph.names()[a], "to": graph.names()[b], "edge": arrow(graph, a, b),
            "confidence": note.confidence, "weight": note.weight, "evidence": note.label,
        })
    };
    graph.edges().into_iter().map(one).collect()
}
