//! `ct reconstruct`: projections in, a volume out.

use super::correct::{Correct, Prepared, whole};
use super::follow::{self, Follow};
use super::grid::Grid;
use super::iterate;
use super::method::{Method, MethodName};
use crate::failure::usage;
use crate::interrupt;
use crate::output;
use crate::session::Session;
use anyhow::{Result, bail};
use clap::Args;
use sensorium::tomo::analytic::{Correction, SlabPlan};
use sensorium::tomo::geometry::redundancy_weights;
use sensorium::tomo::gpu::{GpuDevice, fdk_on};
use sensorium::tomo::io::{GreyWindow, ProjectionSource, VolumeFile, VolumeFormat, VolumeOutput};
use sensorium::tomo::kernel::tuned;
use sensorium::tomo::preprocess::HounsfieldScale;
use sensorium::tomo::{FdkOptions, TomoError, Volume, VolumeGrid};
use serde_json::{Map, Value, json};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

/// Voxel updates from which on measuring the machine pays: some seconds of work.
const WORTH_TUNING: u64 = 8_000_000_000;

/// Options of `ct reconstruct`.
#[derive(Debug, Args)]
pub struct Reconstruct {
    /// Projections: .h5 (Data Exchange), .npy, .npz, .raw with .json, .mha, .mhd, .tif, or a folder of .tif
    #[arg(value_name = "PROJECTIONS", required_unless_present = "follow")]
    projections: Option<PathBuf>,
    /// The scan, with one angle for each projection
    #[arg(long, value_name = "FILE.json")]
    geometry: PathBuf,
    /// Where the volume goes: .mha, .mhd, .nii, .npy, .raw (with .json), NAME.png or NAME/ (slices)
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Replace a file of that name, once the new one is whole
    #[arg(long, conflicts_with = "follow")]
    replace: bool,
    /// Go on where a stopped run ended; its finished slabs are kept
    #[arg(long, conflicts_with = "follow")]
    resume: bool,
    /// Memory to use [default: half of what is free]; larger volumes are made slab by slab
    #[arg(long, value_name = "MIB", conflicts_with = "follow")]
    memory_mib: Option<u64>,
    #[command(flatten)]
    grid: Grid,
    #[command(flatten)]
    method: Method,
    #[command(flatten)]
    correct: Correct,
    /// Write Hounsfield units, water having this attenuation
    #[arg(long, value_name = "1/MM", help_heading = "Output", conflicts_with = "follow")]
    hounsfield: Option<f64>,
    /// Black and white of PNG slices
    #[arg(long, value_name = "LOW,HIGH", allow_hyphen_values = true, help_heading = "Output", value_parser = window)]
    window_values: Option<(f32, f32)>,
    #[command(flatten)]
    follow: Follow,
}

fn window(text: &str) -> Result<(f32, f32), String> {
    match super::numbers(text, "it")?.as_slice() {
        [low, high] if low < high => Ok((*low as f32, *high as f32)),
        _ => Err("must be two numbers, the lower one first".into()),
    }
}

/// Reconstructs and writes.
///
/// # Errors
/// What is wrong with the files, the geometry or the request; Ctrl-C.
pub fn run(session: &Session, options: &Reconstruct) -> Result<()> {
    options.method.check()?;
    if let Some(folder) = options.follow.folder() {
        if options.method.method != MethodName::Fdk {
            return Err(usage("--follow works with --method fdk"));
        }
        return follow::run(session, options, folder);
    }
    let Some(path) = &options.projections else { return Err(usage("name the projections")) };
    // Asked for first: no minutes of work for a name that cannot be written.
    let mut output = options.output()?;
    let prepared = options.correct.open(session, path, &options.geometry)?;
    let grid = options.grid.resolve(session, &prepared.geometry)?;
    output.fingerprint = options.fingerprint(&prepared, &grid);
    let stop = interrupt::flag()?;
    let began = Instant::now();
    let (slabs, slices) = match options.method.method {
        MethodName::Fdk => {
            if let Some(warning) = redundancy_weights(&prepared.geometry)?.0.warning() {
                session.warn(warning);
            }
            if session.device_name == "cpu" {
                options.slab_by_slab(session, &prepared, grid, &output, &stop)?
            } else {
                let volume = options.on_device(&session.device_name, &prepared, grid)?;
                options.write(volume, &output)?;
                (1, grid.voxels[2])
            }
        }
        _ => {
            if session.device_name != "cpu" {
                return Err(usage(format!("--method {} runs on the CPU only", options.method.name())));
            }
            let volume =
                iterate::run(session, &options.method, &prepared, grid, options.memory_bytes(), &stop)?;
            options.write(volume, &output)?;
            (1, grid.voxels[2])
        }
    };
    let seconds = began.elapsed().as_secs_f64();
    let floored = prepared.preparation.floored();
    if floored > 0 {
        session.warn(format!(
            "{floored} values had next to no transmission; they were raised to the least that is believed"
        ));
    }
    options.report(session, &prepared, &grid, slabs, slices as f64 / seconds, seconds)
}

