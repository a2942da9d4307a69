//! `eval`: how good a model is, also when sensors fail.

mod report;
mod request;

use crate::arguments::between;
use crate::evaluation::{self, Degraded, Scored, Trouble};
use crate::output;
use crate::session::Session;
use crate::source::{DataName, ForModel, Purpose, open};
use anyhow::{Result, bail};
use clap::Args;
use sensorium::data::{Failure, RecordingSource, Split};
use sensorium::nn::{Example, View};
use sensorium::recipes::Figure;
use sensorium::recipes::outcome::figure_table;
use serde_json::{Map, Value, json};
use std::path::PathBuf;

use report::{Evaluated, table};
use request::{Kind, Part, failures, scenarios};

/// Options of `eval`.
#[derive(Debug, Args)]
pub struct Eval {
    /// Folder of the model
    model: PathBuf,
    /// A dataset.toml, a folder with one, or `rig`
    #[arg(long, value_name = "DATA")]
    data: DataName,
    /// Which recordings
    #[arg(long, value_enum, default_value_t = Part::Test)]
    split: Part,
    /// Let sensors fail in these ways, each alone unless --modality or --random says otherwise
    #[arg(long, value_enum, value_name = "KIND", value_delimiter = ',')]
    degrade: Vec<Kind>,
    /// Let this modality fail; given several times, they fail together
    #[arg(long, value_name = "NAME", requires = "degrade")]
    modality: Vec<String>,
    /// Let K random modalities fail in each window, by default by being missing
    #[arg(
        long = "random", visible_alias = "random-missing", value_name = "K", conflicts_with = "modality",
        value_parser = clap::value_parser!(u16).range(1..=1000),
    )]
    random: Vec<u16>,
    /// How badly sensors fail: 2 is plain to see, 0 does nothing
    #[arg(long, default_value = "2", value_name = "S", value_parser = between(0.0, 100.0))]
    severity: f64,
    /// Resamples of the recordings behind each interval
    #[arg(long, default_value = "500", value_name = "N", value_parser = clap::value_parser!(u16).range(20..))]
    resamples: u16,
    /// Write a page with figures and pictures
    #[arg(long, value_name = "FILE.html")]
    report: Option<PathBuf>,
}

/// A way of failing with its main figure.
struct Measured {
    degraded: Degraded,
    name: String,
    figure: Figure,
}

/// Measures a model.
///
/// # Errors
/// What is wrong with the model, the data or the request.
pub fn run(session: &Session, options: &Eval) -> Result<()> {
    let model = session.load_model(&options.model)?;
    let purpose = if options.split == Part::All { Purpose::Predict } else { Purpose::Train };
    let source = ForModel::new(open(&options.data, purpose, session.seed)?, model.card(), true)?;
    let indices: Vec<usize> = match options.split {
        Part::All => (0..source.len()).collect(),
        Part::Test => source.indices(Split::Test),
        Part::Validation => source.indices(Split::Validation),
    };
    let failures = failures(options);
    let scenarios = scenarios(options, &failures, source.schema())?;

    let trouble = Trouble { failures: &failures, severity: options.severity as f32, seed: session.seed };
    let bar = session.counter("windows");
    let progress = |_: &str| bar.advance(1);
    let examples =
        evaluation::examples(model.pipeline(), &source, &indices, &trouble, session.threads, &progress)?;
    drop(bar);
    let list: Vec<&Example> = examples.iter().collect();
    let answers = model.predict(&list, &|_, _| View::Clean)?;
    let task = &model.card().schema.task;
    let scored = Scored::new(task, &list, &answers);
    if scored.len() == 0 {
        bail!(
            "no window of the {:?} part has a label; look at [label] and [split] in the dataset.toml, or give --split all",
            options.split
        );
    }
    let resamples = usize::from(options.resamples);
    let figures = evaluation::figures(&scored, session.seed, resamples);

    let bar = session.bar("degrading", scenarios.len() as u64);
    let mut measured = Vec::new();
    for (degraded, name) in scenarios {
        let answers = degraded.predict(model.as_ref(), &list, session.seed)?;
        let scored = Scored::new(task, &list, &answers);
        if let Some(figure) = evaluation::main_figure(&scored, session.seed, resamples) {
            measured.push(Measured { degraded, name, figure });
        }
        bar.advance(1);
    }
    drop(bar);

    let windows = scored.len();
    if let Some(path) = &options.report {
        let found = Evaluated {
            model: model.as_ref(),
            source: &source,
            indices: &indices,
            scored: &scored,
            figures: &figures,
            measured: &measured,
            failures: &failures,
        };
        report::page(session, options, path, &found)?;
    }
    if session.json {
        return output::json(&object(options, indices.len(), windows, &figures, &measured, &failures));
    }
    let mut text =
        format!("{} recordings, {windows} windows\n\n{}", indices.len(), figure_table(&figures).to_text());
    if !measured.is_empty() {
        text += &format!("\n{}", table(&measured, &figures, &failures).to_text());
    }
    output::text(&text)
}

fn object(
    options: &Eval,
    recordings: usize,
    windows: usize,
    figures: &[Figure],
    measured: &[Measured],
    failures: &[Failure],
) -> Value {
    let mut object = Map::new();
    object.insert("model".into(), json!(options.model));
    object.insert("recordings".into(), recordings.into());
    object.insert("windows".into(), windows.into());
    evaluation::add_to(&mut object, "", figures);
    if !measured.is_empty() {
        let rows: Vec<Value> = measured
            .iter()
            .map(|m| {
                let mut row = Map::new();
                row.insert("failure".into(), failures[m.degraded.failure].name().into());
                row.insert("modality".into(), m.name.clone().into());
                evaluation::add_to(&mut row, "", std::slice::from_ref(&m.figure));
                row.into()
            })
            .collect();
        object.insert("severity".into(), options.severity.into());
        object.insert("degraded".into(), rows.into());
    }
    object.into()
}
