//! From `dataset.toml` as written to a checked [`DatasetSpec`].

use super::document::{Column, Part, RawDataset, RawLabel, RawSplit, RawStream, Start, Which};
use super::pattern::Pattern;
use super::place::{Document, Place};
use super::spec::{
    DatasetSpec, Format, LabelSource, LabelSpec, SplitPart, SplitSpec, StreamSource, TaskKind,
};
use crate::error::DataError;
use crate::read::{Color, ColumnRef, TableLayout, TimeFormat, TimeReader};
use crate::source::WindowRule;
use crate::stream::Modality;
use crate::time::{Hertz, Timestamp};
use std::path::Path;
use toml::Spanned;

/// Reads the text of a `dataset.toml`; `path` is for messages and for the root.
///
/// # Errors
/// The first thing that is wrong, with its line.
pub fn parse_spec(path: &Path, text: &str) -> Result<DatasetSpec, DataError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let document = Document::new(path, text);
    let raw: RawDataset = toml::from_str(text).map_err(|e| document.syntax(&e))?;
    Checker { document: &document, raw: &raw }.dataset()
}

struct Checker<'a> {
    document: &'a Document<'a>,
    raw: &'a RawDataset,
}

impl Checker<'_> {
    fn place<T>(&self, value: &Spanned<T>) -> Place {
        self.document.place(value.span())
    }

    fn error<T>(&self, value: &Spanned<T>, message: impl std::fmt::Display) -> DataError {
        self.place(value).error(message)
    }

    /// Applies a check to a value, if there is one; its complaint gets the value's place.
    fn check<T, U>(
        &self,
        value: Option<&Spanned<T>>,
        check: impl FnOnce(&T) -> Result<U, String>,
    ) -> Result<Option<U>, DataError> {
        value.map(|v| check(v.get_ref()).map_err(|m| self.error(v, m))).transpose()
    }

    fn dataset(&self) -> Result<DatasetSpec, DataError> {
        let raw = self.raw;
        self.check(Some(&raw.name), |n| not_empty(n))?;
        let folder = self.document.path().parent().unwrap_or(Path::new("")).to_path_buf();
        let root = raw.root.as_ref().map_or(folder.clone(), |r| folder.join(r.get_ref()));
        if let Some(given) = &raw.root
            && self.document.path().exists()
            && !root.is_dir()
        {
            return Err(self.error(given, format!("there is no folder {}; correct the path", root.display())));
        }
        if raw.stream.is_empty() {
            return Err(self.document.place(0..0).error("there is no [[stream]]; add at least one"));
        }
        let mut streams: Vec<StreamSource> = Vec::new();
        for stream in &raw.stream {
            let checked = self.stream(stream)?;
            if streams.iter().any(|s| s.name == checked.name) {
                let message = "two streams have this name; rename one";
                return Err(self.error(&stream.get_ref().name, message));
            }
            streams.push(checked);
        }
        let label = match &raw.label {
            Some(label) => Some(self.label(label, &streams)?),
            None => streams.iter().find(|s| s.files.has("label")).map(|s| LabelSpec {
                task: TaskKind::Classification,
                source: LabelSource::Path,
                classes: None,
                separator: "|".into(),
                normal: Vec::new(),
                default: None,
                place: s.place.clone(),
            }),
        };
        let window = self.window(&streams)?;
        let split = self.split()?;
        Ok(DatasetSpec { name: raw.name.get_ref().clone(), root, streams, label, window, split })
    }

    fn stream(&self, spanned: &Spanned<RawStream>) -> Result<StreamSource, DataError> {
        let (raw, top) = (spanned.get_ref(), self.raw);
        self.check(Some(&raw.name), |n| not_empty(n))?;
        let Some(glob) = raw.files.as_ref().or(top.files.as_ref()) else {
            return Err(
                self.error(&raw.name, "the stream has no files; add files = \"…\" here or at the top")
            );
        };
        let mut files = Pattern::parse(glob.get_ref()).map_err(|m| self.error(glob, m))?;
        let told = self.check(raw.modality.as_ref(), |m| modality(m))?;
        let format = match self.check(raw.format.as_ref(), |f| format_named(f))? {
            Some(format) => format,
            None => format_of(files.source(), told).ok_or_else(|| {
                self.error(
                    glob,
                    "the file ending does not tell how the files are stored; add format = \"csv\", \"parquet\", \
                     \"audio\", \"images\", \"text\" or \"idx\"",
                )
            })?,
        };
        let modality = told.unwrap_or(match format {
            Format::Csv | Format::Parquet => Modality::Series,
            Format::Audio => Modality::Audio,
            Format::Images | Format::Idx => Modality::Image,
            Format::Text => Modality::Text,
        });
        let fits = match format {
            Format::Csv | Format::Parquet => {
                matches!(modality, Modality::Series | Modality::Table | Modality::Audio)
            }
            Format::Audio => matches!(modality, Modality::Audio | Modality::Series),
            Format::Images => matches!(modality, Modality::Image | Modality::Video),
            Format::Idx => modality == Modality::Image,
            Format::Text => modality == Modality::Text,
        };
        if !fits {
            let at = raw.modality.as_ref().map_or_else(|| self.place(&raw.name), |m| self.place(m));
            let message =
                format!("modality {modality} cannot be read from {format:?} files; change one of them");
            return Err(at.error(message));
        }
        if format == Format::Images && !files.has("frame") && !files.has("time") && files.has("recording") {
            files.name_star("frame");
        }
        if !files.has("recording") {
            files.name_star(if format == Format::Images { "frame" } else { "recording" });
        }
        let rate = self.check(raw.rate_hz.as_ref().or(top.rate_hz.as_ref()), |r| Hertz::try_from(*r))?;
        let time = match raw.time.as_ref() {
            // A rate of the stream's own takes the place of a time column for all.
            None if raw.rate_hz.is_some() => None,
            own => own.or(top.time.as_ref()),
        };
        let time = self.check(time, column)?.filter(|_| format.is_table());
        let source = StreamSource {
            name: raw.name.get_ref().clone(),
            modality,
            format,
            columns: self.check(raw.columns.as_ref(), |c| columns(c))?.unwrap_or_default(),
            time,
            time_format: self
                .check(raw.time_format.as_ref().or(top.time_format.as_ref()), |f| TimeFormat::parse_name(f))?
                .unwrap_or_default(),
            rate,
            start: self.check(raw.start.as_ref(), start)?,
            index: self.check(raw.index.as_ref(), |i| Pattern::parse(i))?,
            unit: raw.unit.clone(),
            size: self.check(raw.size.as_ref(), |s| match s {
                [1..=8192, 1..=8192] => Ok(*s),
                _ => Err("height and width must lie between 1 and 8192 pixels".to_string()),
            })?,
            color: self
                .check(raw.color.as_ref(), |c| match c.as_str() {
                    "gray" => Ok(Color::Gray),
                    "rgb" => Ok(Color::Rgb),
                    _ => Err("color is gray or rgb".to_string()),
                })?
                .unwrap_or_default(),
            required: raw.required.unwrap_or(false),
            layout: self.layout(raw)?,
            transposed: self
                .check(raw.transposed.as_ref().or(top.transposed.as_ref()), which)?
                .unwrap_or_default(),
            place: self.place(glob),
            files,
        };
        self.has_clock(raw, &source)?;
        Ok(source)
    }

    /// Refuses a stream whose samples have no times.
    fn has_clock(&self, raw: &RawStream, source: &StreamSource) -> Result<(), DataError> {
        let timed = match source.format {
            Format::Csv | Format::Parquet => source.time.is_some() || source.rate.is_some(),
            Format::Images => source.index.is_some() || source.files.has("time") || source.rate.is_some(),
            Format::Audio | Format::Text | Format::Idx => true,
        };
        let numbers = matches!(source.format, Format::Audio)
            .then(|| source.columns.iter().any(|c| matches!(c, ColumnRef::Name(_))));
        if numbers == Some(true) {
            return Err(
                self.error(&raw.name, "the columns of an audio stream are channel numbers, counted from 1")
            );
        }
        if timed {
            return Ok(());
        }
        let remedy = if source.format == Format::Images {
            "give rate_hz, a {time} in the glob, or index"
        } else {
            "give time = \"<column>\" or rate_hz"
        };
        Err(self.error(&raw.name, format!("nothing says when the samples were taken; {remedy}")))
    }

    fn layout(&self, raw: &RawStream) -> Result<TableLayout, DataError> {
        let top = self.raw;
        let byte = |text: &String| match text.as_bytes() {
            [byte] if byte.is_ascii() && !matches!(byte, 0 | b'\n' | b'\r' | b'"') => Ok(*byte),
            _ if text == "\\t" => Ok(b'\t'),
            _ => Err("must be one ASCII character".to_string()),
        };
        Ok(TableLayout {
            delimiter: self.check(raw.delimiter.as_ref().or(top.delimiter.as_ref()), byte)?,
            header: raw.header.or(top.header),
            comment: self.check(raw.comment.as_ref().or(top.comment.as_ref()), byte)?,
            transposed: raw.transposed.as_ref().or(top.transposed.as_ref()).is_some_and(|t| {
                match t.get_ref() {
                    Which::All(yes) => *yes,
                    Which::Globs(globs) => !globs.is_empty(),
                }
            }),
            missing: raw.missing.clone().or(top.missing.clone()).unwrap_or_default(),
            whole_lines: false,
        })
    }

    fn label(&self, spanned: &Spanned<RawLabel>, streams: &[StreamSource]) -> Result<LabelSpec, DataError> {
        let raw = spanned.get_ref();
        let task = self.check(raw.task.as_ref(), |t| match t.as_str() {
            "classification" => Ok(TaskKind::Classification),
            "multi-label" => Ok(TaskKind::MultiLabel),
            "regression" => Ok(TaskKind::Regression),
            "anomaly" => Ok(TaskKind::Anomaly),
            _ => Err("task is classification, multi-label, regression or anomaly".to_string()),
        })?;
        let task = task.unwrap_or(TaskKind::Classification);
        let one = self.check(raw.column.as_ref(), column)?;
        let many = self.check(raw.columns.as_ref(), |c| columns(c))?;
        if let (Some(_), Some(columns)) = (&one, &raw.columns) {
            return Err(self.error(columns, "give column or columns, not both"));
        }
        if let (Some(columns), TaskKind::Classification | TaskKind::Anomaly) = (&raw.columns, task)
            && columns.get_ref().len() > 1
        {
            return Err(
                self.error(columns, "this task takes one column; use task = \"multi-label\" for several")
            );
        }
        let source = if let Some(glob) = &raw.files {
            let files = Pattern::parse(glob.get_ref()).map_err(|m| self.error(glob, m))?;
            if files.source().contains("idx") && streams.iter().any(|s| s.format == Format::Idx) {
                LabelSource::Idx { files }
            } else {
                let or = |name: &str| ColumnRef::Name(name.into());
                LabelSource::Spans {
                    files,
                    start: self.check(raw.start.as_ref(), column)?.unwrap_or_else(|| or("start")),
                    end: self.check(raw.end.as_ref(), column)?.unwrap_or_else(|| or("end")),
                    recording: self.check(raw.recording.as_ref(), column)?.unwrap_or_else(|| or("recording")),
                    label: one.unwrap_or_else(|| or("label")),
                }
            }
        } else if let Some(columns) = many.or(one.map(|c| vec![c])) {
            let place = self.place(spanned);
            LabelSource::Columns { stream: self.label_stream(raw, streams, &place)?, columns }
        } else if streams.iter().any(|s| s.files.has("label")) {
            LabelSource::Path
        } else {
            return Err(self.error(
                spanned,
                "nothing says where the labels are; give column, files, or a {label} in a stream's glob",
            ));
        };
        let classes = self.check(raw.classes.as_ref(), |c| {
            let mut sorted = c.clone();
            sorted.sort();
            sorted.dedup();
            let whole = sorted.len() == c.len() && !c.is_empty();
            whole.then(|| c.clone()).ok_or("the names must be there and differ".to_string())
        })?;
        let normal = ["0", "false", "normal", "healthy", "ok"].map(String::from).to_vec();
        Ok(LabelSpec {
            task,
            source,
            classes,
            separator: self
                .check(raw.separator.as_ref(), |s| not_empty(s).map(|()| s.clone()))?
                .unwrap_or("|".into()),
            normal: raw.normal.clone().unwrap_or(normal),
            default: raw.default.clone(),
            place: self.place(spanned),
        })
    }

    fn label_stream(
        &self,
        raw: &RawLabel,
        streams: &[StreamSource],
        place: &Place,
    ) -> Result<usize, DataError> {
        match &raw.stream {
            Some(name) => {
                let found = streams.iter().position(|s| s.name == *name.get_ref());
                found
                    .filter(|i| streams[*i].format.is_table())
                    .ok_or_else(|| self.error(name, "there is no CSV or Parquet stream of this name"))
            }
            None => streams.iter().position(|s| s.format.is_table()).ok_or_else(|| {
                place.error("no stream has columns; give label files, or a {label} in a glob")
            }),
        }
    }

    fn window(&self, streams: &[StreamSource]) -> Result<WindowRule, DataError> {
        let Some(spanned) = &self.raw.window else {
            if streams.iter().all(|s| s.format == Format::Idx) {
                return Ok(WindowRule { length_ms: 1000.0, stride_ms: 1000.0 });
            }
            let message = "there is no [window]; add one with length_ms = <milliseconds>";
            return Err(self.document.place(0..0).error(message));
        };
        let positive = |ms: &f64| match *ms {
            ms if ms.is_finite() && (1e-3..=1e12).contains(&ms) => Ok(ms),
            _ => Err("must be a positive number of milliseconds".to_string()),
        };
        let raw = spanned.get_ref();
        let length = self.check(Some(&raw.length_ms), positive)?.unwrap_or(1000.0);
        let stride = self.check(raw.stride_ms.as_ref(), positive)?.unwrap_or(length);
        Ok(WindowRule { length_ms: length, stride_ms: stride })
    }

    fn split(&self) -> Result<SplitSpec, DataError> {
        let Some(spanned) = &self.raw.split else {
            return Ok(SplitSpec {
                parts: [0.7, 0.15, 0.15].map(SplitPart::Share),
                seed: 0,
                stratify: true,
                group_column: None,
                allow_empty_classes: false,
                place: None,
            });
        };
        let raw: &RawSplit = spanned.get_ref();
        let [train, validation, test] =
            [&raw.train, &raw.validation, &raw.test].map(|part| self.check(part.as_ref(), split_part));
        let (train, validation, test) = (train?, validation?, test?);
        let share = |part: &Option<SplitPart>| match part {
            Some(SplitPart::Share(share)) => *share,
            _ => 0.0,
        };
        let listed = matches!(train, Some(SplitPart::Globs(_)));
        // Beside a list for training, what is not mentioned is empty.
        let default = if listed { 0.0 } else { 0.15 };
        let validation = validation.unwrap_or(SplitPart::Share(default));
        let test = test.unwrap_or(SplitPart::Share(default));
        let held = share(&Some(validation.clone())) + share(&Some(test.clone()));
        let given = share(&train);
        let total = held + given;
        let fits = if listed {
            held < 1.0
        } else if train.is_some() {
            (total - 1.0).abs() < 1e-6
        } else {
            held < 1.0
        };
        if !fits {
            let message = format!("the shares of train, validation and test add up to {total}; make it 1");
            return Err(self.error(spanned, message));
        }
        if !listed && [&validation, &test].iter().any(|p| matches!(p, SplitPart::Globs(_))) {
            let message = "where validation or test is a list of globs, train must be one as well";
            return Err(self.error(spanned, message));
        }
        Ok(SplitSpec {
            parts: [train.unwrap_or(SplitPart::Share(1.0 - held)), validation, test],
            seed: raw.seed.unwrap_or(0),
            stratify: raw.stratify.unwrap_or(true),
            group_column: self.check(raw.group_column.as_ref(), column)?,
            allow_empty_classes: raw.allow_empty_classes.unwrap_or(false),
            place: Some(self.place(spanned)),
        })
    }
}

