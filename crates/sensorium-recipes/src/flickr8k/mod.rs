//! `flickr8k`: pictures and captions find one another.
//!
//! **Data.** Flickr8k's official training pictures; the official dev pictures (or all shards of `--data-dir`)
//! are judged once. Pictures are stretched to 160 by 160.
//!
//! **Frozen.** MobileNetV2: the cells of its last layer, averaged, at 160 and, from the same pixels, at 224
//! pixels, and the two averaged, for each picture and its mirror image. In the pretrained rows MiniLM: the mean
//! of its token vectors at length one. MiniLM has seen the captions of Flickr30k, which extends this set, so that
//! the rows without a prefix are contaminated; those with `scratch_` learn words from the training captions.
//!
//! **Trained.** A head on each: a linear map and a correction of one hidden layer, with dropout; from scratch, in
//! place of the text head, word vectors, a map of their mean and the largest of another map. The word vectors
//! start at those of the words' pointwise mutual information within pictures of the training part. InfoNCE
//! with label smoothing and a learned temperature.
//!
//! **Protocol.** Settings and the number of epochs were chosen with the last 500 training pictures set aside. A
//! first run of each text front end shows what it has there (the row `chosen on`): 5,500 pictures, negatives
//! in the batch. All other rows train on all 6,000 for a fixed number of epochs and take the averaged weights
//! of the last: nothing is selected at run time. Arms: negatives in the batch alone; and generated ones (a bank
//! of vectors moved against the towers, which counts a quarter and begins after half of the training); and
//! edited captions as well. The figures are those of the last arm, the gain is its lead over the first, in
//! recall at 1, mean of both directions, by paired bootstrap over pictures.
//!
//! **Swap sensitivity.** True caption against an edit with another meaning, given the picture: families of
//! edits that were not trained on, balanced so that text alone does not tell; `swap_text_only` is a model of
//! plausibility fitted on the half of the training captions that the balancing did not see.

mod arms;
mod features;
mod judge;

use crate::{Figure, Outcome, Progress, Recipe, RecipeError, RunOptions, Table, Target};
use arms::{Arm, Negatives, start_vectors};
use features::{captioned, picture_features, read_part, text_features};
use judge::{Judged, SwapTest, judge, swap_accuracy};
use sensorium_align::edit::{Editor, TRAINED, same_words};
use sensorium_align::ensemble::{join, widened};
use sensorium_align::model::{AlignCard, TextFront, TextKind, Vision, VisionKind, Vocabulary};
use sensorium_align::study::Captioned;
use sensorium_align::train::TrainedJoint;
use sensorium_align::{JointModel, StemKind};
use sensorium_data::shards::CaptionedImage;
use sensorium_nn::metrics::Bootstrap;
use sensorium_nn::tower::{MobileNetV2, Sentences, weights_folder};
use sensorium_nn::{Device, Provenance, seed};
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

/// Sides that pictures are looked at with, pixels; they come with the first.
const SIDES: [usize; 2] = [160, 224];
/// Longest caption in tokens.
const LONGEST: usize = 32;

/// The recipe.
pub struct Flickr8k;

/// How much of everything; settings are chosen on the last `validation` of the `training` pictures.
struct Size {
    training: usize,
    validation: usize,
    test: usize,
    epochs: Option<u64>,
    /// Nets that are joined into one.
    members: u64,
}

const FULL: Size = Size { training: 6_000, validation: 500, test: usize::MAX, epochs: None, members: 3 };
const QUICK: Size = Size { training: 250, validation: 50, test: 80, epochs: Some(4), members: 1 };

