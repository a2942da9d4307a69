//! `recipe`: the end-to-end studies.

use crate::arguments::DataRoot;
use crate::failure::usage;
use crate::output;
use crate::progress::Stages;
use crate::session::Session;
use anyhow::Result;
use clap::{Args, Subcommand};
use sensorium::recipes::report::{Provenance, write};
use sensorium::recipes::{Outcome, RunOptions, Table, find, registry};
use serde_json::json;
use std::num::NonZeroU16;
use std::path::PathBuf;

/// `recipe`'s commands.
#[derive(Debug, Subcommand)]
pub enum Recipe {
    /// The studies there are, and the data they need
    List,
    /// Run a study by its fixed protocol
    Run(Run),
}

/// Options of `recipe run`.
#[derive(Debug, Args)]
pub struct Run {
    /// Name of the study; see `recipe list`
    name: String,
    /// Replaces the evaluation part, in the same layout; never tuned on
    #[arg(long, value_name = "DIR")]
    data_dir: Option<PathBuf>,
    #[command(flatten)]
    root: DataRoot,
    /// A smaller version of the study, under a minute on two cores
    #[arg(long)]
    quick: bool,
    /// How many seeds the study is repeated with, from --seed on
    #[arg(long, default_value = "1", value_name = "N")]
    seeds: NonZeroU16,
    /// A trained model, which skips training
    #[arg(long, value_name = "MODEL")]
    model: Option<PathBuf>,
    /// Where models go
    #[arg(long, default_value = "out", value_name = "DIR")]
    out: PathBuf,
    /// Write a page with figures and pictures
    #[arg(long, value_name = "FILE.html")]
    report: Option<PathBuf>,
}

/// Runs one of `recipe`'s commands.
///
/// # Errors
/// An unknown name; what stops the study; a report that cannot be written.
pub fn run(session: &Session, command: Recipe) -> Result<()> {
    match command {
        Recipe::List => list(session),
        Recipe::Run(options) => study(session, options),
    }
}

fn list(session: &Session) -> Result<()> {
    let all = registry();
    if session.json {
        let recipes: Vec<_> = all
            .iter()
            .map(|r| json!({ "name": r.name(), "summary": r.summary(), "data": r.data() }))
            .collect();
        return output::json(&json!({ "recipes": recipes }));
    }
    let mut table = Table::new("", ["recipe", "data", "what it shows"]);
    for recipe in &all {
        let data = if recipe.data().is_empty() { "built in".to_owned() } else { recipe.data().join(", ") };
        table.row([recipe.name().to_owned(), data, recipe.summary().to_owned()]);
    }
    output::text(&table.to_text())
}

fn study(session: &Session, options: Run) -> Result<()> {
    let recipe = find(&options.name).map_err(|e| usage(e.to_string()))?;
    let run = RunOptions {
        data_root: options.root.path(),
        data_dir: options.data_dir,
        quick: options.quick,
        seed: session.seed,
        seeds: usize::from(u16::from(options.seeds)),
        threads: session.threads,
        model: options.model,
        out_dir: options.out,
    };
    let outcome = recipe.run(&run, &mut Stages::new(session.quiet))?;
    if let Some(path) = &options.report {
        write(&outcome.page(recipe.name(), recipe.summary(), provenance(session, &outcome)), path)?;
        session.say(format!("report: {}", path.display()));
    }
    if session.json { output::json(&outcome.to_json()) } else { output::text(&outcome.to_text()) }
}

/// What it takes to make the report of an outcome again.
pub(super) fn provenance(session: &Session, outcome: &Outcome) -> Provenance {
    let command = std::env::args().collect::<Vec<_>>().join(" ");
    Provenance::new(command, outcome.seeds.clone())
        .fact("Sensorium", sensorium::VERSION)
        .fact("Device", format!("{}, {} threads", session.device_name, session.threads))
}
