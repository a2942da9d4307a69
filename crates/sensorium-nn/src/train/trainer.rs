//! The training loop.

use super::adamw::{AdamWState, schedule};
use super::checkpoint::{Checkpoint, RunState};
use super::parallel::Workers;
use super::run::{Network, Progress, RunFolder, TrainConfig, Trained, TrainingSet};
use super::weights::Weights;
use crate::error::NnError;
use crate::seed;
use burn::tensor::Device;
use std::io::Write;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

/// Trains `network` and returns the averaged weights of its best epoch.
///
/// With a folder, a checkpoint and a log line are written after each epoch. `stop` ends the run at
/// the next step; what the last checkpoint holds is not lost.
///
/// # Errors
/// [`NnError::Interrupted`] after `stop`; those of writing; an epoch in which no loss is finite; no
/// training example; a checkpoint that is damaged or belongs to another run.
pub fn train<N: Network>(
    network: N,
    data: &dyn TrainingSet<N>,
    config: &TrainConfig,
    folder: Option<&RunFolder>,
    device: &Device,
    stop: &AtomicBool,
    progress: &mut dyn FnMut(Progress),
) -> Result<Trained, NnError> {
    let started = Instant::now();
    if data.is_empty() {
        return Err(NnError::Invalid("no training example".into()));
    }
    let mut weights = Weights::of(&network);
    weights.reset(config.seed);
    let fingerprint = fingerprint(&weights, config, &format!("{} {}", data.len(), data.digest()));
    if let Some(folder) = folder {
        folder.open()?;
    }
    let mut run = match folder.filter(|f| f.resume && f.checkpoint().exists()) {
        Some(folder) => {
            let found = Checkpoint::load(&folder.checkpoint())?;
            if found.state.fingerprint != fingerprint {
                return Err(NnError::bundle(
                    folder.checkpoint(),
                    "this checkpoint belongs to a run with other data, settings, seed or threads; use the same ones, or another --out",
                ));
            }
            if found.weights.names != weights.names || found.weights.shapes != weights.shapes {
                return Err(NnError::bundle(
                    folder.checkpoint(),
                    "damaged checkpoint (its parameters are not the network's); start the run anew without --resume",
                ));
            }
            found
        }
        None => Checkpoint {
            state: RunState { fingerprint, epoch: 0, step: 0, best_score: f64::NEG_INFINITY, best_epoch: 0 },
            optimizer: AdamWState::new(&weights.values),
            best: weights.values.clone(),
            weights,
        },
    };
    let workers = Workers::new(&network, config.threads.clamp(1, config.batch.max(1)), device)?;
    let batches = data.len().div_ceil(config.batch.max(1)) as u64;
    let steps = batches * config.epochs;
    let warm_up = (steps as f32 * config.warm_up) as u64;
    while run.state.epoch < config.epochs && run.state.epoch < run.state.best_epoch + config.patience.max(1) {
        let epoch = run.state.epoch;
        let order = seed::shuffled(data.len(), config.seed, &[2, epoch]);
        let (mut losses, mut norms, mut sound) = (0.0f64, 0.0f64, 0u64);
        for indices in order.chunks(config.batch.max(1)) {
            if stop.load(Ordering::Relaxed) {
                return Err(NnError::Interrupted);
            }
            let rate = schedule(run.state.step, steps, warm_up);
            let (loss, gradients) = workers.loss_and_gradients(&run.weights, data, indices, epoch);
            let Checkpoint { weights, optimizer, .. } = &mut run;
            let norm =
                optimizer.update(&mut weights.values, &weights.shapes, &gradients, &config.optimizer, rate);
            run.state.step += 1;
            // The optimizer passes over a step that is not finite; so do the means.
            if loss.is_finite() && norm.is_finite() {
                losses += f64::from(loss);
                norms += f64::from(norm);
                sound += 1;
            }
            progress(Progress {
                epoch,
                epochs: config.epochs,
                step: run.state.step,
                steps,
                loss,
                score: None,
            });
        }
        let averaged = Weights { values: run.optimizer.average.clone(), ..run.weights.clone() };
        let score = data.score(&averaged.load_unchecked(network.clone(), device, false), device);
        run.state.epoch += 1;
        // A score that is not a number loses against every other.
        let score = if score.is_nan() { f64::NEG_INFINITY } else { score };
        if score > run.state.best_score || run.state.best_epoch == 0 {
            (run.state.best_score, run.state.best_epoch) = (score, run.state.epoch);
            run.best = averaged.values;
        }
        if sound == 0 {
            return Err(NnError::Invalid(format!(
                "the loss was not finite in any step of epoch {}; use a smaller learning rate and look for absurd values in the data",
                run.state.epoch
            )));
        }
        let loss = (losses / sound as f64) as f32;
        if let Some(folder) = folder {
            run.save(&folder.checkpoint())?;
            let line = serde_json::json!({
                "epoch": run.state.epoch, "step": run.state.step, "loss": loss,
                "skipped": batches - sound,
                "gradient_norm": norms / sound as f64, "score": score,
                "best_score": run.state.best_score, "best_epoch": run.state.best_epoch,
            });
            append_log(&folder.log(), &line.to_string())?;
        }
        let state = &run.state;
        progress(Progress {
            epoch: state.epoch,
            epochs: config.epochs,
            step: state.step,
            steps,
            loss,
            score: Some(score),
        });
    }
    Ok(Trained {
        weights: Weights { values: run.best, ..run.weights },
        score: run.state.best_score,
        epoch: run.state.best_epoch,
        seconds: started.elapsed().as_secs_f64(),
    })
}

fn fingerprint(weights: &Weights, config: &TrainConfig, data: &str) -> String {
    let described = format!("{:?} {:?} {config:?} {data}", weights.names, weights.shapes);
    format!("{:016x}", seed::of_name(&described))
}

/// Adds a line to a run's log.
///
/// # Errors
/// Those of the file system.
pub fn append_log(path: &Path, line: &str) -> Result<(), NnError> {
    std::fs::OpenOptions::new()
        .create(true)
        .append(true)
        .open(path)
        .and_then(|mut file| writeln!(file, "{line}"))
        .map_err(NnError::io(path))
}
