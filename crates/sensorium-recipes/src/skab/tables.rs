//! The recipe's tables.

use super::detectors::{layout, scores};
use super::pieces::Piece;
use super::{Trial, Verdicts};
use crate::process::Alarms;
use crate::process::skab_files::SkabFile;
use crate::{RecipeError, Table};

impl Trial<'_> {
    /// Ours, the rivals, the trivial rules and, where given, the supervised row.
    pub(super) fn table(&self, title: &str, supervised: Option<&Verdicts>) -> Table {
        let mut table = Table::new(title, ["detector", "F1", "95 % interval", "FAR", "MAR", "NAB"]);
        let cells = |verdicts: &Verdicts, name: &str| {
            let (total, interval) = (self.total(verdicts), self.interval(verdicts, Alarms::f1));
            [
                name.to_owned(),
                format!("{:.3}", total.f1()),
                format!("{:.3} – {:.3}", interval.lo, interval.hi),
                format!("{:.3}", total.false_alarm_rate()),
                format!("{:.3}", total.missed_alarm_rate()),
                format!("{:.1}", self.nab(verdicts)),
            ]
        };
        table.own_row(cells(self.ours, &self.ours.name));
        for rival in self.rivals {
            table.row(cells(rival, &rival.name));
        }
        let always = self.constant(|_| true);
        table.row(cells(&always, "trivial: always alarm"));
        let (from, to) = self.best_interval();
        let position = self.constant(|row| (from..to).contains(&row));
        table.row(cells(&position, &format!("trivial: judged rows {from} to {to}, in hindsight")));
        if let Some(supervised) = supervised {
            table.row(cells(supervised, &supervised.name));
        }
        table
    }

    fn constant(&self, rule: impl Fn(usize) -> bool) -> Verdicts {
        let alarms = self.pieces.iter().map(|p| (0..p.judged.len()).map(&rule).collect());
        Verdicts { name: String::new(), counted: false, alarms: alarms.collect() }
    }

    /// The interval of judged row numbers with the best F1, by the labels themselves.
    fn best_interval(&self) -> (usize, usize) {
        const STEP: usize = 5;
        let longest = self.pieces.iter().map(|p| p.judged.len()).max().unwrap_or(0);
        // Anomalous and normal rows before each row number.
        let (mut anomalous, mut normal) = (vec![0_u64; longest + 1], vec![0_u64; longest + 1]);
        for piece in self.pieces {
            for (row, anomaly) in piece.truth(self.files).iter().enumerate() {
                let counts = if *anomaly { &mut anomalous } else { &mut normal };
                counts[row + 1] += 1;
            }
        }
        for row in 0..longest {
            anomalous[row + 1] += anomalous[row];
            normal[row + 1] += normal[row];
        }
        let f1 = |from: usize, to: usize| {
            let hits = anomalous[to] - anomalous[from];
            2.0 * hits as f64 / (hits + normal[to] - normal[from] + anomalous[longest]).max(1) as f64
        };
        let ends = || (0..=longest).step_by(STEP).chain([longest]);
        let all = ends().flat_map(|from| ends().filter(move |to| *to > from).map(move |to| (from, to)));
        all.max_by(|a, b| f1(a.0, a.1).total_cmp(&f1(b.0, b.1))).unwrap_or((0, longest))
    }
}

/// SKAB's own leaderboard, over all its labelled files and with its own protocol.
pub(super) fn published() -> Table {
    let mut table = Table::new(
        "Published leaderboard (SKAB v0.9, all 34 files, not this split)",
        ["detector", "F1", "FAR", "MAR"],
    );
    for (name, f1, far, mar) in [
        ("Conv-AE", "0.78", "0.136", "0.280"),
        ("MSET", "0.78", "0.397", "0.141"),
        ("T² + Q (PCA)", "0.76", "0.266", "0.249"),
        ("LSTM-AE", "0.74", "0.300", "0.259"),
        ("T²", "0.66", "0.192", "0.426"),
        ("LSTM-VAE", "0.56", "0.091", "0.550"),
        ("isolation forest", "0.29", "0.026", "0.829"),
    ] {
        table.row([name, f1, far, mar]);
    }
    table
}

/// The sensors with the most weight over the rightly alarmed rows of each file: where the anomaly shows.
pub(super) fn where_it_shows(files: &[SkabFile], pieces: &[Piece]) -> Result<Table, RecipeError> {
    let names: Vec<String> = layout().into_iter().map(|m| m.name).collect();
    let mut table =
        Table::new("Where the anomalies show", ["file", "alarmed rows", "mean weight of the sensors"]);
    for piece in pieces {
        let scores = piece.judged_of(&scores(files, piece)?);
        let truth = piece.truth(files).iter();
        let right: Vec<_> =
            scores.iter().zip(truth).filter(|(s, t)| s.alarm && **t).map(|(s, _)| s).collect();
        let mean = |m: usize| right.iter().map(|s| s.weights[m]).sum::<f64>() / right.len() as f64;
        let mut weights: Vec<(f64, &str)> =
            names.iter().enumerate().map(|(m, n)| (mean(m), n.as_str())).collect();
        weights.sort_by(|a, b| b.0.total_cmp(&a.0));
        let loud = weights.iter().filter(|(w, _)| *w >= 0.1).map(|(w, name)| format!("{name} {w:.2}"));
        table.row([
            files[piece.file].name.clone(),
            right.len().to_string(),
            loud.collect::<Vec<_>>().join(", "),
        ]);
    }
    Ok(table)
}
