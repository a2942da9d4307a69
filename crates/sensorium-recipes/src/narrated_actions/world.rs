//! Real pictures to videos with subtitles on disk, and back through the readers.

use crate::{Progress, RecipeError};
use rayon::prelude::*;
use sensorium_align::Sequence;
use sensorium_align::model::{TextFront, Vision};
use sensorium_align::study::NarratedVideo;
use sensorium_align::sync::CueRow;
use sensorium_data::narrated::{Action, NarratedConfig, Picture, Plan, Renderer, VideoSet, Wording, plan};
use sensorium_data::shards::ShardReader;
use sensorium_data::subtitles::{self, Cue, write_srt};
use sensorium_data::video::{FrameOptions, Frames, VideoOptions, VideoWriter};
use sensorium_data::{Pixels, Span, Timestamp};
use sensorium_nn::Device;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

/// Pictures of each class that act or stand behind.
const PICTURES_A_CLASS: usize = 4;
/// Height and width of a frame, pixels.
pub const SIDE: usize = 64;

/// Objects and backgrounds of one part; no class is in two parts.
pub struct Cast {
    objects: Vec<Picture>,
    backgrounds: Vec<Picture>,
}

/// The classes of the objects for training, validation and test, and those of the backgrounds.
const OBJECTS: [std::ops::Range<usize>; 3] = [0..34, 34..40, 40..52];
const BACKGROUNDS: [std::ops::Range<usize>; 3] = [52..65, 65..68, 68..80];

impl Cast {
    /// Casts for training, validation and test from `mini-natural`.
    pub fn read(folder: &Path) -> Result<[Self; 3], RecipeError> {
        let classes = class_names(&folder.join("classes.tsv"))?;
        let mut pictures: BTreeMap<String, Vec<Pixels>> = BTreeMap::new();
        for sample in ShardReader::open([folder])? {
            let sample = sample?;
            let (Some(picture), Some(class)) = (sample.member("jpg"), sample.member("cls")) else { continue };
            let class = String::from_utf8_lossy(class).trim().to_owned();
            let kept = pictures.entry(class).or_default();
            if kept.len() < PICTURES_A_CLASS {
                kept.push(Pixels::decode(Path::new(&sample.key), picture)?);
            }
        }
        let order: Vec<(&String, &Vec<Pixels>)> = pictures.iter().collect();
        let part = |range: &std::ops::Range<usize>, objects: bool| -> Result<Vec<Picture>, RecipeError> {
            let mut found = Vec::new();
            for (class, pictures) in order.iter().skip(range.start).take(range.len()) {
                let name = classes.get(*class).map_or("thing", String::as_str);
                for p in pictures.iter() {
                    found.push(if objects {
                        Picture::from_natural(p.rgb.clone(), p.height, p.width, name)?
                    } else {
                        Picture::solid(p.rgb.clone(), p.height, p.width, name)?
                    });
                }
            }
            if found.len() < 2 {
                return Err(RecipeError::Other(format!(
                    "{}: too few classes ({} of 80); get the set again",
                    folder.display(),
                    order.len()
                )));
            }
            Ok(found)
        };
        let cast = |i: usize| -> Result<Self, RecipeError> {
            Ok(Self { objects: part(&OBJECTS[i], true)?, backgrounds: part(&BACKGROUNDS[i], false)? })
        };
        Ok([cast(0)?, cast(1)?, cast(2)?])
    }
}

fn class_names(path: &Path) -> Result<BTreeMap<String, String>, RecipeError> {
    let text =
        std::fs::read_to_string(path).map_err(|e| RecipeError::Other(format!("{}: {e}", path.display())))?;
    Ok(text
        .lines()
        .filter_map(|line| line.split_once('\t'))
        .map(|(id, words)| (id.to_owned(), words.split(',').next().unwrap_or(words).trim().to_lowercase()))
        .collect())
}

/// An action of a video, as it really was.
#[derive(Clone, Copy, Debug)]
pub struct Truth {
    /// What.
    pub action: Action,
    /// From when, ms.
    pub start_ms: f32,
    /// Until when, ms.
    pub end_ms: f32,
}

/// A video as read back, and the truth about it.
pub struct Filmed {
    /// What training sees: how frames change, and the narration.
    pub video: NarratedVideo,
    /// What single frames look like, every few frames.
    pub looks: Sequence,
    /// What the evaluation knows.
    pub actions: Vec<Truth>,
    /// What the narration's clock adds, ms.
    pub offset_ms: f32,
}

/// What is taken of frames.
pub struct Eyes {
    /// How they change.
    pub motion: Vision,
    /// What they look like.
    pub looks: Vision,
}

/// One frame in so many is looked at for its looks.
const LOOKS_EVERY: usize = 3;
/// Videos that are filmed side by side.
const AT_ONCE: usize = 16;

/// Which videos.
#[derive(Clone, Copy, Debug)]
pub struct Filming {
    /// Whose words.
    pub wording: Wording,
    /// Seed of the set.
    pub seed: u64,
    /// How many.
    pub videos: usize,
}

