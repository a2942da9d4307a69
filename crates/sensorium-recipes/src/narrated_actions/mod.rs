//! `narrated-actions`: what happens in a video, learned from narration whose times are off.
//!
//! **Data.** Real pictures (`mini-natural`) act in front of other real pictures: 24 actions in 12 pairs whose
//! reversed frames show the other member ([`sensorium_data::narrated`], frozen, version and digest of it are
//! in its tests). Each video is drawn, written as MP4 with a variable frame rate and an SRT file, and read
//! back through the readers that users have. One word in ten is wrong, each cue's ends are off by 50 ms, one
//! narration in twenty says nothing of the action, and all cues of a video are off by an offset (σ = 500 ms, mean
//! zero over the set). Objects, backgrounds and phrases of the test are not those of the training.
//!
//! **What is seen.** Motion: optical flow, changes of light and of contrast about whatever moves, its place and
//! size apart from how it changes ([`sensorium_data::motion`]). It has hardly anything of what things look like:
//! towers over the channels of MobileNetV2 learned the scenes by heart (0.09 on the test, the training at 0.37).
//! Frozen: MiniLM. Trained: a head on motion, a temporal tower of two blocks over real times, and one attention
//! query over the words with a linear map, from narration alone; no label of an action is seen. The epoch is
//! chosen on validation videos with other objects and backgrounds, without labels.
//!
//! **Arms** have the same data, budget and optimizer, and the first two the same towers: *synchronous* binds text
//! to frames by a temporal kernel of learned width with offsets estimated jointly; *clip pairing* pairs the mean
//! of the frames in a cue's span with its text; *averaged frames* is clip pairing of what single frames look like
//! (MobileNetV2 up to its sixth block, frozen), a floor that cannot tell mirrored actions apart.
//!
//! **Figures**, on the test videos: zero-shot recognition by text prompts over 24 actions, temporal grounding
//! (overlap of half with any occurrence) and the error of the estimated offset, beside σ / √cues. Prompts are in
//! words of the test; a column of the table has the training's words on validation videos, which tells what is
//! lost to words and what to pictures.

mod arms;
mod judge;
mod world;

use crate::{Figure, Outcome, Progress, Recipe, RecipeError, RunOptions, Table, Target};
use arms::Arm;
use judge::{Judged, action_vectors, judge};
use sensorium_align::model::{TextFront, Vision, VisionKind};
use sensorium_align::study::NarratedVideo;
use sensorium_data::narrated::{NarratedConfig, VERSION, Wording};
use sensorium_nn::Device;
use sensorium_nn::metrics::{Bootstrap, Interval};
use sensorium_nn::tower::{MobileNetV2, Sentences, weights_folder};
use std::time::Instant;
use world::{Cast, Eyes, Filmed, Filming, SIDE, film, narrated_anew};

/// Blocks of MobileNetV2 that the floor sees.
const LOOKS_BLOCKS: usize = 6;

/// The recipe.
pub struct NarratedActions;

/// How much of everything.
struct Size {
    training: usize,
    validation: usize,
    test: usize,
    epochs: u64,
    /// Offsets' standard deviations of the curve, ms.
    curve: &'static [f64],
    /// Of the training videos, how many the curve is learned from.
    curve_videos: usize,
    curve_epochs: u64,
}

const FULL: Size = Size {
    training: 400,
    validation: 16,
    test: 40,
    epochs: 12,
    curve: &[0.0, 500.0, 1_000.0, 2_000.0],
    curve_videos: 120,
    curve_epochs: 8,
};
const QUICK: Size =
    Size { training: 20, validation: 2, test: 4, epochs: 6, curve: &[], curve_videos: 0, curve_epochs: 0 };

