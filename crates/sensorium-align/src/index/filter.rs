//! Conditions on items and metadata, written as text: `modality=video and year>=2020`.

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

const MODALITIES: [&str; 7] = ["image", "video", "audio", "text", "points", "series", "table"];

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
        for part in split(text)? {
            conditions.push(condition(text, part)?);
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

/// The byte ranges between the joints that are not inside quotes.
fn split(text: &str) -> Result<Vec<std::ops::Range<usize>>, AlignError> {
    let bytes = text.as_bytes();
    let mut parts = Vec::new();
    let (mut start, mut quote, mut at) = (0, None, 0);
    while at < bytes.len() {
        let joint = match bytes[at] {
            b'"' => {
                quote = if quote.is_some() { None } else { Some(at) };
                0
            }
            b',' if quote.is_none() => 1,
            b' ' if quote.is_none() && bytes[at..].len() >= 5 && bytes[at..at + 5].eq_ignore_ascii_case(b" and ") => 5,
            _ => 0,
        };
        if joint > 0 {
            parts.push(start..at);
            start = at + joint;
        }
        at += joint.max(1);
    }
    if let Some(open) = quote {
        return Err(wrong(text, open, "a quote that is never closed; add '\"' at the end of the value"));
    }
    parts.push(start..bytes.len());
    Ok(parts)
}

fn condition(whole: &str, part: std::ops::Range<usize>) -> Result<Condition, AlignError> {
    let text = &whole[part.clone()];
    if text.trim().is_empty() {
        return Err(wrong(whole, part.start, "a condition is missing; write KEY=VALUE"));
    }
    let found = (0..text.len()).filter(|&at| text.is_char_boundary(at)).find_map(|at| {
        OPERATORS.iter().find(|(sign, _)| text[at..].starts_with(sign)).map(|&(sign, op)| (at, sign, op))
    });
    let Some((at, sign, operator)) = found else {
        return Err(wrong(whole, part.start, "no operator; use one of = != < <= > >= ~, as in year>=2020"));
    };
    let key = match text[..at].trim() {
        "" => return Err(wrong(whole, part.start, "no key before the operator; write KEY=VALUE")),
        "modality" => Key::Modality,
        "item" => Key::Item,
        "id" => Key::Id,
        "start" => Key::Start,
        "end" => Key::End,
        name => Key::Meta(name.strip_prefix("meta.").unwrap_or(name).to_owned()),
    };
    let place = part.start + at + sign.len();
    let raw = text[at + sign.len()..].trim();
    let quoted = raw.len() >= 2 && raw.starts_with('"') && raw.ends_with('"');
    let value = if quoted { &raw[1..raw.len() - 1] } else { raw };
    if value.contains('"') {
        return Err(wrong(whole, place, "a quote inside a value; quote the whole value"));
    }
    if value.is_empty() && !quoted {
        return Err(wrong(whole, place, "no value after the operator; write \"\" for empty text"));
    }
    if !quoted && value.starts_with(['=', '<', '>', '~', '!']) {
        return Err(wrong(whole, place, "two operators; use one of = != < <= > >= ~"));
    }
    let number = value.parse::<f64>().ok().filter(|n| n.is_finite());
    if matches!(key, Key::Id | Key::Start | Key::End) && number.is_none() {
        return Err(wrong(whole, place, "this key holds numbers; give a number"));
    }
    if key == Key::Modality && operator != Operator::Contains && !MODALITIES.contains(&value) {
        return Err(wrong(whole, place, &format!("unknown modality; use one of {}", MODALITIES.join(", "))));
    }
    Ok(Condition { key, operator, text: value.to_owned(), number })
}

fn wrong(text: &str, byte: usize, message: &str) -> AlignError {
    let place = text[..byte].chars().count() + 1;
    AlignError::invalid(format!("filter '{text}', character {place}: {message}"))
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
