//! The supervised row: a discriminant on labels of the other files.

use super::Verdicts;
use super::detectors::{scores, told};
use super::pieces::Piece;
use crate::RecipeError;
use crate::process::Matrix;
use crate::process::discriminant::Discriminant;
use crate::process::matrix::trailing_mean;
use crate::process::skab_files::SkabFile;
use rayon::prelude::*;

/// Judges each piece by a linear discriminant fitted on the labelled rows of the other pieces.
///
/// A row's features, for each sensor: the logarithm of our one-class score, and the ten-row mean in units
/// of the file's first 400 rows, both compressed. No row number or elapsed time.
pub(crate) fn judge(files: &[SkabFile], pieces: &[Piece]) -> Result<Verdicts, RecipeError> {
    let features: Vec<Matrix> =
        pieces.par_iter().map(|piece| features(files, piece)).collect::<Result<_, _>>()?;
    let alarms = (0..pieces.len()).into_par_iter().map(|held| {
        let others = || (0..pieces.len()).filter(move |i| *i != held);
        let rows: Vec<f64> = others().flat_map(|i| features[i].values().iter().copied()).collect();
        let labels: Vec<usize> =
            others().flat_map(|i| pieces[i].truth(files).iter().map(|l| usize::from(*l))).collect();
        let fit = Discriminant::fit(&Matrix::new(features[held].width(), rows), &labels, 0.01)
            .ok_or_else(|| told(&files[pieces[held].file].name, &"too few other files to learn from"))?;
        let alarm = |row: &[f64]| matches!(fit.scores(row)[..], [normal, anomalous] if anomalous > normal);
        Ok(features[held].iter().map(alarm).collect())
    });
    let alarms = alarms.collect::<Result<_, RecipeError>>()?;
    Ok(Verdicts {
        name: "supervised: discriminant, labels of the other files".to_owned(),
        counted: false,
        alarms,
    })
}

fn features(files: &[SkabFile], piece: &Piece) -> Result<Matrix, RecipeError> {
    let scores = scores(files, piece)?;
    let train = piece.train(files);
    let rows = piece.rows(files).standardised(&train.scale());
    let sensors = rows.width();
    let means: Vec<Vec<f64>> =
        (0..sensors).map(|s| trailing_mean(&rows.iter().map(|row| row[s]).collect::<Vec<_>>(), 10)).collect();
    let first = piece.judged.start - piece.start;
    let mut values = Vec::with_capacity(scores.len() * 2 * sensors);
    for (t, score) in piece.judged_of(&scores).iter().enumerate() {
        values.extend(score.per_modality.iter().map(|s| (1.0 + s.unwrap_or(0.0).max(0.0)).ln()));
        values.extend(means.iter().map(|mean| mean[first + t].asinh()));
    }
    Ok(Matrix::new(2 * sensors, values))
}
