//! What is said when: one cue per action, with errors in its words and its times.

use super::config::NarratedConfig;
use super::plan::ActionSpan;
use super::random::{Purpose, normal, pick, stream};
use super::word_errors::corrupt;
use super::wording::{Wording, chatter, sentence, sentence_frames, verb_phrases};
use crate::time::{Span, Timestamp};
use rand::Rng;

/// One narration.
#[derive(Clone, Debug, PartialEq)]
pub struct Cue {
    /// Its times on the narration's clock, wrong as configured; the start may lie before zero.
    pub span: Span,
    /// The words as they were heard.
    pub text: String,
    /// The words as they were said.
    pub said: String,
    /// The action that was going on, as an index into the video's actions.
    pub action: usize,
    /// Whether the words say nothing of the action.
    pub chatter: bool,
}

/// Shortest cue that the errors of its times leave, in microseconds.
const SHORTEST: i64 = 50_000;

/// The clock of one video's narration: `offset + time · (1 + drift)`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct NarrationClock {
    /// Microseconds that are added.
    pub(super) offset: i64,
    /// Rate error in parts per million.
    pub(super) drift: f64,
}

impl NarrationClock {
    fn at(self, time: Timestamp, error_micros: f64) -> Timestamp {
        let drifted = time.as_micros() as f64 * self.drift * 1e-6;
        time.offset(self.offset + (drifted + error_micros).round() as i64)
    }
}

/// Offsets of the narrations of a set of `videos` videos, in microseconds: normal with the standard
/// deviation `sigma_ms`, less their mean, so that they sum to zero exactly. A set of one has none.
pub fn offsets(seed: u64, wording: Wording, videos: usize, sigma_ms: f64) -> Vec<i64> {
    let drawn: Vec<f64> = (0..videos)
        .map(|index| sigma_ms * 1e3 * normal(&mut stream(seed, wording, index, Purpose::Offset)))
        .collect();
    let mean = drawn.iter().sum::<f64>() / videos.max(1) as f64;
    let mut whole: Vec<i64> = drawn.iter().map(|offset| (offset - mean).round() as i64).collect();
    // Rounding leaves at most half a microsecond per video; it is spread one by one.
    let rest: i64 = whole.iter().sum();
    for offset in whole.iter_mut().take(rest.unsigned_abs() as usize) {
        *offset -= rest.signum();
    }
    whole
}

/// The cues of one video, in the order of its actions.
pub(super) fn narrate(
    seed: u64,
    wording: Wording,
    index: usize,
    config: &NarratedConfig,
    actions: &[ActionSpan],
    names: &[&str],
    clock: NarrationClock,
) -> Vec<Cue> {
    let mut words = stream(seed, wording, index, Purpose::Words);
    let mut errors = stream(seed, wording, index, Purpose::WordErrors);
    let mut gaps = stream(seed, wording, index, Purpose::Gaps);
    let mut times = stream(seed, wording, index, Purpose::CueTimes);
    let name = |object: usize| names.get(object).copied().unwrap_or_default();
    let mut cues = Vec::with_capacity(actions.len());
    for (number, span) in actions.iter().enumerate() {
        let (frame, verb) = (
            pick(&mut words, sentence_frames(wording)),
            pick(&mut words, verb_phrases(span.action, wording)),
        );
        let empty = pick(&mut words, chatter(wording));
        let is_missing = gaps.random::<f64>() < config.missing;
        let is_chatter = gaps.random::<f64>() < config.chatter;
        let said = if is_chatter {
            empty.to_owned()
        } else {
            article(&sentence(frame, verb, name(span.object), name(span.companion)))
        };
        let text = corrupt(&said, config.word_errors, &mut errors);
        let shift = 1e3 * config.cue_shift_ms * normal(&mut times);
        let start = clock.at(span.span.start, shift + 1e3 * config.cue_jitter_ms * normal(&mut times));
        let end = clock.at(span.span.end, shift + 1e3 * config.cue_jitter_ms * normal(&mut times));
        if !is_missing {
            let span = Span::new(start, end.max(start.offset(SHORTEST)));
            cues.push(Cue { span, text, said, action: number, chatter: is_chatter });
        }
    }
    cues
}

/// `a` before a vowel becomes `an`.
fn article(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    let said = words.iter().enumerate().map(|(place, &word)| {
        let vowel = words.get(place + 1).is_some_and(|next| next.starts_with(['a', 'e', 'i', 'o', 'u']));
        if word == "a" && vowel { "an" } else { word }
    });
    said.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_of_a_set_sum_to_zero_and_spread_as_asked() {
        let offsets = offsets(5, Wording::Train, 400, 500.0);
        assert_eq!(offsets.iter().sum::<i64>(), 0);
        let square = offsets.iter().map(|&o| (o as f64 / 1e3).powi(2)).sum::<f64>() / 400.0;
        assert!((square.sqrt() - 500.0).abs() < 60.0, "{}", square.sqrt());
    }

    #[test]
    fn a_vowel_takes_an() {
        assert_eq!(article("a ankle boot and a teapot"), "an ankle boot and a teapot");
    }
}