impl Recipe for Flickr8k {
    fn name(&self) -> &'static str {
        "flickr8k"
    }

    fn summary(&self) -> &'static str {
        "pictures and captions find one another; generated and edited negatives; sensitivity to swaps"
    }

    fn data(&self) -> &'static [&'static str] {
        &["flickr8k", "mobilenet-v2", "minilm"]
    }

    fn run(&self, options: &RunOptions, progress: &mut dyn Progress) -> Result<Outcome, RecipeError> {
        let started = Instant::now();
        let size = if options.quick { QUICK } else { FULL };
        let mut train = read_part(&options.training_dir("flickr8k")?, "train-")?.items;
        train.truncate(size.training);
        let split = train.len().saturating_sub(size.validation).max(1);
        let evaluation = options.evaluation_dir("flickr8k")?;
        let mut test = read_part(&evaluation, if options.data_dir.is_some() { "" } else { "dev-" })?.items;
        test.truncate(size.test);
        let editor = Editor::fit(train.iter().flat_map(|i| i.captions.iter().map(String::as_str)));
        progress.stage("balancing the swap test", None);
        let swaps = SwapTest::new(&train, &test, &editor, options.seed);
        let mut outcome = Outcome::new(self.name(), options.quick, options.seed_list());
        if let Some(model) = &options.model {
            let model = JointModel::load(model, &Device::flex())?;
            evaluate_bundle(&model, &test, &swaps, options.seed, &mut outcome, progress)?;
        } else {
            let device = Device::flex();
            let vision = Vision {
                kind: VisionKind::Pooled { sides: SIDES },
                tower: MobileNetV2::load(&weights_folder(&options.data_root, "mobilenet-v2")?, &device)?,
            };
            let sentences =
                Sentences::load(&weights_folder(&options.data_root, "minilm")?, LONGEST, &device)?;
            // Each with that of the choice, where it learns from captions itself.
            let fronts = [
                ("", TextFront::MiniLm(Box::new(sentences)), None),
                ("scratch_", word_front(&train), Some(word_front(&train[..split]))),
            ];
            let views = [
                picture_features(&train, &vision, true, "training pictures", progress)?,
                picture_features(&test, &vision, false, "evaluation pictures", progress)?,
            ];
            for (prefix, front, of_choice) in fronts {
                let mut parts = [
                    captioned(&train, &views[0], &front, "training captions", progress)?,
                    captioned(&test, &views[1], &front, "evaluation captions", progress)?,
                ];
                let run = Run { prefix, front: &front, vision: &vision, size: &size, options };
                let choice = match of_choice {
                    Some(front) => {
                        let seen = captioned(&train, &views[0], &front, "captions to choose by", progress)?;
                        Choice::new(&Run { front: &front, ..run }, &seen, split, progress)?
                    }
                    None => Choice::new(&run, &parts[0], split, progress)?,
                };
                add_edits(&mut parts[0], &train, &editor, &front, options.seed, progress)?;
                run.arms(&choice, &parts, &swaps, &mut outcome, progress)?;
            }
        }
        outcome.notes.push(format!(
            "{} training pictures, settings chosen on the last {} of them, {} judged once; pictures of {} by {}, looked at with sides {} and {}. Frozen: MobileNetV2 and, without prefix, MiniLM (which has seen captions of Flickr30k). Intervals are 95 % bootstrap intervals over pictures.",
            train.len(), train.len() - split, test.len(), SIDES[0], SIDES[0], SIDES[0], SIDES[1]
        ));
        outcome.notes.push(swaps.note());
        outcome.seconds = started.elapsed().as_secs_f64();
        Ok(outcome)
    }
}

/// Words that occur at least three times in the captions of `items`.
fn word_front(items: &[CaptionedImage]) -> TextFront {
    let captions = items.iter().flat_map(|i| i.captions.iter().map(String::as_str));
    TextFront::Words(Vocabulary::fit(captions, 3, LONGEST))
}

/// One edit of each training caption, of the families that may be trained on. A bag of words cannot tell an edit
/// of the caption's own words: it gets none of those.
fn add_edits(
    parts: &mut [Captioned],
    items: &[CaptionedImage],
    editor: &Editor,
    front: &TextFront,
    seed: u64,
    progress: &mut dyn Progress,
) -> Result<(), RecipeError> {
    let mut rng = seed::generator(seed, &[seed::of_name("caption edits")]);
    let (mut places, mut edits) = (Vec::new(), Vec::new());
    for (i, item) in items.iter().enumerate() {
        for (c, caption) in item.captions.iter().enumerate() {
            if let Some((_, edit)) = editor.any_against(caption, &TRAINED, &item.captions, &mut rng)
                && (front.kind() != TextKind::Words || !same_words(caption, &edit))
            {
                places.push((i, c));
                edits.push(edit);
            }
        }
    }
    let texts: Vec<&str> = edits.iter().map(String::as_str).collect();
    let found = text_features(&texts, front, "edited captions", progress)?;
    for part in parts.iter_mut() {
        part.edits = vec![Vec::new(); part.captions.len()];
    }
    for ((i, c), features) in places.into_iter().zip(found) {
        parts[i].edits[c].push(features);
    }
    Ok(())
}

/// What the settings were chosen by: a run that has not seen the last training pictures, judged on them.
struct Choice {
    judged: Judged,
    epoch: u64,
    seconds: f64,
}

impl Choice {
    /// Trains on `seen[..split]` with negatives in the batch, and judges on the others.
    fn new(
        run: &Run<'_>,
        seen: &[Captioned],
        split: usize,
        progress: &mut dyn Progress,
    ) -> Result<Self, RecipeError> {
        let (training, validation) = seen.split_at(split);
        progress.stage(&format!("{}: the pictures to choose by", run.title()), None);
        let words = start_vectors(run.front, training)?;
        let trained = run.trained(Negatives::Batch, run.options.seed, training, words)?;
        let judged = judge(&trained.net, validation);
        Ok(Self { judged, epoch: trained.epoch, seconds: trained.seconds })
    }
}

