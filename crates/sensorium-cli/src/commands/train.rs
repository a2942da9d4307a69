//! `train`: from recordings to a bundle.

use super::train_align;
use crate::arguments::between;
use crate::evaluation::{self, Scored};
use crate::failure::usage;
use crate::output;
use crate::progress::Bar;
use crate::session::Session;
use crate::source::{DataName, Purpose, open};
use anyhow::{Result, bail};
use clap::{Args, Subcommand, ValueEnum};
use sensorium::data::Task;
use sensorium::fuse::{Costs, Dropout, FitOptions, FusionConfig, FusionKind, FusionModel, fit, prepare};
use sensorium::nn::frontend::PipelineConfig;
use sensorium::nn::train::{AdamWConfig, Progress, RunFolder, TrainConfig};
use sensorium::nn::{Example, Model, NnError, View};
use serde_json::{Map, json};
use std::path::{Path, PathBuf};

/// `train`'s commands.
#[derive(Debug, Subcommand)]
pub enum Train {
    /// The gated multimodal router, or one of the fusions it is measured against
    Fuse(Fuse),
    /// One space for language and pictures, or language and video
    Align(train_align::TrainAlign),
}

/// Options of `train fuse`.
#[derive(Debug, Args)]
pub struct Fuse {
    /// A dataset.toml, a folder with one, or `rig`
    #[arg(long, value_name = "DATA")]
    data: DataName,
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
    /// How modalities are fused
    #[arg(long, value_enum, default_value_t = Fusion::Router)]
    fusion: Fusion,
    /// Passes over the training windows [default: by preset]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=100_000))]
    epochs: Option<u64>,
    /// Windows a step [default: by preset]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=65_536))]
    batch: Option<u64>,
    /// Peak learning rate [default: by preset]
    #[arg(long, value_name = "RATE", value_parser = between(1e-7, 1.0))]
    lr: Option<f64>,
    /// Cost of an alarm where there is nothing; with --normal, or for labels
    #[arg(long, default_value = "1", value_name = "COST", value_parser = between(1e-6, 1e6))]
    false_alarm_cost: f64,
    /// Cost of a missed alarm; with --normal, or for labels
    #[arg(long, default_value = "1", value_name = "COST", value_parser = between(1e-6, 1e6))]
    miss_cost: f64,
    /// The class that means "no alarm": the decision then weighs the two costs
    #[arg(long, value_name = "CLASS")]
    normal: Option<String>,
}

/// How much time to spend.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Preset {
    /// A narrow network, 24 passes
    Fast,
    /// A wider network, 60 passes
    Best,
}

/// How modalities are fused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Fusion {
    /// Weights by need, for each window
    Router,
    /// The same weight for every modality
    Uniform,
    /// One learned weight for each modality
    Constant,
    /// Early concatenation
    Concat,
    /// Late fusion by a transformer
    Transformer,
}

impl From<Fusion> for FusionKind {
    fn from(fusion: Fusion) -> Self {
        match fusion {
            Fusion::Router => Self::Router,
            Fusion::Uniform => Self::Uniform,
            Fusion::Constant => Self::Constant,
            Fusion::Concat => Self::Concat,
            Fusion::Transformer => Self::Transformer,
        }
    }
}

impl Fuse {
    fn options(&self, session: &Session) -> FitOptions {
        let kind = FusionKind::from(self.fusion);
        let (network, epochs, patience, rate) = match self.preset {
            Preset::Fast => (FusionConfig::new(kind), 24, 8, 2e-3),
            Preset::Best => (FusionConfig { dim: 64, depth: 3, ..FusionConfig::new(kind) }, 60, 15, 1.5e-3),
        };
        FitOptions {
            network,
            train: TrainConfig {
                epochs: self.epochs.unwrap_or(epochs),
                batch: self.batch.map_or(64, |b| b as usize),
                patience,
                optimizer: AdamWConfig {
                    learning_rate: self.lr.unwrap_or(rate) as f32,
                    ..AdamWConfig::default()
                },
                seed: session.seed,
                threads: session.threads,
                ..TrainConfig::default()
            },
            dropout: Dropout::default(),
            costs: Costs {
                false_alarm: self.false_alarm_cost as f32,
                miss: self.miss_cost as f32,
                normal: self.normal.clone(),
            },
        }
    }
}

/// Runs one of `train`'s commands.
///
/// # Errors
/// What stops the training; after Ctrl-C, how to go on.
pub fn run(session: &Session, command: Train) -> Result<()> {
    match command {
        Train::Fuse(options) => fuse(session, &options),
        Train::Align(options) => train_align::run(session, &options),
    }
}

fn fuse(session: &Session, options: &Fuse) -> Result<()> {
    let source = open(&options.data, Purpose::Train, session.seed)?;
    check_request(options, &source.schema().task)?;
    let folder = run_folder(&options.out, options.resume, options.overwrite)?;
    let stop = crate::interrupt::flag()?;

    let parts = [sensorium::data::Split::Train, sensorium::data::Split::Validation];
    let recordings: usize = parts.iter().map(|p| source.indices(*p).len()).sum();
    let bar = session.bar("reading", recordings as u64);
    let prepared =
        prepare(source.as_ref(), &PipelineConfig::default(), session.seed, &|n| bar.advance(n as u64))?;
    drop(bar);
    session.say(format!(
        "{} training and {} validation windows, {} streams, {} fusion, {} threads",
        prepared.train.len(),
        prepared.validation.len(),
        prepared.schema.streams.len(),
        FusionKind::from(options.fusion).name(),
        session.threads
    ));

    let settings = options.options(session);
    let bar = session.bar("training", 0);
    let trained =
        fit(&prepared, &settings, &session.device, Some(&folder), &stop, &mut shown(&bar, session.quiet));
    drop(bar);
    let model = match trained {
        Err(NnError::Interrupted) => bail!(interrupted(&folder)),
        other => other?,
    };
    model.save(&options.out)?;
    finish(session, options, &model, &prepared.validation)
}

