//! No text makes the reader of `dataset.toml` panic.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sensorium_data::dataset::parse_spec;
use std::path::Path;

fuzz_target!(|text: &str| {
    let _ = parse_spec(Path::new("dataset.toml"), text);
});