/// One text front end.
#[derive(Clone, Copy)]
struct Run<'a> {
    prefix: &'a str,
    front: &'a TextFront,
    vision: &'a Vision,
    size: &'a Size,
    options: &'a RunOptions,
}

impl Run<'_> {
    fn title(&self) -> &'static str {
        if self.prefix.is_empty() { "pretrained text tower" } else { "scratch text tower" }
    }

    fn arm(&self, negatives: Negatives, seed: u64) -> Arm {
        let mut arm = Arm::chosen(self.front, negatives);
        arm.training.run.seed = seed;
        arm.training.run.epochs = self.size.epochs.unwrap_or(arm.training.run.epochs);
        if self.options.threads > 0 {
            arm.training.run.threads = self.options.threads;
        }
        arm
    }

    /// Nets from neighbouring seeds, joined into one.
    fn trained(
        &self,
        negatives: Negatives,
        seed: u64,
        training: &[Captioned],
        words: Option<Arc<Vec<f32>>>,
    ) -> Result<TrainedJoint, RecipeError> {
        let first = self.arm(negatives, seed.wrapping_mul(self.size.members));
        let mut trained = first.train(training, words.clone())?;
        let mut nets = vec![trained.net];
        for member in 1..self.size.members {
            let seed = seed.wrapping_mul(self.size.members).wrapping_add(member);
            let next = self.arm(negatives, seed).train(training, words.clone())?;
            trained.seconds += next.seconds;
            nets.push(next.net);
        }
        trained.net = join(&nets, &first.sizes, &Device::flex())?.1;
        Ok(trained)
    }

    /// Trains and judges every arm; `parts` are the training and the evaluation pictures.
    fn arms(
        &self,
        choice: &Choice,
        parts: &[Vec<Captioned>; 2],
        swaps: &SwapTest,
        outcome: &mut Outcome,
        progress: &mut dyn Progress,
    ) -> Result<(), RecipeError> {
        let mut table = Table::new(
            self.title(),
            ["negatives", "i→t R@1", "R@5", "R@10", "t→i R@1", "R@5", "R@10", "swaps", "epoch", "seconds"],
        );
        table.row(choice.judged.cells("chosen on", choice.epoch, choice.seconds));
        let words = start_vectors(self.front, &parts[0])?;
        let mut judged: Vec<Vec<Judged>> = Vec::new();
        let mut best: Option<TrainedJoint> = None;
        for negatives in Negatives::ALL {
            let mut of_arm = Vec::new();
            for seed in self.options.seed_list() {
                progress.stage(&format!("{}: {}, seed {seed}", table.title, negatives.name()), None);
                let trained = self.trained(negatives, seed, &parts[0], words.clone())?;
                let mut found = judge(&trained.net, &parts[1]);
                found.swaps = swap_accuracy(&trained.net, self.front, &parts[1], swaps)?;
                table.row(found.cells(negatives.name(), trained.epoch, trained.seconds));
                of_arm.push(found);
                if negatives == Negatives::Edited && best.is_none() {
                    best = Some(trained);
                }
            }
            judged.push(of_arm);
        }
        outcome.tables.push(table);
        let (Some(first), Some(last)) = (judged.first(), judged.last()) else { return Ok(()) };
        if let Some(found) = last.first() {
            let mut table = Table::new(
                format!("{}: swaps told, by family of edits", self.title()),
                ["family", "told", "pairs"],
            );
            for (family, share, pairs) in swaps.by_family(&found.swaps) {
                table.row(vec![family.to_owned(), format!("{share:.3}"), pairs.to_string()]);
            }
            outcome.tables.push(table);
        }
        figures(self.prefix, last, Some(first), swaps, self.options.seed, outcome);
        if let Some(trained) = best.filter(|_| self.prefix.is_empty()) {
            let folder = self.options.out_dir.join("flickr8k-model");
            self.save(&trained, choice.judged.mean_r1(), parts[0].len(), &folder)?;
            outcome.notes.push(format!("The bundle of the first seed is in {}.", folder.display()));
        }
        Ok(())
    }

    /// Writes the bundle; `score` is that of the run that the settings were chosen by.
    fn save(
        &self,
        trained: &TrainedJoint,
        score: f64,
        windows: usize,
        folder: &Path,
    ) -> Result<(), RecipeError> {
        let arm = self.arm(Negatives::Edited, self.options.seed);
        let sizes = widened(&arm.sizes, self.size.members as usize)?;
        let training = Provenance {
            data: "flickr8k".into(),
            seed: self.options.seed,
            threads: arm.training.run.threads,
            windows,
            epoch: trained.epoch,
            score,
            seconds: trained.seconds,
        };
        let mut card =
            AlignCard::new(sizes, self.front.kind(), LONGEST, trained.objective.temperature(), training);
        card.vision = Some(self.vision.kind);
        card.frozen = "MobileNetV2, MiniLM".into();
        let device = Device::flex();
        let model = JointModel::new(
            card,
            Some(self.vision.clone()),
            self.front.clone(),
            trained.net.clone(),
            &device,
        );
        Ok(model.save(folder)?)
    }
}