fn not_empty(text: &str) -> Result<(), String> {
    if text.trim().is_empty() { Err("must not be empty".into()) } else { Ok(()) }
}

fn modality(name: &str) -> Result<Modality, String> {
    match name {
        "series" => Ok(Modality::Series),
        "audio" => Ok(Modality::Audio),
        "image" => Ok(Modality::Image),
        "text" => Ok(Modality::Text),
        "table" => Ok(Modality::Table),
        "video" | "points" => Err(format!("{name} is not read yet; use series, audio, image, text or table")),
        _ => Err("modality is series, audio, image, text or table".into()),
    }
}

fn format_named(name: &str) -> Result<Format, String> {
    Ok(match name {
        "csv" => Format::Csv,
        "parquet" => Format::Parquet,
        "audio" => Format::Audio,
        "images" => Format::Images,
        "text" => Format::Text,
        "idx" => Format::Idx,
        _ => return Err("format is csv, parquet, audio, images, text or idx".into()),
    })
}

fn format_of(glob: &str, told: Option<Modality>) -> Option<Format> {
    let name = glob.rsplit('/').next().unwrap_or(glob).to_ascii_lowercase();
    if name.contains("-idx") {
        return Some(Format::Idx);
    }
    match name.rsplit('.').next()? {
        "csv" | "tsv" | "dat" => Some(Format::Csv),
        "parquet" | "pq" => Some(Format::Parquet),
        "wav" | "flac" => Some(Format::Audio),
        "jpg" | "jpeg" | "png" => Some(Format::Images),
        "log" => Some(Format::Text),
        "txt" if matches!(told, Some(Modality::Series | Modality::Table)) => Some(Format::Csv),
        "txt" => Some(Format::Text),
        _ => None,
    }
}

