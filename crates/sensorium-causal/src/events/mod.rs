//! Event logs: published changes of discrete and measured variables, alarms among them.
//!
//! Times are those of publication; events close together may have happened in another order. [`read_event_log`]
//! reads logs, [`Behaviour`] learns from normal ones what follows what (and gives the learned [`EventGraph`]),
//! [`deviations`] tells where a log departs from it, and [`root_causes_from_events`] ranks the causes of its alarms,
//! each with a chain to the symptom, and says what to check next.

pub mod baseline;
mod behaviour;
mod csv;
mod deviation;
mod graph;
mod log;
mod root_cause;

pub use behaviour::{Behaviour, BehaviourOptions, Change, Rule};
pub use csv::{parse_event_log, read_event_log};
pub use deviation::{Deviation, DeviationKind, deviations};
pub use graph::{EventGraph, GraphSource, Link, LinkEvidence};
pub use log::{Catalogue, Event, EventLog, EventVariable, VariableKind};
pub use root_cause::{
    Check, EventDiagnosis, GraphUsed, RootCauseOptions, Step, Suspect, Symptom, root_causes_from_events,
    symptoms,
};
