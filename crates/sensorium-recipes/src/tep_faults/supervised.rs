//! Row (b): window features, a discriminant over the 22 classes, an alarm and a diagnosis.

use super::unsupervised::{config, rows};
use super::{BLOCKS, Excess, FALSE_ALARM, HISTORY_ROWS, normal_run};
use crate::RecipeError;
use crate::process::Matrix;
use crate::process::discriminant::Discriminant;
use crate::process::matrix::{quantile, trailing_mean};
use crate::process::tep_files::{HARD_FAULTS, ONSET, Runs, instrument_groups};
use sensorium_fuse::one_class::{OneClassDetector, OneClassError};
use sensorium_nn::metrics::Confusion;

/// Number of classes: normal operation and 21 faults.
const CLASSES: usize = 22;
/// Shrinkage of the discriminant's covariance.
const SHRINKAGE: f64 = 0.05;
/// Values beyond this many standard deviations say no more.
const LIMIT: f64 = 15.0;

/// Alarms and diagnoses of the test runs.
pub(crate) struct Diagnosis {
    pub(crate) excess: Excess,
    pub(crate) confusion: Confusion,
}

impl Diagnosis {
    /// Mean F1 over the classes present without the nearly undetectable faults.
    pub(crate) fn detectable_macro_f1(&self) -> f64 {
        let classes = (0..CLASSES).filter(|c| self.confusion.support(*c) > 0 && !HARD_FAULTS.contains(c));
        let scores: Vec<f64> = classes.map(|c| self.confusion.class(c).f1).collect();
        super::mean(&scores)
    }
}

/// Learns from the training runs and judges the test runs.
pub(crate) fn diagnose(training: &Runs, normal_test: &Matrix, test: &Runs) -> Result<Diagnosis, RecipeError> {
    let told = |e: OneClassError| RecipeError::Other(e.to_string());
    let normal = normal_run(training)?;
    let scale = normal.scale();
    let detector = fit(std::slice::from_ref(normal)).map_err(told)?;
    let of = |run: &Matrix| -> Result<Matrix, RecipeError> {
        let residuals = rows(run).and_then(|rows| detector.residuals(&rows)).map_err(told)?;
        Ok(features(run, &scale, &residuals))
    };
    let (mut values, mut classes, mut blocks, mut width) = (Vec::new(), Vec::new(), Vec::new(), 0);
    for (class, run) in training {
        let all = if *class == 0 {
            // The compensator was fitted on these rows: their residuals come from fits on other blocks.
            features(run, &scale, &residuals_out_of_block(run).map_err(told)?)
        } else {
            of(run)?
        };
        let whole = all.slice(HISTORY_ROWS, all.rows());
        width = whole.width();
        values.extend_from_slice(whole.values());
        classes.extend(std::iter::repeat_n(*class, whole.rows()));
        blocks.extend((0..whole.rows()).map(|row| row * BLOCKS / whole.rows()));
    }
    let all = Matrix::new(width, values);
    let unfit = || RecipeError::Other("the training runs cannot be told apart".to_owned());
    let classifier = Discriminant::fit(&all, &classes, SHRINKAGE).ok_or_else(unfit)?;

    // The alarm's threshold: log-odds of the normal rows, each block judged by a fit on the others.
    let mut normal_odds = Vec::new();
    for block in 0..BLOCKS {
        let kept: Vec<usize> = (0..all.rows()).filter(|row| blocks[*row] != block).collect();
        let rest = Matrix::new(width, kept.iter().flat_map(|&row| all.row(row).iter().copied()).collect());
        let labels: Vec<usize> = kept.iter().map(|&row| classes[row]).collect();
        let fit = Discriminant::fit(&rest, &labels, SHRINKAGE).ok_or_else(unfit)?;
        let held = (0..all.rows()).filter(|row| blocks[*row] == block && classes[*row] == 0);
        normal_odds.extend(held.map(|row| log_odds(fit.classes(), &fit.scores(all.row(row)))));
    }
    let threshold = quantile(&normal_odds, 1.0 - FALSE_ALARM);

    let mut confusion = Confusion::new(CLASSES);
    let mut judge = |class: usize, run: &Matrix| -> Result<Vec<f64>, RecipeError> {
        let mut excess = Vec::new();
        for (row, values) in of(run)?.iter().enumerate() {
            let scores = classifier.scores(values);
            let above = log_odds(classifier.classes(), &scores) - threshold;
            let likeliest = classifier
                .classes()
                .iter()
                .zip(&scores)
                .filter(|(class, _)| **class != 0)
                .max_by(|a, b| a.1.total_cmp(b.1))
                .map_or(0, |(class, _)| *class);
            let truth = if row < ONSET { 0 } else { class };
            confusion.record(truth, if above > 0.0 { likeliest } else { 0 });
            excess.push(above);
        }
        Ok(excess)
    };
    let normal = judge(0, normal_test)?;
    let faults = test.iter().map(|(f, run)| Ok((*f, judge(*f, run)?))).collect::<Result<_, RecipeError>>()?;
    let name = "supervised (b)".to_owned();
    Ok(Diagnosis { excess: Excess { name, normal, faults }, confusion })
}

