//! Files exchanged with the formats' own libraries, where `$SENSORIUM_PEER_PYTHON` is a Python that has them.
//!
//! Checked with h5py 3.16.0, nibabel 5.4.2, numpy 2.4.6, Pillow 13.0.0, SimpleITK 2.5.7, tifffile 2026.3.3:
//!
//!     python3 -m venv peers && peers/bin/pip install -r benches/peers/requirements.txt
//!     SENSORIUM_PEER_PYTHON=$PWD/peers/bin/python cargo test --release -p sensorium-tomo --test io_peers

use sensorium_tomo::io::{GreyWindow, VolumeFile, VolumeFormat, VolumeOutput, open_projections, read_volume};
use sensorium_tomo::{Projections, VolumeGrid};
use std::path::Path;
use std::process::Command;

fn grid() -> VolumeGrid {
    VolumeGrid::centred([5, 4, 3], [0.5, 0.75, 2.0]).unwrap().at([1.0, -2.0, 3.5]).unwrap()
}

fn write_ours(folder: &Path) {
    let values: Vec<f32> = (0..60).map(|i| i as f32 * 0.25 - 3.0).collect();
    let write = |name: &str, output: &VolumeOutput| {
        let mut file = VolumeFile::create(&folder.join(name), grid(), output).unwrap();
        file.write_slices(0, &values).unwrap();
        file.finish().unwrap();
    };
    for name in ["v.mha", "v.nii", "v.npy", "slices"] {
        write(name, &VolumeOutput::for_path(Path::new(name)).unwrap());
    }
    write("v.raw", &VolumeOutput::new(VolumeFormat::Raw));
    // `v.mhd` and `v.raw` share a name: the second holds the same values, so the header comes last.
    write("v.mhd", &VolumeOutput { replace: true, ..VolumeOutput::new(VolumeFormat::Mhd) });
    let window = Some(GreyWindow::new(-3.0, 11.75).unwrap());
    write("png", &VolumeOutput { window, ..VolumeOutput::new(VolumeFormat::PngSlices) });
}

fn data() -> Vec<f32> {
    (0..7 * 37 * 45).map(|i| ((i * 31) % 60_000) as f32).collect()
}

#[test]
fn files_are_exchanged_with_the_libraries_of_each_format() {
    let Some(python) = std::env::var_os("SENSORIUM_PEER_PYTHON") else {
        eprintln!("skipped: SENSORIUM_PEER_PYTHON is not set; the top of this file says how to make it");
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("ours")).unwrap();
    write_ours(&folder.path().join("ours"));
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/peers.py");
    let status = Command::new(python).arg(script).arg(folder.path()).status().unwrap();
    assert!(status.success(), "a library reads something else than was written");

    let theirs = folder.path().join("theirs");
    for name in
        ["data.npy", "data.npz", "strips.tif", "tiles.tif", "float.tif", "early.h5", "late.h5", "v.mha"]
    {
        let opened = open_projections(&theirs.join(name)).unwrap();
        let all = Projections::from_source(opened.source.as_ref()).unwrap();
        assert_eq!((all.views(), all.rows(), all.columns()), (7, 37, 45), "{name}");
        assert!(all.values() == data(), "{name}");
        let mut piece = vec![0.0; 3 * 13 * 45];
        opened.source.read(2..5, 11..24, &mut piece).unwrap();
        let part: Vec<f32> = (2..5).flat_map(|v| all.view(v)[11 * 45..24 * 45].to_vec()).collect();
        assert!(piece == part, "{name}");
        if name.ends_with("h5") || name.ends_with("npz") {
            assert_eq!(opened.angles_deg.unwrap(), [0.0, 15.0, 30.0, 45.0, 60.0, 75.0, 90.0], "{name}");
        }
    }
    for name in ["v.mha", "v.mhd", "v.nii", "scaled.nii"] {
        let read = read_volume(&theirs.join(name), None).unwrap().volume;
        assert!(read.values() == data(), "{name}");
        assert_eq!(read.grid().voxel_mm, [0.5, 0.75, 2.0], "{name}");
        if name != "scaled.nii" {
            for (axis, wanted) in [0.0, -3.125, 1.5].into_iter().enumerate() {
                assert!((read.grid().position_mm(axis, 0.0) - wanted).abs() < 1e-5, "{name}");
            }
        }
    }
    if cfg!(feature = "dicom") {
        let read = read_volume(&theirs.join("series"), None).unwrap().volume;
        let wanted: Vec<f32> = data().iter().map(|v| f32::from((*v as i32 - 1024) as i16)).collect();
        assert!(read.values() == wanted, "DICOM");
        assert_eq!(read.grid().voxel_mm, [0.5, 0.75, 2.0]);
    }
}
