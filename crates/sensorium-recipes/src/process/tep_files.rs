//! The files of the Tennessee Eastman process (Downs and Vogel 1993; data of Russell, Chiang and
//! Braatz): 52 variables every three minutes.

use super::Matrix;
use crate::RecipeError;
use sensorium_fuse::one_class::Modality;
use std::collections::BTreeMap;
use std::path::Path;

/// Number of variables: XMEAS(1) to XMEAS(41), then XMV(1) to XMV(11).
pub const VARIABLES: usize = 52;

/// Row of a test run from which the fault is there.
pub const ONSET: usize = 160;

/// Minutes from one row to the next.
pub const ROW_MINUTES: f64 = 3.0;

/// Faults that are known to be nearly undetectable, left out of the mean detection rate.
pub const HARD_FAULTS: [usize; 3] = [3, 9, 15];

/// The eight instrument groups, as modalities.
pub fn instrument_groups() -> Vec<Modality> {
    vec![
        Modality::new("feeds and flows", [0, 1, 2, 3, 4, 5, 9, 13, 16]),
        Modality::new("pressures", [6, 12, 15]),
        Modality::new("levels", [7, 11, 14]),
        Modality::new("temperatures", [8, 10, 17, 20, 21]),
        Modality::new("compressor and utilities", [18, 19]),
        Modality::new("reactor-feed and purge analysers", 22..36),
        Modality::new("product analyser", 36..41),
        Modality::new("manipulated variables", 41..52),
    ]
}

/// Runs by fault, 0 for normal operation; each `[row, variable]`.
pub type Runs = BTreeMap<usize, Matrix>;

/// Reads the training runs `dNN.dat`. `d00.dat` is stored with rows and columns exchanged.
///
/// # Errors
/// A folder or file that cannot be read, or that has not 52 variables, by name.
pub fn read_training(folder: &Path) -> Result<Runs, RecipeError> {
    read(folder, ".dat")
}

/// Reads the test runs `dNN_te.dat`.
///
/// # Errors
/// As [`read_training`].
pub fn read_test(folder: &Path) -> Result<Runs, RecipeError> {
    read(folder, "_te.dat")
}

fn read(folder: &Path, suffix: &str) -> Result<Runs, RecipeError> {
    let mut runs = Runs::new();
    for fault in 0..=21 {
        let path = folder.join(format!("d{fault:02}{suffix}"));
        if !path.is_file() {
            continue;
        }
        let text = std::fs::read_to_string(&path)
            .map_err(|e| RecipeError::Other(format!("{}: {e}", path.display())))?;
        let run = parse(&text).map_err(|e| RecipeError::Other(format!("{}: {e}", path.display())))?;
        runs.insert(fault, run);
    }
    if runs.is_empty() {
        return Err(RecipeError::Other(format!(
            "{} holds no runs d00{suffix} … d21{suffix}",
            folder.display()
        )));
    }
    Ok(runs)
}

fn parse(text: &str) -> Result<Matrix, String> {
    let mut values = Vec::new();
    let mut width = None;
    for (index, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let before = values.len();
        for cell in line.split_whitespace() {
            let number: f64 =
                cell.parse().map_err(|_| format!("line {}: `{cell}` is no number", index + 1))?;
            values.push(number);
        }
        let here = values.len() - before;
        if *width.get_or_insert(here) != here {
            return Err(format!("line {} has {here} numbers, the lines before have others", index + 1));
        }
    }
    let matrix = Matrix::new(width.unwrap_or(1), values);
    match (matrix.width(), matrix.rows()) {
        (VARIABLES, _) => Ok(matrix),
        (_, VARIABLES) => Ok(matrix.transposed()),
        (columns, rows) => {
            Err(format!("{rows} lines of {columns} numbers; {VARIABLES} variables are needed"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_groups_share_out_all_variables() {
        let mut all: Vec<usize> = instrument_groups().into_iter().flat_map(|g| g.channels).collect();
        all.sort_unstable();
        assert_eq!(all, (0..VARIABLES).collect::<Vec<_>>());
        assert_eq!(instrument_groups().len(), 8);
    }

    #[test]
    fn a_transposed_file_is_turned() {
        let line: Vec<String> = (0..60).map(|i| i.to_string()).collect();
        let transposed = parse(&vec![line.join(" "); VARIABLES].join("\n")).unwrap();
        assert_eq!((transposed.rows(), transposed.width(), transposed.row(7)[3]), (60, VARIABLES, 7.0));
        assert!(parse("1 2 3\n4 5").unwrap_err().contains("line 2"));
        assert!(parse("1 2 3").unwrap_err().contains("52 variables"));
    }
}
