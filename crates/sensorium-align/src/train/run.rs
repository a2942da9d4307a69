//! The training loop of a joint space.

use super::cache::{GradientCache, Step};
use crate::error::AlignError;
use crate::generator::ascend;
use crate::joint::{JointConfig, JointNet};
use crate::objective::{Objective, ObjectiveConfig};
use crate::tower::starts_as_made;
use burn::module::Module;
use burn::tensor::Device;
use sensorium_nn::NnError;
use sensorium_nn::seed;
use sensorium_nn::train::{
    AdamWState, Checkpoint, Progress, RunFolder, RunState, TrainConfig, Weights, append_log, schedule,
};
use serde::{Deserialize, Serialize};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

/// What a joint space is trained on.
pub trait Study: Sync {
    /// Number of training examples.
    fn len(&self) -> usize;

    /// Whether there is none.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The step over the examples `indices` in epoch `epoch`.
    fn step(&self, indices: &[usize], epoch: u64) -> Step;

    /// Changes the start weights: what the data say of them. They are named as in the towers, after `net.item.`
    /// and `net.text.`.
    fn start(&self, _weights: &mut Weights) {}

    /// Whether there is anything to judge by.
    fn has_validation(&self) -> bool {
        true
    }

    /// Validation score; larger is better. Not a number where there is nothing to judge by.
    fn score(&self, net: &JointNet, device: &Device) -> f64;

    /// Called with the current averaged weights after each epoch, before it is scored: what is estimated
    /// beside the weights (offsets of videos) is brought up to date here.
    fn after_epoch(&mut self, _net: &JointNet, _objective: &Objective, _epoch: u64, _device: &Device) {}

    /// What [`Study::after_epoch`] has estimated, to be kept in checkpoints.
    fn state(&self) -> Vec<f32> {
        Vec::new()
    }

    /// Puts back what [`Study::state`] gave.
    fn restore(&mut self, _state: &[f32]) {}

    /// A digest of the data and of whatever else shapes steps.
    fn digest(&self) -> String {
        String::new()
    }
}

/// Which epoch's weights a run gives.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Selection {
    /// Those of the best validation score.
    #[default]
    Best,
    /// The last, whatever its score; patience has no part in it.
    Last,
}

/// Settings of [`train_joint`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AlignTraining {
    /// Epochs, batch, optimizer, seed, threads.
    pub run: TrainConfig,
    /// Sequences a tower that a thread tracks at once; bounds memory whatever the batch.
    pub chunk: usize,
    /// How far the most harmful generated negative moves a step, radians.
    pub ascent: f32,
    /// Which epoch counts.
    pub select: Selection,
}

impl Default for AlignTraining {
    fn default() -> Self {
        Self {
            run: TrainConfig { batch: 256, ..TrainConfig::default() },
            chunk: 256,
            ascent: 0.05,
            select: Selection::Best,
        }
    }
}

/// A trained joint space.
#[derive(Clone, Debug)]
pub struct TrainedJoint {
    /// Averaged weights of the chosen epoch.
    pub net: JointNet,
    /// Temperature and kernel of that epoch.
    pub objective: Objective,
    /// Validation score of that epoch; −∞ where nothing is there to judge by.
    pub score: f64,
    /// Epoch, counted from 1.
    pub epoch: u64,
    /// Seconds of this part of the run.
    pub seconds: f64,
}

/// Both halves of what is trained, in the order of the parameters.
#[derive(Module, Debug)]
struct Pairing {
    net: JointNet,
    objective: Objective,
}

