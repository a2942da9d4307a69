//! `search`: pictures and videos by words, pictures or clips.

mod index;
mod pictures;
mod query;
mod report;

use crate::session::Session;
use anyhow::Result;
use clap::Subcommand;

/// Filters, for the help of those who write them.
const FILTER_HELP: &str = "Filters: KEY OP VALUE, joined by \" and \" or a comma; keys are modality, item, id, start, end\n\
    (seconds) and those of --meta; operators = != < <= > >= ~ (contains). Example: year>=2020,item~harbour";

/// `search`'s commands.
#[derive(Debug, Subcommand)]
pub enum Search {
    /// Embed pictures or videos into an index, or delete from it
    #[command(after_help = FILTER_HELP)]
    Index(index::IndexOptions),
    /// Find what fits a text, a picture or a clip
    #[command(after_help = FILTER_HELP)]
    Query(query::Query),
}

/// Runs one of `search`'s commands.
///
/// # Errors
/// What is wrong with the model, the index, the files or the question.
pub fn run(session: &Session, command: Search) -> Result<()> {
    match command {
        Search::Index(options) => index::run(session, &options),
        Search::Query(options) => query::run(session, &options),
    }
}
