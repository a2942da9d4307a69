//! Root causes from event logs with alarms.

use super::RootCause;
use crate::commands::causal::graph_page;
use crate::failure::usage;
use crate::output;
use crate::session::Session;
use anyhow::{Context, Result, bail};
use sensorium::causal::events::{
    Behaviour, BehaviourOptions, Catalogue, EventDiagnosis, EventGraph, EventLog, GraphSource, GraphUsed,
    RootCauseOptions, Step, read_event_log, root_causes_from_events,
};
use sensorium::causal::graph::format::{Document, EdgeNote, read_document};
use sensorium::causal::{Graph, GraphKind, Mark};
use sensorium::recipes::Table;
use sensorium::recipes::report::{Page, Section, write};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::Path;

pub(super) fn run(session: &Session, options: &RootCause, log: &Path) -> Result<()> {
    if !options.reading.is_plain() {
        return Err(usage("--columns and --categorical are for tables; leave them out with --events"));
    }
    let mut catalogue = Catalogue::new();
    let normal = match &options.normal_events {
        Some(folder) => normal_logs(folder, &mut catalogue)?,
        None => bail!("give --normal-events"),
    };
    let mut log = read_event_log(log, &mut catalogue)?;
    if let Some(until) = options.until_s {
        log = log.up_to(until)?;
    }
    session.say(format!("learning normal behaviour from {} logs", normal.len()));
    let behaviour = Behaviour::learn(&normal, &catalogue, &BehaviourOptions::default())?;
    let graph = match (&options.graph, options.learn) {
        (Some(path), _) => {
            Some(expert(session, path, &catalogue).with_context(|| path.display().to_string())?)
        }
        (None, true) => Some(behaviour.graph(&catalogue)?),
        (None, false) => None,
    };
    let found =
        root_causes_from_events(&log, &catalogue, &behaviour, graph.as_ref(), &RootCauseOptions::default())?;
    let tables = tables(&found, &catalogue, options.top);
    if let Some(path) = &options.report {
        let mut page = Page::new("Root causes", format!("What started it: {}.", used(&found)));
        tables.iter().for_each(|t| {
            page.push(Section::Table(t.clone()));
        });
        if let Some(graph) = &graph {
            page.push(picture(graph, &catalogue, &found)?);
        }
        write(&page, path)?;
        session.say(format!("report: {}", path.display()));
    }
    if session.json {
        return output::json(&told(&found, &catalogue, options.top));
    }
    output::text(&format!("{}\n\n", used(&found)))?;
    tables.iter().filter(|t| !t.rows.is_empty()).try_for_each(|t| output::text(&(t.to_text() + "\n")))
}

fn normal_logs(folder: &Path, catalogue: &mut Catalogue) -> Result<Vec<EventLog>> {
    let place = || folder.display().to_string();
    let mut paths: Vec<_> = std::fs::read_dir(folder)
        .with_context(place)?
        .flatten()
        .map(|e| e.path())
        .filter(|p| p.extension().is_some_and(|e| e == "csv"))
        .collect();
    paths.sort();
    if paths.is_empty() {
        bail!("{}: no .csv file in it", folder.display());
    }
    Ok(paths.iter().map(|p| read_event_log(p, catalogue)).collect::<Result<_, _>>()?)
}

/// A graph of the expert; nodes that no log has are left out.
fn expert(session: &Session, path: &Path, catalogue: &Catalogue) -> Result<EventGraph> {
    let document = read_document(path)?;
    let graph = &document.graph;
    let names = graph.names();
    let absent: Vec<&str> =
        names.iter().filter(|n| catalogue.index_of(n).is_err()).map(String::as_str).collect();
    if !absent.is_empty() {
        session.warn(format!(
            "{}: {} nodes are in no log and left out, with the ways through them: {}",
            path.display(),
            absent.len(),
            absent.join(", ")
        ));
    }
    let links: Vec<(&str, &str, &str)> = graph
        .edges()
        .into_iter()
        .filter(|&(a, b)| graph.is_directed(a, b))
        .filter(|&(a, b)| catalogue.index_of(&names[a]).is_ok() && catalogue.index_of(&names[b]).is_ok())
        .map(|(a, b)| {
            let label = document.notes.get(&(a, b)).and_then(|n| n.label.as_deref()).unwrap_or("");
            (names[a].as_str(), names[b].as_str(), label)
        })
        .collect();
    if links.is_empty() {
        bail!("none of its directed edges joins two variables of the logs");
    }
    Ok(EventGraph::expert(catalogue, &links)?)
}

fn source(source: GraphSource) -> &'static str {
    match source {
        GraphSource::Expert => "given",
        GraphSource::Learned => "learned",
    }
}

fn used(found: &EventDiagnosis) -> String {
    match &found.graph {
        GraphUsed::None => "without a graph: deviations and their times alone".to_owned(),
        GraphUsed::WithoutWay(s) => format!("the {} graph has no way to any of the alarms", source(*s)),
        GraphUsed::To { source: s, alarms } => {
            format!(
                "with the {} graph, which leads to {alarms} of {} symptoms",
                source(*s),
                found.symptoms.len()
            )
        }
    }
}

