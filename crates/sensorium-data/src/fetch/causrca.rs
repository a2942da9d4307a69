//! causRCA: a CNC vertical lathe, events of normal production and of injected faults, and an expert's causal graph.
//!
//! Converted to: `real_op`, `dig_twin`, `expert_graph` and `categorical_encoding.json`, as they are in the
//! repository's `data` folder.

use super::git::{self, Repository};
use super::{FetchError, PublicSet, Request};

const REPOSITORY: Repository = Repository {
    url: "https://github.com/causalgraph/causRCA",
    commit: "d932ab7ad91abe889b67e4d87186d0fccec7fbc1",
};

pub(super) const SET: PublicSet = PublicSet {
    name: "causrca",
    title: "causRCA, a vertical lathe with injected faults",
    modality: "events",
    size_bytes: 18_581_247,
    licence: "Apache-2.0",
    used_for: "recipe `lathe`: root causes from event logs",
    clients: &["git"],
    sums: include_str!("manifests/causrca.sha256"),
    collect,
};

fn collect(request: &Request<'_>) -> Result<String, FetchError> {
    git::collect(&REPOSITORY, request, |file| Some(format!("data/{file}")))
}
