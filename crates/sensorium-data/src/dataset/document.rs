//! `dataset.toml` as it is written: every field, with its documentation.
//!
//! The doc comments below are the reference that [`super::reference`] prints: one source for both.

use serde::Deserialize;
use toml::Spanned;

/// One field of a table of `dataset.toml`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Field {
    pub name: &'static str,
    pub kind: &'static str,
    pub about: &'static [&'static str],
}

/// One table of `dataset.toml`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Section {
    pub title: &'static str,
    pub about: &'static [&'static str],
    pub fields: &'static [Field],
}

macro_rules! documented {
    (
        $(#[doc = $about:literal])*
        struct $name:ident in $title:literal {
            $( $(#[doc = $doc:literal])* $field:ident: $ty:ty => $kind:literal, )*
        }
    ) => {
        $(#[doc = $about])*
        #[derive(Clone, Debug, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub(crate) struct $name { $( $(#[doc = $doc])* pub $field: $ty, )* }

        impl $name {
            pub(crate) const SECTION: Section = Section {
                title: $title,
                about: &[$($about),*],
                fields: &[$( Field { name: stringify!($field), kind: $kind, about: &[$($doc),*] } ),*],
            };
        }
    };
}

/// A column: its name or its number.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged, expecting = "expected a column name, or its number counted from 1")]
pub(crate) enum Column {
    Number(i64),
    Name(String),
}

/// A share, or a list of globs.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged, expecting = "expected a share between 0 and 1, or a list of globs of recording names")]
pub(crate) enum Part {
    Share(f64),
    Globs(Vec<String>),
}

/// A yes or no, or a list of globs of the files for which it is yes.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged, expecting = "expected true, false, or a list of globs of file names")]
pub(crate) enum Which {
    All(bool),
    Globs(Vec<String>),
}

/// A time: seconds, or an ISO date-time.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged, expecting = "expected seconds, or a date-time in quotes such as \"2024-05-01T12:00:00\"")]
pub(crate) enum Start {
    Seconds(f64),
    Date(String),
}

documented! {
    /// The dataset. Paths are relative to the folder that holds `dataset.toml`.
    ///
    /// The fields from `files` to `missing` hold for every stream that does not give its own.
    struct RawDataset in "top level" {
        /// Name of the dataset.
        name: Spanned<String> => "text, required",
        /// Folder that the globs start from, relative to this file.
        root: Option<Spanned<String>> => "path, default: the folder of this file",
        /// Glob of the files; see *Files and recordings*.
        files: Option<Spanned<String>> => "glob",
        /// Column of times.
        time: Option<Spanned<Column>> => "column name or number",
        /// How times are written: `auto`, `iso`, `s`, `ms`, `us`, `ns`, or a pattern such as
        /// `%d.%m.%Y %H:%M:%S`.
        time_format: Option<Spanned<String>> => "text, default `auto`",
        /// Samples per second, where there is no time column. Beside a time column it is the rate
        /// that the times are checked against.
        rate_hz: Option<Spanned<f64>> => "number",
        /// Byte between the cells of a CSV file; `" "` for any run of blanks.
        delimiter: Option<Spanned<String>> => "one character, default: detected among `;` tab `,` `|` blank",
        /// Whether the first line of a CSV file names its columns.
        header: Option<bool> => "true or false, default: detected",
        /// Lines that begin with this character are skipped.
        comment: Option<Spanned<String>> => "one character",
        /// Whether a CSV file is stored as `[variable, time]`, one line a variable; column numbers
        /// are then line numbers. A list of globs names the files that are.
        transposed: Option<Spanned<Which>> => "true, false or list of globs, default false",
        /// Cells that mean a missing value, beside empty cells, `NA`, `NaN`, `null`, `none`, `-`, `?`.
        missing: Option<Vec<String>> => "list of texts",
        /// The streams, one `[[stream]]` table each.
        stream: Vec<Spanned<RawStream>> => "tables, at least one",
        /// What is to be predicted.
        label: Option<Spanned<RawLabel>> => "table",
        /// How windows are cut.
        window: Option<Spanned<RawWindow>> => "table, required unless every stream is a set of stills",
        /// Which recordings train, validate and test.
        split: Option<Spanned<RawSplit>> => "table",
    }
}

documented! {
    /// One stream: a named source with its own timestamps.
    struct RawStream in "[[stream]]" {
        /// Unique name.
        name: Spanned<String> => "text, required",
        /// `series`, `audio`, `image`, `text` or `table` (a table holds its last row until the next).
        modality: Option<Spanned<String>> => "text, default: by the file ending",
        /// How the files are stored: `csv`, `parquet`, `audio` (WAV, FLAC), `images` (JPEG, PNG),
        /// `text` (a time and words on each line) or `idx` (MNIST).
        format: Option<Spanned<String>> => "text, default: by the file ending",
        /// Glob of the files; see *Files and recordings*.
        files: Option<Spanned<String>> => "glob, required here or at top level",
        /// Columns (CSV, Parquet) or channels (audio, counted from 1). Without a header, `"3-7"`
        /// stands for the columns 3 to 7.
        columns: Option<Spanned<Vec<Column>>> => "list, default: every column but the times and labels; audio: the mean of all channels",
        /// Column of times.
        time: Option<Spanned<Column>> => "column name or number",
        /// As at top level.
        time_format: Option<Spanned<String>> => "text, default `auto`",
        /// As at top level. For audio, the rate the files must have.
        rate_hz: Option<Spanned<f64>> => "number",
        /// Time of the first sample where the files have no times.
        start: Option<Spanned<Start>> => "seconds or date-time, default: the start of the recording's other streams",
        /// CSV file that gives the time of each picture, in the columns `file` and `time`.
        index: Option<Spanned<String>> => "glob",
        /// Unit of the values, for people.
        unit: Option<String> => "text",
        /// Height and width that pictures are resized to.
        size: Option<Spanned<[usize; 2]>> => "two numbers, default: those of the first picture",
        /// `gray` or `rgb`.
        color: Option<Spanned<String>> => "text, default `rgb`",
        /// Whether a recording without this stream is an error. Otherwise it is missing there.
        required: Option<bool> => "true or false, default false",
        /// As at top level.
        delimiter: Option<Spanned<String>> => "one character",
        /// As at top level.
        header: Option<bool> => "true or false",
        /// As at top level.
        comment: Option<Spanned<String>> => "one character",
        /// As at top level.
        transposed: Option<Spanned<Which>> => "true, false or list of globs",
        /// As at top level.
        missing: Option<Vec<String>> => "list of texts",
    }
}

documented! {
    /// Where the labels are: in a column of a stream's file, in the `{label}` of its glob, or in
    /// files of their own.
    struct RawLabel in "[label]" {
        /// `classification`, `multi-label`, `regression` or `anomaly` (learned from normal data
        /// alone).
        task: Option<Spanned<String>> => "text, default `classification`",
        /// Column that holds the label of each row.
        column: Option<Spanned<Column>> => "column name or number",
        /// Columns, one a label (multi-label: 0 or 1) or an output (regression).
        columns: Option<Spanned<Vec<Column>>> => "list",
        /// Stream whose files hold the column.
        stream: Option<Spanned<String>> => "stream name, default: the first that is a CSV or Parquet file",
        /// Glob of label files: CSV with the columns `start`, `end` and `label` (or those named
        /// here), `recording` where one file serves several recordings; without start and end a
        /// label holds for its whole recording. Or an IDX file of labels.
        files: Option<Spanned<String>> => "glob",
        /// Column of a label file with the start of each span.
        start: Option<Spanned<Column>> => "column, default `start`",
        /// Column of a label file with the end of each span.
        end: Option<Spanned<Column>> => "column, default `end`",
        /// Column of a label file with the recording's name.
        recording: Option<Spanned<Column>> => "column, default `recording`",
        /// Character between the labels of one cell (multi-label).
        separator: Option<Spanned<String>> => "text, default `|`",
        /// Class, label or output names, in order.
        classes: Option<Spanned<Vec<String>>> => "list of texts, default: those found, sorted",
        /// Anomaly: labels that mean normal.
        normal: Option<Vec<String>> => "list of texts, default `0`, `false`, `normal`, `healthy`, `ok`",
        /// Label of what has none (a file without the column, a recording without an entry).
        default: Option<String> => "text, default: an error for a column, unknown for a label file",
    }
}

documented! {
    /// How windows are cut.
    struct RawWindow in "[window]" {
        /// Length in milliseconds.
        length_ms: Spanned<f64> => "number, required",
        /// From the start of one window to the start of the next, in milliseconds.
        stride_ms: Option<Spanned<f64>> => "number, default: the length",
    }
}

documented! {
    /// Which recordings train, validate and test. Recordings of one group always stay together.
    ///
    /// Shares divide the recordings; lists of globs name them (by recording name, or by the path of
    /// any of their files). Beside a list for `train`, a share for `validation` or `test` is taken
    /// out of the listed recordings.
    struct RawSplit in "[split]" {
        /// For fitting weights.
        train: Option<Spanned<Part>> => "share or list, default: what the others leave",
        /// For early stopping and thresholds.
        validation: Option<Spanned<Part>> => "share or list, default 0.15",
        /// For the figures at the end.
        test: Option<Spanned<Part>> => "share or list, default 0.15",
        /// Seed of the draw.
        seed: Option<u64> => "number, default 0",
        /// Whether each class is divided by the shares for itself.
        stratify: Option<bool> => "true or false, default true",
        /// Column of a CSV or Parquet file whose first row names the group. A `{group}` in the globs
        /// does the same.
        group_column: Option<Spanned<Column>> => "column name or number",
        /// Whether a split may lack a class that training has.
        allow_empty_classes: Option<bool> => "true or false, default false",
    }
}
