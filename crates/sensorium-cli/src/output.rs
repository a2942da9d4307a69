//! Results on standard output.

use anyhow::Result;
use serde_json::Value;
use std::io::Write;

/// Writes a line; a reader that went away is an error, not a panic.
pub fn line(text: &str) -> Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{text}")?;
    Ok(())
}

/// Writes text as it is.
pub fn text(text: &str) -> Result<()> {
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()?;
    Ok(())
}

/// Writes one JSON object.
pub fn json(value: &Value) -> Result<()> {
    line(&serde_json::to_string_pretty(value)?)
}

/// A number with three decimals; "n/a" where it is not defined.
pub fn number(value: f64) -> String {
    if value.is_finite() { format!("{value:.3}") } else { "n/a".into() }
}
