//! `dataset.toml` once it is checked.

use super::pattern::Pattern;
use super::place::Place;
use crate::read::{Color, ColumnRef, TableLayout, TimeFormat};
use crate::source::WindowRule;
use crate::stream::Modality;
use crate::time::{Hertz, Timestamp};
use std::path::{Path, PathBuf};

/// How the files of a stream are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Delimited text.
    Csv,
    /// Parquet.
    Parquet,
    /// WAV or FLAC.
    Audio,
    /// JPEG or PNG, one picture a file.
    Images,
    /// A time and words on each line.
    Text,
    /// IDX, one picture an item.
    Idx,
}

impl Format {
    /// Whether the files are tables with columns.
    pub fn is_table(self) -> bool {
        matches!(self, Self::Csv | Self::Parquet)
    }
}

/// A checked `dataset.toml`.
#[derive(Clone, Debug)]
pub struct DatasetSpec {
    /// Name of the dataset.
    pub name: String,
    /// Folder that the globs start from.
    pub root: PathBuf,
    /// The streams.
    pub streams: Vec<StreamSource>,
    /// Where the labels are.
    pub(crate) label: Option<LabelSpec>,
    /// How windows are cut.
    pub window: WindowRule,
    pub(crate) split: SplitSpec,
}

/// Where a stream comes from.
#[derive(Clone, Debug)]
pub struct StreamSource {
    /// Unique name.
    pub name: String,
    /// Kind of signal.
    pub modality: Modality,
    /// How its files are stored.
    pub format: Format,
    pub(crate) files: Pattern,
    /// Columns or channels as written; empty for all.
    pub columns: Vec<ColumnRef>,
    /// Column of times.
    pub time: Option<ColumnRef>,
    /// How times are written.
    pub time_format: TimeFormat,
    /// Samples per second, where told.
    pub rate: Option<Hertz>,
    /// Time of the first sample, where told.
    pub start: Option<Timestamp>,
    pub(crate) index: Option<Pattern>,
    /// Unit of the values.
    pub unit: Option<String>,
    /// Height and width of pictures, where told.
    pub size: Option<[usize; 2]>,
    /// Gray or colour pictures.
    pub color: Color,
    /// Whether a recording must have it.
    pub required: bool,
    /// How its tables are laid out.
    pub layout: TableLayout,
    /// File names for which `layout.transposed` holds; all where there is none.
    pub(crate) transposed: Vec<glob::Pattern>,
    pub(crate) place: Place,
}

impl StreamSource {
    /// How the file at `path` is laid out.
    pub fn layout_of(&self, path: &Path) -> TableLayout {
        let mut layout = self.layout.clone();
        let name = path.file_name().map(|n| n.to_string_lossy()).unwrap_or_default();
        layout.transposed &= self.transposed.is_empty() || self.transposed.iter().any(|g| g.matches(&name));
        layout
    }
}

/// What is predicted, before the classes are known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TaskKind {
    Classification,
    MultiLabel,
    Regression,
    Anomaly,
}

/// Where labels come from.
#[derive(Clone, Debug)]
pub(crate) enum LabelSource {
    /// Columns of the files of stream `stream`.
    Columns { stream: usize, columns: Vec<ColumnRef> },
    /// The `{label}` placeholder.
    Path,
    /// CSV files of spans, or of one label a recording.
    Spans { files: Pattern, start: ColumnRef, end: ColumnRef, recording: ColumnRef, label: ColumnRef },
    /// An IDX file of labels.
    Idx { files: Pattern },
}

#[derive(Clone, Debug)]
pub(crate) struct LabelSpec {
    pub task: TaskKind,
    pub source: LabelSource,
    pub classes: Option<Vec<String>>,
    pub separator: String,
    pub normal: Vec<String>,
    pub default: Option<String>,
    pub place: Place,
}

/// A share of the recordings, or globs of their names.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum SplitPart {
    Share(f64),
    Globs(Vec<glob::Pattern>),
}

#[derive(Clone, Debug)]
pub(crate) struct SplitSpec {
    /// Training, validation, test.
    pub parts: [SplitPart; 3],
    pub seed: u64,
    pub stratify: bool,
    pub group_column: Option<ColumnRef>,
    pub allow_empty_classes: bool,
    pub place: Option<Place>,
}
