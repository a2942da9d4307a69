//! `lidar-commands`: which object in a street scene a driving command refers to, from points alone.
//!
//! **Data.** The simulator [`sensorium_data::street`]: four LiDAR sweeps at 10 Hz of a junction and a
//! command that refers to exactly one road user. Training 12,000 samples, validation 600, test 2,000 with
//! other sentence frames (quick: 400, 100, 200). `--seed` draws others.
//!
//! **What the networks see.** Points without the ground, grouped (gap 0.5 m, at least 5 points, boxes up to
//! 16 × 5 × 4.5 m); each group of the last sweep, followed back over the earlier ones for its velocity
//! over ground, is a candidate. The road layout and the true boxes are not given.
//!
//! **Three networks, trained one after the other.**
//! 1. One names the category of a candidate, or says that it is clutter, from 48 points in the candidate's own
//!    frame, facts on place, size and motion, and a profile of the shape by height. It learns from the categories
//!    of the simulator's boxes, of the same scenes that the third network learns from. Candidates that are clutter with 97 % or more are left out from here on.
//! 2. One reads a command: the category, the condition and the other object's category, each by an attention of
//!    its own over token vectors of frozen MiniLM (over learnt word vectors where there are no weights). It learns
//!    from the simulator's true meaning of the training commands. Test commands are read by the mean of three.
//! 3. One scores the candidates: a small transformer over them in which the meaning is a token and steers every
//!    layer, and what candidates are to one another is added to the attention. It is trained with the true
//!    meanings first, then with meanings that were read by networks to which the sentence frame of the
//!    command was unknown, so that it learns how far to trust what it is told.
//!
//! All networks end with the moving average of their weights after a fixed number of steps. Settings were chosen
//! on validation scenes with some of the training frames held out; no test frame took part.
//!
//! **Figures.** Share of test samples whose picked candidate's centre lies in the referent's true box grown
//! by 0.5 m; a referent without a candidate counts as wrong. Baselines: the category alone, the nearest
//! box of the category in the path (true boxes, category and road), and the reader of the truth.
//!
//! **Demonstrations**, where `data/lidar` is there: the category of labelled KITTI objects (without motion,
//! of which a single sweep tells nothing) and that named in commands of Talk2Car.

mod candidate;
mod category;
mod facts;
mod figures;
mod finder;
mod future;
mod learn;
mod meaning;
mod pairs;
mod profile;
mod ranks;
mod reading;
mod real;
mod scene;
mod scene_net;
mod sight;
mod text_net;
mod token;
mod words;

use crate::{Outcome, Progress, Recipe, RecipeError, RunOptions};
use category::{Categories, CategoryPlan};
use finder::FinderPlan;
use half::f16;
use meaning::Meaning;
use rayon::prelude::*;
use reading::{Reader, ReadingPlan, Sentence};
use scene::Scene;
use sensorium_align::Sequence;
use sensorium_data::street::{self, Split};
use sight::Sight;
use std::collections::BTreeMap;
use std::time::Instant;
use words::Words;

/// The recipe.
pub struct LidarCommands;

/// Sizes of the study.
struct Sizes {
    training: u64,
    validation: u64,
    test: u64,
    /// Epochs and batch of the category network.
    categories: (u64, usize),
    /// Steps and batch of each text network.
    text: (u64, usize),
    /// Parts of the sentence frames; text networks for the test.
    folds: usize,
    readers: usize,
    /// Epochs of both phases and batch of the scene network.
    scenes: ([u64; 2], usize),
}