/// Plans, draws, writes and reads back a set of videos.
pub fn film(
    cast: &Cast,
    filming: Filming,
    config: &NarratedConfig,
    eyes: &Eyes,
    text: &TextFront,
    stage: &str,
    progress: &mut dyn Progress,
) -> Result<Vec<Filmed>, RecipeError> {
    let folder = tempfile::tempdir().map_err(|e| RecipeError::Other(format!("no temporary folder: {e}")))?;
    progress.stage(stage, Some(filming.videos as u64));
    let renderer = Renderer::new(&cast.objects, &cast.backgrounds, SIDE)?;
    let mut all = Vec::new();
    while all.len() < filming.videos {
        let few: Vec<usize> = (all.len()..filming.videos.min(all.len() + AT_ONCE)).collect();
        let found = few
            .par_iter()
            .map(|index| {
                let plan = planned(cast, filming, *index, config)?;
                one(&plan, &renderer, &folder.path().join(index.to_string()), eyes, text)
            })
            .collect::<Result<Vec<_>, RecipeError>>()?;
        progress.advance(found.len() as u64);
        all.extend(found);
    }
    Ok(all)
}

/// Draws, writes and reads back one video at `stem`.
fn one(
    plan: &Plan,
    renderer: &Renderer,
    stem: &Path,
    eyes: &Eyes,
    text: &TextFront,
) -> Result<Filmed, RecipeError> {
    let (path, subs) = (stem.with_extension("mp4"), stem.with_extension("srt"));
    let mut writer = VideoWriter::create(&path, VideoOptions::new([SIDE, SIDE]))?;
    for frame in &plan.frames {
        writer.write_at(frame.time, &renderer.draw(frame))?;
    }
    writer.finish()?;
    write_srt(&subs, &said(plan))?;

    let (mut frames, mut times) = (Vec::new(), Vec::new());
    for frame in Frames::open(&path, FrameOptions::default())? {
        let frame = frame?;
        times.push(frame.time.as_micros() as f32 * 1e-3);
        frames.push(Pixels { height: frame.height, width: frame.width, rgb: frame.rgb });
    }
    let read = subtitles::read(&subs)?;
    for file in [&path, &subs] {
        std::fs::remove_file(file).map_err(|e| RecipeError::Other(format!("{}: {e}", file.display())))?;
    }
    let motion = eyes.motion.frames(&frames, &times, &Device::flex());
    let video = narrated(motion, &read.cues, text)?;
    let (frames, times): (Vec<Pixels>, Vec<f32>) = (0..frames.len())
        .filter(|i| i.is_multiple_of(LOOKS_EVERY))
        .map(|i| (std::mem::take(&mut frames[i]), times[i]))
        .unzip();
    let looks = eyes.looks.frames(&frames, &times, &Device::flex());
    Ok(Filmed { video, looks, actions: truths(plan), offset_ms: plan.true_offset_micros as f32 * 1e-3 })
}

/// The same videos with narration whose times are wrong as `config` says; the frames do not change.
pub fn narrated_anew(
    cast: &Cast,
    filming: Filming,
    config: &NarratedConfig,
    filmed: &[Filmed],
    text: &TextFront,
) -> Result<Vec<NarratedVideo>, RecipeError> {
    filmed
        .iter()
        .enumerate()
        .map(|(index, filmed)| {
            let plan = planned(cast, filming, index, config)?;
            narrated(filmed.video.frames.clone(), &said(&plan), text)
        })
        .collect()
}

fn planned(
    cast: &Cast,
    filming: Filming,
    index: usize,
    config: &NarratedConfig,
) -> Result<Plan, RecipeError> {
    let names: Vec<&str> = cast.objects.iter().map(|p| p.name.as_str()).collect();
    let set = VideoSet {
        seed: filming.seed,
        wording: filming.wording,
        videos: filming.videos,
        objects: &names,
        backgrounds: cast.backgrounds.len(),
    };
    Ok(plan(&set, index, config)?)
}

/// The cues as a subtitle file can hold them: none before zero.
fn said(plan: &Plan) -> Vec<Cue> {
    plan.cues
        .iter()
        .filter(|cue| cue.span.end > Timestamp::ZERO && !cue.text.trim().is_empty())
        .map(|cue| Cue {
            span: Span::new(cue.span.start.max(Timestamp::ZERO), cue.span.end),
            text: cue.text.clone(),
        })
        .collect()
}

fn narrated(frames: Sequence, cues: &[Cue], text: &TextFront) -> Result<NarratedVideo, RecipeError> {
    let texts: Vec<&str> = cues.iter().map(|c| c.text.as_str()).collect();
    let texts = text.sequences(&texts, &Device::flex())?.into_iter().map(Arc::new).collect();
    let ms = |t: Timestamp| t.as_micros() as f32 * 1e-3;
    let cues = cues
        .iter()
        .map(|c| CueRow { video: 0, start_ms: ms(c.span.start), end_ms: ms(c.span.end) })
        .collect();
    Ok(NarratedVideo { frames, cues, texts })
}

fn truths(plan: &Plan) -> Vec<Truth> {
    let ms = |t: Timestamp| t.as_micros() as f32 * 1e-3;
    plan.actions
        .iter()
        .map(|a| Truth { action: a.action, start_ms: ms(a.span.start), end_ms: ms(a.span.end) })
        .collect()
}
