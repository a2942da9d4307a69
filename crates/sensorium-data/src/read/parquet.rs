//! Parquet tables.

use super::guard::guarded;
use super::repairs::Repairs;
use super::table::{Request, Table};
use super::time_format::{TimeFormat, TimeReader};
use crate::error::DataError;
use parquet::basic::{ConvertedType, LogicalType, TimeUnit};
use parquet::column::reader::{ColumnReader, ColumnReaderImpl};
use parquet::data_type::{AsBytes, DataType};
use parquet::errors::ParquetError;
use parquet::file::reader::{FileReader, SerializedFileReader};
use std::fs::File;
use std::path::Path;

/// Rows read at once.
const CHUNK: usize = 8192;

/// Names of the top-level columns.
///
/// # Errors
/// The file cannot be read as Parquet.
pub fn parquet_columns(path: &Path) -> Result<Vec<String>, DataError> {
    guarded(path, || {
        let reader = open(path)?;
        let schema = reader.metadata().file_metadata().schema_descr();
        Ok(schema.columns().iter().map(|c| c.path().string()).collect())
    })
}

/// Reads the requested columns.
///
/// # Errors
/// The file cannot be read as Parquet (a cut file lacks its footer), lacks a column, or a column is
/// nested or not of numbers, times or words, as asked.
pub fn read_parquet(path: &Path, request: &Request, repairs: &mut Repairs) -> Result<Table, DataError> {
    guarded(path, || Reader::new(path)?.table(request, repairs))
}

fn broken(path: &Path) -> impl Fn(ParquetError) -> DataError + '_ {
    move |e| {
        let message = format!("cannot be read as Parquet ({e}); it may be cut short: write it again");
        DataError::in_file(path, message)
    }
}

fn open(path: &Path) -> Result<SerializedFileReader<File>, DataError> {
    let file = File::open(path).map_err(DataError::io(path))?;
    SerializedFileReader::new(file).map_err(broken(path))
}

/// One value of a column.
#[derive(Clone, Debug)]
enum Value {
    Null,
    Int(i64),
    Float(f64),
    Text(String),
}

struct Reader<'a> {
    path: &'a Path,
    file: SerializedFileReader<File>,
    names: Vec<String>,
}

impl<'a> Reader<'a> {
    fn new(path: &'a Path) -> Result<Self, DataError> {
        let file = open(path)?;
        let columns = file.metadata().file_metadata().schema_descr().columns();
        let names = columns.iter().map(|c| c.path().string()).collect();
        Ok(Self { path, file, names })
    }

    fn table(&self, request: &Request, repairs: &mut Repairs) -> Result<Table, DataError> {
        let mut table = Table::default();
        let rows = self.file.metadata().file_metadata().num_rows();
        table.rows =
            usize::try_from(rows).map_err(|_| DataError::in_file(self.path, "states a negative length"))?;
        let locate = |column: &super::table::ColumnRef| {
            column.locate(Some(&self.names), self.names.len()).map_err(|m| DataError::in_file(self.path, m))
        };
        if let Some(column) = &request.time {
            let at = locate(column)?;
            table.times = self.times(at, &request.time_format)?;
        }
        for column in &request.values {
            let at = locate(column)?;
            let mut values = Vec::new();
            for value in self.column(at)? {
                values.push(match value {
                    Value::Null => f64::NAN,
                    Value::Int(value) => value as f64,
                    Value::Float(value) => value,
                    Value::Text(text) => {
                        let message =
                            format!("column {column} holds words (`{text}`); name columns of numbers");
                        return Err(DataError::in_file(self.path, message));
                    }
                } as f32);
            }
            for value in values.iter_mut().filter(|v| !v.is_finite()) {
                let count = if value.is_nan() { &mut repairs.nan_cells } else { &mut repairs.inf_cells };
                *count += 1;
                *value = f32::NAN;
            }
            table.values.push(values);
        }
        for column in &request.texts {
            let values = self.column(locate(column)?)?.into_iter();
            let text = |v| match v {
                Value::Null => String::new(),
                Value::Int(value) => value.to_string(),
                Value::Float(value) => value.to_string(),
                Value::Text(text) => text,
            };
            table.texts.push(values.map(text).collect());
        }
        let lengths = table.values.iter().map(Vec::len).chain(table.texts.iter().map(Vec::len));
        let times = request.time.is_some().then_some(table.times.len());
        if lengths.chain(times).any(|len| len != table.rows) {
            return Err(DataError::in_file(self.path, "its columns have different lengths; write it again"));
        }
        Ok(table)
    }

