//! Conditions on items and metadata, written as text: `modality=video and year>=2020`.

mod parse;

use super::entry::{Record, Value};
use crate::error::AlignError;
use std::fmt;
use std::str::FromStr;

/// Conditions that must all hold. The empty filter lets everything through.
///
/// A condition is `KEY OP VALUE`; conditions are joined by ` and ` or a comma.
///
/// - Keys: `modality`, `item`, `id`, `start` and `end` (of the span, in seconds), or a key of the
///   user's metadata. `meta.KEY` reaches a metadata key that has one of these names.
/// - Operators: `=`, `!=`, `<`, `<=`, `>`, `>=`, and `~` (contains, case counts).
/// - Values: words, or text between double quotes, where a comma or ` and ` is part of the value.
///
/// A number compares by size with a number. Other values compare as text, so that dates such as
/// `2024-05-01` compare by time. A key that an entry lacks fails every operator but `!=`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Filter {
    conditions: Vec<Condition>,
}

#[derive(Clone, Debug, PartialEq)]
struct Condition {
    key: Key,
    operator: Operator,
    text: String,
    number: Option<f64>,
}

#[derive(Clone, Debug, PartialEq)]
enum Key {
    Modality,
    Item,
    Id,
    Start,
    End,
    Meta(String),
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Operator {
    Equal,
    Unequal,
    Below,
    AtMost,
    Above,
    AtLeast,
    Contains,
}

/// Longer operators first, so that `<=` is not read as `<`.
const OPERATORS: [(&str, Operator); 7] = [
    ("!=", Operator::Unequal),
    ("<=", Operator::AtMost),
    (">=", Operator::AtLeast),
    ("=", Operator::Equal),
    ("<", Operator::Below),
    (">", Operator::Above),
    ("~", Operator::Contains),
];

impl Filter {
    /// Lets everything through.
    pub fn all() -> Self {
        Self::default()
    }

    /// Reads conditions from one text.
    ///
    /// # Errors
    /// [`AlignError::Invalid`] with the place (character, counted from 1) and what is expected there.
    pub fn parse(text: &str) -> Result<Self, AlignError> {
        let mut conditions = Vec::new();
        if text.trim().is_empty() {
            return Ok(Self::all());
        }
        for part in parse::split(text)? {
            conditions.push(parse::condition(text, part)?);
        }
        Ok(Self { conditions })
    }

    /// Reads several texts; all their conditions must hold.
    ///
    /// # Errors
    /// As [`Filter::parse`].
    pub fn parse_all<S: AsRef<str>>(texts: &[S]) -> Result<Self, AlignError> {
        let mut conditions = Vec::new();
        for text in texts {
            conditions.extend(Self::parse(text.as_ref())?.conditions);
        }
        Ok(Self { conditions })
    }

    /// Whether everything passes.
    pub fn is_empty(&self) -> bool {
        self.conditions.is_empty()
    }

    /// The metadata keys that the filter asks for.
    pub(crate) fn metadata_keys(&self) -> impl Iterator<Item = &str> {
        self.conditions.iter().filter_map(|c| match &c.key {
            Key::Meta(name) => Some(name.as_str()),
            _ => None,
        })
    }

    pub(crate) fn passes(&self, record: &Record) -> bool {
        self.conditions.iter().all(|condition| condition.holds(record))
    }
}

impl FromStr for Filter {
    type Err = AlignError;

    fn from_str(text: &str) -> Result<Self, AlignError> {
        Self::parse(text)
    }
}

impl Condition {
    fn holds(&self, record: &Record) -> bool {
        let seconds = |us: i64| us as f64 / 1e6;
        let found = match &self.key {
            Key::Modality => return self.compare_text(&record.modality.to_string()),
            Key::Item => return self.compare_text(&record.item),
            Key::Id => Some(record.id as f64),
            Key::Start => record.span.map(|s| seconds(s.start_us)),
            Key::End => record.span.map(|s| seconds(s.end_us)),
            Key::Meta(name) => match record.metadata.get(name) {
                Some(Value::Text(text)) => return self.compare_text(text),
                Some(Value::Number(number)) => Some(*number),
                None => None,
            },
        };
        match (found, self.number) {
            (None, _) => self.operator == Operator::Unequal,
            (Some(found), Some(number)) if self.operator != Operator::Contains => {
                found.partial_cmp(&number).is_some_and(|order| self.operator.accepts(order))
            }
            (Some(found), _) => self.compare_text(&found.to_string()),
        }
    }

    fn compare_text(&self, found: &str) -> bool {
        match (self.operator, self.number, found.parse::<f64>()) {
            (Operator::Contains, ..) => found.contains(&self.text),
            // Both read as numbers: `07` is not below `10` by chance of spelling only.
            (Operator::Equal | Operator::Unequal, ..) => self.operator.accepts(found.cmp(&self.text)),
            (_, Some(number), Ok(found)) => {
                found.partial_cmp(&number).is_some_and(|order| self.operator.accepts(order))
            }
            _ => self.operator.accepts(found.cmp(&self.text)),
        }
    }
}

impl Operator {
    fn accepts(self, order: std::cmp::Ordering) -> bool {
        match self {
            Self::Equal => order.is_eq(),
            Self::Unequal => order.is_ne(),
            Self::Below => order.is_lt(),
            Self::AtMost => order.is_le(),
            Self::Above => order.is_gt(),
            Self::AtLeast => order.is_ge(),
            Self::Contains => false,
        }
    }
}

impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, condition) in self.conditions.iter().enumerate() {
            let joint = if place == 0 { "" } else { " and " };
            let key = match &condition.key {
                Key::Modality => "modality",
                Key::Item => "item",
                Key::Id => "id",
                Key::Start => "start",
                Key::End => "end",
                Key::Meta(name) => {
                    write!(f, "{joint}meta.{name}")?;
                    write!(f, "{}\"{}\"", condition.operator.sign(), condition.text)?;
                    continue;
                }
            };
            write!(f, "{joint}{key}{}\"{}\"", condition.operator.sign(), condition.text)?;
        }
        Ok(())
    }
}

impl Operator {
    fn sign(self) -> &'static str {
        OPERATORS.iter().find(|(_, operator)| *operator == self).map_or("", |(sign, _)| sign)
    }
}
