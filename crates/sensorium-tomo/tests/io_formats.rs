//! Files as other programs write them.

use sensorium_tomo::Projections;
use sensorium_tomo::io::{Acquisition, open_projections, read_volume};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use tiff::encoder::{TiffEncoder, colortype};

fn read(acquisition: &Acquisition) -> Projections {
    Projections::from_source(acquisition.source.as_ref()).unwrap()
}

/// Written by h5py 3.16.0 with numpy 2.4.6, see `fixtures/make_hdf5.py`.
fn exchange() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/exchange.h5")
}

#[test]
fn a_packed_data_exchange_file_is_read_whole_and_in_pieces() {
    let opened = open_projections(&exchange()).unwrap();
    let all = read(&opened);
    assert_eq!((all.views(), all.rows(), all.columns()), (5, 3, 8));
    let wanted: Vec<f32> = (0..120).map(|i| i as f32 * 7.0 - 100.0).collect();
    assert_eq!(all.values(), wanted);
    let mut piece = vec![0.0; 3 * 2 * 8];
    opened.source.read(1..4, 1..3, &mut piece).unwrap();
    let part: Vec<f32> = (1..4).flat_map(|v| all.view(v)[8..].to_vec()).collect();
    assert_eq!(piece, part);
    assert_eq!(opened.flat.unwrap(), Projections::new(2, 3, 8, vec![50_000.0; 48]).unwrap());
    let dark = (0..24).map(|i| i as f32).collect();
    assert_eq!(opened.dark.unwrap(), Projections::new(1, 3, 8, dark).unwrap());
    assert_eq!(opened.angles_deg.unwrap(), [0.0, 36.0, 72.0, 108.0, 144.0]);
}

fn page<C: colortype::ColorType>(path: &Path, values: &[C::Inner])
where
    [C::Inner]: tiff::encoder::TiffValue,
{
    let file = BufWriter::new(std::fs::File::create(path).unwrap());
    let mut encoder = TiffEncoder::new(file).unwrap();
    let mut image = encoder.new_image::<C>(3, 4).unwrap();
    image.rows_per_strip(3).unwrap();
    image.write_data(values).unwrap();
}

#[test]
fn tiff_pages_of_each_type_are_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("p.tif");
    let wanted: Vec<f32> = (1..13).map(|i| i as f32).collect();
    let values = || 1..13_u8;
    let check = || assert_eq!(read(&open_projections(&path).unwrap()).values(), wanted);
    page::<colortype::Gray8>(&path, &values().collect::<Vec<u8>>());
    check();
    page::<colortype::GrayI8>(&path, &values().map(|v| v as i8).collect::<Vec<i8>>());
    check();
    page::<colortype::Gray16>(&path, &values().map(u16::from).collect::<Vec<u16>>());
    check();
    page::<colortype::GrayI16>(&path, &values().map(i16::from).collect::<Vec<i16>>());
    check();
    page::<colortype::Gray32>(&path, &values().map(u32::from).collect::<Vec<u32>>());
    check();
    page::<colortype::GrayI32>(&path, &values().map(i32::from).collect::<Vec<i32>>());
    check();
    page::<colortype::Gray32Float>(&path, &values().map(f32::from).collect::<Vec<f32>>());
    check();
}

#[test]
fn a_folder_of_tiff_files_is_a_stack_in_the_order_of_its_numbers() {
    let folder = tempfile::tempdir().unwrap();
    for i in [1_u16, 2, 10, 11] {
        page::<colortype::Gray16>(&folder.path().join(format!("view{i}.tiff")), &[i; 12]);
    }
    std::fs::write(folder.path().join("notes.txt"), "no page").unwrap();
    let opened = open_projections(folder.path()).unwrap();
    let firsts: Vec<f32> = (0..4).map(|v| read(&opened).view(v)[0]).collect();
    assert_eq!(firsts, [1.0, 2.0, 10.0, 11.0]);
}

#[test]
fn one_tiff_file_of_several_pages_is_read_in_any_order() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("pages.tif");
    let file = BufWriter::new(std::fs::File::create(&path).unwrap());
    let mut encoder = TiffEncoder::new(file).unwrap();
    for i in 0..5_u16 {
        let values: Vec<u16> = (0..12).map(|j| 100 * i + j).collect();
        encoder.write_image::<colortype::Gray16>(3, 4, &values).unwrap();
    }
    drop(encoder);
    let opened = open_projections(&path).unwrap();
    assert_eq!((opened.source.views(), opened.source.rows(), opened.source.columns()), (5, 4, 3));
    let mut piece = [0.0; 3];
    for (view, row) in [(3, 1), (0, 3), (4, 0)] {
        opened.source.read(view..view + 1, row..row + 1, &mut piece).unwrap();
        assert_eq!(piece, [0, 1, 2].map(|j| (100 * view + 3 * row + j) as f32));
    }
}

fn array(kind: &str, shape: &str, bytes: &[u8]) -> Vec<u8> {
    let text = format!("{{'descr': '{kind}', 'fortran_order': False, 'shape': {shape}, }}\n");
    let mut all = b"\x93NUMPY\x01\x00".to_vec();
    all.extend((text.len() as u16).to_le_bytes());
    all.extend(text.as_bytes());
    all.extend(bytes);
    all
}

#[test]
fn packed_numpy_archives_are_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("p.npz");
    let mut zip = zip::ZipWriter::new(std::fs::File::create(&path).unwrap());
    let packed =
        zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Deflated);
    let data: Vec<u8> = (0..24_u16).flat_map(|v| v.to_be_bytes()).collect();
    let angles: Vec<u8> = [0.1_f64, 0.7].iter().flat_map(|v| v.to_le_bytes()).collect();
    for (name, bytes) in [
        ("angles_deg.npy", array("<f8", "(2,)", &angles)),
        ("data.npy", array(">u2", "(2, 3, 4)", &data)),
        ("flat.npy", array("|u1", "(1, 3, 4)", &[9; 12])),
    ] {
        zip.start_file(name, packed).unwrap();
        zip.write_all(&bytes).unwrap();
    }
    zip.finish().unwrap();
    let opened = open_projections(&path).unwrap();
    assert_eq!(read(&opened).values(), (0..24).map(|v| v as f32).collect::<Vec<f32>>());
    assert_eq!(opened.flat.unwrap().values(), [9.0; 12]);
    assert!(opened.dark.is_none());
    assert_eq!(opened.angles_deg.unwrap(), [0.1, 0.7]);
}

#[test]
fn a_metaimage_of_shorts_in_big_endian_with_its_data_apart_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let header = "ObjectType = Image\r\nNDims = 3\r\nDimSize = 3 2 1\r\nElementSpacing = 1 2 3\r\n\
        ElementByteOrderMSB = True\r\nElementType = MET_SHORT\r\nHeaderSize = -1\r\nElementDataFile = x.bin\r\n";
    std::fs::write(folder.path().join("x.mhd"), header).unwrap();
    let mut bytes = b"a header of its own".to_vec();
    bytes.extend((0..6_i16).flat_map(|v| (v - 3).to_be_bytes()));
    std::fs::write(folder.path().join("x.bin"), bytes).unwrap();
    let volume = read_volume(&folder.path().join("x.mhd"), None).unwrap().volume;
    assert_eq!(volume.values(), [-3.0, -2.0, -1.0, 0.0, 1.0, 2.0]);
    assert_eq!(volume.grid().voxel_mm, [1.0, 2.0, 3.0]);
}
