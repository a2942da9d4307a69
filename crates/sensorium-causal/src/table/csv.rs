//! Tables from and to delimited text.

use super::{Column, MISSING, Table, Values};
use crate::CausalError;
use crate::graph::format::{read_text, write_text};
use ::csv::StringRecord;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Cells that stand for a missing value, after blanks around them are taken away.
pub const MISSING_CELLS: [&str; 6] = ["", "NA", "NaN", "nan", "null", "?"];

/// How a delimited text is read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReadOptions {
    /// What stands between cells; `None`: the one of comma, semicolon and tab that the header has most of.
    pub delimiter: Option<u8>,
    /// Columns that are categorical even when every cell is a number.
    pub categorical: Vec<String>,
    /// Columns whose every cell must be a number.
    pub continuous: Vec<String>,
}

impl Table {
    /// Reads a delimited text file; the first line names the columns.
    ///
    /// A column whose every cell that is there is a number is continuous, any other categorical, its levels sorted
    /// (as numbers where all are). Cells of [`MISSING_CELLS`] are missing. A byte-order mark, both line ends and
    /// quoted cells are understood.
    ///
    /// # Errors
    /// [`CausalError::Io`]; [`CausalError::Parse`] with file, line and column for a column without a name or with
    /// another's, a row that is too short or too long, a number that is not finite or has a decimal comma, a text in a
    /// column that was asked to be continuous; [`CausalError::UnknownVariable`] for an option's column that is not
    /// there.
    pub fn read_csv(path: &Path, options: &ReadOptions) -> Result<Self, CausalError> {
        Self::from_csv(&read_text(path)?, &path.display().to_string(), options)
    }

    /// Reads delimited text as [`Table::read_csv`] does; `what` names it in messages.
    ///
    /// # Errors
    /// As [`Table::read_csv`], without the file's own.
    pub fn from_csv(text: &str, what: &str, options: &ReadOptions) -> Result<Self, CausalError> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let parse = |line: usize, message: String| CausalError::Parse { what: what.into(), line, message };
        let delimiter = options.delimiter.unwrap_or_else(|| likely_delimiter(text));
        let mut reader = ::csv::ReaderBuilder::new()
            .delimiter(delimiter)
            .has_headers(false)
            .flexible(true)
            .from_reader(text.as_bytes());
        let mut records = Vec::new();
        for record in reader.records() {
            records.push(record.map_err(|e| parse(1, e.to_string()))?);
        }
        let Some((header, rows)) = records.split_first() else {
            return Err(parse(1, "there is no header; the first line must name the columns".into()));
        };
        let names = column_names(header).map_err(|message| parse(line_of(header), message))?;
        if let Some(row) = rows.iter().find(|r| r.len() != names.len()) {
            let message = format!("{} cells, but the header names {} columns", row.len(), names.len());
            return Err(parse(line_of(row), message));
        }
        check_options(options, &names)?;
        let columns = names.iter().enumerate().map(|(index, name)| {
            read_column(rows, index, name, options).map_err(|(line, message)| parse(line, message))
        });
        Self::new(columns.collect::<Result<_, _>>()?)
    }

    /// Writes a file of comma-separated text; a missing value is an empty cell.
    ///
    /// # Errors
    /// [`CausalError::Io`].
    pub fn write_csv(&self, path: &Path) -> Result<(), CausalError> {
        write_text(path, &self.to_csv()?)
    }

    /// Comma-separated text with a header; numbers in the shortest form that reads back the same.
    ///
    /// # Errors
    /// None in practice; what the writer says.
    pub fn to_csv(&self) -> Result<String, CausalError> {
        let failed = |e: &dyn std::fmt::Display| CausalError::Data(e.to_string());
        let mut writer = ::csv::Writer::from_writer(Vec::new());
        writer.write_record(self.columns.iter().map(|c| &c.name)).map_err(|e| failed(&e))?;
        for row in 0..self.rows {
            writer.write_record(self.columns.iter().map(|c| cell(c, row))).map_err(|e| failed(&e))?;
        }
        let bytes = writer.into_inner().map_err(|e| failed(&e))?;
        String::from_utf8(bytes).map_err(|e| failed(&e))
    }
}

fn cell(column: &Column, row: usize) -> String {
    match &column.values {
        Values::Continuous(values) if values[row].is_nan() => String::new(),
        Values::Continuous(values) => values[row].to_string(),
        Values::Categorical { codes, .. } if codes[row] == MISSING => String::new(),
        Values::Categorical { levels, codes } => levels[codes[row] as usize].clone(),
    }
}

