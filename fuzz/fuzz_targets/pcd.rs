//! No bytes make the reader of PCD files panic, nor allocate for the sizes they claim (the fuzzer's memory limit sees
//! to that); a cloud that is read, written and read again is the same.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sensorium_data::points::{parse_pcd, to_pcd};
use std::path::Path;

fuzz_target!(|bytes: &[u8]| {
    let path = Path::new("cloud.pcd");
    let Ok(cloud) = parse_pcd(path, bytes) else { return };
    assert!(cloud.xyz.iter().flatten().all(|v| v.is_finite()));
    let again = parse_pcd(path, &to_pcd(&cloud)).expect("what was written can be read");
    assert_eq!((again.xyz, again.intensity), (cloud.xyz, cloud.intensity));
});
