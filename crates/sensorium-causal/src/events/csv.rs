//! Reading event logs: `time_s,node,value,type`, a line for each published value.

use super::{Catalogue, Event, EventLog, VariableKind};
use crate::CausalError;
use std::path::Path;

/// Reads an event log.
///
/// The header must hold the columns `time_s`, `node`, `value`; `type` (see [`VariableKind::from_name`]) may be left
/// out where the catalogue knows the kinds. Lines may be out of order or repeat each other: both are put right and
/// counted in the log.
///
/// # Errors
/// [`CausalError::Io`]; [`CausalError::Parse`] with the line for a missing column or field, a time or value that is
/// not finite or of another type, a type that is not known or differs from that in another log, and, with a sealed
/// catalogue, a variable that is not in it.
pub fn read_event_log(path: &Path, catalogue: &mut Catalogue) -> Result<EventLog, CausalError> {
    let text = std::fs::read_to_string(path)
        .map_err(|source| CausalError::Io { path: path.to_path_buf(), source })?;
    parse_event_log(&text, &path.display().to_string(), catalogue)
}

/// As [`read_event_log`], from a text; `what` names it in messages.
///
/// # Errors
/// See [`read_event_log`].
pub fn parse_event_log(text: &str, what: &str, catalogue: &mut Catalogue) -> Result<EventLog, CausalError> {
    let parse = |line: usize, message: String| CausalError::Parse { what: what.to_owned(), line, message };
    let mut reader =
        csv::ReaderBuilder::new().flexible(true).trim(csv::Trim::All).from_reader(text.as_bytes());
    let header = reader.headers().map_err(|e| parse(1, e.to_string()))?.clone();
    let column = |name: &str| header.iter().position(|h| h == name);
    let need = |name: &str| {
        let found: Vec<&str> = header.iter().collect();
        column(name)
            .ok_or_else(|| parse(1, format!("no column `{name}`; the header is `{}`", found.join(","))))
    };
    let (time, node, value, kind) = (need("time_s")?, need("node")?, need("value")?, column("type"));
    let mut events = Vec::new();
    for record in reader.records() {
        let record =
            record.map_err(|e| parse(e.position().map_or(0, |p| p.line() as usize), e.to_string()))?;
        let line = record.position().map_or(0, |p| p.line() as usize);
        let field = |at: usize, name: &str| match record.get(at) {
            Some(text) if !text.is_empty() => Ok(text),
            _ => Err(parse(line, format!("no {name}"))),
        };
        let time_text = field(time, "time_s")?;
        let time_s = match time_text.parse::<f64>() {
            Ok(seconds) if seconds.is_finite() => seconds,
            _ => return Err(parse(line, format!("time_s is {time_text:?}; expected finite seconds"))),
        };
        let name = field(node, "node")?;
        let kind = match kind {
            Some(at) => {
                let text = field(at, "type")?;
                let message = || {
                    format!(
                        "type {text:?}; expected Binary, Alarm, Categorical, Analog (Continuous) or Counter"
                    )
                };
                VariableKind::from_name(text).ok_or_else(|| parse(line, message()))?
            }
            None => {
                let known = catalogue.index_of(name).map_err(|e| parse(line, e.to_string()))?;
                let message = || format!("the type of `{name}` is not known: add a column `type`");
                catalogue.kind(known).ok_or_else(|| parse(line, message()))?
            }
        };
        let variable = catalogue.intern(name, kind).map_err(|e| parse(line, e.to_string()))?;
        let text = field(value, "value")?;
        let value = catalogue.parse(variable, text).map_err(|e| parse(line, e.to_string()))?;
        events.push(Event { time_s, variable, value });
    }
    if events.is_empty() {
        return Err(parse(1, "no events below the header".to_owned()));
    }
    EventLog::new(events, catalogue)
}
