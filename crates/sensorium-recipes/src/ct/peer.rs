//! RTK, asked to reconstruct the same projections.

use crate::RecipeError;
use sensorium_tomo::io::{read_volume, write_projections};
use sensorium_tomo::{Geometry, Projections, Volume, VolumeGrid};
use std::process::{Command, Stdio};

/// The script that drives RTK; it stands beside the other peers and is carried along.
const SCRIPT: &str = include_str!("../../../../benches/peers/rtk_fdk.py");

/// What the peer did.
pub(super) struct PeerRun {
    /// Its name and version.
    pub(super) name: String,
    /// The best time of its runs.
    pub(super) seconds: f64,
    /// What it reconstructed.
    pub(super) volume: Volume,
}

/// The Python that has the peer, when the user named one.
pub(super) fn python() -> Option<std::ffi::OsString> {
    std::env::var_os("SENSORIUM_PEER_PYTHON").filter(|p| !p.is_empty())
}

/// Reconstructs with RTK on so many threads.
///
/// # Errors
/// [`RecipeError::Other`] when the script fails, with what it said.
pub(super) fn reconstruct(
    python: &std::ffi::OsStr,
    geometry: &Geometry,
    projections: &Projections,
    grid: &VolumeGrid,
    threads: usize,
    repeats: usize,
) -> Result<PeerRun, RecipeError> {
    let other = |e: &dyn std::fmt::Display| RecipeError::Other(format!("the peer RTK: {e}"));
    let folder = tempfile::tempdir().map_err(|e| other(&e))?;
    let file = |name: &str| folder.path().join(name);
    std::fs::write(file("rtk_fdk.py"), SCRIPT).map_err(|e| other(&e))?;
    std::fs::write(file("geometry.json"), geometry.to_json()).map_err(|e| other(&e))?;
    std::fs::write(file("volume.json"), serde_json::to_string(grid).unwrap_or_default())
        .map_err(|e| other(&e))?;
    write_projections(&file("projections.npy"), projections, None)?;
    let output = Command::new(python)
        .arg(file("rtk_fdk.py"))
        .args(["--projections", "projections.npy", "--geometry", "geometry.json", "--volume", "volume.json"])
        .args(["--out", "volume.npy", "--threads", &threads.to_string(), "--repeat", &repeats.to_string()])
        .current_dir(folder.path())
        .stdin(Stdio::null())
        .output()
        .map_err(|e| other(&e))?;
    if !output.status.success() {
        return Err(other(&String::from_utf8_lossy(&output.stderr).trim()));
    }
    let told: serde_json::Value = serde_json::from_slice(&output.stdout).map_err(|e| other(&e))?;
    let seconds = told["seconds"].as_f64().ok_or_else(|| other(&"it told no time"))?;
    let stored = read_volume(&file("volume.npy"), Some(grid.voxel_mm))?;
    Ok(PeerRun {
        name: told["peer"].as_str().unwrap_or("itk-rtk").to_owned(),
        seconds,
        volume: Volume::new(*grid, stored.volume.into_values())?,
    })
}
