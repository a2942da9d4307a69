//! `train align`: one space for language and pictures, or language and video.

use super::train::{interrupted, run_folder, shown};
use crate::arguments::{DataRoot, between};
use crate::output;
use crate::session::Session;
use anyhow::{Result, bail};
use clap::{Args, ValueEnum};
use sensorium::align::edit::read_negatives;
use sensorium::align::ingest::{
    WORD_WIDTH, add_negatives, caption_sizes, captioned, has_shards, narrated, narrated_sizes, narrations,
    validation_part, video_files,
};
use sensorium::align::model::{AlignCard, TextFront, TextKind, Vision, VisionKind, Vocabulary};
use sensorium::align::study::{CaptionStudy, CaptionViews, NarratedStudy, NarratedViews, word_vectors};
use sensorium::align::train::{AlignTraining, Study, train_joint};
use sensorium::align::{AlignError, JointConfig, JointModel, ObjectiveConfig, StemKind};
use sensorium::data::shards::read_captions;
use sensorium::nn::tower::{MobileNetV2, Sentences, weights_folder};
use sensorium::nn::train::{AdamWConfig, TrainConfig};
use sensorium::nn::{NnError, Provenance};
use serde_json::json;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

/// Options of `train align`.
#[derive(Debug, Args)]
#[command(
    after_help = "Pictures: WebDataset shards, or a folder of .jpg and .png files, each with its captions in a .txt\n\
    file of its stem, one a line. Videos: a folder in which each has an .srt or .vtt file of its stem.\n\
    A tenth of the items, told by a hash of their names, is for validation."
)]
pub struct TrainAlign {
    /// Captioned pictures, or videos with subtitles
    #[arg(long, value_name = "PATH")]
    data: PathBuf,
    /// Folder for the model; its checkpoint and log go into OUT/run
    #[arg(long, value_name = "OUT")]
    out: PathBuf,
    /// How much time to spend
    #[arg(long, value_enum, default_value_t = Preset::Fast)]
    preset: Preset,
    /// Go on from the checkpoint in OUT/run
    #[arg(long, conflicts_with = "overwrite")]
    resume: bool,
    /// Start anew although OUT holds a model or a checkpoint
    #[arg(long)]
    overwrite: bool,
    /// What language goes through first
    #[arg(long, value_enum, default_value_t = Text::Minilm)]
    text: Text,
    /// Generated negatives of each kind; 0 for none
    #[arg(long, default_value_t = 0, value_name = "N", value_parser = clap::value_parser!(u64).range(0..=65_536))]
    generated: u64,
    /// Pictures: false captions of your own (.csv or .tsv with columns caption or key, and negative; or .jsonl)
    #[arg(long, value_name = "FILE")]
    negatives: Option<PathBuf>,
    /// Passes over the training items [default: by preset]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=100_000))]
    epochs: Option<u64>,
    /// Pictures, or segments of videos, a step [default: 256, or 16]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(2..=65_536))]
    batch: Option<u64>,
    /// Peak learning rate
    #[arg(long, default_value = "0.001", value_name = "RATE", value_parser = between(1e-7, 1.0))]
    lr: f64,
    /// Videos: at most so many frames a second; 0 for all
    #[arg(long, default_value = "0", value_name = "HZ", value_parser = between(0.0, 1000.0))]
    rate: f64,
    #[command(flatten)]
    root: DataRoot,
}

/// How much time to spend.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Preset {
    /// 15 passes over pictures, 20 over videos
    Fast,
    /// Larger pictures and twice as many passes
    Best,
}

/// What language goes through first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Text {
    /// MiniLM, frozen
    Minilm,
    /// Words of the training texts, learned from scratch
    Words,
}

/// Longest text, in tokens.
const LONGEST_TEXT: usize = 64;
/// Numbers a token of MiniLM has.
const MINILM_WIDTH: usize = 384;

/// What is learned from, ready for training.
struct Prepared {
    study: Box<dyn Study>,
    sizes: JointConfig,
    vision: Vision,
    front: TextFront,
    training: usize,
    validation: usize,
    epochs: u64,
    batch: usize,
    temperature: f32,
}

