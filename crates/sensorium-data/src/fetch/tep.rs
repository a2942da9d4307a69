//! The Tennessee Eastman process of Russell, Chiang and Braatz: 52 simulated variables every three
//! minutes, normal operation and 21 faults.
//!
//! Converted to: the `.dat` files and `LICENSE` as they are in the repository (`d00.dat` stays
//! transposed), beside `variables.csv` (column, name, description, unit) and `faults.csv`, which say in
//! a readable form what the repository's README says in prose.

use super::git::{self, Repository};
use super::{FetchError, PublicSet, Request};
use std::fs;

const REPOSITORY: Repository = Repository {
    url: "https://github.com/camaramm/tennessee-eastman-profBraatz",
    commit: "0643318858ce7c87292bd59820b459e12a13d009",
};

/// Files that are not in the repository.
const TABLES: &[(&str, &str)] = &[
    ("variables.csv", include_str!("tables/variables.csv")),
    ("faults.csv", include_str!("tables/faults.csv")),
];

pub(super) const SET: PublicSet = PublicSet {
    name: "tep",
    title: "Tennessee Eastman process, simulated faults",
    modality: "series",
    size_bytes: 18_415_945,
    licence: "University of Illinois permissive licence (see its LICENSE)",
    used_for: "recipe `tep-faults`: fault detection and diagnosis",
    clients: &["git"],
    sums: include_str!("manifests/tep.sha256"),
    collect,
};

fn collect(request: &Request<'_>) -> Result<String, FetchError> {
    let is_table = |file: &str| TABLES.iter().any(|(name, _)| *name == file);
    let origin = git::collect(&REPOSITORY, request, |file| (!is_table(file)).then(|| file.to_owned()))?;
    for (name, text) in TABLES {
        let path = request.out.join(name);
        fs::write(&path, text).map_err(FetchError::io(&path))?;
    }
    Ok(origin)
}
