//! Which names mean what, and which are not taken.

use sensorium_tomo::io::{
    GreyWindow, VolumeFile, VolumeFormat, VolumeOutput, open_projections, write_projections,
};
use sensorium_tomo::{Projections, VolumeGrid};
use std::path::Path;

fn grid() -> VolumeGrid {
    VolumeGrid::centred([3, 2, 2], [1.0; 3]).unwrap()
}

fn count(folder: &Path) -> usize {
    std::fs::read_dir(folder).unwrap().count()
}

#[test]
fn the_header_of_a_raw_file_replaces_no_other_file() {
    let stack = Projections::new(2, 2, 3, vec![1.0; 12]).unwrap();
    let large = " ".repeat(1 << 17);
    let others: [&[u8]; 4] = [br#"{ "beam": "cone" }"#, b"", b"\xff\xfe", large.as_bytes()];
    for other in others {
        let folder = tempfile::tempdir().unwrap();
        let (path, json) = (folder.path().join("scan.raw"), folder.path().join("scan.json"));
        std::fs::write(&json, other).unwrap();
        let output = VolumeOutput { replace: true, ..VolumeOutput::for_path(&path).unwrap() };
        let errors = [
            write_projections(&path, &stack, None).unwrap_err().to_string(),
            VolumeFile::create(&path, grid(), &output).err().unwrap().to_string(),
        ];
        for error in errors {
            assert!(error.contains("scan.json: the header of"), "{error}");
            assert!(error.contains("it is no such header; move it, or give"), "{error}");
        }
        assert_eq!(std::fs::read(&json).unwrap(), other);
        assert_eq!(count(folder.path()), 1);
    }
}

#[test]
fn the_header_of_a_raw_file_replaces_an_earlier_one() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("scan.raw");
    write_projections(&path, &Projections::new(2, 2, 3, vec![1.0; 12]).unwrap(), None).unwrap();
    write_projections(&path, &Projections::new(4, 2, 3, vec![1.0; 24]).unwrap(), None).unwrap();
    assert_eq!(open_projections(&path).unwrap().source.views(), 4);
    let output = VolumeOutput::for_path(&path).unwrap();
    let error = VolumeFile::create(&path, grid(), &output).err().unwrap().to_string();
    assert!(error.contains("it exists already"), "{error}");
    let output = VolumeOutput { replace: true, ..output };
    let mut file = VolumeFile::create(&path, grid(), &output).unwrap();
    file.write_slices(0, &[2.0; 12]).unwrap();
    // A file that came meanwhile is kept, and so is the part.
    let json = folder.path().join("scan.json");
    std::fs::write(&json, "[]").unwrap();
    assert!(file.finish().unwrap_err().to_string().contains("it is no such header"));
    assert!(VolumeFile::is_begun(&path));
    assert_eq!(std::fs::read(&json).unwrap(), b"[]");
}

#[test]
fn a_raw_file_is_not_called_like_its_header() {
    let folder = tempfile::tempdir().unwrap();
    let output = VolumeOutput::new(VolumeFormat::Raw);
    let error = VolumeFile::create(&folder.path().join("v.json"), grid(), &output).err().unwrap().to_string();
    assert!(error.contains("call the raw file .raw"), "{error}");
}

#[test]
fn a_path_says_the_format() {
    let of = |path: &str| VolumeFormat::from_path(Path::new(path)).unwrap();
    assert_eq!(of("head.png"), VolumeFormat::PngSlices);
    assert_eq!(of("head.PNG/"), VolumeFormat::PngSlices);
    assert_eq!(of("head"), VolumeFormat::TiffStack);
    assert_eq!(of("head.v2/"), VolumeFormat::TiffStack);
    assert_eq!(of("head.mha"), VolumeFormat::Mha);
    let error = VolumeFormat::from_path(Path::new("head.jpg")).unwrap_err().to_string();
    assert!(error.contains(".png for a folder of PNG slices"), "{error}");
}

#[test]
fn png_slices_are_in_a_folder_of_the_name_that_was_given() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("head.png");
    let window = Some(GreyWindow::new(0.0, 1.0).unwrap());
    let output = VolumeOutput { window, replace: true, ..VolumeOutput::for_path(&path).unwrap() };
    // A picture of that name is told at once, not when all slices are computed.
    std::fs::write(&path, "a picture").unwrap();
    let error = VolumeFile::create(&path, grid(), &output).err().unwrap().to_string();
    assert!(error.contains("a file has this name"), "{error}");
    std::fs::remove_file(&path).unwrap();
    let mut file = VolumeFile::create(&path, grid(), &output).unwrap();
    file.write_slices(0, &[0.5; 12]).unwrap();
    assert_eq!(file.finish().unwrap(), path);
    assert!(path.join("slice_0000.png").is_file() && path.join("slice_0001.png").is_file());
    assert_eq!((count(&path), count(folder.path())), (2, 1));
}
