//! What is done without a causal model: charts, correlation, importance, BARO.

use super::cases::{Case, Setting, WINDOW};
use crate::RecipeError;
use sensorium_causal::regress::{BoostedTrees, Lasso};

/// A way to score all variables; the larger, the sooner it is checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Baseline {
    /// Control charts with sigma from moving ranges, as textbooks ask, or from all lots.
    Charts { chart: Chart, moving_range: bool },
    /// Absolute correlation with the outcome, of values or of ranks, with so many windows of normal lots.
    Correlation { ranks: bool, normal_windows: usize },
    /// Importance in a model that predicts the outcome, or tells abnormal lots from normal ones.
    /// With so many windows of normal lots.
    Importance { trees: bool, classify: bool, normal_windows: usize },
    /// Largest deviation from the median in units of the interquartile range (Pham et al. 2024).
    Baro,
    /// The first in process order that a chart calls.
    FirstViolator,
    /// All alike.
    Random,
}

/// Control charts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Chart {
    Shewhart,
    Ewma,
    Cusum,
    Strongest,
}

impl Baseline {
    /// The variants of the four families, from which the best on design faults is taken.
    pub fn families() -> Vec<(&'static str, Vec<Self>)> {
        let charts = [Chart::Shewhart, Chart::Ewma, Chart::Cusum, Chart::Strongest];
        let both = [false, true];
        vec![
            (
                "spc",
                charts
                    .into_iter()
                    .flat_map(|chart| both.map(|moving_range| Self::Charts { chart, moving_range }))
                    .collect(),
            ),
            (
                "correlation",
                both.into_iter()
                    .flat_map(|ranks| {
                        [0, 1, 10].map(|normal_windows| Self::Correlation { ranks, normal_windows })
                    })
                    .collect(),
            ),
            (
                "importance",
                both.into_iter()
                    .flat_map(|trees| both.map(|classify| (trees, classify)))
                    .flat_map(|(trees, classify)| {
                        [10, 30].map(|normal_windows| Self::Importance { trees, classify, normal_windows })
                    })
                    .collect(),
            ),
            ("baro", vec![Self::Baro]),
        ]
    }

    /// One score for each candidate.
    pub fn scores(self, setting: &Setting, case: &Case) -> Result<Vec<f64>, RecipeError> {
        let each = |score: &dyn Fn(usize) -> f64| setting.candidates.iter().map(|&v| score(v)).collect();
        Ok(match self {
            Self::Charts { chart, moving_range } => {
                each(&|v| violation(chart, moving_range, &setting.columns[v], &case.window[v]))
            }
            Self::Correlation { ranks, normal_windows } => {
                let column = |v: usize| {
                    let mut x = case.window[v].clone();
                    x.extend(&setting.columns[v][setting.columns[v].len() - normal_windows * WINDOW..]);
                    x
                };
                let outcome = column(case.outcome);
                each(&|v| correlation(&column(v), &outcome, ranks).abs())
            }
            Self::Importance { trees, classify, normal_windows } => {
                importance(setting, case, trees, classify, normal_windows)?
            }
            Self::Baro => each(&|v| {
                let [low, middle, high] = quartiles(&setting.columns[v]);
                let range = (high - low).max(1e-12);
                case.window[v]
                    .iter()
                    .filter(|x| x.is_finite())
                    .map(|x| (x - middle).abs() / range)
                    .fold(0.0, f64::max)
            }),
            Self::FirstViolator => each(&|v| {
                let called = violation(Chart::Ewma, false, &setting.columns[v], &case.window[v]) > 1.0;
                if called { 1.0 / (1.0 + v as f64) } else { 0.0 }
            }),
            Self::Random => each(&|_| 0.0),
        })
    }
}

