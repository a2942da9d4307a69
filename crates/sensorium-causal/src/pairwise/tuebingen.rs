//! The cause-effect pairs of Tübingen (Mooij and others, JMLR 17, 2016): weights, reader and accuracy.
//!
//! The numbers are those of the package cdt, which leaves the vector-valued pairs out and closes the gaps, so that
//! 1-51 are the official numbers, 52-66 stand four lower and 67-99 five lower.

use super::Pair;
use crate::{CausalError, random};
use rand::Rng;
use std::path::Path;

/// Which pairs come from one source table, by number in cdt. Every other pair has a source of its own.
///
/// Written down from memory of the data's description (Mooij and others 2016, appendix D), and checked on the values
/// where two pairs share a column: 1-4 with 20 and 21, 5-11, 13-16, 25-32, 33-37, 73-75, 89-91 and 97-99 do.
const SOURCES: [(&str, &[u32]); 18] = [
    ("weather stations of DWD", &[1, 2, 3, 4, 20, 21]),
    ("abalone", &[5, 6, 7, 8, 9, 10, 11]),
    ("census income", &[12, 17]),
    ("auto-mpg", &[13, 14, 15, 16]),
    ("arrhythmia", &[22, 23, 24]),
    ("concrete", &[25, 26, 27, 28, 29, 30, 31, 32]),
    ("liver disorders", &[33, 34, 35, 36, 37]),
    ("pima diabetes", &[38, 39, 40, 41]),
    ("NCEP reanalysis, day to day", &[43, 44, 45, 46]),
    ("ozone and temperature", &[49, 50, 51]),
    ("latitude and life expectancy", &[52, 53, 54, 55, 56, 57, 58, 59]),
    ("stock returns", &[61, 62, 63]),
    ("photosynthesis", &[73, 74, 75]),
    ("local temperatures", &[76, 77, 78]),
    ("soils", &[84, 85, 86, 87]),
    ("electricity load", &[89, 90, 91]),
    ("ball on a track", &[92, 93]),
    ("pair 97 and its columns", &[97, 98, 99]),
];

/// 1 / number of pairs from the same source table.
pub fn tuebingen_weight(pair: u32) -> f64 {
    source_of(pair).map_or(1.0, |(_, pairs)| 1.0 / pairs.len() as f64)
}

fn source_of(pair: u32) -> Option<&'static (&'static str, &'static [u32])> {
    SOURCES.iter().find(|(_, pairs)| pairs.contains(&pair))
}

/// One pair with its truth.
#[derive(Clone, Debug)]
pub struct TuebingenPair {
    /// The number in the file's name.
    pub number: u32,
    /// See [`tuebingen_weight`].
    pub weight: f64,
    /// The samples; which of the two comes first is random.
    pub pair: Pair,
    /// Whether the first variable causes the second.
    pub first_causes: bool,
}

/// Reads `pairNNNN.csv` (columns `A,B`) for every row of `targets.csv` (`pair,target`; target above 0: A causes B).
///
/// In the files the cause always comes first. So each pair's variables are exchanged with probability 1/2, by a
/// stream of `seed` that depends on nothing but the pair's number.
///
/// # Errors
/// [`CausalError::Io`] and [`CausalError::Parse`] with the file and line, and what [`Pair::new`] refuses.
pub fn read_tuebingen(folder: &Path, seed: u64) -> Result<Vec<TuebingenPair>, CausalError> {
    let targets = folder.join("targets.csv");
    let mut pairs = Vec::new();
    for (line, row) in rows(&targets)? {
        let what = || targets.display().to_string();
        let wrong = |message: &str| CausalError::Parse { what: what(), line, message: message.into() };
        let number: u32 = row[0]
            .strip_prefix("pair")
            .and_then(|digits| digits.parse().ok())
            .ok_or_else(|| wrong("the first column must be like `pair0001`"))?;
        let target: f64 =
            row[1].parse().map_err(|_| wrong("the second column must be a number, 1.0 or -1.0"))?;
        let (mut first, mut second) = numbers(&folder.join(format!("{}.csv", row[0])))?;
        let mut first_causes = target > 0.0;
        if random::generator(seed, u64::from(number)).random_bool(0.5) {
            std::mem::swap(&mut first, &mut second);
            first_causes = !first_causes;
        }
        let pair = Pair::new(&first, &second, seed)
            .map_err(|error| CausalError::Data(format!("{}: {error}", row[0])))?;
        pairs.push(TuebingenPair { number, weight: tuebingen_weight(number), pair, first_causes });
    }
    pairs.sort_by_key(|p| p.number);
    Ok(pairs)
}

fn numbers(path: &Path) -> Result<(Vec<f64>, Vec<f64>), CausalError> {
    let (mut first, mut second) = (Vec::new(), Vec::new());
    for (line, row) in rows(path)? {
        for (text, values) in row.iter().zip([&mut first, &mut second]) {
            values.push(text.parse().map_err(|_| CausalError::Parse {
                what: path.display().to_string(),
                line,
                message: format!("`{text}` is not a number"),
            })?);
        }
    }
    Ok((first, second))
}

