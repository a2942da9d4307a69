//! Delimited text: CSV, TSV, and columns set apart by blanks.

use super::cell::{Cell, CellReader, text_of};
use super::repairs::Repairs;
use super::table::{Request, Table};
use super::time_format::{TimeReader, looks_like_time};
use crate::error::DataError;
use std::fs;
use std::path::Path;

/// How a delimited file is laid out; what is `None` is detected.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TableLayout {
    /// Byte between cells; a blank stands for any run of blanks.
    pub delimiter: Option<u8>,
    /// Whether the first line names the columns.
    pub header: Option<bool>,
    /// First byte of lines to skip.
    pub comment: Option<u8>,
    /// Whether the file is stored as `[variable, time]`, one line a variable.
    pub transposed: bool,
    /// Cells that mean "missing", beside the usual ones.
    pub missing: Vec<String>,
    /// Leave a last line without its newline unread: the file is still being written.
    pub whole_lines: bool,
}

/// One delimited file in memory, cut into lines and cells.
struct Cells<'a> {
    bytes: &'a [u8],
    delimiter: u8,
    comment: Option<u8>,
}

/// A line of cells and its number, counted from 1.
type Line = (u64, csv::ByteRecord);

/// Names of the columns, and the number of columns.
///
/// # Errors
/// The file cannot be read or is empty.
pub fn read_header(path: &Path, layout: &TableLayout) -> Result<(Option<Vec<String>>, usize), DataError> {
    let bytes = read_bytes(path)?;
    let cells = Cells::new(&bytes, layout);
    if layout.transposed {
        let lines = cells.lines(path)?;
        let named = layout.header == Some(true);
        let names = lines.iter().map(|(_, r)| r.get(0).map(text_of).unwrap_or_default()).collect();
        return Ok((named.then_some(names), lines.len()));
    }
    let mut reader = cells.reader();
    let mut record = csv::ByteRecord::new();
    let found = cells.next(path, &mut reader, &mut record)?;
    if found.is_none() {
        return Err(DataError::in_file(path, "is empty; take it out, or write at least a header line"));
    }
    Ok((header_of(&record, layout), record.len()))
}

/// Reads the requested columns.
///
/// # Errors
/// The file cannot be read, a column is missing, a line has too few cells (but for the last line,
/// which counts as truncated), or a cell is not a number or not a time: naming the line.
pub fn read_csv(
    path: &Path,
    layout: &TableLayout,
    request: &Request,
    repairs: &mut Repairs,
) -> Result<Table, DataError> {
    let mut bytes = read_bytes(path)?;
    if layout.whole_lines {
        bytes.truncate(whole_lines(&bytes).len());
    }
    let cells = Cells::new(&bytes, layout);
    let mut sink = Sink::new(path, layout, request);
    if layout.transposed {
        let lines = transpose(path, cells.lines(path)?)?;
        let mut lines = lines.iter();
        if layout.header == Some(true)
            && let Some((_, record)) = lines.next()
        {
            sink.locate(Some(record.iter().map(text_of).collect()), record.len())?;
        }
        for (line, record) in lines {
            sink.row(*line, record, false, repairs)?;
        }
        sink.table.lines.clear();
        return Ok(sink.table);
    }
    let ended = bytes.last().is_none_or(|b| *b == b'\n');
    let mut reader = cells.reader();
    let mut record = csv::ByteRecord::new();
    let mut first = true;
    while let Some(line) = cells.next(path, &mut reader, &mut record)? {
        if std::mem::take(&mut first)
            && let Some(header) = header_of(&record, layout)
        {
            sink.locate(Some(header), record.len())?;
            continue;
        }
        // Only the last line may be cut short, and only where the file does not end with a newline.
        let may_be_cut = !ended && reader.position().byte() >= bytes.len() as u64;
        sink.row(line, &record, may_be_cut, repairs)?;
    }
    if first {
        return Err(DataError::in_file(path, "is empty; take it out, or write at least a header line"));
    }
    Ok(sink.table)
}

/// The part up to the last newline.
pub(crate) fn whole_lines(bytes: &[u8]) -> &[u8] {
    &bytes[..bytes.iter().rposition(|b| *b == b'\n').map_or(0, |at| at + 1)]
}

