//! The files of SKAB: eight sensors of a water-circulation testbed, about once a second.

use super::Matrix;
use crate::RecipeError;
use std::path::{Path, PathBuf};

/// Names of the sensors, in the order of the columns.
pub const SENSORS: [&str; 8] = [
    "Accelerometer1RMS",
    "Accelerometer2RMS",
    "Current",
    "Pressure",
    "Temperature",
    "Thermocouple",
    "Voltage",
    "Volume Flow RateRMS",
];

/// One experiment.
#[derive(Clone, Debug, PartialEq)]
pub struct SkabFile {
    /// Folder and file name, such as `valve1/0.csv`.
    pub name: String,
    /// Sensor values `[row, sensor]`.
    pub values: Matrix,
    /// Whether each row is labelled anomalous.
    pub anomaly: Vec<bool>,
    /// Whether each row is labelled a changepoint.
    pub changepoint: Vec<bool>,
    /// Time of each row, in seconds from the first.
    pub seconds: Vec<f64>,
}

/// Reads every labelled file in the folders of `root`, sorted by folder, then by number.
///
/// # Errors
/// A folder or file that cannot be read, or that is no SKAB file, with file and line.
pub fn read_skab(root: &Path) -> Result<Vec<SkabFile>, RecipeError> {
    let mut paths = Vec::new();
    for folder in entries(root)?.into_iter().filter(|p| p.is_dir()) {
        paths.extend(entries(&folder)?.into_iter().filter(|p| p.extension().is_some_and(|e| e == "csv")));
    }
    let number = |path: &PathBuf| -> (PathBuf, u64) {
        let stem = path.file_stem().and_then(|s| s.to_str()).and_then(|s| s.parse().ok());
        (path.parent().map(Path::to_path_buf).unwrap_or_default(), stem.unwrap_or(u64::MAX))
    };
    paths.sort_by_key(number);
    let mut files = Vec::new();
    for path in paths {
        let name = path.strip_prefix(root).unwrap_or(&path).display().to_string();
        let text = std::fs::read_to_string(&path)
            .map_err(|e| RecipeError::Other(format!("{}: {e}", path.display())))?;
        if let Some(file) =
            parse(&name, &text).map_err(|e| RecipeError::Other(format!("{}:{e}", path.display())))?
        {
            files.push(file);
        }
    }
    if files.is_empty() {
        return Err(RecipeError::Other(format!(
            "{} holds no labelled SKAB files (folders of `;`-separated CSV with the columns anomaly and changepoint)",
            root.display()
        )));
    }
    Ok(files)
}

fn entries(folder: &Path) -> Result<Vec<PathBuf>, RecipeError> {
    let told = |e: std::io::Error| RecipeError::Other(format!("{}: {e}", folder.display()));
    let read = std::fs::read_dir(folder).map_err(told)?;
    let mut paths = read.map(|e| e.map(|e| e.path())).collect::<Result<Vec<_>, _>>().map_err(told)?;
    paths.sort();
    Ok(paths)
}

/// One file's text; `None` when it has no labels. Errors begin with the line number.
fn parse(name: &str, text: &str) -> Result<Option<SkabFile>, String> {
    let mut lines = text.lines().enumerate();
    let header: Vec<&str> = lines.next().map(|(_, l)| l.trim_end().split(';').collect()).unwrap_or_default();
    let column = |name: &str| header.iter().position(|h| *h == name);
    let (Some(anomaly_at), Some(change_at)) = (column("anomaly"), column("changepoint")) else {
        return Ok(None);
    };
    let need = |name: &str| column(name).ok_or_else(|| format!("1: there is no column `{name}`"));
    let sensors = SENSORS.iter().map(|s| need(s)).collect::<Result<Vec<_>, _>>()?;
    let time_at = need("datetime")?;
    let (mut values, mut anomaly, mut changepoint, mut seconds) = (vec![], vec![], vec![], Vec::<f64>::new());
    for (index, line) in lines.filter(|(_, l)| !l.trim().is_empty()) {
        let cells: Vec<&str> = line.trim_end().split(';').collect();
        let cell = |at: usize| cells.get(at).copied().unwrap_or("");
        let number = |at: usize| -> Result<f64, String> {
            cell(at)
                .trim()
                .parse()
                .map_err(|_| format!("{}: `{}` in column `{}` is no number", index + 1, cell(at), header[at]))
        };
        for &at in &sensors {
            values.push(number(at)?);
        }
        anomaly.push(number(anomaly_at)? > 0.5);
        changepoint.push(number(change_at)? > 0.5);
        let time = parse_seconds(cell(time_at))
            .ok_or_else(|| format!("{}: `{}` is no date and time", index + 1, cell(time_at)))?;
        seconds.push(time);
    }
    let origin = seconds.first().copied().unwrap_or(0.0);
    seconds.iter_mut().for_each(|s| *s -= origin);
    let values = Matrix::new(SENSORS.len(), values);
    Ok(Some(SkabFile { name: name.to_owned(), values, anomaly, changepoint, seconds }))
}

/// Seconds of `YYYY-MM-DD hh:mm:ss` from 1970, in the proleptic Gregorian calendar.
fn parse_seconds(text: &str) -> Option<f64> {
    let (date, clock) = text.trim().split_once([' ', 'T'])?;
    let mut parts = date.splitn(3, '-').map(|p| p.parse::<i64>().ok());
    let (year, month, day) = (parts.next()??, parts.next()??, parts.next()??);
    let mut parts = clock.splitn(3, ':').map(|p| p.parse::<f64>().ok());
    let (hour, minute, second) = (parts.next()??, parts.next()??, parts.next()??);
    // Years that begin in March have the leap day at their end.
    let shifted = if month <= 2 { year - 1 } else { year };
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let days =
        365 * shifted + shifted.div_euclid(4) - shifted.div_euclid(100) + shifted.div_euclid(400) + of_year
            - 719_468;
    Some(days as f64 * 86_400.0 + hour * 3600.0 + minute * 60.0 + second)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &str = "datetime;Accelerometer1RMS;Accelerometer2RMS;Current;Pressure;Temperature;Thermocouple;Voltage;Volume Flow RateRMS;anomaly;changepoint";

    #[test]
    fn rows_are_read_with_their_labels_and_times() {
        let text = format!(
            "{HEADER}\n2020-02-29 23:59:58;1;2;3;4;5;6;7;8;0.0;0.0\n2020-03-01 00:00:01;1;2;3;4;5;6;7;9;1.0;1.0\n"
        );
        let file = parse("x", &text).unwrap().unwrap();
        assert_eq!((file.values.rows(), file.values.row(1)[7]), (2, 9.0));
        assert_eq!(file.seconds, vec![0.0, 3.0]);
        assert_eq!((file.anomaly, file.changepoint), (vec![false, true], vec![false, true]));
    }

    #[test]
    fn a_file_without_labels_is_no_experiment_and_a_bad_cell_is_named() {
        assert_eq!(parse("x", "datetime;Pressure\n2020-01-01 00:00:00;1\n"), Ok(None));
        let text = format!("{HEADER}\n2020-01-01 00:00:00;1;2;3;oops;5;6;7;8;0;0\n");
        assert_eq!(parse("x", &text), Err("2: `oops` in column `Pressure` is no number".to_owned()));
        assert_eq!(parse_seconds("1970-01-02 00:00:01"), Some(86_401.0));
    }
}
