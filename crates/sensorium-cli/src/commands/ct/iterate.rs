//! The iterative methods, with a line for each pass.

use super::correct::{Prepared, whole};
use super::method::{Method, MethodName};
use crate::session::Session;
use anyhow::{Result, bail};
use sensorium::tomo::iterative::{
    CglsOptions, Iteration, Problem, SirtOptions, TvOptions, cgls, outside_removed, sirt, total_variation,
};
use sensorium::tomo::kernel::Isa;
use sensorium::tomo::{FdkOptions, Geometry, Projections, Volume, VolumeGrid, fdk};
use std::sync::atomic::{AtomicBool, Ordering};

/// Copies of the volume and of the projections that an iteration holds, at most.
const VOLUMES: u64 = 12;
const STACKS: u64 = 4;

/// Reconstructs in memory.
///
/// # Errors
/// Too little memory; settings and values that cannot be used; Ctrl-C.
pub fn run(
    session: &Session,
    method: &Method,
    prepared: &Prepared,
    grid: VolumeGrid,
    memory_bytes: u64,
    stop: &AtomicBool,
) -> Result<Volume> {
    let geometry = &prepared.geometry;
    let d = geometry.detector();
    let pixels = (geometry.views() * d.rows * d.columns) as u64;
    // Column weights of each subset, and running sums along the axis.
    let subsets = if method.method == MethodName::Sirt { method.subsets.unwrap_or(1) as u64 } else { 0 };
    let sums = (grid.slice_len() * (grid.voxels[2] + 1)).max(geometry.views() * d.columns * (d.rows + 1));
    let wanted = 4 * ((VOLUMES + subsets) * grid.len() as u64 + STACKS * pixels + sums as u64);
    if wanted > memory_bytes {
        bail!(
            "{} takes some {} MiB and {} MiB are allowed: allow more with --memory-mib, ask for fewer voxels, or use --method fdk, \
             which works slab by slab",
            method.name(),
            wanted.div_ceil(1 << 20),
            memory_bytes >> 20
        );
    }
    let mut projections = whole(prepared.source.as_ref(), &prepared.preparation)?;
    projections = without_outside(session, geometry, projections, &grid)?;
    let mut problem = Problem::new(geometry, &projections, grid, Isa::best())?;
    if method.method == MethodName::Tv && geometry.pitch_mm_per_turn() == 0.0 {
        problem = problem.start_from(&fdk(geometry, &projections, grid, &FdkOptions::default())?)?;
    }
    let bar = session.bar(method.name(), 0);
    let mut watch = |iteration: Iteration| {
        bar.at(iteration.number as u64, iteration.of as u64);
        bar.note(format!("residual {:.3e}", iteration.residual));
        !stop.load(Ordering::SeqCst)
    };
    let volume = match method.method {
        MethodName::Fdk => fdk(geometry, &projections, grid, &FdkOptions::default())?,
        MethodName::Sirt => {
            let standard = SirtOptions::default();
            let options = SirtOptions {
                iterations: method.iterations.unwrap_or(standard.iterations),
                subsets: method.subsets.unwrap_or(standard.subsets),
                relaxation: method.relaxation.map_or(standard.relaxation, |r| r as f32),
                ..standard
            };
            sirt(&problem, &options, &mut watch)?
        }
        MethodName::Cgls => {
            let standard = CglsOptions::default();
            let options = CglsOptions {
                iterations: method.iterations.unwrap_or(standard.iterations),
                damping: method.damping.unwrap_or(standard.damping),
            };
            cgls(&problem, &options, &mut watch)?
        }
        MethodName::Tv => {
            let standard = TvOptions::default();
            let options = TvOptions {
                iterations: method.iterations.unwrap_or(standard.iterations),
                subsets: method.subsets.unwrap_or(standard.subsets),
                weight: method.weight.unwrap_or(standard.weight),
                ..standard
            };
            total_variation(&problem, &options, &mut watch)?
        }
    };
    if stop.load(Ordering::SeqCst) {
        bail!("stopped; nothing was written");
    }
    Ok(volume)
}

/// A grid smaller than the field of view is a region of interest: what lies around it is reconstructed coarsely
/// by filtered back-projection and taken away.
fn without_outside(
    session: &Session,
    geometry: &Geometry,
    projections: Projections,
    region: &VolumeGrid,
) -> Result<Projections> {
    let Ok(everything) = geometry.default_grid() else { return Ok(projections) };
    let reach = |grid: &VolumeGrid, axis: usize| {
        let n = grid.voxels[axis] as f64;
        (grid.position_mm(axis, -0.5), grid.position_mm(axis, n - 0.5))
    };
    let margin = everything.voxel_mm[0];
    // Only the plane counts: along the axis a scan ends anyway.
    let is_whole = (0..2).all(|axis| {
        let ((low, high), (from, to)) = (reach(region, axis), reach(&everything, axis));
        low <= from + 2.0 * margin && high >= to - 2.0 * margin
    });
    let within = (0..3).all(|axis| {
        let ((low, high), (from, to)) = (reach(region, axis), reach(&everything, axis));
        low >= from - 1e-6 && high <= to + 1e-6
    });
    if is_whole || !within || geometry.pitch_mm_per_turn() != 0.0 {
        return Ok(projections);
    }
    session.say("a region of interest: what lies around it is taken away");
    let coarse = VolumeGrid {
        voxels: everything.voxels.map(|n| n.div_ceil(2)),
        voxel_mm: std::array::from_fn(|a| {
            everything.voxel_mm[a] * everything.voxels[a] as f64 / everything.voxels[a].div_ceil(2) as f64
        }),
        ..everything
    };
    let whole = fdk(geometry, &projections, coarse, &FdkOptions::default())?;
    Ok(outside_removed(geometry, &projections, &whole, region, Isa::best())?)
}