fn line_of(record: &StringRecord) -> usize {
    record.position().map_or(1, |p| usize::try_from(p.line()).unwrap_or(usize::MAX))
}

/// Comma, semicolon or tab: what the header has most of outside quotes; a comma when there is none.
fn likely_delimiter(text: &str) -> u8 {
    let mut counts = [(b',', 0usize), (b';', 0), (b'\t', 0)];
    let mut quoted = false;
    for byte in text.bytes() {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' | b'\r' if !quoted => break,
            _ if quoted => {}
            _ => counts.iter_mut().filter(|(d, _)| *d == byte).for_each(|(_, n)| *n += 1),
        }
    }
    counts.into_iter().rev().max_by_key(|&(_, count)| count).map_or(b',', |(delimiter, _)| delimiter)
}

fn column_names(header: &StringRecord) -> Result<Vec<String>, String> {
    let mut seen = BTreeSet::new();
    let mut names = Vec::with_capacity(header.len());
    for (index, name) in header.iter().map(str::trim).enumerate() {
        if name.is_empty() {
            return Err(format!("column {} has no name; give it one or take it out", index + 1));
        }
        if !seen.insert(name) {
            return Err(format!("two columns are called `{name}`; rename one"));
        }
        names.push(name.to_owned());
    }
    Ok(names)
}

fn check_options(options: &ReadOptions, names: &[String]) -> Result<(), CausalError> {
    for name in options.categorical.iter().chain(&options.continuous) {
        if !names.contains(name) {
            return Err(CausalError::unknown(name, names));
        }
    }
    match options.categorical.iter().find(|n| options.continuous.contains(n)) {
        Some(both) => Err(CausalError::Argument(format!(
            "column `{both}` is asked to be categorical and continuous; take one away"
        ))),
        None => Ok(()),
    }
}

fn read_column(
    rows: &[StringRecord],
    index: usize,
    name: &str,
    options: &ReadOptions,
) -> Result<Column, (usize, String)> {
    let cells: Vec<Option<&str>> =
        rows.iter().map(|r| r.get(index).map(str::trim).filter(|c| !MISSING_CELLS.contains(c))).collect();
    if options.categorical.iter().any(|n| n == name) {
        return Ok(categorical(name, &cells));
    }
    let mut numbers = Vec::with_capacity(cells.len());
    for (row, cell) in cells.iter().enumerate() {
        let number = cell.map_or(Ok(f64::NAN), str::parse::<f64>);
        match number {
            Ok(number) if number.is_infinite() => {
                let text = cell.unwrap_or_default();
                return Err((
                    line_of(&rows[row]),
                    format!("column `{name}`: `{text}` is not a finite number"),
                ));
            }
            Ok(number) => numbers.push(number),
            Err(_) if options.continuous.iter().any(|n| n == name) => {
                let text = cell.unwrap_or_default();
                return Err((line_of(&rows[row]), format!("column `{name}`: `{text}` is not a number")));
            }
            Err(_) => return text_column(rows, name, &cells),
        }
    }
    Ok(Column::continuous(name, numbers))
}

/// A categorical column, unless its cells are numbers with decimal commas.
fn text_column(rows: &[StringRecord], name: &str, cells: &[Option<&str>]) -> Result<Column, (usize, String)> {
    let number = |cell: &str| cell.replacen(',', ".", 1).parse::<f64>().is_ok();
    let first_comma = cells.iter().position(|c| c.is_some_and(|c| c.contains(',')));
    match first_comma {
        Some(row) if cells.iter().flatten().all(|c| number(c)) => Err((
            line_of(&rows[row]),
            format!(
                "column `{name}`: `{}` has a decimal comma; write a point, or ask for a categorical column",
                cells[row].unwrap_or_default()
            ),
        )),
        _ => Ok(categorical(name, cells)),
    }
}

