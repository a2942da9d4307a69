//! What a training run promises: it learns, it repeats, it survives being stopped.

#![allow(clippy::unwrap_used)]

mod synthetic;

use sensorium_nn::NnError;
use sensorium_nn::train::{Checkpoint, Progress, RunFolder, TrainConfig, Trained, Weights, train};
use std::cell::Cell;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use synthetic::{Points, Tiny, config, device, tiny};

fn run(config: &TrainConfig) -> Trained {
    let mut quiet = |_: Progress| {};
    train(tiny(), &Points::new(90), config, None, &device(), &AtomicBool::new(false), &mut quiet).unwrap()
}

/// Runs in a folder until the end, or until `stop_at` steps are done.
fn run_in(folder: &Path, resume: bool, stop_at: Option<u64>) -> Result<Trained, NnError> {
    let stop = AtomicBool::new(false);
    let mut watch = |p: Progress| {
        if p.score.is_none() && Some(p.step) == stop_at {
            stop.store(true, Ordering::Relaxed);
        }
    };
    let folder = RunFolder { path: folder.into(), resume };
    train(tiny(), &Points::new(90), &config(), Some(&folder), &device(), &stop, &mut watch)
}

#[test]
fn the_loss_falls() {
    let (first, last) = (Cell::new(None), Cell::new(0.0));
    let mut watch = |p: Progress| {
        if p.score.is_some() {
            first.set(first.get().or(Some(p.loss)));
            last.set(p.loss);
        }
    };
    let stop = AtomicBool::new(false);
    let config = TrainConfig { epochs: 24, ..config() };
    train(tiny(), &Points::new(90), &config, None, &device(), &stop, &mut watch).unwrap();
    assert!(last.get() < 0.6 * first.get().unwrap(), "{first:?} to {last:?}");
}

#[test]
fn parameters_have_unique_names_that_stay() {
    let names = Weights::of(&tiny()).names;
    assert_eq!(
        names,
        ["layers.0.weight", "layers.0.bias", "layers.1.weight", "layers.1.bias", "out.weight", "out.bias"]
    );
    assert_eq!(Weights::of(&tiny()).names, names);
}

#[test]
fn the_same_seed_and_threads_give_the_same_bits() {
    assert_eq!(run(&config()).weights, run(&config()).weights);
}

#[test]
fn another_seed_gives_other_weights() {
    assert_ne!(run(&config()).weights, run(&TrainConfig { seed: 8, ..config() }).weights);
}

#[test]
fn one_thread_and_several_agree_to_rounding() {
    let one = run(&TrainConfig { threads: 1, ..config() });
    for threads in [2, 3] {
        let other = run(&TrainConfig { threads, ..config() });
        let pairs = one.weights.values.iter().flatten().zip(other.weights.values.iter().flatten());
        let apart = pairs.map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
        assert!(apart < 1e-3, "{threads} threads: {apart}");
    }
}

#[test]
fn a_run_stopped_anywhere_ends_with_the_bits_of_one_that_was_not() {
    let whole = run(&config());
    // Six steps an epoch: at the first step, inside an epoch, at its last step, after it, late.
    for stop_at in [1, 3, 6, 7, 12, 20, 29] {
        let folder = tempfile::tempdir().unwrap();
        let stopped = run_in(folder.path(), false, Some(stop_at));
        assert!(matches!(stopped, Err(NnError::Interrupted)), "stop at {stop_at}");
        let resumed = run_in(folder.path(), true, None).unwrap();
        assert_eq!(resumed.weights, whole.weights, "stop at {stop_at}");
        assert_eq!((resumed.score, resumed.epoch), (whole.score, whole.epoch), "stop at {stop_at}");
    }
}

#[test]
fn a_run_stopped_again_and_again_still_ends_with_the_same_bits() {
    let folder = tempfile::tempdir().unwrap();
    for stop_at in [8, 9, 13, 25] {
        assert!(matches!(run_in(folder.path(), true, Some(stop_at)), Err(NnError::Interrupted)));
    }
    assert_eq!(run_in(folder.path(), true, None).unwrap().weights, run(&config()).weights);
}

#[test]
fn a_finished_run_that_is_resumed_trains_no_further() {
    let folder = tempfile::tempdir().unwrap();
    let whole = run_in(folder.path(), false, None).unwrap();
    let log = std::fs::read(folder.path().join("metrics.jsonl")).unwrap();
    assert_eq!(run_in(folder.path(), true, None).unwrap().weights, whole.weights);
    assert_eq!(std::fs::read(folder.path().join("metrics.jsonl")).unwrap(), log);
}

#[test]
fn a_stopped_run_leaves_a_checkpoint_of_its_last_whole_epoch() {
    let folder = tempfile::tempdir().unwrap();
    assert!(matches!(run_in(folder.path(), false, Some(15)), Err(NnError::Interrupted)));
    let found = Checkpoint::load(&folder.path().join("checkpoint.safetensors")).unwrap();
    assert_eq!((found.state.epoch, found.state.step, found.optimizer.step), (2, 12, 12));
}

#[test]
fn the_log_has_one_line_an_epoch_even_when_a_run_is_continued_or_begun_anew() {
    let folder = tempfile::tempdir().unwrap();
    run_in(folder.path(), false, None).unwrap();
    assert!(matches!(run_in(folder.path(), false, Some(15)), Err(NnError::Interrupted)));
    run_in(folder.path(), true, None).unwrap();
    let log = std::fs::read_to_string(folder.path().join("metrics.jsonl")).unwrap();
    let lines = log.lines().map(|l| serde_json::from_str::<serde_json::Value>(l).unwrap());
    assert_eq!(lines.map(|l| l["epoch"].as_u64().unwrap()).collect::<Vec<_>>(), [1, 2, 3, 4, 5]);
}

#[test]
fn a_missing_folder_is_made_before_the_first_epoch() {
    let folder = tempfile::tempdir().unwrap();
    let inner = folder.path().join("a/b");
    assert!(matches!(run_in(&inner, false, Some(1)), Err(NnError::Interrupted)));
    assert!(inner.is_dir());
}

#[test]
fn no_example_is_an_error() {
    let mut quiet = |_: Progress| {};
    let stop = AtomicBool::new(false);
    let result = train(tiny(), &Points::new(0), &config(), None, &device(), &stop, &mut quiet);
    assert!(result.unwrap_err().to_string().contains("no training example"));
}

#[test]
fn a_step_that_is_not_finite_is_passed_over() {
    let mut losses = Vec::new();
    let mut watch = |p: Progress| losses.push((p.score.is_some(), p.loss));
    let stop = AtomicBool::new(false);
    let data = Points { absurd: Some(17), ..Points::new(90) };
    let trained = train(tiny(), &data, &config(), None, &device(), &stop, &mut watch).unwrap();
    assert!(losses.iter().any(|(epoch, loss)| !epoch && loss.is_nan()), "nothing absurd was met");
    assert!(losses.iter().all(|(epoch, loss)| !epoch || loss.is_finite()));
    assert!(trained.weights.values.iter().flatten().all(|v| v.is_finite()));
}

#[test]
fn an_epoch_without_a_finite_loss_is_an_error() {
    let mut quiet = |_: Progress| {};
    let stop = AtomicBool::new(false);
    let data = Points { absurd: Some(0), ..Points::new(8) };
    let message = train::<Tiny>(tiny(), &data, &config(), None, &device(), &stop, &mut quiet).unwrap_err();
    assert!(message.to_string().contains("smaller learning rate"), "{message}");
}
