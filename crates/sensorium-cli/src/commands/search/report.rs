//! The page of a search: a thumbnail of each answer.

use super::pictures::pictures;
use super::query::{Query, times};
use crate::session::Session;
use anyhow::{Context, Result};
use sensorium::align::index::{Hit, Value};
use sensorium::align::ingest::{has_shards, origin};
use sensorium::data::video::{FrameOptions, Frames, probe};
use sensorium::data::{Modality, Pixels, Span, Timestamp};
use sensorium::recipes::Table;
use sensorium::recipes::report::{Page, Picture, Pictures, Provenance, Section, write};
use std::path::Path;

/// Longer side of a thumbnail, pixels.
const SIDE: usize = 240;

/// Writes the page.
///
/// # Errors
/// A page that cannot be written.
pub fn write_page(
    session: &Session,
    options: &Query,
    hits: &[Hit],
    table: &Table,
    path: &Path,
) -> Result<()> {
    let asked = match (&options.text, options.image.as_ref().or(options.video.as_ref())) {
        (Some(text), _) => format!("What fits “{text}”."),
        (None, Some(file)) => format!("What is like {}.", file.display()),
        (None, None) => String::new(),
    };
    let mut page = Page::new(format!("Search in {}", options.index.display()), asked);
    let (mut shown, mut closed) = (Vec::new(), Vec::new());
    for (place, hit) in hits.iter().enumerate() {
        match thumbnail(hit) {
            Ok(png) => {
                let caption = format!("{}. {:.3}  {}  {}", place + 1, hit.score, hit.item, times(hit));
                shown.push(Picture { caption: caption.trim_end().to_owned(), png });
            }
            Err(error) => closed.push(format!("{}. {}: no picture ({error:#}).", place + 1, hit.item)),
        }
    }
    if !shown.is_empty() {
        page.push(Section::Pictures(Pictures {
            title: "Pictures".into(),
            text: String::new(),
            pictures: shown,
        }));
    }
    if !closed.is_empty() {
        page.push(Section::Notes(closed.into()));
    }
    page.push(Section::Table(table.clone()));
    let command = std::env::args().collect::<Vec<_>>().join(" ");
    page.provenance =
        Some(Provenance::new(command, vec![session.seed]).fact("Sensorium", sensorium::VERSION));
    write(&page, path)?;
    session.say(format!("report: {}", path.display()));
    Ok(())
}

/// A small JPEG of the picture, or of the frame in the middle of the span.
fn thumbnail(hit: &Hit) -> Result<Vec<u8>> {
    let file = match hit.metadata.get("file") {
        Some(Value::Text(file)) => file.as_str(),
        _ => hit.item.as_str(),
    };
    let file = Path::new(file);
    let pixels = match (hit.modality, hit.span) {
        (Modality::Video, Some(span)) => frame_near(file, span.start_us / 2 + span.end_us / 2)?,
        _ if has_shards(file) => {
            let found =
                pictures(file)?.find(|f| f.item == hit.item).context("it is no longer in its shard")?;
            found.pixels.map_err(anyhow::Error::msg)?
        }
        _ => Pixels::read(file)?,
    };
    let longer = pixels.height.max(pixels.width).max(1);
    let small = |side: usize| (side * SIDE / longer).max(1);
    let fitted =
        if longer > SIDE { pixels.resized(small(pixels.height), small(pixels.width)) } else { pixels };
    Ok(fitted.to_jpeg()?)
}

/// The first frame at or after `micros`, else the last one shortly before.
fn frame_near(path: &Path, micros: i64) -> Result<Pixels> {
    let at = origin(&probe(path)?).offset(micros);
    let span = |from: Timestamp, length| Some(Span::lasting(from, length));
    for span in [span(at, 500_000), span(at.offset(-2_000_000), 2_000_000)] {
        if let Some(frame) = Frames::open(path, FrameOptions { span, ..FrameOptions::default() })?.next() {
            let frame = frame?;
            return Ok(Pixels { height: frame.height, width: frame.width, rgb: frame.rgb });
        }
    }
    anyhow::bail!("no frame is shown there")
}
