//! Effects from an adjustment set, without mechanisms.

use super::Interval;
use super::mechanism::{Family, Sample, encode};
use crate::regress::{Additive, BoostedTrees, Regressor, Ridge, folds, moments};
use crate::{CausalError, Table, Values};
use serde::Serialize;
use statrs::distribution::{ContinuousCDF, Normal};

/// How an effect is estimated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Estimator {
    /// The treatment's coefficient in a linear regression on treatment and adjustment set, with
    /// heteroscedasticity-consistent errors (HC1).
    Regression,
    /// Augmented inverse propensity weighting of a treatment with two values, cross-fitted (Robins,
    /// Rotnitzky & Zhao 1994; Chernozhukov et al. 2018, §5.1): right when either model is.
    DoublyRobust,
    /// Partially linear regression of a numeric treatment, cross-fitted (Chernozhukov et al. 2018, §4.1).
    PartiallyLinear,
}

/// Models of outcome and treatment given the adjustment set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Nuisance {
    /// Weighted sums.
    Linear,
    /// Sums of smooth curves.
    Curves,
    /// Boosted trees.
    Trees,
}

/// Settings of [`adjusted_effect`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AdjustmentOptions {
    /// The estimator; `None` takes the doubly robust one for a treatment with two values, else the
    /// partially linear one.
    pub estimator: Option<Estimator>,
    /// Models of outcome and treatment.
    pub nuisance: Nuisance,
    /// Parts for cross-fitting.
    pub folds: usize,
    /// Propensities are held this far from 0 and 1.
    pub clip: f64,
    /// Confidence of the interval.
    pub confidence: f64,
    /// Draws the parts.
    pub seed: u64,
}

impl Default for AdjustmentOptions {
    fn default() -> Self {
        Self { estimator: None, nuisance: Nuisance::Curves, folds: 5, clip: 0.01, confidence: 0.95, seed: 0 }
    }
}

/// An estimated effect.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct AdjustedEffect {
    /// Change of the mean outcome by one unit of the treatment, or from its lower to its higher value.
    pub value: f64,
    /// Asymptotic standard error.
    pub standard_error: f64,
    /// Normal interval.
    pub interval: Interval,
    /// What was used.
    pub estimator: Estimator,
    /// Complete rows that it rests on.
    pub rows: usize,
    /// For a treatment with two values: the share of rows whose propensity had to be clipped.
    pub clipped: f64,
}

struct Data {
    treatment: Vec<f64>,
    outcome: Vec<f64>,
    controls: Vec<Vec<f64>>,
}

/// The effect of `treatment` on `outcome` when `adjustment` blocks every back-door path. A treatment or outcome
/// with two levels counts as 0 and 1, in the order of its levels.
///
/// # Errors
/// Columns with more than two levels as treatment or outcome, too few complete rows, a treatment that the
/// adjustment set determines.
pub fn adjusted_effect(
    table: &Table,
    treatment: usize,
    outcome: usize,
    adjustment: &[usize],
    options: &AdjustmentOptions,
) -> Result<AdjustedEffect, CausalError> {
    let data = complete(table, treatment, outcome, adjustment, options)?;
    let rows = data.outcome.len();
    let (low, high) = bounds(&data.treatment);
    let binary = data.treatment.iter().all(|t| *t == low || *t == high);
    let estimator = options.estimator.unwrap_or(if binary {
        Estimator::DoublyRobust
    } else {
        Estimator::PartiallyLinear
    });
    if estimator == Estimator::DoublyRobust && !binary {
        return Err(CausalError::Argument(format!(
            "the doubly robust estimator needs two values of `{}`; use the partially linear one",
            table.column(treatment).name
        )));
    }
    let (value, standard_error, clipped) = match estimator {
        Estimator::Regression => residual_on_residual(&data, Nuisance::Linear, None)?,
        Estimator::PartiallyLinear => residual_on_residual(&data, options.nuisance, Some(options))?,
        Estimator::DoublyRobust => doubly_robust(&data, high, options)?,
    };
    let normal = Normal::standard().inverse_cdf(0.5 + options.confidence / 2.0);
    let interval = Interval { low: value - normal * standard_error, high: value + normal * standard_error };
    Ok(AdjustedEffect { value, standard_error, interval, estimator, rows, clipped })
}

