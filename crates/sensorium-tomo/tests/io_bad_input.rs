//! What is wrong with a file is said with its name and a remedy, and never a panic.

use sensorium_tomo::io::{open_projections, read_volume, write_projections};
use sensorium_tomo::{Projections, TomoError};
use std::io::BufWriter;
use std::path::{Path, PathBuf};
use tiff::encoder::{TiffEncoder, colortype};

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)
}

fn error(path: &Path) -> String {
    open_projections(path).err().unwrap().to_string()
}

fn volume_error(path: &Path) -> String {
    read_volume(path, None).err().unwrap().to_string()
}

fn stack() -> Projections {
    Projections::new(5, 4, 3, (0..60).map(|i| i as f32).collect()).unwrap()
}

fn cut(from: &Path, to: &Path, bytes: usize) {
    let all = std::fs::read(from).unwrap();
    std::fs::write(to, &all[..bytes]).unwrap();
}

fn page<C: colortype::ColorType>(path: &Path, size: [u32; 2], values: &[C::Inner])
where
    [C::Inner]: tiff::encoder::TiffValue,
{
    let file = BufWriter::new(std::fs::File::create(path).unwrap());
    TiffEncoder::new(file).unwrap().write_image::<C>(size[0], size[1], values).unwrap();
}

#[test]
fn a_cut_file_says_how_many_bytes_are_wanted_and_there() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["p.npy", "p.raw", "p.mha"] {
        let path = folder.path().join(name);
        write_projections(&path, &stack(), None).unwrap();
        let size = std::fs::metadata(&path).unwrap().len() as usize;
        cut(&path, &path, size - 7);
        let error = error(&path);
        assert!(
            error.contains(&format!("are {size} bytes, the file has {}: it was cut short", size - 7)),
            "{error}"
        );
        assert!(error.contains(name), "{error}");
    }
}

#[test]
fn a_file_with_more_than_its_header_says_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("p.raw");
    write_projections(&path, &stack(), None).unwrap();
    let mut bytes = std::fs::read(&path).unwrap();
    bytes.extend([0; 12]);
    std::fs::write(&path, bytes).unwrap();
    let error = error(&path);
    assert!(error.contains("are 240 bytes, the file has 252: its header is wrong"), "{error}");
}

#[test]
fn every_cut_of_every_file_is_an_error_and_no_panic() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    write_projections(&at("p.npy"), &stack(), None).unwrap();
    write_projections(&at("p.mha"), &stack(), None).unwrap();
    page::<colortype::Gray16>(&at("p.tif"), [3, 4], &[7; 12]);
    std::fs::copy(fixture("exchange.h5"), at("p.h5")).unwrap();
    for name in ["p.npy", "p.mha", "p.tif", "p.h5"] {
        let whole = std::fs::read(at(name)).unwrap();
        let extension = name.rsplit('.').next().unwrap();
        let short = at(&format!("cut.{extension}"));
        for bytes in (0..whole.len()).step_by(5) {
            std::fs::write(&short, &whole[..bytes]).unwrap();
            let read = open_projections(&short).and_then(|a| Projections::from_source(a.source.as_ref()));
            // The last bytes of HDF5 and TIFF files may be padding: then the values must be right.
            if let Ok(read) = read {
                let right = open_projections(&at(name)).unwrap();
                assert_eq!(read, Projections::from_source(right.source.as_ref()).unwrap(), "{name} {bytes}");
                assert!(matches!(extension, "h5" | "tif"), "{name} cut to {bytes} bytes was read");
            }
        }
    }
}

#[test]
fn a_cut_tiff_file_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.tif");
    let values: Vec<f32> = (0..64 * 64).map(|i| i as f32).collect();
    page::<colortype::Gray32Float>(&path, [64, 64], &values);
    let bytes = std::fs::read(&path).unwrap();
    std::fs::write(&path, &bytes[..bytes.len() / 2]).unwrap();
    let opened = open_projections(&path).and_then(|a| Projections::from_source(a.source.as_ref()));
    let error = opened.unwrap_err().to_string();
    assert!(error.contains("a.tif") && error.contains("write it again"), "{error}");
}