/// Trains and writes the bundle.
///
/// # Errors
/// What stops the training; after Ctrl-C, how to go on.
pub fn run(session: &Session, options: &TrainAlign) -> Result<()> {
    if !options.data.exists() {
        bail!(
            "{}: there is no such file or folder; give captioned pictures or videos",
            options.data.display()
        );
    }
    let folder = run_folder(&options.out, options.resume, options.overwrite)?;
    let stop = crate::interrupt::flag()?;
    let is_video = !has_shards(&options.data) && options.data.is_dir() && video_files(&options.data).is_ok();
    if is_video && options.negatives.is_some() {
        bail!("--negatives is for captioned pictures; leave it out for videos");
    }
    let prepared = if is_video { videos(session, options, &stop) } else { pictures(session, options, &stop) };
    let mut prepared = match prepared {
        Err(error) if is_interrupt(&error) => bail!(interrupted(&folder)),
        other => other?,
    };
    session.say(format!(
        "{} training and {} validation {}, {} threads",
        prepared.training,
        prepared.validation,
        if is_video { "videos" } else { "pictures" },
        session.threads
    ));
    let epochs = options.epochs.unwrap_or(prepared.epochs);
    let training = AlignTraining {
        run: TrainConfig {
            epochs,
            batch: options.batch.map_or(prepared.batch, |b| b as usize),
            optimizer: AdamWConfig { learning_rate: options.lr as f32, ..AdamWConfig::default() },
            seed: session.seed,
            threads: session.threads,
            ..TrainConfig::default()
        },
        ..AlignTraining::default()
    };
    let objective = ObjectiveConfig {
        temperature: prepared.temperature,
        generated: options.generated as usize,
        smoothing: 0.1,
        ..ObjectiveConfig::default()
    };
    let bar = session.bar("training", 0);
    let trained = train_joint(
        &prepared.sizes,
        &objective,
        prepared.study.as_mut(),
        &training,
        Some(&folder),
        &session.device,
        &stop,
        &mut shown(&bar, session.quiet),
    );
    drop(bar);
    let trained = match trained {
        Err(AlignError::Nn(error)) if matches!(*error, NnError::Interrupted) => bail!(interrupted(&folder)),
        other => other?,
    };
    let provenance = Provenance {
        data: options.data.display().to_string(),
        seed: session.seed,
        threads: session.threads,
        windows: prepared.training,
        epoch: trained.epoch,
        score: trained.score,
        seconds: trained.seconds,
    };
    let mut card = AlignCard::new(
        prepared.sizes,
        prepared.front.kind(),
        LONGEST_TEXT,
        trained.objective.temperature(),
        provenance,
    );
    card.vision = Some(prepared.vision.kind);
    card.frozen = match options.text {
        Text::Minilm => "MobileNetV2 and MiniLM".into(),
        Text::Words => "MobileNetV2".into(),
    };
    card.rate_hz = if is_video { options.rate } else { 0.0 };
    let model = JointModel::new(card, Some(prepared.vision), prepared.front, trained.net, &session.device);
    model.save(&options.out)?;
    if session.json {
        return output::json(&json!({
            "model": options.out, "kind": "align", "video": is_video, "epoch": trained.epoch,
            "score": trained.score, "seconds": trained.seconds, "training": prepared.training,
            "validation": prepared.validation, "temperature": trained.objective.temperature(),
            "seed": session.seed, "threads": session.threads, "log": folder.log(),
        }));
    }
    let out = options.out.display();
    output::line(&format!("validation score {} in epoch {}", output::number(trained.score), trained.epoch))?;
    session.say(format!(
        "\nmodel: {out} ({:.0} s)\nnext:  sensorium search index {out} --data PATH --out INDEX",
        trained.seconds
    ));
    Ok(())
}

fn is_interrupt(error: &anyhow::Error) -> bool {
    matches!(error.downcast_ref::<AlignError>(), Some(AlignError::Nn(e)) if matches!(**e, NnError::Interrupted))
}

fn vision(session: &Session, options: &TrainAlign, kind: VisionKind) -> Result<Vision> {
    let folder = weights_folder(&options.root.path(), "mobilenet-v2")?;
    Ok(Vision { kind, tower: MobileNetV2::load(&folder, &session.device)? })
}

/// The front end of language and the first layer behind it.
fn front<'a>(
    session: &Session,
    options: &TrainAlign,
    texts: impl Iterator<Item = &'a str>,
) -> Result<(TextFront, StemKind)> {
    let front = match options.text {
        Text::Minilm => {
            let folder = weights_folder(&options.root.path(), "minilm")?;
            TextFront::MiniLm(Box::new(Sentences::load(&folder, LONGEST_TEXT, &session.device)?))
        }
        Text::Words => TextFront::Words(Vocabulary::fit(texts, 2, LONGEST_TEXT)),
    };
    let stem = match (&front, front.kind()) {
        (TextFront::Words(words), TextKind::Words) => StemKind::Words { vocabulary: words.size() },
        _ => StemKind::Dense { width: MINILM_WIDTH },
    };
    Ok((front, stem))
}

