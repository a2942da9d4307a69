//! Negatives that users bring themselves: a file of captions, or keys, each with a false caption.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;

/// False captions by the true caption, or by the key of the picture, in the order of the file.
pub type Negatives = BTreeMap<String, Vec<String>>;

/// Why a file of negatives cannot be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NegativesError {
    /// The file cannot be opened or read.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The name does not say which format the file has.
    #[error("{}: expected a name that ends in .csv, .tsv or .jsonl", path.display())]
    Format {
        /// The file.
        path: PathBuf,
    },
    /// A line is not as it should be.
    #[error("{}, line {line}: {message}", path.display())]
    Line {
        /// The file.
        path: PathBuf,
        /// Line, counted from 1.
        line: u64,
        /// What is wrong and what was expected.
        message: String,
    },
}

/// A line of a JSON Lines file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    caption: Option<String>,
    key: Option<String>,
    negative: String,
}

/// Reads negatives from a file whose name ends in `.csv`, `.tsv` or `.jsonl`.
///
/// A CSV or TSV file has a header with a column `caption` or `key` and a column `negative`; other
/// columns are passed over. A line of a JSON Lines file is an object with `caption` or `key`, and
/// `negative`. Blank lines are passed over. Several negatives of one caption are kept in order.
///
/// # Errors
/// The file cannot be read or has another ending; a column is missing; a line has the wrong number
/// of fields, is no JSON object, has an empty field, both or neither of `caption` and `key`, or a
/// negative that equals its caption. The line is named.
pub fn read_negatives(path: &Path) -> Result<Negatives, NegativesError> {
    let ending = path.extension().and_then(|ending| ending.to_str()).map(str::to_lowercase);
    let delimiter = match ending.as_deref() {
        Some("csv") => Some(b','),
        Some("tsv") => Some(b'\t'),
        Some("jsonl") => None,
        _ => return Err(NegativesError::Format { path: path.to_owned() }),
    };
    let text = std::fs::read_to_string(path)
        .map_err(|source| NegativesError::Io { path: path.to_owned(), source })?;
    let rows = match delimiter {
        Some(delimiter) => table(&text, delimiter),
        None => lines(&text),
    };
    let collected = rows.and_then(collect);
    collected.map_err(|(line, message)| NegativesError::Line { path: path.to_owned(), line, message })
}

/// Whether two texts have the same words in any order: to a bag of words they are one.
pub fn same_words(one: &str, other: &str) -> bool {
    let sorted = |text: &str| {
        let mut words: Vec<String> = text.split_whitespace().map(str::to_lowercase).collect();
        words.sort();
        words
    };
    sorted(one) == sorted(other)
}

/// Line, caption or key, and negative.
type Row = (u64, String, String);
/// Line and what is wrong there.
type Fault = (u64, String);

fn table(text: &str, delimiter: u8) -> Result<Vec<Row>, Fault> {
    let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).from_reader(text.as_bytes());
    let fault = |error: &csv::Error| (error.position().map_or(1, csv::Position::line), error.to_string());
    let header = reader.headers().map_err(|error| fault(&error))?.clone();
    let column = |name: &str| header.iter().position(|title| title.trim().eq_ignore_ascii_case(name));
    let missing =
        |what: &str| (1, format!("expected a header with {what}, found `{}`", header_text(&header)));
    let named = column("caption").or_else(|| column("key")).ok_or_else(|| missing("`caption` or `key`"))?;
    let negative = column("negative").ok_or_else(|| missing("`negative`"))?;
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|error| fault(&error))?;
        let line = record.position().map_or(0, csv::Position::line);
        let field = |index: usize| record.get(index).unwrap_or("").trim().to_owned();
        rows.push((line, field(named), field(negative)));
    }
    Ok(rows)
}

fn header_text(header: &csv::StringRecord) -> String {
    header.iter().collect::<Vec<_>>().join(", ")
}

fn lines(text: &str) -> Result<Vec<Row>, Fault> {
    let mut rows = Vec::new();
    for (line, text) in (1..).zip(text.lines()) {
        if text.trim().is_empty() {
            continue;
        }
        let parsed: Line = serde_json::from_str(text).map_err(|error| (line, error.to_string()))?;
        let named = match (parsed.caption, parsed.key) {
            (Some(name), None) | (None, Some(name)) => name,
            _ => return Err((line, "expected one of `caption` and `key`".to_owned())),
        };
        rows.push((line, named.trim().to_owned(), parsed.negative.trim().to_owned()));
    }
    Ok(rows)
}

fn collect(rows: Vec<Row>) -> Result<Negatives, Fault> {
    let mut negatives = Negatives::new();
    for (line, named, negative) in rows {
        if named.is_empty() || negative.is_empty() {
            return Err((line, "expected a caption or key and a negative, found an empty field".to_owned()));
        }
        if named == negative {
            return Err((line, "the negative equals its caption".to_owned()));
        }
        negatives.entry(named).or_default().push(negative);
    }
    Ok(negatives)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(name: &str, text: &str) -> Result<Negatives, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        read_negatives(&path).map_err(|error| error.to_string())
    }

    #[test]
    fn a_csv_file_gives_several_negatives_of_one_caption_in_order() {
        let read = read("a.csv", "caption,negative\n\"a dog, red\",a cat\n\"a dog, red\",a cow\n").unwrap();
        assert_eq!(read["a dog, red"], ["a cat", "a cow"]);
    }

    #[test]
    fn a_tsv_file_may_name_pictures_by_key_and_have_more_columns() {
        let read = read("a.tsv", "source\tkey\tnegative\nx\t17\ta cat\n").unwrap();
        assert_eq!(read["17"], ["a cat"]);
    }

    #[test]
    fn a_json_lines_file_is_read_past_blank_lines() {
        let read = read("a.jsonl", "{\"key\":\"17\",\"negative\":\"a cat\"}\n\n").unwrap();
        assert_eq!(read["17"], ["a cat"]);
    }

    #[test]
    fn a_faulty_line_is_named() {
        let cases = [
            ("a.csv", "caption,negative\na,b\na\n", "line 3"),
            ("a.csv", "caption,negative\na,b\nc,c\n", "line 3: the negative equals its caption"),
            ("a.csv", "caption,negative\n,b\n", "line 2: expected a caption or key"),
            ("a.csv", "text,negative\na,b\n", "line 1: expected a header with `caption` or `key`"),
            ("a.jsonl", "{\"caption\":\"a\",\"negative\":\"b\"}\nnonsense\n", "line 2"),
            ("a.jsonl", "{\"negative\":\"b\"}\n", "line 1: expected one of `caption` and `key`"),
        ];
        for (name, text, expected) in cases {
            let error = read(name, text).unwrap_err();
            assert!(error.contains(expected), "{error} lacks {expected}");
        }
    }

    #[test]
    fn a_file_of_another_kind_is_refused() {
        assert!(read("a.txt", "").unwrap_err().contains(".csv, .tsv or .jsonl"));
    }
}