fn bounds(values: &[f64]) -> (f64, f64) {
    values.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| (l.min(*v), h.max(*v)))
}

fn complete(
    table: &Table,
    treatment: usize,
    outcome: usize,
    adjustment: &[usize],
    options: &AdjustmentOptions,
) -> Result<Data, CausalError> {
    let all: Vec<usize> = adjustment.iter().copied().chain([treatment, outcome]).collect();
    if let Some(column) = all.iter().find(|c| **c >= table.width()) {
        return Err(CausalError::Argument(format!(
            "there is no column {column}; the table has {}",
            table.width()
        )));
    }
    if treatment == outcome || adjustment.contains(&treatment) || adjustment.contains(&outcome) {
        return Err(CausalError::Argument(
            "treatment and outcome are two variables, neither of them in the adjustment set".into(),
        ));
    }
    if options.folds < 2 || !(0.0..0.5).contains(&options.clip) || !(0.0..1.0).contains(&options.confidence) {
        return Err(CausalError::Argument(
            "adjusting needs two folds or more, a clip below .5 and a confidence below 1".into(),
        ));
    }
    for column in [treatment, outcome] {
        if let Values::Categorical { levels, .. } = &table.column(column).values
            && levels.len() != 2
        {
            return Err(CausalError::Data(format!(
                "`{}` has {} levels; treatment and outcome are numbers or have two levels",
                table.column(column).name,
                levels.len()
            )));
        }
    }
    let numbers: Vec<Vec<f64>> = all.iter().map(|&c| table.column(c).as_numbers()).collect();
    let rows: Vec<usize> = (0..table.rows()).filter(|&r| numbers.iter().all(|c| c[r].is_finite())).collect();
    let levels: Vec<Option<usize>> = adjustment
        .iter()
        .map(|&c| match &table.column(c).values {
            Values::Continuous(_) => None,
            Values::Categorical { levels, .. } => Some(levels.len()),
        })
        .collect();
    let kept: Vec<Vec<f64>> = numbers.iter().map(|c| rows.iter().map(|&r| c[r]).collect()).collect();
    let parents: Vec<&[f64]> = kept[..adjustment.len()].iter().map(Vec::as_slice).collect();
    let controls: Vec<Vec<f64>> = encode(&parents, &levels).into_iter().map(|c| c.into_owned()).collect();
    let needed = (4 * options.folds).max(controls.len() + 4);
    if rows.len() < needed {
        return Err(CausalError::Data(format!("{} complete rows; this effect needs {needed}", rows.len())));
    }
    let data =
        Data { treatment: kept[all.len() - 2].clone(), outcome: kept[all.len() - 1].clone(), controls };
    let (low, high) = bounds(&data.treatment);
    if low == high {
        return Err(CausalError::Data(format!(
            "`{}` is constant: it has no effect to see",
            table.column(treatment).name
        )));
    }
    Ok(data)
}

fn regressor(nuisance: Nuisance, seed: u64) -> Box<dyn Regressor> {
    match nuisance {
        Nuisance::Linear => Box::new(Ridge::default()),
        Nuisance::Curves => Box::new(Additive::default()),
        Nuisance::Trees => {
            Box::new(BoostedTrees { max_leaves: 12, max_depth: 5, seed, ..BoostedTrees::default() })
        }
    }
}

