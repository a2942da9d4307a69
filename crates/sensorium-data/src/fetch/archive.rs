//! Takes named files out of a tar stream or a folder, and nothing else.

use super::{FetchError, Request};
use flate2::read::GzDecoder;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// No file of a set is larger; what claims to be is damaged.
pub(super) const MOST_BYTES: u64 = 256 << 20;

/// Takes the wanted files from a local copy: a folder that holds them, or else the package itself, by
/// `take_from_package`.
pub(super) fn take_from_copy(
    copy: &str,
    request: &Request<'_>,
    take_from_package: impl FnOnce(&Path, &Request<'_>) -> Result<(), FetchError>,
) -> Result<String, FetchError> {
    let path = Path::new(copy);
    if path.is_dir() {
        take_from_folder(path, request.wanted, request.out)?;
    } else {
        take_from_package(path, request)?;
    }
    Ok(copy.to_owned())
}

/// The file with that extension that `client` has left in `folder` for `package`.
pub(super) fn left_by(
    client: &str,
    folder: &Path,
    extension: &str,
    package: &str,
) -> Result<PathBuf, FetchError> {
    let entries = fs::read_dir(folder).map_err(FetchError::io(folder))?;
    entries
        .flatten()
        .map(|entry| entry.path())
        .find(|path| path.extension().is_some_and(|e| e == extension))
        .ok_or_else(|| FetchError::source(package, format!("{client} left no .{extension} file")))
}

/// Writes those members of the tar `stream` that lie in `folder` and are wanted to `out`; `NAME.gz` is
/// unpacked to `NAME`. Links and other members are passed over. `archive` names the stream in errors.
pub(super) fn take_from_tar(
    stream: impl Read,
    folder: &str,
    wanted: &[String],
    out: &Path,
    archive: &str,
) -> Result<(), FetchError> {
    let damaged = |e: io::Error| FetchError::source(archive, format!("the archive cannot be read: {e}"));
    let mut tar = tar::Archive::new(stream);
    for entry in tar.entries().map_err(damaged)? {
        let entry = entry.map_err(damaged)?;
        if !entry.header().entry_type().is_file() {
            continue;
        }
        let path = entry.path().map_err(damaged)?.to_string_lossy().into_owned();
        let path = path.trim_start_matches("./");
        let Some(name) = path.strip_prefix(folder).and_then(|rest| rest.strip_prefix('/')) else { continue };
        let plain = name.strip_suffix(".gz").unwrap_or(name);
        if wanted.iter().any(|w| w == plain) {
            write(entry, name != plain, &out.join(plain), archive)?;
        }
    }
    Ok(())
}

/// Copies those wanted files that `folder` has, as `NAME` or gzipped as `NAME.gz`, to `out`.
pub(super) fn take_from_folder(folder: &Path, wanted: &[String], out: &Path) -> Result<(), FetchError> {
    for name in wanted {
        for (file, gzipped) in [(name.clone(), false), (format!("{name}.gz"), true)] {
            let path = folder.join(&file);
            if path.is_file() {
                let input = File::open(&path).map_err(FetchError::io(&path))?;
                write(input, gzipped, &out.join(name), &path.to_string_lossy())?;
                break;
            }
        }
    }
    Ok(())
}

/// Writes `bytes` to `path`, with its folder.
pub(super) fn put(bytes: &[u8], path: &Path) -> Result<(), FetchError> {
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent).map_err(FetchError::io(parent))?;
    }
    fs::write(path, bytes).map_err(FetchError::io(path))
}

fn write(input: impl Read, gzipped: bool, path: &Path, origin: &str) -> Result<(), FetchError> {
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent).map_err(FetchError::io(parent))?;
    }
    let mut file = File::create(path).map_err(FetchError::io(path))?;
    let mut limited: Box<dyn Read> = if gzipped {
        Box::new(GzDecoder::new(input).take(MOST_BYTES))
    } else {
        Box::new(input.take(MOST_BYTES))
    };
    let mut buffer = vec![0; 1 << 16];
    loop {
        let count = match limited.read(&mut buffer) {
            Ok(0) => return Ok(()),
            Ok(count) => count,
            Err(e) if e.kind() == io::ErrorKind::Interrupted => continue,
            // Reading and writing fail for different reasons: say which.
            Err(e) => return Err(FetchError::source(origin, format!("a file in it cannot be read: {e}"))),
        };
        io::Write::write_all(&mut file, &buffer[..count]).map_err(FetchError::io(path))?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::{Compression, write::GzEncoder};
    use std::io::Write;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn tar_of(members: &[(&str, &[u8])]) -> Vec<u8> {
        let mut builder = tar::Builder::new(Vec::new());
        for (path, bytes) in members {
            let mut header = tar::Header::new_gnu();
            header.set_size(bytes.len() as u64);
            builder.append_data(&mut header, path, *bytes).unwrap();
        }
        builder.into_inner().unwrap()
    }

    #[test]
    fn only_the_wanted_members_of_the_folder_are_written() {
        let out = tempfile::tempdir().unwrap();
        let bytes =
            tar_of(&[("./set/a", b"A"), ("./set/b.gz", &gzip(b"B")), ("other/a", b"no"), ("set/c", b"no")]);
        take_from_tar(&bytes[..], "set", &["a".into(), "b".into()], out.path(), "test.tar").unwrap();
        let mut names: Vec<_> = fs::read_dir(out.path())
            .unwrap()
            .map(|e| e.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        assert_eq!(names, ["a", "b"]);
        assert_eq!(fs::read(out.path().join("a")).unwrap(), b"A");
        assert_eq!(fs::read(out.path().join("b")).unwrap(), b"B");
    }

    #[test]
    fn a_truncated_archive_is_named() {
        let out = tempfile::tempdir().unwrap();
        let bytes = tar_of(&[("set/a", &[7; 4000])]);
        let error = take_from_tar(&bytes[..900], "set", &["a".into()], out.path(), "short.tar").unwrap_err();
        assert!(error.to_string().contains("short.tar"), "{error}");
    }

    #[test]
    fn a_folder_may_hold_the_files_gzipped() {
        let (from, out) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        fs::write(from.path().join("a.gz"), gzip(b"A")).unwrap();
        take_from_folder(from.path(), &["a".into(), "b".into()], out.path()).unwrap();
        assert_eq!(fs::read(out.path().join("a")).unwrap(), b"A");
        assert!(!out.path().join("b").exists());
    }
}
