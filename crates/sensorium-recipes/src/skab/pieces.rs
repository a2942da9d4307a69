//! Which rows a detector is fitted on and which it judges.

use super::TRAIN_ROWS;
use crate::process::Matrix;
use crate::process::skab_files::SkabFile;
use rand::Rng;
use sensorium_nn::seed;
use std::ops::Range;

/// Latest row at which the fit of a cropped piece starts.
const LATEST_START: usize = 150;
/// Judged rows of a cropped piece.
const PIECE_ROWS: usize = 200;
/// Pieces judged with each fit.
const PIECES_A_FIT: usize = 4;

/// A fit and a judged stretch of one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Piece {
    /// Position of the file.
    pub(crate) file: usize,
    /// First row of the fit; it has [`TRAIN_ROWS`].
    pub(crate) start: usize,
    /// Rows to judge, at or behind the end of the fit.
    pub(crate) judged: Range<usize>,
}

impl Piece {
    /// The first 400 rows fitted, all the rest judged.
    pub(crate) fn whole(file: usize, data: &SkabFile) -> Self {
        Self { file, start: 0, judged: TRAIN_ROWS..data.values.rows() }
    }

    /// Rows of the fit.
    pub(crate) fn train(&self, files: &[SkabFile]) -> Matrix {
        files[self.file].values.slice(self.start, self.start + TRAIN_ROWS)
    }

    /// Rows from the start of the fit to the end of the file: what a stream would have shown.
    pub(crate) fn rows(&self, files: &[SkabFile]) -> Matrix {
        files[self.file].values.slice(self.start, usize::MAX)
    }

    /// The judged part of a value for each of [`rows`](Self::rows).
    pub(crate) fn judged_of<T: Clone>(&self, all: &[T]) -> Vec<T> {
        all[self.judged.start - self.start..self.judged.end - self.start].to_vec()
    }

    /// Labels of the judged rows.
    pub(crate) fn truth<'a>(&self, files: &'a [SkabFile]) -> &'a [bool] {
        &files[self.file].anomaly[self.judged.clone()]
    }
}

/// `fits` random starts of each file, and for each a few random pieces to judge.
///
/// A piece is 200 rows long and may begin before the end of the fit or reach past the end of the file,
/// where it is cut: so each row behind the fit is as likely to be judged as any other. A file too short
/// for a random start is fitted from where it can be.
pub(crate) fn crops(files: &[SkabFile], fits: usize, seed: u64) -> Vec<Piece> {
    let mut pieces = Vec::new();
    for (file, data) in files.iter().enumerate() {
        for fit in 0..fits {
            let mut rng = seed::generator(seed, &[41, seed::of_name(&data.name), fit as u64]);
            let rows = data.values.rows();
            let latest = LATEST_START.min(rows.saturating_sub(TRAIN_ROWS + 1));
            let start = rng.random_range(0..=latest);
            let first = start + TRAIN_ROWS;
            for _ in 0..PIECES_A_FIT {
                let end = rng.random_range(first + 1..rows + PIECE_ROWS);
                let judged = first.max(end.saturating_sub(PIECE_ROWS))..end.min(rows);
                pieces.push(Piece { file, start, judged });
            }
        }
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(rows: usize) -> SkabFile {
        SkabFile {
            name: format!("x/{rows}.csv"),
            values: Matrix::new(1, (0..rows).map(|t| t as f64).collect()),
            anomaly: vec![false; rows],
            changepoint: vec![false; rows],
            seconds: (0..rows).map(|t| t as f64).collect(),
        }
    }

    #[test]
    fn crops_judge_rows_behind_their_fit() {
        let files = vec![file(1150), file(745), file(401)];
        let pieces = crops(&files, 20, 3);
        assert_eq!(pieces.len(), 60 * PIECES_A_FIT);
        for piece in &pieces {
            assert!(piece.start <= LATEST_START && piece.judged.start >= piece.start + TRAIN_ROWS);
            assert!(!piece.judged.is_empty() && piece.judged.end <= files[piece.file].values.rows());
            let rows = piece.rows(&files);
            let judged = piece.judged_of(&(0..rows.rows()).collect::<Vec<_>>());
            assert_eq!(rows.row(judged[0])[0], piece.judged.start as f64);
            assert_eq!(judged.len(), piece.truth(&files).len());
        }
        let starts: std::collections::BTreeSet<usize> = pieces.iter().map(|p| p.judged.start).collect();
        assert!(starts.len() > 30);
        assert_eq!(pieces, crops(&files, 20, 3));
    }
}
