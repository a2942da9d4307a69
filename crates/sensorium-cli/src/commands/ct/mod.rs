//! `ct`: from projections to volumes.

mod correct;
mod follow;
mod grid;
mod iterate;
mod method;
mod reconstruct;
mod simulate;
mod view;

use crate::failure::usage;
use crate::session::Session;
use anyhow::Result;
use clap::Subcommand;

/// The geometry file, for the help of those who need one.
const GEOMETRY_HELP: &str = r#"A geometry file is JSON; lengths are in mm, angles in degrees:

  {
    "beam": "cone",
    "source_to_axis_mm": 1000, "source_to_detector_mm": 1536,
    "angles_deg": { "first": 0, "step": 1, "count": 360 },
    "detector": { "columns": 256, "rows": 256, "column_pitch_mm": 1.6, "row_pitch_mm": 1.6 }
  }

"beam" is "cone", "fan" or "parallel" (the last without the two distances). "angles_deg" may be a list.
Optional: "pitch_mm_per_turn" (a helix), and in the detector "shape" ("flat" or "curved"),
"column_offset_mm", "row_offset_mm", "tilt" ("in_plane_deg", "about_columns_deg", "about_rows_deg")."#;

/// `ct`'s commands.
#[derive(Debug, Subcommand)]
pub enum Ct {
    /// Project a phantom or a volume, with the noise of counted photons
    #[command(after_help = GEOMETRY_HELP)]
    Simulate(simulate::Simulate),
    /// Reconstruct a volume from projections, in memory or slab by slab
    #[command(after_help = GEOMETRY_HELP)]
    Reconstruct(Box<reconstruct::Reconstruct>),
    /// Write a page to look at a volume: slices, window, maximum projections
    View(view::View),
}

/// Runs one of `ct`'s commands.
///
/// # Errors
/// What is wrong with the files, the geometry or the request.
pub fn run(session: &Session, command: Ct) -> Result<()> {
    let follows = matches!(&command, Ct::Reconstruct(options) if options.follow().folder().is_some());
    if session.device_name != "cpu" && (follows || !matches!(command, Ct::Reconstruct(_))) {
        return Err(usage("--device is for `ct reconstruct` of whole scans; this runs on the CPU"));
    }
    match command {
        Ct::Simulate(options) => simulate::run(session, &options),
        Ct::Reconstruct(options) => reconstruct::run(session, &options),
        Ct::View(options) => view::run(session, &options),
    }
}

/// Numbers with commas between them.
fn numbers(text: &str, name: &str) -> Result<Vec<f64>, String> {
    text.split(',')
        .map(|part| part.trim().parse::<f64>().ok().filter(|v| v.is_finite()))
        .collect::<Option<_>>()
        .ok_or_else(|| format!("{name} must be numbers with commas between them"))
}

/// Three numbers, or one for all three.
fn triple(text: &str) -> Result<[f64; 3], String> {
    match numbers(text, "it")?.as_slice() {
        [all] => Ok([*all; 3]),
        [x, y, z] => Ok([*x, *y, *z]),
        _ => Err("must be one number, or three with commas between them".into()),
    }
}

/// Three counts, or one for all three.
fn counts(text: &str) -> Result<[usize; 3], String> {
    let values = triple(text)?;
    if values.iter().any(|v| *v < 1.0 || v.fract() != 0.0 || *v > 1e9) {
        return Err("must be whole numbers above 0".into());
    }
    Ok(values.map(|v| v as usize))
}
