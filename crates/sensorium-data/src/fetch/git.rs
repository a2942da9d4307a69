//! Takes files out of a git repository at one commit, without checking anything out.

use super::client::Client;
use super::{FetchError, Request};
use std::fs;
use std::path::Path;
use std::time::Duration;

const GIT: Client =
    Client { program: "git", install: "install it (Debian, Ubuntu: sudo apt-get install git) and try again" };

/// A public repository at a fixed commit.
pub(super) struct Repository {
    pub(super) url: &'static str,
    /// At least twelve digits.
    pub(super) commit: &'static str,
}

/// Clones the repository (or `request.from` in its stead) and writes each wanted file to
/// `request.out`. `path_in` gives a file's path in the repository; none where the file is not from there.
///
/// A repository named by `request.from` may be a copy with another history: where it lacks the commit,
/// its HEAD is read. The sums decide either way.
pub(super) fn collect(
    repository: &Repository,
    request: &Request<'_>,
    path_in: impl Fn(&str) -> Option<String>,
) -> Result<String, FetchError> {
    let url = request.from.unwrap_or(repository.url);
    let clone = request.scratch.join("repository.git");
    let clone_arg = clone.to_string_lossy();
    // Bare: no work tree, so no filter runs and no link is made. No template: no hook is installed.
    let args = ["clone", "--quiet", "--bare", "--template=", "--", url, &clone_arg];
    GIT.run(&args, request.scratch, request.timeout)?;

    let commit = match resolve(&clone, repository.commit, request.timeout)? {
        Some(commit) => commit,
        None if request.from.is_some() => resolve(&clone, "HEAD", request.timeout)?
            .ok_or_else(|| FetchError::source(url, "the repository has no commit"))?,
        None => {
            let message = format!("the repository no longer has commit {}", repository.commit);
            return Err(FetchError::source(url, message));
        }
    };
    let origin = format!("{url} at commit {commit}");
    for file in request.wanted {
        let Some(path) = path_in(file) else { continue };
        let bytes = match GIT.run(&["cat-file", "blob", &format!("{commit}:{path}")], &clone, request.timeout)
        {
            Ok(bytes) => bytes,
            Err(FetchError::ClientFailed { .. }) => {
                return Err(FetchError::Absent { file: path, origin });
            }
            Err(other) => return Err(other),
        };
        let place = request.out.join(file);
        if let Some(parent) = place.parent() {
            fs::create_dir_all(parent).map_err(FetchError::io(parent))?;
        }
        fs::write(&place, bytes).map_err(FetchError::io(&place))?;
    }
    Ok(origin)
}

/// The full name of a commit, if the repository has it.
fn resolve(clone: &Path, name: &str, timeout: Duration) -> Result<Option<String>, FetchError> {
    match GIT.run(&["rev-parse", "--verify", "--quiet", &format!("{name}^{{commit}}")], clone, timeout) {
        Ok(bytes) => Ok(Some(String::from_utf8_lossy(&bytes).trim().to_owned())),
        Err(FetchError::ClientFailed { .. }) => Ok(None),
        Err(other) => Err(other),
    }
}