fn pictures(session: &Session, options: &TrainAlign, stop: &AtomicBool) -> Result<Prepared> {
    let best = options.preset == Preset::Best;
    let negatives = match &options.negatives {
        Some(file) => Some((file, read_negatives(file)?)),
        None => None,
    };
    let set = read_captions(&options.data)?;
    for problem in &set.problems {
        session.warn(problem.to_string());
    }
    let keys: Vec<&str> = set.items.iter().map(|i| i.key.as_str()).collect();
    let part = validation_part(&keys, session.seed);
    let of_training = set.items.iter().zip(&part).filter(|(_, v)| !**v);
    let texts = of_training.flat_map(|(i, _)| i.captions.iter().map(String::as_str));
    let (front, stem) = front(session, options, texts)?;
    let sides = if best { [224, 288] } else { [160, 224] };
    let vision = vision(session, options, VisionKind::Pooled { sides })?;
    let bar = session.bar("pictures", set.items.len() as u64);
    let mut views = CaptionViews::default();
    let mut examples = captioned(
        &vision,
        &front,
        &set.items,
        views.mirror,
        &session.device,
        stop,
        &mut |trouble| bar.line(&format!("warning: {trouble}; left out")),
        &mut |n| bar.advance(n),
    )?;
    drop(bar);
    if let Some((file, negatives)) = &negatives {
        let left = add_negatives(&mut examples, &set.items, negatives, &front, &session.device, stop)?;
        if left.len() == negatives.len() {
            bail!(
                "{}: none of its {} captions and keys is in {}; write them as they are there",
                file.display(),
                left.len(),
                options.data.display()
            );
        }
        if let Some(example) = left.first() {
            let count = left.len();
            session.warn(format!(
                "{}: {count} captions or keys are not in the data, such as `{example}`",
                file.display()
            ));
        }
        views.edits = 1;
    }
    let (mut training, mut validation) = (Vec::new(), Vec::new());
    for (example, is_validation) in examples.into_iter().zip(part) {
        let to = if is_validation { &mut validation } else { &mut training };
        to.extend(example);
    }
    enough(options, training.len(), validation.len(), "captioned pictures")?;
    let (trained, validated) = (training.len(), validation.len());
    let words = match &front {
        TextFront::Words(known) => Some(Arc::new(word_vectors(&training, known.size(), WORD_WIDTH)?)),
        TextFront::MiniLm(_) => None,
    };
    Ok(Prepared {
        study: Box::new(CaptionStudy { training, validation, views, seed: session.seed, words }),
        sizes: caption_sizes(stem),
        vision,
        front,
        training: trained,
        validation: validated,
        epochs: if best { 30 } else { 15 },
        batch: 256,
        temperature: 0.05,
    })
}

fn videos(session: &Session, options: &TrainAlign, stop: &AtomicBool) -> Result<Prepared> {
    let best = options.preset == Preset::Best;
    let all = narrations(&options.data, &mut |trouble| session.warn(trouble))?;
    // Names inside the folder: the parts stay the same when it moves.
    let key = |path: &std::path::Path| path.strip_prefix(&options.data).unwrap_or(path).display().to_string();
    let keys: Vec<String> = all.iter().map(|n| key(&n.video)).collect();
    let part = validation_part(&keys, session.seed);
    let of_training = all.iter().zip(&part).filter(|(_, v)| !**v);
    let texts = of_training.flat_map(|(n, _)| n.subtitles.cues.iter().map(|c| c.text.as_str()));
    let (front, stem) = front(session, options, texts)?;
    let kind = VisionKind::Frames { side: if best { 96 } else { 64 }, blocks: 13, motion: true };
    let vision = vision(session, options, kind)?;
    let bar = session.bar("videos", all.len() as u64);
    let (mut training, mut validation) = (Vec::new(), Vec::new());
    for (narration, is_validation) in all.iter().zip(part) {
        match narrated(&vision, &front, narration, options.rate, &session.device, stop) {
            Ok(video) if video.cues.is_empty() => bar.line(&format!(
                "warning: {}: no cue lies inside the video; left out",
                narration.video.display()
            )),
            Ok(video) if is_validation => validation.push(video),
            Ok(video) => training.push(video),
            Err(AlignError::Data(error)) => bar.line(&format!("warning: {error}; left out")),
            Err(other) => return Err(other.into()),
        }
        bar.advance(1);
    }
    drop(bar);
    enough(options, training.len(), validation.len(), "videos with subtitles")?;
    let width = training.first().map_or(1, |v| v.frames.width);
    let (trained, validated) = (training.len(), validation.len());
    Ok(Prepared {
        study: Box::new(NarratedStudy::new(training, validation, NarratedViews::default(), session.seed)),
        sizes: narrated_sizes(width, stem),
        vision,
        front,
        training: trained,
        validation: validated,
        epochs: if best { 40 } else { 20 },
        batch: 16,
        temperature: 0.1,
    })
}

fn enough(options: &TrainAlign, training: usize, validation: usize, what: &str) -> Result<()> {
    if training >= 2 && validation >= 1 {
        return Ok(());
    }
    bail!(
        "{}: {training} readable {what} to learn from and {validation} to validate on are too few; give more",
        options.data.display()
    )
}
