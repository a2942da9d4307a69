//! The process-monitoring recipes on the public sets, where `$SENSORIUM_DATA` holds them.

use sensorium_recipes::{Outcome, RunOptions, Silent, find};
use std::path::PathBuf;

/// Runs the quick version, or says why it cannot.
fn quick(recipe: &str, set: &str) -> Option<Outcome> {
    let Some(data_root) = std::env::var_os("SENSORIUM_DATA").map(PathBuf::from) else {
        eprintln!("skipped: SENSORIUM_DATA is not set, and `{recipe}` needs the data set `{set}`");
        return None;
    };
    if !data_root.join(set).is_dir() {
        eprintln!("skipped: {} holds no `{set}`", data_root.display());
        return None;
    }
    let options = RunOptions { data_root, quick: true, ..RunOptions::default() };
    Some(find(recipe).unwrap().run(&options, &mut Silent).unwrap())
}

fn value(outcome: &Outcome, key: &str) -> f64 {
    outcome.figure(key).unwrap_or_else(|| panic!("no figure `{key}`")).value
}

#[test]
fn tep_faults_beats_pca_from_normal_data_alone_and_names_faults_when_supervised() {
    let Some(outcome) = quick("tep-faults", "tep") else { return };
    let detection = value(&outcome, "detection_unsupervised");
    assert!(detection > value(&outcome, "detection_pca") + 0.03, "{detection}");
    assert!(value(&outcome, "far") < 0.02);
    assert!(value(&outcome, "detection_supervised") >= 0.95);
    assert!(value(&outcome, "diagnosis_macro_f1") > 0.6);
    assert!(value(&outcome, "faults_used") >= 1.0);
}

#[test]
fn skab_beats_the_rerun_detectors_and_always_alarm() {
    let Some(outcome) = quick("skab", "skab") else { return };
    for key in ["outlier_f1", "outlier_f1_cropped"] {
        assert!(value(&outcome, key) > value(&outcome, &format!("{key}_best_rerun")), "{key}");
        assert!(value(&outcome, key) > 0.75, "{key}");
    }
    for key in ["far", "mar"] {
        assert!((0.0..=0.5).contains(&value(&outcome, key)), "{key}");
    }
    assert!(value(&outcome, "nab") > 0.0);
}
