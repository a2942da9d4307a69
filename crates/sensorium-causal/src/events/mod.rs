//! Event logs: published changes of discrete and measured variables, alarms among them.
//!
//! Times are those of publication; events close together may have happened in another order.

pub mod baseline;
mod csv;
mod graph;
mod log;

pub use csv::{parse_event_log, read_event_log};
pub use graph::{EventGraph, GraphSource, Link, LinkEvidence};
pub use log::{Catalogue, Event, EventLog, EventVariable, VariableKind};