impl Reconstruct {
    pub(super) fn geometry(&self) -> &std::path::Path {
        &self.geometry
    }

    pub(super) fn window_values(&self) -> Option<(f32, f32)> {
        self.window_values
    }

    pub(super) fn grid(&self) -> &Grid {
        &self.grid
    }

    pub(super) fn correct(&self) -> &Correct {
        &self.correct
    }

    /// Where slices of a scan that is followed go.
    pub(super) fn slices_folder(&self) -> PathBuf {
        self.out.clone()
    }

    pub(super) fn follow(&self) -> &Follow {
        &self.follow
    }

    /// How filtered back-projection runs, for so many slices and voxel updates.
    pub(super) fn fdk_options(&self, slices: usize, updates: u64) -> Result<FdkOptions> {
        let mut options = FdkOptions {
            window: self.method.window(),
            extend_truncated: self.method.extend_truncated,
            ..FdkOptions::default()
        };
        if updates >= WORTH_TUNING {
            options.blocks = tuned(options.isa, slices, cache_file().as_deref())?;
        }
        Ok(options)
    }

    /// The format of the volume, checked against the other flags.
    fn output(&self) -> Result<VolumeOutput> {
        let mut output = VolumeOutput::for_path(&self.out).map_err(|e| usage(e.to_string()))?;
        output.replace = self.replace;
        match (output.format, self.window_values) {
            (VolumeFormat::PngSlices, Some((low, high))) => output.window = Some(GreyWindow::new(low, high)?),
            (VolumeFormat::PngSlices, None) => return Err(usage("PNG slices need --window-values LOW,HIGH")),
            (_, Some(_)) => return Err(usage("--window-values is for PNG slices")),
            _ => {}
        }
        if let Some(water) = self.hounsfield
            && !(water.is_finite() && water > 0.0)
        {
            return Err(usage(format!("--hounsfield is {water}; the attenuation of water must be above 0")));
        }
        Ok(output)
    }

    /// What the volume depends on, for those that go on with it.
    fn fingerprint(&self, prepared: &Prepared, grid: &VolumeGrid) -> String {
        let settings = format!(
            "{} {} {grid:?} {:?} {:?} {:?}",
            prepared.inputs,
            prepared.geometry.to_json(),
            self.method,
            self.correct,
            self.hounsfield
        );
        sha256(settings.as_bytes())
    }

    fn memory_bytes(&self) -> u64 {
        self.memory_mib.map_or_else(default_memory_bytes, |mib| mib.saturating_mul(1 << 20))
    }

    /// Filtered back-projection in memory, the second half on a graphics processor.
    fn on_device(&self, device: &str, prepared: &Prepared, grid: VolumeGrid) -> Result<Volume> {
        let device: GpuDevice = device.parse().map_err(|e: TomoError| usage(e.to_string()))?;
        // The projections as they are and filtered, the volume as it comes back and as it is written.
        let pixels: usize = prepared.source.sizes().iter().product();
        let wanted = 8 * (pixels + grid.len()) as u64;
        if wanted > self.memory_bytes() {
            bail!(
                "on a device a scan is reconstructed in memory: it takes some {} MiB and {} MiB are allowed; \
                 ask for fewer voxels, or leave --device out, which works slab by slab",
                wanted.div_ceil(1 << 20),
                self.memory_bytes() >> 20
            );
        }
        let projections = whole(prepared.source.as_ref(), &prepared.preparation)?;
        let options = self.fdk_options(grid.voxels[2], 0)?;
        Ok(fdk_on(device, &prepared.geometry, &projections, grid, &options)?)
    }

