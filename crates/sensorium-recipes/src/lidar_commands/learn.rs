//! Training over scenes, each batch shared among threads, and picking candidates.

use super::network::{CATEGORIES, Grounder, GrounderConfig, SceneBatch, Truth};
use super::scene::{Scene, mirrored_command};
use super::words::Words;
use crate::{Progress, RecipeError};
use burn::tensor::{Device, Tensor, TensorData};
use rayon::prelude::*;
use sensorium_align::{Sequence, SequenceBatch};
use sensorium_nn::seed;
use sensorium_nn::train::{AdamWConfig, AdamWState, Weights, schedule};
use std::sync::Arc;

/// Scenes a step.
const BATCH: usize = 64;
/// Share of the steps in which the learning rate rises.
const WARM_UP: f32 = 0.1;

/// Loss and gradients of one worker's part.
type Part = Option<(f32, Vec<Vec<f32>>)>;

/// A scene with the features of its command, plain and mirrored.
pub struct Lesson<'a> {
    scene: &'a Scene,
    words: Arc<Sequence>,
    mirrored: Option<(Arc<Sequence>, Arc<Sequence>)>,
}

/// Scenes with the features of their commands.
///
/// # Errors
/// A command whose words were not computed.
pub fn lessons<'a>(scenes: &'a [Scene], words: &Words) -> Result<Vec<Lesson<'a>>, RecipeError> {
    let lesson = |scene: &'a Scene| -> Result<Lesson<'a>, RecipeError> {
        let mirrored = match &scene.mirrored {
            Some(candidates) => Some((candidates.clone(), words.of(&mirrored_command(&scene.command))?)),
            None => None,
        };
        Ok(Lesson { scene, words: words.of(&scene.command)?, mirrored })
    };
    scenes.iter().map(lesson).collect()
}

fn scene_batch(items: &[(&Sequence, &Sequence)], device: &Device) -> SceneBatch {
    let candidates: Vec<&Sequence> = items.iter().map(|(c, _)| *c).collect();
    let words: Vec<&Sequence> = items.iter().map(|(_, w)| *w).collect();
    SceneBatch {
        candidates: SequenceBatch::new(&candidates, device),
        words: SequenceBatch::new(&words, device),
    }
}

