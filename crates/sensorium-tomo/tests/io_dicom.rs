//! DICOM series, written here byte by byte (explicit little endian).
#![cfg(feature = "dicom")]

use sensorium_tomo::io::{VoxelSize, read_volume};
use std::path::Path;

fn element(group: u16, number: u16, vr: &str, value: &[u8]) -> Vec<u8> {
    let mut value = value.to_vec();
    if value.len() % 2 == 1 {
        value.push(if vr == "UI" || vr == "OW" { 0 } else { b' ' });
    }
    let mut bytes = Vec::new();
    bytes.extend(group.to_le_bytes());
    bytes.extend(number.to_le_bytes());
    bytes.extend(vr.as_bytes());
    if vr == "OW" || vr == "OB" {
        bytes.extend([0, 0]);
        bytes.extend((value.len() as u32).to_le_bytes());
    } else {
        bytes.extend((value.len() as u16).to_le_bytes());
    }
    bytes.extend(value);
    bytes
}

struct Slice {
    z: f64,
    series: &'static str,
    syntax: &'static str,
    orientation: &'static str,
    pixels: Vec<i16>,
}

impl Slice {
    fn at(z: f64, first: i16) -> Self {
        Self {
            z,
            series: "1.2.3",
            syntax: "1.2.840.10008.1.2.1",
            orientation: "1\\0\\0\\0\\1\\0",
            pixels: (first..first + 6).collect(),
        }
    }

    /// Two rows of three columns.
    fn write(&self, path: &Path) {
        let mut meta = element(2, 1, "OB", &[0, 1]);
        meta.extend(element(2, 2, "UI", b"1.2.840.10008.5.1.4.1.1.2"));
        meta.extend(element(2, 3, "UI", b"1.2.3.4"));
        meta.extend(element(2, 0x10, "UI", self.syntax.as_bytes()));
        meta.extend(element(2, 0x12, "UI", b"1.2.3.5"));
        let mut bytes = vec![0; 128];
        bytes.extend(b"DICM");
        bytes.extend(element(2, 0, "UL", &(meta.len() as u32).to_le_bytes()));
        bytes.extend(meta);
        let short = |number: u16, value: u16| element(0x28, number, "US", &value.to_le_bytes());
        bytes.extend(element(0x20, 0x0e, "UI", self.series.as_bytes()));
        bytes.extend(element(0x20, 0x32, "DS", format!("-10\\5\\{}", self.z).as_bytes()));
        bytes.extend(element(0x20, 0x37, "DS", self.orientation.as_bytes()));
        bytes.extend(short(2, 1));
        bytes.extend(element(0x28, 4, "CS", b"MONOCHROME2"));
        bytes.extend(short(0x10, 2));
        bytes.extend(short(0x11, 3));
        bytes.extend(element(0x28, 0x30, "DS", b"0.5\\0.25"));
        bytes.extend(
            [(0x100, 16), (0x101, 16), (0x102, 15), (0x103, 1)].iter().flat_map(|(n, v)| short(*n, *v)),
        );
        bytes.extend(element(0x28, 0x1052, "DS", b"-1024"));
        bytes.extend(element(0x28, 0x1053, "DS", b"2"));
        let pixels: Vec<u8> = self.pixels.iter().flat_map(|v| v.to_le_bytes()).collect();
        bytes.extend(element(0x7fe0, 0x10, "OW", &pixels));
        std::fs::write(path, bytes).unwrap();
    }
}

fn refused(change: impl Fn(usize, &mut Slice)) -> String {
    let folder = tempfile::tempdir().unwrap();
    for i in 0..4 {
        let mut slice = Slice::at(i as f64 * 2.0, 0);
        change(i, &mut slice);
        slice.write(&folder.path().join(format!("{i}.dcm")));
    }
    read_volume(folder.path(), None).err().unwrap().to_string()
}

#[test]
fn a_series_is_ordered_by_position_and_scaled() {
    let folder = tempfile::tempdir().unwrap();
    for (name, z, first) in [("a", 4.0, 100), ("b", -2.0, -3), ("c", 1.0, 50)] {
        Slice::at(z, first).write(&folder.path().join(name));
    }
    std::fs::write(folder.path().join("readme.txt"), "no slice").unwrap();
    let read = read_volume(folder.path(), None).unwrap();
    assert_eq!(read.voxel_size, VoxelSize::FromFile);
    let grid = read.volume.grid();
    assert_eq!((grid.voxels, grid.voxel_mm), ([3, 2, 3], [0.25, 0.5, 3.0]));
    let first = [0, 1, 2].map(|axis| grid.position_mm(axis, 0.0));
    assert_eq!(first, [-10.0, 5.0, -2.0]);
    assert_eq!(read.volume.slice(0), [-1030.0, -1028.0, -1026.0, -1024.0, -1022.0, -1020.0]);
    assert_eq!((read.volume.slice(1)[0], read.volume.slice(2)[0]), (-924.0, -824.0));
}

#[test]
fn a_missing_slice_is_found() {
    let error = refused(|i, slice| slice.z = [0.0, 2.0, 6.0, 8.0][i]);
    assert!(
        error.contains("the slices do not lie evenly") && error.contains("a slice is missing"),
        "{error}"
    );
}

#[test]
fn a_compressed_series_says_how_to_unpack_it() {
    let error = refused(|_, slice| slice.syntax = "1.2.840.10008.1.2.4.70");
    assert!(error.contains("compressed (transfer syntax 1.2.840.10008.1.2.4.70)"), "{error}");
    assert!(error.contains("gdcmconv --raw"), "{error}");
}

#[test]
fn two_series_in_a_folder_are_refused() {
    let error = refused(|i, slice| slice.series = if i == 2 { "1.2.4" } else { "1.2.3" });
    assert!(error.contains("there are several series (1.2.3 and 1.2.4)"), "{error}");
}

#[test]
fn slices_that_are_not_axial_are_refused() {
    let error = refused(|_, slice| slice.orientation = "1\\0\\0\\0\\0\\-1");
    assert!(error.contains("wanted are axial slices"), "{error}");
}

#[test]
fn too_few_pixels_are_counted() {
    let error = refused(|_, slice| slice.pixels.truncate(4));
    assert!(error.contains("12 bytes of pixels are wanted, 8 are there"), "{error}");
}

#[test]
fn one_slice_is_no_volume() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("1.dcm");
    Slice::at(0.0, 0).write(&path);
    assert!(read_volume(folder.path(), None).err().unwrap().to_string().contains("one slice is no volume"));
    assert!(read_volume(&path, None).err().unwrap().to_string().contains("give the folder"));
    std::fs::write(folder.path().join("2.dcm"), &std::fs::read(&path).unwrap()[..300]).unwrap();
    let error = read_volume(folder.path(), None).err().unwrap().to_string();
    assert!(error.contains("2.dcm"), "{error}");
}
