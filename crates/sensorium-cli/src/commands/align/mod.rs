//! `align`: what a joint space of video and language says of one video.

mod ground;
mod offset;

use crate::session::Session;
use anyhow::Result;
use clap::Subcommand;

/// `align`'s commands.
#[derive(Debug, Subcommand)]
pub enum Align {
    /// When a video shows what a text says
    Ground(ground::Ground),
    /// How far subtitles are off, and their correction
    Offset(offset::Offset),
}

/// Runs one of `align`'s commands.
///
/// # Errors
/// What is wrong with the model, the video or the subtitles.
pub fn run(session: &Session, command: Align) -> Result<()> {
    match command {
        Align::Ground(options) => ground::run(session, &options),
        Align::Offset(options) => offset::run(session, &options),
    }
}
