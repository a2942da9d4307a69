//! PetShop: latency, requests and availability of the parts of a web shop, with injected faults.
//!
//! Converted to, for each scenario: `graph.csv`, `noissue/metrics.csv`, and `train/issue_N` and `test/issue_N` with
//! `metrics.csv` and `target.json`, as they are in the repository's `dataset` folder; beside them `LICENSE_DATASET`.

use super::git::{self, Repository};
use super::{FetchError, PublicSet, Request};

const REPOSITORY: Repository = Repository {
    url: "https://github.com/amazon-science/petshop-root-cause-analysis",
    commit: "1c5992dc46a02c988a027e2219036d59e8158a91",
};

pub(super) const SET: PublicSet = PublicSet {
    name: "petshop",
    title: "PetShop, root causes in a microservice application",
    modality: "series",
    size_bytes: 3_415_190,
    licence: "CC BY 4.0",
    used_for: "recipe `microservices`: root causes of slow and failing services",
    clients: &["git"],
    sums: include_str!("manifests/petshop.sha256"),
    collect,
};

fn collect(request: &Request<'_>) -> Result<String, FetchError> {
    git::collect(&REPOSITORY, request, |file| {
        Some(if file == "LICENSE_DATASET" { file.to_owned() } else { format!("dataset/{file}") })
    })
}
