//! What is written is read back the same, in every format; and a volume can be finished by a second run.

use sensorium_tomo::io::{
    GreyDepth, GreyWindow, VolumeFile, VolumeFormat, VolumeOutput, VoxelSize, open_projections, read_volume,
    write_projections,
};
use sensorium_tomo::{Projections, Volume, VolumeGrid};
use std::path::Path;

fn grid() -> VolumeGrid {
    VolumeGrid::centred([5, 4, 3], [0.5, 0.75, 2.0]).unwrap().at([1.0, -2.0, 3.5]).unwrap()
}

fn volume() -> Volume {
    Volume::new(grid(), (0..60).map(|i| i as f32 * 0.25 - 3.0).collect()).unwrap()
}

fn write(path: &Path, output: &VolumeOutput) {
    let volume = volume();
    let mut file = VolumeFile::create(path, grid(), output).unwrap();
    file.write_slices(1, &volume.values()[20..]).unwrap();
    file.write_slices(0, volume.slice(0)).unwrap();
    file.finish().unwrap();
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|e| e.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

#[test]
fn a_volume_reads_back_from_every_format() {
    for (name, left) in [
        ("v.mha", &["v.mha"][..]),
        ("v.mhd", &["v.mhd", "v.raw"]),
        ("v.nii", &["v.nii"]),
        ("v.npy", &["v.npy"]),
        ("v.raw", &["v.json", "v.raw"]),
        ("v/", &["v"]),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        write(&path, &VolumeOutput::for_path(&path).unwrap());
        assert_eq!(names(folder.path()), left, "{name}");
        let read = read_volume(&path, None).unwrap();
        assert_eq!(read.volume.values(), volume().values(), "{name}");
        if matches!(name, "v.npy" | "v/") {
            assert_eq!(read.voxel_size, VoxelSize::Assumed, "{name}");
            let given = read_volume(&path, Some(grid().voxel_mm)).unwrap();
            assert_eq!(given.voxel_size, VoxelSize::Given);
            assert_eq!(given.volume.grid().voxel_mm, grid().voxel_mm);
        } else {
            assert_eq!(read.voxel_size, VoxelSize::FromFile, "{name}");
            assert_eq!(read.volume.grid(), &grid(), "{name}");
        }
    }
}

#[test]
fn png_slices_hold_the_shades_of_the_window() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("slices");
    let window = GreyWindow::new(-3.0, 0.75).unwrap().with_depth(GreyDepth::Eight);
    let output = VolumeOutput { window: Some(window), ..VolumeOutput::new(VolumeFormat::PngSlices) };
    write(&path, &output);
    assert_eq!(names(&path), ["slice_0000.png", "slice_0001.png", "slice_0002.png"]);
    let file = std::io::BufReader::new(std::fs::File::open(path.join("slice_0000.png")).unwrap());
    let mut reader = png::Decoder::new(file).read_info().unwrap();
    let mut bytes = vec![0; reader.output_buffer_size().unwrap()];
    reader.next_frame(&mut bytes).unwrap();
    assert_eq!((bytes[0], bytes[1], bytes[15], bytes[19]), (0, 17, 255, 255));
}

#[test]
fn projections_read_back_piece_by_piece() {
    let stack = Projections::new(7, 4, 3, (0..84).map(|i| i as f32 * 0.5).collect()).unwrap();
    for name in ["p.npy", "p.mha", "p.raw"] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        write_projections(&path, &stack, Some([0.1, 0.2])).unwrap();
        let read = open_projections(&path).unwrap();
        assert_eq!(Projections::from_source(read.source.as_ref()).unwrap(), stack, "{name}");
        let (mut piece, mut wanted) = (vec![0.0; 2 * 2 * 3], vec![0.0; 2 * 2 * 3]);
        read.source.read(4..6, 1..3, &mut piece).unwrap();
        sensorium_tomo::io::ProjectionSource::read(&stack, 4..6, 1..3, &mut wanted).unwrap();
        assert_eq!(piece, wanted, "{name}");
        assert!(names(folder.path()).iter().all(|n| !n.contains("partial")));
    }
}

#[test]
fn what_is_no_number_passes_through() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("p.npy");
    let stack = Projections::new(1, 1, 2, vec![f32::NAN, f32::INFINITY]).unwrap();
    write_projections(&path, &stack, None).unwrap();
    let read = Projections::from_source(open_projections(&path).unwrap().source.as_ref()).unwrap();
    assert!(read.values()[0].is_nan() && read.values()[1] == f32::INFINITY);
}

