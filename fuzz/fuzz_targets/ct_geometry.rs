//! No text makes the reader of geometry files panic, and a geometry that is accepted reads back the same.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sensorium_tomo::Geometry;

fuzz_target!(|text: &str| {
    if let Ok(geometry) = Geometry::from_json(text) {
        let again = Geometry::from_json(&geometry.to_json());
        assert_eq!(again.expect("what is written is read"), geometry);
    }
});
