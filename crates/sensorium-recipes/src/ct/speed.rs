//! How fast, how exact, how far from the limit.

use super::peer;
use crate::{Figure, Outcome, Progress, RecipeError, RunOptions, Table, Target};
use sensorium_tomo::kernel::{Isa, measure_limit, tuned};
use sensorium_tomo::phantom::Contrast;
use sensorium_tomo::{FdkOptions, Geometry, Phantom, Projections, Volume, VolumeGrid, fdk, quality};
use std::time::Instant;

/// 256 slices in the 41.3 s that RTK 2.7 took on the machine that the target was set on, and the target.
const TARGET_SLICES_PER_S: f64 = 40.0;

/// One size of the problem.
struct Bench {
    edge: usize,
    geometry: Geometry,
    grid: VolumeGrid,
    phantom: Phantom,
    projections: Projections,
}

/// What one size gave.
struct Measured {
    seconds: f64,
    volume: Volume,
    peak_mib: Option<f64>,
}

impl Bench {
    fn new(edge: usize, views: usize) -> Result<Self, RecipeError> {
        let (geometry, grid) = (super::head_scan(edge, views)?, super::head_grid(edge)?);
        let phantom = Phantom::shepp_logan(super::RADIUS_MM, 0.02, Contrast::Enhanced);
        let projections = phantom.project(&geometry);
        Ok(Self { edge, geometry, grid, phantom, projections })
    }

    fn updates(&self) -> f64 {
        (self.grid.len() * self.geometry.views()) as f64
    }

    fn run(&self, options: &FdkOptions, repeats: usize) -> Result<Measured, RecipeError> {
        let mut best: Option<Measured> = None;
        for _ in 0..repeats {
            let memory = PeakMemory::watch();
            let began = Instant::now();
            let volume = fdk(&self.geometry, &self.projections, self.grid, options)?;
            let seconds = began.elapsed().as_secs_f64();
            if best.as_ref().is_none_or(|b| seconds < b.seconds) {
                best = Some(Measured { seconds, volume, peak_mib: memory.and_then(|m| m.peak_mib()) });
            }
        }
        best.ok_or_else(|| RecipeError::Other("a measurement needs at least one run".into()))
    }

    /// Root mean square error inside the head, relative to the bone's attenuation.
    fn error(&self, truth: &Volume, volume: &Volume, inside: &[bool]) -> Result<f64, RecipeError> {
        Ok(quality::rmse(truth.values(), volume.values(), Some(inside))? / 0.02)
    }
}

