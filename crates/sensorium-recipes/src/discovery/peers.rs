//! Other libraries, asked through the scripts in `benches/peers`.

use super::competitors::{ALPHA, Answer, as_class};
use crate::RecipeError;
use sensorium_causal::{Graph, GraphKind, Mark, Table};
use serde_json::Value;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const SCRIPT: &str = include_str!("../../../../benches/peers/graph_discovery.py");

/// A peer that needs longer for one table has no answer there.
const PATIENCE: Duration = Duration::from_secs(60);

/// Peers for categories: the library, then the method by the name that the script knows.
pub(super) const CATEGORIES: [&str; 3] =
    ["causal-learn pc-gsq", "causal-learn ges-bdeu", "gcastle castle-pc"];

/// Peers for numbers.
pub(super) const NUMBERS: [&str; 6] = [
    "causal-learn pc-fisherz",
    "causal-learn ges-bic",
    "causal-learn boss-bic",
    "lingam direct-lingam",
    "dagma dagma-linear",
    "gcastle notears",
];

/// The Python that has the peers, when the user named one.
pub(super) fn python() -> Option<std::ffi::OsString> {
    std::env::var_os("SENSORIUM_PEER_PYTHON").filter(|p| !p.is_empty())
}

/// What a peer finds; `None` when it runs out of time or gives up.
pub(super) fn search(name: &str, table: &Table) -> Result<Option<Answer>, RecipeError> {
    let Some(python) = python() else { return Ok(None) };
    let other = |e: &dyn std::fmt::Display| RecipeError::Other(format!("{name}: {e}"));
    let folder = tempfile::tempdir().map_err(|e| other(&e))?;
    let script = folder.path().join("peer.py");
    std::fs::write(&script, SCRIPT).map_err(|e| other(&e))?;
    write_codes(table, &folder.path().join("table.csv")).map_err(|e| other(&e))?;
    // Files, not pipes: a peer that tells much must not wait for a reader.
    let file = |name: &str| std::fs::File::create(folder.path().join(name)).map_err(|e| other(&e));
    let method = name.rsplit(' ').next().unwrap_or(name);
    let mut child = Command::new(python)
        .arg(&script)
        .args(["--csv", "table.csv", "--method", method, "--alpha", &ALPHA.to_string()])
        .current_dir(folder.path())
        .stdin(Stdio::null())
        .stdout(file("answer.json")?)
        .stderr(file("complaints.txt")?)
        .spawn()
        .map_err(|e| other(&e))?;
    let began = Instant::now();
    loop {
        match child.try_wait().map_err(|e| other(&e))? {
            Some(status) if status.success() => break,
            Some(_) => {
                let said = std::fs::read_to_string(folder.path().join("complaints.txt")).unwrap_or_default();
                if said.is_empty() || said.contains("ModuleNotFoundError") {
                    let last = said.lines().last().unwrap_or("it ended without a word");
                    return Err(other(&format!("{last}; see benches/peers/README.md")));
                }
                return Ok(None);
            }
            None if began.elapsed() > PATIENCE => {
                child.kill().and_then(|()| child.wait()).map_err(|e| other(&e))?;
                return Ok(None);
            }
            None => std::thread::sleep(Duration::from_millis(20)),
        }
    }
    let text = std::fs::read_to_string(folder.path().join("answer.json")).map_err(|e| other(&e))?;
    let told: Value = serde_json::from_str(&text).map_err(|e| other(&e))?;
    let mut graph = graph(&told, table).ok_or_else(|| other(&"it told no graph"))?;
    // These find DAGs; where weights below the threshold have left a cycle, the edges are taken as they are.
    if ["direct-lingam", "dagma-linear", "notears"].contains(&method) && graph.consistent_extension().is_ok()
    {
        graph = graph.with_kind(GraphKind::Dag);
    }
    Ok(Some(Answer { graph: as_class(graph)?, seconds: told["seconds"].as_f64().unwrap_or(f64::NAN) }))
}

fn graph(told: &Value, table: &Table) -> Option<Graph> {
    let mut graph = Graph::new(table.names(), GraphKind::Cpdag).ok()?;
    let mark = |v: &Value| match v.as_str()? {
        "tail" => Some(Mark::Tail),
        "arrow" => Some(Mark::Arrow),
        "circle" => Some(Mark::Circle),
        _ => None,
    };
    for edge in told["edges"].as_array()? {
        let (a, b) = (graph.index_of(edge[0].as_str()?).ok()?, graph.index_of(edge[1].as_str()?).ok()?);
        graph.set_edge(a, b, mark(&edge[2])?, mark(&edge[3])?);
    }
    Some(graph)
}

/// Numbers as they are, levels as codes.
fn write_codes(table: &Table, path: &std::path::Path) -> std::io::Result<()> {
    let columns: Vec<Vec<f64>> = table.columns().iter().map(|c| c.as_numbers()).collect();
    let mut text = table.names().join(",") + "\n";
    for row in 0..table.rows() {
        let cells: Vec<String> = columns.iter().map(|c| c[row].to_string()).collect();
        text += &(cells.join(",") + "\n");
    }
    std::fs::write(path, text)
}
