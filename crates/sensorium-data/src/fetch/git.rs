//! Takes files out of a git repository at one commit, without checking anything out.

use super::client::Client;
use super::{FetchError, Request, archive};
use std::path::{Path, PathBuf};
use std::time::Duration;

const GIT: Client =
    Client { program: "git", install: "install it (Debian, Ubuntu: sudo apt-get install git) and try again" };

/// A public repository at a fixed commit.
pub(super) struct Repository {
    pub(super) url: &'static str,
    /// At least twelve digits.
    pub(super) commit: &'static str,
}

/// A copy of a repository on this machine, and the commit to read in it.
pub(super) struct Cloned {
    folder: PathBuf,
    commit: String,
    timeout: Duration,
    /// Where it came from, for people to read.
    pub(super) origin: String,
}

/// Clones the repository (or `request.from` in its stead).
///
/// A repository named by `request.from` may be a copy with another history: where it lacks the commit,
/// its HEAD is read. The sums decide either way.
pub(super) fn open(repository: &Repository, request: &Request<'_>) -> Result<Cloned, FetchError> {
    let url = request.from.unwrap_or(repository.url);
    let folder = request.scratch.join("repository.git");
    let folder_arg = folder.to_string_lossy();
    // Bare: no work tree, so no filter runs and no link is made. No template: no hook is installed.
    let args = ["clone", "--quiet", "--bare", "--template=", "--", url, &folder_arg];
    GIT.run(&args, request.scratch, request.timeout)?;

    let commit = match resolve(&folder, repository.commit, request.timeout)? {
        Some(commit) => commit,
        None if request.from.is_some() => resolve(&folder, "HEAD", request.timeout)?
            .ok_or_else(|| FetchError::source(url, "the repository has no commit"))?,
        None => {
            let message = format!("the repository no longer has commit {}", repository.commit);
            return Err(FetchError::source(url, message));
        }
    };
    let origin = format!("{url} at commit {commit}");
    Ok(Cloned { folder, commit, timeout: request.timeout, origin })
}

impl Cloned {
    /// The content of a file; an error where the commit does not have it.
    fn file(&self, path: &str) -> Result<Vec<u8>, FetchError> {
        let name = format!("{}:{path}", self.commit);
        match GIT.run(&["cat-file", "blob", &name], &self.folder, self.timeout) {
            Err(FetchError::ClientFailed { .. }) => {
                Err(FetchError::Absent { file: path.to_owned(), origin: self.origin.clone() })
            }
            other => other,
        }
    }

    /// Paths of all files of the commit.
    pub(super) fn paths(&self) -> Result<Vec<String>, FetchError> {
        let args = ["ls-tree", "-r", "-z", "--name-only", &self.commit];
        let names = GIT.run(&args, &self.folder, self.timeout)?;
        Ok(String::from_utf8_lossy(&names).split('\0').filter(|n| !n.is_empty()).map(str::to_owned).collect())
    }

    /// All that lies in a folder of the commit, as a tar archive with paths from there.
    pub(super) fn folder(&self, path: &str) -> Result<Vec<u8>, FetchError> {
        let tree = format!("{}:{path}", self.commit);
        let args = ["-c", "core.autocrlf=false", "archive", "--format=tar", &tree];
        GIT.run(&args, &self.folder, self.timeout)
    }
}

/// Clones the repository by [`open`] and writes each wanted file to `request.out`. `path_in` gives a file's path in
/// the repository; none where the file is not from there.
pub(super) fn collect(
    repository: &Repository,
    request: &Request<'_>,
    path_in: impl Fn(&str) -> Option<String>,
) -> Result<String, FetchError> {
    let cloned = open(repository, request)?;
    for file in request.wanted {
        let Some(path) = path_in(file) else { continue };
        archive::put(&cloned.file(&path)?, &request.out.join(file))?;
    }
    Ok(cloned.origin)
}

/// The full name of a commit, if the repository has it.
fn resolve(clone: &Path, name: &str, timeout: Duration) -> Result<Option<String>, FetchError> {
    match GIT.run(&["rev-parse", "--verify", "--quiet", &format!("{name}^{{commit}}")], clone, timeout) {
        Ok(bytes) => Ok(Some(String::from_utf8_lossy(&bytes).trim().to_owned())),
        Err(FetchError::ClientFailed { .. }) => Ok(None),
        Err(other) => Err(other),
    }
}
