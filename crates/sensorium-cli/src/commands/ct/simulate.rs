//! `ct simulate`: projections of things that are known.

use super::reconstruct::default_memory_bytes;
use super::triple;
use crate::failure::usage;
use crate::output;
use crate::session::Session;
use anyhow::{Result, bail};
use clap::{Args, ValueEnum};
use sensorium::tomo::geometry::even_angles_deg;
use sensorium::tomo::io::{VoxelSize, read_volume, write_projections, write_whole};
use sensorium::tomo::kernel::Isa;
use sensorium::tomo::phantom::{Contrast, add_noise};
use sensorium::tomo::projector::{Projector, to_columns};
use sensorium::tomo::{Beam, Detector, Distances, Geometry, Phantom, Projections};
use serde_json::json;
use std::path::{Path, PathBuf};

/// Options of `ct simulate`.
#[derive(Debug, Args)]
pub struct Simulate {
    /// Where the projections go: .npy, .raw (with .json) or .mha
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Replace files of that name
    #[arg(long)]
    replace: bool,
    /// The scan [default: a cone beam of 360 views on 256 x 256 pixels, written beside the projections]
    #[arg(long, value_name = "FILE.json")]
    geometry: Option<PathBuf>,
    /// A volume to project in place of the phantom: attenuation in 1/mm
    #[arg(long, value_name = "FILE", conflicts_with_all = ["radius_mm", "attenuation_per_mm", "contrast"])]
    volume: Option<PathBuf>,
    /// Edges of the volume's voxels, where its file does not tell them: S or SX,SY,SZ
    #[arg(long, value_name = "MM", value_parser = triple, requires = "volume")]
    voxel_mm: Option<[f64; 3]>,
    /// Radius of the ball that holds the Shepp-Logan head
    #[arg(long, value_name = "MM", default_value_t = 125.0)]
    radius_mm: f64,
    /// Attenuation of the head's bone (at original contrast twice that)
    #[arg(long, value_name = "1/MM", default_value_t = 0.02)]
    attenuation_per_mm: f64,
    /// Contrast of the head's parts
    #[arg(long, value_enum, default_value_t = ContrastName::Enhanced)]
    contrast: ContrastName,
    /// Photons for each ray: adds their noise [default: none, exact line integrals]
    #[arg(long, value_name = "N")]
    photons: Option<f64>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum ContrastName {
    /// A fifth of the bone
    Enhanced,
    /// One per cent of the brain
    Original,
}

/// Projects and writes.
///
/// # Errors
/// What is wrong with the files, the geometry or the numbers.
pub fn run(session: &Session, options: &Simulate) -> Result<()> {
    let geometry = match &options.geometry {
        Some(path) => Geometry::read(path)?,
        None => standard_geometry()?,
    };
    let d = *geometry.detector();
    let wanted = 4 * (geometry.views() * d.rows * d.columns) as u64;
    if wanted > default_memory_bytes() {
        bail!(
            "{} views of {} x {} pixels take {} MiB, more than half of the free memory; simulate fewer views or pixels",
            geometry.views(),
            d.columns,
            d.rows,
            wanted >> 20
        );
    }
    let described = options.geometry.clone().unwrap_or_else(|| beside(&options.out));
    for path in [Some(&options.out), options.geometry.is_none().then_some(&described)].into_iter().flatten() {
        if path.exists() && !options.replace {
            bail!("{} exists; give another --out, or --replace", path.display());
        }
    }
    session.say("projecting");
    let mut projections = match &options.volume {
        Some(path) => project_volume(session, &geometry, path, options.voxel_mm)?,
        None => {
            if let Some(distances) = geometry.distances()
                && options.radius_mm >= distances.source_to_axis_mm
            {
                return Err(usage(format!(
                    "--radius-mm is {}; the source is {} mm from the axis, within the phantom",
                    options.radius_mm, distances.source_to_axis_mm
                )));
            }
            phantom(options)?.project(&geometry)
        }
    };
    if let Some(photons) = options.photons {
        add_noise(&mut projections, photons, session.seed).map_err(|e| usage(format!("--photons: {e}")))?;
    }
    write_projections(&options.out, &projections, Some([d.column_pitch_mm, d.row_pitch_mm]))?;
    if options.geometry.is_none() {
        write_whole(&described, (geometry.to_json() + "\n").as_bytes())?;
    }
    if session.json {
        return output::json(&json!({
            "projections": options.out.display().to_string(),
            "geometry": described.display().to_string(),
            "views": projections.views(),
            "rows": projections.rows(),
            "columns": projections.columns(),
        }));
    }
    output::text(&format!(
        "{}: {} views of {} x {} pixels\n{}: their geometry\n",
        options.out.display(),
        projections.views(),
        projections.columns(),
        projections.rows(),
        described.display()
    ))
}

/// `head.npy` has its geometry in `head.geometry.json`.
fn beside(projections: &Path) -> PathBuf {
    projections.with_extension("geometry.json")
}

fn phantom(options: &Simulate) -> Result<Phantom> {
    for (name, value) in
        [("--radius-mm", options.radius_mm), ("--attenuation-per-mm", options.attenuation_per_mm)]
    {
        if !(value.is_finite() && value > 0.0) {
            return Err(usage(format!("{name} is {value}; it must be above 0")));
        }
    }
    let contrast = match options.contrast {
        ContrastName::Enhanced => Contrast::Enhanced,
        ContrastName::Original => Contrast::Original,
    };
    Ok(Phantom::shepp_logan(options.radius_mm, options.attenuation_per_mm, contrast))
}

fn project_volume(
    session: &Session,
    geometry: &Geometry,
    path: &Path,
    voxel_mm: Option<[f64; 3]>,
) -> Result<Projections> {
    let stored = read_volume(path, voxel_mm)?;
    if stored.voxel_size == VoxelSize::Assumed {
        session.warn(format!("{}: voxels of 1 mm are assumed; give --voxel-mm", path.display()));
    }
    let grid = *stored.volume.grid();
    let projector = Projector::new(geometry, grid, Isa::best())?;
    let views: Vec<usize> = (0..geometry.views()).collect();
    let values = projector.forward(&to_columns(stored.volume.values(), &grid), &views);
    let d = geometry.detector();
    Ok(Projections::new(geometry.views(), d.rows, d.columns, values)?)
}

fn standard_geometry() -> Result<Geometry> {
    let detector = Detector::flat(256, 256, 1.6, 1.6);
    let distances = Distances { source_to_axis_mm: 1000.0, source_to_detector_mm: 1536.0 };
    Ok(Geometry::new(Beam::Cone(distances), detector, even_angles_deg(0.0, 1.0, 360))?)
}