#[test]
fn a_second_run_finishes_what_the_first_left() {
    for name in ["v.mha", "v.npy", "v.nii", "v.raw", "v.mhd", "v"] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        let output = VolumeOutput { fingerprint: "fdk".into(), ..VolumeOutput::for_path(&path).unwrap() };
        let mut first = VolumeFile::create(&path, grid(), &output).unwrap();
        first.write_slices(1, volume().slice(1)).unwrap();
        drop(first);
        assert!(!path.exists() && VolumeFile::is_begun(&path), "{name}");
        let mut second = VolumeFile::reopen(&path, grid(), &output).unwrap();
        assert_eq!(second.finished(), [false, true, false], "{name}");
        second.write_slices(0, volume().slice(0)).unwrap();
        second.write_slices(2, volume().slice(2)).unwrap();
        second.finish().unwrap();
        assert_eq!(read_volume(&path, None).unwrap().volume.values(), volume().values(), "{name}");
        assert!(!VolumeFile::is_begun(&path), "{name}");
    }
}

#[test]
fn a_grid_of_long_numbers_is_the_same_to_the_second_run() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("v.npy");
    let output = VolumeOutput::for_path(&path).unwrap();
    for i in 1..200 {
        let edge = (i as f64).sqrt() / 97.0;
        let grid = VolumeGrid::centred([2, 2, 2], [edge, edge / 3.0, 1.0 / edge]).unwrap();
        drop(VolumeFile::create(&path, grid, &output).unwrap());
        VolumeFile::reopen(&path, grid, &output).unwrap();
    }
}

#[test]
fn a_run_with_other_settings_does_not_go_on() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("v.mha");
    let output = VolumeOutput { fingerprint: "fdk".into(), ..VolumeOutput::for_path(&path).unwrap() };
    drop(VolumeFile::create(&path, grid(), &output).unwrap());
    let other = VolumeOutput { fingerprint: "sirt".into(), ..output.clone() };
    let error = VolumeFile::reopen(&path, grid(), &other).err().unwrap().to_string();
    assert!(error.contains("begun with another geometry or settings"), "{error}");
    let error = VolumeFile::reopen(&path, grid().at([0.0; 3]).unwrap(), &output).err().unwrap().to_string();
    assert!(error.contains("begun with another grid"), "{error}");
    let missing = folder.path().join("w.mha");
    let error = VolumeFile::reopen(&missing, grid(), &output).err().unwrap().to_string();
    assert!(error.contains("to go on with; start over"), "{error}");
    // Creating starts over.
    let file = VolumeFile::create(&path, grid(), &other).unwrap();
    assert_eq!(file.finished(), [false; 3]);
}

#[test]
fn a_volume_is_not_named_before_it_is_whole_and_never_replaced_unasked() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("v.mha");
    let output = VolumeOutput::for_path(&path).unwrap();
    let mut file = VolumeFile::create(&path, grid(), &output).unwrap();
    file.write_slices(0, volume().slice(0)).unwrap();
    let error = file.write_slices(2, &volume().values()[20..]).unwrap_err().to_string();
    assert!(error.contains("40 values from slice 2 on are no slices of 20 voxels among the 3"), "{error}");
    let error = file.finish().unwrap_err().to_string();
    assert!(error.contains("2 slices are not written, the first is 1"), "{error}");
    assert!(!path.exists());
    write(&path, &output);
    let error = VolumeFile::create(&path, grid(), &output).err().unwrap().to_string();
    assert!(error.contains("it exists already"), "{error}");
    write(&path, &VolumeOutput { replace: true, ..output });
}

#[test]
fn a_volume_larger_than_the_disk_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["v.mha", "v.npy", "v.raw"] {
        let path = folder.path().join(name);
        let grid = VolumeGrid::centred([1 << 14, 1 << 13, 1 << 13], [1.0; 3]).unwrap();
        let error = VolumeFile::create(&path, grid, &VolumeOutput::for_path(&path).unwrap()).err().unwrap();
        assert!(error.to_string().contains("there is no room for"), "{error}");
    }
    assert!(names(folder.path()).is_empty());
}

#[test]
fn requests_that_make_no_sense_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let refused = |name: &str, output: &VolumeOutput, expected: &str| {
        let error = VolumeFile::create(&at(name), grid(), output).err().unwrap().to_string();
        assert!(error.contains(expected), "{error}");
    };
    refused("v", &VolumeOutput::new(VolumeFormat::PngSlices), "PNG slices need a window");
    refused("no/v.mha", &VolumeOutput::new(VolumeFormat::Mha), "there is no such folder");
    let window = Some(GreyWindow::new(0.0, 1.0).unwrap());
    refused("v.mha", &VolumeOutput { window, ..VolumeOutput::new(VolumeFormat::Mha) }, "for PNG slices only");
    let error = VolumeOutput::for_path(&at("v.jpg")).unwrap_err().to_string();
    assert!(error.contains("volumes are not written as \"jpg\"; give .mha, .mhd"), "{error}");
    assert!("png".parse::<VolumeFormat>().unwrap_err().to_string().contains("give one of mha, mhd, nifti"));
    assert!(GreyWindow::new(1.0, 1.0).unwrap_err().to_string().contains("is empty"));
    std::fs::create_dir(at("v.partial")).unwrap();
    std::fs::write(at("v.partial/letter.txt"), "dear").unwrap();
    refused("v", &VolumeOutput::new(VolumeFormat::TiffStack), "this is no slice of an earlier run");
    assert!(at("v.partial/letter.txt").exists());
}