fn categorical(name: &str, cells: &[Option<&str>]) -> Column {
    let distinct: BTreeSet<&str> = cells.iter().copied().flatten().collect();
    let mut levels: Vec<&str> = distinct.into_iter().collect();
    let as_numbers: Option<Vec<f64>> = levels.iter().map(|l| l.parse().ok()).collect();
    if let Some(numbers) = as_numbers {
        let mut order: Vec<usize> = (0..levels.len()).collect();
        order.sort_by(|&a, &b| numbers[a].total_cmp(&numbers[b]));
        levels = order.into_iter().map(|i| levels[i]).collect();
    }
    let codes: BTreeMap<&str, u32> = levels.iter().zip(0..).map(|(&l, code)| (l, code)).collect();
    let codes = cells.iter().map(|c| c.map_or(MISSING, |c| codes[c])).collect();
    Column::categorical(name, levels.into_iter().map(str::to_owned).collect(), codes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str) -> Result<Table, CausalError> {
        Table::from_csv(text, "x.csv", &ReadOptions::default())
    }

    fn message(text: &str) -> String {
        read(text).unwrap_err().to_string()
    }

    #[test]
    fn numbers_are_continuous_and_texts_are_sorted_levels() {
        let table = read("\u{feff}dose,tool\r\n1.5,B\r\nNA,A\r\n-2e3,?\r\n").unwrap();
        assert_eq!(table.continuous(0).unwrap()[2], -2000.0);
        assert_eq!(table.column(0).missing(), 1);
        let expected =
            Values::Categorical { levels: vec!["A".into(), "B".into()], codes: vec![1, 0, MISSING] };
        assert_eq!(table.column(1).values, expected);
    }

    #[test]
    fn semicolons_and_tabs_are_recognised_outside_quotes() {
        assert_eq!(read("a;\"b,,,\"\n1;2\n").unwrap().names(), ["a", "b,,,"]);
        assert_eq!(read("a\tb\n1\t2\n").unwrap().width(), 2);
        assert_eq!(read("a\n1\n").unwrap().width(), 1);
    }

    #[test]
    fn errors_name_line_and_column() {
        assert_eq!(message("a,b\n1,2\n1\n"), "x.csv, line 3: 1 cells, but the header names 2 columns");
        assert_eq!(message("a,b,a\n"), "x.csv, line 1: two columns are called `a`; rename one");
        assert_eq!(message(",b\n"), "x.csv, line 1: column 1 has no name; give it one or take it out");
        assert_eq!(message(""), "x.csv, line 1: there is no header; the first line must name the columns");
        assert_eq!(message("a\n1\ninf\n"), "x.csv, line 3: column `a`: `inf` is not a finite number");
        assert!(
            message("a;b\n1;2\n1,5;2\n").starts_with("x.csv, line 3: column `a`: `1,5` has a decimal comma")
        );
    }

    #[test]
    fn kinds_can_be_asked_for() {
        let options = ReadOptions { categorical: vec!["a".into()], ..ReadOptions::default() };
        let table = Table::from_csv("a\n10\n9\n", "x", &options).unwrap();
        let expected = Values::Categorical { levels: vec!["9".into(), "10".into()], codes: vec![1, 0] };
        assert_eq!(table.column(0).values, expected);
        let options = ReadOptions { continuous: vec!["a".into()], ..ReadOptions::default() };
        let text = Table::from_csv("a\n10\nx\n", "x", &options).unwrap_err().to_string();
        assert_eq!(text, "x, line 3: column `a`: `x` is not a number");
        assert!(Table::from_csv("b\n1\n", "x", &options).unwrap_err().to_string().contains("called `a`"));
    }

    proptest! {
        #[test]
        fn a_table_reads_back(
            numbers in proptest::collection::vec(proptest::option::of(-1e9..1e9f64), 1..20),
            words in proptest::collection::vec("[a-c][ ,;\"\n]?[a-c]", 20)
        ) {
            let rows = numbers.len();
            let mut levels: Vec<String> = words[..rows].to_vec();
            levels.sort();
            levels.dedup();
            let codes = words[..rows].iter().map(|w| levels.binary_search(w).unwrap() as u32).collect();
            let numbers: Vec<f64> = numbers.into_iter().map(|n| n.unwrap_or(f64::NAN)).collect();
            let table = Table::new(vec![
                Column::continuous("x, \"y\"", numbers),
                Column::categorical("word", levels, codes),
            ]).unwrap();
            let back = read(&table.to_csv().unwrap()).unwrap();
            prop_assert_eq!(back.to_csv().unwrap(), table.to_csv().unwrap());
            prop_assert_eq!(back.column(1), table.column(1));
        }

        #[test]
        fn no_text_panics(text in "[a,;\"\n\t1.N ]{0,60}") {
            let _ = read(&text);
        }
    }
}
