//! `demo`: the whole story on the built-in rig.

use super::recipe::provenance;
use crate::output;
use crate::progress::Stages;
use crate::session::Session;
use anyhow::Result;
use clap::Args;
use sensorium::recipes::report::write;
use sensorium::recipes::{RunOptions, rig_faults};
use std::path::PathBuf;

/// Options of `demo`.
#[derive(Debug, Args)]
pub struct Demo {
    /// Folder for the report and the model
    #[arg(long, default_value = "runs/demo", value_name = "DIR")]
    out: PathBuf,
}

/// Simulates pump stands, trains the router and its rivals, breaks sensors, and writes a report.
///
/// # Errors
/// What stops the study; a report or model that cannot be written.
pub fn run(session: &Session, options: &Demo) -> Result<()> {
    let run = RunOptions {
        seed: session.seed,
        threads: session.threads,
        out_dir: options.out.clone(),
        ..RunOptions::default()
    };
    let outcome = rig_faults::demo(&run, &mut Stages::new(session.quiet))?;
    let report = options.out.join("report.html");
    let lead = "Ten conditions of a simulated pump stand, told apart from eight modalities of which some are broken or missing.";
    let page = outcome.page("A pump stand with failing sensors", lead, provenance(session, &outcome));
    write(&page, &report)?;
    if session.json {
        output::json(&outcome.to_json())?;
    } else {
        output::text(&outcome.to_text())?;
    }
    session.say(format!("report: {}", report.display()));
    let model = options.out.join("demo/model");
    session
        .say(format!("model:  {0}\nnext:   sensorium eval {0} --data rig --degrade noise", model.display()));
    Ok(())
}
