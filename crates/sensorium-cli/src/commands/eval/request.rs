//! What `eval` was asked to let fail.

use super::Eval;
use crate::evaluation::{Choice, Degraded};
use crate::failure::usage;
use anyhow::Result;
use clap::ValueEnum;
use sensorium::data::{Failure, Schema};

/// Which recordings are measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Part {
    /// The test part of the split
    Test,
    /// The validation part, which thresholds were fitted on
    Validation,
    /// Every recording, also of data made for this alone
    All,
}

/// How a sensor fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Kind {
    /// Nothing arrives
    Missing,
    /// White noise is added
    Noise,
    /// The first value repeats
    Frozen,
    /// A ramp is added
    Drift,
    /// The newest samples have not arrived
    Delay,
}

impl From<Kind> for Failure {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Missing => Self::Missing,
            Kind::Noise => Self::Noise,
            Kind::Frozen => Self::Frozen,
            Kind::Drift => Self::Drift,
            Kind::Delay => Self::Delay,
        }
    }
}

/// The kinds of failure; random ones are missing when nothing is said, and a report shows what a
/// missing modality costs.
pub fn failures(options: &Eval) -> Vec<Failure> {
    let mut kinds: Vec<Failure> = options.degrade.iter().map(|k| Failure::from(*k)).collect();
    if kinds.is_empty() && (!options.random.is_empty() || options.report.is_some()) {
        kinds.push(Failure::Missing);
    }
    let mut seen = Vec::new();
    kinds.retain(|k| {
        !seen.contains(k) && {
            seen.push(*k);
            true
        }
    });
    kinds
}

/// The ways of failing, each with the names of what fails.
///
/// # Errors
/// A modality that is not there; more failing than there are.
pub fn scenarios(options: &Eval, failures: &[Failure], schema: &Schema) -> Result<Vec<(Degraded, String)>> {
    let names: Vec<&str> = schema.streams.iter().map(|s| s.name.as_str()).collect();
    let choices: Vec<(Choice, String)> = if !options.modality.is_empty() {
        let mut streams = Vec::new();
        for name in &options.modality {
            let Some(stream) = names.iter().position(|n| n == name) else {
                return Err(usage(format!(
                    "--modality {name}: there is none; there are: {}",
                    names.join(", ")
                )));
            };
            if !streams.contains(&stream) {
                streams.push(stream);
            }
        }
        if streams.len() == names.len() && failures.contains(&Failure::Missing) {
            return Err(usage(
                "--modality names all of them: with every modality missing there is nothing to answer from",
            ));
        }
        vec![(Choice::Named(streams), options.modality.join(" + "))]
    } else if !options.random.is_empty() {
        if let Some(k) = options.random.iter().find(|k| usize::from(**k) >= names.len()) {
            return Err(usage(format!(
                "--random {k}: there are {} modalities, and one must be left",
                names.len()
            )));
        }
        options.random.iter().map(|k| (Choice::Random(usize::from(*k)), format!("{k} random"))).collect()
    } else {
        // A model of one modality has no other to go on with.
        let alone = names.iter().enumerate().filter(|_| names.len() > 1);
        alone.map(|(s, name)| (Choice::Named(vec![s]), (*name).to_owned())).collect()
    };
    let all = (0..failures.len()).flat_map(|failure| {
        choices.iter().map(move |(choice, name)| (Degraded { failure, choice: choice.clone() }, name.clone()))
    });
    Ok(all.collect())
}
