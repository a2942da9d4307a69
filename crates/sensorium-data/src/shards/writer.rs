//! Writing a shard.

use super::sample::key_and_extension;
use crate::atomic::{new_beside, put_in_place};
use crate::error::DataError;
use std::collections::HashSet;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use tempfile::NamedTempFile;

/// Writes a shard sample by sample. The file appears at its path only with
/// [`finish`](Self::finish); the same samples give the same bytes (mode 0644, no owner, no date).
pub struct ShardWriter {
    path: PathBuf,
    archive: tar::Builder<BufWriter<NamedTempFile>>,
    keys: HashSet<String>,
}

impl std::fmt::Debug for ShardWriter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ShardWriter").field("path", &self.path).field("samples", &self.keys.len()).finish()
    }
}

impl ShardWriter {
    /// A new shard that will be at `path`.
    ///
    /// # Errors
    ///
    /// When no file can be made in that folder.
    pub fn create(path: impl Into<PathBuf>) -> Result<Self, DataError> {
        let path = path.into();
        let file = new_beside(&path)?;
        Ok(Self { archive: tar::Builder::new(BufWriter::new(file)), path, keys: HashSet::new() })
    }

    /// Adds a sample: its key, and extension (without the first dot) and bytes of each member.
    ///
    /// # Errors
    ///
    /// When the sample would not be read back the same (a key that is there already, has a dot in
    /// its last part, or is no plain relative name; an extension that is not in lower case, is there
    /// twice or has a slash; no member), or the file cannot be written.
    pub fn add<E: AsRef<str>, B: AsRef<[u8]>>(
        &mut self,
        key: &str,
        members: &[(E, B)],
    ) -> Result<(), DataError> {
        if members.is_empty() {
            return Err(self.refusal(key, "has no member; leave it out"));
        }
        let plain = key.split('/').all(|part| !matches!(part, "" | "." | ".."));
        if !plain || key.contains(['\0', '\\']) {
            return Err(self.refusal(key, "is not a plain relative name; use letters, figures, `_` and `-`"));
        }
        let mut names = Vec::with_capacity(members.len());
        for (extension, _) in members {
            let name = format!("{key}.{}", extension.as_ref());
            let as_read = key_and_extension(&name);
            if as_read.is_none_or(|(k, e)| k != key || e != extension.as_ref()) || name.contains('\0') {
                let message = format!(
                    "and the extension `{}` would not be read back as such; \
                    use no dot in the key, and lower case",
                    extension.as_ref()
                );
                return Err(self.refusal(key, &message));
            }
            if names.contains(&name) {
                return Err(
                    self.refusal(key, &format!("has `{}` twice; name them apart", extension.as_ref()))
                );
            }
            names.push(name);
        }
        if !self.keys.insert(key.to_owned()) {
            return Err(self.refusal(key, "is in the shard already; give each sample its own key"));
        }
        for (name, (_, bytes)) in names.iter().zip(members) {
            let bytes = bytes.as_ref();
            let mut header = tar::Header::new_gnu();
            header.set_size(bytes.len() as u64);
            header.set_entry_type(tar::EntryType::Regular);
            header.set_mode(0o644);
            header.set_mtime(0);
            self.archive
                .append_data(&mut header, Path::new(name), bytes)
                .map_err(DataError::io(&self.path))?;
        }
        Ok(())
    }

    /// Ends the archive and puts it at its path, over what was there.
    ///
    /// # Errors
    ///
    /// When no sample was added, or the file cannot be written.
    pub fn finish(self) -> Result<(), DataError> {
        let Self { path, archive, keys } = self;
        if keys.is_empty() {
            return Err(DataError::in_file(path, "the shard would have no sample; leave it out"));
        }
        let mut file = archive.into_inner().map_err(DataError::io(&path))?;
        file.flush().map_err(DataError::io(&path))?;
        let file = file.into_inner().map_err(|e| DataError::io(&path)(e.into_error()))?;
        put_in_place(file, &path)
    }

    fn refusal(&self, key: &str, message: &str) -> DataError {
        DataError::in_file(&self.path, format!("the sample `{}` {message}", key.escape_debug()))
    }
}
