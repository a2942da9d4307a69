//! Ctrl-C: the first one asks the work to end at a safe place, the second ends the program.

use anyhow::{Context, Result};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// A flag that the first Ctrl-C (or a request to terminate) sets.
///
/// # Errors
/// When the system takes no handler.
pub fn flag() -> Result<Arc<AtomicBool>> {
    let flag = Arc::new(AtomicBool::new(false));
    let seen = flag.clone();
    ctrlc::set_handler(move || {
        if seen.swap(true, Ordering::SeqCst) {
            std::process::exit(1);
        }
    })
    .context("cannot listen for Ctrl-C")?;
    Ok(flag)
}