/// Trains towers of `sizes` towards `objective`.
///
/// With a folder, a checkpoint and a log line are written after each epoch, and `resume` continues from
/// there to the same weights, bit for bit. `stop` ends the run at the next step.
///
/// # Errors
/// No example; [`NnError::Interrupted`] after `stop`; those of writing; a checkpoint of another run; an epoch
/// in which no loss is finite.
#[allow(clippy::too_many_arguments)]
pub fn train_joint(
    sizes: &JointConfig,
    objective: &ObjectiveConfig,
    study: &mut dyn Study,
    config: &AlignTraining,
    folder: Option<&RunFolder>,
    device: &Device,
    stop: &AtomicBool,
    progress: &mut dyn FnMut(Progress),
) -> Result<TrainedJoint, AlignError> {
    let started = Instant::now();
    if study.is_empty() {
        return Err(AlignError::Invalid("no training example".into()));
    }
    if config.select == Selection::Best && !study.has_validation() {
        return Err(AlignError::Invalid(
            "no validation example to choose the epoch by; give some, or take the last epoch".into(),
        ));
    }
    let joint = sizes.text.joint;
    let fresh = Pairing { net: sizes.init(device), objective: objective.init(joint, device) };
    let mut weights = initial(&fresh, config.run.seed);
    study.start(&mut weights);
    let fingerprint =
        fingerprint(&weights, config, objective, &format!("{sizes:?} {} {}", study.len(), study.digest()));
    if let Some(folder) = folder {
        folder.open()?;
    }
    let mut run = match folder.filter(|f| f.resume && f.checkpoint().exists()) {
        Some(folder) => resumed(folder, &fingerprint, &weights, study)?,
        None => Checkpoint {
            state: RunState { fingerprint, epoch: 0, step: 0, best_score: f64::NEG_INFINITY, best_epoch: 0 },
            optimizer: AdamWState::new(&weights.values),
            best: weights.values.clone(),
            weights,
        },
    };
    let banks: Vec<usize> =
        (0..run.weights.names.len()).filter(|i| run.weights.names[*i].contains(".generator.")).collect();
    let cache = GradientCache::new(&fresh.net, &fresh.objective, config.run.threads, config.chunk, device)?;
    let batch = config.run.batch.max(2);
    let steps_an_epoch = study.len().div_ceil(batch) as u64;
    let steps = steps_an_epoch * config.run.epochs;
    let warm_up = (steps as f32 * config.run.warm_up) as u64;
    while run.state.epoch < config.run.epochs
        && run.state.epoch < run.state.best_epoch + config.run.patience.max(1)
    {
        let epoch = run.state.epoch;
        let order = seed::shuffled(study.len(), config.run.seed, &[2, epoch]);
        let (mut losses, mut sound) = (0.0f64, 0u64);
        for indices in order.chunks(batch) {
            if stop.load(Ordering::Relaxed) {
                return Err(NnError::Interrupted.into());
            }
            let rate = schedule(run.state.step, steps, warm_up);
            let done = run.state.step as f32 / steps.max(1) as f32;
            let (loss, mut gradients) =
                cache.loss_and_gradients(&run.weights, &study.step(indices, epoch), done);
            let ascents: Vec<Vec<f32>> = banks.iter().map(|b| take_zeros(&mut gradients[*b])).collect();
            let before: Vec<Vec<f32>> = banks.iter().map(|b| run.weights.values[*b].clone()).collect();
            let Checkpoint { weights, optimizer, .. } = &mut run;
            let norm = optimizer.update(
                &mut weights.values,
                &weights.shapes,
                &gradients,
                &config.run.optimizer,
                rate,
            );
            for ((bank, ascent), mut values) in banks.iter().zip(&ascents).zip(before) {
                ascend(&mut values, ascent, joint, config.ascent * rate);
                weights.values[*bank] = values;
            }
            run.state.step += 1;
            if loss.is_finite() && norm.is_finite() {
                losses += f64::from(loss);
                sound += 1;
            }
            progress(Progress {
                epoch,
                epochs: config.run.epochs,
                step: run.state.step,
                steps,
                loss,
                score: None,
            });
        }
        if sound == 0 {
            return Err(AlignError::Invalid(format!(
                "the loss was not finite in any step of epoch {}; use a smaller learning rate and look for absurd values in the data",
                epoch + 1
            )));
        }
        let averaged = Weights { values: run.optimizer.average.clone(), ..run.weights.clone() };
        let now = averaged.load_unchecked(fresh.clone(), device, false);
        study.after_epoch(&now.net, &now.objective, epoch, device);
        let score = study.score(&now.net, device);
        let score = if score.is_nan() { f64::NEG_INFINITY } else { score };
        run.state.epoch += 1;
        let last = config.select == Selection::Last;
        if last || score > run.state.best_score || run.state.best_epoch == 0 {
            (run.state.best_score, run.state.best_epoch) = (score, run.state.epoch);
            run.best = averaged.values;
        }
        let loss = (losses / sound as f64) as f32;
        if let Some(folder) = folder {
            run.save(&folder.checkpoint())?;
            keep_state(folder, &study.state())?;
            let line = serde_json::json!({
                "epoch": run.state.epoch, "step": run.state.step, "loss": loss, "score": score,
                "skipped": steps_an_epoch - sound,
                "temperature": now.objective.temperature(), "width_ms": now.objective.width_ms(),
                "best_score": run.state.best_score, "best_epoch": run.state.best_epoch,
            });
            append_log(&folder.log(), &line.to_string())?;
        }
        let state = &run.state;
        progress(Progress {
            epoch: state.epoch,
            epochs: config.run.epochs,
            step: state.step,
            steps,
            loss,
            score: Some(score),
        });
    }
    let best = Weights { values: run.best, ..run.weights };
    let Pairing { net, objective } = best.load_unchecked(fresh, device, false);
    Ok(TrainedJoint {
        net,
        objective,
        score: run.state.best_score,
        epoch: run.state.best_epoch,
        seconds: started.elapsed().as_secs_f64(),
    })
}

