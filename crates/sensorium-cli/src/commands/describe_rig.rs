//! `data describe rig`: what shows where, and what causes what.

use crate::output;
use crate::session::Session;
use anyhow::Result;
use sensorium::data::rig::{CausalGraph, Fault, RigConfig, Sensor, VERSION, VisibilityTable, causal_graph};
use sensorium::data::{RecordingSource, Task};
use serde_json::json;

/// Prints the visibility table, the digest and the causal graph.
///
/// # Errors
/// When standard output cannot be written.
pub fn run(session: &Session, dot: bool, pairs: usize) -> Result<()> {
    let graph = causal_graph();
    if dot {
        return output::text(&graph.to_dot());
    }
    let rig = RigConfig { seed: session.seed, ..RigConfig::default() }.init()?;
    session.say(format!("measuring {pairs} paired runs of each fault"));
    let table = VisibilityTable::measure(&rig, pairs)?;
    let digest = rig.digest();
    if session.json {
        return output::json(&object(&rig, &table, &graph, &digest, pairs));
    }
    let classes = rig.schema().task.outputs();
    output::text(&format!(
        "rig {VERSION}, seed {}, digest {digest}\n{} recordings of {} s in {classes} classes, windows of {} s\n\n{table}\n\
         Fewest modalities in which a fault is invisible (AUROC ≤ 0.55): {}\n\nWhat acts on what\n{}",
        session.seed,
        rig.len(),
        rig.config().seconds,
        rig.config().window_s,
        Fault::ALL.iter().map(|f| table.invisible(*f).len()).min().unwrap_or(0),
        edges(&graph),
    ))?;
    session.say("\nthe graph as a picture: sensorium data describe rig --dot | dot -Tsvg > rig.svg");
    Ok(())
}

fn edges(graph: &CausalGraph) -> String {
    let mut text = String::new();
    for (i, cause) in graph.nodes.iter().enumerate() {
        let effects = graph.edges.iter().filter(|(from, _)| *from == i);
        let names: Vec<&str> = effects.map(|(_, to)| graph.nodes[*to].as_str()).collect();
        if !names.is_empty() {
            text += &format!("  {cause} → {}\n", names.join(", "));
        }
    }
    text
}

fn object(
    rig: &sensorium::data::rig::Rig,
    table: &VisibilityTable,
    graph: &CausalGraph,
    digest: &str,
    pairs: usize,
) -> serde_json::Value {
    let faults: Vec<_> = Fault::ALL
        .iter()
        .map(|fault| {
            let cells = &table.cells[*fault as usize];
            let modalities: serde_json::Map<String, serde_json::Value> = Sensor::ALL
                .iter()
                .zip(cells)
                .map(|(sensor, cell)| {
                    let value = json!({
                        "d_prime": cell.d_prime, "auroc": cell.auroc, "visible": cell.visible,
                        "feature": cell.feature,
                    });
                    (sensor.name().to_owned(), value)
                })
                .collect();
            let invisible: Vec<&str> = table.invisible(*fault).iter().map(|s| s.name()).collect();
            json!({
                "fault": fault.name(), "modalities": modalities, "invisible_in": invisible,
                "shown_by": table.shown_by[*fault as usize],
            })
        })
        .collect();
    let classes = match &rig.schema().task {
        Task::Classification { classes } => classes.clone(),
        _ => Vec::new(),
    };
    json!({
        "name": "rig", "version": VERSION, "digest": digest, "pairs": pairs, "recordings": rig.len(),
        "seconds": rig.config().seconds, "classes": classes, "faults": faults,
        "graph": { "nodes": graph.nodes, "edges": graph.edges, "dot": graph.to_dot() },
    })
}
