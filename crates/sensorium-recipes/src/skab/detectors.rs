//! Ours and the rivals, each from the rows of a piece to the alarms of its judged rows.

use super::pieces::Piece;
use super::{TRAIN_ROWS, Verdicts};
use crate::RecipeError;
use crate::process::Matrix;
use crate::process::conv_autoencoder::{AutoencoderAlarms, autoencoder_alarms};
use crate::process::pca::{PcaConfig, PcaMonitor};
use crate::process::skab_files::{SENSORS, SkabFile};
use crate::process::t2_q::{T2QConfig, t2_q_alarms};
use rayon::prelude::*;
use sensorium_fuse::one_class::{Modality, OneClassConfig, OneClassDetector, OneClassError, Rows, Score};
use std::collections::BTreeMap;

/// A detector of the study.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Detector {
    /// The one-class detector, each sensor a modality.
    Ours,
    /// T² + Q with SKAB's settings.
    T2Q,
    /// PCA T² ∪ SPE over ten rows, thresholds out of block.
    Pca,
    /// SKAB's convolutional autoencoder, mended, with three alarm rules.
    MendedAutoencoder,
    /// The same as published.
    PublishedAutoencoder,
}

/// The detectors that ours has to beat.
pub(crate) const RIVALS: &[Detector] =
    &[Detector::T2Q, Detector::Pca, Detector::MendedAutoencoder, Detector::PublishedAutoencoder];

/// Blocks and rate of the thresholds out of block, the same for all that have them.
const BLOCKS: usize = 8;
const FALSE_ALARM: f64 = 0.01;
const AVERAGE_ROWS: usize = 10;

/// Our settings, the same for all files.
pub(crate) fn config() -> OneClassConfig {
    OneClassConfig {
        average_rows: AVERAGE_ROWS,
        // A past of its own would explain a lasting shift away.
        lags: 0,
        window_rows: 1,
        ridge: 1.0,
        shrinkage: 0.1,
        sharpness: 1.0,
        blocks: BLOCKS,
        false_alarm: FALSE_ALARM,
        // 400 rows are some forty independent looks at the slower sensors.
        margin: 2.0,
        horizon_rows: Some(2 * TRAIN_ROWS),
    }
}

/// Each sensor a modality.
pub(crate) fn layout() -> Vec<Modality> {
    SENSORS.iter().enumerate().map(|(i, name)| Modality::new(*name, [i])).collect()
}

/// Fits our detector on the piece's training rows.
pub(crate) fn fit(train: &Matrix) -> Result<OneClassDetector, OneClassError> {
    config().fit(layout(), &[Rows::new(train.width(), train.values())?])
}

/// Our scores of the rows from the start of the fit on.
pub(crate) fn scores(files: &[SkabFile], piece: &Piece) -> Result<Vec<Score>, RecipeError> {
    let rows = piece.rows(files);
    fit(&piece.train(files))
        .and_then(|detector| detector.score(&Rows::new(rows.width(), rows.values())?))
        .map_err(|e| told(&files[piece.file].name, &e))
}

impl Detector {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Ours => "the one-class detector",
            Self::T2Q => "T² + Q",
            Self::Pca => "PCA T² ∪ SPE",
            Self::MendedAutoencoder => "the mended autoencoder",
            Self::PublishedAutoencoder => "the autoencoder as published",
        }
    }

    /// Name of each alarm rule, and whether it counts as a rival.
    fn rules(self) -> &'static [(&'static str, bool)] {
        match self {
            Self::Ours => &[("ours, gated one-class", true)],
            Self::T2Q => &[("T² + Q", true)],
            Self::Pca => &[("PCA T² ∪ SPE", true)],
            Self::MendedAutoencoder => &[
                ("Conv-AE mended, every window", true),
                ("Conv-AE mended, on line", true),
                ("not counted: Conv-AE mended, silent before the end", false),
            ],
            Self::PublishedAutoencoder => &[("Conv-AE as published, silent before the end", true)],
        }
    }

    /// Judges all pieces; one verdict for each alarm rule. Pieces with the same fit share it.
    pub(crate) fn judge(
        self,
        files: &[SkabFile],
        pieces: &[Piece],
        epochs: usize,
        seed: u64,
    ) -> Result<Vec<Verdicts>, RecipeError> {
        let mut fits: BTreeMap<(usize, usize), &Piece> = BTreeMap::new();
        for piece in pieces {
            fits.entry((piece.file, piece.start)).or_insert(piece);
        }
        let fits: Vec<_> = fits.into_iter().collect();
        let alarms: BTreeMap<(usize, usize), Vec<Vec<bool>>> = fits
            .par_iter()
            .map(|(key, piece)| Ok((*key, self.alarms(files, piece, epochs, seed)?)))
            .collect::<Result<_, RecipeError>>()?;
        let of_rule = |rule: usize| {
            let judged = |p: &Piece| p.judged_of(&alarms[&(p.file, p.start)][rule]);
            pieces.iter().map(judged).collect()
        };
        let verdict = |(rule, (name, counted)): (usize, &(&str, bool))| Verdicts {
            name: (*name).to_owned(),
            counted: *counted,
            alarms: of_rule(rule),
        };
        Ok(self.rules().iter().enumerate().map(verdict).collect())
    }

    /// For each alarm rule, the alarms of the rows from the start of the fit on.
    fn alarms(
        self,
        files: &[SkabFile],
        piece: &Piece,
        epochs: usize,
        seed: u64,
    ) -> Result<Vec<Vec<bool>>, RecipeError> {
        let (train, rows) = (piece.train(files), piece.rows(files));
        let name = &files[piece.file].name;
        let unfit = || told(name, &"the rows cannot be fitted");
        let autoencoder = |single_filter: bool| -> Result<AutoencoderAlarms, RecipeError> {
            // One thread for each fit, so that its sums have one order.
            let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().map_err(|e| told(name, &e))?;
            pool.install(|| autoencoder_alarms(&train, &rows, single_filter, epochs, seed))
                .map_err(|e| told(name, &e))
        };
        Ok(match self {
            Self::Ours => vec![scores(files, piece)?.iter().map(|s| s.alarm).collect()],
            Self::T2Q => vec![t2_q_alarms(T2QConfig::default(), &train, &rows).ok_or_else(unfit)?],
            Self::Pca => vec![pca(&train, &rows).ok_or_else(unfit)?],
            Self::MendedAutoencoder => {
                let alarms = autoencoder(false)?;
                vec![alarms.every_window, alarms.last_window, alarms.published]
            }
            Self::PublishedAutoencoder => vec![autoencoder(true)?.published],
        })
    }
}

fn pca(train: &Matrix, rows: &Matrix) -> Option<Vec<bool>> {
    let config = PcaConfig { lags: 1, window: AVERAGE_ROWS, explained: 0.85 };
    let limits = PcaMonitor::thresholds(config, train, BLOCKS, FALSE_ALARM)?;
    let fit = PcaMonitor::fit(config, std::slice::from_ref(train))?;
    let statistics = fit.statistics(rows);
    Some(statistics.iter().map(|s| s[0] > limits[0] || s[1] > limits[1]).collect())
}

pub(crate) fn told(file: &str, error: &dyn std::fmt::Display) -> RecipeError {
    RecipeError::Other(format!("{file}: {error}"))
}
