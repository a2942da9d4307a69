//! The study: trains, measures and writes down.

use super::bound::{Bound, bounds};
use super::contest::Contest;
use super::pictures;
use super::scenario::Scenario;
use super::setting::Setting;
use super::weights::{Measured, faithfulness, informative};
use crate::{Figure, Outcome, Progress, RecipeError, RunOptions, Table, Target};
use sensorium_data::Failure;
use sensorium_fuse::{Dropout, FusionConfig, FusionKind, FusionModel};
use sensorium_nn::Model;
use sensorium_nn::metrics::{Bootstrap, Interval};
use std::time::Instant;

/// A fusion's answers in every scenario.
pub(super) struct Entry {
    pub name: String,
    pub kind: FusionKind,
    pub model: FusionModel,
    pub clean: Vec<usize>,
    /// One list for each of the 46 scenarios.
    pub degraded: Vec<Vec<usize>>,
}

impl Entry {
    pub(super) fn clean_f1(&self, contest: &Contest, rows: &[usize]) -> f64 {
        contest.macro_f1(&self.clean, rows)
    }

    /// Mean macro-F1 over the scenarios `range` of the protocol's list.
    fn mean(&self, contest: &Contest, range: std::ops::Range<usize>, rows: &[usize]) -> f64 {
        let n = range.len() as f64;
        self.degraded[range].iter().map(|answers| contest.macro_f1(answers, rows)).sum::<f64>() / n
    }

    pub(super) fn scenario_f1(&self, contest: &Contest, scenario: usize) -> f64 {
        contest.macro_f1(&self.degraded[scenario], &contest.rows())
    }
}

/// Number of single-failure scenarios for `streams` modalities.
pub(super) fn singles(streams: usize) -> usize {
    streams * Failure::ALL.len()
}

/// What one seed gave.
pub(super) struct SeedResult {
    pub contest: Contest,
    pub entries: Vec<Entry>,
    pub best_single: Option<(String, f64)>,
    pub bounds: Vec<Bound>,
    pub informative: Option<Measured>,
    pub faithfulness: Measured,
}

/// Runs the study at one size and returns its figures, tables and pictures.
pub(super) fn study(
    name: &str,
    setting: &Setting,
    options: &RunOptions,
    progress: &mut dyn Progress,
) -> Result<Outcome, RecipeError> {
    let started = Instant::now();
    let seeds = options.seed_list();
    let mut summary = Vec::new();
    let mut first: Option<SeedResult> = None;
    for seed in &seeds {
        let result = one_seed(setting, options, *seed, progress)?;
        summary.push(Summary::of(&result));
        first.get_or_insert(result);
    }
    let mut outcome = Outcome::new(name, options.quick, seeds);
    if let Some(result) = &first {
        write_down(&mut outcome, result, &summary, setting);
        outcome.sections = pictures::sections(result)?;
        result.router().save(&options.out_dir.join(name).join("model"))?;
    }
    outcome.seconds = started.elapsed().as_secs_f64();
    Ok(outcome)
}

fn one_seed(
    setting: &Setting,
    options: &RunOptions,
    seed: u64,
    progress: &mut dyn Progress,
) -> Result<SeedResult, RecipeError> {
    let contest = Contest::new(setting, options, seed, progress)?;
    let scenarios = Scenario::degraded(contest.test.len(), contest.streams(), seed);
    let mut entries = Vec::new();
    for kind in &setting.fusions {
        let model = contest.fit(FusionConfig::new(*kind), Dropout::default(), kind.name(), progress)?;
        let seen = contest.summarise(&model);
        let degraded = scenarios.iter().map(|s| contest.answers(&seen, s)).collect();
        let clean = contest.answers(&seen, &Scenario::Clean);
        drop(seen);
        entries.push(Entry { name: kind.name().into(), kind: *kind, model, clean, degraded });
    }
    let mut best_single: Option<(String, f64)> = None;
    if setting.singles {
        for (m, name) in contest.stream_names().into_iter().enumerate() {
            let network = FusionConfig { streams: Some(vec![m]), ..FusionConfig::new(FusionKind::Uniform) };
            let label = format!("{name} alone");
            let model =
                contest.fit(network, Dropout { clean: 1.0, ..Dropout::default() }, &label, progress)?;
            let answers = contest.answers(&contest.summarise(&model), &Scenario::Clean);
            let f1 = contest.macro_f1(&answers, &contest.rows());
            if best_single.as_ref().is_none_or(|(_, best)| f1 > *best) {
                best_single = Some((name, f1));
            }
        }
    }
    let router = entries
        .first()
        .filter(|e| e.kind == FusionKind::Router)
        .ok_or_else(|| RecipeError::Other("the router must be the first fusion of the setting".into()))?;
    let bounds = bounds(&contest, &router.model, setting.subsets, seed, progress)?;
    progress.stage("weights", None);
    let informative = match setting.meter {
        0 => None,
        rigs => Some(informative(&contest, &router.model, rigs, seed)?),
    };
    let faithfulness = faithfulness(&contest, &router.model, seed);
    Ok(SeedResult { contest, entries, best_single, bounds, informative, faithfulness })
}

