//! `predict`: answers for recordings, finished or growing.

use super::follow;
use crate::arguments::between;
use crate::failure::usage;
use crate::output;
use crate::prediction::Writer;
use crate::session::Session;
use crate::sink::Sink;
use crate::source::{DataName, ForModel, Purpose, open};
use anyhow::Result;
use clap::Args;
use sensorium::data::{LoaderConfig, RecordingSource, Split, with_windows};
use sensorium::nn::{Example, Model, View};
use serde_json::json;
use std::path::PathBuf;
use std::time::Instant;

/// Options of `predict`.
#[derive(Debug, Args)]
#[command(after_help = "Standard input (--follow -) takes one JSON object a line:\n  \
    {\"stream\": NAME, \"t\": SECONDS or \"DATE-TIME\", \"value\": NUMBER, [NUMBERS] or \"WORDS\"}\n\
    A list holds one value a channel, or several samples one after the other.")]
pub struct Predict {
    /// Folder of the model
    pub model: PathBuf,
    /// A dataset.toml, a folder with one, or `rig` (its test recordings)
    #[arg(long, value_name = "DATA", required_unless_present = "follow")]
    pub data: Option<DataName>,
    /// Add the weight of each modality
    #[arg(long)]
    pub weights: bool,
    /// Answer while the files of --data grow; with -, for lines of JSON on standard input
    #[arg(long, value_name = "INPUT", num_args = 0..=1, default_missing_value = "files", value_parser = follow_source)]
    pub follow: Option<Follow>,
    /// With --follow: a window waits until a sample lies so far past its end; later ones are counted
    #[arg(long, default_value = "500", value_name = "MS", value_parser = between(0.0, 86_400_000.0), requires = "follow")]
    pub late_ms: f64,
    /// With --follow: end when nothing has come for so many seconds
    #[arg(long, value_name = "S", value_parser = between(0.0, 1e9), requires = "follow")]
    pub idle_s: Option<f64>,
    /// Write the answers to a file; its ending says how: .csv or .jsonl
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

/// What is followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Follow {
    /// The files of `--data`.
    Files,
    /// Standard input.
    Input,
}

fn follow_source(text: &str) -> Result<Follow, String> {
    match text {
        "files" => Ok(Follow::Files),
        "-" => Ok(Follow::Input),
        _ => Err("takes nothing (the files of --data grow) or - (standard input)".into()),
    }
}

/// Examples in one pass of the model.
const PASS: usize = 64;

/// Answers.
///
/// # Errors
/// What is wrong with the model, the data or the request; answers that cannot be written.
pub fn run(session: &Session, options: Predict) -> Result<()> {
    let model = session.load_model(&options.model)?;
    let schema = model.card().schema.clone();
    let writer = Writer::new(&schema, options.weights);
    // Opened when the data have turned out to fit: a request that fails leaves the old answers.
    let open_sink = || Sink::open(options.out.as_deref(), session.json, &writer);
    let follow = |source: &follow::Source| {
        let (late_ms, idle_s) = (options.late_ms, options.idle_s);
        follow::run(session, model.as_ref(), source, late_ms, idle_s, &writer, &open_sink)
    };
    match (options.follow, options.data) {
        (Some(Follow::Input), None | Some(DataName::Input))
        | (Some(Follow::Files), Some(DataName::Input)) => follow(&follow::Source::Input),
        (Some(Follow::Files), Some(DataName::Path(path))) => follow(&follow::Source::Files(path)),
        (Some(Follow::Input), Some(_)) => Err(usage("--follow - reads standard input; leave --data out")),
        (Some(Follow::Files), _) => {
            Err(usage("--follow needs --data with a dataset.toml, or - for standard input"))
        }
        (None, None) => Err(usage("give --data")),
        (None, Some(data)) => {
            let source = ForModel::new(open(&data, Purpose::Predict, session.seed)?, model.card(), false)?;
            let mut sink = open_sink()?;
            let (windows, seconds) = finished(session, model.as_ref(), &source, &writer, &mut sink)?;
            session.say(format!("{windows} windows, {:.0} a second", windows as f64 / seconds.max(1e-9)));
            if session.json {
                let mut object = json!({ "model": options.model, "windows": windows, "seconds": seconds });
                sink.close(&mut object)?;
                return output::json(&object);
            }
            sink.close(&mut json!({}))
        }
    }
}

/// Answers for all windows of finished recordings; returns their number and the seconds it took.
fn finished(
    session: &Session,
    model: &dyn Model,
    source: &dyn RecordingSource,
    writer: &Writer,
    sink: &mut Sink,
) -> Result<(usize, f64)> {
    let started = Instant::now();
    let indices = source.indices(Split::Test);
    let bar = session.bar("recordings", indices.len() as u64);
    let config = LoaderConfig { threads: session.threads, ..LoaderConfig::default() };
    let mut windows = 0;
    let mut last = String::new();
    let make = |window: sensorium::data::Window| model.pipeline().example(&window);
    with_windows(source, &indices, &config, make, |loaded| -> Result<()> {
        while let Some(batch) = loaded.next_batch(PASS)? {
            let list: Vec<&Example> = batch.iter().collect();
            let answers = model.predict(&list, &|_, _| View::Clean)?;
            for (example, answer) in batch.iter().zip(&answers) {
                sink.write(writer, example, answer)?;
                if example.recording != last {
                    last.clone_from(&example.recording);
                    bar.advance(1);
                }
            }
            windows += batch.len();
        }
        Ok(())
    })?;
    Ok((windows, started.elapsed().as_secs_f64()))
}
