//! `causal discover --max-lag`: a graph over time from a time series.

use super::discover::Discover;
use super::graph_page;
use super::input::knowledge;
use crate::failure::usage;
use crate::output;
use crate::session::Session;
use anyhow::{Context, Result};
use sensorium::causal::discovery::pcmci::{LaggedLink, PcmciConfig, pcmci_plus};
use sensorium::causal::graph::LaggedGraph;
use sensorium::causal::graph::format::Document;
use sensorium::causal::{Mark, Table as Samples};
use sensorium::recipes::Table;
use sensorium::recipes::report::{Page, Section, write};
use serde_json::json;

/// Searches with PCMCI+, writes and tells.
///
/// # Errors
/// What is wrong with the table, the knowledge or the request.
pub(super) fn run(session: &Session, options: &Discover, table: &Samples, max_lag: usize) -> Result<()> {
    if options.bootstrap > 0 {
        return Err(usage(
            "--bootstrap draws rows anew, which breaks a time series; leave it out with --max-lag",
        ));
    }
    if options.out.as_ref().is_some_and(|o| o.extension().is_none_or(|e| e != "json")) {
        return Err(usage("a graph over time is written as .json"));
    }
    let names = table.names();
    let known = knowledge(options.knowledge.as_deref(), &names)?;
    session.say(format!(
        "pcmci+ on {} variables, {} steps, lags up to {max_lag}",
        table.width(),
        table.rows()
    ));
    let found = pcmci_plus(table, &known, &PcmciConfig { max_lag, alpha: options.alpha })?;
    for conflict in &found.conflicts {
        session.warn(format!("tests contradict each other: {conflict}"));
    }
    let links: Vec<LaggedLink> = found
        .links
        .iter()
        .filter(|l| found.graph.marks(l.source, l.lag, l.target).is_some())
        .copied()
        .collect();
    let mut shown = Table::new("", ["from", "steps before", "", "to", "partial correlation", "p-value"]);
    for link in &links {
        shown.row([
            names[link.source].clone(),
            link.lag.to_string(),
            arrow(&found.graph, link).to_owned(),
            names[link.target].clone(),
            format!("{:+.3}", link.partial_correlation),
            format!("{:.1e}", link.p_value),
        ]);
    }
    shown.note = format!("{} links", links.len());
    if let Some(out) = &options.out {
        std::fs::write(out, found.graph.to_json()?).with_context(|| out.display().to_string())?;
        session.say(format!("graph: {}", out.display()));
    }
    if let Some(path) = &options.report {
        let lead = format!("{} links with lags up to {max_lag}, found by PCMCI+.", links.len());
        let mut page = Page::new(format!("Causal graph of {}", options.data.display()), lead);
        let summary = Document::from(found.graph.summary());
        page.push(graph_page::section(&summary, "Lags put together; the table tells them apart.", &[]));
        page.push(Section::Table(shown.clone()));
        write(&page, path)?;
        session.say(format!("report: {}", path.display()));
    }
    if session.json {
        let told: Vec<_> = links
            .iter()
            .map(|l| {
                json!({
                    "from": names[l.source], "lag": l.lag, "to": names[l.target],
                    "edge": arrow(&found.graph, l),
                    "partial_correlation": l.partial_correlation, "p_value": l.p_value,
                })
            })
            .collect();
        return output::json(
            &json!({ "method": "pcmci+", "max_lag": max_lag, "rows": table.rows(), "links": told }),
        );
    }
    output::text(&shown.to_text())
}

/// Time directs what is lagged; within a step the graph says.
fn arrow(graph: &LaggedGraph, link: &LaggedLink) -> &'static str {
    match graph.marks(link.source, link.lag, link.target) {
        Some((Mark::Tail, Mark::Arrow)) => "→",
        Some((Mark::Arrow, Mark::Tail)) => "←",
        _ => "–",
    }
}
