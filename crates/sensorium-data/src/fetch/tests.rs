//! The whole path with a made-up set and local repositories.

use super::*;
use std::fs;
use std::process::Command;

/// FIPS 180-2, appendix B.1: the sum of the three bytes `abc`.
const SUMS: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad  sub/a.csv\n";

const TOY: PublicSet = PublicSet {
    name: "toy",
    title: "a toy",
    modality: "series",
    size_bytes: 3,
    licence: "none",
    used_for: "tests",
    clients: &["git"],
    sums: SUMS,
    collect: collect_toy,
};

fn collect_toy(request: &Request<'_>) -> Result<String, FetchError> {
    let repository = git::Repository { url: "file:///no/such/repository", commit: "0123456789ab" };
    git::collect(&repository, request, |file| Some(format!("data/{file}")))
}

fn git(dir: &Path, args: &[&str]) {
    let identity = ["-c", "user.name=Test", "-c", "user.email=test@example.org"];
    let output = Command::new("git").args(identity).args(args).current_dir(dir).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// A repository with `data/sub/a.csv`, and options that fetch from it.
fn repository(content: &str) -> (tempfile::TempDir, GetOptions) {
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir_all(dir.path().join("data/sub")).unwrap();
    fs::write(dir.path().join("data/sub/a.csv"), content).unwrap();
    git(dir.path(), &["init", "--quiet"]);
    git(dir.path(), &["add", "."]);
    git(dir.path(), &["commit", "--quiet", "--message", "Add data"]);
    let from = Some(format!("file://{}", dir.path().display()));
    (dir, GetOptions { from, ..GetOptions::default() })
}

fn entries(dir: &Path) -> Vec<String> {
    let mut names: Vec<_> =
        fs::read_dir(dir).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn a_set_is_fetched_verified_and_then_left_alone() {
    let (_repository, options) = repository("abc");
    let data = tempfile::tempdir().unwrap();
    let got = get_set(&TOY, data.path(), &options).unwrap();
    assert!(!got.was_there());
    assert!(got.origin.unwrap().contains("at commit"));
    assert_eq!(fs::read_to_string(data.path().join("toy/sub/a.csv")).unwrap(), "abc");
    assert_eq!(entries(data.path()), ["toy"], "the scratch folder must be gone");
    assert!(get_set(&TOY, data.path(), &GetOptions::default()).unwrap().was_there());
}

#[test]
fn a_wrong_sum_keeps_nothing() {
    let (_repository, options) = repository("abd");
    let data = tempfile::tempdir().unwrap();
    let error = get_set(&TOY, data.path(), &options).unwrap_err();
    assert!(matches!(&error, FetchError::Checksum { file, .. } if file == "sub/a.csv"), "{error}");
    assert!(entries(data.path()).is_empty());
}

#[test]
fn a_wrong_sum_leaves_an_earlier_copy_as_it_was() {
    let (_repository, options) = repository("abd");
    let data = tempfile::tempdir().unwrap();
    fs::create_dir_all(data.path().join("toy/sub")).unwrap();
    fs::write(data.path().join("toy/sub/a.csv"), "mine").unwrap();
    get_set(&TOY, data.path(), &options).unwrap_err();
    assert_eq!(fs::read_to_string(data.path().join("toy/sub/a.csv")).unwrap(), "mine");
}

#[test]
fn a_damaged_file_is_repaired_and_the_rest_of_the_folder_kept() {
    let (_repository, options) = repository("abc");
    let data = tempfile::tempdir().unwrap();
    let sub = data.path().join("toy/sub");
    fs::create_dir_all(&sub).unwrap();
    fs::write(sub.join("a.csv"), "mine").unwrap();
    fs::write(sub.join("notes.txt"), "keep").unwrap();
    let got = get_set(&TOY, data.path(), &options).unwrap();
    assert_eq!(got.replaced, ["sub/a.csv"]);
    assert_eq!(fs::read_to_string(sub.join("a.csv")).unwrap(), "abc");
    assert_eq!(fs::read_to_string(sub.join("a.csv.replaced")).unwrap(), "mine");
    assert_eq!(fs::read_to_string(sub.join("notes.txt")).unwrap(), "keep");
}

#[test]
fn a_repository_without_the_file_is_named() {
    let (repository, options) = repository("abc");
    git(repository.path(), &["mv", "data/sub/a.csv", "data/sub/b.csv"]);
    git(repository.path(), &["commit", "--quiet", "--message", "Move"]);
    let data = tempfile::tempdir().unwrap();
    let error = get_set(&TOY, data.path(), &options).unwrap_err();
    assert!(matches!(&error, FetchError::Absent { file, .. } if file == "data/sub/a.csv"), "{error}");
}

#[test]
fn a_repository_that_is_not_there_is_a_client_error() {
    let data = tempfile::tempdir().unwrap();
    let error = get_set(&TOY, data.path(), &GetOptions::default()).unwrap_err();
    assert!(matches!(error, FetchError::ClientFailed { .. }), "{error}");
    assert!(error.to_string().contains("/no/such/repository"), "{error}");
}
