//! `skab`: one-class anomaly detection on a real water-circulation testbed.
//!
//! **Data.** SKAB v0.9 (waico/SKAB): eight sensors about once a second; each file is one experiment with
//! one anomaly. The evaluation part is every labelled file of the folder (`--data-dir` replaces it).
//!
//! **Protocol.** Each detector is fitted on the first 400 rows of a file and judges the rest, file by
//! file, with one setting and one threshold rule for all files. No label, row number or elapsed time is
//! an input. The figure is the F1 of the anomalous rows over all judged rows together (micro-F1), with a
//! bootstrap interval over files; beside it the false-alarm rate, the missed-alarm rate and the NAB
//! changepoint score (standard profile, 60 s to the right of the true changepoint; predicted
//! changepoints are where the alarm starts or ends).
//!
//! **Cropped.** The files are cut so alike that a rule on the row number alone scores about 0.94. So each
//! file is also judged on random pieces: the fit starts at a random row in 0..=150 (the rows before it
//! are dropped; 400 rows later it is at most row 550, before the usual onset near 570), and what is
//! judged are random pieces of 200 rows behind it, drawn so that each row is as likely as any other; the
//! row number in a piece then says little. All detectors get the same pieces.
//!
//! **Ours** is [`OneClassConfig`](sensorium_fuse::one_class::OneClassConfig) with each sensor a modality:
//! ten-row averages, each predicted from the other seven sensors, residuals allowed to drift over a
//! horizon of twice the training rows, a soft-max gate, and twice the 1 % quantile of the training rows'
//! totals out of block as the threshold. The settings were chosen once, for all files, by reasoning and
//! on `anomaly-free.csv` with injected shifts; since the labelled files were at hand while the method was
//! designed, its figure on them is no clean test of the choice of method. `--data-dir` with files that
//! were held back is.
//!
//! **Rivals, rerun on the same rows:** T² + Q with SKAB's settings and analytic limits; PCA T² ∪ SPE over
//! ten rows with thresholds out of block, as ours has; SKAB's convolutional autoencoder as published; the
//! same mended (a filter for each sensor in the last layer) with an alarm rule that looks ahead and one
//! that can run on line. The published rule never raises an alarm in the last 118 rows of a file, which
//! in this set are nearly always normal: it knows the file's end. The mended network with that rule is
//! printed and not counted, since a row's distance to the end is a row number.
//! Trivial rules: always alarm, and the best interval of row numbers in hindsight. A row marked
//! supervised learns from the labels of the other files.

mod detectors;
mod pieces;
mod supervised;
mod tables;

use crate::process::Alarms;
use crate::process::nab::{Changepoints, NabProfile, edges, nab_score};
use crate::process::skab_files::{SkabFile, read_skab};
use crate::{Figure, Outcome, Progress, Recipe, RecipeError, RunOptions, Target};
use detectors::{Detector, RIVALS};
use pieces::Piece;
use sensorium_nn::metrics::{Bootstrap, Interval};
use std::time::Instant;

/// Rows at the start of each file (or piece) that a detector is fitted on.
pub const TRAIN_ROWS: usize = 400;

/// Seconds to the right of a true changepoint in which a predicted one counts.
const NAB_WINDOW: f64 = 60.0;

/// The recipe.
pub struct Skab;

/// What one detector raised on all pieces.
pub(crate) struct Verdicts {
    pub(crate) name: String,
    /// Whether it is a rival that ours has to beat.
    pub(crate) counted: bool,
    /// Alarms of the judged rows of each piece.
    pub(crate) alarms: Vec<Vec<bool>>,
}

impl Recipe for Skab {
    fn name(&self) -> &'static str {
        "skab"
    }

    fn summary(&self) -> &'static str {
        "one-class anomaly detection on a real pump testbed, against control charts and an autoencoder"
    }

    fn data(&self) -> &'static [&'static str] {
        &["skab"]
    }

    fn run(&self, options: &RunOptions, progress: &mut dyn Progress) -> Result<Outcome, RecipeError> {
        let started = Instant::now();
        let files = read_skab(&options.evaluation_dir("skab")?)?;
        let files: Vec<SkabFile> = files.into_iter().filter(|f| f.values.rows() > TRAIN_ROWS).collect();
        let seed = options.seed;
        let (epochs, fits) = if options.quick { (5, 1) } else { (100, 3) };
        // The published network is a slow rival and the weaker of the two autoencoders.
        let rivals_of_crops = if options.quick { &RIVALS[..3] } else { RIVALS };

        let whole: Vec<Piece> = files.iter().enumerate().map(|(i, f)| Piece::whole(i, f)).collect();
        let ours = judge(&[Detector::Ours], &files, &whole, epochs, seed, progress)?;
        let rivals = judge(RIVALS, &files, &whole, epochs, seed, progress)?;
        let supervised = supervised::judge(&files, &whole)?;
        let cropped = pieces::crops(&files, fits, seed);
        let ours_cropped = judge(&[Detector::Ours], &files, &cropped, epochs, seed, progress)?;
        let rivals_cropped = judge(rivals_of_crops, &files, &cropped, epochs, seed, progress)?;

        let mut outcome = Outcome::new(self.name(), options.quick, vec![seed]);
        let full = Trial { files: &files, pieces: &whole, ours: &ours[0], rivals: &rivals, seed };
        let crop =
            Trial { files: &files, pieces: &cropped, ours: &ours_cropped[0], rivals: &rivals_cropped, seed };
        full.figures("outlier_f1", "F1 of anomalous rows", &mut outcome);
        crop.figures("outlier_f1_cropped", "F1, random pieces", &mut outcome);
        let total = full.total(full.ours);
        outcome.figures.extend([
            Figure::new("far", "false-alarm rate", total.false_alarm_rate())
                .interval(full.interval(full.ours, Alarms::false_alarm_rate))
                .lower_is_better(),
            Figure::new("mar", "missed-alarm rate", total.missed_alarm_rate())
                .interval(full.interval(full.ours, Alarms::missed_alarm_rate))
                .lower_is_better(),
            Figure::new("nab", "NAB changepoint score, standard", full.nab(full.ours)),
            Figure::new(
                "outlier_f1_supervised",
                "F1, supervised (labels of other files)",
                full.total(&supervised).f1(),
            ),
        ]);
        outcome.tables.push(full.table("Whole files, rows behind the first 400", Some(&supervised)));
        outcome.tables.push(crop.table("Random pieces of 200 rows", None));
        outcome.tables.push(tables::published());
        outcome.tables.push(tables::where_it_shows(&files, &whole)?);
        outcome.notes.push(format!(
            "{} files, {} judged rows; intervals are 95 % bootstrap intervals over files, seed {seed}.",
            files.len(),
            whole.iter().map(|p| p.judged.len()).sum::<usize>(),
        ));
        if let Some(silent) = rivals.iter().find(|v| !v.counted) {
            outcome.notes.push(format!(
                "Not counted as a rival: the mended autoencoder with the published rule, which is silent in the last 118 rows of every file, reaches F1 {:.3}.",
                full.total(silent).f1()
            ));
        }
        if options.quick {
            outcome.notes.push(format!(
                "Quick: the autoencoder trains for at most {epochs} epochs instead of 100, each file is fitted from one random start instead of three, and the autoencoder as published is left out there."
            ));
        }
        outcome.seconds = started.elapsed().as_secs_f64();
        Ok(outcome)
    }
}