/// Predictions for `held` rows by a model of the `kept` rows.
fn predict(
    data: &Data,
    target: &[f64],
    kept: &[usize],
    held: &[usize],
    nuisance: Nuisance,
    seed: u64,
) -> Result<Vec<f64>, CausalError> {
    let controls: Vec<&[f64]> = data.controls.iter().map(Vec::as_slice).collect();
    let train = crate::regress::take_rows(&controls, kept);
    let test = crate::regress::take_rows(&controls, held);
    let values: Vec<f64> = kept.iter().map(|&r| target[r]).collect();
    let fitted = regressor(nuisance, seed).fit(&crate::regress::slices(&train), &values)?;
    let mut predicted = fitted.predict(&crate::regress::slices(&test));
    if controls.is_empty() {
        predicted.resize(held.len(), predicted[0]);
    }
    Ok(predicted)
}

/// Regresses what is left of the outcome on what is left of the treatment (Frisch-Waugh-Lovell); with
/// options, what is left on rows held out.
fn residual_on_residual(
    data: &Data,
    nuisance: Nuisance,
    cross_fit: Option<&AdjustmentOptions>,
) -> Result<(f64, f64, f64), CausalError> {
    let n = data.outcome.len();
    let (mut treated, mut out) = (data.treatment.clone(), data.outcome.clone());
    let (parts, seed) = cross_fit.map_or((1, 0), |o| (o.folds, o.seed));
    let part = folds(n, parts, seed);
    for fold in 0..parts {
        let (held, mut kept): (Vec<usize>, Vec<usize>) = (0..n).partition(|&r| part[r] == fold);
        if cross_fit.is_none() {
            kept.clone_from(&held);
        }
        let treatment = predict(data, &data.treatment, &kept, &held, nuisance, seed)?;
        let outcome = predict(data, &data.outcome, &kept, &held, nuisance, seed)?;
        for (position, &row) in held.iter().enumerate() {
            treated[row] -= treatment[position];
            out[row] -= outcome[position];
        }
    }
    let square: f64 = treated.iter().map(|t| t * t).sum();
    let (_, spread) = moments(&data.treatment);
    if square <= 1e-10 * spread * spread * n as f64 {
        return Err(CausalError::NotIdentifiable(
            "the adjustment set determines the treatment, so nothing is left to compare; take variables out of it".into(),
        ));
    }
    let value = treated.iter().zip(&out).map(|(t, o)| t * o).sum::<f64>() / square;
    let meat: f64 = treated.iter().zip(&out).map(|(t, o)| (t * (o - value * t)).powi(2)).sum();
    let used = if cross_fit.is_none() { data.controls.len() + 2 } else { 1 };
    let correction = n as f64 / (n - used) as f64;
    Ok((value, (correction * meat).sqrt() / square, 0.0))
}

fn doubly_robust(
    data: &Data,
    high: f64,
    options: &AdjustmentOptions,
) -> Result<(f64, f64, f64), CausalError> {
    let n = data.outcome.len();
    let treated: Vec<f64> = data.treatment.iter().map(|t| if *t == high { 1.0 } else { 0.0 }).collect();
    let part = folds(n, options.folds, options.seed);
    let mut scores = vec![0.0; n];
    let mut clipped = 0;
    for fold in 0..options.folds {
        let (held, kept): (Vec<usize>, Vec<usize>) = (0..n).partition(|&r| part[r] == fold);
        let arm = |value: f64| -> Result<Vec<f64>, CausalError> {
            let rows: Vec<usize> = kept.iter().copied().filter(|&r| treated[r] == value).collect();
            if rows.len() < 5 {
                return Err(CausalError::Data(format!(
                    "one value of the treatment has {} rows in a fold; more rows or fewer folds are needed",
                    rows.len()
                )));
            }
            predict(data, &data.outcome, &rows, &held, options.nuisance, options.seed)
        };
        let (without, with) = (arm(0.0)?, arm(1.0)?);
        let propensity = propensities(data, &treated, &kept, &held, options)?;
        for (position, &row) in held.iter().enumerate() {
            let p = propensity[position].clamp(options.clip, 1.0 - options.clip);
            clipped += usize::from(p != propensity[position]);
            let (t, y) = (treated[row], data.outcome[row]);
            scores[row] = with[position] - without[position] + t * (y - with[position]) / p
                - (1.0 - t) * (y - without[position]) / (1.0 - p);
        }
    }
    let (value, deviation) = moments(&scores);
    Ok((value, deviation / (n as f64).sqrt(), clipped as f64 / n as f64))
}

