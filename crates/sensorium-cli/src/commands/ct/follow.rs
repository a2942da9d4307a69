//! `ct reconstruct --follow`: slices come out while projections come in.

use super::reconstruct::{Reconstruct, default_memory_bytes};
use crate::arguments::between;
use crate::failure::usage;
use crate::interrupt;
use crate::output;
use crate::session::Session;
use anyhow::{Context, Result, bail};
use clap::Args;
use sensorium::tomo::analytic::{Correction, LiveScan};
use sensorium::tomo::io::{natural_order, open_projections};
use sensorium::tomo::picture::slice_png;
use sensorium::tomo::preprocess::Preparation;
use sensorium::tomo::{Geometry, Projections, Volume, VolumeGrid};
use serde_json::json;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant, SystemTime};

/// How long to wait before looking again.
const PAUSE: Duration = Duration::from_millis(20);
/// How long a file that cannot be read may still be in the making.
const PATIENCE: Duration = Duration::from_secs(5);
/// Extensions of files that hold one projection.
const EXTENSIONS: [&str; 3] = ["tif", "tiff", "npy"];

/// Options for following a scan.
#[derive(Debug, Args)]
#[command(next_help_heading = "Following a scan")]
pub struct Follow {
    /// A folder that projections come into, one a file (.tif, .npy), in the order of their names; the geometry is one
    /// whole turn, and the scan may go on turning
    #[arg(long, value_name = "DIR", conflicts_with = "projections")]
    follow: Option<PathBuf>,
    /// Heights of the slices that are shown [default: the middle of the volume]
    #[arg(long, value_name = "Z1,Z2,…", requires = "follow", allow_hyphen_values = true, value_parser = |t: &str| super::numbers(t, "--slices-mm").map(Heights))]
    slices_mm: Option<Heights>,
    /// Write the slices after every so many projections
    #[arg(long, value_name = "N", default_value_t = 10, requires = "follow")]
    every: usize,
    /// End when nothing has come for so long [default: at Ctrl-C]
    #[arg(long, value_name = "SECONDS", requires = "follow", value_parser = between(0.0, 1e9))]
    idle_s: Option<f64>,
}

#[derive(Clone, Debug)]
struct Heights(Vec<f64>);

impl Follow {
    /// The folder, when one is followed.
    pub fn folder(&self) -> Option<&Path> {
        self.follow.as_deref()
    }
}

