//! Reading the lathe's logs: normal operation, experiments with their runs, and the expert's graphs.

use crate::RecipeError;
use sensorium_causal::events::{Catalogue, EventGraph, EventLog, VariableKind, read_event_log};
use std::path::{Path, PathBuf};

/// A fault run, cut at the diagnosis.
pub struct Run {
    /// `group/experiment`: the runs of one scenario are alike and are drawn together.
    pub experiment: String,
    /// The events up to the diagnosis.
    pub log: EventLog,
    /// The manipulated variables, by position.
    pub truth: Vec<usize>,
}

/// A group of experiments on one part of the lathe.
pub struct Group {
    /// `coolant`, `probe`, …
    pub name: String,
    /// Its runs, in order of name.
    pub runs: Vec<Run>,
    /// The expert's graph of this part, or of the whole lathe where there is none of the part.
    pub graph: EventGraph,
    /// Whether `graph` is that of the whole lathe.
    pub whole_graph: bool,
}

/// All that the recipe works on.
pub struct Lathe {
    /// The variables: first those of the expert's graph (92), then a few that the logs alone have.
    pub catalogue: Catalogue,
    /// How many of them are in the expert's graph; the others are no candidates for any method.
    pub known: usize,
    /// Logs of normal operation.
    pub normal: Vec<EventLog>,
    /// The expert's graph of the whole lathe.
    pub whole_graph: EventGraph,
    /// The fault groups, in order of name.
    pub groups: Vec<Group>,
}

impl Lathe {
    /// Reads normal operation and the expert's whole graph from `training`, the groups from `evaluation`.
    pub fn open(training: &Path, evaluation: &Path) -> Result<Self, RecipeError> {
        let nodes = records(&training.join("expert_graph/all_nodes.csv"), &["label", "type"])?;
        let kind = |text: &str| (text == "Alarm").then_some(VariableKind::Alarm);
        let mut catalogue =
            Catalogue::with_variables(nodes.iter().map(|row| (row[0].as_str(), kind(&row[1]))))?;
        let known = catalogue.len();
        let mut normal = Vec::new();
        let files = sorted_entries(&training.join("real_op"))?;
        for path in files.iter().filter(|p| p.extension().is_some_and(|e| e == "csv")) {
            normal.push(read_event_log(path, &mut catalogue)?);
        }
        if normal.is_empty() {
            return Err(RecipeError::Other(format!(
                "{}: no logs of normal operation",
                training.join("real_op").display()
            )));
        }
        let whole_graph = read_graph(&training.join("expert_graph/all_edges.csv"), &catalogue)?;
        let mut groups = Vec::new();
        for folder in group_folders(evaluation)? {
            let group = read_group(&folder, training, &mut catalogue)?;
            if group.runs.is_empty() {
                let message = "no run_M folder with a causes.json in its experiments";
                return Err(RecipeError::Other(format!("{}: {message}", folder.display())));
            }
            groups.push(group);
        }
        if groups.is_empty() {
            let message = "no experiments; expected [dig_twin/]exp_GROUP/exp_N/run_M";
            return Err(RecipeError::Other(format!("{}: {message}", evaluation.display())));
        }
        Ok(Self { catalogue, known, normal, whole_graph, groups })
    }
}

/// `DIR/dig_twin/exp_*`, `DIR/exp_*`, or DIR itself when it is a group.
fn group_folders(evaluation: &Path) -> Result<Vec<PathBuf>, RecipeError> {
    let inner = evaluation.join("dig_twin");
    let base = if inner.is_dir() { inner } else { evaluation.to_path_buf() };
    if is_group(&base)? {
        return Ok(vec![base]);
    }
    let mut folders = Vec::new();
    for path in sorted_entries(&base)? {
        if path.is_dir() && is_group(&path)? {
            folders.push(path);
        }
    }
    Ok(folders)
}

/// A group holds folders of experiments, each with a description.
fn is_group(folder: &Path) -> Result<bool, RecipeError> {
    Ok(sorted_entries(folder)?.iter().any(|p| p.is_dir() && description(p).is_file()))
}

fn description(experiment: &Path) -> PathBuf {
    experiment.join(format!("{}_description.json", file_name(experiment)))
}

