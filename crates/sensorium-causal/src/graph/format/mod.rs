//! Reading and writing graphs as text.

pub(crate) mod lexer;

use crate::CausalError;
use std::path::Path;

/// The most nodes that a reader takes: a [`Graph`](crate::Graph) stores every pair of nodes.
pub const MAX_NODES: usize = 10_000;

/// The longest text file that is read: 256 MiB.
const MAX_BYTES: u64 = 1 << 28;

/// The text of a file.
pub(crate) fn read_text(path: &Path) -> Result<String, CausalError> {
    let io = |source| CausalError::Io { path: path.to_owned(), source };
    let length = std::fs::metadata(path).map_err(io)?.len();
    if length > MAX_BYTES {
        return Err(CausalError::Data(format!(
            "{}: {length} bytes are more than the {MAX_BYTES} that are read",
            path.display()
        )));
    }
    std::fs::read_to_string(path).map_err(io)
}

/// Writes a text file.
pub(crate) fn write_text(path: &Path, text: &str) -> Result<(), CausalError> {
    std::fs::write(path, text).map_err(|source| CausalError::Io { path: path.to_owned(), source })
}