fn read_bytes(path: &Path) -> Result<Vec<u8>, DataError> {
    let mut bytes = fs::read(path).map_err(DataError::io(path))?;
    if bytes.starts_with(&[0xFF, 0xFE]) || bytes.starts_with(&[0xFE, 0xFF]) {
        return Err(DataError::in_file(path, "is UTF-16; save it as UTF-8"));
    }
    if bytes.starts_with(&[0xEF, 0xBB, 0xBF]) {
        bytes.drain(..3);
    }
    if let Some(at) = bytes.iter().position(|b| *b == 0) {
        let line = 1 + bytes[..at].iter().filter(|b| **b == b'\n').count() as u64;
        return Err(DataError::at_line(
            path,
            line,
            "holds a zero byte, so it is no text; give the right file, or say what it is with `format`",
        ));
    }
    Ok(bytes)
}

impl<'a> Cells<'a> {
    fn new(bytes: &'a [u8], layout: &TableLayout) -> Self {
        let delimiter = layout.delimiter.unwrap_or_else(|| detect_delimiter(bytes, layout.comment));
        Self { bytes, delimiter, comment: layout.comment }
    }

    fn reader(&self) -> csv::Reader<&'a [u8]> {
        csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(if self.delimiter == b' ' { 0 } else { self.delimiter })
            .quoting(self.delimiter != b' ')
            .comment(self.comment)
            .trim(csv::Trim::All)
            .from_reader(self.bytes)
    }

    /// The next line that is not blank, and its number.
    fn next(
        &self,
        path: &Path,
        reader: &mut csv::Reader<&'a [u8]>,
        record: &mut csv::ByteRecord,
    ) -> Result<Option<u64>, DataError> {
        loop {
            if !reader.read_byte_record(record).map_err(|e| DataError::in_file(path, e.to_string()))? {
                return Ok(None);
            }
            let line = record.position().map_or(0, csv::Position::line);
            if record.iter().all(<[u8]>::is_empty) {
                continue;
            }
            if self.delimiter == b' ' {
                let whole = record.get(0).unwrap_or_default().to_vec();
                record.clear();
                for cell in whole.split(u8::is_ascii_whitespace).filter(|cell| !cell.is_empty()) {
                    record.push_field(cell);
                }
            }
            return Ok(Some(line));
        }
    }

    fn lines(&self, path: &Path) -> Result<Vec<Line>, DataError> {
        let mut reader = self.reader();
        let mut record = csv::ByteRecord::new();
        let mut lines = Vec::new();
        while let Some(line) = self.next(path, &mut reader, &mut record)? {
            lines.push((line, record.clone()));
        }
        Ok(lines)
    }
}

/// The delimiter that splits the first lines into the same number (above one) of cells.
fn detect_delimiter(bytes: &[u8], comment: Option<u8>) -> u8 {
    let head = &bytes[..bytes.len().min(1 << 16)];
    let mut lines: Vec<&[u8]> = head
        .split(|b| *b == b'\n')
        .filter(|line| !line.trim_ascii().is_empty() && comment != line.trim_ascii_start().first().copied())
        .take(20)
        .collect();
    if lines.len() > 2 && head.len() < bytes.len() {
        lines.pop();
    }
    let counts = |delimiter: u8| lines.iter().map(move |l| l.iter().filter(|b| **b == delimiter).count());
    for delimiter in *b";\t,|" {
        let first = counts(delimiter).next().unwrap_or(0);
        if first > 0 && counts(delimiter).all(|n| n == first) {
            return delimiter;
        }
    }
    let most = |delimiter: u8| counts(delimiter).min().unwrap_or(0);
    match b";\t,|".iter().copied().max_by_key(|d| most(*d)) {
        Some(delimiter) if most(delimiter) > 0 => delimiter,
        _ if lines.iter().any(|l| l.trim_ascii().contains(&b' ')) => b' ',
        _ => b',',
    }
}

/// The names in the first line, when it is a header: told, or none of its cells is a number or time.
fn header_of(record: &csv::ByteRecord, layout: &TableLayout) -> Option<Vec<String>> {
    let names: Vec<String> = record.iter().map(text_of).collect();
    let is_data = |cell: &String| cell.replace(',', ".").parse::<f64>().is_ok() || looks_like_time(cell);
    layout.header.unwrap_or_else(|| !names.iter().any(is_data)).then_some(names)
}

/// Lines of variables into lines of samples; the line number becomes the sample's number.
fn transpose(path: &Path, lines: Vec<Line>) -> Result<Vec<Line>, DataError> {
    let len = lines.first().map_or(0, |(_, r)| r.len());
    if let Some((line, record)) = lines.iter().find(|(_, r)| r.len() != len) {
        let message = format!(
            "has {} cells where the first line has {len}; with transposed = true every line must be as long",
            record.len()
        );
        return Err(DataError::at_line(path, *line, message));
    }
    let column = |i: usize| lines.iter().map(|(_, r)| r.get(i).unwrap_or_default()).collect();
    Ok((0..len).map(|i| (i as u64 + 1, column(i))).collect())
}