/// Follows the folder until Ctrl-C or silence. The slices are written as PNG files into the folder `--out`.
///
/// # Errors
/// What is wrong with the geometry, the projections or the request.
pub fn run(session: &Session, options: &Reconstruct, folder: &Path) -> Result<()> {
    let follow = options.follow();
    if !folder.is_dir() {
        return Err(usage(format!("--follow {}: no such folder", folder.display())));
    }
    if follow.every == 0 {
        return Err(usage("--every must be above 0"));
    }
    let geometry = Geometry::read(options.geometry())?;
    let preparation = options.correct().one_by_one(geometry.detector())?;
    let grid = options.grid().resolve(session, &geometry)?;
    let heights = match &follow.slices_mm {
        Some(Heights(heights)) => heights.clone(),
        None => vec![grid.centre_mm[2]],
    };
    let names: BTreeSet<String> = heights.iter().map(|height| file_name(*height)).collect();
    if names.len() < heights.len() {
        return Err(usage("--slices-mm: two heights are the same to a hundredth of a millimetre"));
    }
    // Two volumes a slice, and each once more while it is shown.
    let wanted = 16 * (heights.len() * grid.slice_len()) as u64;
    if wanted > default_memory_bytes() {
        bail!(
            "{} slices of {} x {} voxels take {} MiB; ask for fewer",
            heights.len(),
            grid.voxels[0],
            grid.voxels[1],
            wanted >> 20
        );
    }
    let fdk = options.fdk_options(1, 0)?;
    let mut slices = Vec::new();
    for height in &heights {
        let mut plane = VolumeGrid { voxels: [grid.voxels[0], grid.voxels[1], 1], ..grid };
        plane = plane.at([grid.centre_mm[0], grid.centre_mm[1], *height])?;
        slices.push(LiveScan::new(&geometry, plane, &fdk)?);
    }
    let out = options.slices_folder();
    std::fs::create_dir_all(&out).with_context(|| format!("{}", out.display()))?;
    let stop = interrupt::flag()?;
    session.say("following; Ctrl-C ends");
    let window = options.window_values();
    let mut scan = Scan {
        window,
        session,
        geometry,
        preparation,
        slices,
        heights,
        out,
        every: follow.every,
        latencies_ms: Vec::new(),
        received: 0,
    };
    let mut seen = BTreeSet::new();
    let mut news = Instant::now();
    while !stop.load(Ordering::SeqCst) && follow.idle_s.is_none_or(|idle| news.elapsed().as_secs_f64() < idle)
    {
        let waiting = arrivals(folder, &seen)?;
        if waiting.is_empty() {
            std::thread::sleep(PAUSE);
            continue;
        }
        for path in waiting {
            if stop.load(Ordering::SeqCst) {
                break;
            }
            let came = path.metadata().and_then(|m| m.modified()).unwrap_or_else(|_| SystemTime::now());
            let read = scan.read(&path);
            match read {
                Ok(projection) => scan.take(&projection, &path, came)?,
                // Perhaps it is still being written: it is tried again until it is old.
                Err(_) if age(&path) < PATIENCE => {
                    std::thread::sleep(PAUSE);
                    break;
                }
                Err(error) => {
                    scan.close()?;
                    return Err(error);
                }
            }
            seen.insert(path);
            news = Instant::now();
        }
    }
    scan.close()
}

/// The picture of the slice at a height.
fn file_name(height_mm: f64) -> String {
    format!("slice_{height_mm:+.2}mm.png")
}

/// Files that are new and whole, in the order of their names.
///
/// A writer that is not done yet is waited for: a file counts when its size has stayed for a moment.
fn arrivals(folder: &Path, seen: &BTreeSet<PathBuf>) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).with_context(|| format!("{}", folder.display()))? {
        let path = entry.with_context(|| format!("{}", folder.display()))?.path();
        let extension = path.extension().map(|e| e.to_string_lossy().to_lowercase());
        let named = extension.is_some_and(|e| EXTENSIONS.contains(&e.as_str()));
        if named && !seen.contains(&path) {
            let state = state(&path);
            found.push((path, state));
        }
    }
    if found.is_empty() {
        return Ok(Vec::new());
    }
    std::thread::sleep(PAUSE / 4);
    found.sort_by(|a, b| natural_order(&a.0, &b.0));
    if let (Some((first, _)), Some(last)) = (found.first(), seen.iter().max_by(|a, b| natural_order(a, b)))
        && natural_order(first, last).is_lt()
    {
        bail!(
            "{} came after {}, which it precedes by name: projections are taken in the order of their names",
            first.display(),
            last.display()
        );
    }
    // An unfinished file holds up those after it: projections have an order.
    let is_whole = |(path, before): &(PathBuf, State)| {
        before.is_some_and(|(size, _)| size > 0) && state(path) == *before
    };
    Ok(found.into_iter().take_while(is_whole).map(|(path, _)| path).collect())
}

/// Size and time of change, where they can be told.
type State = Option<(u64, SystemTime)>;

fn state(path: &Path) -> State {
    let metadata = path.metadata().ok()?;
    Some((metadata.len(), metadata.modified().ok()?))
}

fn age(path: &Path) -> Duration {
    state(path).and_then(|(_, changed)| changed.elapsed().ok()).unwrap_or_default()
}