fn judge(
    detectors: &[Detector],
    files: &[SkabFile],
    pieces: &[Piece],
    epochs: usize,
    seed: u64,
    progress: &mut dyn Progress,
) -> Result<Vec<Verdicts>, RecipeError> {
    let mut all = Vec::new();
    for detector in detectors {
        progress.stage(&format!("judging {} pieces with {}", pieces.len(), detector.name()), None);
        all.extend(detector.judge(files, pieces, epochs, seed)?);
    }
    Ok(all)
}

/// One set of pieces with all verdicts on it.
pub(crate) struct Trial<'a> {
    pub(crate) files: &'a [SkabFile],
    pub(crate) pieces: &'a [Piece],
    pub(crate) ours: &'a Verdicts,
    pub(crate) rivals: &'a [Verdicts],
    pub(crate) seed: u64,
}

impl Trial<'_> {
    /// Counts by file.
    fn by_file(&self, verdicts: &Verdicts) -> Vec<Alarms> {
        let mut counts = vec![Alarms::default(); self.files.len()];
        for (piece, alarms) in self.pieces.iter().zip(&verdicts.alarms) {
            counts[piece.file] += Alarms::count(piece.truth(self.files), alarms);
        }
        counts
    }

    pub(crate) fn total(&self, verdicts: &Verdicts) -> Alarms {
        sum(&self.by_file(verdicts), 0..self.files.len())
    }

    pub(crate) fn interval(&self, verdicts: &Verdicts, figure: fn(&Alarms) -> f64) -> Interval {
        let counts = self.by_file(verdicts);
        Bootstrap::new(self.seed).interval(counts.len(), |files| figure(&sum(&counts, files.iter().copied())))
    }

    pub(crate) fn nab(&self, verdicts: &Verdicts) -> f64 {
        let of_piece = |(piece, alarms): (&Piece, &Vec<bool>)| {
            let file = &self.files[piece.file];
            let seconds = &file.seconds[piece.judged.clone()];
            let change = &file.changepoint[piece.judged.clone()];
            let truth = seconds.iter().zip(change).filter(|(_, c)| **c).map(|(s, _)| *s).collect();
            Changepoints { truth, predicted: edges(alarms, seconds) }
        };
        let recordings: Vec<Changepoints> = self.pieces.iter().zip(&verdicts.alarms).map(of_piece).collect();
        nab_score(&recordings, NAB_WINDOW, NabProfile::STANDARD)
    }

    fn figures(&self, key: &str, label: &str, outcome: &mut Outcome) {
        let f1 = |v: &Verdicts| self.total(v).f1();
        let Some(best) = self.rivals.iter().filter(|v| v.counted).max_by(|a, b| f1(a).total_cmp(&f1(b)))
        else {
            return;
        };
        let (ours, rival) = (self.by_file(self.ours), self.by_file(best));
        let gain = Bootstrap::new(self.seed).interval(ours.len(), |files| {
            sum(&ours, files.iter().copied()).f1() - sum(&rival, files.iter().copied()).f1()
        });
        outcome.figures.extend([
            Figure::new(key, label, f1(self.ours))
                .interval(self.interval(self.ours, Alarms::f1))
                .baseline(best.name.clone(), f1(best)),
            Figure::new(format!("{key}_best_rerun"), format!("{label}, best rerun detector"), f1(best))
                .interval(self.interval(best, Alarms::f1)),
            Figure::new(
                format!("{key}_gain"),
                format!("{label}, ours less the best rerun"),
                f1(self.ours) - f1(best),
            )
            .interval(gain)
            .target(Target::above(0.0)),
        ]);
    }
}

fn sum(counts: &[Alarms], files: impl IntoIterator<Item = usize>) -> Alarms {
    files.into_iter().fold(Alarms::default(), |mut all, file| {
        all += counts[file];
        all
    })
}