fn tables(found: &EventDiagnosis, catalogue: &Catalogue, top: usize) -> Vec<Table> {
    let mut symptoms = Table::new("Symptoms", ["alarm", "at, s"]);
    for symptom in &found.symptoms {
        let name = symptom.alarm.map_or("end of the log", |a| catalogue.name(a));
        symptoms.row([name.to_owned(), format!("{:.2}", symptom.time_s)]);
    }
    let mut suspects = Table::new("Suspects", ["", "variable", "share", "deviation"]);
    for (i, suspect) in found.suspects.iter().take(top).enumerate() {
        let deviation = suspect.deviation.as_ref().map_or_else(
            || "none; the graph alone speaks against it".to_owned(),
            |d| format!("at {:.2} s, {:.1} nats", d.time_s, d.surprise),
        );
        suspects.row([
            (i + 1).to_string(),
            catalogue.name(suspect.variable).to_owned(),
            output::number(suspect.share),
            deviation,
        ]);
    }
    let mut chain =
        Table::new("From the first suspect to the symptom", ["cause", "effect", "delay, s", "evidence"]);
    for step in found.suspects.first().map_or(&[][..], |s| &s.chain) {
        chain.row([
            catalogue.name(step.from).to_owned(),
            catalogue.name(step.to).to_owned(),
            step.delay_s.map_or_else(String::new, |d| format!("{d:.2}")),
            evidence(step),
        ]);
    }
    let mut checks = Table::new("What to check next", ["variable", "expected information, bits"]);
    for check in found.checks.iter().take(5) {
        checks.row([catalogue.name(check.variable).to_owned(), output::number(check.information_bits)]);
    }
    vec![symptoms, suspects, chain, checks]
}

fn evidence(step: &Step) -> String {
    match &step.evidence {
        Some(e) => format!(
            "{} of {} times in normal logs, {:.1} times as often as by chance, after {:.2} s",
            e.count, e.of, e.lift, e.median_delay_s
        ),
        None => step.remark.clone(),
    }
}

/// The suspects' ways to the alarms; of a small graph all of it.
fn picture(graph: &EventGraph, catalogue: &Catalogue, found: &EventDiagnosis) -> Result<Section> {
    const ROOM: usize = 60;
    let first: Vec<_> = found.suspects.iter().take(3).collect();
    let marked: Vec<usize> =
        first.iter().map(|s| s.variable).chain(found.symptoms.iter().filter_map(|s| s.alarm)).collect();
    let mut shown: BTreeSet<usize> = (0..catalogue.len()).filter(|&v| graph.knows(v)).collect();
    let mut text = "The first three suspects and the alarms are marked.".to_owned();
    if shown.len() > ROOM {
        shown = first.iter().flat_map(|s| &s.chain).flat_map(|step| [step.from, step.to]).collect();
        text += " Of the whole graph only the ways from these suspects are shown.";
    }
    shown.extend(&marked);
    let kept: Vec<usize> = shown.into_iter().collect();
    let place = |variable: usize| kept.binary_search(&variable).ok();
    let names: Vec<&str> = kept.iter().map(|&v| catalogue.name(v)).collect();
    // Events may have cycles, which a drawing does not mind.
    let mut document = Document::from(Graph::new(names, GraphKind::Dag)?);
    for link in graph.links() {
        let (Some(cause), Some(effect)) = (place(link.cause), place(link.effect)) else { continue };
        let told = link.evidence.as_ref().map_or_else(
            || link.remark.clone(),
            |e| format!("{} of {} times, after {:.2} s", e.count, e.of, e.median_delay_s),
        );
        if document.graph.is_directed(effect, cause) {
            // Each acts on the other.
            document.graph.set_edge(cause, effect, Mark::Arrow, Mark::Arrow);
        } else {
            document.graph.direct(cause, effect);
        }
        document.notes.insert((cause, effect), EdgeNote { label: Some(told), ..EdgeNote::default() });
    }
    let marked: Vec<usize> = marked.into_iter().filter_map(place).collect();
    Ok(graph_page::section(&document, text, &marked))
}

fn told(found: &EventDiagnosis, catalogue: &Catalogue, top: usize) -> Value {
    let name = |i: usize| catalogue.name(i).to_owned();
    let suspects: Vec<Value> = found
        .suspects
        .iter()
        .take(top)
        .map(|s| {
            let chain: Vec<Value> = s
                .chain
                .iter()
                .map(|c| {
                    json!({ "cause": name(c.from), "effect": name(c.to), "delay_s": c.delay_s, "evidence": evidence(c) })
                })
                .collect();
            let deviation =
                s.deviation.as_ref().map(|d| json!({ "time_s": d.time_s, "surprise_nats": d.surprise }));
            json!({
                "variable": name(s.variable), "score": s.score, "share": s.share, "deviation": deviation, "chain": chain,
            })
        })
        .collect();
    let symptoms: Vec<Value> =
        found.symptoms.iter().map(|s| json!({ "alarm": s.alarm.map(name), "time_s": s.time_s })).collect();
    let checks: Vec<Value> = found
        .checks
        .iter()
        .map(|c| json!({ "variable": name(c.variable), "information_bits": c.information_bits }))
        .collect();
    json!({ "graph": used(found), "symptoms": symptoms, "causes": suspects, "next_checks": checks })
}
