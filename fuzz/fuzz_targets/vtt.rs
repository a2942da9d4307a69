//! No bytes make the reader of WebVTT subtitles panic; cues come out in order, with a length and a text.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sensorium_data::subtitles::parse_vtt;
use std::path::Path;

fuzz_target!(|bytes: &[u8]| {
    // Most inputs would fail for want of the first word.
    let headed = [b"WEBVTT\n\n", bytes].concat();
    if let Ok(read) = parse_vtt(Path::new("film.vtt"), &headed) {
        assert!(read.cues.windows(2).all(|w| w[0].span.start <= w[1].span.start));
        assert!(read.cues.iter().all(|cue| cue.span.micros() > 0 && !cue.text.is_empty()));
        read.check(1_000_000).iter().for_each(|warning| drop(warning.to_string()));
    }
});
