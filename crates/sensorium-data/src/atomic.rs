//! Files that appear whole or not at all.

use crate::error::DataError;
use std::io::{BufWriter, Write};
use std::path::Path;

/// Writes a file beside `path` with `fill`, brings it to the disk and then gives it its name. When
/// `fill` fails, what was at `path` before is still there.
pub(crate) fn write_atomically(
    path: &Path,
    fill: impl FnOnce(&mut dyn Write) -> Result<(), DataError>,
) -> Result<(), DataError> {
    let mut file = new_beside(path)?;
    let mut buffered = BufWriter::new(file.as_file_mut());
    fill(&mut buffered)?;
    buffered.flush().map_err(DataError::io(path))?;
    drop(buffered);
    put_in_place(file, path)
}

/// A new unnamed file in the folder of `path`, with the permissions of an ordinary file.
pub(crate) fn new_beside(path: &Path) -> Result<tempfile::NamedTempFile, DataError> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let mut builder = tempfile::Builder::new();
    builder.prefix(".writing-");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(std::fs::Permissions::from_mode(0o666));
    }
    builder.tempfile_in(folder).map_err(DataError::io(path))
}

/// Brings the file to the disk and moves it to `path`.
pub(crate) fn put_in_place(file: tempfile::NamedTempFile, path: &Path) -> Result<(), DataError> {
    file.as_file().sync_all().map_err(DataError::io(path))?;
    file.persist(path).map(drop).map_err(|e| DataError::io(path)(e.error))
}
