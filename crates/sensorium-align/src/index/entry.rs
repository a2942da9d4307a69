//! What an index holds beside the vectors: items, spans, metadata.

use sensorium_data::Modality;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;

/// A stretch of time in an item, in microseconds from the item's start.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Span {
    /// First instant, in microseconds.
    pub start_us: i64,
    /// Instant after the last, in microseconds; at or after `start_us`.
    pub end_us: i64,
}

/// One metadata value given by the user.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Value {
    /// A number; finite.
    Number(f64),
    /// Words.
    Text(String),
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(n) => write!(f, "{n}"),
            Self::Text(t) => f.write_str(t),
        }
    }
}

impl From<f64> for Value {
    fn from(number: f64) -> Self {
        Self::Number(number)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

/// Metadata by key.
pub type Metadata = BTreeMap<String, Value>;

/// One vector to add, with what it stands for.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// Path or key of the item the vector was made of.
    pub item: String,
    /// Stretch of the item, where the vector stands for a part of it.
    pub span: Option<Span>,
    /// Kind of signal the vector was made of.
    pub modality: Modality,
    /// The user's own keys and values.
    pub metadata: Metadata,
    /// The vector, of the index's dimension; any finite length but zero, normalised on entry.
    pub vector: Vec<f32>,
}

/// What is kept of an entry beside its vector; one line of `items-GEN.jsonl`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Record {
    pub id: u64,
    pub item: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub span: Option<Span>,
    pub modality: Modality,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub metadata: Metadata,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub deleted: bool,
}

/// One answer of a search.
#[derive(Clone, Debug, PartialEq)]
pub struct Hit {
    /// Identity in the index; never used twice, kept over saves.
    pub id: u64,
    /// Cosine of the angle between the query and the vector, in `[-1, 1]` up to rounding.
    pub score: f32,
    /// Path or key of the item.
    pub item: String,
    /// Stretch of the item.
    pub span: Option<Span>,
    /// Kind of signal.
    pub modality: Modality,
    /// The user's own keys and values.
    pub metadata: Metadata,
}
