//! `search index`: pictures or videos into an index.

use super::pictures::pictures;
use crate::failure::usage;
use crate::output;
use crate::session::Session;
use anyhow::{Result, bail};
use clap::Args;
use sensorium::align::index::{Entry, Filter, Index, Metadata, Span, Value};
use sensorium::align::ingest::{EmbeddedVideo, embed_video, video_files};
use sensorium::align::model::VisionKind;
use sensorium::align::study::unit_mean;
use sensorium::align::{AlignError, JointModel};
use sensorium::data::{Modality, Pixels};
use sensorium::nn::NnError;
use serde_json::json;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

/// Options of `search index`.
#[derive(Debug, Args)]
pub struct IndexOptions {
    /// Folder of the model
    model: PathBuf,
    /// Pictures (a folder, or WebDataset shards) or videos (a file or a folder), as the model takes
    #[arg(long, value_name = "PATH", required_unless_present = "delete")]
    data: Option<PathBuf>,
    /// Folder of the index
    #[arg(long, value_name = "INDEX")]
    out: PathBuf,
    /// What to keep of every entry, to filter by; `file` is kept anyway
    #[arg(long, value_name = "KEY=VALUE", value_parser = metadata)]
    meta: Vec<(String, Value)>,
    /// Videos: one entry for so much time
    #[arg(long, default_value_t = 1000, value_name = "MS", value_parser = clap::value_parser!(u64).range(40..=3_600_000))]
    every: u64,
    /// Add to an index that is there
    #[arg(long)]
    add: bool,
    /// Delete what passes this filter first
    #[arg(long, value_name = "FILTER")]
    delete: Option<String>,
}

fn metadata(text: &str) -> Result<(String, Value), String> {
    let told = || "must be KEY=VALUE, such as camera=north".to_owned();
    let (key, value) = text.split_once('=').ok_or_else(told)?;
    if key.trim().is_empty() {
        return Err(told());
    }
    let value = match value.trim().parse::<f64>() {
        Ok(number) if number.is_finite() => Value::Number(number),
        _ => Value::Text(value.trim().to_owned()),
    };
    Ok((key.trim().to_owned(), value))
}

/// Pictures that are embedded together.
const PART: usize = 64;

/// What was done.
#[derive(Default)]
struct Counts {
    items: u64,
    entries: u64,
    unreadable: u64,
}

/// Embeds, adds, deletes.
///
/// # Errors
/// What is wrong with the model, the index or the request.
pub fn run(session: &Session, options: &IndexOptions) -> Result<()> {
    let delete =
        options.delete.as_deref().map(Filter::parse).transpose().map_err(|e| usage(e.to_string()))?;
    if let Some(data) = options.data.as_deref().filter(|d| !d.exists()) {
        bail!("{}: there is no such file or folder; give pictures or videos with --data", data.display());
    }
    let there = options.out.join("index.toml").is_file();
    if there && !options.add && delete.is_none() {
        bail!(
            "{}: an index is there already; add to it with --add, or give another --out",
            options.out.display()
        );
    }
    if !there && delete.is_some() {
        bail!(
            "{}: no index here to delete from; give the folder that `search index --out` wrote",
            options.out.display()
        );
    }
    let model = JointModel::load(&options.model, &session.device)?;
    let Some(vision) = &model.vision else {
        bail!(
            "{}: this model has no image encoder; use one that was trained on pictures or videos",
            options.model.display()
        );
    };
    let digest = model.digest();
    let mut index = if there {
        Index::open_for_writing(&options.out, Some(&digest))?
    } else {
        Index::create(&options.out, model.joint(), &digest)?
    };
    let deleted = delete.map(|filter| index.delete(&filter)).transpose()?.unwrap_or(0);
    let stop = crate::interrupt::flag()?;
    let mut counts = Counts::default();
    if let Some(data) = &options.data {
        match vision.kind {
            VisionKind::Cells { .. } | VisionKind::Pooled { .. } => {
                add_pictures(session, options, &model, data, &mut index, &stop, &mut counts)?
            }
            VisionKind::Frames { .. } => {
                add_videos(session, options, &model, data, &mut index, &stop, &mut counts)?
            }
        }
    }
    index.save()?;
    if stop.load(Ordering::Relaxed) {
        bail!(
            "stopped after {} items, which are in the index; go on with --add and the files that are missing",
            counts.items
        );
    }
    if session.json {
        return output::json(&json!({
            "index": options.out, "model": options.model, "items": counts.items, "added": counts.entries,
            "unreadable": counts.unreadable, "deleted": deleted, "entries": index.len(),
        }));
    }
    session.say(format!(
        "{} entries of {} items added, {} files unreadable, {deleted} entries deleted; {} in the index",
        counts.entries,
        counts.items,
        counts.unreadable,
        index.len()
    ));
    Ok(())
}

