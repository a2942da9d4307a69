//! Reads one recording.

use super::discover::{Entry, frame_number};
use super::labels::Labels;
use super::pattern::Found;
use super::resolve::{Resolved, same_rate};
use super::spec::{DatasetSpec, Format, StreamSource};
use crate::error::DataError;
use crate::read::{
    ColumnRef, Entries, Idx, Repairs, Request, TimeReader, parse_text, read_audio, read_image, read_text,
    whole_lines,
};
use crate::recording::{Annotation, Recording};
use crate::stream::{Samples, Stream, TimeAxis};
use crate::time::{Hertz, Timestamp};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What a recording is read with.
pub(crate) struct Loading<'a> {
    pub spec: &'a DatasetSpec,
    pub resolved: &'a [Resolved],
    pub labels: Option<&'a Labels>,
    pub idx: &'a BTreeMap<PathBuf, Arc<Idx>>,
}

/// Times and samples of a stream. `floating`: the times count from the start of the recording.
struct Part {
    times: TimeAxis,
    samples: Samples,
    floating: bool,
}

type Parts = Vec<Option<Part>>;

impl Loading<'_> {
    pub fn recording(&self, entry: &Entry) -> Result<(Recording, Repairs), DataError> {
        let mut repairs = Repairs::default();
        let mut parts: Parts = self.spec.streams.iter().map(|_| None).collect();
        let rows = self.tables(entry, &mut parts, &mut repairs)?;
        for (index, stream) in self.spec.streams.iter().enumerate() {
            let files = &entry.files[index];
            let Some(first) = files.first() else { continue };
            parts[index] = match stream.format {
                Format::Csv | Format::Parquet => continue,
                Format::Audio => Some(self.audio(index, first, &mut repairs)?),
                Format::Images => self.images(index, files, &mut repairs)?,
                Format::Idx => Some(self.idx_item(index, first, entry)?),
                Format::Text => {
                    let read = self.text(stream, &first.path, &mut repairs)?;
                    let times = TimeAxis::Stamped(read.times);
                    Some(Part { times, samples: Samples::Text(read.entries), floating: false })
                }
            };
        }
        let anchor = self.settle_starts(&mut parts);
        let mut streams = Vec::with_capacity(parts.len());
        for (index, part) in parts.into_iter().enumerate() {
            let Some(part) = part else {
                streams.push(None);
                continue;
            };
            if part.times.is_empty() {
                repairs.empty_streams += 1;
                streams.push(None);
                continue;
            }
            let stream = Stream::new(self.resolved[index].spec.clone(), part.times, part.samples);
            let place = &self.spec.streams[index].place;
            streams.push(Some(stream.map_err(|m| place.error(format!("recording `{}`: {m}", entry.name)))?));
        }
        let mut recording = Recording {
            name: entry.name.clone(),
            group: entry.group.clone(),
            streams,
            annotations: Vec::new(),
        };
        let Some(whole) = recording.span() else {
            let file = entry.files.iter().flatten().next().map(|f| f.path.clone()).unwrap_or_default();
            return Err(DataError::in_file(file, "the recording has no sample; take its files out"));
        };
        recording.annotations = self.annotations(entry, rows, anchor, whole)?;
        Ok((recording, repairs))
    }

    /// Reads the tables, each file once, and returns the rows of labels.
    fn tables(
        &self,
        entry: &Entry,
        parts: &mut Parts,
        repairs: &mut Repairs,
    ) -> Result<Option<LabelRows>, DataError> {
        let mut done = vec![false; self.spec.streams.len()];
        let mut rows = None;
        for index in 0..self.spec.streams.len() {
            let stream = &self.spec.streams[index];
            let Some(file) = entry.files[index].first().filter(|_| stream.format.is_table() && !done[index])
            else {
                continue;
            };
            let shares = |other: usize| {
                let s = &self.spec.streams[other];
                let same_file = entry.files[other].first().is_some_and(|f| f.path == file.path);
                same_file && s.format == stream.format && s.layout == stream.layout && same_clock(s, stream)
            };
            let members: Vec<usize> =
                (index..self.spec.streams.len()).filter(|i| *i == index || shares(*i)).collect();
            let mut request = Request {
                time: stream.time.clone(),
                time_format: stream.time_format.clone(),
                ..Request::default()
            };
            for member in &members {
                request.values.extend(self.resolved[*member].columns.iter().cloned());
            }
            let label = self.labels.and_then(|l| l.columns().map(|(s, c)| (l, s, c)));
            let label = label.filter(|(_, s, _)| members.contains(s));
            let mut without = false;
            if let Some((labels, _, columns)) = label {
                without = labels.spec.default.is_some() && !has_columns(stream, &file.path, columns)?;
                if !without {
                    request.texts = columns.to_vec();
                }
            }
            let table = super::read_table(stream, &file.path, &request, repairs)?;
            let start = self.start_of(stream, file)?;
            let (times, values, texts) =
                table.into_order(&file.path, start.unwrap_or_default(), stream.rate, repairs)?;
            let floating = stream.time.is_none() && start.is_none();
            if let Some((labels, ..)) = label {
                let texts = if without {
                    vec![vec![labels.spec.default.clone().unwrap_or_default(); times.len()]]
                } else {
                    texts
                };
                rows = Some(LabelRows { path: file.path.clone(), times: times.clone(), texts, floating });
            }
            let mut columns = values.into_iter();
            for member in members {
                let width = self.resolved[member].columns.len();
                let samples = interleave(columns.by_ref().take(width).collect(), times.len());
                parts[member] = Some(Part { times: times.clone(), samples, floating });
                done[member] = true;
            }
        }
        Ok(rows)
    }

    /// When the first sample of a file without times was taken, if that is told.
    fn start_of(&self, stream: &StreamSource, file: &Found) -> Result<Option<Timestamp>, DataError> {
        let Some(text) = file.get("time") else { return Ok(stream.start) };
        let micros = TimeReader::new(&stream.time_format).micros(text);
        let micros =
            micros.map_err(|m| DataError::in_file(&file.path, format!("the {{time}} in its name: {m}")))?;
        Ok(Some(Timestamp::from_micros(micros)))
    }

    fn text(&self, stream: &StreamSource, path: &Path, repairs: &mut Repairs) -> Result<Entries, DataError> {
        if !stream.layout.whole_lines {
            return read_text(path, &stream.time_format, stream.layout.comment, repairs);
        }
        let bytes = std::fs::read(path).map_err(DataError::io(path))?;
        parse_text(path, whole_lines(&bytes), &stream.time_format, stream.layout.comment, repairs)
    }

    fn audio(&self, index: usize, file: &Found, repairs: &mut Repairs) -> Result<Part, DataError> {
        let (stream, resolved) = (&self.spec.streams[index], &self.resolved[index]);
        let sound = read_audio(&file.path, &resolved.channels, repairs)?;
        same_rate(stream, &file.path, sound.rate)?;
        if resolved.spec.rate.is_some_and(|r| (r.get() / sound.rate.get() - 1.0).abs() > 1e-3) {
            let message = format!(
                "is sampled at {} Hz, other files of stream `{}` at {}; resample it",
                sound.rate.get(),
                stream.name,
                resolved.spec.rate.map_or(0.0, Hertz::get)
            );
            return Err(DataError::in_file(&file.path, message));
        }
        let start = self.start_of(stream, file)?;
        let len = sound.data.len() / sound.channels.max(1);
        let times = TimeAxis::Regular { start: start.unwrap_or_default(), rate: sound.rate, len };
        let samples = Samples::Values { channels: sound.channels, data: sound.data };
        Ok(Part { times, samples, floating: start.is_none() })
    }

    fn idx_item(&self, index: usize, file: &Found, entry: &Entry) -> Result<Part, DataError> {
        let [height, width] = self.resolved[index].spec.size.unwrap_or([0, 0]);
        let bytes = self.idx.get(&file.path).zip(entry.item).and_then(|(idx, item)| idx.item(item));
        let Some(bytes) = bytes.filter(|b| b.len() == height * width) else {
            let message =
                "its pictures have another size than the first file's, or it has fewer; use one size";
            return Err(DataError::in_file(&file.path, message));
        };
        let data = bytes.iter().map(|b| f32::from(*b) / 255.0).collect();
        let start = self.spec.streams[index].start.unwrap_or_default();
        let rate = self.resolved[index].spec.rate;
        let times = match rate {
            Some(rate) => TimeAxis::Regular { start, rate, len: 1 },
            None => TimeAxis::Stamped(vec![start]),
        };
        Ok(Part { times, samples: Samples::Images { channels: 1, height, width, data }, floating: false })
    }

    fn images(
        &self,
        index: usize,
        files: &[Found],
        repairs: &mut Repairs,
    ) -> Result<Option<Part>, DataError> {
        let (stream, resolved) = (&self.spec.streams[index], &self.resolved[index]);
        let (times, floating) = self.image_times(stream, files)?;
        let ordered = crate::read::order_files(&files[0].path, &times, repairs)?;
        let [height, width] = resolved.spec.size.unwrap_or([1, 1]);
        let channels = resolved.spec.channels.len();
        let mut data = Vec::with_capacity(files.len() * channels * height * width);
        let (mut stamps, mut first_error) = (Vec::new(), None);
        for (position, time) in ordered {
            match read_image(&files[position].path, [height, width], stream.color) {
                Ok(picture) => {
                    data.extend(picture);
                    stamps.push(Timestamp::from_micros(time));
                }
                Err(error @ DataError::Content { .. }) => {
                    repairs.unreadable_frames += 1;
                    first_error.get_or_insert(error);
                }
                Err(error) => return Err(error),
            }
        }
        match first_error {
            Some(error) if stamps.is_empty() => Err(error),
            _ => Ok(Some(Part {
                times: TimeAxis::Stamped(stamps),
                samples: Samples::Images { channels, height, width, data },
                floating,
            })),
        }
    }

    /// Microseconds of each picture, and whether they count from the start of the recording.
    fn image_times(
        &self,
        stream: &StreamSource,
        files: &[Found],
    ) -> Result<(Vec<Option<i64>>, bool), DataError> {
        if let Some(index) = &stream.index {
            let known = self.image_index(stream, index, files)?;
            let name = |f: &Found| f.relative.rsplit('/').next().unwrap_or(&f.relative).to_string();
            let time = |f: &Found| known.get(&f.relative).or_else(|| known.get(&name(f))).copied();
            return Ok((files.iter().map(time).collect(), false));
        }
        if stream.files.has("time") {
            let mut clock = TimeReader::new(&stream.time_format);
            let mut times = Vec::with_capacity(files.len());
            for file in files {
                let time = clock.micros(file.get("time").unwrap_or_default());
                let named = |m| DataError::in_file(&file.path, format!("the {{time}} in its name: {m}"));
                times.push(Some(time.map_err(named)?));
            }
            return Ok((times, false));
        }
        let period = stream.rate.map_or(1e6, Hertz::period_micros);
        let numbers: Option<Vec<u64>> = files.iter().map(|f| frame_number(f.get("frame")?)).collect();
        let numbers = numbers.unwrap_or_else(|| (0..files.len() as u64).collect());
        let first = numbers.iter().min().copied().unwrap_or(0);
        let start = stream.start.unwrap_or_default().as_micros();
        // A frame number far beyond the others must not leave the range of times.
        let at = |n: u64| start.saturating_add((((n - first) as f64) * period).min(4e17).round() as i64);
        Ok((numbers.into_iter().map(|n| Some(at(n))).collect(), stream.start.is_none()))
    }

    fn image_index(
        &self,
        stream: &StreamSource,
        index: &super::pattern::Pattern,
        files: &[Found],
    ) -> Result<BTreeMap<String, i64>, DataError> {
        let recording = files.first().and_then(|f| f.get("recording"));
        let all = index.files(&self.spec.root)?;
        let mut known = BTreeMap::new();
        let ours = all.iter().filter(|f| f.get("recording").is_none() || f.get("recording") == recording);
        let mut found = false;
        for file in ours {
            found = true;
            let request = Request {
                time: Some(ColumnRef::Name("time".into())),
                time_format: stream.time_format.clone(),
                values: Vec::new(),
                texts: vec![ColumnRef::Name("file".into())],
            };
            let table = crate::read::read_csv(&file.path, &stream.layout, &request, &mut Repairs::default())?;
            let names = table.texts.into_iter().flatten();
            known.extend(names.zip(table.times).filter_map(|(name, time)| time.map(|t| (name, t))));
        }
        if found {
            Ok(known)
        } else {
            Err(stream.place.error(format!("no index file matches \"{}\"; correct index", index.source())))
        }
    }

    /// Moves streams without a start of their own to the start of the others; returns the move.
    fn settle_starts(&self, parts: &mut Parts) -> i64 {
        let fixed = parts.iter().flatten().filter(|p| !p.floating && !p.times.is_empty());
        let anchor = fixed.map(|p| p.times.at(0).as_micros()).min().unwrap_or(0);
        for part in parts.iter_mut().flatten().filter(|p| p.floating) {
            part.times = shifted(&part.times, anchor);
        }
        anchor
    }

    fn annotations(
        &self,
        entry: &Entry,
        rows: Option<LabelRows>,
        anchor: i64,
        whole: crate::time::Span,
    ) -> Result<Vec<Annotation>, DataError> {
        let Some(labels) = self.labels else { return Ok(Vec::new()) };
        match rows {
            Some(rows) => {
                let times = if rows.floating { shifted(&rows.times, anchor) } else { rows.times };
                labels.of_rows(&times, &rows.texts).map_err(|m| DataError::in_file(rows.path, m))
            }
            None => labels
                .of_entry(entry, whole)
                .map_err(|m| labels.spec.error(format!("recording `{}`: {m}", entry.name))),
        }
    }
}