fn read_group(folder: &Path, training: &Path, catalogue: &mut Catalogue) -> Result<Group, RecipeError> {
    let name = file_name(folder).trim_start_matches("exp_").to_owned();
    let mut runs = Vec::new();
    for experiment in sorted_entries(folder)?.into_iter().filter(|p| p.is_dir() && description(p).is_file()) {
        let told = json(&description(&experiment))?;
        let label = format!("{name}/{}", file_name(&experiment));
        let mut logs = Vec::new();
        for run in sorted_entries(&experiment)?.into_iter().filter(|p| p.join("causes.json").is_file()) {
            let times = json(&run.join("causes.json"))?;
            // Of the times told, this one alone is read: it is when somebody asks.
            let diagnosis_at = times["diagnosis_at"].as_f64().ok_or_else(|| {
                RecipeError::Other(format!("{}: no number `diagnosis_at`", run.join("causes.json").display()))
            })?;
            let csv = sorted_entries(&run)?.into_iter().find(|p| p.extension().is_some_and(|e| e == "csv"));
            let csv = csv.ok_or_else(|| RecipeError::Other(format!("{}: no log", run.display())))?;
            let log = read_event_log(&csv, catalogue)?.up_to(diagnosis_at)?;
            logs.push(log);
        }
        // After the logs: a variable may first come up in them.
        let truth = manipulated(&told, &description(&experiment), catalogue)?;
        runs.extend(logs.into_iter().map(|log| Run { experiment: label.clone(), log, truth: truth.clone() }));
    }
    let own = sorted_entries(folder)?.into_iter().find(|p| file_name(p).ends_with("_edges.csv"));
    let whole_graph = own.is_none();
    let edges = own.unwrap_or_else(|| training.join("expert_graph/all_edges.csv"));
    Ok(Group { name, runs, graph: read_graph(&edges, catalogue)?, whole_graph })
}

fn read_graph(edges: &Path, catalogue: &Catalogue) -> Result<EventGraph, RecipeError> {
    let rows = records(edges, &["source_label", "target_label", "comment"])?;
    let links: Vec<(&str, &str, &str)> =
        rows.iter().map(|row| (row[0].as_str(), row[1].as_str(), row[2].as_str())).collect();
    Ok(EventGraph::expert(catalogue, &links)?)
}

fn manipulated(
    told: &serde_json::Value,
    path: &Path,
    catalogue: &Catalogue,
) -> Result<Vec<usize>, RecipeError> {
    let names = told["manipulatedVars"].as_array().filter(|names| !names.is_empty());
    let names =
        names.ok_or_else(|| RecipeError::Other(format!("{}: no list `manipulatedVars`", path.display())))?;
    let unknown = |e: sensorium_causal::CausalError| RecipeError::Other(format!("{}: {e}", path.display()));
    names.iter().map(|name| catalogue.index_of(name.as_str().unwrap_or_default()).map_err(unknown)).collect()
}

fn records(path: &Path, columns: &[&str]) -> Result<Vec<Vec<String>>, RecipeError> {
    let failed = |e: csv::Error| RecipeError::Other(format!("{}: {e}", path.display()));
    let mut reader = csv::Reader::from_path(path).map_err(failed)?;
    let header = reader.headers().map_err(failed)?.clone();
    let at: Vec<usize> = columns
        .iter()
        .map(|name| {
            let missing = || RecipeError::Other(format!("{}: no column `{name}`", path.display()));
            header.iter().position(|h| h == *name).ok_or_else(missing)
        })
        .collect::<Result<_, _>>()?;
    reader
        .records()
        .map(|row| {
            let row = row.map_err(failed)?;
            Ok(at.iter().map(|&i| row.get(i).unwrap_or_default().trim().to_owned()).collect())
        })
        .collect()
}

fn json(path: &Path) -> Result<serde_json::Value, RecipeError> {
    let failed = |e: &dyn std::fmt::Display| RecipeError::Other(format!("{}: {e}", path.display()));
    let text = std::fs::read_to_string(path).map_err(|e| failed(&e))?;
    serde_json::from_str(&text).map_err(|e| failed(&e))
}

fn sorted_entries(folder: &Path) -> Result<Vec<PathBuf>, RecipeError> {
    let failed = |e: std::io::Error| RecipeError::Other(format!("{}: {e}", folder.display()));
    let mut entries = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        entries.push(entry.map_err(failed)?.path());
    }
    entries.sort();
    Ok(entries)
}

fn file_name(path: &Path) -> String {
    path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default()
}
