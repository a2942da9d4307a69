//! The script of one video: scenes, each with one object in front of one background, and the actions.

use super::action::Quality;
use super::config::NarratedConfig;
use super::motion::{Motion, plain, rest};
use super::plan::{ActionSpan, FrameState, Pose, VideoSet};
use super::random::{Purpose, stream, uniform};
use crate::time::{Span, Timestamp};
use rand::Rng;
use rand::seq::SliceRandom;
use std::f64::consts::TAU;

/// Largest unrest of an object, as a share of the frame.
const UNREST: f64 = 0.006;

/// One object in front of one background.
#[derive(Clone, Debug)]
pub(super) struct Scene {
    /// When it begins.
    pub(super) start: Timestamp,
    /// The object's pose when it begins.
    pub(super) pose: Pose,
    object: usize,
    companion: usize,
    background: usize,
    corner: [f32; 2],
    /// Period in seconds and phase in turns of the pan, across and down; none when it stays.
    pan: Option<[(f64, f64); 2]>,
    /// Likewise of the unrest.
    unrest: [(f64, f64); 2],
}

impl Scene {
    /// What is to be seen at `time`.
    pub(super) fn frame(&self, time: Timestamp, pose: Pose) -> FrameState {
        let wave = |(period, phase): (f64, f64)| (TAU * (time.as_seconds() / period + phase)).sin();
        FrameState {
            time,
            object: self.object,
            companion: self.companion,
            background: self.background,
            pose,
            corner: self.corner,
            pan: self.pan.map_or([0.0; 2], |pan| pan.map(|swing| wave(swing) as f32)),
            unrest: self.unrest.map(|swing| (UNREST * wave(swing)) as f32),
        }
    }
}

/// All scenes and actions of one video.
pub(super) struct Script {
    pub(super) scenes: Vec<Scene>,
    pub(super) actions: Vec<ActionSpan>,
    /// End of the video in seconds.
    pub(super) end_seconds: f64,
}

pub(super) fn write_script(set: &VideoSet<'_>, index: usize, config: &NarratedConfig) -> Script {
    let mut choices = stream(set.seed, set.wording, index, Purpose::Script);
    let mut motions = stream(set.seed, set.wording, index, Purpose::Motion);
    let mut times = stream(set.seed, set.wording, index, Purpose::Timing);
    let (mut objects, mut backgrounds) = (Deck::new(set.objects.len()), Deck::new(set.backgrounds));
    let mut qualities = Deck::new(Quality::ALL.len());
    let (mut scenes, mut actions): (Vec<Scene>, Vec<ActionSpan>) = (Vec::new(), Vec::new());
    let (mut clock, mut scene_start) = (config.lead_seconds, 0.0);
    while actions.len() < config.actions {
        let (fewest, most) = config.actions_per_object;
        let number = choices.random_range(fewest..=most).min(config.actions - actions.len());
        let changes: Vec<Quality> = (0..number).map(|_| Quality::ALL[qualities.next(&mut choices)]).collect();
        let mut scene =
            raise(&mut choices, &mut motions, &mut objects, &mut backgrounds, scene_start, config);
        // What no action of the scene changes stays plain, so that the object can be recognised.
        for quality in Quality::ALL.into_iter().filter(|quality| !changes.contains(quality)) {
            if let Some(level) = plain(quality) {
                scene.pose.levels[quality.index()] = level;
            }
        }
        let mut pose = scene.pose;
        for quality in changes {
            let motion = Motion::draw(quality, pose.level(quality), &mut motions);
            pose.levels[quality.index()] = motion.to;
            let seconds = uniform(&mut times, config.action_seconds.0, config.action_seconds.1);
            let span = Span::new(Timestamp::from_seconds(clock), Timestamp::from_seconds(clock + seconds));
            let (object, companion) = (scene.object, scene.companion);
            actions.push(ActionSpan { action: motion.action(), object, companion, span, motion });
            let pause = uniform(&mut times, config.pause_seconds.0, config.pause_seconds.1);
            // A change of scene falls into the middle of the pause.
            scene_start = clock + seconds + 0.5 * pause;
            clock += seconds + pause;
        }
        scenes.push(scene);
    }
    Script { scenes, actions, end_seconds: clock }
}

/// Draws a scene that starts at `start` seconds.
fn raise(
    choices: &mut impl Rng,
    motions: &mut impl Rng,
    objects: &mut Deck,
    backgrounds: &mut Deck,
    start: f64,
    config: &NarratedConfig,
) -> Scene {
    let object = objects.next(choices);
    let mut companion = choices.random_range(0..objects.size - 1);
    if companion >= object {
        companion += 1;
    }
    let mut swing = |shortest, longest| (uniform(motions, shortest, longest), motions.random());
    let (pan, unrest) = ([swing(8.0, 20.0), swing(8.0, 20.0)], [swing(1.0, 3.0), swing(1.0, 3.0)]);
    let is_panning = motions.random::<f64>() < config.panning;
    let corner = [0; 2].map(|_| {
        let side = uniform(motions, 0.13, 0.2);
        if motions.random() { side as f32 } else { 1.0 - side as f32 }
    });
    Scene {
        start: Timestamp::from_seconds(start),
        pose: Pose { levels: Quality::ALL.map(|quality| rest(quality, motions)) },
        object,
        companion,
        background: backgrounds.next(choices),
        corner,
        pan: is_panning.then_some(pan),
        unrest,
    }
}

/// Indices below `size` in random order; all come before any comes again.
struct Deck {
    size: usize,
    left: Vec<usize>,
}

impl Deck {
    fn new(size: usize) -> Self {
        Self { size, left: Vec::new() }
    }

    fn next(&mut self, rng: &mut impl Rng) -> usize {
        if self.left.is_empty() {
            self.left = (0..self.size).collect();
            self.left.shuffle(rng);
        }
        self.left.pop().unwrap_or(0)
    }
}
