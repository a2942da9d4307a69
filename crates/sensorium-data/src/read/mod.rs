//! Readers, one a file format, and what they do with imperfect files.
//!
//! What can be put right without guessing is, and is counted in [`Repairs`]; everything else is an
//! error that names the file, the line where there is one, and what to do.
//!
//! | what is found | outcome | counted as |
//! | --- | --- | --- |
//! | a sample older than one before it | moved to its place in time | `reordered` |
//! | a file written newest first | turned round | `reordered` |
//! | a timestamp that was there before | the first sample stays (text: all stay) | `duplicates_dropped` |
//! | more than half of the timestamps repeat | error: the times are too coarse | |
//! | at most 1 % of the samples (or one) lie years after the rest | dropped | `future_dropped` |
//! | a leap of years with more samples behind it | error with its line | |
//! | the clock is set back over time already covered, for 8 samples or more | what follows continues one step after | `clock_jumps` |
//! | a gap | kept: windows without a sample are not made | |
//! | a row or line without a time | dropped | `untimed_dropped` |
//! | a time that cannot be read, or lies 12,000 years away | error with its line | |
//! | an empty cell, NaN, or a word for missing | NaN | `nan_cells` |
//! | an infinity, or a number too large for `f32` | NaN | `inf_cells` |
//! | another word where a number belongs | error with line and column | |
//! | a decimal comma (`1,5`), where the comma is not the delimiter | read as a point | |
//! | the last line of a CSV file without its newline is short | the line is dropped | `truncated` |
//! | any other line with too few or too many cells | error with its line | |
//! | WAV or FLAC that ends early | kept up to the end | `truncated` |
//! | a damaged packet inside a FLAC file | its samples are NaN | `nan_cells` |
//! | a picture that cannot be decoded or is cut short | left out of its sequence; an error when none is left | `unreadable_frames` |
//! | a Parquet or IDX file that is cut short | error | |
//! | a stream's file without samples | the stream is missing in this recording | `empty_streams` |
//! | a recording without any sample | error | |
//! | times that come at another rate than `rate_hz` says (beyond a factor of 1.25) | error | |
//! | sound at another rate than the dataset's | error | |
//! | text that is not UTF-8 | bad bytes replaced (a label: error) | `invalid_utf8` |
//! | a line of text without a time | continues the entry before it | `continued_lines` |
//! | UTF-8 byte-order mark, CRLF | skipped | |
//! | UTF-16, or zero bytes in text | error | |

mod audio;
mod cell;
mod csv;
mod guard;
mod idx;
mod images;
mod order;
mod parquet;
mod repairs;
mod table;
mod text;
mod time_format;

pub use audio::{Sound, probe_audio, read_audio};
pub(crate) use csv::whole_lines;
pub use csv::{TableLayout, read_csv, read_header};
pub(crate) use guard::guarded;
pub use idx::{Idx, read_idx};
pub use images::{Color, image_size, read_image};
pub(crate) use order::order_files;
pub use parquet::{parquet_columns, read_parquet};
pub use repairs::Repairs;
pub(crate) use table::nominal_rate;
pub use table::{ColumnRef, Columns, Request, Table};
pub use text::{Entries, parse_text, read_text};
pub use time_format::{TimeFormat, TimeReader};
