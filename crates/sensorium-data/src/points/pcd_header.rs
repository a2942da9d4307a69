//! The header of a PCD file.

use crate::error::DataError;
use std::path::Path;

/// How the points follow the header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encoding {
    Ascii,
    Binary,
    Compressed,
}

/// The type of one value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Number {
    F4,
    F8,
    I1,
    I2,
    I4,
    I8,
    U1,
    U2,
    U4,
    U8,
}

impl Number {
    fn new(kind: &str, size: &str) -> Option<Self> {
        Some(match (kind, size) {
            ("F", "4") => Self::F4,
            ("F", "8") => Self::F8,
            ("I", "1") => Self::I1,
            ("I", "2") => Self::I2,
            ("I", "4") => Self::I4,
            ("I", "8") => Self::I8,
            ("U", "1") => Self::U1,
            ("U", "2") => Self::U2,
            ("U", "4") => Self::U4,
            ("U", "8") => Self::U8,
            _ => return None,
        })
    }

    /// Bytes of a value.
    pub(super) const fn size(self) -> usize {
        match self {
            Self::I1 | Self::U1 => 1,
            Self::I2 | Self::U2 => 2,
            Self::F4 | Self::I4 | Self::U4 => 4,
            Self::F8 | Self::I8 | Self::U8 => 8,
        }
    }

    /// The value at the start of `bytes`, rounded to `f32`; none where they are too few.
    pub(super) fn read(self, bytes: &[u8]) -> Option<f32> {
        Some(match self {
            Self::F4 => f32::from_le_bytes(*bytes.first_chunk()?),
            Self::F8 => f64::from_le_bytes(*bytes.first_chunk()?) as f32,
            Self::I1 => f32::from(i8::from_le_bytes(*bytes.first_chunk()?)),
            Self::I2 => f32::from(i16::from_le_bytes(*bytes.first_chunk()?)),
            Self::I4 => i32::from_le_bytes(*bytes.first_chunk()?) as f32,
            Self::I8 => i64::from_le_bytes(*bytes.first_chunk()?) as f32,
            Self::U1 => f32::from(u8::from_le_bytes(*bytes.first_chunk()?)),
            Self::U2 => f32::from(u16::from_le_bytes(*bytes.first_chunk()?)),
            Self::U4 => u32::from_le_bytes(*bytes.first_chunk()?) as f32,
            Self::U8 => u64::from_le_bytes(*bytes.first_chunk()?) as f32,
        })
    }
}

/// One field of a point: `count` values of a type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Field {
    pub(super) name: String,
    pub(super) number: Number,
    pub(super) count: usize,
}

impl Field {
    /// Bytes of the field in one point.
    pub(super) fn size(&self) -> usize {
        self.number.size() * self.count
    }
}

/// What the header says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) fields: Vec<Field>,
    pub(super) points: usize,
    pub(super) encoding: Encoding,
    /// Lines of the header, `DATA` included.
    pub(super) lines: u64,
    /// Where the points begin.
    pub(super) first_byte: usize,
}

/// No file has more values in a field of a point, nor more fields.
const MOST: usize = 4096;

/// The words of a header line, with its number.
type Line<'a> = (u64, Vec<&'a str>);

impl Header {
    pub(super) fn parse(path: &Path, bytes: &[u8]) -> Result<Self, DataError> {
        let mut lines: Vec<Line<'_>> = Vec::new();
        let mut at = 0;
        for number in 1.. {
            let rest = bytes.get(at..).unwrap_or_default();
            if rest.is_empty() {
                let message = "the header has no DATA line; the file is cut or is not a PCD file";
                return Err(DataError::in_file(path, message));
            }
            let length = rest.iter().position(|b| *b == b'\n').unwrap_or(rest.len());
            at += length + 1;
            let text = std::str::from_utf8(&rest[..length]).map_err(|_| {
                DataError::at_line(path, number, "the header is not text; this is not a PCD file")
            })?;
            let words: Vec<_> = text.split_whitespace().collect();
            let Some(first) = words.first() else { continue };
            if first.starts_with('#') {
                continue;
            }
            let last = *first == "DATA";
            lines.push((number, words));
            if last {
                return Self::from_lines(path, &lines, number, at.min(bytes.len()));
            }
        }
        Err(DataError::in_file(path, "the header has no end"))
    }

