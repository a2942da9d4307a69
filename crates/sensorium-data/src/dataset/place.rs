//! Places in `dataset.toml`, for messages.

use crate::error::DataError;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A line of `dataset.toml`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    path: Arc<PathBuf>,
    line: u64,
    text: String,
}

impl Place {
    /// An error at this line, quoting it.
    pub fn error(&self, message: impl std::fmt::Display) -> DataError {
        let quoted = if self.text.is_empty() { String::new() } else { format!("`{}`: ", self.text) };
        DataError::at_line(self.path.as_path(), self.line, format!("{quoted}{message}"))
    }
}

/// The text of `dataset.toml`.
pub(crate) struct Document<'a> {
    path: Arc<PathBuf>,
    text: &'a str,
}

impl<'a> Document<'a> {
    pub fn new(path: &Path, text: &'a str) -> Self {
        Self { path: Arc::new(path.to_path_buf()), text }
    }

    /// The line on which `span` begins.
    pub fn place(&self, span: Range<usize>) -> Place {
        let bytes = self.text.as_bytes();
        let start = span.start.min(bytes.len());
        let line = 1 + bytes[..start].iter().filter(|b| **b == b'\n').count();
        let text = self.text.lines().nth(line - 1).unwrap_or_default().trim();
        let shown = text.chars().take(80).collect();
        Place { path: self.path.clone(), line: line as u64, text: shown }
    }

    /// An error of the TOML parser, with its place.
    pub fn syntax(&self, error: &toml::de::Error) -> DataError {
        let message = error.message().trim();
        let message = if message.contains("unknown field") {
            format!("{message}; correct the spelling or take the line out")
        } else if message.contains("missing field") {
            format!("{message}; add it")
        } else {
            message.to_string()
        };
        self.place(error.span().unwrap_or(0..0)).error(message)
    }

    /// The path of the document.
    pub fn path(&self) -> &Path {
        &self.path
    }
}