/// The headline numbers of one seed.
struct Summary {
    clean: f64,
    degraded: f64,
    ratio: f64,
    informative: f64,
    faithfulness: f64,
}

fn best_fixed<'a>(result: &'a SeedResult, rows: &[usize]) -> Option<(&'a Entry, f64)> {
    let fixed =
        result.entries.iter().filter(|e| matches!(e.kind, FusionKind::Uniform | FusionKind::Constant));
    let scored = fixed.map(|e| (e, e.mean(&result.contest, 0..e.degraded.len(), rows)));
    scored.max_by(|a, b| a.1.total_cmp(&b.1))
}

impl Summary {
    fn of(result: &SeedResult) -> Self {
        let (contest, rows) = (&result.contest, result.contest.rows());
        let router = &result.entries[0];
        let degraded = router.mean(contest, 0..router.degraded.len(), &rows);
        let fixed = best_fixed(result, &rows).map_or(f64::NAN, |(_, f1)| f1);
        Self {
            clean: router.clean_f1(contest, &rows),
            degraded,
            ratio: degraded / fixed,
            informative: result.informative.as_ref().map_or(f64::NAN, |m| m.value),
            faithfulness: result.faithfulness.value,
        }
    }
}

/// What the router's mean over the failures should be, over that of the best fixed weights.
const RATIO: f64 = 1.22;

/// The mean over the 46 scenarios of what a model could reach: the best fusion's clean figure where a
/// sensor is broken, the specialists' where sensors are missing.
fn degraded_bound(result: &SeedResult) -> Option<f64> {
    let (contest, rows) = (&result.contest, result.contest.rows());
    let clean = result.entries.iter().map(|e| e.clean_f1(contest, &rows)).fold(0.0, f64::max);
    let first = result.bounds.first()?.specialist;
    let missing: f64 = result.bounds.iter().map(|b| b.specialist).sum();
    let streams = contest.streams();
    let broken = singles(streams) - streams;
    let total = broken as f64 * clean + streams as f64 * first + missing;
    Some(total / (singles(streams) + result.bounds.len()) as f64)
}

