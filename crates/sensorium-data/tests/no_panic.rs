//! Random and mutated files never make the readers panic. The fuzz targets look for longer.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use proptest::prelude::*;
use sensorium_data::Dataset;
use sensorium_data::dataset::parse_spec;
use sensorium_data::read::{
    Color, Repairs, Request, TableLayout, parquet_columns, read_audio, read_csv, read_header, read_idx,
    read_image,
};
use std::fs;
use std::path::Path;

const SPEC: &str = include_str!("../../../examples/datasets/skab/dataset.toml");

/// A valid text with a few bytes changed, cut out or put in.
fn mutated(text: &'static str) -> impl Strategy<Value = Vec<u8>> {
    let change = (0..text.len(), 0u8..4, any::<u8>(), 0usize..12);
    prop::collection::vec(change, 1..6).prop_map(|changes| {
        let mut bytes = text.as_bytes().to_vec();
        for (at, kind, byte, len) in changes {
            let at = at % bytes.len().max(1);
            match kind {
                0 => bytes[at] = byte,
                1 => bytes.insert(at, byte),
                2 => drop(bytes.drain(at..(at + len).min(bytes.len()))),
                _ => bytes[at] = b"0129-.{}[]\"*,;e\n"[usize::from(byte) % 16],
            }
            if bytes.is_empty() {
                bytes.push(b'#');
            }
        }
        bytes
    })
}

const TABLE: &str = "time;a;b;label\n2024-01-01 00:00:00;1,5;2;ok\n2024-01-01 00:00:01;2,5;;leak\n\
                     2024-01-01 00:00:03;x;inf;ok\n2024-01-01 00:00:02;1e99;NaN;ok\n";

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn mutated_descriptions(bytes in mutated(SPEC)) {
        let _ = parse_spec(Path::new("dataset.toml"), &String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn random_descriptions(text in "(\\[{0,2}(stream|label|window|split)\\]{0,2}\n|[a-z_]{1,8} = [0-9\"\\[\\]{}a-z.*-]{0,9}\n){0,12}") {
        let _ = parse_spec(Path::new("dataset.toml"), &text);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn mutated_tables(bytes in mutated(TABLE), transposed in any::<bool>(), header in prop::option::of(any::<bool>())) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.csv");
        fs::write(&path, bytes).unwrap();
        let layout = TableLayout { transposed, header, ..Default::default() };
        let _ = read_header(&path, &layout);
        use sensorium_data::read::ColumnRef::Number;
        let request = Request { time: Some(Number(1)), values: vec![Number(2)], texts: vec![Number(4)], ..Default::default() };
        let _ = read_csv(&path, &layout, &request, &mut Repairs::default());
        let toml = "name = \"a\"\ntime = 1\n[[stream]]\nname = \"s\"\nfiles = \"*.csv\"\ncolumns = [2, 3]\n[label]\ncolumn = 4\n[window]\nlength_ms = 1000\n";
        fs::write(folder.path().join("dataset.toml"), toml).unwrap();
        if let Ok(dataset) = Dataset::open_for_prediction(folder.path()) {
            let _ = dataset.load_counted(0).map(|(r, _)| r.windows(1_000_000, 1_000_000).take(10).count());
        }
    }

    #[test]
    fn random_bytes_in_every_format(mut bytes in prop::collection::vec(any::<u8>(), 0..300), kind in 0usize..7) {
        let heads: [&[u8]; 7] = [
            b"RIFF\x24\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0", b"fLaC\0\0\0\x22", b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n",
            b"PAR1", b"\0\0\x08\x03", b"\x1f\x8b\x08",
        ];
        bytes.splice(0..0, heads[kind].iter().copied());
        if kind == 4 {
            bytes.extend(b"\x10\0\0\0PAR1");
        }
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.bin");
        fs::write(&path, bytes).unwrap();
        let _ = read_audio(&path, &[], &mut Repairs::default());
        let _ = read_image(&path, [4, 4], Color::Rgb);
        let _ = parquet_columns(&path);
        let _ = read_idx(&path);
    }
}