    /// Filtered back-projection into a file; returns the numbers of slabs and of slices that were made.
    fn slab_by_slab(
        &self,
        session: &Session,
        prepared: &Prepared,
        grid: VolumeGrid,
        output: &VolumeOutput,
        stop: &AtomicBool,
    ) -> Result<(usize, usize)> {
        let Prepared { geometry, source, preparation, .. } = prepared;
        let slice_updates = (grid.slice_len() * geometry.views()) as u64;
        let options = self.fdk_options(grid.voxels[2], slice_updates * grid.voxels[2] as u64)?;
        let plan =
            SlabPlan::new(geometry, &grid, &options, preparation.needs_all_views(), self.memory_bytes())?;
        let mut file = if self.resume && VolumeFile::is_begun(&self.out) {
            VolumeFile::reopen(&self.out, grid, output)?
        } else {
            VolumeFile::create(&self.out, grid, output)?
        };
        let bar = session.bar("back-project", slice_updates * grid.voxels[2] as u64);
        if plan.slabs.len() > 1 {
            bar.line(&format!(
                "{} slabs of up to {} MiB each",
                plan.slabs.len(),
                plan.bytes.div_ceil(1 << 20)
            ));
        }
        let mut slices = 0;
        for (number, slab) in plan.slabs.iter().enumerate() {
            let before = slice_updates * slab.slices.start as u64;
            if file.finished()[slab.slices.clone()].iter().all(|done| *done) {
                bar.starts_at(slice_updates * slab.slices.end as u64);
                continue;
            }
            let tick = |done: u64, _: u64| {
                bar.at(before + done, slice_updates * grid.voxels[2] as u64);
                !stop.load(Ordering::SeqCst)
            };
            let source: &dyn ProjectionSource = source.as_ref();
            match plan.reconstruct(number, geometry, source, preparation, &grid, &options, &tick) {
                Ok(volume) => {
                    file.write_slices(slab.slices.start, self.scaled(volume)?.values())?;
                    slices += slab.slices.len();
                }
                Err(TomoError::Stopped) => {
                    drop(bar);
                    bail!(
                        "stopped; {number} of {} slabs are kept, run the same command with --resume to go on",
                        plan.slabs.len()
                    );
                }
                Err(error) => return Err(error.into()),
            }
        }
        file.finish()?;
        Ok((plan.slabs.len(), slices))
    }

    fn write(&self, volume: Volume, output: &VolumeOutput) -> Result<()> {
        let volume = self.scaled(volume)?;
        let mut file = VolumeFile::create(&self.out, *volume.grid(), output)?;
        file.write_slices(0, volume.values())?;
        file.finish()?;
        Ok(())
    }

    fn scaled(&self, mut volume: Volume) -> Result<Volume> {
        if let Some(water) = self.hounsfield {
            HounsfieldScale::new(water, 0.0)?.apply(&mut volume);
        }
        Ok(volume)
    }

    fn report(
        &self,
        session: &Session,
        prepared: &Prepared,
        grid: &VolumeGrid,
        slabs: usize,
        slices_per_s: f64,
        seconds: f64,
    ) -> Result<()> {
        if session.json {
            let mut object = Map::new();
            object.insert("volume".into(), json!(self.out.display().to_string()));
            object.insert("voxels".into(), json!(grid.voxels));
            object.insert("voxel_mm".into(), json!(grid.voxel_mm));
            object.insert("centre_mm".into(), json!(grid.centre_mm));
            object.insert("method".into(), json!(self.method.name()));
            object.insert("views".into(), json!(prepared.geometry.views()));
            object.insert("slabs".into(), json!(slabs));
            object.insert("seconds".into(), json!(seconds));
            object.insert("slices_per_s".into(), json!(slices_per_s));
            object.insert("values_floored".into(), json!(prepared.preparation.floored()));
            for (name, value) in &prepared.facts {
                let number = value.parse::<f64>().map_or_else(|_| json!(value), |v| json!(v));
                object.insert(name.replace(' ', "_"), number);
            }
            return output::json(&Value::Object(object));
        }
        let mut text = format!(
            "{}: {} x {} x {} voxels of {:.4} x {:.4} x {:.4} mm, by {} from {} views in {seconds:.1} s ({slices_per_s:.1} slices/s)\n",
            self.out.display(),
            grid.voxels[0],
            grid.voxels[1],
            grid.voxels[2],
            grid.voxel_mm[0],
            grid.voxel_mm[1],
            grid.voxel_mm[2],
            self.method.name(),
            prepared.geometry.views()
        );
        for (name, value) in &prepared.facts {
            text += &format!("{name}: {value}\n");
        }
        output::text(&text)
    }
}

fn sha256(bytes: &[u8]) -> String {
    use sha2::{Digest, Sha256};
    Sha256::digest(bytes).iter().map(|b| format!("{b:02x}")).collect()
}

/// Half of the memory that is free, where the system tells it; else 4 GiB.
pub(super) fn default_memory_bytes() -> u64 {
    let told = std::fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let line = told.lines().find(|l| l.starts_with("MemAvailable:"));
    let kib = line.and_then(|l| l.split_whitespace().nth(1)).and_then(|v| v.parse::<u64>().ok());
    kib.map_or(4 << 30, |kib| kib * 1024 / 2)
}

/// Where the machine's block shapes are kept: in the user's cache folder.
fn cache_file() -> Option<PathBuf> {
    let folder = std::env::var_os("XDG_CACHE_HOME")
        .filter(|v| !v.is_empty())
        .map(PathBuf::from)
        .or_else(|| std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".cache")))?;
    Some(folder.join("sensorium").join("ct-blocks.json"))
}
