//! Decoders of other projects behind one door.

use crate::error::DataError;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

/// Runs a foreign decoder; should it panic on a damaged file, that is an error of the file.
pub(crate) fn guarded<T>(path: &Path, decode: impl FnOnce() -> Result<T, DataError>) -> Result<T, DataError> {
    catch_unwind(AssertUnwindSafe(decode)).unwrap_or_else(|_| {
        Err(DataError::in_file(path, "is damaged in a way its decoder does not handle; replace or remove it"))
    })
}
