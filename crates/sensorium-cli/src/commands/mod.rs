//! The commands, one file each.

pub mod align;
pub mod causal;
pub mod completions;
pub mod ct;
pub mod data;
pub mod demo;
pub mod eval;
pub mod follow;
pub mod predict;
pub mod recipe;
pub mod search;
pub mod train;
pub mod train_align;

mod describe_dataset;
mod describe_rig;

use crate::arguments::Command;
use crate::session::Session;
use anyhow::Result;

/// Runs a command.
///
/// # Errors
/// What stops it.
pub fn run(session: &Session, command: Command) -> Result<()> {
    match command {
        Command::Data(command) => data::run(session, command),
        Command::Train(command) => train::run(session, command),
        Command::Eval(command) => eval::run(session, &command),
        Command::Predict(command) => predict::run(session, command),
        Command::Search(command) => search::run(session, command),
        Command::Align(command) => align::run(session, command),
        Command::Ct(command) => ct::run(session, command),
        Command::Causal(command) => causal::run(session, command),
        Command::Recipe(command) => recipe::run(session, command),
        Command::Demo(command) => demo::run(session, &command),
        Command::Completions(command) => completions::run(&command),
        Command::Man => completions::man(),
    }
}