/// The lines below the heading, two fields each.
fn rows(path: &Path) -> Result<Vec<(usize, [String; 2])>, CausalError> {
    let text = std::fs::read_to_string(path)
        .map_err(|source| CausalError::Io { path: path.to_path_buf(), source })?;
    let mut reader =
        csv::ReaderBuilder::new().flexible(true).trim(csv::Trim::All).from_reader(text.as_bytes());
    let wrong = |line, message| CausalError::Parse { what: path.display().to_string(), line, message };
    let mut found = Vec::new();
    for (index, record) in reader.records().enumerate() {
        let record = record.map_err(|error| wrong(index + 2, error.to_string()))?;
        match (record.get(0), record.get(1), record.len()) {
            (Some(a), Some(b), 2) => found.push((index + 2, [a.to_owned(), b.to_owned()])),
            _ => return Err(wrong(index + 2, format!("{} fields, two expected", record.len()))),
        }
    }
    Ok(found)
}

/// Share of the weight that was decided correctly, with a bootstrap interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WeightedAccuracy {
    /// The share; an undecided pair counts half.
    pub accuracy: f64,
    /// Lower end of the 95 % interval.
    pub low: f64,
    /// Upper end of the 95 % interval.
    pub high: f64,
}

/// Weighted accuracy of scores (positive: first causes second), one for each pair. The interval is a percentile
/// bootstrap over source tables, as pairs from one table are not independent.
///
/// # Errors
/// [`CausalError::Argument`] for another number of scores than pairs, or no pair.
pub fn weighted_accuracy(
    pairs: &[TuebingenPair],
    scores: &[f64],
    seed: u64,
) -> Result<WeightedAccuracy, CausalError> {
    const RESAMPLES: usize = 2000;
    if pairs.len() != scores.len() || pairs.is_empty() {
        return Err(CausalError::Argument(format!("{} scores for {} pairs", scores.len(), pairs.len())));
    }
    let mut tables: std::collections::BTreeMap<(bool, u32), (f64, f64)> = std::collections::BTreeMap::new();
    for (pair, &score) in pairs.iter().zip(scores) {
        let key = source_of(pair.number).map_or((false, pair.number), |(_, all)| (true, all[0]));
        let signed = if pair.first_causes { score } else { -score };
        let correct = if signed > 0.0 {
            1.0
        } else if signed == 0.0 {
            0.5
        } else {
            0.0
        };
        let entry = tables.entry(key).or_default();
        entry.0 += pair.weight * correct;
        entry.1 += pair.weight;
    }
    let tables: Vec<(f64, f64)> = tables.into_values().collect();
    let share = |sum: (f64, f64)| sum.0 / sum.1;
    let add = |a: (f64, f64), b: (f64, f64)| (a.0 + b.0, a.1 + b.1);
    let accuracy = share(tables.iter().copied().fold((0.0, 0.0), add));
    let mut rng = random::generator(seed, u64::MAX);
    let mut resampled: Vec<f64> = (0..RESAMPLES)
        .map(|_| {
            let drawn = (0..tables.len()).map(|_| tables[rng.random_range(0..tables.len())]);
            share(drawn.fold((0.0, 0.0), add))
        })
        .collect();
    resampled.sort_by(f64::total_cmp);
    let at = |q: f64| resampled[(q * (RESAMPLES - 1) as f64).round() as usize];
    Ok(WeightedAccuracy { accuracy, low: at(0.025), high: at(0.975) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_pair_has_two_sources_and_the_weights_of_a_source_are_1_in_sum() {
        let mut all: Vec<u32> = SOURCES.iter().flat_map(|(_, pairs)| pairs.iter().copied()).collect();
        let count = all.len();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), count);
        for (_, pairs) in SOURCES {
            let sum: f64 = pairs.iter().map(|&p| tuebingen_weight(p)).sum();
            assert!((sum - 1.0).abs() < 1e-12);
        }
        assert_eq!(tuebingen_weight(95), 1.0);
    }

    #[test]
    fn a_folder_is_read_and_the_first_column_is_not_always_the_cause() {
        let folder = tempfile::tempdir().unwrap();
        let mut targets = String::from("pair,target\n");
        let samples: String = (0..30).map(|i| format!("{i},{}\n", (i * 7) % 30)).collect();
        for number in 1..=20 {
            targets += &format!("pair{number:04},1.0\n");
            std::fs::write(folder.path().join(format!("pair{number:04}.csv")), format!("A,B\n{samples}"))
                .unwrap();
        }
        std::fs::write(folder.path().join("targets.csv"), targets).unwrap();
        let pairs = read_tuebingen(folder.path(), 1).unwrap();
        let forward = pairs.iter().filter(|p| p.first_causes).count();
        assert!(pairs.len() == 20 && (4..=16).contains(&forward), "{forward}");
        let right: Vec<f64> = pairs.iter().map(|p| if p.first_causes { 1.0 } else { -1.0 }).collect();
        assert_eq!(weighted_accuracy(&pairs, &right, 1).unwrap().accuracy, 1.0);
        std::fs::write(folder.path().join("pair0003.csv"), "A,B\n1,2\n3,x\n").unwrap();
        let text = read_tuebingen(folder.path(), 1).unwrap_err().to_string();
        assert!(text.contains("pair0003.csv, line 3: `x` is not a number"), "{text}");
    }
}
