//! The command line: one definition for parsing, help, completions and the man page.

use crate::commands::{
    align::Align, causal::Causal, completions::Completions, ct::Ct, data::Data, demo::Demo, eval::Eval,
    predict::Predict, recipe::Recipe, search::Search, train::Train,
};
use clap::{Args, Parser, Subcommand};
use std::num::NonZeroU16;
use std::path::PathBuf;

/// Multimodal perception: align, fuse, adapt, explain and run models over many sensors.
#[derive(Debug, Parser)]
#[command(name = "sensorium", version, propagate_version = true, max_term_width = 100)]
#[command(after_help = "Exit codes: 0 done, 1 failed, 2 wrong usage.")]
pub struct Arguments {
    #[command(flatten)]
    pub global: Global,
    #[command(subcommand)]
    pub command: Command,
}

/// Options of every command.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Global options")]
pub struct Global {
    /// Print one JSON object on standard output, and nothing else there
    #[arg(long, global = true)]
    pub json: bool,
    /// Fixes everything random: the same seed gives the same result
    #[arg(long, global = true, default_value_t = 0, value_name = "N")]
    pub seed: u64,
    /// Where tensors live: cpu, cuda:N or wgpu:N
    #[arg(long, global = true, default_value = "cpu", value_name = "DEVICE")]
    pub device: String,
    /// Worker threads; part of what makes a training run repeatable [default: one for each core]
    #[arg(long, global = true, value_name = "N")]
    pub threads: Option<NonZeroU16>,
    /// No progress and no remarks, only errors and warnings
    #[arg(long, short, global = true)]
    pub quiet: bool,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// List, bring, check, describe and export data
    #[command(subcommand)]
    Data(Data),
    /// Train a model
    #[command(subcommand)]
    Train(Train),
    /// Measure a model, also with sensors that fail
    Eval(Eval),
    /// Answer for recordings, finished or growing
    Predict(Predict),
    /// Find pictures and moments of videos by words, pictures or clips
    #[command(subcommand)]
    Search(Search),
    /// Find what a text says in a video, and how far subtitles are off
    #[command(subcommand)]
    Align(Align),
    /// Computed tomography: simulate, reconstruct and look at volumes
    #[command(subcommand)]
    Ct(Ct),
    /// Causal graphs, effects, counterfactuals and root causes, from tables and event logs
    #[command(subcommand)]
    Causal(Causal),
    /// List and run the end-to-end studies
    #[command(subcommand)]
    Recipe(Recipe),
    /// The whole story on the built-in rig, with a report at the end
    Demo(Demo),
    /// Print a script that completes commands in a shell
    Completions(Completions),
    /// Print the manual page
    Man,
}

/// Where data sets lie.
#[derive(Clone, Debug, Args)]
pub struct DataRoot {
    /// Where data sets lie, each in a folder of its name [default: $SENSORIUM_DATA, or ./data]
    #[arg(long, value_name = "DIR")]
    data_root: Option<PathBuf>,
}

impl DataRoot {
    /// The folder.
    pub fn path(&self) -> PathBuf {
        let named = std::env::var_os("SENSORIUM_DATA").filter(|v| !v.is_empty()).map(PathBuf::from);
        self.data_root.clone().or(named).unwrap_or_else(|| PathBuf::from("data"))
    }
}

/// A number from `least` to `most`, for flags.
pub fn between(least: f64, most: f64) -> impl Fn(&str) -> Result<f64, String> + Clone + Send + Sync {
    move |text| match text.parse::<f64>() {
        Ok(value) if (least..=most).contains(&value) => Ok(value),
        _ => Err(format!("must be a number from {least} to {most}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_definition_is_consistent() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn numbers_outside_their_range_and_nan_are_refused() {
        let parse = between(0.0, 1.0);
        assert_eq!(parse("0.5"), Ok(0.5));
        for text in ["1.5", "-0.1", "NaN", "inf", "x", ""] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
