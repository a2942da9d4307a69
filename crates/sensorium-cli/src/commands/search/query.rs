//! `search query`: what fits a text, a picture or a clip.

use super::report;
use crate::failure::usage;
use crate::output;
use crate::session::Session;
use crate::timecode::{seconds_span, timecode};
use anyhow::{Context, Result, bail};
use clap::{ArgGroup, Args};
use sensorium::align::JointModel;
use sensorium::align::index::{Filter, Hit, Index, Value};
use sensorium::align::ingest::embed_video;
use sensorium::align::study::unit_mean;
use sensorium::data::{Pixels, Span, Timestamp};
use sensorium::recipes::Table;
use serde_json::json;
use std::path::{Path, PathBuf};

/// Options of `search query`.
#[derive(Debug, Args)]
#[command(group(ArgGroup::new("question").required(true).args(["text", "image", "video", "audio"])))]
pub struct Query {
    /// Folder of the index
    pub index: PathBuf,
    /// Folder of the model that made it
    pub model: PathBuf,
    /// Find what these words describe
    #[arg(long, value_name = "WORDS")]
    pub text: Option<String>,
    /// Find what is like this picture
    #[arg(long, value_name = "FILE")]
    pub image: Option<PathBuf>,
    /// Find what is like this video, or a span of it
    #[arg(long, value_name = "FILE")]
    pub video: Option<PathBuf>,
    /// Find what sounds like this
    #[arg(long, value_name = "FILE")]
    pub audio: Option<PathBuf>,
    /// The part of --video, in seconds
    #[arg(long, value_name = "A..B", value_parser = seconds_span, conflicts_with_all = ["text", "image", "audio"])]
    pub span: Option<(f64, f64)>,
    /// At most so many answers
    #[arg(long, default_value_t = 10, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=100_000))]
    pub k: u64,
    /// Only entries that pass; may be given several times
    #[arg(long, value_name = "FILTER")]
    pub filter: Vec<String>,
    /// Compare every entry
    #[arg(long)]
    pub exact: bool,
    /// Join neighbouring spans of one video
    #[arg(long)]
    pub merge: bool,
    /// Write a page with a thumbnail of each answer
    #[arg(long, value_name = "FILE.html")]
    pub report: Option<PathBuf>,
}

/// Spans so far apart are still joined by --merge, µs.
const GAP_US: i64 = 500_000;

/// Answers, best first.
///
/// # Errors
/// What is wrong with the index, the model or the question.
pub fn run(session: &Session, options: &Query) -> Result<()> {
    if let Some(path) = &options.audio {
        return Err(usage(format!(
            "--audio {}: this bundle has no audio encoder; ask with --text, --image or --video",
            path.display()
        )));
    }
    let filter = Filter::parse_all(&options.filter).map_err(|e| usage(e.to_string()))?;
    if !options.index.join("index.toml").is_file() {
        bail!("{}: no index here; give the folder that `search index --out` wrote", options.index.display());
    }
    let model = JointModel::load(&options.model, &session.device)?;
    let index = Index::open(&options.index, Some(&model.digest()))?;
    let vector = question(session, options, &model)?;
    let k = options.k as usize;
    let hits = if options.merge {
        index.search_merged(&vector, k, &filter, options.exact, GAP_US)?
    } else {
        index.search(&vector, k, &filter, options.exact)?
    };
    let table = table(&hits);
    if let Some(path) = &options.report {
        report::write_page(session, options, &hits, &table, path)?;
    }
    if session.json {
        let hits: Vec<_> = hits.iter().map(object).collect();
        return output::json(&json!({
            "index": options.index, "model": options.model, "entries": index.len(), "hits": hits,
        }));
    }
    if hits.is_empty() {
        session.say("nothing was found");
        return Ok(());
    }
    output::text(&table.to_text())
}

fn question(session: &Session, options: &Query, model: &JointModel) -> Result<Vec<f32>> {
    let first = |vectors: Vec<Vec<f32>>| vectors.into_iter().next().context("the question has no vector");
    if let Some(text) = &options.text {
        return first(model.embed_texts(&[text.as_str()])?);
    }
    if let Some(path) = &options.image {
        return first(model.embed_images(&[Pixels::read(path)?])?);
    }
    let path: &Path = options.video.as_deref().context("give --text, --image or --video")?;
    let span = options.span.map(|(a, b)| Span::new(Timestamp::from_seconds(a), Timestamp::from_seconds(b)));
    let stop = crate::interrupt::flag()?;
    let bar = session.counter("frames");
    let video = embed_video(model, path, span, &stop, &mut |n| bar.advance(n))?;
    Ok(unit_mean(&video.vectors, &video.time_ms, f32::NEG_INFINITY, f32::INFINITY))
}

fn table(hits: &[Hit]) -> Table {
    let mut table = Table::new("Answers", ["score", "item", "time", "modality", "metadata"]);
    for hit in hits {
        let facts: Vec<String> =
            hit.metadata.iter().filter(|(k, _)| *k != "file").map(|(k, v)| format!("{k}={v}")).collect();
        table.row([
            format!("{:.4}", hit.score),
            hit.item.clone(),
            times(hit),
            hit.modality.to_string(),
            facts.join(", "),
        ]);
    }
    table
}

/// The time code of an answer, empty for a picture.
pub fn times(hit: &Hit) -> String {
    hit.span.map_or_else(String::new, |s| format!("{}–{}", timecode(s.start_us), timecode(s.end_us)))
}

fn object(hit: &Hit) -> serde_json::Value {
    let metadata: serde_json::Map<_, _> = hit
        .metadata
        .iter()
        .map(|(key, value)| {
            let value = match value {
                Value::Number(number) => json!(number),
                Value::Text(text) => json!(text),
            };
            (key.clone(), value)
        })
        .collect();
    json!({
        "id": hit.id, "score": hit.score, "item": hit.item, "modality": hit.modality,
        "start_us": hit.span.map(|s| s.start_us), "end_us": hit.span.map(|s| s.end_us), "metadata": metadata,
    })
}