fn evaluate_bundle(
    model: &JointModel,
    test: &[CaptionedImage],
    swaps: &SwapTest,
    seed: u64,
    outcome: &mut Outcome,
    progress: &mut dyn Progress,
) -> Result<(), RecipeError> {
    if matches!(model.card.network.text.stem, StemKind::Dense { .. }) {
        return Err(RecipeError::Other(
            "this bundle reads words one by one, which is no longer judged here; train it anew".into(),
        ));
    }
    let vision = model.vision.as_ref().ok_or_else(|| {
        RecipeError::Other("this bundle has no image encoder; give one of pictures and captions".into())
    })?;
    if matches!(vision.kind, VisionKind::Frames { .. }) {
        return Err(RecipeError::Other(
            "this bundle was made for video; give one of pictures and captions".into(),
        ));
    }
    let views = picture_features(test, vision, false, "pictures", progress)?;
    let parts = captioned(test, &views, &model.text, "captions", progress)?;
    let mut found = judge(&model.net, &parts);
    found.swaps = swap_accuracy(&model.net, &model.text, &parts, swaps)?;
    figures("", &[found], None, swaps, seed, outcome);
    Ok(())
}

/// Figures of the last arm, one entry a seed; the gain over the first.
fn figures(
    prefix: &str,
    last: &[Judged],
    first: Option<&[Judged]>,
    swaps: &SwapTest,
    seed: u64,
    outcome: &mut Outcome,
) {
    let pictures = last.first().map_or(0, |j| j.of_items.len());
    let boot = Bootstrap::new(seed);
    let all: Vec<usize> = (0..pictures).collect();
    let what = if prefix.is_empty() { "pretrained text" } else { "text from scratch" };
    for (direction, words) in [("i2t", "picture to text"), ("t2i", "text to picture")] {
        for k in [1, 5, 10] {
            let value = |rows: &[usize]| {
                let sum: f64 = last
                    .iter()
                    .map(|j| if direction == "i2t" { j.i2t(rows, k) } else { j.t2i(rows, k) })
                    .sum();
                100.0 * sum / last.len().max(1) as f64
            };
            let mut figure = Figure::new(
                format!("{prefix}{direction}_r{k}"),
                format!("{what}, {words}, recall at {k}, %"),
                value(&all),
            )
            .interval(boot.interval(pictures, value));
            if k == 1 {
                figure = figure.target(match (prefix, direction) {
                    ("", "i2t") => Target::at_least(30.0),
                    ("", _) => Target::at_least(22.0),
                    (_, "i2t") => Target::above(18.0),
                    _ => Target::above(12.5),
                });
            }
            outcome.figures.push(figure);
        }
    }
    if let Some(first) = first {
        let gain = |rows: &[usize]| {
            let of = |js: &[Judged]| {
                js.iter().map(|j| 0.5 * (j.i2t(rows, 1) + j.t2i(rows, 1))).sum::<f64>()
                    / js.len().max(1) as f64
            };
            100.0 * (of(last) - of(first))
        };
        let interval = boot.interval(pictures, gain);
        let low = <(f64, f64)>::from(interval).0;
        outcome.figures.push(
            Figure::new(
                format!("{prefix}gain_r1"),
                format!("{what}, gain in R@1 by generated and edited negatives, points"),
                gain(&all),
            )
            .interval(interval)
            .target(Target::at_least(2.0)),
        );
        outcome.figures.push(
            Figure::new(format!("{prefix}gain_r1_low"), format!("{what}, lower bound of that gain"), low)
                .target(Target::above(0.0)),
        );
    }
    let mean = last.iter().map(Judged::swap_share).sum::<f64>() / last.len().max(1) as f64;
    outcome.figures.push(
        Figure::new(format!("{prefix}swap_accuracy"), format!("{what}, true caption over its edit"), mean)
            .target(Target::at_least(0.80)),
    );
    outcome.figures.push(
        Figure::new(
            format!("{prefix}swap_text_only"),
            "the same by plausibility of the text alone",
            swaps.text_only,
        )
        .target(Target::at_most(0.55)),
    );
}