fn propensities(
    data: &Data,
    treated: &[f64],
    kept: &[usize],
    held: &[usize],
    options: &AdjustmentOptions,
) -> Result<Vec<f64>, CausalError> {
    let sample = Sample {
        values: treated.to_vec(),
        parents: data.controls.clone(),
        levels: Some(2),
        parent_levels: vec![None; data.controls.len()],
    };
    let family = match options.nuisance {
        _ if data.controls.is_empty() => Family::Table,
        Nuisance::Trees => Family::ClassTrees,
        Nuisance::Linear | Nuisance::Curves => Family::Logistic,
    };
    let fitted = family.fit(&sample.take(kept), options.seed)?;
    let test = sample.take(held);
    let logs = fitted.log_density(&vec![1.0; held.len()], &test.parents());
    Ok(logs.into_iter().map(f64::exp).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::generator;
    use rand::Rng;
    use rand_distr::StandardNormal;

    /// A confounder that acts through a square on both; the true effect is 2.
    fn confounded(binary: bool) -> Table {
        let mut rng = generator(11, 0);
        let mut columns = vec![Vec::new(); 3];
        for _ in 0..3000 {
            let mut e = || rng.sample::<f64, _>(StandardNormal);
            let (z, u, v) = (e(), e(), e());
            let raw = 0.7 * z + 0.3 * z * z + u;
            let t = if binary { f64::from(u8::from(raw > 0.3)) } else { raw };
            let y = 2.0 * t + z * z + z + v;
            columns.iter_mut().zip([z, t, y]).for_each(|(c, x)| c.push(x));
        }
        Table::from_continuous(["z", "t", "y"].into_iter().zip(columns)).unwrap()
    }

    #[test]
    fn curved_confounding_is_taken_out_for_numbers_and_for_two_values() {
        for (binary, estimator) in [(false, Estimator::PartiallyLinear), (true, Estimator::DoublyRobust)] {
            let effect =
                adjusted_effect(&confounded(binary), 1, 2, &[0], &AdjustmentOptions::default()).unwrap();
            assert_eq!(effect.estimator, estimator);
            assert!((effect.value - 2.0).abs() < 4.0 * effect.standard_error, "{effect:?}");
            assert!(effect.standard_error < 0.1);
            let naive =
                adjusted_effect(&confounded(binary), 1, 2, &[], &AdjustmentOptions::default()).unwrap();
            assert!((naive.value - 2.0).abs() > 10.0 * naive.standard_error, "{naive:?}");
        }
    }

    #[test]
    fn regression_gives_the_coefficient_of_least_squares() {
        let table = confounded(false);
        let options =
            AdjustmentOptions { estimator: Some(Estimator::Regression), ..AdjustmentOptions::default() };
        let effect = adjusted_effect(&table, 1, 2, &[0], &options).unwrap();
        let column = |i: usize| table.continuous(i).unwrap();
        let linear = Ridge::default().fit_linear(&[column(1), column(0)], column(2)).unwrap();
        assert!((effect.value - linear.coefficients[0]).abs() < 1e-9);
    }

    #[test]
    fn an_adjustment_set_that_determines_the_treatment_is_refused() {
        let x: Vec<f64> = (0..100).map(|i| f64::from(i % 10)).collect();
        let y: Vec<f64> = (0..100).map(|i| f64::from(i % 7)).collect();
        let table = Table::from_continuous([("z", x.clone()), ("t", x), ("y", y)]).unwrap();
        let options =
            AdjustmentOptions { estimator: Some(Estimator::Regression), ..AdjustmentOptions::default() };
        let error = adjusted_effect(&table, 1, 2, &[0], &options).unwrap_err();
        assert!(error.to_string().starts_with("not identifiable"));
    }
}
