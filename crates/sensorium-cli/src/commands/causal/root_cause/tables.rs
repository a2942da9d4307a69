//! Root causes from a table of normal operation and one of the fault.

use super::RootCause;
use crate::commands::causal::graph_page;
use crate::commands::causal::input::{graph_for, knowledge};
use crate::output;
use crate::session::Session;
use anyhow::{Context, Result};
use sensorium::causal::attribution::{
    CauseMethod, ChangeOptions, Diagnosis, DiagnosisOptions, GraphUsed, NoiseShare, RootCause as Suspect,
    attribute_change, root_causes,
};
use sensorium::causal::discovery::{Method, SearchOptions, search};
use sensorium::causal::graph::format::Document;
use sensorium::causal::{Graph, Table as Samples};
use sensorium::recipes::Table;
use sensorium::recipes::report::{Page, Section, write};
use serde_json::json;
use std::collections::BTreeSet;
use std::path::Path;

pub(super) fn run(
    session: &Session,
    options: &RootCause,
    normal: &Path,
    faulty: &Path,
    symptom: &str,
) -> Result<()> {
    let normal = options.reading.table(normal)?;
    let names = normal.names();
    let faulty = by_name(&options.reading.table(faulty)?, &names, faulty)?;
    let target = normal.index_of(symptom)?;
    let graph: Option<Graph> = match (&options.graph, options.learn) {
        (Some(path), _) => Some(graph_for(path, &names)?),
        (None, true) => {
            session.say("learning a graph from normal operation");
            let known = knowledge(options.knowledge.as_deref(), &names)?;
            let settings =
                SearchOptions { seed: session.seed, max_given: Some(3), ..SearchOptions::default() };
            let found = search(&normal, &known, Method::Pc, &settings)?;
            found.warnings.iter().for_each(|w| session.warn(w));
            Some(found.document.graph)
        }
        (None, false) => None,
    };
    let settings =
        DiagnosisOptions { learned: options.learn, seed: session.seed, ..DiagnosisOptions::default() };
    let found = root_causes(&normal, &faulty, target, graph.as_ref(), &settings)?;
    let shown: Vec<&Suspect> = found.causes.iter().take(options.top).collect();
    let shares = match (&graph, options.shares) {
        (Some(graph), true) => shares(session, &normal, &faulty, graph, target)?,
        _ => Vec::new(),
    };
    if let Some(path) = &options.report {
        let lead = format!("Why `{symptom}` changed: {}.", used(&found));
        let mut page = Page::new("Root causes", lead);
        page.push(Section::Table(suspects(&shown)));
        page.push(Section::Table(chain(&found)));
        page.push(Section::Table(checks(&found)));
        if !shares.is_empty() {
            page.push(Section::Table(share_table(symptom, &shares)));
        }
        if let Some(graph) = graph {
            page.push(picture(&graph, &shown, symptom)?);
        }
        write(&page, path)?;
        session.say(format!("report: {}", path.display()));
    }
    if session.json {
        return output::json(&json!({
            "symptom": symptom, "method": found.method, "graph": found.graph, "causes": shown,
            "next_checks": found.next_checks, "shares": shares,
        }));
    }
    output::text(&format!("{}\n\n", used(&found)))?;
    for table in [suspects(&shown), chain(&found), checks(&found), share_table(symptom, &shares)] {
        if !table.rows.is_empty() {
            output::text(&(table.to_text() + "\n"))?;
        }
    }
    Ok(())
}

/// The columns in the order of the normal table's.
fn by_name(table: &Samples, names: &[String], path: &Path) -> Result<Samples> {
    let positions = names.iter().map(|n| table.index_of(n)).collect::<Result<Vec<_>, _>>();
    Ok(table.select(&positions.with_context(|| path.display().to_string())?))
}

/// Whose mechanism moved the symptom's mean, by Shapley values over mechanisms of both periods.
fn shares(
    session: &Session,
    normal: &Samples,
    faulty: &Samples,
    graph: &Graph,
    target: usize,
) -> Result<Vec<NoiseShare>> {
    session.say("fitting the mechanisms of both periods");
    let dag = graph.consistent_extension()?;
    let settings = ChangeOptions { seed: session.seed, ..ChangeOptions::default() };
    Ok(attribute_change(normal, faulty, &dag, target, &settings)?)
}

pub(super) fn share_table(symptom: &str, shares: &[NoiseShare]) -> Table {
    let mut table =
        Table::new(format!("Shares in the change of {symptom}"), ["variable", "share", "± of sampling"]);
    for share in shares.iter().take(15) {
        table.row([
            share.variable.clone(),
            format!("{:+.3}", share.share),
            output::number(share.standard_error),
        ]);
    }
    table
}

/// The graph with the first suspects and the symptom marked; of a large one, the ways from these suspects alone.
fn picture(graph: &Graph, shown: &[&Suspect], symptom: &str) -> Result<Section> {
    const ROOM: usize = 60;
    let first: Vec<&Suspect> = shown.iter().take(3).copied().collect();
    let mut nodes: BTreeSet<usize> = (0..graph.len()).collect();
    let mut text = "The first three suspects and the symptom are marked.".to_owned();
    if nodes.len() > ROOM {
        nodes.clear();
        for suspect in &first {
            nodes.insert(graph.index_of(&suspect.variable)?);
            for link in &suspect.chain {
                nodes.insert(graph.index_of(&link.effect)?);
            }
        }
        nodes.insert(graph.index_of(symptom)?);
        text += " Of the whole graph only the ways from these suspects are shown.";
    }
    let part = graph_page::part(graph, &nodes)?;
    let mut marked = vec![part.index_of(symptom)?];
    for suspect in &first {
        marked.push(part.index_of(&suspect.variable)?);
    }
    Ok(graph_page::section(&Document::from(part), text, &marked))
}

fn used(found: &Diagnosis) -> String {
    let graph = match found.graph {
        GraphUsed::None => "without a graph",
        GraphUsed::Partial => "with the directed part of the graph",
        GraphUsed::Given => "with the given graph",
        GraphUsed::Learned => "with a learned graph",
    };
    let method = match found.method {
        CauseMethod::RobustDeviation => "scores are deviations from the normal median",
        CauseMethod::RegressionResidual => "scores are deviations from what the causes explain",
        CauseMethod::MechanismChange => {
            "scores are changes of mechanisms, in standard deviations among normal windows"
        }
    };
    format!("{graph}; {method}")
}

fn suspects(shown: &[&Suspect]) -> Table {
    let mut table = Table::new("Suspects", ["", "variable", "probability", "score", "evidence"]);
    for (i, cause) in shown.iter().enumerate() {
        table.row([
            (i + 1).to_string(),
            cause.variable.clone(),
            output::number(cause.probability),
            format!("{:.1} ± {:.1}", cause.score, cause.standard_error),
            cause.evidence.clone(),
        ]);
    }
    table
}

/// The way from the first suspect to the symptom.
fn chain(found: &Diagnosis) -> Table {
    let mut table =
        Table::new("From the first suspect to the symptom", ["cause", "effect", "rank correlation"]);
    for link in found.causes.first().map_or(&[][..], |c| &c.chain) {
        table.row([link.cause.clone(), link.effect.clone(), output::number(link.correlation)]);
    }
    table
}

fn checks(found: &Diagnosis) -> Table {
    let mut table = Table::new("What to check next", ["variable", "expected information, bits"]);
    for check in &found.next_checks {
        table.row([check.variable.clone(), output::number(check.gain_bits)]);
    }
    table
}
