//! Real shards, where they are there: `SENSORIUM_DATA` names their folder.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use sensorium_data::shards::{ShardReader, read_captions};
use std::path::PathBuf;

/// The folder `$SENSORIUM_DATA/NAME`.
fn real(name: &str) -> Option<PathBuf> {
    let Some(data) = std::env::var_os("SENSORIUM_DATA") else {
        eprintln!("skipped: SENSORIUM_DATA is not set");
        return None;
    };
    let folder = PathBuf::from(data).join(name);
    if !folder.is_dir() {
        eprintln!("skipped: there is no folder {}", folder.display());
        return None;
    }
    Some(folder)
}

#[test]
fn flickr8k_has_five_captions_for_each_picture() {
    let Some(folder) = real("flickr8k") else { return };
    let set = read_captions(&folder).unwrap();
    assert_eq!((set.items.len(), set.problems.len(), set.empty_captions, set.invalid_utf8), (7_000, 0, 0, 0));
    assert!(
        set.items.iter().all(|item| item.captions.len() == 5 && item.image_bytes.starts_with(b"\xff\xd8"))
    );
    assert!(set.items[0].key.contains('_'));
}

#[test]
fn mini_natural_has_a_class_for_each_picture() {
    let Some(folder) = real("mini-natural") else { return };
    let mut reader = ShardReader::open([&folder]).unwrap();
    let mut samples = 0;
    for sample in reader.by_ref() {
        let sample = sample.unwrap();
        assert_eq!(sample.members.len(), 2);
        assert!(sample.member("jpg").unwrap().starts_with(b"\xff\xd8"));
        assert!(std::str::from_utf8(sample.member("cls").unwrap()).unwrap().trim().starts_with('n'));
        samples += 1;
    }
    assert_eq!((samples, reader.problems().len()), (4_800, 0));
    assert!(read_captions(&folder).unwrap_err().to_string().contains("captions"));
}
