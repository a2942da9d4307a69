//! What the first file of each stream settles: columns, rate, size.

use super::discover::Entry;
use super::labels::Labels;
use super::spec::{DatasetSpec, Format, StreamSource};
use crate::error::DataError;
use crate::read::{ColumnRef, Idx, Repairs, Request, image_size, nominal_rate, probe_audio};
use crate::stream::{Modality, StreamSpec};
use crate::time::Hertz;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A stream whose columns, rate and size are known.
#[derive(Clone, Debug)]
pub(crate) struct Resolved {
    pub spec: Arc<StreamSpec>,
    /// Columns of a table.
    pub columns: Vec<ColumnRef>,
    /// Channels of a sound file; empty for their mean.
    pub channels: Vec<usize>,
}

pub(crate) fn resolve(
    spec: &DatasetSpec,
    index: usize,
    entries: &[Entry],
    labels: Option<&Labels>,
    idx: &BTreeMap<PathBuf, Arc<Idx>>,
) -> Result<Resolved, DataError> {
    let stream = &spec.streams[index];
    let first = entries.iter().find_map(|e| e.files[index].first());
    let Some(first) = first.map(|f| f.path.as_path()) else {
        return Err(stream.place.error("no file matches; correct the glob"));
    };
    let mut resolved = Resolved {
        spec: Arc::new(StreamSpec {
            name: stream.name.clone(),
            modality: stream.modality,
            rate: stream.rate,
            channels: Vec::new(),
            unit: stream.unit.clone(),
            size: None,
        }),
        columns: stream.columns.clone(),
        channels: Vec::new(),
    };
    let out = Arc::make_mut(&mut resolved.spec);
    match stream.format {
        Format::Csv | Format::Parquet => {
            let (columns, names) = table_columns(spec, stream, first, labels)?;
            out.channels = names;
            if out.rate.is_none() && stream.modality != Modality::Table {
                out.rate = measured_rate(stream, first)?;
            }
            resolved.columns = columns;
        }
        Format::Audio => {
            let (rate, _) = probe_audio(first)?;
            same_rate(stream, first, rate)?;
            out.rate = Some(rate);
            let numbers = stream.columns.iter().filter_map(|c| match c {
                ColumnRef::Number(number) => Some(*number),
                ColumnRef::Name(_) => None,
            });
            resolved.channels = numbers.collect();
            out.channels = match resolved.channels.as_slice() {
                [] => vec!["mean".into()],
                picked => picked.iter().map(|c| format!("channel {c}")).collect(),
            };
        }
        Format::Images => {
            out.size = Some(stream.size.map_or_else(|| image_size(first), Ok)?);
            out.channels = stream.color.channels();
        }
        Format::Idx => {
            let shape = idx.get(first).map(|i| i.shape.clone()).unwrap_or_default();
            let [height, width] = shape[..] else {
                return Err(DataError::in_file(
                    first,
                    "is no IDX file of pictures; give the images file here",
                ));
            };
            out.size = Some([height, width]);
            out.channels = vec!["gray".into()];
            out.rate = out.rate.or(Hertz::new(1.0));
        }
        Format::Text => {}
    }
    Ok(resolved)
}

/// Refuses a sound file at another rate than the stream's.
pub(crate) fn same_rate(stream: &StreamSource, path: &Path, rate: Hertz) -> Result<(), DataError> {
    match stream.rate {
        Some(told) if (told.get() / rate.get() - 1.0).abs() > 1e-3 => Err(DataError::in_file(
            path,
            format!(
                "is sampled at {} Hz, but rate_hz of stream `{}` is {}; correct rate_hz, or resample the file",
                rate.get(),
                stream.name,
                told.get()
            ),
        )),
        _ => Ok(()),
    }
}

fn table_columns(
    spec: &DatasetSpec,
    stream: &StreamSource,
    path: &Path,
    labels: Option<&Labels>,
) -> Result<(Vec<ColumnRef>, Vec<String>), DataError> {
    let (header, width) = super::table_header(stream, path)?;
    let header = header.as_deref();
    let place = |column: &ColumnRef| {
        column.locate(header, width).map_err(|m| stream.place.error(format!("{}: {m}", path.display())))
    };
    let name_of = |at: usize| header.map_or(format!("column {}", at + 1), |h| h[at].clone());
    if let Some(time) = &stream.time {
        place(time)?;
    }
    if !stream.columns.is_empty() {
        let at: Vec<usize> = stream.columns.iter().map(place).collect::<Result<_, _>>()?;
        return Ok((stream.columns.clone(), at.into_iter().map(name_of).collect()));
    }
    // Every column but times, labels, groups, and what other streams of these files name.
    let label_columns = labels.and_then(Labels::columns).map_or(&[][..], |(_, columns)| columns);
    let others = spec.streams.iter().filter(|s| s.files == stream.files && s.name != stream.name);
    let taken: Vec<usize> = stream
        .time
        .iter()
        .chain(label_columns)
        .chain(spec.split.group_column.iter())
        .chain(others.flat_map(|s| s.columns.iter().chain(s.time.iter())))
        .filter_map(|c| c.locate(header, width).ok())
        .collect();
    let free: Vec<usize> = (0..width).filter(|i| !taken.contains(i)).collect();
    if free.is_empty() {
        return Err(stream.place.error(format!("{}: no column is left for the values", path.display())));
    }
    let columns = free.iter().map(|i| ColumnRef::Number(i + 1));
    let named = free.iter().map(|i| ColumnRef::Name(name_of(*i)));
    let columns = if header.is_some() { named.collect() } else { columns.collect() };
    Ok((columns, free.into_iter().map(name_of).collect()))
}

/// The rate at which the rows of the first file come.
fn measured_rate(stream: &StreamSource, path: &Path) -> Result<Option<Hertz>, DataError> {
    let Some(time) = &stream.time else { return Ok(None) };
    let request =
        Request { time: Some(time.clone()), time_format: stream.time_format.clone(), ..Request::default() };
    let table = super::read_table(stream, path, &request, &mut Repairs::default())?;
    let mut times: Vec<i64> = table.times.into_iter().flatten().collect();
    times.sort_unstable();
    times.dedup();
    Ok(nominal_rate(&times))
}
