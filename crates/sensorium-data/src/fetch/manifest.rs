//! SHA-256 sums of a set's files.

use super::FetchError;
use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::{Component, Path, PathBuf};

/// The files of a set with their sums, in the format of `sha256sum`: `SUM  PATH`.
pub(super) struct Manifest {
    files: Vec<(String, String)>,
}

/// How a file of a set stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileState {
    /// There, with the right sum.
    Verified,
    /// Not there.
    Missing,
    /// There, with another sum.
    Changed,
}

/// How the files of a set stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// Name of the set.
    pub name: String,
    /// Its folder.
    pub dir: PathBuf,
    /// Path in the folder, and state, of each file.
    pub files: Vec<(String, FileState)>,
}

impl Check {
    /// Whether every file is verified.
    pub fn is_complete(&self) -> bool {
        self.files.iter().all(|(_, state)| *state == FileState::Verified)
    }

    /// Files that are not there.
    pub fn missing(&self) -> impl Iterator<Item = &str> {
        self.in_state(FileState::Missing)
    }

    /// Files that are there with another sum.
    pub fn changed(&self) -> impl Iterator<Item = &str> {
        self.in_state(FileState::Changed)
    }

    /// Paths of the files in one state.
    pub fn in_state(&self, wanted: FileState) -> impl Iterator<Item = &str> {
        self.files.iter().filter(move |(_, state)| *state == wanted).map(|(path, _)| path.as_str())
    }
}

impl Manifest {
    pub(super) fn parse(set: &str, text: &str) -> Result<Self, FetchError> {
        let wrong = |line: &str| {
            FetchError::source(format!("manifest of {set}"), format!("`{line}` is no `SUM  PATH`"))
        };
        let mut files = Vec::new();
        for line in text.lines().filter(|line| !line.trim().is_empty()) {
            let (sum, path) = line.split_once("  ").ok_or_else(|| wrong(line))?;
            let is_sum = sum.len() == 64 && sum.bytes().all(|b| b.is_ascii_hexdigit());
            let stays_inside = Path::new(path).components().all(|c| matches!(c, Component::Normal(_)));
            if !is_sum || !stays_inside || path.is_empty() {
                return Err(wrong(line));
            }
            files.push((path.to_owned(), sum.to_ascii_lowercase()));
        }
        Ok(Self { files })
    }

    pub(super) fn len(&self) -> usize {
        self.files.len()
    }

    pub(super) fn paths(&self) -> Vec<String> {
        self.files.iter().map(|(path, _)| path.clone()).collect()
    }

    pub(super) fn check(&self, set: &str, dir: &Path) -> Result<Check, FetchError> {
        let state = |(path, expected): &(String, String)| {
            Ok((
                path.clone(),
                match sum_of(&dir.join(path))? {
                    None => FileState::Missing,
                    Some(actual) if actual == *expected => FileState::Verified,
                    Some(_) => FileState::Changed,
                },
            ))
        };
        let files = self.files.iter().map(state).collect::<Result<_, FetchError>>()?;
        Ok(Check { name: set.to_owned(), dir: dir.to_owned(), files })
    }

    /// Fails at the first file that is absent or differs.
    pub(super) fn require(&self, set: &str, dir: &Path, origin: &str) -> Result<(), FetchError> {
        for (path, expected) in &self.files {
            let absent = || FetchError::Absent { file: path.clone(), origin: origin.to_owned() };
            let actual = sum_of(&dir.join(path))?.ok_or_else(absent)?;
            if actual != *expected {
                return Err(FetchError::Checksum {
                    set: set.to_owned(),
                    file: path.clone(),
                    origin: origin.to_owned(),
                    expected: expected.clone(),
                    actual,
                });
            }
        }
        Ok(())
    }
}

/// SHA-256 of a file as 64 hexadecimal digits; none when there is no such file.
pub(super) fn sum_of(path: &Path) -> Result<Option<String>, FetchError> {
    let mut file = match File::open(path) {
        Ok(file) => file,
        Err(e) if matches!(e.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => return Ok(None),
        Err(e) => return Err(FetchError::io(path)(e)),
    };
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 1 << 16];
    loop {
        match file.read(&mut buffer) {
            Ok(0) => break,
            Ok(n) => hasher.update(&buffer[..n]),
            Err(e) if e.kind() == ErrorKind::Interrupted => {}
            Err(e) => return Err(FetchError::io(path)(e)),
        }
    }
    let mut text = String::with_capacity(64);
    for byte in hasher.finalize() {
        // Writing to a string does not fail.
        let _ = write!(text, "{byte:02x}");
    }
    Ok(Some(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// FIPS 180-2, appendix B.1: the sum of the three bytes `abc`.
    const ABC: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    #[test]
    fn the_states_tell_verified_missing_and_changed_apart() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("a"), "abc").unwrap();
        std::fs::write(dir.path().join("c"), "abd").unwrap();
        let manifest = Manifest::parse("x", &format!("{ABC}  a\n{ABC}  b\n{ABC}  c\n")).unwrap();
        let check = manifest.check("x", dir.path()).unwrap();
        assert!(!check.is_complete());
        assert_eq!(check.in_state(FileState::Verified).collect::<Vec<_>>(), ["a"]);
        assert_eq!(check.missing().collect::<Vec<_>>(), ["b"]);
        assert_eq!(check.changed().collect::<Vec<_>>(), ["c"]);
    }

    #[test]
    fn a_mismatch_names_the_file_and_both_sums() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("a"), "abd").unwrap();
        let manifest = Manifest::parse("x", &format!("{ABC}  a")).unwrap();
        let message = manifest.require("x", dir.path(), "a mirror").unwrap_err().to_string();
        assert!(message.contains("x: a from a mirror") && message.contains(ABC), "{message}");
    }

    #[test]
    fn a_path_out_of_the_folder_is_refused() {
        for path in ["../a", "/etc/passwd", "a/../../b"] {
            assert!(Manifest::parse("x", &format!("{ABC}  {path}")).is_err(), "{path}");
        }
    }
}