impl Sizes {
    fn of(quick: bool) -> Self {
        if quick {
            Self {
                training: 400,
                validation: 100,
                test: 200,
                categories: (8, 128),
                text: (100, 64),
                folds: 2,
                readers: 1,
                scenes: ([8, 4], 32),
            }
        } else {
            Self {
                training: 12_000,
                validation: 600,
                test: 2_000,
                categories: (8, 1024),
                text: (220, 128),
                folds: 4,
                readers: 3,
                scenes: ([8, 4], 128),
            }
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
        let threads = match options.threads {
            0 => std::thread::available_parallelism().map_or(1, usize::from),
            threads => threads,
        };
        let training = draw(seed, Split::Train, sizes.training, progress)?;
        let validation = draw(seed, Split::Validation, sizes.validation, progress)?;
        let test = draw(seed, Split::Test, sizes.test, progress)?;

        let (epochs, batch) = sizes.categories;
        let plan = CategoryPlan { epochs, batch, threads, seed };
        let categories = Categories::train(&training, plan, progress)?;
        progress.stage("categories of all candidates", None);
        let (training_sights, _) = sights(&categories, &training);
        let (validation_sights, named) = sights(&categories, &validation);
        let (test_sights, _) = sights(&categories, &test);

        let mut words = Words::fit(&options.data_root, &commands(&training))?;
        let all = [&training, &validation, &test];
        words.learn(all.iter().flat_map(|scenes| commands(scenes)), progress)?;
        let (sentences, sentence_of) = sentences(&training, &words)?;
        let (steps, batch) = sizes.text;
        let plan = ReadingPlan {
            reads: words.reads(),
            folds: sizes.folds,
            networks: sizes.readers,
            steps,
            batch,
            threads,
            seed,
        };
        let unseen = reading::held_out(&sentences, plan, progress)?;
        let reader = Reader::train(&sentences, plan, progress)?;

        let told = meanings(&training);
        let read: Vec<Meaning> = sentence_of.iter().map(|&s| unseen[s]).collect();
        let (epochs, batch) = sizes.scenes;
        let plan = FinderPlan { epochs, batch, threads, seed };
        let network = finder::train(&training_sights, &told, &read, plan, progress)?;

        progress.stage("validation and test", None);
        let heard = listen(&reader, &words, &validation)?;
        let found = finder::found(&network, &validation_sights, &heard);
        let validated = figures::share(&found);
        let found = finder::found(&network, &test_sights, &listen(&reader, &words, &test)?);
        let mut outcome = Outcome::new(self.name(), options.quick, vec![seed]);
        figures::report(&test, &found, seed, &mut outcome);
        outcome.tables.push(figures::parts(&[
            ("category of a candidate", "road users of validation scenes", named),
            (
                "meaning of a command",
                "validation (frames of training)",
                reading::accuracy(&heard, &meanings(&validation))[3],
            ),
            ("meaning of a command", "training, its frame held out", reading::accuracy(&read, &told)[3]),
            ("referent", "validation (frames of training)", validated),
        ]));
        outcome.notes.push(format!(
            "Simulator version {}, digest {}; {} training, {} validation and {} test samples.",
            street::VERSION,
            street::digest(),
            training.len(),
            validation.len(),
            test.len()
        ));
        outcome.notes.push(format!(
            "Text: {}. Validation accuracy {validated:.3} with the last averaged weights, which the test is run with; no epoch is chosen. {} of the training samples have a candidate for their referent; {:.1} candidates a test scene are kept.",
            words.name(),
            training.iter().filter(|s| s.has_candidate()).count(),
            test_sights.iter().map(|s| s.facts.len()).sum::<usize>() as f64 / test_sights.len().max(1) as f64
        ));
        outcome.notes.push(
            "Intervals are 95 %: Wilson's for shares, the bootstrap over test samples for means; the gain is paired."
                .to_owned(),
        );
        let real = options.data_root.join("lidar");
        if real.is_dir() {
            real::demonstrate(&real, &categories, &reader, &mut words, progress, &mut outcome)?;
        }
        outcome.seconds = started.elapsed().as_secs_f64();
        Ok(outcome)
    }
}

fn commands(scenes: &[Scene]) -> Vec<&str> {
    scenes.iter().map(|scene| scene.command.as_str()).collect()
}

fn meanings(scenes: &[Scene]) -> Vec<Meaning> {
    scenes.iter().map(|scene| scene.meaning).collect()
}

/// What the last network sees of each scene, and the share of road users whose category is named rightly.
fn sights(categories: &Categories, scenes: &[Scene]) -> (Vec<Sight>, f64) {
    let tokens: Vec<&[f16]> = scenes.iter().flat_map(Scene::tokens).collect();
    let logs = categories.log_shares(&tokens);
    let classes = scenes.iter().flat_map(|scene| &scene.classes);
    let right: Vec<bool> =
        classes.zip(&logs).filter_map(|(class, logs)| Some((*class)? == category::likeliest(logs))).collect();
    let mut from = 0;
    let sight = |scene: &Scene| {
        let count = scene.right.len();
        from += count;
        Sight::of(scene, &logs[from - count..from])
    };
    (scenes.iter().map(sight).collect(), figures::share(&right))
}

/// The wordings of scenes, each once, and which of them each scene has.
fn sentences(scenes: &[Scene], words: &Words) -> Result<(Vec<Sentence>, Vec<usize>), RecipeError> {
    let mut sentences = Vec::new();
    let mut known: BTreeMap<&str, usize> = BTreeMap::new();
    let mut of = Vec::with_capacity(scenes.len());
    for scene in scenes {
        let command = scene.command.as_str();
        let place = match known.get(command) {
            Some(place) => *place,
            None => {
                let words = words.of(command)?;
                sentences.push(Sentence { words, meaning: scene.meaning, frame: scene.frame });
                known.insert(command, sentences.len() - 1);
                sentences.len() - 1
            }
        };
        of.push(place);
    }
    Ok((sentences, of))
}

/// The meanings that are read in the commands of scenes.
fn listen(reader: &Reader, words: &Words, scenes: &[Scene]) -> Result<Vec<Meaning>, RecipeError> {
    let features = scenes.iter().map(|s| words.of(&s.command)).collect::<Result<Vec<_>, _>>()?;
    let refs: Vec<&Sequence> = features.iter().map(AsRef::as_ref).collect();
    Ok(reader.read(&refs))
}

fn draw(seed: u64, split: Split, count: u64, progress: &mut dyn Progress) -> Result<Vec<Scene>, RecipeError> {
    progress.stage(&format!("drawing scenes ({split:?})"), Some(count));
    let mut scenes = Vec::with_capacity(count as usize);
    let mut from = 0;
    while from < count {
        let to = (from + 100).min(count);
        let part =
            (from..to).into_par_iter().map(|i| Scene::draw(seed, split, i)).collect::<Result<Vec<_>, _>>()?;
        scenes.extend(part);
        progress.advance(to - from);
        from = to;
    }
    Ok(scenes)
}