impl Recipe for NarratedActions {
    fn name(&self) -> &'static str {
        "narrated-actions"
    }

    fn summary(&self) -> &'static str {
        "actions in video learned from mistimed narration, against clip-level pairing; offsets of subtitles"
    }

    fn data(&self) -> &'static [&'static str] {
        &["mini-natural", "mobilenet-v2", "minilm"]
    }

    fn run(&self, options: &RunOptions, progress: &mut dyn Progress) -> Result<Outcome, RecipeError> {
        let started = Instant::now();
        let size = if options.quick { QUICK } else { FULL };
        let device = Device::flex();
        let tower = MobileNetV2::load(&weights_folder(&options.data_root, "mobilenet-v2")?, &device)?;
        let eye = |blocks, motion| Vision {
            kind: VisionKind::Frames { side: SIDE, blocks, motion },
            tower: tower.clone(),
        };
        let eyes = Eyes { motion: eye(0, true), looks: eye(LOOKS_BLOCKS, false) };
        let sentences = Sentences::load(&weights_folder(&options.data_root, "minilm")?, 32, &device)?;
        let text = TextFront::MiniLm(Box::new(sentences));
        let [training_cast, validation_cast, _] = Cast::read(&options.training_dir("mini-natural")?)?;
        let [_, _, test_cast] = Cast::read(&options.evaluation_dir("mini-natural")?)?;
        let config = NarratedConfig::default();
        let seed = options.seed;
        let filmings = [
            Filming { wording: Wording::Train, seed, videos: size.training },
            Filming { wording: Wording::Train, seed: seed ^ 0x5eed, videos: size.validation },
            Filming { wording: Wording::Test, seed, videos: size.test },
        ];
        let training =
            film(&training_cast, filmings[0], &config, &eyes, &text, "filming for training", progress)?;
        let validation =
            film(&validation_cast, filmings[1], &config, &eyes, &text, "filming for validation", progress)?;
        let test = film(&test_cast, filmings[2], &config, &eyes, &text, "filming the test", progress)?;
        let threads = if options.threads == 0 { rayon::current_num_threads() } else { options.threads };
        let videos =
            |arm: Arm, filmed: &[Filmed]| filmed.iter().map(|f| arm.seen(f)).collect::<Vec<NarratedVideo>>();

        let mut judged = Vec::new();
        for arm in [Arm::Synchronous, Arm::Clip, Arm::Frames] {
            progress.stage(&format!("training: {}", arm.name()), None);
            let (trained, study) =
                arm.train(videos(arm, &training), videos(arm, &validation), size.epochs, seed, threads)?;
            let temperature = trained.objective.temperature();
            let actions = action_vectors(&trained.net, &text, Wording::Test)?;
            let found = judge(arm, &trained.net, temperature, &study, &actions, &test);
            progress.message(&format!(
                "{}: accuracy {:.3}, epoch {}, kernel {:.0} ms, {:.0} s",
                arm.name(),
                share(&found.actions),
                trained.epoch,
                trained.objective.width_ms(),
                trained.seconds
            ));
            if arm == Arm::Synchronous {
                let errors = study
                    .offsets
                    .iter()
                    .zip(&training)
                    .map(|(o, f)| f64::from((o.offset_ms - f.offset_ms).abs()));
                progress.message(&format!(
                    "offsets of the training videos: median error {:.1} ms",
                    median(errors.collect())
                ));
            }
            let known = action_vectors(&trained.net, &text, Wording::Train)?;
            let known = judge(arm, &trained.net, temperature, &study, &known, &validation);
            judged.push((arm, found, share(&known.actions)));
        }
        let mut outcome = Outcome::new(self.name(), options.quick, vec![seed]);
        figures(&judged, &config, seed, &mut outcome);
        outcome.tables.push(arms_table(&judged));
        if !size.curve.is_empty() {
            let mut table = Table::new(
                "recognition and retrieval (mAP) against timestamp error",
                ["offset σ, ms", "synchronous (ours)", "mAP", "clip pairing", "mAP"],
            );
            let few = size.curve_videos.min(training.len());
            for sigma in size.curve {
                let config = NarratedConfig { offset_ms: *sigma, ..config.clone() };
                let mut row = vec![format!("{sigma:.0}")];
                for arm in [Arm::Synchronous, Arm::Clip] {
                    progress.stage(&format!("curve: {sigma:.0} ms, {}", arm.name()), None);
                    let anew = |cast, filming, filmed: &[Filmed]| {
                        narrated_anew(cast, filming, &config, filmed, &text)
                    };
                    let training = anew(&training_cast, filmings[0], &training[..few])?;
                    let validation = anew(&validation_cast, filmings[1], &validation)?;
                    let (trained, study) =
                        arm.train(training, validation, size.curve_epochs, seed, threads)?;
                    let actions = action_vectors(&trained.net, &text, Wording::Test)?;
                    let temperature = trained.objective.temperature();
                    let found = judge(arm, &trained.net, temperature, &study, &actions, &test);
                    row.push(format!("{:.3}", share(&found.actions)));
                    row.push(format!("{:.3}", found.retrieval));
                }
                table.row(row);
            }
            outcome.tables.push(table);
        }
        outcome.notes.push(format!(
            "Simulator of narrated videos, version {VERSION}; {} training, {} validation and {} test videos of {} actions, {} epochs an arm.",
            size.training, size.validation, size.test, config.actions, size.epochs
        ));
        outcome.notes.push("Frozen: MiniLM; MobileNetV2, which the floor alone sees. Intervals are 95 % bootstrap intervals over test videos.".into());
        outcome.seconds = started.elapsed().as_secs_f64();
        Ok(outcome)
    }
}