/// Turns rows into columns.
struct Sink<'a> {
    path: &'a Path,
    request: &'a Request,
    located: Option<Located>,
    cells: CellReader<'a>,
    clock: TimeReader,
    table: Table,
}

struct Located {
    width: usize,
    time: Option<usize>,
    values: Vec<usize>,
    texts: Vec<usize>,
}

impl<'a> Sink<'a> {
    fn new(path: &'a Path, layout: &'a TableLayout, request: &'a Request) -> Self {
        let table = Table {
            values: vec![Vec::new(); request.values.len()],
            texts: vec![Vec::new(); request.texts.len()],
            ..Table::default()
        };
        Self {
            path,
            request,
            located: None,
            cells: CellReader::new(&layout.missing),
            clock: TimeReader::new(&request.time_format),
            table,
        }
    }

    fn locate(&mut self, header: Option<Vec<String>>, width: usize) -> Result<(), DataError> {
        let find = |column: &super::table::ColumnRef| {
            column.locate(header.as_deref(), width).map_err(|m| DataError::in_file(self.path, m))
        };
        self.located = Some(Located {
            width,
            time: self.request.time.as_ref().map(find).transpose()?,
            values: self.request.values.iter().map(find).collect::<Result<_, _>>()?,
            texts: self.request.texts.iter().map(find).collect::<Result<_, _>>()?,
        });
        Ok(())
    }

    fn row(
        &mut self,
        line: u64,
        record: &csv::ByteRecord,
        may_be_cut: bool,
        repairs: &mut Repairs,
    ) -> Result<(), DataError> {
        if self.located.is_none() {
            self.locate(None, record.len())?;
        }
        let Some(located) = &self.located else { return Ok(()) };
        let width = located.width;
        if record.len() < width {
            if may_be_cut {
                repairs.truncated += 1;
                return Ok(());
            }
            let message = format!(
                "has {} cells where the first line has {width}; complete or remove the line",
                record.len()
            );
            return Err(DataError::at_line(self.path, line, message));
        }
        if record.iter().skip(width).any(|cell| !cell.is_empty()) {
            let message = format!(
                "has {} cells where the first line has {width}; check the delimiter and the quotes",
                record.len()
            );
            return Err(DataError::at_line(self.path, line, message));
        }
        let cell = |index: usize| record.get(index).unwrap_or_default();
        let refuse = |column: &dyn std::fmt::Display, message: String| {
            DataError::at_line(self.path, line, format!("column {column}: {message}"))
        };
        if let (Some(at), Some(name)) = (located.time, &self.request.time) {
            let text = String::from_utf8_lossy(cell(at));
            let time = if text.is_empty() {
                None
            } else {
                match self.clock.micros(&text) {
                    Ok(time) => Some(time),
                    Err(_) if may_be_cut => {
                        repairs.truncated += 1;
                        return Ok(());
                    }
                    Err(message) => return Err(refuse(name, message)),
                }
            };
            self.table.times.push(time);
        }
        for (k, at) in located.values.iter().enumerate() {
            let value = match self.cells.number(cell(*at)) {
                Cell::Number(value) => value,
                Cell::Missing => {
                    repairs.nan_cells += 1;
                    f32::NAN
                }
                Cell::Infinite => {
                    repairs.inf_cells += 1;
                    f32::NAN
                }
                Cell::Bad if may_be_cut => {
                    repairs.nan_cells += 1;
                    repairs.truncated += 1;
                    f32::NAN
                }
                Cell::Bad => {
                    let text = text_of(cell(*at));
                    return Err(refuse(
                        &self.request.values[k],
                        format!(
                            "`{text}` is not a number; correct it, name other columns, or list it under `missing`"
                        ),
                    ));
                }
            };
            self.table.values[k].push(value);
        }
        for (k, at) in located.texts.iter().enumerate() {
            let text = std::str::from_utf8(cell(*at)).map_err(|_| {
                refuse(&self.request.texts[k], "is not valid UTF-8; save the file as UTF-8".to_string())
            })?;
            self.table.texts[k].push(text.to_string());
        }
        self.table.lines.push(line);
        self.table.rows += 1;
        Ok(())
    }
}
