//! `align ground`: when a video shows what a text says.

use crate::output;
use crate::session::Session;
use crate::timecode::timecode;
use anyhow::Result;
use clap::Args;
use sensorium::align::JointModel;
use sensorium::align::ingest::embed_video;
use sensorium::align::retrieval::dot;
use sensorium::align::sync::ground;
use serde_json::json;
use std::path::PathBuf;

/// Options of `align ground`.
#[derive(Debug, Args)]
pub struct Ground {
    /// Folder of a model that was trained on videos
    model: PathBuf,
    /// The video
    video: PathBuf,
    /// What to look for, in words
    text: String,
    /// At most so many spans
    #[arg(long, default_value_t = 3, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=1000))]
    k: u64,
}

/// Spans, best first.
///
/// # Errors
/// What is wrong with the model or the video.
pub fn run(session: &Session, options: &Ground) -> Result<()> {
    let model = JointModel::load(&options.model, &session.device)?;
    let stop = crate::interrupt::flag()?;
    let bar = session.counter("frames");
    let video = embed_video(&model, &options.video, None, &stop, &mut |n| bar.advance(n))?;
    drop(bar);
    if let Some(damage) = &video.damage {
        session.warn(format!("{}: {damage}", options.video.display()));
    }
    let text = model.embed_texts(&[options.text.as_str()])?.into_iter().next().unwrap_or_default();
    let evidence: Vec<f32> = video.vectors.iter().map(|frame| dot(frame, &text)).collect();
    let spans = ground(&video.time_ms, &evidence, options.k as usize);
    if session.json {
        let spans: Vec<_> = spans
            .iter()
            .map(|s| json!({ "start_ms": s.start_ms, "end_ms": s.end_ms, "score": s.score }))
            .collect();
        return output::json(&json!({
            "model": options.model, "video": options.video, "text": options.text,
            "frames": evidence.len(), "spans": spans,
        }));
    }
    if spans.is_empty() {
        session.say("no part of the video stands out for this text");
    }
    let code = |ms: f32| timecode((f64::from(ms) * 1000.0) as i64);
    for span in spans {
        output::line(&format!("{}–{}  {:.3}", code(span.start_ms), code(span.end_ms), span.score))?;
    }
    Ok(())
}