fn write_down(outcome: &mut Outcome, result: &SeedResult, summary: &[Summary], setting: &Setting) {
    let (contest, rows) = (&result.contest, result.contest.rows());
    let router = &result.entries[0];
    let mean = |f: fn(&Summary) -> f64| summary.iter().map(f).sum::<f64>() / summary.len() as f64;
    let bootstrap = Bootstrap { resamples: 200, ..Bootstrap::new(1) };
    let over = |statistic: &(dyn Fn(&[usize]) -> f64 + Sync)| -> Interval {
        bootstrap.cluster_interval(&contest.recordings, statistic)
    };
    let all = router.degraded.len();
    let majority = 1.0 / contest.prepared.schema.task.outputs() as f64;
    let rival = result
        .entries
        .iter()
        .skip(1)
        .map(|e| (e.name.clone(), e.clean_f1(contest, &rows)))
        .max_by(|a, b| a.1.total_cmp(&b.1));
    let clean = Figure::new("macro_f1", "macro-F1, all sensors well", mean(|s| s.clean))
        .interval(over(&|r| router.clean_f1(contest, r)))
        .target(Target::at_least(0.96));
    outcome.figures.push(match rival {
        Some((name, f1)) => clean.baseline(name, f1),
        None => clean.baseline("one class for all", majority),
    });
    let fixed = best_fixed(result, &rows);
    let degraded = Figure::new("degraded_macro_f1", "macro-F1, mean of 46 failures", mean(|s| s.degraded))
        .interval(over(&|r| router.mean(contest, 0..all, r)));
    if let Some((fixed, f1)) = fixed {
        outcome.figures.push(degraded.baseline(fixed.name.clone(), f1));
        let ratio = |r: &[usize]| router.mean(contest, 0..all, r) / fixed.mean(contest, 0..all, r);
        outcome.figures.push(
            Figure::new("degraded_ratio", "ours ÷ best fixed weights, 46 failures", mean(|s| s.ratio))
                .interval(over(&ratio))
                .unit("×")
                .baseline("a model that is always right", 1.0 / f1)
                .target(Target::at_least(RATIO)),
        );
        if RATIO * f1 > 1.0 {
            outcome.notes.push(format!(
                "The ratio of {RATIO} is out of reach: the best fixed weights have a macro-F1 of {f1:.3}, and {RATIO} times that is {:.2}, more than 1.",
                RATIO * f1
            ));
        }
        if let Some(bound) = degraded_bound(result) {
            outcome.notes.push(format!(
                "A model that is told which sensors are missing, and on which a broken sensor has no effect, would have about {bound:.3} over the 46 failures, {:.3} times the best fixed weights.",
                bound / f1
            ));
        }
    }
    if let Some(measured) = &result.informative {
        outcome.figures.push(
            Figure::new(
                "informative_weight",
                format!("median weight of the only informative modality ({} windows)", measured.cases),
                mean(|s| s.informative),
            )
            .interval(measured.interval)
            .baseline("uniform", 1.0 / contest.streams() as f64)
            .target(Target::at_least(0.73)),
        );
    }
    outcome.figures.push(
        Figure::new("weight_faithfulness", "Spearman, weight and loss without it", mean(|s| s.faithfulness))
            .interval(result.faithfulness.interval)
            .baseline("uniform weights", 0.0),
    );
    outcome.tables.push(comparison(result));
    if let Some((name, f1)) = &result.best_single {
        outcome.notes.push(format!("Best single modality: {name}, macro-F1 {f1:.3}."));
        outcome.figures.push(Figure::new("best_single_macro_f1", format!("{name} alone"), *f1));
    }
    if !result.bounds.is_empty() {
        outcome.tables.push(bound_table(&result.bounds));
    }
    outcome.notes.push(format!(
        "Rig version {}, digest {}. {} machines a class, {} training, {} validation and {} test windows, {} epochs. One class for all: macro-F1 {:.3}.",
        sensorium_data::rig::VERSION,
        contest.rig.digest(),
        setting.recordings_per_class,
        contest.prepared.train.len(),
        contest.prepared.validation.len(),
        contest.test.len(),
        setting.epochs,
        majority_f1(contest),
    ));
    if summary.len() > 1 {
        let list = |f: fn(&Summary) -> f64| {
            summary.iter().map(|s| format!("{:.3}", f(s))).collect::<Vec<_>>().join(", ")
        };
        outcome.notes.push(format!(
            "By seed: macro-F1 {}; ratio {}; informative weight {}; faithfulness {}. Tables and pictures show the first seed.",
            list(|s| s.clean),
            list(|s| s.ratio),
            list(|s| s.informative),
            list(|s| s.faithfulness)
        ));
    }
}

/// Macro-F1 of naming the same class always, at its best.
fn majority_f1(contest: &Contest) -> f64 {
    let classes = contest.prepared.schema.task.outputs();
    let rows = contest.rows();
    let always = |c: usize| contest.macro_f1(&vec![c; rows.len()], &rows);
    (0..classes).map(always).fold(0.0, f64::max)
}

fn comparison(result: &SeedResult) -> Table {
    let contest = &result.contest;
    let (rows, single) = (contest.rows(), singles(contest.streams()));
    let mut columns = vec!["fusion".to_string(), "clean".into(), "46 failures".into(), "one broken".into()];
    columns.extend((1..=6).map(|k| format!("{k} missing")));
    let mut table = Table::new("Macro-F1 by fusion", columns);
    for entry in &result.entries {
        let mut cells = vec![
            entry.name.clone(),
            format!("{:.3}", entry.clean_f1(contest, &rows)),
            format!("{:.3}", entry.mean(contest, 0..entry.degraded.len(), &rows)),
            format!("{:.3}", entry.mean(contest, 0..single, &rows)),
        ];
        cells.extend((0..6).map(|k| format!("{:.3}", entry.scenario_f1(contest, single + k))));
        if entry.kind == FusionKind::Router {
            table.own_row(cells)
        } else {
            table.row(cells)
        };
    }
    table
}

fn bound_table(bounds: &[Bound]) -> Table {
    let title = "Upper bound: models that are told which modalities are left";
    let mut table =
        Table::new(title, ["missing", "told which are left", "router, same subsets", "router ÷ bound"]);
    for bound in bounds {
        table.row([
            bound.missing.to_string(),
            format!("{:.3}", bound.specialist),
            format!("{:.3}", bound.router),
            format!("{:.3}", bound.router / bound.specialist),
        ]);
    }
    table
}

impl SeedResult {
    /// The router's model.
    pub(super) fn router(&self) -> &FusionModel {
        &self.entries[0].model
    }

    /// Names of the classes.
    pub(super) fn classes(&self) -> Vec<String> {
        match &self.router().card().schema.task {
            sensorium_data::Task::Classification { classes } => classes.clone(),
            _ => Vec::new(),
        }
    }
}
