//! No bytes make the reader of SRT subtitles panic; cues come out in order, with a length and a text.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sensorium_data::subtitles::parse_srt;
use std::path::Path;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(read) = parse_srt(Path::new("film.srt"), bytes) {
        assert!(read.cues.windows(2).all(|w| w[0].span.start <= w[1].span.start));
        assert!(read.cues.iter().all(|cue| cue.span.micros() > 0 && !cue.text.is_empty()));
        let shifted = read.shifted(-1_000_000, 1.001).expect("the scale is positive");
        assert!(shifted.cues.iter().all(|cue| cue.span.start.as_micros() >= 0));
    }
});
