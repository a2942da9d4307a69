//! Reading scenarios: the call graph, the normal period, the issues.

use crate::RecipeError;
use sensorium_causal::Dag;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Values by (service, metric, statistic), one for each window of five minutes; NaN where a cell is empty.
#[derive(Clone, Debug, Default)]
pub(super) struct Metrics(BTreeMap<(String, String, String), Vec<f64>>);

impl Metrics {
    /// Reads three header rows, the row that names the index, and the windows.
    pub(super) fn read(path: &Path) -> Result<Self, RecipeError> {
        let mut rows = csv_rows(path)?.into_iter();
        let header: Vec<Vec<String>> = rows.by_ref().take(3).collect();
        let bad = |what: &str| RecipeError::Other(format!("{}: {what}", path.display()));
        let [nodes, metrics, statistics] = header.as_slice() else {
            return Err(bad("expected three header rows: service, metric, statistic"));
        };
        let mut columns = vec![Vec::new(); nodes.len()];
        for row in rows.skip(1) {
            for (index, column) in columns.iter_mut().enumerate().skip(1) {
                let cell = row.get(index).map_or("", String::as_str);
                column.push(if cell.is_empty() {
                    f64::NAN
                } else {
                    cell.parse()
                        .map_err(|_| bad(&format!("`{cell}` in column {} is not a number", index + 1)))?
                });
            }
        }
        let mut found = BTreeMap::new();
        for (index, values) in columns.into_iter().enumerate().skip(1) {
            let cell = |row: &Vec<String>| row.get(index).cloned().unwrap_or_default();
            found.insert((cell(nodes), cell(metrics), cell(statistics)), values);
        }
        Ok(Self(found))
    }

    /// The windows of one statistic of a service.
    pub(super) fn get(&self, node: &str, metric: &str, statistic: &str) -> Option<&[f64]> {
        self.0.get(&(node.to_owned(), metric.to_owned(), statistic.to_owned())).map(Vec::as_slice)
    }
}

/// One fault.
#[derive(Clone, Debug)]
pub(super) struct Issue {
    pub(super) folder: PathBuf,
    pub(super) metrics: Metrics,
    pub(super) target: String,
    pub(super) metric: String,
    pub(super) statistic: String,
    pub(super) cause: String,
}

/// One pattern of traffic.
pub(super) struct Scenario {
    pub(super) name: String,
    pub(super) graph_path: PathBuf,
    /// From callee to caller, the way latency and errors travel.
    pub(super) graph: Dag,
    pub(super) normal: Metrics,
    pub(super) normal_path: PathBuf,
    /// Whether the normal period is another scenario's.
    pub(super) borrowed: bool,
    pub(super) train: Vec<Issue>,
    pub(super) test: Vec<Issue>,
}

/// All scenarios of a folder; `fallback` is searched for a normal period when the folder has none.
pub(super) fn read(folder: &Path, fallback: &Path) -> Result<Vec<Scenario>, RecipeError> {
    if folder.join("graph.csv").is_file() {
        // The folder is a scenario itself.
        return Ok(vec![scenario(folder, folder, fallback)?]);
    }
    let scenarios: Vec<PathBuf> =
        folders(folder)?.into_iter().filter(|p| p.join("graph.csv").is_file()).collect();
    if scenarios.is_empty() {
        return Err(RecipeError::Other(format!("{}: no folder in it has a graph.csv", folder.display())));
    }
    scenarios.iter().map(|path| scenario(path, folder, fallback)).collect()
}

fn scenario(path: &Path, folder: &Path, fallback: &Path) -> Result<Scenario, RecipeError> {
    let own = path.join("noissue/metrics.csv");
    let mut others = folders(folder)?;
    others.extend(folders(fallback).unwrap_or_default());
    let normal_path = std::iter::once(own.clone())
        .chain(others.into_iter().map(|p| p.join("noissue/metrics.csv")))
        .find(|p| p.is_file())
        .ok_or_else(|| {
            RecipeError::Other(format!("{}: no scenario has noissue/metrics.csv", folder.display()))
        })?;
    let graph_path = path.join("graph.csv");
    Ok(Scenario {
        name: path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default(),
        graph: call_graph(&graph_path)?,
        graph_path,
        normal: Metrics::read(&normal_path)?,
        borrowed: normal_path != own,
        normal_path,
        train: issues(&path.join("train"))?,
        test: issues(&path.join("test"))?,
    })
}

fn issues(folder: &Path) -> Result<Vec<Issue>, RecipeError> {
    let paths = if folder.is_dir() { folders(folder)? } else { Vec::new() };
    paths.into_iter().filter(|p| p.join("target.json").is_file()).map(issue).collect()
}

fn issue(folder: PathBuf) -> Result<Issue, RecipeError> {
    let path = folder.join("target.json");
    let other = |e: &dyn std::fmt::Display| RecipeError::Other(format!("{}: {e}", path.display()));
    let text = std::fs::read_to_string(&path).map_err(|e| other(&e))?;
    let told: serde_json::Value = serde_json::from_str(&text).map_err(|e| other(&e))?;
    let field = |part: &str, key: &str| {
        told[part][key].as_str().map(str::to_owned).ok_or_else(|| other(&format!("no text at {part}.{key}")))
    };
    Ok(Issue {
        metrics: Metrics::read(&folder.join("metrics.csv"))?,
        target: field("target", "node")?,
        metric: field("target", "metric")?,
        statistic: field("target", "agg")?,
        cause: field("root_cause", "node")?,
        folder,
    })
}

/// The call graph turned round; an edge that would close a cycle is left out.
fn call_graph(path: &Path) -> Result<Dag, RecipeError> {
    let rows = csv_rows(path)?;
    let callees: Vec<&String> = rows.first().map(|r| r.iter().skip(1).collect()).unwrap_or_default();
    let mut graph = Dag::new(callees.iter().map(|c| c.as_str()))?;
    for row in rows.iter().skip(1) {
        let Some(caller) = row.first() else { continue };
        let caller = graph.index_of(caller)?;
        for (callee, cell) in row.iter().skip(1).enumerate().take(callees.len()) {
            if cell.parse::<f64>().is_ok_and(|v| v != 0.0) {
                // A call graph may hold cycles; the first edges in the order of the file stay.
                let _ = graph.add_edge(callee, caller);
            }
        }
    }
    Ok(graph)
}

fn csv_rows(path: &Path) -> Result<Vec<Vec<String>>, RecipeError> {
    let other = |e: csv::Error| RecipeError::Other(format!("{}: {e}", path.display()));
    let mut reader =
        csv::ReaderBuilder::new().has_headers(false).flexible(true).from_path(path).map_err(other)?;
    reader.records().map(|r| Ok(r.map_err(other)?.iter().map(str::to_owned).collect())).collect()
}

fn folders(path: &Path) -> Result<Vec<PathBuf>, RecipeError> {
    let entries =
        std::fs::read_dir(path).map_err(|e| RecipeError::Other(format!("{}: {e}", path.display())))?;
    let mut found: Vec<PathBuf> =
        entries.filter_map(|e| e.ok().map(|e| e.path())).filter(|p| p.is_dir()).collect();
    found.sort();
    Ok(found)
}