impl IndexOptions {
    fn entry(
        &self,
        item: &str,
        file: &str,
        modality: Modality,
        span: Option<Span>,
        vector: Vec<f32>,
    ) -> Entry {
        let mut metadata: Metadata = self.meta.iter().cloned().collect();
        metadata.entry("file".into()).or_insert_with(|| file.into());
        Entry { item: item.into(), span, modality, metadata, vector }
    }
}

fn add_pictures(
    session: &Session,
    options: &IndexOptions,
    model: &JointModel,
    data: &Path,
    index: &mut Index,
    stop: &AtomicBool,
    counts: &mut Counts,
) -> Result<()> {
    let bar = session.counter("pictures");
    let mut source = pictures(data)?;
    while !stop.load(Ordering::Relaxed) {
        let part: Vec<_> = source.by_ref().take(PART).collect();
        if part.is_empty() {
            break;
        }
        let seen = part.len() as u64;
        let (mut names, mut decoded): (Vec<(String, String)>, Vec<Pixels>) = (Vec::new(), Vec::new());
        for found in part {
            match found.pixels {
                Ok(pixels) => {
                    names.push((found.item, found.file));
                    decoded.push(pixels);
                }
                Err(message) => {
                    counts.unreadable += 1;
                    bar.line(&format!("warning: {message}; left out"));
                }
            }
        }
        let vectors = model.embed_images(&decoded)?;
        let entries: Vec<Entry> = names
            .iter()
            .zip(vectors)
            .map(|((item, file), vector)| options.entry(item, file, Modality::Image, None, vector))
            .collect();
        counts.items += entries.len() as u64;
        counts.entries += entries.len() as u64;
        index.add(entries)?;
        bar.advance(seen);
    }
    Ok(())
}

fn add_videos(
    session: &Session,
    options: &IndexOptions,
    model: &JointModel,
    data: &Path,
    index: &mut Index,
    stop: &AtomicBool,
    counts: &mut Counts,
) -> Result<()> {
    let files = video_files(data)?;
    let bar = session.counter("frames");
    for (place, path) in files.iter().enumerate() {
        bar.note(format!("video {} of {}", place + 1, files.len()));
        let video = match embed_video(model, path, None, stop, &mut |n| bar.advance(n)) {
            Ok(video) => video,
            Err(AlignError::Nn(error)) if matches!(*error, NnError::Interrupted) => return Ok(()),
            Err(AlignError::Data(error)) => {
                counts.unreadable += 1;
                bar.line(&format!("warning: {error}; left out"));
                continue;
            }
            Err(other) => return Err(other.into()),
        };
        if let Some(damage) = &video.damage {
            bar.line(&format!("warning: {}: {damage}", path.display()));
        }
        let name = path.display().to_string();
        let entries: Vec<Entry> = spans(&video, options.every)
            .map(|(span, vector)| options.entry(&name, &name, Modality::Video, Some(span), vector))
            .collect();
        counts.items += 1;
        counts.entries += entries.len() as u64;
        index.add(entries)?;
    }
    Ok(())
}

/// A vector for every `every` ms in which a frame is shown, with its span.
fn spans(video: &EmbeddedVideo, every: u64) -> impl Iterator<Item = (Span, Vec<f32>)> + '_ {
    let step = every as f32;
    let mut slots: Vec<i64> = video.time_ms.iter().map(|t| (t / step).floor() as i64).collect();
    slots.dedup();
    slots.into_iter().map(move |slot| {
        let (from, to) = (slot as f32 * step, (slot + 1) as f32 * step);
        let micros = |ms: f32| (f64::from(ms) * 1000.0) as i64;
        let start_us = slot * every as i64 * 1000;
        let end_us = micros(to.min(video.end_ms())).max(start_us);
        (Span { start_us, end_us }, unit_mean(&video.vectors, &video.time_ms, from, to))
    })
}