/// Fresh towers; the objective starts as it was made, and so do parts of towers that must.
fn initial(fresh: &Pairing, seed: u64) -> Weights {
    let made = Weights::of(fresh);
    let mut weights = made.clone();
    weights.reset(seed);
    for (i, name) in made.names.iter().enumerate() {
        if name.starts_with("objective.") || starts_as_made(name) {
            weights.values[i].clone_from(&made.values[i]);
        }
    }
    weights
}

fn take_zeros(gradient: &mut Vec<f32>) -> Vec<f32> {
    let zeros = vec![0.0; gradient.len()];
    std::mem::replace(gradient, zeros)
}

fn fingerprint(weights: &Weights, config: &AlignTraining, objective: &ObjectiveConfig, data: &str) -> String {
    let described = format!("{:?} {:?} {config:?} {objective:?} {data}", weights.names, weights.shapes);
    format!("{:016x}", seed::of_name(&described))
}

fn resumed(
    folder: &RunFolder,
    fingerprint: &str,
    weights: &Weights,
    study: &mut dyn Study,
) -> Result<Checkpoint, AlignError> {
    let path = folder.checkpoint();
    let found = Checkpoint::load(&path)?;
    if found.state.fingerprint != fingerprint {
        return Err(NnError::bundle(
            path,
            "this checkpoint belongs to a run with other data, settings, seed or threads; use the same ones, or another --out",
        )
        .into());
    }
    if found.weights.names != weights.names || found.weights.shapes != weights.shapes {
        return Err(NnError::bundle(
            path,
            "damaged checkpoint (its parameters are not the network's); start the run anew without --resume",
        )
        .into());
    }
    let path = folder.path.join(STATE);
    if path.exists() {
        let file = sensorium_nn::tensors::read(&path)?;
        study.restore(file.tensors.get("state").map_or(&[], |(_, values)| values));
    }
    Ok(found)
}

const STATE: &str = "study.safetensors";

fn keep_state(folder: &RunFolder, state: &[f32]) -> Result<(), NnError> {
    if state.is_empty() {
        return Ok(());
    }
    let list = [("state".to_string(), &[state.len()][..], state)];
    sensorium_nn::tensors::write(&folder.path.join(STATE), &list, std::collections::BTreeMap::new())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::narrated_sizes;
    use crate::tower::StemKind;

    #[test]
    fn start_weights_follow_from_the_seed_alone() {
        let device = Device::flex();
        let sizes = narrated_sizes(7, StemKind::Dense { width: 5 });
        let objective = ObjectiveConfig::default();
        let draw = |seed| {
            let net = sizes.init(&device);
            initial(&Pairing { net, objective: objective.init(sizes.text.joint, &device) }, seed)
        };
        let (one, again, other) = (draw(3), draw(3), draw(4));
        for (i, name) in one.names.iter().enumerate() {
            assert_eq!(one.values[i], again.values[i], "{name}");
        }
        let place = |tail: &str| one.names.iter().position(|name| name.ends_with(tail)).unwrap();
        let attention = place("block.query.weight");
        assert_ne!(one.values[attention], other.values[attention]);
        assert!(one.values[place("Attended.query")].iter().all(|v| *v == 0.0));
    }
}
