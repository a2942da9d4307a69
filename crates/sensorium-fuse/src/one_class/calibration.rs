//! Fitting: compensator, residual covariance and the totals of normal rows, all out of block.

use super::compensator::{Compensator, Regression};
use super::covariance::{Covariance, energy};
use super::drift::variance_at;
use super::gate::gate;
use super::moments::Moments;
use super::monitor::{Lagged, calibrated};
use super::{Modality, OneClassConfig, OneClassError, Rows};

/// The fitted parts of a detector.
pub(super) struct Calibration {
    pub(super) compensator: Compensator,
    pub(super) covariance: Vec<Covariance>,
    pub(super) in_sample: Vec<Vec<f64>>,
    pub(super) totals: Vec<f64>,
}

/// A complete lagged row, and whether it continues the one before.
struct Example {
    lagged: Vec<f64>,
    continues: bool,
}

/// Blocked cross-validation in place of leave-one-out, because neighbouring rows are alike: each
/// contiguous block is predicted by a fit on the rest, less the rows whose history reaches into it.
pub(super) fn calibrate(
    config: &OneClassConfig,
    layout: &[Modality],
    scale: &[(f64, f64)],
    runs: &[Rows<'_>],
) -> Result<Calibration, OneClassError> {
    let examples = examples(config, layout, scale, runs)?;
    let needed = (3 * config.history_rows()).max(2 * config.blocks).max(30);
    if examples.len() < needed {
        return Err(OneClassError::TooShort { got: examples.len(), needed });
    }
    let dim = scale.len() * (config.lags + 1);
    let mut moments = Moments::new(dim);
    examples.iter().for_each(|e| moments.add(&e.lagged, 1.0));
    let compensator = Compensator { channels: scale.len(), lags: config.lags, ridge: config.ridge, moments };

    let block_of: Vec<usize> = (0..examples.len()).map(|i| i * config.blocks / examples.len()).collect();
    let residuals = out_of_block(config, layout, &compensator, &examples, &block_of)?;
    let full = solve_all(&compensator, layout)?;
    let in_sample = full.iter().map(|r| r.in_sample.clone()).collect();
    let all = |_: usize| true;
    let raw = covariances(config, layout, &residuals, all);
    let factors = drift_factors(config, &examples, &full, &raw);
    let covariance = inflate(&raw, &factors);

    // The covariance that judges a block comes from the residuals of the other blocks.
    let mut whiteners = Vec::with_capacity(config.blocks);
    for block in 0..config.blocks {
        let others = covariances(config, layout, &residuals, |i| block_of[i] != block);
        let inflated = inflate(&others, &factors);
        whiteners.push(inflated.iter().map(Covariance::whitener).collect::<Result<Vec<_>, _>>()?);
    }
    let energies: Vec<Vec<f64>> = residuals
        .iter()
        .zip(&block_of)
        .map(|(row, &block)| row.iter().zip(&whiteners[block]).map(|(e, w)| energy(w, e)).collect())
        .collect();
    let mut totals = totals(config, layout, &examples, &energies);
    if totals.is_empty() {
        return Err(OneClassError::TooShort { got: examples.len(), needed: needed.max(config.window_rows) });
    }
    totals.sort_by(f64::total_cmp);
    Ok(Calibration { compensator, covariance, in_sample, totals })
}

fn examples(
    config: &OneClassConfig,
    layout: &[Modality],
    scale: &[(f64, f64)],
    runs: &[Rows<'_>],
) -> Result<Vec<Example>, OneClassError> {
    let present = vec![true; layout.len()];
    let mut found = Vec::new();
    for run in runs {
        let mut state = Lagged::new(config, layout.len(), scale.len());
        let mut last_complete = false;
        for row in run.iter() {
            state.push(layout, scale, row, &present)?;
            let complete = state.is_filled();
            if complete {
                found.push(Example { lagged: state.vector(), continues: last_complete });
            }
            last_complete = complete;
        }
    }
    Ok(found)
}

fn solve_all(compensator: &Compensator, layout: &[Modality]) -> Result<Vec<Regression>, OneClassError> {
    let available = vec![true; layout.len() * (compensator.lags + 1)];
    (0..layout.len()).map(|m| compensator.solve(layout, m, &available)).collect()
}

/// Residuals `[example][modality][channel]`, each from a fit that saw neither its block nor a row that
/// shares history with it.
fn out_of_block(
    config: &OneClassConfig,
    layout: &[Modality],
    compensator: &Compensator,
    examples: &[Example],
    block_of: &[usize],
) -> Result<Vec<Vec<Vec<f64>>>, OneClassError> {
    let gap = config.average_rows - 1 + config.lags;
    let mut residuals = Vec::with_capacity(examples.len());
    for block in 0..config.blocks {
        let start = block_of.partition_point(|&b| b < block);
        let end = block_of.partition_point(|&b| b <= block);
        let mut reduced = compensator.clone();
        let hidden = start.saturating_sub(gap)..(end + gap).min(examples.len());
        examples[hidden].iter().for_each(|e| reduced.moments.add(&e.lagged, -1.0));
        let fits = solve_all(&reduced, layout)?;
        for example in &examples[start..end] {
            residuals.push(fits.iter().map(|fit| fit.residual(&example.lagged)).collect());
        }
    }
    Ok(residuals)
}

fn covariances(
    config: &OneClassConfig,
    layout: &[Modality],
    residuals: &[Vec<Vec<f64>>],
    keep: impl Fn(usize) -> bool,
) -> Vec<Covariance> {
    let of = |m: usize| {
        let rows = residuals.iter().enumerate().filter(|(i, _)| keep(*i)).map(|(_, row)| &row[m][..]);
        Covariance::of(layout[m].channels.len(), rows, config.shrinkage)
    };
    (0..layout.len()).map(of).collect()
}

/// For each modality and channel, by how much the variance at the horizon exceeds that out of block.
fn drift_factors(
    config: &OneClassConfig,
    examples: &[Example],
    full: &[Regression],
    raw: &[Covariance],
) -> Vec<Vec<f64>> {
    let Some(horizon) = config.horizon_rows else {
        return raw.iter().map(|c| vec![1.0; c.dim]).collect();
    };
    // The longest unbroken stretch.
    let (mut best, mut start) = (0..0, 0);
    #[allow(clippy::needless_range_loop)] // `i` also says where in the list the example stands
    for i in 0..examples.len() {
        if !examples[i].continues {
            start = i;
        }
        if i + 1 - start > best.len() {
            best = start..i + 1;
        }
    }
    let factors = full.iter().zip(raw).map(|(fit, covariance)| {
        let residuals: Vec<Vec<f64>> =
            examples[best.clone()].iter().map(|e| fit.residual(&e.lagged)).collect();
        (0..covariance.dim)
            .map(|c| {
                let series: Vec<f64> = residuals.iter().map(|e| e[c]).collect();
                let ahead = variance_at(&series, config.average_rows, horizon).unwrap_or(0.0);
                (ahead / covariance.variance(c)).max(1.0)
            })
            .map(|factor| if factor.is_finite() { factor } else { 1.0 })
            .collect()
    });
    factors.collect()
}

fn inflate(covariance: &[Covariance], factors: &[Vec<f64>]) -> Vec<Covariance> {
    covariance.iter().zip(factors).map(|(c, f)| c.inflated(f)).collect()
}

fn totals(
    config: &OneClassConfig,
    layout: &[Modality],
    examples: &[Example],
    energies: &[Vec<f64>],
) -> Vec<f64> {
    let window = config.window_rows;
    let (mut totals, mut start) = (Vec::new(), 0);
    #[allow(clippy::needless_range_loop)] // `i` also says where in the list the example stands
    for i in 0..examples.len() {
        if !examples[i].continues {
            start = i;
        }
        if i + 1 - start < window {
            continue;
        }
        let score = |m: usize| {
            let sum: f64 = energies[i + 1 - window..=i].iter().map(|row| row[m]).sum();
            Some(calibrated(sum, window, layout[m].channels.len()))
        };
        totals.push(gate((0..layout.len()).map(score).collect(), config.sharpness, 0.0).total);
    }
    totals
}
