use super::super::{read_points, to_pcd, write_pcd};
use super::*;
use proptest::prelude::*;

const HEAD: &str = "VERSION 0.7\nFIELDS x y z intensity\nSIZE 4 4 4 4\nTYPE F F F F\nCOUNT 1 1 1 1\n\
                    WIDTH 2\nHEIGHT 1\nVIEWPOINT 0 0 0 1 0 0 0\nPOINTS 2\n";

fn parse(bytes: &[u8]) -> Result<PointCloud, DataError> {
    parse_pcd(Path::new("a.pcd"), bytes)
}

fn refusal(bytes: &[u8]) -> String {
    parse(bytes).unwrap_err().to_string()
}

#[test]
fn ascii_is_read_and_nan_counted() {
    let cloud = parse(format!("{HEAD}DATA ascii\n1 2 3 4\nnan 2 3 4\nrubbish behind\n").as_bytes()).unwrap();
    assert_eq!(cloud, PointCloud { xyz: vec![[1.0, 2.0, 3.0]], intensity: vec![4.0], dropped: 1 });
}

#[test]
fn fields_may_come_in_any_order_type_and_count() {
    let head = "VERSION .7\nFIELDS ring z normal intensity y x\nSIZE 2 8 4 1 4 2\nTYPE U F F U F I\n\
                COUNT 1 1 3 1 1 1\nWIDTH 1\nHEIGHT 1\nPOINTS 1\nDATA binary\n";
    let mut bytes = head.as_bytes().to_vec();
    bytes.extend(7_u16.to_le_bytes());
    bytes.extend((-1.5_f64).to_le_bytes());
    bytes.extend([9.0_f32; 3].iter().flat_map(|v| v.to_le_bytes()));
    bytes.push(200);
    bytes.extend(2.5_f32.to_le_bytes());
    bytes.extend((-3_i16).to_le_bytes());
    bytes.extend([0; 39]);
    let cloud = parse(&bytes).unwrap();
    assert_eq!((cloud.xyz[0], cloud.intensity[0], cloud.len()), ([-3.0, 2.5, -1.5], 200.0, 1));
}

#[test]
fn compressed_points_lie_field_by_field() {
    let plain: Vec<u8> =
        [1.0_f32, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0].iter().flat_map(|v| v.to_le_bytes()).collect();
    let mut bytes = format!("{HEAD}DATA binary_compressed\n").into_bytes();
    bytes.extend(33_u32.to_le_bytes());
    bytes.extend(32_u32.to_le_bytes());
    bytes.push(31);
    bytes.extend(&plain);
    let cloud = parse(&bytes).unwrap();
    assert_eq!(cloud.xyz, [[1.0, 3.0, 5.0], [2.0, 4.0, 6.0]]);
    assert_eq!(cloud.intensity, [7.0, 8.0]);
    let cut = bytes.len() - 1;
    assert!(refusal(&bytes[..cut]).contains("32 follow"));
}

#[test]
fn what_follows_the_last_point_is_ignored() {
    let cloud = PointCloud { xyz: vec![[1.0; 3]; 2], intensity: vec![0.5; 2], dropped: 0 };
    let mut bytes = to_pcd(&cloud);
    bytes.extend([0; 3906]);
    assert_eq!(parse(&bytes).unwrap(), cloud);
}

#[test]
fn header_errors_name_their_line() {
    for (text, line) in [
        ("VERSION 0.6\nFIELDS x\nDATA ascii\n", "a.pcd:1:"),
        ("VERSION 0.7\nFIELDS x y z\nSIZE 4 4\nTYPE F F F\nPOINTS 1\nDATA ascii\n", "a.pcd:3:"),
        ("VERSION 0.7\nFIELDS x y z\nSIZE 4 4 4\nTYPE F F Q\nPOINTS 1\nDATA ascii\n", "a.pcd:4:"),
        ("VERSION 0.7\nFIELDS x y z\nSIZE 4 4 4\nTYPE F F F\nPOINTS -1\nDATA ascii\n", "a.pcd:5:"),
        ("# remark\nVERSION 0.7\nCOLOUR 1\nDATA ascii\n", "a.pcd:3:"),
        ("VERSION 0.7\nDATA zip\n", "a.pcd:2:"),
    ] {
        let message = refusal(text.as_bytes());
        assert!(message.starts_with(line), "{message}");
    }
}

#[test]
fn a_line_with_a_word_that_is_no_number_is_named() {
    let message = refusal(format!("{HEAD}DATA ascii\n1 2 3 4\n1 two 3 4\n").as_bytes());
    assert!(message.starts_with("a.pcd:12:") && message.contains("two"), "{message}");
}

#[test]
fn a_cut_file_and_a_huge_count_are_refused() {
    let mut bytes = format!("{HEAD}DATA binary\n").into_bytes();
    bytes.extend([0; 20]);
    assert!(refusal(&bytes).contains("2 points"));
    let huge =
        "VERSION 0.7\nFIELDS x y z\nSIZE 4 4 4\nTYPE F F F\nPOINTS 18446744073709551615\nDATA binary\n";
    assert!(refusal(huge.as_bytes()).contains("cut"));
}

#[test]
fn a_cloud_without_coordinates_is_refused() {
    let text = "VERSION 0.7\nFIELDS x y\nSIZE 4 4\nTYPE F F\nPOINTS 1\nDATA ascii\n1 2\n";
    assert!(refusal(text.as_bytes()).contains("no `z`"));
}

fn finite() -> impl Strategy<Value = f32> {
    prop_oneof![-1e3_f32..1e3, any::<f32>().prop_filter("finite", |v| v.is_finite())]
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        let _ = parse(&bytes);
    }

    #[test]
    fn no_bytes_behind_a_header_make_it_panic(
        encoding in prop::sample::select(vec!["ascii", "binary", "binary_compressed"]),
        bytes in prop::collection::vec(any::<u8>(), 0..200),
    ) {
        let mut file = format!("{HEAD}DATA {encoding}\n").into_bytes();
        file.extend(bytes);
        let _ = parse(&file);
    }

    #[test]
    fn no_changed_byte_makes_it_panic(at in 0_usize..200, byte: u8) {
        let mut file = to_pcd(&PointCloud { xyz: vec![[1.0; 3]; 2], intensity: vec![0.5; 2], dropped: 0 });
        let at = at % file.len();
        file[at] = byte;
        let _ = parse(&file);
    }

    #[test]
    fn what_was_written_reads_back_the_same(
        points in prop::collection::vec(([finite(), finite(), finite()], finite()), 1..50),
    ) {
        let (xyz, intensity) = points.into_iter().unzip();
        let cloud = PointCloud { xyz, intensity, dropped: 0 };
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("cloud.pcd");
        write_pcd(&path, &cloud).unwrap();
        prop_assert_eq!(read_points(&path).unwrap(), cloud);
    }
}
