//! `data describe PATH`: what is in a dataset, read as training would read it.

use crate::output;
use crate::session::Session;
use crate::source::{Purpose, dataset};
use anyhow::Result;
use rayon::prelude::*;
use sensorium::data::clock::{ClockConfig, ClockFit, compare_clocks};
use sensorium::data::{
    DataError, Dataset, Modality, Recording, RecordingSource, Repairs, Split, Target, Task, filled_windows,
};
use sensorium::recipes::Table;
use serde_json::{Map, Value, json};
use std::path::Path;

/// What one recording adds to the description.
struct Seen {
    windows: Vec<Target>,
    /// For each stream, the windows it is in, and the sum of its quality in them.
    presence: Vec<(u64, f64)>,
    repairs: Repairs,
    seconds: f64,
}

/// Prints the description.
///
/// # Errors
/// What is wrong with the dataset, naming file, line and remedy.
pub fn run(session: &Session, path: &Path) -> Result<()> {
    let data = dataset(path, Purpose::Train)?;
    let bar = session.bar("reading", data.len() as u64);
    let seen: Vec<Seen> = (0..data.len())
        .into_par_iter()
        .map(|index| {
            let seen = look(&data, index);
            bar.advance(1);
            seen
        })
        .collect::<Result<_, _>>()?;
    drop(bar);
    let clocks = clocks(&data)?;
    if session.json { output::json(&object(&data, &seen, &clocks)) } else { page(&data, &seen, &clocks) }
}

fn look(data: &Dataset, index: usize) -> Result<Seen, DataError> {
    let (recording, repairs) = data.load_counted(index)?;
    let mut presence = vec![(0, 0.0); recording.streams.len()];
    let mut windows = Vec::new();
    for window in filled_windows(&recording, &data.schema().window) {
        for (s, (count, quality)) in presence.iter_mut().enumerate() {
            let here = window.presence(s);
            *count += u64::from(here.is_present());
            *quality += f64::from(here.quality());
        }
        windows.push(window.target);
    }
    let seconds = recording.span().map_or(0.0, |s| s.seconds());
    Ok(Seen { windows, presence, repairs, seconds })
}

/// Names of the classes or labels; none for other tasks.
fn names(task: &Task) -> Vec<String> {
    match task {
        Task::Classification { classes } => classes.clone(),
        Task::MultiLabel { labels } => labels.clone(),
        Task::OneClass => vec!["normal".into(), "anomaly".into()],
        Task::Regression { .. } => Vec::new(),
    }
}

fn holds(target: &Target, class: usize) -> bool {
    match target {
        Target::Class(c) => *c == class,
        Target::Labels(held) => held.get(class).copied().unwrap_or(false),
        _ => false,
    }
}

const SPLITS: [Split; 3] = [Split::Train, Split::Validation, Split::Test];

/// Windows of each class in each part.
fn windows_by_class(data: &Dataset, seen: &[Seen]) -> Vec<(String, [usize; 3])> {
    let count = |split: Split, class: usize| {
        let part = seen.iter().enumerate().filter(|(i, _)| data.split(*i) == split);
        part.flat_map(|(_, s)| &s.windows).filter(|t| holds(t, class)).count()
    };
    let names = names(&data.schema().task).into_iter().enumerate();
    names.map(|(class, name)| (name, SPLITS.map(|split| count(split, class)))).collect()
}

/// Recordings, windows and seconds of each part.
fn parts(data: &Dataset, seen: &[Seen]) -> [(usize, usize, f64); 3] {
    SPLITS.map(|split| {
        let part: Vec<&Seen> =
            seen.iter().enumerate().filter(|(i, _)| data.split(*i) == split).map(|(_, s)| s).collect();
        let windows = part.iter().map(|s| s.windows.len()).sum();
        (part.len(), windows, part.iter().map(|s| s.seconds).sum())
    })
}

/// The clocks of the first recording's evenly sampled series, against the first of them.
fn clocks(data: &Dataset) -> Result<Vec<(String, String, ClockFit)>> {
    if data.is_empty() {
        return Ok(Vec::new());
    }
    let recording: Recording = data.load(0)?;
    let series = recording.streams.iter().flatten();
    let mut series = series.filter(|s| s.spec.modality == Modality::Series && s.spec.rate.is_some());
    let Some(first) = series.next() else { return Ok(Vec::new()) };
    Ok(series
        .filter_map(|other| {
            let fit = compare_clocks(first, other, &ClockConfig::default()).ok()?;
            Some((first.spec.name.clone(), other.spec.name.clone(), fit))
        })
        .collect())
}

fn repairs(data: &Dataset, seen: &[Seen]) -> Vec<(&'static str, u64, String)> {
    (0..Repairs::default().entries().len())
        .filter_map(|kind| {
            let counts = seen.iter().enumerate().map(|(i, s)| (i, s.repairs.entries()[kind]));
            let total: u64 = counts.clone().map(|(_, (_, n))| n).sum();
            let (worst, (name, _)) = counts.max_by_key(|(_, (_, n))| *n)?;
            (total > 0).then(|| (name, total, data.name(worst).to_owned()))
        })
        .collect()
}

