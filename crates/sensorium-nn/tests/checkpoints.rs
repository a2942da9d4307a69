//! What a training run keeps on disk, what it refuses, and what it returns.

#![allow(clippy::unwrap_used)]

mod synthetic;

use proptest::prelude::*;
use sensorium_nn::NnError;
use sensorium_nn::train::{
    AdamWConfig, Checkpoint, Progress, RunFolder, TrainConfig, Trained, Weights, train,
};
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use synthetic::{Points, config, device, tiny};

fn run_in(folder: &Path, data: &Points, config: &TrainConfig, resume: bool) -> Result<Trained, NnError> {
    let folder = RunFolder { path: folder.into(), resume };
    let stop = AtomicBool::new(false);
    train(tiny(), data, config, Some(&folder), &device(), &stop, &mut |_| {})
}

fn checkpoint(folder: &Path) -> PathBuf {
    folder.join("checkpoint.safetensors")
}

/// Runs with something in the way of the second checkpoint; the first one's bytes, those that are
/// there afterwards, and what the run said.
fn with_obstacle(place: impl Fn(&Path)) -> (Vec<u8>, Vec<u8>, NnError) {
    let folder = tempfile::tempdir().unwrap();
    let path = checkpoint(folder.path());
    let mut first = Vec::new();
    let mut watch = |p: Progress| {
        if p.score.is_some() && p.epoch == 1 {
            first = std::fs::read(&path).unwrap();
            place(&folder.path().join("checkpoint.safetensors.partial"));
        }
    };
    let run = RunFolder { path: folder.path().into(), resume: false };
    let stop = AtomicBool::new(false);
    let error =
        train(tiny(), &Points::new(90), &config(), Some(&run), &device(), &stop, &mut watch).unwrap_err();
    (first, std::fs::read(&path).unwrap(), error)
}

#[test]
fn a_checkpoint_that_cannot_be_written_leaves_the_one_before() {
    let (first, after, error) = with_obstacle(|partial| std::fs::create_dir(partial).unwrap());
    assert!(matches!(error, NnError::Io { .. }), "{error}");
    assert_eq!(first, after);
}

#[test]
#[cfg(target_os = "linux")]
fn a_full_disk_leaves_the_checkpoint_before() {
    // Every write to this device fails as on a disk without space.
    let (first, after, error) =
        with_obstacle(|partial| std::os::unix::fs::symlink("/dev/full", partial).unwrap());
    assert!(error.to_string().contains("No space left"), "{error}");
    assert_eq!(first, after);
}

#[test]
fn a_checkpoint_of_another_run_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    run_in(folder.path(), &Points::new(90), &config(), false).unwrap();
    let others: [(&str, Points, TrainConfig); 5] = [
        ("seed", Points::new(90), TrainConfig { seed: 1, ..config() }),
        ("threads", Points::new(90), TrainConfig { threads: 1, ..config() }),
        ("epochs", Points::new(90), TrainConfig { epochs: 6, ..config() }),
        ("number of examples", Points::new(91), config()),
        ("data", Points { name: "others".into(), ..Points::new(90) }, config()),
    ];
    for (what, data, config) in others {
        let error = run_in(folder.path(), &data, &config, true).unwrap_err().to_string();
        assert!(error.contains("belongs to a run with other data"), "{what}: {error}");
    }
}

#[test]
fn a_checkpoint_survives_saving_and_loading_to_the_last_bit() {
    let folder = tempfile::tempdir().unwrap();
    run_in(folder.path(), &Points::new(90), &config(), false).unwrap();
    let mut found = Checkpoint::load(&checkpoint(folder.path())).unwrap();
    for score in [0.1 + 0.2, 0.843_274_853_801_169_7, f64::NEG_INFINITY, f64::MIN_POSITIVE] {
        found.state.best_score = score;
        found.save(&checkpoint(folder.path())).unwrap();
        assert_eq!(Checkpoint::load(&checkpoint(folder.path())).unwrap(), found);
    }
}

#[test]
fn damaged_checkpoints_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    run_in(folder.path(), &Points::new(90), &config(), false).unwrap();
    let path = checkpoint(folder.path());
    let whole = std::fs::read(&path).unwrap();
    let damage = (any::<prop::sample::Index>(), 1u8..=255, any::<bool>());
    proptest!(ProptestConfig::with_cases(300), |((at, flip, cut) in damage)| {
        let mut bytes = whole.clone();
        let at = at.index(bytes.len());
        if cut { bytes.truncate(at) } else { bytes[at] ^= flip }
        std::fs::write(&path, bytes).unwrap();
        let error = Checkpoint::load(&path).expect_err("damage went unnoticed").to_string();
        prop_assert!(error.contains("checkpoint.safetensors"), "{}", error);
    });
}

#[test]
fn the_best_epoch_is_returned() {
    let mut data = Points::new(90);
    data.scripted = vec![0.1, 0.5, f64::NAN, 0.5, 0.4];
    let stop = AtomicBool::new(false);
    let trained = train(tiny(), &data, &config(), None, &device(), &stop, &mut |_| {}).unwrap();
    let judged = data.judged.lock().unwrap();
    assert_eq!((trained.epoch, trained.score, judged.len()), (2, 0.5, 5));
    assert_eq!(trained.weights, judged[1]);
}

#[test]
fn a_score_that_is_not_a_number_loses_against_every_other() {
    let folder = tempfile::tempdir().unwrap();
    let mut data = Points::new(90);
    data.scripted = vec![f64::NAN, -7.0, f64::NAN, f64::NAN, f64::NAN];
    assert_eq!(run_in(folder.path(), &data, &config(), false).unwrap().epoch, 2);
    assert!(Checkpoint::load(&checkpoint(folder.path())).is_ok());
}

#[test]
fn a_run_ends_when_its_patience_does() {
    let mut data = Points::new(90);
    data.scripted = vec![0.1, 0.5, 0.4, 0.4, 0.9];
    let stop = AtomicBool::new(false);
    let config = TrainConfig { patience: 2, ..config() };
    let trained = train(tiny(), &data, &config, None, &device(), &stop, &mut |_| {}).unwrap();
    assert_eq!((trained.epoch, data.judged.lock().unwrap().len()), (2, 4));
}

#[test]
fn what_is_judged_and_returned_is_the_moving_average() {
    // One step an epoch, so that each step's weights are seen; without decay they are the raw ones.
    let judged = |ema_decay: f32| {
        let data = Points::new(16);
        let optimizer = AdamWConfig { ema_decay, ..config().optimizer };
        let stop = AtomicBool::new(false);
        train(tiny(), &data, &TrainConfig { optimizer, ..config() }, None, &device(), &stop, &mut |_| {})
            .unwrap();
        data.judged.into_inner().unwrap()
    };
    let (raw, averaged) = (judged(0.0), judged(0.2));
    let mut weights = Weights::of(&tiny());
    weights.reset(config().seed);
    let mut by_hand: Vec<f32> = weights.values.concat();
    for (step, (raw, averaged)) in raw.iter().zip(&averaged).enumerate() {
        let t = step as f32 + 1.0;
        let decay = ((1.0 + t) / (10.0 + t)).min(0.2);
        for (a, w) in by_hand.iter_mut().zip(raw.values.iter().flatten()) {
            *a = decay * *a + (1.0 - decay) * w;
        }
        for (a, b) in by_hand.iter().zip(averaged.values.iter().flatten()) {
            assert!((a - b).abs() < 1e-6, "step {t}");
        }
    }
    assert_ne!(raw.last().unwrap(), averaged.last().unwrap());
}
