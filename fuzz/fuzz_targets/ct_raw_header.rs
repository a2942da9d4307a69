//! No bytes make the readers of raw, MetaImage and NumPy headers panic, nor allocate for the sizes they claim
//! (the fuzzer's memory limit sees to that); sizes that are accepted are above 0.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sensorium_tomo::io::{MetaHeader, NpyHeader, RawHeader};

// The first byte says which header the others are.
fuzz_target!(|bytes: &[u8]| {
    let Some((kind, bytes)) = bytes.split_first() else { return };
    match kind % 3 {
        0 => {
            let Ok(text) = std::str::from_utf8(bytes) else { return };
            if let Ok(header) = RawHeader::parse(text) {
                assert!(header.sizes.iter().all(|n| *n > 0));
            }
        }
        1 => {
            if let Ok(header) = MetaHeader::parse(bytes) {
                assert!(header.voxels.iter().all(|n| *n > 0));
            }
        }
        _ => {
            if let Ok(header) = NpyHeader::parse(bytes) {
                assert!(header.first_byte <= bytes.len() as u64);
            }
        }
    }
});