fn page(data: &Dataset, seen: &[Seen], clocks: &[(String, String, ClockFit)]) -> Result<()> {
    let schema = data.schema();
    let windows: usize = seen.iter().map(|s| s.windows.len()).sum();
    let mut text = format!(
        "{}: {} recordings, {windows} windows of {} ms every {} ms\n\n",
        schema.name,
        data.len(),
        schema.window.length_ms,
        schema.window.stride_ms
    );
    let mut table =
        Table::new("Streams", ["stream", "modality", "rate", "channels", "unit", "present", "quality"]);
    for (s, spec) in schema.streams.iter().enumerate() {
        let present: u64 = seen.iter().map(|x| x.presence[s].0).sum();
        let quality: f64 = seen.iter().map(|x| x.presence[s].1).sum();
        let channels = match spec.size {
            Some([height, width]) => format!("{} × {height}×{width}", spec.channels.len()),
            None => spec.channels.len().to_string(),
        };
        table.row([
            spec.name.clone(),
            spec.modality.to_string(),
            spec.rate.map_or("–".into(), |r| format!("{} Hz", r.get())),
            channels,
            spec.unit.clone().unwrap_or_default(),
            format!("{:.1} %", 100.0 * present as f64 / windows.max(1) as f64),
            if present > 0 { format!("{:.2}", quality / present as f64) } else { "–".into() },
        ]);
    }
    text += &table.to_text();
    let mut table = Table::new("\nSplit", ["", "train", "validation", "test"]);
    let parts = parts(data, seen);
    table.row(row("recordings", parts.map(|p| p.0.to_string())));
    table.row(row("hours", parts.map(|p| format!("{:.2}", p.2 / 3600.0))));
    table.row(row("windows", parts.map(|p| p.1.to_string())));
    for (name, counts) in windows_by_class(data, seen) {
        table.row(row(&format!("  {name}"), counts.map(|n| n.to_string())));
    }
    text += &table.to_text();
    let repairs = repairs(data, seen);
    if repairs.is_empty() {
        text += "\nRepairs: none were needed\n";
    } else {
        let mut table = Table::new("\nRepairs", ["what", "count", "most in"]);
        for (name, count, worst) in repairs {
            table.row([name.to_owned(), count.to_string(), worst]);
        }
        text += &table.to_text();
    }
    if !clocks.is_empty() {
        let mut table = Table::new(
            "\nClocks of the first recording, from what the streams share",
            ["stream", "against", "offset", "drift", "correlation"],
        );
        for (first, other, fit) in clocks {
            let drift = if fit.drift_error_ppm.is_finite() {
                format!("{:.0} ppm", fit.drift_ppm)
            } else {
                "–".into()
            };
            table.row([
                other.clone(),
                first.clone(),
                format!("{:.1} ± {:.1} ms", fit.offset_ms, fit.offset_error_ms),
                drift,
                format!("{:.2}", fit.correlation),
            ]);
        }
        text += &table.to_text();
    }
    output::text(&text)
}

fn row(name: &str, cells: [String; 3]) -> impl Iterator<Item = String> {
    std::iter::once(name.to_owned()).chain(cells)
}

fn object(data: &Dataset, seen: &[Seen], clocks: &[(String, String, ClockFit)]) -> Value {
    let schema = data.schema();
    let windows: usize = seen.iter().map(|s| s.windows.len()).sum();
    let streams: Vec<Value> = schema
        .streams
        .iter()
        .enumerate()
        .map(|(s, spec)| {
            let present: u64 = seen.iter().map(|x| x.presence[s].0).sum();
            let quality: f64 = seen.iter().map(|x| x.presence[s].1).sum();
            json!({
                "name": spec.name, "modality": spec.modality, "rate_hz": spec.rate, "channels": spec.channels,
                "unit": spec.unit, "size": spec.size, "present_windows": present,
                "mean_quality": if present > 0 { Some(quality / present as f64) } else { None },
            })
        })
        .collect();
    let splits: Map<String, Value> = ["train", "validation", "test"]
        .into_iter()
        .zip(parts(data, seen))
        .map(|(name, (recordings, windows, seconds))| {
            (name.into(), json!({ "recordings": recordings, "windows": windows, "seconds": seconds }))
        })
        .collect();
    let classes: Vec<Value> = windows_by_class(data, seen)
        .into_iter()
        .map(|(name, [train, validation, test])| {
            json!({ "name": name, "train": train, "validation": validation, "test": test })
        })
        .collect();
    let repairs: Map<String, Value> =
        repairs(data, seen).into_iter().map(|(name, n, _)| (name.replace(' ', "_"), n.into())).collect();
    let clocks: Vec<Value> = clocks
        .iter()
        .map(|(first, other, fit)| json!({ "stream": other, "against": first, "fit": fit }))
        .collect();
    json!({
        "name": schema.name, "recordings": data.len(), "windows": windows, "window": schema.window,
        "task": schema.task, "streams": streams, "splits": splits, "classes": classes,
        "repairs": repairs, "clocks": clocks,
    })
}