/// What can be refused before anything is read.
fn check_request(options: &Fuse, task: &Task) -> Result<()> {
    match (task, &options.normal) {
        (Task::OneClass, _) => bail!(
            "the data have no classes to learn ([label] is missing, or says task = \"anomaly\"), and \
             `train fuse` has no one-class detector in this version; add [label] with classes to dataset.toml"
        ),
        (Task::Classification { classes }, Some(normal)) if !classes.contains(normal) => Err(usage(format!(
            "--normal {normal}: there is no such class; there are: {}",
            classes.join(", ")
        ))),
        (Task::MultiLabel { .. } | Task::Regression { .. }, Some(_)) => {
            Err(usage("--normal is for tasks with exactly one class a window"))
        }
        _ => Ok(()),
    }
}

/// The folder of the run; refuses to overwrite what is there unless told to.
pub(super) fn run_folder(out: &Path, resume: bool, overwrite: bool) -> Result<RunFolder> {
    let folder = RunFolder { path: out.join("run"), resume };
    let (checkpoint, card) = (folder.checkpoint(), out.join("model.toml"));
    if resume && !checkpoint.exists() {
        bail!("{}: no checkpoint to go on from; start without --resume", checkpoint.display());
    }
    if !resume {
        let there = [&checkpoint, &card].into_iter().find(|p| p.exists());
        if let (Some(there), false) = (there, overwrite) {
            bail!(
                "{} is there already; go on with --resume, start anew with --overwrite, or give another --out",
                there.display()
            );
        }
        // The model stays until the new one is written.
        for old in [checkpoint, folder.log()] {
            remove(&old)?;
        }
    }
    std::fs::create_dir_all(&folder.path).map_err(NnError::io(&folder.path))?;
    Ok(folder)
}

fn remove(path: &Path) -> Result<(), NnError> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(NnError::io(path)(error)),
        _ => Ok(()),
    }
}

/// Tells a bar of a run's steps and, unless `quiet`, of its epochs.
pub(super) fn shown(bar: &Bar, quiet: bool) -> impl FnMut(Progress) + '_ {
    let mut first = true;
    move |p| {
        if std::mem::take(&mut first) {
            bar.starts_at(p.step.saturating_sub(1));
        }
        bar.at(p.step, p.steps);
        bar.note(format!(
            "epoch {}/{}  loss {:.3}",
            p.epoch + u64::from(p.score.is_none()),
            p.epochs,
            p.loss
        ));
        if let (Some(score), false) = (p.score, quiet) {
            bar.line(&format!(
                "epoch {:3} of {}  loss {:.4}  validation score {score:.4}",
                p.epoch, p.epochs, p.loss
            ));
        }
    }
}

/// What to say after Ctrl-C.
pub(super) fn interrupted(folder: &RunFolder) -> String {
    if folder.checkpoint().exists() {
        format!(
            "stopped; {} is complete: the same command with --resume goes on from it",
            folder.checkpoint().display()
        )
    } else {
        "stopped before the first checkpoint; nothing is kept".into()
    }
}

/// Validation figures, and what to do next.
fn finish(session: &Session, options: &Fuse, model: &FusionModel, validation: &[Example]) -> Result<()> {
    let list: Vec<&Example> = validation.iter().collect();
    let answers = model.predict(&list, &|_, _| View::Clean)?;
    let scored = Scored::new(&model.card().schema.task, &list, &answers);
    let figures = evaluation::figures(&scored, session.seed, 200);
    let card = model.card();
    if session.json {
        let mut object: Map<_, _> = json!({
            "model": options.out, "kind": card.kind, "fusion": FusionKind::from(options.fusion).name(),
            "epoch": card.training.epoch, "score": card.training.score, "seconds": card.training.seconds,
            "windows": card.training.windows, "seed": session.seed, "threads": session.threads,
            "log": options.out.join("run").join("metrics.jsonl"),
        })
        .as_object()
        .cloned()
        .unwrap_or_default();
        evaluation::add_to(&mut object, "validation_", &figures);
        return output::json(&object.into());
    }
    output::text(&format!(
        "Validation windows\n{}",
        sensorium::recipes::outcome::figure_table(&figures).to_text()
    ))?;
    let (out, data) = (options.out.display(), name(&options.data));
    session.say(format!(
        "\nmodel: {out} (epoch {}, {:.0} s)\nnext:  sensorium eval {out} --data {data} --degrade missing --report eval.html\n       sensorium predict {out} --data {data} --weights",
        card.training.epoch, card.training.seconds
    ));
    Ok(())
}

fn name(data: &DataName) -> String {
    match data {
        DataName::Rig => "rig".into(),
        DataName::Input => "-".into(),
        DataName::Path(path) => path.display().to_string(),
    }
}
