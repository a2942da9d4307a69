//! `lidar-commands`: which object in a street scene a driving command refers to, from points alone.
//!
//! **Data.** The simulator [`sensorium_data::street`]: four LiDAR sweeps at 10 Hz of a junction and a
//! command that refers to exactly one road user. Training 6,000 samples, validation 600 (the epoch is
//! chosen there), test 2,000 with other sentence frames (quick: 400, 100, 200). `--seed` draws others.
//!
//! **What the network sees.** Points without the ground, grouped (gap 0.5 m, at least 5 points, boxes up to
//! 16 × 5 × 4.5 m); each group of the last sweep, followed back over the earlier ones for its velocity
//! over ground, is a candidate: 48 points and facts on place, size and motion. The road layout and the
//! true boxes are not given. Words and candidates share two transformer blocks; each candidate gets a score.
//! Besides, it learns to name the category of candidates and that which the command names. Half of the
//! training scenes are seen in a mirror, left and right swapped in the words (full study only).
//!
//! **Figures.** Share of test samples whose picked candidate's centre lies in the referent's true box grown
//! by 0.5 m; a referent without a candidate counts as wrong. Baselines: the category alone, the nearest
//! box of the category in the path (true boxes, category and road), and the reader of the truth.
//!
//! **Demonstrations**, where `data/lidar` is there: the category of labelled KITTI objects (without motion,
//! of which a single sweep tells nothing) and that named in commands of Talk2Car.

mod candidate;
mod figures;
mod learn;
mod network;
mod real;
mod scene;
mod words;

use crate::{Outcome, Progress, Recipe, RecipeError, RunOptions};
use learn::{Plan, lessons};
use network::GrounderConfig;
use rayon::prelude::*;
use scene::{Scene, mirrored_command};
use sensorium_data::street::{self, Split};
use std::time::Instant;
use words::Words;

/// The recipe.
pub struct LidarCommands;

/// Sizes of the study.
struct Sizes {
    training: u64,
    validation: u64,
    test: u64,
    epochs: u64,
    dim: usize,
    mirror: bool,
}

impl Sizes {
    fn of(quick: bool) -> Self {
        if quick {
            Self { training: 400, validation: 100, test: 200, epochs: 4, dim: 64, mirror: false }
        } else {
            Self { training: 6000, validation: 600, test: 2000, epochs: 14, dim: 96, mirror: true }
        }
    }
}

impl Recipe for LidarCommands {
    fn name(&self) -> &'static str {
        "lidar-commands"
    }

    fn summary(&self) -> &'static str {
        "which road user a driving command refers to, found in LiDAR points alone"
    }

    fn data(&self) -> &'static [&'static str] {
        &[]
    }

    fn run(&self, options: &RunOptions, progress: &mut dyn Progress) -> Result<Outcome, RecipeError> {
        let started = Instant::now();
        let sizes = Sizes::of(options.quick);
        let seed = options.seed;
        let training = draw(seed, Split::Train, sizes.training, sizes.mirror, progress)?;
        let validation = draw(seed, Split::Validation, sizes.validation, false, progress)?;
        let test = draw(seed, Split::Test, sizes.test, false, progress)?;

        let said: Vec<&str> = training.iter().map(|s| s.command.as_str()).collect();
        let mut words = Words::fit(&options.data_root, &said)?;
        let mirrored: Vec<String> = match sizes.mirror {
            true => training.iter().map(|s| mirrored_command(&s.command)).collect(),
            false => Vec::new(),
        };
        let others = validation.iter().chain(&test).map(|s| s.command.as_str());
        let all = said.iter().copied().chain(others).chain(mirrored.iter().map(String::as_str));
        words.learn(all, progress)?;

        let config = GrounderConfig { text: words.stem(), dim: sizes.dim, blocks: 2 };
        let threads = match options.threads {
            0 => std::thread::available_parallelism().map_or(1, usize::from),
            threads => threads,
        };
        let plan = Plan { epochs: sizes.epochs, seed, threads };
        let (network, epoch, score) = learn::train(
            &config,
            &lessons(&training, &words)?,
            &lessons(&validation, &words)?,
            plan,
            progress,
        )?;

        progress.stage("test", None);
        let found = learn::found(&network, &lessons(&test, &words)?);
        let mut outcome = Outcome::new(self.name(), options.quick, vec![seed]);
        figures::report(&test, &found, seed, &mut outcome);
        outcome.notes.push(format!(
            "Simulator version {}, digest {}; {} training, {} validation and {} test samples.",
            street::VERSION,
            street::digest(),
            training.len(),
            validation.len(),
            test.len()
        ));
        outcome.notes.push(format!(
            "Text: {}. Epoch {epoch} of {} chosen (validation accuracy {score:.3}); {} of the training samples have a candidate for their referent.",
            words.name(),
            sizes.epochs,
            training.iter().filter(|s| s.has_candidate()).count()
        ));
        outcome.notes.push(
            "Intervals are 95 %: Wilson's for shares, the bootstrap over test samples for means; the gain is paired."
                .to_owned(),
        );
        let real = options.data_root.join("lidar");
        if real.is_dir() {
            real::demonstrate(&real, &network, &mut words, progress, &mut outcome)?;
        }
        outcome.seconds = started.elapsed().as_secs_f64();
        Ok(outcome)
    }
}

fn draw(
    seed: u64,
    split: Split,
    count: u64,
    mirror: bool,
    progress: &mut dyn Progress,
) -> Result<Vec<Scene>, RecipeError> {
    progress.stage(&format!("drawing scenes ({split:?})"), Some(count));
    let mut scenes = Vec::with_capacity(count as usize);
    let mut from = 0;
    while from < count {
        let to = (from + 100).min(count);
        let part = (from..to)
            .into_par_iter()
            .map(|i| Scene::draw(seed, split, i, mirror))
            .collect::<Result<Vec<_>, _>>()?;
        scenes.extend(part);
        progress.advance(to - from);
        from = to;
    }
    Ok(scenes)
}