fn share(counts: &[(usize, usize)]) -> f64 {
    let (right, all) = counts.iter().fold((0, 0), |(r, a), (x, y)| (r + x, a + y));
    right as f64 / all.max(1) as f64
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

fn interval(counts: &[(usize, usize)], seed: u64) -> Interval {
    Bootstrap::new(seed)
        .interval(counts.len(), |rows| share(&rows.iter().map(|r| counts[*r]).collect::<Vec<_>>()))
}

fn figures(judged: &[(Arm, Judged, f64)], config: &NarratedConfig, seed: u64, outcome: &mut Outcome) {
    let of = |arm: Arm| judged.iter().find(|(a, ..)| *a == arm).map(|(_, j, _)| j);
    let (Some(ours), Some(clip), Some(frames)) = (of(Arm::Synchronous), of(Arm::Clip), of(Arm::Frames))
    else {
        return;
    };
    let mut add = |figure: Figure| outcome.figures.push(figure);
    add(Figure::new("action_accuracy", "zero-shot recognition, 24 actions", share(&ours.actions))
        .interval(interval(&ours.actions, seed))
        .target(Target::at_least(0.923)));
    add(Figure::new("action_accuracy_clip", "clip pairing, the same tower", share(&clip.actions))
        .interval(interval(&clip.actions, seed)));
    add(Figure::new("action_accuracy_frames", "averaged frames, a floor", share(&frames.actions))
        .interval(interval(&frames.actions, seed)));
    let both: Vec<(usize, usize, usize)> =
        ours.actions.iter().zip(&clip.actions).map(|(a, b)| (a.0, b.0, a.1)).collect();
    let gain = |rows: &[usize]| {
        let (x, y, n) =
            rows.iter().fold((0, 0, 0), |s, r| (s.0 + both[*r].0, s.1 + both[*r].1, s.2 + both[*r].2));
        (x as f64 - y as f64) / n.max(1) as f64
    };
    let all: Vec<usize> = (0..both.len()).collect();
    add(Figure::new("action_gain", "ours less clip pairing", gain(&all))
        .interval(Bootstrap::new(seed).interval(both.len(), gain))
        .target(Target::at_least(0.18)));
    add(Figure::new(
        "pair_accuracy_frames",
        "averaged frames between an action and its mirror (chance 0.5)",
        share(&frames.pairs),
    ));
    add(Figure::new("grounding_r1", "grounding, overlap of half", share(&ours.groundings))
        .interval(interval(&ours.groundings, seed)));
    add(Figure::new("grounding_r1_clip", "grounding by clip pairing", share(&clip.groundings)));
    add(Figure::new("grounding_r1_chance", "grounding by a span of 1 s anywhere", ours.groundings_by_chance));
    let errors: Vec<f64> = ours.offset_errors.iter().map(|e| e.abs()).collect();
    let spread = |rows: &[usize]| median(rows.iter().map(|r| errors[*r]).collect());
    add(Figure::new("offset_error_ms", "median error of a video's offset, ms", median(errors.clone()))
        .interval(Bootstrap::new(seed).interval(errors.len(), spread))
        .target(Target::at_most(20.0)));
    add(Figure::new(
        "offset_floor_ms",
        "σ / √cues, ms",
        config.cue_jitter_ms / (config.actions as f64).sqrt(),
    ));
    add(Figure::new("offset_error_none_ms", "median offset, taken as none, ms", config.offset_ms * 0.6745));
    add(Figure::new("offset_z_spread", "offset errors over the standard deviations told (1 is right)", {
        let n = ours.offset_z.len().max(1) as f64;
        (ours.offset_z.iter().map(|z| z * z).sum::<f64>() / n).sqrt()
    }));
}

fn arms_table(judged: &[(Arm, Judged, f64)]) -> Table {
    let mut table = Table::new(
        "arms",
        [
            "arm",
            "recognition",
            "in words of the training, validation",
            "between mirrored actions",
            "retrieval, mAP",
            "grounding R@1",
            "median offset error, ms",
        ],
    );
    for (arm, found, known) in judged {
        table.row(vec![
            arm.name().to_owned(),
            format!("{:.3}", share(&found.actions)),
            format!("{known:.3}"),
            format!("{:.3}", share(&found.pairs)),
            format!("{:.3}", found.retrieval),
            format!("{:.3}", share(&found.groundings)),
            format!("{:.1}", median(found.offset_errors.iter().map(|e| e.abs()).collect())),
        ]);
    }
    table
}
