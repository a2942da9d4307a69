//! Tables, graphs and knowledge from files.

use crate::session::Session;
use anyhow::{Context, Result, bail};
use clap::Args;
use sensorium::causal::graph::GraphKind;
use sensorium::causal::graph::format::{Document, read_document};
use sensorium::causal::table::ReadOptions;
use sensorium::causal::{Dag, Graph, Knowledge, Table};
use std::path::Path;

/// How a table is read.
#[derive(Clone, Debug, Args)]
pub struct Reading {
    /// Use these columns only
    #[arg(long, value_name = "NAME,…", value_delimiter = ',')]
    columns: Vec<String>,
    /// Columns to read as categories although they hold numbers
    #[arg(long, value_name = "NAME,…", value_delimiter = ',')]
    categorical: Vec<String>,
}

impl Reading {
    /// Whether nothing was asked for.
    pub fn is_plain(&self) -> bool {
        self.columns.is_empty() && self.categorical.is_empty()
    }

    /// The columns asked for.
    ///
    /// # Errors
    /// A file that cannot be read, with the place; an unknown column.
    pub fn table(&self, path: &Path) -> Result<Table> {
        let options = ReadOptions { categorical: self.categorical.clone(), ..ReadOptions::default() };
        let table = Table::read_csv(path, &options)?;
        if self.columns.is_empty() {
            return Ok(table);
        }
        let kept = self.columns.iter().map(|c| table.index_of(c)).collect::<Result<Vec<_>, _>>();
        Ok(table.select(&kept.with_context(|| path.display().to_string())?))
    }
}

/// A graph from a file, its nodes in the order of the table's columns.
///
/// # Errors
/// A file that cannot be read; nodes that are no columns, or columns that are no nodes.
pub fn graph_for(path: &Path, names: &[String]) -> Result<Graph> {
    let read = read_document(path)?.graph;
    let place = || path.display().to_string();
    let positions =
        names.iter().map(|n| read.index_of(n)).collect::<Result<Vec<_>, _>>().with_context(place)?;
    let unmeasured: Vec<&str> =
        read.names().iter().filter(|n| !names.contains(n)).map(String::as_str).collect();
    if !unmeasured.is_empty() {
        bail!(
            "{}: {} nodes are no columns of the table: {}; measure them, or leave them out and join their neighbours",
            path.display(),
            unmeasured.len(),
            unmeasured.join(", ")
        );
    }
    let mut graph = Graph::new(names.to_vec(), read.kind())?;
    for (a, &from) in positions.iter().enumerate() {
        for (b, &to) in positions.iter().enumerate().skip(a + 1) {
            if let (Some(at_a), Some(at_b)) = (read.mark(to, from), read.mark(from, to)) {
                graph.set_edge(a, b, at_a, at_b);
            }
        }
    }
    Ok(graph)
}

/// A fully directed graph from a file. Of a class of graphs one member is taken, and said so.
///
/// # Errors
/// A file that cannot be read; a graph with hidden common causes; a class without members.
pub fn dag(session: &Session, path: &Path) -> Result<Dag> {
    let Document { graph, .. } = read_document(path)?;
    let open = graph.edges().iter().filter(|&&(a, b)| !graph.is_directed(a, b)).count();
    let dag = graph.consistent_extension().with_context(|| path.display().to_string())?;
    if open > 0 {
        session.warn(format!(
            "{}: {open} edges are not directed; one member of the class is taken (direct them with what you know)",
            path.display()
        ));
    }
    Ok(dag)
}

/// What is known beforehand; nothing without a file.
///
/// # Errors
/// What is wrong in the file.
pub fn knowledge(path: Option<&Path>, names: &[String]) -> Result<Knowledge> {
    let Some(path) = path else { return Ok(Knowledge::none()) };
    let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
    Knowledge::from_toml(&text, names).with_context(|| path.display().to_string())
}

/// What kind of graph it is, in words.
pub fn kind_name(kind: GraphKind) -> &'static str {
    match kind {
        GraphKind::Dag => "directed acyclic graph",
        GraphKind::Cpdag => "class of directed graphs (CPDAG)",
        GraphKind::Pag => "class of graphs with hidden common causes (PAG)",
    }
}
