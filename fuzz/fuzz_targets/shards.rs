//! No bytes make the reader of tar shards panic, nor allocate for the sizes they claim (the fuzzer's
//! memory limit sees to that); keys are unique, and what was left out lies inside the shard.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sensorium_data::shards::parse_shard;
use std::collections::HashSet;
use std::path::Path;

fuzz_target!(|bytes: &[u8]| {
    if let Ok((samples, problems)) = parse_shard(Path::new("train.tar"), bytes) {
        let keys: HashSet<&str> = samples.iter().map(|sample| sample.key.as_str()).collect();
        assert_eq!(keys.len(), samples.len());
        assert!(samples.iter().all(|sample| !sample.members.is_empty()));
        assert!(problems.iter().all(|problem| problem.offset <= bytes.len() as u64));
    }
});