pub(super) fn study(
    options: &RunOptions,
    progress: &mut dyn Progress,
    outcome: &mut Outcome,
) -> Result<(), RecipeError> {
    let (isa, threads) = (Isa::best(), rayon::current_num_threads());
    // The quick version is half as wide: an eighth of the voxels, half of the views.
    let sizes: &[(usize, usize, usize)] =
        if options.quick { &[(128, 180, 3)] } else { &[(256, 360, 3), (512, 720, 1)] };
    let python = peer::python();
    let mut table = Table::new(
        "Full FDK against RTK",
        ["volume", "views", "seconds", "slices/s", "giga-updates/s", "peak MiB", "RTK seconds", "ratio"],
    );
    for (edge, views, repeats) in sizes.iter().copied() {
        progress.stage(&format!("FDK of {edge} x {edge} x {edge} voxels from {views} projections"), None);
        let bench = Bench::new(edge, views)?;
        let fdk_options = FdkOptions { isa, blocks: tuned(isa, edge, None)?, ..FdkOptions::default() };
        let mut measured = bench.run(&fdk_options, repeats)?;
        let rival = python
            .as_deref()
            .map(|python| {
                progress.message("RTK on the same projections");
                peer::reconstruct(
                    python,
                    &bench.geometry,
                    &bench.projections,
                    &bench.grid,
                    threads,
                    repeats.min(2),
                )
            })
            .transpose()?;
        if rival.is_some() {
            // Once more after the peer's turn: whatever else the machine does meets both.
            let again = bench.run(&fdk_options, repeats)?;
            if again.seconds < measured.seconds {
                measured = again;
            }
        }
        let gups = 1e-9 * bench.updates() / measured.seconds;
        let ratio = rival.as_ref().map(|r| r.seconds / measured.seconds);
        table.own_row([
            format!("{edge}³"),
            views.to_string(),
            format!("{:.2}", measured.seconds),
            format!("{:.1}", edge as f64 / measured.seconds),
            format!("{gups:.2}"),
            measured.peak_mib.map_or_else(|| "n/a".into(), |m| format!("{m:.0}")),
            rival.as_ref().map_or_else(|| "not installed".into(), |r| format!("{:.1}", r.seconds)),
            ratio.map_or_else(|| "n/a".into(), |r| format!("{r:.1}")),
        ]);
        let suffix = edge.to_string();
        let mut speed = Figure::new(
            format!("slices_per_s_{suffix}"),
            format!("slices of {edge}² a second, {views} views, {threads} threads"),
            edge as f64 / measured.seconds,
        );
        if edge == 256 {
            speed = speed.target(Target::at_least(TARGET_SLICES_PER_S));
        }
        if let Some(rival) = &rival {
            speed = speed.baseline(rival.name.clone(), edge as f64 / rival.seconds);
        }
        outcome.figures.push(speed);
        if let Some(ratio) = ratio {
            let label = format!("speed at {edge}³ relative to RTK");
            outcome
                .figures
                .push(Figure::new(format!("rtk_ratio_{suffix}"), label, ratio).target(Target::above(1.0)));
        }
        if edge != sizes[0].0 {
            continue;
        }
        progress.stage("the error inside the head, and the kernel's limit", None);
        let inside = bench.phantom.inside(&bench.grid);
        let truth = bench.phantom.sample(bench.grid, 3);
        let error = bench.error(&truth, &measured.volume, &inside)?;
        let mut figure = Figure::new("rmse", format!("RMSE inside the head at {edge}³, of the bone"), error)
            .lower_is_better();
        if let Some(rival) = &rival {
            let theirs = bench.error(&truth, &rival.volume, &inside)?;
            figure = figure.baseline(rival.name.clone(), theirs);
            let label = format!("RMSE inside the head at {edge}³ relative to RTK's");
            // The same arithmetic in another order: beyond the fifth decimal it is the rounding of single precision.
            let ratio = Figure::new(format!("rmse_ratio_{suffix}"), label, error / theirs);
            outcome.figures.push(ratio.lower_is_better().target(Target::at_most(1.000_01)));
        }
        outcome.figures.push(figure);
        let limit = measure_limit(isa, bench.edge, bench.edge);
        outcome.figures.push(Figure::new(
            "gups",
            format!("giga-updates a second at {edge}³, filtering included"),
            gups,
        ));
        let label =
            format!("share of the kernel's limit, {:.2} giga-updates a second in cache", 1e-9 * limit);
        outcome.figures.push(Figure::new("limit_fraction", label, 1e9 * gups / limit));
        outcome
            .notes
            .push(format!("Kernels: {isa:?}; blocks: {:?}; threads: {threads}.", fdk_options.blocks));
    }
    if python.is_none() {
        outcome.notes.push(
            "RTK was not measured: set SENSORIUM_PEER_PYTHON to a Python that has it (benches/peers/README.md).".into(),
        );
    }
    outcome.tables.push(table);
    Ok(())
}

/// The most memory that the process has used since it was asked to watch; Linux only.
struct PeakMemory;

impl PeakMemory {
    fn watch() -> Option<Self> {
        // 5 sets the peak back to what is used now.
        std::fs::write("/proc/self/clear_refs", "5").ok().map(|()| Self)
    }

    fn peak_mib(&self) -> Option<f64> {
        let status = std::fs::read_to_string("/proc/self/status").ok()?;
        let line = status.lines().find(|l| l.starts_with("VmHWM:"))?;
        line.split_whitespace().nth(1)?.parse::<f64>().ok().map(|kib| kib / 1024.0)
    }
}
