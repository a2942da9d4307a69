//! Row (a): ours and the PCA monitors, all fitted on the normal run.

use super::{BLOCKS, Excess, FALSE_ALARM, HISTORY_ROWS};
use crate::process::Matrix;
use crate::process::pca::{PcaConfig, PcaMonitor};
use crate::process::tep_files::{ONSET, Runs, instrument_groups};
use crate::{RecipeError, Table};
use rayon::prelude::*;
use sensorium_fuse::one_class::{OneClassConfig, OneClassDetector, OneClassError, Rows};

/// Our settings: the defaults.
pub(crate) fn config() -> OneClassConfig {
    OneClassConfig { blocks: BLOCKS, false_alarm: FALSE_ALARM, ..OneClassConfig::default() }
}

pub(crate) fn rows(matrix: &Matrix) -> Result<Rows<'_>, OneClassError> {
    Rows::new(matrix.width(), matrix.values())
}

fn told(error: OneClassError) -> RecipeError {
    RecipeError::Other(error.to_string())
}

fn fit(normal: &Matrix) -> Result<OneClassDetector, RecipeError> {
    config().fit(instrument_groups(), &[rows(normal).map_err(told)?]).map_err(told)
}

/// Ours on all test runs.
pub(crate) fn ours(normal: &Matrix, normal_test: &Matrix, test: &Runs) -> Result<Excess, RecipeError> {
    let detector = fit(normal)?;
    let excess = |run: &Matrix| -> Result<Vec<f64>, RecipeError> {
        let scores = rows(run).and_then(|rows| detector.score(&rows)).map_err(told)?;
        Ok(scores.iter().map(|s| s.total - detector.threshold()).collect())
    };
    Ok(Excess {
        name: "ours, gated one-class".to_owned(),
        normal: excess(normal_test)?,
        faults: test
            .par_iter()
            .map(|(fault, run)| Ok((*fault, excess(run)?)))
            .collect::<Result<_, RecipeError>>()?,
    })
}

/// The PCA monitors; the first looks at single rows, the others at the whole history.
pub(crate) fn rivals(normal: &Matrix, normal_test: &Matrix, test: &Runs) -> Result<Vec<Excess>, RecipeError> {
    let monitors = [
        ("PCA, single rows", 1, 1),
        ("PCA, 20 rows", 1, HISTORY_ROWS),
        ("dynamic PCA 3, 20 rows", 3, HISTORY_ROWS - 2),
        ("dynamic PCA 6, 20 rows", 6, HISTORY_ROWS - 5),
    ];
    monitors
        .into_par_iter()
        .map(|(name, lags, window)| {
            let config = PcaConfig { lags, window, explained: 0.9 };
            let fitted = PcaMonitor::fit(config, std::slice::from_ref(normal)).zip(PcaMonitor::thresholds(
                config,
                normal,
                BLOCKS,
                FALSE_ALARM,
            ));
            let Some((monitor, limits)) = fitted else {
                return Err(RecipeError::Other(format!("{name} cannot be fitted")));
            };
            let excess = |run: &Matrix| -> Vec<f64> {
                let ratio = |s: &[f64; 2]| (s[0] / limits[0]).max(s[1] / limits[1]);
                monitor.statistics(run).iter().map(|s| ratio(s).ln()).collect()
            };
            let faults = test.iter().map(|(fault, run)| (*fault, excess(run))).collect();
            Ok(Excess { name: name.to_owned(), normal: excess(normal_test), faults })
        })
        .collect()
}

/// Mean weight of each group over the alarmed rows of each fault: where the fault shows.
pub(crate) fn where_it_shows(normal: &Matrix, test: &Runs) -> Result<Table, RecipeError> {
    let detector = fit(normal)?;
    let groups = instrument_groups();
    let columns = ["fault", "alarmed rows"].map(str::to_owned);
    let mut table = Table::new(
        "Mean weight of each instrument group over the alarmed rows",
        columns.into_iter().chain(groups.iter().map(|g| g.name.clone())),
    );
    for (fault, run) in test {
        let scores = rows(run).and_then(|rows| detector.score(&rows)).map_err(told)?;
        let alarmed: Vec<_> = scores.iter().skip(ONSET).filter(|s| s.alarm).collect();
        let weights = (0..groups.len()).map(|m| {
            let mean = alarmed.iter().map(|s| s.weights[m]).sum::<f64>() / alarmed.len() as f64;
            if alarmed.is_empty() { "–".to_owned() } else { format!("{mean:.2}") }
        });
        table.row([fault.to_string(), alarmed.len().to_string()].into_iter().chain(weights));
    }
    Ok(table)
}