fn column(raw: &Column) -> Result<ColumnRef, String> {
    match raw {
        Column::Number(number) if (1..=100_000).contains(number) => Ok(ColumnRef::Number(*number as usize)),
        Column::Number(number) => Err(format!("column numbers count from 1, so {number} is none")),
        Column::Name(name) if name.trim().is_empty() => Err("a column name must not be empty".into()),
        Column::Name(name) => Ok(ColumnRef::Name(name.clone())),
    }
}

fn columns(raw: &[Column]) -> Result<Vec<ColumnRef>, String> {
    let mut all = Vec::new();
    for one in raw {
        if let Column::Name(name) = one
            && let Some((from, to)) = name.split_once('-')
            && let (Ok(from), Ok(to)) = (from.trim().parse::<usize>(), to.trim().parse::<usize>())
        {
            if from == 0 || to < from || to > 100_000 {
                return Err(format!("\"{name}\" is no range of columns counted from 1"));
            }
            all.extend((from..=to).map(ColumnRef::Number));
        } else {
            all.push(column(one)?);
        }
    }
    let mut seen = all.clone();
    seen.sort();
    seen.dedup();
    match all.len() {
        0 => Err("the list is empty; name a column, or take the line out for all columns".into()),
        n if n > seen.len() => Err("a column is named twice".into()),
        _ => Ok(all),
    }
}

fn start(raw: &Start) -> Result<Timestamp, String> {
    let micros = match raw {
        Start::Seconds(seconds) => TimeReader::new(&TimeFormat::Seconds).micros(&seconds.to_string()),
        Start::Date(text) => TimeReader::new(&TimeFormat::Auto).micros(text),
    };
    micros.map(Timestamp::from_micros)
}

fn which(raw: &Which) -> Result<Vec<glob::Pattern>, String> {
    match raw {
        Which::All(_) => Ok(Vec::new()),
        Which::Globs(globs) => patterns(globs),
    }
}

fn patterns(globs: &[String]) -> Result<Vec<glob::Pattern>, String> {
    globs.iter().map(|g| glob::Pattern::new(g).map_err(|e| format!("glob \"{g}\": {e}"))).collect()
}

fn split_part(raw: &Part) -> Result<SplitPart, String> {
    match raw {
        Part::Share(share) if (0.0..=1.0).contains(share) => Ok(SplitPart::Share(*share)),
        Part::Share(share) => Err(format!("a share lies between 0 and 1, so {share} is none")),
        Part::Globs(globs) => patterns(globs).map(SplitPart::Globs),
    }
}