    fn times(&self, at: usize, format: &TimeFormat) -> Result<Vec<Option<i64>>, DataError> {
        let descriptor = &self.file.metadata().file_metadata().schema_descr().columns()[at];
        // A stored unit settles the question; plain numbers and words are read as in text.
        let unit = match (descriptor.logical_type_ref(), descriptor.converted_type()) {
            (Some(LogicalType::Timestamp(stamp)), _) => Some(unit_of(&stamp.unit)),
            (_, ConvertedType::TIMESTAMP_MILLIS) => Some(TimeFormat::Millis),
            (_, ConvertedType::TIMESTAMP_MICROS) => Some(TimeFormat::Micros),
            _ if descriptor.physical_type() == parquet::basic::Type::INT96 => Some(TimeFormat::Nanos),
            _ => None,
        };
        let mut clock = TimeReader::new(unit.as_ref().unwrap_or(format));
        let mut times = Vec::new();
        for (row, value) in self.column(at)?.into_iter().enumerate() {
            let text = match value {
                Value::Null => String::new(),
                Value::Int(value) => value.to_string(),
                Value::Float(value) if value.is_nan() => String::new(),
                Value::Float(value) => value.to_string(),
                Value::Text(text) => text,
            };
            let time = if text.is_empty() { None } else { Some(clock.micros(&text)) };
            let failed = |m| DataError::in_file(self.path, format!("row {}: {m}", row + 1));
            times.push(time.transpose().map_err(failed)?);
        }
        Ok(times)
    }

    fn column(&self, at: usize) -> Result<Vec<Value>, DataError> {
        let descriptor = &self.file.metadata().file_metadata().schema_descr().columns()[at];
        if descriptor.max_rep_level() > 0 || descriptor.max_def_level() > 1 {
            let message = format!("column `{}` is nested; write it as a plain column", self.names[at]);
            return Err(DataError::in_file(self.path, message));
        }
        let optional = descriptor.max_def_level() == 1;
        let broken = broken(self.path);
        let mut out = Vec::new();
        for group in 0..self.file.num_row_groups() {
            let group = self.file.get_row_group(group).map_err(&broken)?;
            let text = |bytes: &[u8]| Value::Text(String::from_utf8_lossy(bytes).into_owned());
            let float = |v: f64| Value::Float(v);
            match group.get_column_reader(at).map_err(&broken)? {
                ColumnReader::BoolColumnReader(r) => {
                    drain(r, optional, &mut out, |v| Value::Int(i64::from(*v)))
                }
                ColumnReader::Int32ColumnReader(r) => {
                    drain(r, optional, &mut out, |v| Value::Int(i64::from(*v)))
                }
                ColumnReader::Int64ColumnReader(r) => drain(r, optional, &mut out, |v| Value::Int(*v)),
                ColumnReader::Int96ColumnReader(r) => {
                    drain(r, optional, &mut out, |v| Value::Int(v.to_nanos()))
                }
                ColumnReader::FloatColumnReader(r) => drain(r, optional, &mut out, |v| float(f64::from(*v))),
                ColumnReader::DoubleColumnReader(r) => drain(r, optional, &mut out, |v| float(*v)),
                ColumnReader::ByteArrayColumnReader(r) => {
                    drain(r, optional, &mut out, |v| text(v.as_bytes()))
                }
                ColumnReader::FixedLenByteArrayColumnReader(r) => {
                    drain(r, optional, &mut out, |v| text(v.as_bytes()))
                }
            }
            .map_err(&broken)?;
        }
        Ok(out)
    }
}

fn unit_of(unit: &TimeUnit) -> TimeFormat {
    match unit {
        TimeUnit::MILLIS => TimeFormat::Millis,
        TimeUnit::MICROS => TimeFormat::Micros,
        TimeUnit::NANOS => TimeFormat::Nanos,
    }
}

/// Appends all values of one column of one row group.
fn drain<T: DataType>(
    mut reader: ColumnReaderImpl<T>,
    optional: bool,
    out: &mut Vec<Value>,
    value: impl Fn(&T::T) -> Value,
) -> Result<(), ParquetError> {
    let (mut values, mut levels) = (Vec::new(), Vec::new());
    loop {
        values.clear();
        levels.clear();
        let (records, ..) = reader.read_records(CHUNK, optional.then_some(&mut levels), None, &mut values)?;
        if records == 0 {
            return Ok(());
        }
        if optional {
            let mut present = values.iter();
            let each = levels.iter().map(|l| if *l == 1 { present.next().map(&value) } else { None });
            out.extend(each.map(|v| v.unwrap_or(Value::Null)));
        } else {
            out.extend(values.iter().map(&value));
        }
    }
}
