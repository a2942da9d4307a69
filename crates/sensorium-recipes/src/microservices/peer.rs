//! Independent implementations in Python, asked for the same issues.

use super::data::{Issue, Scenario};
use crate::RecipeError;
use std::process::{Command, Stdio};

const SCRIPT: &str = include_str!("../../../../benches/peers/petshop_rca.py");

/// For each peer its name and, for each case, the services in order of suspicion.
pub(super) type PeerOrders = Vec<(String, Vec<Vec<String>>)>;

/// Asks the peers, when the user named a Python that has them.
pub(super) fn orders(cases: &[(&Scenario, &Issue)]) -> Result<Option<PeerOrders>, RecipeError> {
    let Some(python) = std::env::var_os("SENSORIUM_PEER_PYTHON").filter(|p| !p.is_empty()) else {
        return Ok(None);
    };
    let other = |e: &dyn std::fmt::Display| RecipeError::Other(format!("the peers: {e}"));
    let folder = tempfile::tempdir().map_err(|e| other(&e))?;
    let asked: Vec<serde_json::Value> = cases
        .iter()
        .map(|(scenario, issue)| {
            serde_json::json!({
                "graph": absolute(&scenario.graph_path), "normal": absolute(&scenario.normal_path),
                "issue": absolute(&issue.folder.join("metrics.csv")), "target": issue.target,
                "metric": issue.metric, "statistic": issue.statistic,
            })
        })
        .collect();
    let file = |name: &str| folder.path().join(name);
    std::fs::write(file("petshop_rca.py"), SCRIPT).map_err(|e| other(&e))?;
    std::fs::write(file("cases.json"), serde_json::Value::from(asked).to_string()).map_err(|e| other(&e))?;
    let output = Command::new(python)
        .arg(file("petshop_rca.py"))
        .arg(file("cases.json"))
        .stdin(Stdio::null())
        .output()
        .map_err(|e| other(&e))?;
    if !output.status.success() {
        return Err(other(&String::from_utf8_lossy(&output.stderr).trim()));
    }
    serde_json::from_slice(&output.stdout).map(Some).map_err(|e| other(&e))
}

fn absolute(path: &std::path::Path) -> std::path::PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf())
}
