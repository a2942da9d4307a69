//! Fashion-MNIST: 70,000 pictures of clothing, 28 × 28, from the Debian package of that name.
//!
//! Converted to: the same four names as MNIST, unpacked. Labels 0-9: T-shirt/top, Trouser, Pullover,
//! Dress, Coat, Sandal, Shirt, Sneaker, Bag, Ankle boot.

use super::client::Client;
use super::{FetchError, PublicSet, Request, archive};
use std::path::Path;

const PACKAGE: &str = "dataset-fashion-mnist";

/// Where the package keeps the files.
const FOLDER: &str = "usr/share/datasets/fashion-mnist";

const APT: Client = Client {
    program: "apt-get",
    install: "this set comes from a Debian package; on another system bring the package's .deb file, or a folder with its four IDX files, and pass it with --from",
};

const DPKG: Client = Client {
    program: "dpkg-deb",
    install: "install dpkg to read the package, or pass a folder with its four IDX files with --from",
};

pub(super) const SET: PublicSet = PublicSet {
    name: "fashion-mnist",
    title: "Fashion-MNIST clothing",
    modality: "image",
    size_bytes: 54_950_048,
    licence: "MIT",
    used_for: "image encoder figures, few-shot and compression studies",
    clients: &["apt-get", "dpkg-deb"],
    sums: include_str!("manifests/fashion-mnist.sha256"),
    collect,
};

fn collect(request: &Request<'_>) -> Result<String, FetchError> {
    if let Some(from) = request.from {
        return archive::take_from_copy(from, request, take_from_package);
    }
    // Downloads the archive into the folder; nothing is installed.
    APT.run(&["download", "--quiet", PACKAGE], request.scratch, request.timeout).map_err(explain)?;
    let path = archive::left_by("apt-get", request.scratch, "deb", PACKAGE)?;
    take_from_package(&path, request)?;
    let name = path.file_stem().unwrap_or(path.as_os_str()).to_string_lossy();
    Ok(format!("Debian package {name}"))
}

/// An empty package list reads like a missing package.
fn explain(error: FetchError) -> FetchError {
    match error {
        FetchError::ClientFailed { command, status, detail }
            if detail.contains("Unable to locate package") =>
        {
            let detail =
                format!("{detail}\nrefresh the list of packages (sudo apt-get update) and try again");
            FetchError::ClientFailed { command, status, detail }
        }
        other => other,
    }
}

fn take_from_package(path: &Path, request: &Request<'_>) -> Result<(), FetchError> {
    let path = std::path::absolute(path).map_err(FetchError::io(path))?;
    let name = path.to_string_lossy();
    // The package's files as one tar stream: nothing is laid on the disk that is not wanted.
    let tar = DPKG.run(&["--fsys-tarfile", &name], request.scratch, request.timeout)?;
    archive::take_from_tar(&tar[..], FOLDER, request.wanted, request.out, &name)
}
