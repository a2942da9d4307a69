//! What a trained space knows of the test videos.

use super::arms::Arm;
use super::world::Filmed;
use crate::RecipeError;
use sensorium_align::JointNet;
use sensorium_align::model::TextFront;
use sensorium_align::retrieval::dot;
use sensorium_align::study::{NarratedStudy, unit_mean};
use sensorium_align::sync::ground;
use sensorium_data::narrated::{Action, Wording, verb_phrases};
use sensorium_nn::Device;

/// What was found for each video.
#[derive(Clone, Debug, Default)]
pub struct Judged {
    /// For each video the actions told right, and all.
    pub actions: Vec<(usize, usize)>,
    /// Mean over actions of the average precision with which their prompts find clips among all.
    pub retrieval: f64,
    /// Of each pair of mirrored actions: told right between the two alone, and all.
    pub pairs: Vec<(usize, usize)>,
    /// Groundings with an overlap of half, and all.
    pub groundings: Vec<(usize, usize)>,
    /// Groundings by a span of the same length anywhere: the expected share of hits.
    pub groundings_by_chance: f64,
    /// Error of the offset of each video, ms, signed.
    pub offset_errors: Vec<f64>,
    /// The same divided by the standard deviation told.
    pub offset_z: Vec<f64>,
}

/// A unit vector for each action: the mean of its prompts in these words.
pub fn action_vectors(
    net: &JointNet,
    text: &TextFront,
    wording: Wording,
) -> Result<Vec<Vec<f32>>, RecipeError> {
    let device = Device::flex();
    Action::ALL
        .iter()
        .map(|action| {
            let verbs = verb_phrases(*action, wording).iter();
            let words: Vec<String> =
                verbs.map(|v| format!("this object {}", v.replace("{other}", "other object"))).collect();
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            let sequences = text.sequences(&words, &device)?;
            let vectors = net.embed_texts(&sequences.iter().collect::<Vec<_>>(), &device);
            let times: Vec<f32> = (0..vectors.len()).map(|i| i as f32).collect();
            Ok(unit_mean(&vectors, &times, 0.0, vectors.len() as f32))
        })
        .collect()
}

/// Judges a space on videos that it has not seen, as `arm` sees them.
pub fn judge(
    arm: Arm,
    net: &JointNet,
    temperature: f32,
    study: &NarratedStudy,
    actions: &[Vec<f32>],
    test: &[Filmed],
) -> Judged {
    let device = Device::flex();
    let mut judged = Judged::default();
    let mut chance = Vec::new();
    let mut clips: Vec<(Vec<f32>, Action)> = Vec::new();
    for filmed in test {
        let video = arm.seen(filmed);
        let times = &video.frames.time_ms;
        let frames = net.embed_tokens(&video.frames, &device);
        let (mut right, mut mirrored) = (0, 0);
        for truth in &filmed.actions {
            let clip = unit_mean(&frames, times, truth.start_ms, truth.end_ms);
            let score = |a: Action| dot(&clip, &actions[a.index()]);
            let best = Action::ALL.into_iter().max_by(|a, b| score(*a).total_cmp(&score(*b)));
            right += usize::from(best == Some(truth.action));
            mirrored += usize::from(score(truth.action) > score(truth.action.mirror()));
            clips.push((clip, truth.action));
        }
        judged.actions.push((right, filmed.actions.len()));
        judged.pairs.push((mirrored, filmed.actions.len()));

        let (mut hits, mut asked) = (0, 0);
        for action in Action::ALL {
            let there: Vec<(f32, f32)> = filmed
                .actions
                .iter()
                .filter(|t| t.action == action)
                .map(|t| (t.start_ms, t.end_ms))
                .collect();
            if there.is_empty() {
                continue;
            }
            let evidence: Vec<f32> = frames.iter().map(|f| dot(f, &actions[action.index()])).collect();
            let found = ground(times, &evidence, 1);
            let hit = |span: (f32, f32)| there.iter().any(|t| overlap(span, *t) >= 0.5);
            hits += usize::from(found.first().is_some_and(|g| hit((g.start_ms, g.end_ms))));
            asked += 1;
            let (first, last) = (times.first().copied().unwrap_or(0.0), times.last().copied().unwrap_or(0.0));
            let places = 200;
            let by_chance = (0..places).filter(|i| {
                let start = first + (last - first - 1_000.0) * *i as f32 / places as f32;
                hit((start, start + 1_000.0))
            });
            chance.push(by_chance.count() as f64 / f64::from(places));
        }
        judged.groundings.push((hits, asked));

        let estimate = study.offset(net, temperature.recip(), &video, &device);
        judged.offset_errors.push(f64::from(estimate.offset_ms - filmed.offset_ms));
        judged
            .offset_z
            .push(f64::from((estimate.offset_ms - filmed.offset_ms) / estimate.offset_sd_ms.max(1e-3)));
    }
    let precision = Action::ALL.map(|action| average_precision(&clips, &actions[action.index()], action));
    judged.retrieval = precision.iter().sum::<f64>() / precision.len() as f64;
    judged.groundings_by_chance = chance.iter().sum::<f64>() / chance.len().max(1) as f64;
    judged
}

/// Mean, over the clips of `action`, of the share of such clips among those at least as near to `prompt`.
fn average_precision(clips: &[(Vec<f32>, Action)], prompt: &[f32], action: Action) -> f64 {
    let mut ranked: Vec<(f32, bool)> =
        clips.iter().map(|(clip, a)| (dot(clip, prompt), *a == action)).collect();
    ranked.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    let (mut found, mut sum) = (0, 0.0);
    for (place, (_, is_right)) in ranked.iter().enumerate() {
        if *is_right {
            found += 1;
            sum += f64::from(found) / (place + 1) as f64;
        }
    }
    sum / f64::from(found.max(1))
}

/// Intersection over union of two spans.
fn overlap(a: (f32, f32), b: (f32, f32)) -> f32 {
    let shared = (a.1.min(b.1) - a.0.max(b.0)).max(0.0);
    shared / (a.1.max(b.1) - a.0.min(b.0)).max(1e-3)
}