    fn from_lines(path: &Path, lines: &[Line<'_>], count: u64, first_byte: usize) -> Result<Self, DataError> {
        const KNOWN: [&str; 10] =
            ["VERSION", "FIELDS", "SIZE", "TYPE", "COUNT", "WIDTH", "HEIGHT", "VIEWPOINT", "POINTS", "DATA"];
        for (number, words) in lines {
            if !KNOWN.contains(&words[0]) {
                let message =
                    format!("`{}` is not a PCD header line; the lines are {}", words[0], KNOWN.join(", "));
                return Err(DataError::at_line(path, *number, message));
            }
        }
        let need = |name: &str| {
            find(lines, name).ok_or_else(|| {
                DataError::in_file(path, format!("the header has no {name} line; PCD v0.7 needs one"))
            })
        };
        let (line, words) = need("VERSION")?;
        if !matches!(words.get(1), Some(&("0.7" | ".7"))) {
            let message = format!(
                "VERSION is `{}`; only 0.7 is read: convert the file with a newer PCL",
                words[1..].join(" ")
            );
            return Err(DataError::at_line(path, *line, message));
        }
        let (line, words) = need("DATA")?;
        let encoding = match words.get(1) {
            Some(&"ascii") => Encoding::Ascii,
            Some(&"binary") => Encoding::Binary,
            Some(&"binary_compressed") => Encoding::Compressed,
            other => {
                let message = format!(
                    "DATA is `{}`; it must be ascii, binary or binary_compressed",
                    other.unwrap_or(&"")
                );
                return Err(DataError::at_line(path, *line, message));
            }
        };
        let fields = fields(path, lines, need("FIELDS")?, need("SIZE")?, need("TYPE")?)?;
        Ok(Self { fields, points: points(path, lines)?, encoding, lines: count, first_byte })
    }

    /// Bytes of one point.
    pub(super) fn stride(&self) -> usize {
        self.fields.iter().map(Field::size).sum()
    }
}

fn find<'a, 'b>(lines: &'b [Line<'a>], name: &str) -> Option<&'b Line<'a>> {
    lines.iter().find(|(_, words)| words[0] == name)
}

fn fields(
    path: &Path,
    lines: &[Line<'_>],
    names: &Line<'_>,
    sizes: &Line<'_>,
    kinds: &Line<'_>,
) -> Result<Vec<Field>, DataError> {
    let total = names.1.len();
    if total > MOST {
        let message = format!("{} fields are more than the {MOST} that are read", total - 1);
        return Err(DataError::at_line(path, names.0, message));
    }
    let counts = find(lines, "COUNT");
    for (line, words) in [Some(sizes), Some(kinds), counts].into_iter().flatten() {
        if words.len() != total {
            let message = format!(
                "{} has {} entries for {} FIELDS; give one for each field",
                words[0],
                words.len() - 1,
                total - 1
            );
            return Err(DataError::at_line(path, *line, message));
        }
    }
    let mut fields = Vec::with_capacity(total);
    for at in 1..total {
        let (kind, size) = (kinds.1[at], sizes.1[at]);
        let number = Number::new(kind, size).ok_or_else(|| {
            let message = format!(
                "field `{}` has TYPE {kind} of SIZE {size}; known are F of 4 or 8 bytes, I and U of 1, 2, 4 or 8",
                names.1[at]
            );
            DataError::at_line(path, kinds.0, message)
        })?;
        let count = match counts {
            None => 1,
            Some((line, words)) => {
                words[at].parse().ok().filter(|n| (1..=MOST).contains(n)).ok_or_else(|| {
                    let message = format!("COUNT `{}` must be a number from 1 to {MOST}", words[at]);
                    DataError::at_line(path, *line, message)
                })?
            }
        };
        fields.push(Field { name: names.1[at].to_owned(), number, count });
    }
    Ok(fields)
}

/// `POINTS`, or `WIDTH` times `HEIGHT`; both must agree where both are there.
fn points(path: &Path, lines: &[Line<'_>]) -> Result<usize, DataError> {
    let value = |name: &str| {
        find(lines, name)
            .map(|(line, words)| {
                let word = words.get(1).copied().unwrap_or_default();
                let value: usize = word.parse().map_err(|_| {
                    DataError::at_line(path, *line, format!("{name} `{word}` must be a whole number from 0"))
                })?;
                Ok::<_, DataError>((*line, value))
            })
            .transpose()
    };
    let area = match (value("WIDTH")?, value("HEIGHT")?) {
        (Some((line, width)), Some((_, height))) => Some(width.checked_mul(height).ok_or_else(|| {
            DataError::at_line(path, line, "WIDTH times HEIGHT is more than a file can hold")
        })?),
        _ => None,
    };
    match (value("POINTS")?, area) {
        (Some((line, points)), Some(area)) if points != area => {
            let message = format!("POINTS {points} is not WIDTH times HEIGHT, {area}; mend the header");
            Err(DataError::at_line(path, line, message))
        }
        (Some((_, points)), _) => Ok(points),
        (None, Some(area)) => Ok(area),
        (None, None) => Err(DataError::in_file(path, "the header has neither POINTS nor WIDTH and HEIGHT")),
    }
}