fn plain(lessons: &[Lesson<'_>], device: &Device) -> SceneBatch {
    let items: Vec<(&Sequence, &Sequence)> =
        lessons.iter().map(|l| (l.scene.candidates.as_ref(), l.words.as_ref())).collect();
    scene_batch(&items, device)
}

/// The lessons `indices` in epoch `epoch`: where there is a mirror, every other time in it.
fn drawn(lessons: &[Lesson<'_>], indices: &[usize], epoch: u64, device: &Device) -> SceneBatch {
    let items: Vec<(&Sequence, &Sequence)> = indices
        .iter()
        .map(|&i| match &lessons[i].mirrored {
            Some((candidates, words)) if !(i as u64 + epoch).is_multiple_of(2) => {
                (candidates.as_ref(), words.as_ref())
            }
            _ => (lessons[i].scene.candidates.as_ref(), lessons[i].words.as_ref()),
        })
        .collect();
    scene_batch(&items, device)
}

fn truth(lessons: &[Lesson<'_>], indices: &[usize], device: &Device) -> Truth {
    let rows = indices.len();
    let longest = indices.iter().map(|&i| lessons[i].scene.right.len()).max().unwrap_or(0).max(1);
    let mut right = vec![0.0f32; rows * longest];
    let mut classes = vec![0.0f32; rows * longest * CATEGORIES];
    let mut spoken = vec![0.0f32; rows * CATEGORIES];
    for (row, &i) in indices.iter().enumerate() {
        let scene = lessons[i].scene;
        spoken[row * CATEGORIES + scene.category] = 1.0;
        for (c, (is_right, class)) in scene.right.iter().zip(&scene.classes).enumerate() {
            let at = row * longest + c;
            right[at] = if *is_right { 1.0 } else { 0.0 };
            if let Some(class) = class {
                classes[at * CATEGORIES + class] = 1.0;
            }
        }
    }
    Truth {
        right: Tensor::from_data(TensorData::new(right, [rows, longest]), device),
        classes: Tensor::from_data(TensorData::new(classes, [rows, longest, CATEGORIES]), device),
        spoken: Tensor::from_data(TensorData::new(spoken, [rows, CATEGORIES]), device),
    }
}

/// The candidate that scores highest in each scene; none in a scene without candidates.
pub fn picks(network: &Grounder, lessons: &[Lesson<'_>]) -> Vec<Option<usize>> {
    let part = |part: &[Lesson<'_>]| {
        let scores = network.forward(&plain(part, &Device::flex())).scores;
        let longest = scores.dims()[1].max(1);
        let scores = scores.try_into_vec_as::<f32>().unwrap_or_default();
        let best = |(lesson, row): (&Lesson<'_>, &[f32])| {
            (0..lesson.scene.right.len().min(row.len())).max_by(|a, b| row[*a].total_cmp(&row[*b]))
        };
        part.iter().zip(scores.chunks(longest)).map(best).collect::<Vec<_>>()
    };
    lessons.par_chunks(BATCH).flat_map_iter(part).collect()
}

/// Whether each scene's pick is the referent.
pub fn found(network: &Grounder, lessons: &[Lesson<'_>]) -> Vec<bool> {
    let right = |(lesson, pick): (&Lesson<'_>, Option<usize>)| {
        pick.and_then(|p| lesson.scene.right.get(p)).copied().unwrap_or(false)
    };
    lessons.iter().zip(picks(network, lessons)).map(right).collect()
}

/// How long and with what seed to train.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// Passes over the training scenes.
    pub epochs: u64,
    /// Fixes everything random.
    pub seed: u64,
    /// Threads that share a batch.
    pub threads: usize,
}

/// Trains a network and returns that of the epoch that did best on `validation`, with its epoch and score.
///
/// # Errors
/// No training scene whose referent has a candidate; no threads to be had.
pub fn train(
    config: &GrounderConfig,
    training: &[Lesson<'_>],
    validation: &[Lesson<'_>],
    plan: Plan,
    progress: &mut dyn Progress,
) -> Result<(Grounder, u64, f64), RecipeError> {
    let usable: Vec<usize> = (0..training.len()).filter(|&i| training[i].scene.has_candidate()).collect();
    if usable.is_empty() {
        return Err(RecipeError::Other("no training scene has a candidate for its referent".to_owned()));
    }
    let device = Device::flex();
    let tracked = device.clone().autodiff();
    let fresh = config.init(&device);
    let mut weights = Weights::of(&fresh);
    weights.reset(plan.seed);
    let mut state = AdamWState::new(&weights.values);
    let optimizer = AdamWConfig { learning_rate: 1e-3, ..AdamWConfig::default() };
    let pools = (0..plan.threads.clamp(1, BATCH))
        .map(|_| rayon::ThreadPoolBuilder::new().num_threads(1).build())
        .collect::<Result<Vec<_>, _>>()
        .map_err(|e| RecipeError::Other(format!("cannot start training threads: {e}")))?;
    let steps = plan.epochs * usable.len().div_ceil(BATCH) as u64;
    let warm_up = (steps as f32 * WARM_UP) as u64;
    progress.stage("training", Some(steps));
    let mut step = 0;
    let mut best: Option<(Weights, u64, f64)> = None;
    for epoch in 0..plan.epochs {
        let mut losses = 0.0f64;
        let order = seed::shuffled(usable.len(), plan.seed, &[2, epoch]);
        let order: Vec<usize> = order.into_iter().map(|i| usable[i]).collect();
        for indices in order.chunks(BATCH) {
            let share = indices.len().div_ceil(pools.len()).max(1);
            let parts: Vec<&[usize]> = indices.chunks(share).collect();
            let mut results: Vec<Part> = vec![None; parts.len()];
            std::thread::scope(|scope| {
                for ((pool, part), result) in pools.iter().zip(&parts).zip(&mut results) {
                    let (network, weights, tracked) = (fresh.clone(), &weights, &tracked);
                    scope.spawn(move || {
                        pool.install(|| {
                            let network = weights.load_unchecked(network, tracked, true);
                            let batch = drawn(training, part, epoch, tracked);
                            let loss = network.loss(&batch, &truth(training, part, tracked));
                            let value = loss.clone().try_into_scalar::<f32>().unwrap_or(f32::NAN);
                            let gradients = loss.backward();
                            *result = Some((value, Weights::gradients(&network, &gradients)));
                        });
                    });
                }
            });
            let (loss, gradients) = joined(&parts, results, indices.len());
            let rate = schedule(step, steps, warm_up);
            state.update(&mut weights.values, &weights.shapes, &gradients, &optimizer, rate);
            step += 1;
            losses += f64::from(loss) * indices.len() as f64;
            progress.advance(1);
        }
        let averaged = Weights { values: state.average.clone(), ..weights.clone() };
        let score = share(&found(&averaged.load_unchecked(fresh.clone(), &device, false), validation));
        progress.message(&format!(
            "epoch {}: loss {:.3}, validation accuracy {score:.3}",
            epoch + 1,
            losses / usable.len() as f64
        ));
        if best.as_ref().is_none_or(|(_, _, most)| score > *most) {
            best = Some((averaged, epoch + 1, score));
        }
    }
    let (weights, epoch, score) = best.ok_or_else(|| RecipeError::Other("no epoch to train".to_owned()))?;
    Ok((weights.load_unchecked(fresh, &device, false), epoch, score))
}

/// Loss and gradients of a batch from those of its parts, weighted by their shares.
fn joined(parts: &[&[usize]], results: Vec<Part>, count: usize) -> (f32, Vec<Vec<f32>>) {
    let (mut total, mut sum): (f32, Vec<Vec<f32>>) = (0.0, Vec::new());
    for (part, result) in parts.iter().zip(results) {
        let Some((loss, mut gradients)) = result else { continue };
        let portion = part.len() as f32 / count as f32;
        total += loss * portion;
        gradients.iter_mut().flatten().for_each(|g| *g *= portion);
        if sum.is_empty() {
            sum = gradients;
        } else {
            sum.iter_mut().flatten().zip(gradients.iter().flatten()).for_each(|(all, one)| *all += one);
        }
    }
    (total, sum)
}

/// Share of what is true; NaN for nothing.
pub fn share(values: &[bool]) -> f64 {
    values.iter().filter(|v| **v).count() as f64 / values.len() as f64
}