/// Log-odds of the detectable faults against normal operation and the faults that look like it.
fn log_odds(classes: &[usize], scores: &[f64]) -> f64 {
    let quiet = |class: usize| class == 0 || HARD_FAULTS.contains(&class);
    let sum = |wanted: bool| {
        let of = || classes.iter().zip(scores).filter(move |(c, _)| quiet(**c) == wanted).map(|(_, s)| *s);
        let top = of().fold(f64::NEG_INFINITY, f64::max);
        top + of().map(|s| (s - top).exp()).sum::<f64>().ln()
    };
    sum(false) - sum(true)
}

/// For each variable: mean and log-deviation of the last rows, mean and log-energy of their residuals.
fn features(run: &Matrix, scale: &[(f64, f64)], residuals: &[Vec<f64>]) -> Matrix {
    let z = run.standardised(scale);
    let mut columns = Vec::new();
    for variable in 0..run.width() {
        let pool = |values: &[f64]| trailing_mean(values, HISTORY_ROWS);
        let values: Vec<f64> = z.iter().map(|row| row[variable].clamp(-LIMIT, LIMIT)).collect();
        let residual: Vec<f64> = residuals.iter().map(|row| row[variable].clamp(-LIMIT, LIMIT)).collect();
        let square = |values: &[f64]| -> Vec<f64> { values.iter().map(|v| v * v).collect() };
        let mean = pool(&values);
        let deviation = pool(&square(&values))
            .iter()
            .zip(&mean)
            .map(|(s, m)| ((s - m * m).max(0.0).sqrt() + 0.1).ln())
            .collect();
        let energy = pool(&square(&residual)).iter().map(|e| (e + 0.05).ln()).collect();
        columns.extend([mean, deviation, pool(&residual), energy]);
    }
    let width = columns.len();
    Matrix::new(width, (0..run.rows()).flat_map(|t| columns.iter().map(move |c: &Vec<f64>| c[t])).collect())
}

fn fit(runs: &[Matrix]) -> Result<OneClassDetector, OneClassError> {
    let runs = runs.iter().map(rows).collect::<Result<Vec<_>, _>>()?;
    config().fit(instrument_groups(), &runs)
}

/// Residuals of the normal rows, each block by a detector that was fitted on the others.
fn residuals_out_of_block(normal: &Matrix) -> Result<Vec<Vec<f64>>, OneClassError> {
    let lags = config().lags;
    let mut all = Vec::new();
    for block in 0..BLOCKS {
        let (start, end) = (block * normal.rows() / BLOCKS, (block + 1) * normal.rows() / BLOCKS);
        let from = start.saturating_sub(lags);
        let others = [normal.slice(0, from), normal.slice(end + lags, normal.rows())];
        let others: Vec<Matrix> = others.into_iter().filter(|run| run.rows() > 0).collect();
        let residuals = fit(&others)?.residuals(&rows(&normal.slice(from, end))?)?;
        all.extend_from_slice(&residuals[start - from..]);
    }
    Ok(all)
}
