//! Reading conditions from text, and saying where that fails.

use super::{Condition, Key, OPERATORS, Operator};
use crate::error::AlignError;

const MODALITIES: [&str; 7] = ["image", "video", "audio", "text", "points", "series", "table"];

/// The byte ranges between the joints that are not inside quotes.
pub(super) fn split(text: &str) -> Result<Vec<std::ops::Range<usize>>, AlignError> {
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
            b' ' if quote.is_none()
                && bytes[at..].len() >= 5
                && bytes[at..at + 5].eq_ignore_ascii_case(b" and ") =>
            {
                5
            }
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

pub(super) fn condition(whole: &str, part: std::ops::Range<usize>) -> Result<Condition, AlignError> {
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
