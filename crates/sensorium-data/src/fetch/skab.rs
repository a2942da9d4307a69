//! SKAB, the Skoltech anomaly benchmark: eight sensors of a water-circulation test bed, about one
//! sample a second, with labelled anomalies and changepoints.
//!
//! Converted to: `anomaly-free/anomaly-free.csv`, `valve1/0.csv` … `15.csv`, `other/1.csv` …
//! `8.csv`, `LICENSE`, as they are in the repository's `data` folder.

use super::git::{self, Repository};
use super::{FetchError, PublicSet, Request};

const REPOSITORY: Repository = Repository { url: "https://github.com/waico/SKAB", commit: "b2c0d46c2971" };

pub(super) const SET: PublicSet = PublicSet {
    name: "skab",
    title: "SKAB v0.9, water-circulation test bed",
    modality: "series",
    size_bytes: 3_392_128,
    licence: "GPL-3.0",
    used_for: "recipe `skab`: anomaly and changepoint detection on real sensors",
    clients: &["git"],
    sums: include_str!("manifests/skab.sha256"),
    collect,
};

fn collect(request: &Request<'_>) -> Result<String, FetchError> {
    git::collect(&REPOSITORY, request, |file| {
        Some(if file == "LICENSE" { file.to_owned() } else { format!("data/{file}") })
    })
}
