use super::*;
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;

const NAMES: [&str; 4] = ["tile", "teapot", "digit seven", "ankle boot"];

/// Four objects of stripes and blots, and three backgrounds of colour ramps.
fn pictures() -> (Vec<Picture>, Vec<Picture>) {
    let stripes = |stride: usize| (0..16 * 16 * 3).map(|i| ((i * stride) % 251) as u8).collect::<Vec<_>>();
    let grey: Vec<u8> = (0..256).map(|i| if (i / 16 + i % 16) % 5 < 3 { 230 } else { 0 }).collect();
    let objects = vec![
        Picture::solid(stripes(7), 16, 16, NAMES[0]).unwrap(),
        Picture::from_natural(stripes(5), 16, 16, NAMES[1]).unwrap(),
        Picture::from_grey(&grey, 16, 16, NAMES[2], 4).unwrap(),
        Picture::from_natural(stripes(3), 16, 16, NAMES[3]).unwrap(),
    ];
    let backgrounds = (1..4).map(|k| Picture::solid(stripes(k), 16, 16, "ground").unwrap()).collect();
    (objects, backgrounds)
}

fn set(wording: Wording, videos: usize) -> VideoSet<'static> {
    VideoSet { seed: 11, wording, videos, objects: &NAMES, backgrounds: 3 }
}

fn video(index: usize, config: &NarratedConfig) -> Plan {
    plan(&set(Wording::Train, 40), index, config).unwrap()
}

