//! The projections of a tooth that TomoPy tests with: parallel beam, synchrotron, 181 angles, two rows.
//!
//! Converted to: `tooth.h5` (HDF5, Data Exchange layout) and `LICENSE.txt`, as they are in the repository.

use super::git::{self, Repository};
use super::{FetchError, PublicSet, Request};

const REPOSITORY: Repository = Repository { url: "https://github.com/tomopy/tomopy", commit: "2c94ed18a06f" };

pub(super) const SET: PublicSet = PublicSet {
    name: "tooth",
    title: "Tooth, X-ray projections from a synchrotron",
    modality: "projections",
    size_bytes: 1_045_592,
    licence: "BSD-3-Clause",
    used_for: "recipe `ct`: reconstruction and the centre of rotation on real projections",
    clients: &["git"],
    sums: include_str!("manifests/tooth.sha256"),
    collect,
};

fn collect(request: &Request<'_>) -> Result<String, FetchError> {
    git::collect(&REPOSITORY, request, |file| {
        Some(if file == "LICENSE.txt" { file.to_owned() } else { format!("source/tomopy/data/{file}") })
    })
}
