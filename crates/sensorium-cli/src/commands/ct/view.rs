//! `ct view`: a page to look at a volume.

use super::triple;
use crate::output;
use crate::session::Session;
use anyhow::Result;
use clap::Args;
use sensorium::tomo::io::{VoxelSize, read_volume};
use sensorium::tomo::viewer::{ViewerOptions, save};
use serde_json::json;
use std::path::PathBuf;

/// Options of `ct view`.
#[derive(Debug, Args)]
pub struct View {
    /// A volume: .mha, .mhd, .nii, .npy, .raw with .json, a folder of TIFF slices or of a DICOM series
    volume: PathBuf,
    /// Where the page goes
    #[arg(long, value_name = "FILE.html")]
    out: PathBuf,
    /// Edges of the voxels, where the file does not tell them: S or SX,SY,SZ
    #[arg(long, value_name = "MM", value_parser = triple)]
    voxel_mm: Option<[f64; 3]>,
    /// Longest edge in the page, in voxels; larger volumes are reduced by averaging
    #[arg(long, value_name = "N", default_value_t = 256)]
    longest_edge: usize,
    /// What the values are, such as 1/mm or HU
    #[arg(long, value_name = "UNIT", default_value = "")]
    unit: String,
}

/// Reads the volume and writes its page.
///
/// # Errors
/// A volume that cannot be read, a page that cannot be written.
pub fn run(session: &Session, options: &View) -> Result<()> {
    let stored = read_volume(&options.volume, options.voxel_mm)?;
    let name = options.volume.file_name().map_or_else(String::new, |n| n.to_string_lossy().into_owned());
    let mut facts = vec![("File".to_owned(), name.clone())];
    if stored.voxel_size == VoxelSize::Assumed {
        facts.push(("Voxel size".to_owned(), "not told by the file, 1 mm assumed".to_owned()));
        session.warn(format!("{}: voxels of 1 mm are assumed; give --voxel-mm", options.volume.display()));
    }
    let viewer = ViewerOptions {
        title: name,
        unit: options.unit.clone(),
        longest_edge: options.longest_edge,
        facts,
        ..ViewerOptions::default()
    };
    save(&options.out, &stored.volume, &viewer)?;
    if session.json {
        return output::json(&json!({
            "page": options.out.display().to_string(),
            "voxels": stored.volume.grid().voxels,
            "voxel_mm": stored.volume.grid().voxel_mm,
        }));
    }
    output::line(&format!("{}: open it in a browser", options.out.display()))
}
