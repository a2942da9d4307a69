//! `completions` and `man`: from the same definition as the parser.

use crate::arguments::Arguments;
use crate::output;
use anyhow::Result;
use clap::{Args, CommandFactory};
use clap_complete::Shell;

/// Options of `completions`.
#[derive(Debug, Args)]
pub struct Completions {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

/// Prints the completion script.
///
/// # Errors
/// When standard output cannot be written.
pub fn run(options: &Completions) -> Result<()> {
    let mut script = Vec::new();
    clap_complete::generate(options.shell, &mut Arguments::command(), "sensorium", &mut script);
    output::text(&String::from_utf8_lossy(&script))
}

/// Prints the manual page: the program, then each command.
///
/// # Errors
/// When standard output cannot be written.
pub fn man() -> Result<()> {
    let mut command = Arguments::command();
    command.build();
    let mut page = Vec::new();
    clap_mangen::Man::new(command.clone()).render(&mut page)?;
    sections(&command, &mut page)?;
    output::text(&String::from_utf8_lossy(&page))
}

/// Synopsis, description and options of every command below `parent`.
fn sections(parent: &clap::Command, page: &mut Vec<u8>) -> Result<()> {
    for command in parent.get_subcommands().filter(|c| c.get_name() != "help") {
        let man = clap_mangen::Man::new(command.clone());
        page.extend(
            format!(".SH \"{}\"\n", command.get_bin_name().unwrap_or_default().to_uppercase()).bytes(),
        );
        man.render_description_section(page)?;
        man.render_synopsis_section(page)?;
        man.render_options_section(page)?;
        sections(command, page)?;
    }
    Ok(())
}
