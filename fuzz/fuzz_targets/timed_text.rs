//! No bytes make the reader of timestamped text panic, and what it returns is in order.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sensorium_data::read::{Repairs, TimeFormat, parse_text};
use std::path::Path;

fuzz_target!(|bytes: &[u8]| {
    let mut repairs = Repairs::default();
    for format in [TimeFormat::Auto, TimeFormat::Iso, TimeFormat::Custom("%d.%m.%Y %H:%M:%S".into())] {
        if let Ok(read) = parse_text(Path::new("log.txt"), bytes, &format, Some(b'#'), &mut repairs) {
            assert!(read.times.windows(2).all(|w| w[0] <= w[1]));
            assert_eq!(read.times.len(), read.entries.len());
        }
    }
});
