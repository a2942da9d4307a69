//! `align offset`: how far subtitles are off, and their correction.

use crate::arguments::between;
use crate::failure::usage;
use crate::output;
use crate::session::Session;
use anyhow::{Result, bail};
use clap::Args;
use sensorium::align::JointModel;
use sensorium::align::ingest::{EmbeddedVideo, embed_video};
use sensorium::align::sync::{self, CueRow, OffsetConfig, OffsetEstimate, estimate_offset};
use sensorium::data::Timestamp;
use sensorium::data::subtitles::{self, Subtitles, write_srt, write_vtt};
use serde_json::json;
use std::path::{Path, PathBuf};

/// Options of `align offset`.
#[derive(Debug, Args)]
pub struct Offset {
    /// Folder of a model that was trained on videos
    model: PathBuf,
    /// The video
    video: PathBuf,
    /// Its subtitles: SRT or WebVTT
    subtitles: PathBuf,
    /// Also look for a drift of the clocks, up to so many parts per million
    #[arg(long, default_value = "0", value_name = "PPM", value_parser = between(0.0, 100_000.0))]
    drift: f64,
    /// Look so far to either side
    #[arg(long, default_value = "3", value_name = "SECONDS", value_parser = between(0.05, 600.0))]
    reach: f64,
    /// Write corrected subtitles; the ending says how: .srt or .vtt
    #[arg(long, value_name = "FILE")]
    fix: Option<PathBuf>,
}

/// Evidence per cue gained by the offset below which it may be chance, nats.
const LITTLE_GAIN: f32 = 0.01;
/// Standard deviation above which an offset says little, ms.
const LARGE_SD_MS: f32 = 500.0;

/// The offset.
///
/// # Errors
/// What is wrong with the model, the video or the subtitles; a file that cannot be written.
pub fn run(session: &Session, options: &Offset) -> Result<()> {
    let is_vtt = options.fix.as_deref().map(ending).transpose()?.unwrap_or(false);
    let model = JointModel::load(&options.model, &session.device)?;
    let given = subtitles::read(&options.subtitles)?;
    let stop = crate::interrupt::flag()?;
    let bar = session.counter("frames");
    let video = embed_video(&model, &options.video, None, &stop, &mut |n| bar.advance(n))?;
    drop(bar);
    if let Some(damage) = &video.damage {
        session.warn(format!("{}: {damage}", options.video.display()));
    }
    let length = video.info.duration_micros.unwrap_or((f64::from(video.end_ms()) * 1000.0) as i64);
    let mut warnings: Vec<String> = given.check(length).iter().map(ToString::to_string).collect();

    let (cues, evidence) = evidence(&model, &video, &given, options.reach as f32 * 1000.0)?;
    if cues.is_empty() {
        bail!(
            "{}: no cue lies within {} s of the video; give the subtitles of this video, or a larger --reach",
            options.subtitles.display(),
            options.reach
        );
    }
    let reach_ms = options.reach as f32 * 1000.0;
    let config = OffsetConfig {
        reach_ms,
        prior_ms: reach_ms / 2.0,
        drift_ppm: options.drift as f32,
        ..OffsetConfig::default()
    };
    let found = estimate_offset(&video.time_ms, &cues, &evidence, &config);
    warnings.extend(doubts(&found, &config));
    for warning in &warnings {
        session.warn(warning);
    }
    if let Some(path) = &options.fix {
        let fixed = corrected(&given, &found, &video)?;
        if is_vtt { write_vtt(path, &fixed.cues)? } else { write_srt(path, &fixed.cues)? }
    }
    if session.json {
        return output::json(&json!({
            "offset_ms": found.offset_ms, "offset_sd_ms": found.offset_sd_ms,
            "drift_ppm": found.drift_ppm, "drift_sd_ppm": found.drift_sd_ppm,
            "gain": found.gain, "cues": found.cues, "of": given.cues.len(), "warnings": warnings,
            "fixed": options.fix,
        }));
    }
    output::line(&format!(
        "offset  {:+.0} ± {:.0} ms (positive: too late)",
        found.offset_ms, found.offset_sd_ms
    ))?;
    if options.drift > 0.0 {
        output::line(&format!("drift   {:+.0} ± {:.0} ppm", found.drift_ppm, found.drift_sd_ppm))?;
    }
    output::line(&format!("cues    {} of {}", found.cues, given.cues.len()))?;
    if let Some(path) = &options.fix {
        session.say(format!("corrected: {}", path.display()));
    }
    Ok(())
}

/// Whether corrected subtitles are WebVTT.
fn ending(path: &Path) -> Result<bool> {
    let ending = path.extension().map(|e| e.to_string_lossy().to_lowercase()).unwrap_or_default();
    match ending.as_str() {
        "srt" => Ok(false),
        "vtt" => Ok(true),
        _ => Err(usage(format!("--fix {}: the name must end in .srt or .vtt", path.display()))),
    }
}

/// Cues near the video, and how well each frame fits each of them, less the cue's mean.
fn evidence(
    model: &JointModel,
    video: &EmbeddedVideo,
    given: &Subtitles,
    reach_ms: f32,
) -> Result<(Vec<CueRow>, Vec<Vec<f32>>)> {
    let ms = |time: Timestamp| time.ms_since(Timestamp::ZERO);
    let (first, last) = (video.time_ms.first().copied().unwrap_or(0.0), video.end_ms());
    let near: Vec<_> = given
        .cues
        .iter()
        .filter(|c| ms(c.span.start) - reach_ms <= last && ms(c.span.end) + reach_ms >= first)
        .collect();
    if near.is_empty() {
        return Ok((Vec::new(), Vec::new()));
    }
    let texts: Vec<&str> = near.iter().map(|c| c.text.as_str()).collect();
    let texts = model.embed_texts(&texts)?;
    let rows = near.iter().map(|c| CueRow { video: 0, start_ms: ms(c.span.start), end_ms: ms(c.span.end) });
    let scale = model.card.temperature.recip();
    Ok((rows.collect(), sync::evidence(&video.vectors, &texts, scale)))
}

/// What speaks against believing an estimate.
fn doubts(found: &OffsetEstimate, config: &OffsetConfig) -> Vec<String> {
    let mut doubts = Vec::new();
    if found.gain < LITTLE_GAIN && found.offset_ms.abs() > 2.0 * found.offset_sd_ms {
        doubts.push(format!(
            "the cues fit hardly better there than where they are (gain {:.4} nats a cue): the offset may be chance",
            found.gain
        ));
    }
    if found.offset_sd_ms.is_nan() || found.offset_sd_ms > LARGE_SD_MS.min(config.reach_ms / 2.0) {
        doubts.push(format!(
            "the cues disagree (± {:.0} ms): the text may not say what the pictures show",
            found.offset_sd_ms
        ));
    }
    if found.offset_ms.abs() > 0.95 * config.reach_ms {
        doubts.push("the offset is at the end of what was looked at; try a larger --reach".into());
    }
    doubts
}

/// Subtitles at the times that the estimate puts them: the drift is about the video's middle.
fn corrected(given: &Subtitles, found: &OffsetEstimate, video: &EmbeddedVideo) -> Result<Subtitles> {
    let first = video.time_ms.first().copied().unwrap_or(0.0);
    let middle_ms = 0.5 * f64::from(first + video.time_ms.last().copied().unwrap_or(first));
    let drift = f64::from(found.drift_ppm) * 1e-6;
    let offset_ms = f64::from(found.offset_ms) - drift * middle_ms;
    Ok(given.shifted((-offset_ms * 1000.0).round() as i64, 1.0 - drift)?)
}
