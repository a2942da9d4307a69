//! `causal example`: a semiconductor line with a fault, as files to try the commands on.

use crate::failure::usage;
use crate::output;
use crate::session::Session;
use anyhow::{Context, Result, bail};
use clap::Args;
use sensorium::causal::graph::format;
use sensorium::causal::{Column, Dag, Knowledge, Table};
use sensorium::data::fab_line::{FabConfig, FabFault, FabLine, FabTable, FaultKind};
use serde_json::json;
use std::collections::BTreeSet;
use std::path::PathBuf;

/// Options of `causal example`.
#[derive(Debug, Args)]
pub struct Example {
    /// Folder to write; must be empty or new
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Lots of normal operation
    #[arg(long, value_name = "N", default_value_t = 2000)]
    lots: usize,
    /// How many standard deviations the fault moves its variable
    #[arg(long, value_name = "N", default_value_t = 6.0, value_parser = crate::arguments::between(1.0, 30.0))]
    size: f64,
    /// The variable at fault [default: one drawn by --seed]
    #[arg(long, value_name = "NAME")]
    fault: Option<String>,
}

/// Lots of the faulty table.
const FAULTY: usize = 60;

/// Simulates and writes.
///
/// # Errors
/// A folder that is not empty; an unknown variable.
pub fn run(session: &Session, options: &Example) -> Result<()> {
    if !(100..=100_000).contains(&options.lots) {
        return Err(usage("--lots must be from 100 to 100000"));
    }
    if std::fs::read_dir(&options.out).is_ok_and(|mut entries| entries.next().is_some()) {
        bail!("{} is not empty; give a new folder", options.out.display());
    }
    let line = FabLine::new(FabConfig::default())?;
    let candidates = line.injectable();
    let variable = match &options.fault {
        Some(name) => *candidates.iter().find(|&&v| line.names()[v] == *name).with_context(|| {
            let names: Vec<&str> = candidates.iter().map(|&v| line.names()[v].as_str()).collect();
            format!("no fault can be put into `{name}`; there are: {}", names.join(", "))
        })?,
        None => candidates[(session.seed as usize).wrapping_mul(7) % candidates.len()],
    };
    let fault = FabFault { variable, kind: FaultKind::Step, size: options.size, onset: 0 };
    std::fs::create_dir_all(&options.out)?;
    let write = |name: &str, table: &FabTable| -> Result<()> {
        Ok(to_table(table)?.write_csv(&options.out.join(name))?)
    };
    write("normal.csv", &line.normal(options.lots, session.seed))?;
    write("faulty.csv", &line.faulty(FAULTY, &fault, session.seed + 1)?)?;
    let mut dag = Dag::new(line.names().to_vec())?;
    for edge in line.edges() {
        dag.add_edge(edge.0, edge.1)?;
    }
    format::write(&options.out.join("graph.gml"), &dag.to_graph())?;
    std::fs::write(options.out.join("knowledge.toml"), knowledge(&line)?)?;
    let answer = json!({ "fault": line.names()[variable], "size": options.size, "kind": "step" });
    std::fs::write(options.out.join("answer.json"), serde_json::to_string_pretty(&answer)?)?;
    let symptom = &line.names()[line.yield_index()];
    if session.json {
        return output::json(
            &json!({ "folder": options.out.display().to_string(), "symptom": symptom, "lots": options.lots }),
        );
    }
    output::line(&format!("{}", options.out.display()))?;
    let at = |name: &str| options.out.join(name).display().to_string();
    session.say(format!(
        "next: sensorium causal root-cause --normal {} --faulty {} --symptom {symptom} --graph {}",
        at("normal.csv"),
        at("faulty.csv"),
        at("graph.gml")
    ));
    Ok(())
}

fn to_table(read: &FabTable) -> Result<Table> {
    let column = |c: usize| read.rows.iter().map(|row| row[c]).collect();
    let columns = read.names.iter().enumerate().map(|(c, name)| Column::continuous(name, column(c)));
    Ok(Table::new(columns.collect())?)
}

/// The order of the process steps, as tiers.
fn knowledge(line: &FabLine) -> Result<String> {
    let steps = line.steps();
    let order: Vec<_> = steps.iter().copied().collect::<BTreeSet<_>>().into_iter().collect();
    let tiers = steps.iter().map(|s| order.iter().position(|o| o == s)).collect();
    Ok(Knowledge { tiers, ..Knowledge::none() }.to_toml(line.names())?)
}