/// By how much the window passes the chart's limit; 1 is at the limit.
fn violation(chart: Chart, moving_range: bool, normal: &[f64], window: &[f64]) -> f64 {
    let seen: Vec<f64> = normal.iter().copied().filter(|x| x.is_finite()).collect();
    let n = seen.len() as f64;
    let mean = seen.iter().sum::<f64>() / n;
    let sigma = if moving_range {
        seen.windows(2).map(|w| (w[1] - w[0]).abs()).sum::<f64>() / (n - 1.0) / 1.128
    } else {
        (seen.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / n).sqrt()
    };
    let z = window.iter().filter(|x| x.is_finite()).map(|x| (x - mean) / sigma.max(1e-12));
    let (mut smoothed, mut up, mut down) = (0.0_f64, 0.0_f64, 0.0_f64);
    let mut most = [0.0_f64; 3];
    for z in z {
        smoothed += 0.2 * (z - smoothed);
        up = (up + z - 0.5).max(0.0);
        down = (down - z - 0.5).max(0.0);
        // Limits: three sigma; three sigma of the settled EWMA; h = 5.
        let now = [z.abs() / 3.0, smoothed.abs() / (3.0 * (0.2_f64 / 1.8).sqrt()), up.max(down) / 5.0];
        for (most, now) in most.iter_mut().zip(now) {
            *most = most.max(now);
        }
    }
    match chart {
        Chart::Shewhart => most[0],
        Chart::Ewma => most[1],
        Chart::Cusum => most[2],
        Chart::Strongest => most.into_iter().fold(0.0, f64::max),
    }
}

/// Correlation over lots where both are measured; zero where it is not defined.
fn correlation(x: &[f64], y: &[f64], ranks: bool) -> f64 {
    let (x, y): (Vec<f64>, Vec<f64>) =
        x.iter().zip(y).filter(|(a, b)| a.is_finite() && b.is_finite()).map(|(a, b)| (*a, *b)).unzip();
    let (x, y) = if ranks { (ranked(&x), ranked(&y)) } else { (x, y) };
    let n = x.len() as f64;
    let (mx, my) = (x.iter().sum::<f64>() / n, y.iter().sum::<f64>() / n);
    let cross: f64 = x.iter().zip(&y).map(|(a, b)| (a - mx) * (b - my)).sum();
    let (sx, sy): (f64, f64) =
        (x.iter().map(|a| (a - mx).powi(2)).sum(), y.iter().map(|b| (b - my).powi(2)).sum());
    let r = cross / (sx * sy).sqrt();
    if r.is_finite() { r } else { 0.0 }
}

fn ranked(x: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..x.len()).collect();
    order.sort_by(|&a, &b| x[a].total_cmp(&x[b]));
    let mut ranks = vec![0.0; x.len()];
    for (rank, i) in order.into_iter().enumerate() {
        ranks[i] = rank as f64;
    }
    ranks
}

fn quartiles(x: &[f64]) -> [f64; 3] {
    let mut seen: Vec<f64> = x.iter().copied().filter(|x| x.is_finite()).collect();
    seen.sort_by(f64::total_cmp);
    [0.25, 0.5, 0.75].map(|q| seen[((seen.len() - 1) as f64 * q) as usize])
}

/// Learned on the window and so many windows of normal operation; what is not measured is the mean.
fn importance(
    setting: &Setting,
    case: &Case,
    trees: bool,
    classify: bool,
    normal_windows: usize,
) -> Result<Vec<f64>, RecipeError> {
    let tail = setting.normal.rows.len() - normal_windows * WINDOW;
    let column = |v: usize| {
        let seen: Vec<f64> = setting.columns[v].iter().copied().filter(|x| x.is_finite()).collect();
        let mean = seen.iter().sum::<f64>() / seen.len() as f64;
        let both = case.window[v].iter().chain(&setting.columns[v][tail..]);
        both.map(|x| if x.is_finite() { *x } else { mean }).collect::<Vec<f64>>()
    };
    let columns: Vec<Vec<f64>> = setting.candidates.iter().map(|&v| column(v)).collect();
    let slices: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
    let lots = slices[0].len();
    let target: Vec<f64> = if classify {
        (0..lots).map(|lot| f64::from(u8::from(lot < WINDOW))).collect()
    } else {
        column(case.outcome)
    };
    if !trees {
        let settings = Lasso { penalties: 30, folds: 3, smallest: 0.01, ..Lasso::default() };
        return Ok(settings.fit_path(&slices, &target)?.standardised.into_iter().map(f64::abs).collect());
    }
    let settings = BoostedTrees {
        rounds: 60,
        max_leaves: 6,
        bins: 32,
        validation_share: 0.0,
        ..BoostedTrees::default()
    };
    let fitted = if classify {
        let classes: Vec<u32> = target.iter().map(|t| *t as u32).collect();
        settings.fit_classes(&slices, &classes, 2)?
    } else {
        settings.fit_trees(&slices, &target)?
    };
    let mut scores = vec![0.0; slices.len()];
    for found in fitted.gain_importance() {
        scores[found.feature] = found.value;
    }
    Ok(scores)
}
