//! No bytes make the readers of a bundle's files panic, and a pipeline that is accepted can be used.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sensorium_data::rig::RigConfig;
use sensorium_data::{Recording, RecordingSource, Schema};
use sensorium_nn::frontend::Pipeline;
use sensorium_nn::{bundle, tensors};
use std::sync::LazyLock;

static RIG: LazyLock<(Schema, Recording)> = LazyLock::new(|| {
    let rig = RigConfig { recordings_per_class: 5, seconds: 4.0, ..RigConfig::default() };
    let rig = rig.init().expect("the simulator's defaults are valid");
    (rig.schema().clone(), rig.load(0).expect("a simulation reads no file"))
});

// The first byte says which of the three files the others are.
fuzz_target!(|bytes: &[u8]| {
    let Some((kind, bytes)) = bytes.split_first() else { return };
    match kind % 3 {
        0 => {
            let _ = std::str::from_utf8(bytes).map(bundle::parse_card);
        }
        1 => {
            if let Ok(file) = tensors::parse(bytes) {
                for (shape, values) in file.tensors.values() {
                    assert_eq!(shape.iter().product::<usize>(), values.len());
                    assert!(values.iter().all(|v| v.is_finite()));
                }
            }
        }
        _ => {
            let (schema, recording) = &*RIG;
            if let Ok(pipeline) = Pipeline::parse(bytes, schema) {
                for window in recording.windows(4_000_000, 4_000_000) {
                    pipeline.example(&window);
                }
            }
        }
    }
});
