//! What can go wrong, and what to do about it.

use std::path::PathBuf;

/// Everything that this crate refuses, each message with the place and the remedy.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CausalError {
    /// A file cannot be read or written.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A text is not in the format that it should be in.
    #[error("{what}, line {line}: {message}")]
    Parse {
        /// The file or format.
        what: String,
        /// Line, counted from 1.
        line: usize,
        /// What is wrong and what was expected.
        message: String,
    },
    /// A variable that is not there.
    #[error("no variable is called `{name}`; there are: {known}")]
    UnknownVariable {
        /// What was asked for.
        name: String,
        /// What there is.
        known: String,
    },
    /// A graph that would have a directed cycle.
    #[error("a directed cycle: {0}")]
    Cycle(String),
    /// Data that a method cannot work with: constant, collinear, too few rows, of the wrong kind.
    #[error("{0}")]
    Data(String),
    /// Background knowledge that contradicts itself.
    #[error("background knowledge: {0}")]
    Knowledge(String),
    /// An effect that the graph and the data do not determine.
    #[error("not identifiable: {0}")]
    NotIdentifiable(String),
    /// An argument out of its range.
    #[error("{0}")]
    Argument(String),
}

impl CausalError {
    /// The same error with the file that it came from in its message.
    pub(crate) fn in_file(self, path: &std::path::Path) -> Self {
        let file = path.display();
        match self {
            Self::Parse { line, message, .. } => Self::Parse { what: file.to_string(), line, message },
            Self::Data(message) => Self::Data(format!("{file}: {message}")),
            Self::Cycle(cycle) => Self::Cycle(format!("{cycle}, in {file}")),
            other => other,
        }
    }

    /// An unknown variable among those there are.
    pub fn unknown<S: AsRef<str>>(name: &str, known: &[S]) -> Self {
        let shown: Vec<&str> = known.iter().take(12).map(AsRef::as_ref).collect();
        let more = known.len().saturating_sub(shown.len());
        let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
        Self::UnknownVariable { name: name.to_owned(), known: shown.join(", ") + &rest }
    }
}