/// The label cells of a recording's rows.
struct LabelRows {
    path: PathBuf,
    times: TimeAxis,
    texts: Vec<Vec<String>>,
    floating: bool,
}

fn same_clock(a: &StreamSource, b: &StreamSource) -> bool {
    a.time == b.time && a.time_format == b.time_format && a.rate == b.rate && a.start == b.start
}

fn has_columns(stream: &StreamSource, path: &Path, columns: &[ColumnRef]) -> Result<bool, DataError> {
    let (header, width) = super::table_header(stream, path)?;
    Ok(columns.iter().all(|c| c.locate(header.as_deref(), width).is_ok()))
}

/// Columns to `[time, channel]`.
fn interleave(columns: Vec<Vec<f32>>, len: usize) -> Samples {
    let channels = columns.len();
    if let [_] = columns.as_slice() {
        return Samples::Values { channels, data: columns.into_iter().flatten().collect() };
    }
    let mut data = vec![0.0; channels * len];
    for (c, column) in columns.iter().enumerate() {
        for (slot, value) in data.iter_mut().skip(c).step_by(channels.max(1)).zip(column) {
            *slot = *value;
        }
    }
    Samples::Values { channels, data }
}

fn shifted(times: &TimeAxis, micros: i64) -> TimeAxis {
    match times {
        TimeAxis::Regular { start, rate, len } => {
            TimeAxis::Regular { start: start.offset(micros), rate: *rate, len: *len }
        }
        TimeAxis::Stamped(stamps) => TimeAxis::Stamped(stamps.iter().map(|t| t.offset(micros)).collect()),
    }
}