/// Levels and times rounded, so that the last bit of a system's `sin` does not count.
fn digest(plan: &Plan) -> String {
    let mut hash = Sha256::new();
    for frame in &plan.frames {
        let indices = (frame.object, frame.companion, frame.background);
        hash.update(format!("{} {indices:?}", frame.time.as_micros() / 10));
        for level in frame.pose.levels.iter().chain(&frame.corner).chain(&frame.pan).chain(&frame.unrest) {
            hash.update(format!(" {:.3}", level + 1e-5));
        }
    }
    for cue in &plan.cues {
        hash.update(format!("{} {} {}", cue.span.start.as_micros() / 10, cue.span.micros() / 10, cue.text));
    }
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn the_reference_video_is_the_frozen_one() {
    assert_eq!(VERSION, "1.1");
    assert_eq!(
        digest(&video(3, &NarratedConfig::default())),
        "800c899934d28cb13e40ae411bdf06b6e9457953c797b716cba77e078700d63b"
    );
}

#[test]
fn the_reference_frames_have_the_frozen_mean_colours() {
    let (objects, backgrounds) = pictures();
    let plan = video(3, &NarratedConfig::default());
    let means: Vec<i64> = render(&plan, &objects, &backgrounds)
        .unwrap()
        .step_by(100)
        .map(|(_, rgb)| {
            (rgb.iter().map(|&value| f64::from(value)).sum::<f64>() / rgb.len() as f64).round() as i64
        })
        .collect();
    assert_eq!(means.len(), 4);
    assert!(
        means.iter().zip([115, 127, 93, 122]).all(|(mean, frozen)| (mean - frozen).abs() <= 1),
        "{means:?}"
    );
}

#[test]
fn a_seed_and_an_index_give_one_video_and_others_another() {
    let config = NarratedConfig::default();
    assert_eq!(video(0, &config), video(0, &config));
    assert_ne!(digest(&video(0, &config)), digest(&video(1, &config)));
    let other = VideoSet { seed: 12, ..set(Wording::Train, 40) };
    assert_ne!(digest(&plan(&other, 0, &config).unwrap()), digest(&video(0, &config)));
}

#[test]
fn errors_of_the_narration_leave_the_frames_alone() {
    let noisy = NarratedConfig { word_errors: 0.5, cue_jitter_ms: 900.0, chatter: 0.5, ..Default::default() };
    assert_eq!(video(2, &noisy).frames, video(2, &NarratedConfig::default()).frames);
}

#[test]
fn every_video_has_an_action_a_cue_and_a_pause_after_another() {
    for index in 0..40 {
        let plan = video(index, &NarratedConfig::default());
        assert!(plan.cues.len() >= 20 && plan.actions.len() == 24);
        for pair in plan.actions.windows(2) {
            let pause = pair[1].span.start.as_micros() - pair[0].span.end.as_micros();
            assert!((99_999..=800_001).contains(&pause), "{pause}");
        }
        assert!(plan.actions.iter().all(|a| (599_999..=1_400_001).contains(&a.span.micros())));
        assert!(plan.actions.iter().all(|a| a.object != a.companion));
    }
}

#[test]
fn frames_rise_in_time_with_a_rate_that_varies_about_the_nominal_one() {
    let plan = video(5, &NarratedConfig::default());
    let gaps: Vec<f64> = plan
        .frames
        .windows(2)
        .map(|w| (w[1].time.as_micros() - w[0].time.as_micros()) as f64 * 1e-6)
        .collect();
    assert!(gaps.iter().all(|&gap| gap > 0.02));
    let mean = gaps.iter().sum::<f64>() / gaps.len() as f64;
    assert!((mean * 12.0 - 1.0 / 0.95).abs() < 0.04, "{mean}");
    assert!(gaps.iter().any(|&gap| gap < 0.06) && gaps.iter().any(|&gap| gap > 0.13));
}

#[test]
fn a_motion_run_backwards_is_its_mirror() {
    for action in video(1, &NarratedConfig::default()).actions {
        let mirror = action.motion.reversed();
        assert_eq!(action.motion.action(), action.action);
        assert_eq!(mirror.action(), action.action.mirror());
        for step in 0..=20 {
            let time = step as f32 / 20.0;
            assert!((action.motion.at(time) - mirror.at(1.0 - time)).abs() < 1e-5);
        }
    }
}

#[test]
fn levels_outside_an_action_stay_as_they_are_within_a_scene() {
    let plan = video(7, &NarratedConfig::default());
    let mut still = 0;
    for pair in plan.frames.windows(2) {
        let is_still = plan.actions.iter().all(|a| a.span.end <= pair[0].time || a.span.start > pair[1].time);
        if is_still && pair[0].background == pair[1].background {
            assert_eq!(pair[0].pose, pair[1].pose);
            still += 1;
        }
    }
    assert!(still > 40, "{still}");
}

#[test]
fn both_members_of_a_pair_show_the_same_levels_on_average() {
    let config = NarratedConfig::default();
    let big = VideoSet { videos: 1, ..set(Wording::Test, 1) };
    let mut sums = vec![[0.0f64; 4]; Action::COUNT];
    for seed in 0..600 {
        for action in plan(&VideoSet { seed, ..big }, 0, &config).unwrap().actions {
            let (low, high) =
                (action.motion.from.min(action.motion.to), action.motion.from.max(action.motion.to));
            let middle = action.motion.at(0.5);
            let sum = &mut sums[action.action.index()];
            for (total, value) in sum.iter_mut().zip([1.0, low, high, middle]) {
                *total += f64::from(value);
            }
        }
    }
    for quality in Quality::ALL.into_iter().filter(|quality| !quality.is_cyclic()) {
        let (up, down) = (sums[quality.rising().index()], sums[quality.falling().index()]);
        assert!((up[0] / down[0] - 1.0).abs() < 0.15, "{quality:?}: {} and {}", up[0], down[0]);
        for (part, (high, low)) in up.iter().zip(down).enumerate().skip(1) {
            let apart = (high / up[0] - low / down[0]).abs();
            assert!(apart < 0.035, "{quality:?} {part}: {apart}");
        }
    }
}

#[test]
fn every_action_is_drawn_and_changes_the_picture() {
    let (objects, backgrounds) = pictures();
    let renderer = Renderer::new(&objects, &backgrounds, 64).unwrap();
    let mut seen = BTreeSet::new();
    for index in 0..10 {
        let plan = video(index, &NarratedConfig { panning: 0.0, ..Default::default() });
        for action in &plan.actions {
            let mut frame = *plan.frames.iter().find(|frame| action.span.contains(frame.time)).unwrap();
            let mut draw = |level| {
                frame.pose.levels[action.motion.quality.index()] = level;
                renderer.draw(&frame)
            };
            // After a whole lap the object is back where it was.
            let part = if action.motion.quality == Quality::Lap { 0.5 } else { 1.0 };
            let (before, after) = (draw(action.motion.from), draw(action.motion.at(part)));
            let changed = before.iter().zip(&after).filter(|(a, b)| a.abs_diff(**b) > 8).count();
            assert!(changed > 60, "{:?}: {changed}", action.action);
            seen.insert(action.action);
        }
    }
    assert_eq!(seen.len(), Action::COUNT);
}

#[test]
fn words_are_wrong_at_the_rate_asked_for() {
    let config = NarratedConfig { chatter: 0.0, ..Default::default() };
    let (mut wrong, mut said) = (0, 0);
    for cue in (0..40).flat_map(|index| video(index, &config).cues) {
        let reference: Vec<&str> = cue.said.split(' ').collect();
        wrong += edits(&reference, &cue.text.split(' ').collect::<Vec<_>>());
        said += reference.len();
    }
    let rate = wrong as f64 / said as f64;
    assert!((rate - 0.1).abs() < 0.012, "{rate}");
}

/// Fewest words to replace, drop or add to turn one text into the other.
fn edits(one: &[&str], other: &[&str]) -> usize {
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (i, word) in one.iter().enumerate() {
        let mut corner = row[0];
        row[0] = i + 1;
        for j in 0..other.len() {
            let best = (corner + usize::from(*word != other[j])).min(row[j] + 1).min(row[j + 1] + 1);
            corner = std::mem::replace(&mut row[j + 1], best);
        }
    }
    row[other.len()]
}

#[test]
fn the_times_of_a_cue_are_the_true_ones_but_for_offset_and_jitter() {
    let (mut starts, mut ends) = (Vec::new(), Vec::new());
    for index in 0..40 {
        let plan = video(index, &NarratedConfig::default());
        for cue in &plan.cues {
            let truth = plan.actions[cue.action].span;
            let error = |heard: crate::time::Timestamp, real: crate::time::Timestamp| {
                (heard.as_micros() - real.as_micros() - plan.true_offset_micros) as f64 * 1e-3
            };
            starts.push(error(cue.span.start, truth.start));
            ends.push(error(cue.span.end, truth.end));
        }
    }
    let count = starts.len() as f64;
    let spread = |errors: &[f64]| (errors.iter().map(|e| e * e).sum::<f64>() / count).sqrt();
    assert!((spread(&starts) - 50.0).abs() < 4.0 && (spread(&ends) - 50.0).abs() < 4.0);
    let shared = starts.iter().zip(&ends).map(|(a, b)| a * b).sum::<f64>() / count / 2500.0;
    assert!(shared.abs() < 0.12, "{shared}");
}

#[test]
fn the_offsets_of_a_set_are_in_its_plans_and_sum_to_zero() {
    let total: i64 = (0..40).map(|index| video(index, &NarratedConfig::default()).true_offset_micros).sum();
    assert_eq!(total, 0);
    assert!(video(0, &NarratedConfig::default()).true_offset_micros != 0);
}

#[test]
fn drift_grows_with_time_and_missing_narrations_are_missing() {
    let exact =
        NarratedConfig { cue_jitter_ms: 0.0, offset_ms: 0.0, drift_ppm: 3000.0, ..Default::default() };
    let plan = video(4, &exact);
    let last = plan.cues.last().unwrap();
    let time = plan.actions[last.action].span.start.as_micros();
    let expected = (time as f64 * plan.true_drift_ppm * 1e-6).round() as i64;
    assert_eq!(last.span.start.as_micros() - time, expected);
    assert!(expected != 0);
    assert!(video(4, &NarratedConfig { missing: 1.0, ..Default::default() }).cues.is_empty());
}

#[test]
fn one_narration_in_twenty_is_chatter() {
    let cues: Vec<Cue> = (0..40).flat_map(|index| video(index, &NarratedConfig::default()).cues).collect();
    let share = cues.iter().filter(|cue| cue.chatter).count() as f64 / cues.len() as f64;
    assert!((share - 0.05).abs() < 0.025, "{share}");
}

#[test]
fn what_cannot_be_planned_or_drawn_is_refused() {
    let config = NarratedConfig::default();
    assert!(plan(&set(Wording::Train, 3), 3, &config).is_err());
    assert!(plan(&VideoSet { objects: &NAMES[..1], ..set(Wording::Train, 3) }, 0, &config).is_err());
    assert!(plan(&set(Wording::Train, 3), 0, &NarratedConfig { chatter: 1.5, ..config.clone() }).is_err());
    let (objects, backgrounds) = pictures();
    let video = plan(&set(Wording::Train, 3), 0, &config).unwrap();
    assert!(render(&video, &objects[..2], &backgrounds).is_err());
}