#[test]
fn a_cut_hdf5_file_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.h5");
    cut(&fixture("exchange.h5"), &path, 1500);
    let error = error(&path);
    assert!(error.contains("a.h5") && error.contains("copy it again"), "{error}");
    std::fs::write(&path, "no HDF5 at all").unwrap();
    let error = self::error(&path);
    assert!(error.contains("this is no whole HDF5 file"), "{error}");
}

#[test]
fn an_hdf5_file_without_projections_says_what_it_holds() {
    let error = error(&fixture("no_data.h5"));
    assert!(error.contains("there is no exchange/data; the file holds entry/frames"), "{error}");
    let error = self::error(&fixture("flat_data.h5"));
    assert!(
        error.contains("exchange/data: it has 2 dimensions [5, 2]; wanted are [view, row, column]"),
        "{error}"
    );
}

#[test]
fn angles_that_are_not_one_for_each_projection_are_refused() {
    let error = open_projections(&fixture("four_angles.h5")).err().unwrap();
    assert!(matches!(error, TomoError::Projections(_)));
    assert!(
        error.to_string().contains("there are 4 angles for 5 projections; give one angle for each"),
        "{error}"
    );
}

#[test]
fn pages_of_different_size_are_named() {
    let folder = tempfile::tempdir().unwrap();
    page::<colortype::Gray8>(&folder.path().join("p1.tif"), [3, 4], &[1; 12]);
    page::<colortype::Gray8>(&folder.path().join("p2.tif"), [4, 3], &[1; 12]);
    let error = error(folder.path());
    assert!(error.contains("p2.tif: page 0 has 3 rows and 4 columns, the first page 4 and 3"), "{error}");
}

#[test]
fn coloured_pages_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("p.tif");
    page::<colortype::RGB8>(&path, [2, 2], &[1; 12]);
    let error = error(&path);
    assert!(error.contains("page 0 is coloured (RGB(8)); convert the pages to grey values"), "{error}");
}

#[test]
fn an_empty_folder_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    assert!(error(folder.path()).contains("the folder holds no .tif or .tiff file"));
    assert!(volume_error(folder.path()).contains("the folder holds no volume; give .mha"));
}

#[test]
fn an_unknown_extension_lists_the_formats() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("p.png");
    std::fs::write(&path, "x").unwrap();
    let error = error(&path);
    assert!(
        error.contains("\"png\" is not known for projections; give .h5 (Data Exchange), .npy, .npz"),
        "{error}"
    );
    let error = volume_error(&path);
    assert!(error.contains("\"png\" is not known for volumes; give .mha, .mhd, .nii, .npy"), "{error}");
    let error = self::error(&folder.path().join("none.npy"));
    assert!(error.contains("none.npy: No such file"), "{error}");
}

#[test]
fn arrays_of_another_rank_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("p.npy");
    write_projections(&path, &stack(), None).unwrap();
    let text = String::from_utf8_lossy(&std::fs::read(&path).unwrap()).into_owned();
    assert!(text.contains("(5, 4, 3)"));
    let mut bytes = std::fs::read(&path).unwrap();
    let at = bytes.windows(9).position(|w| w == b"(5, 4, 3)").unwrap();
    bytes[at..at + 9].copy_from_slice(b"(20,   3)");
    std::fs::write(&path, bytes).unwrap();
    let error = error(&path);
    assert!(error.contains("p.npy: the array has 2 dimensions [20, 3]; wanted are three"), "{error}");
}

#[test]
fn a_compressed_mha_file_says_how_to_write_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("p.mha");
    write_projections(&path, &stack(), None).unwrap();
    let bytes = std::fs::read(&path).unwrap();
    let text = String::from_utf8_lossy(&bytes).replace("CompressedData = False", "CompressedData = True ");
    std::fs::write(&path, text.as_bytes()).unwrap();
    assert!(error(&path).contains("useCompression=False"));
    std::fs::write(folder.path().join("v.nii.gz"), "x").unwrap();
    assert!(volume_error(&folder.path().join("v.nii.gz")).contains("unpack it first"));
}

#[test]
fn a_raw_file_without_its_header_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("p.raw");
    std::fs::write(&path, [0; 8]).unwrap();
    let error = error(&path);
    assert!(error.contains("a raw file needs its header") && error.contains("p.json"), "{error}");
    std::fs::write(folder.path().join("p.json"), "{\n  \"views\": 2,\n}").unwrap();
    let error = self::error(&path);
    assert!(error.contains("p.json") && error.contains("line 3"), "{error}");
}