/// A scan in progress.
struct Scan<'a> {
    session: &'a Session,
    geometry: Geometry,
    preparation: Preparation,
    slices: Vec<LiveScan>,
    heights: Vec<f64>,
    out: PathBuf,
    every: usize,
    /// From a projection's file being there to the slice that shows it.
    latencies_ms: Vec<f64>,
    received: usize,
    /// Black and white: as asked for, or of the first complete turn, so that pictures can be compared.
    window: Option<(f32, f32)>,
}

impl Scan<'_> {
    /// Reads a projection as line integrals, all of them numbers; the scan is as it was.
    fn read(&self, path: &Path) -> Result<Projections> {
        let source = open_projections(path)?.source;
        let mut projection = Projections::from_source(source.as_ref())?;
        let d = self.geometry.detector();
        if (projection.views(), projection.rows(), projection.columns()) != (1, d.rows, d.columns) {
            bail!(
                "{}: {} images of {} rows and {} columns; the geometry's detector has {} rows and {} columns, one image a file",
                path.display(),
                projection.views(),
                projection.rows(),
                projection.columns(),
                d.rows,
                d.columns
            );
        }
        self.preparation
            .correct(&mut projection, 0..1, 0..d.rows)
            .with_context(|| format!("{}", path.display()))?;
        if projection.values().iter().any(|v| !v.is_finite()) {
            bail!("{}: not all values are finite", path.display());
        }
        Ok(projection)
    }

    /// Takes a projection into all slices, and shows them when it is time.
    fn take(&mut self, projection: &Projections, path: &Path, came: SystemTime) -> Result<()> {
        let mut complete = false;
        for slice in &mut self.slices {
            complete =
                slice.add(projection.values()).with_context(|| format!("{}", path.display()))?.complete;
        }
        self.received += 1;
        if self.received.is_multiple_of(self.every) {
            self.show(complete, came)?;
        }
        Ok(())
    }

    /// Writes the slices as they are now.
    fn show(&mut self, complete: bool, came: SystemTime) -> Result<()> {
        for (slice, height) in self.slices.iter().zip(&self.heights) {
            let volume: Volume = slice.volume();
            let grid = volume.grid();
            let white = volume.values().iter().copied().fold(f32::MIN_POSITIVE, f32::max);
            let window = self.window.unwrap_or((0.0, white));
            if complete {
                self.window = Some(window);
            }
            let png = slice_png(volume.values(), grid.voxels[0], grid.voxels[1], window)?;
            // Renamed when whole: who looks at the file never sees half a slice.
            let name = self.out.join(file_name(*height));
            let aside = name.with_extension("partial");
            std::fs::write(&aside, png).with_context(|| format!("{}", aside.display()))?;
            std::fs::rename(&aside, &name).with_context(|| format!("{}", name.display()))?;
            let latency_ms = came.elapsed().map_or(0.0, |e| 1e3 * e.as_secs_f64());
            self.latencies_ms.push(latency_ms);
            let state = if complete { "" } else { " (the first turn is not complete)" };
            self.session.say(format!(
                "{} projections: slice at {height} mm {latency_ms:.1} ms after the last{state}",
                self.received
            ));
        }
        Ok(())
    }

    fn close(mut self) -> Result<()> {
        self.latencies_ms.sort_by(f64::total_cmp);
        let quantile = |share: f64| {
            let last = self.latencies_ms.len().saturating_sub(1) as f64;
            self.latencies_ms.get((last * share).round() as usize).copied().unwrap_or(f64::NAN)
        };
        let (median, p99) = (quantile(0.5), quantile(0.99));
        if self.session.json {
            return output::json(&json!({
                "projections": self.received,
                "slices_shown": self.latencies_ms.len(),
                "latency_median_ms": median,
                "latency_p99_ms": p99,
                "folder": self.out.display().to_string(),
            }));
        }
        output::line(&format!(
            "{} projections, {} slices shown in {}; latency median {} ms, 99 % {} ms",
            self.received,
            self.latencies_ms.len(),
            self.out.display(),
            output::number(median),
            output::number(p99)
        ))
    }
}
