//! What a run leaves on the disk when it is killed at the worst moment; no later run trusts what is not there.

use sensorium_tomo::io::{GreyWindow, VolumeFile, VolumeFormat, VolumeOutput, read_volume};
use sensorium_tomo::{Volume, VolumeGrid, viewer};
use std::path::{Path, PathBuf};

const NAMES: [&str; 6] = ["v.mha", "v.mhd", "v.nii", "v.npy", "v.raw", "v"];

fn grid() -> VolumeGrid {
    VolumeGrid::centred([5, 4, 3], [1.0; 3]).unwrap()
}

fn values() -> Vec<f32> {
    (1..61).map(|i| i as f32).collect()
}

fn output(path: &Path) -> VolumeOutput {
    VolumeOutput { replace: true, ..VolumeOutput::for_path(path).unwrap() }
}

fn with(path: &Path, end: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(end);
    name.into()
}

/// All slices written and noted, not yet named.
fn leave_all_finished(path: &Path) {
    let mut file = VolumeFile::create(path, grid(), &output(path)).unwrap();
    file.write_slices(0, &values()).unwrap();
}

/// What the data files hold.
fn data(partial: &Path) -> Vec<Vec<u8>> {
    if partial.is_file() {
        return vec![std::fs::read(partial).unwrap()];
    }
    let mut paths: Vec<_> = std::fs::read_dir(partial).unwrap().map(|e| e.unwrap().path()).collect();
    paths.sort();
    paths.iter().map(|p| std::fs::read(p).unwrap()).collect()
}

#[test]
fn the_list_of_what_is_finished_goes_before_the_data_does() {
    for name in NAMES {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        leave_all_finished(&path);
        let (partial, list) = (with(&path, ".partial"), with(&path, ".partial.json"));
        let before = data(&partial);
        // A list that cannot be removed stops the run there.
        std::fs::remove_file(&list).unwrap();
        std::fs::create_dir(&list).unwrap();
        assert!(VolumeFile::create(&path, grid(), &output(&path)).is_err(), "{name}");
        assert_eq!(data(&partial), before, "{name}");
        // Killed after it: data, whole or not, and no list.
        std::fs::remove_dir(&list).unwrap();
        let error = VolumeFile::reopen(&path, grid(), &output(&path)).err().unwrap().to_string();
        assert!(error.contains("to go on with; start over"), "{name}: {error}");
        assert_eq!(VolumeFile::create(&path, grid(), &output(&path)).unwrap().finished(), [false; 3]);
    }
}

#[test]
fn a_create_that_fails_leaves_no_list() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("v.npy");
    leave_all_finished(&path);
    let large = VolumeGrid::centred([1 << 14, 1 << 13, 1 << 13], [1.0; 3]).unwrap();
    assert!(VolumeFile::create(&path, large, &output(&path)).is_err());
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn a_list_that_outlived_its_data_is_not_trusted() {
    for name in NAMES {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        leave_all_finished(&path);
        let (partial, list) = (with(&path, ".partial"), with(&path, ".partial.json"));
        let text = std::fs::read(&list).unwrap();
        VolumeFile::reopen(&path, grid(), &output(&path)).unwrap().finish().unwrap();
        assert!(!list.exists(), "{name}");
        // Killed between the data's name and the end of the list.
        std::fs::write(&list, text).unwrap();
        assert!(!VolumeFile::is_begun(&path), "{name}");
        assert!(VolumeFile::reopen(&path, grid(), &output(&path)).is_err(), "{name}");
        assert_eq!(read_volume(&path, None).unwrap().volume.values(), values(), "{name}");
        // The next run, killed as soon as it has made the data's file or folder.
        if path.is_dir() {
            std::fs::remove_dir_all(&path).unwrap();
            std::fs::create_dir(&partial).unwrap();
            let reopened = VolumeFile::reopen(&path, grid(), &output(&path)).unwrap();
            assert_eq!(reopened.finished(), [false; 3]);
        } else {
            std::fs::write(&partial, "").unwrap();
            let error = VolumeFile::reopen(&path, grid(), &output(&path)).err().unwrap().to_string();
            assert!(error.contains("this is not what the run left"), "{name}: {error}");
        }
        // Killed later, after it has begun.
        drop(VolumeFile::create(&path, grid(), &output(&path)).unwrap());
        let reopened = VolumeFile::reopen(&path, grid(), &output(&path)).unwrap();
        assert_eq!(reopened.finished(), [false; 3], "{name}");
    }
}

#[test]
fn a_slice_that_is_not_in_the_folder_is_written_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("v.png");
    let window = Some(GreyWindow::new(0.0, 60.0).unwrap());
    let output = VolumeOutput { window, ..VolumeOutput::new(VolumeFormat::PngSlices) };
    let mut file = VolumeFile::create(&path, grid(), &output).unwrap();
    file.write_slices(0, &values()).unwrap();
    drop(file);
    std::fs::remove_file(with(&path, ".partial").join("slice_0001.png")).unwrap();
    assert_eq!(VolumeFile::reopen(&path, grid(), &output).unwrap().finished(), [true, false, true]);
}

#[test]
fn a_second_run_does_not_take_the_list_of_the_first() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("v.mha");
    let mut first = VolumeFile::create(&path, grid(), &output(&path)).unwrap();
    first.write_slices(0, &values()[..20]).unwrap();
    let error = VolumeFile::create(&path, grid(), &output(&path)).err().unwrap().to_string();
    assert!(error.contains("another run is writing it"), "{error}");
    drop(first);
    assert_eq!(VolumeFile::reopen(&path, grid(), &output(&path)).unwrap().finished(), [true, false, false]);
}

#[test]
fn a_page_that_cannot_be_written_leaves_the_one_that_is_there() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("page.html");
    let volume = Volume::new(grid(), values()).unwrap();
    std::fs::write(&path, "the old page").unwrap();
    // The file aside cannot be made, as on a full disk; the page itself could be.
    std::fs::create_dir(with(&path, ".new")).unwrap();
    assert!(viewer::save(&path, &volume, &Default::default()).is_err());
    assert_eq!(std::fs::read(&path).unwrap(), b"the old page");
    std::fs::remove_dir(with(&path, ".new")).unwrap();
    viewer::save(&path, &volume, &Default::default()).unwrap();
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}
