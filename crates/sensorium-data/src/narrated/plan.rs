//! The plan of one video: what each frame shows, and what is said of it.

use super::action::{Action, Quality};
use super::config::NarratedConfig;
use super::motion::Motion;
use super::narration::{Cue, NarrationClock, narrate, offsets};
use super::random::{Purpose, normal, stream, uniform};
use super::script::{Scene, write_script};
use super::wording::Wording;
use crate::DataError;
use crate::time::{Span, Timestamp};
use rand::Rng;

/// The levels of an object's qualities, in the order of [`Quality::ALL`].
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Pose {
    /// Levels, 0 to 1 or in turns.
    pub levels: [f32; 12],
}

impl Pose {
    /// The level of one quality.
    pub fn level(&self, quality: Quality) -> f32 {
        self.levels[quality.index()]
    }
}

/// What one frame shows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FrameState {
    /// When it is shown.
    pub time: Timestamp,
    /// Index of the object that acts.
    pub object: usize,
    /// Index of the other object, which stays where it is.
    pub companion: usize,
    /// Index of the background.
    pub background: usize,
    /// How the object stands.
    pub pose: Pose,
    /// Centre of the other object as (across, down), shares of the frame.
    pub corner: [f32; 2],
    /// Shift of the background as (across, down), -1 to 1 of the margin there is.
    pub pan: [f32; 2],
    /// Small unrest of the object as (across, down), shares of the frame.
    pub unrest: [f32; 2],
}

/// One action and its true time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ActionSpan {
    /// What the object does.
    pub action: Action,
    /// Index of the object.
    pub object: usize,
    /// Index of the other object in the picture.
    pub companion: usize,
    /// When, on the clock of the frames.
    pub span: Span,
    /// How the level runs.
    pub motion: Motion,
}

/// One video before it is drawn.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// Height and width of the frames in pixels.
    pub side: usize,
    /// What each frame shows, in the order of their times.
    pub frames: Vec<FrameState>,
    /// The actions in the order of their times, with their true spans.
    pub actions: Vec<ActionSpan>,
    /// The narration.
    pub cues: Vec<Cue>,
    /// What the narration's clock adds to the frames' clock, in microseconds.
    pub true_offset_micros: i64,
    /// How much faster the narration's clock runs, in parts per million.
    pub true_drift_ppm: f64,
}

/// A set of narrated videos: the video of a given index is always the same.
#[derive(Clone, Copy, Debug)]
pub struct VideoSet<'a> {
    /// Seed of the set.
    pub seed: u64,
    /// Whose words the narrators use.
    pub wording: Wording,
    /// Number of videos; the offsets of their narrations sum to zero.
    pub videos: usize,
    /// Names of the objects, at least two.
    pub objects: &'a [&'a str],
    /// Number of backgrounds, at least one.
    pub backgrounds: usize,
}

/// Plans the video `index` of a set.
///
/// # Errors
///
/// [`DataError::Invalid`] when the settings are out of range, there are fewer than two objects or no
/// background, or `index` is not below the number of videos.
pub fn plan(set: &VideoSet<'_>, index: usize, config: &NarratedConfig) -> Result<Plan, DataError> {
    config.validate()?;
    if set.objects.len() < 2 || set.backgrounds == 0 {
        return Err(DataError::Invalid("narrated videos need two objects and a background".into()));
    }
    let offsets = offsets(set.seed, set.wording, set.videos, config.offset_ms);
    let Some(&offset) = offsets.get(index) else {
        return Err(DataError::Invalid(format!("there is no video {index} in a set of {}", set.videos)));
    };
    let script = write_script(set, index, config);
    let mut times = stream(set.seed, set.wording, index, Purpose::Frames);
    let end = script.end_seconds;
    let mut frames = Vec::with_capacity((end * config.frames_per_second) as usize + 1);
    let mut reader =
        Reader { scenes: &script.scenes, actions: &script.actions, scene: 0, done: 0, pose: None };
    for number in 0.. {
        let nominal = f64::from(number) / config.frames_per_second;
        if nominal >= end {
            break;
        }
        let jitter =
            uniform(&mut times, -config.frame_jitter, config.frame_jitter) / config.frames_per_second;
        let is_dropped = times.random::<f64>() < config.frame_drops;
        if number == 0 {
            frames.push(reader.state(Timestamp::ZERO));
        } else if !is_dropped {
            frames.push(reader.state(Timestamp::from_seconds(nominal + jitter)));
        }
    }
    let drift = config.drift_ppm * normal(&mut stream(set.seed, set.wording, index, Purpose::Drift));
    let clock = NarrationClock { offset, drift };
    let cues = narrate(set.seed, set.wording, index, config, &script.actions, set.objects, clock);
    Ok(Plan {
        side: config.side,
        frames,
        actions: script.actions,
        cues,
        true_offset_micros: offset,
        true_drift_ppm: drift,
    })
}

/// Follows a script through rising times.
struct Reader<'a> {
    scenes: &'a [Scene],
    actions: &'a [ActionSpan],
    /// The scene that was read last.
    scene: usize,
    /// Number of actions that are over.
    done: usize,
    /// Pose after these, once the scene has begun.
    pose: Option<Pose>,
}

impl Reader<'_> {
    fn state(&mut self, time: Timestamp) -> FrameState {
        while self.scenes.get(self.scene + 1).is_some_and(|next| next.start <= time) {
            // What the last scene still had to do is past.
            while self
                .actions
                .get(self.done)
                .is_some_and(|action| action.span.end <= self.scenes[self.scene + 1].start)
            {
                self.done += 1;
            }
            self.scene += 1;
            self.pose = None;
        }
        let scene = &self.scenes[self.scene];
        let pose = self.pose.get_or_insert(scene.pose);
        while let Some(action) = self.actions.get(self.done).filter(|action| action.span.end <= time) {
            pose.levels[action.motion.quality.index()] = action.motion.to;
            self.done += 1;
        }
        let mut pose = *pose;
        if let Some(action) = self.actions.get(self.done).filter(|action| action.span.contains(time)) {
            let passed = (time.as_micros() - action.span.start.as_micros()) as f64;
            let share = passed / action.span.micros().max(1) as f64;
            pose.levels[action.motion.quality.index()] = action.motion.at(share as f32);
        }
        scene.frame(time, pose)
    }
}
