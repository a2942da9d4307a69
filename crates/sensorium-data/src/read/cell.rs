//! One cell of a table as a number.

/// What a cell holds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Cell {
    /// A finite number.
    Number(f32),
    /// Nothing, or a word for it.
    Missing,
    /// An infinity, or a number too large for `f32`.
    Infinite,
    /// Something else.
    Bad,
}

/// Reads the cells of one file.
pub(crate) struct CellReader<'a> {
    missing: &'a [String],
}

impl<'a> CellReader<'a> {
    /// `missing`: words for a missing value, beside the usual ones.
    pub fn new(missing: &'a [String]) -> Self {
        Self { missing }
    }

    /// The number in `cell`. A single comma and no point is read as a decimal comma.
    pub fn number(&self, cell: &[u8]) -> Cell {
        if !self.missing.is_empty() && self.missing.iter().any(|m| m.as_bytes() == cell) {
            return Cell::Missing;
        }
        let Ok(text) = std::str::from_utf8(cell) else { return Cell::Bad };
        if let Ok(number) = text.parse::<f64>() {
            return of(number);
        }
        if matches!(text.len(), 0..=5) {
            match text.to_ascii_lowercase().as_str() {
                "" | "na" | "n/a" | "nan" | "null" | "none" | "-" | "?" => return Cell::Missing,
                "true" => return Cell::Number(1.0),
                "false" => return Cell::Number(0.0),
                _ => {}
            }
        }
        if text.contains(',') && !text.contains('.') && text.matches(',').count() == 1 {
            return text.replace(',', ".").parse::<f64>().map_or(Cell::Bad, of);
        }
        Cell::Bad
    }
}

fn of(number: f64) -> Cell {
    let value = number as f32;
    if number.is_nan() {
        Cell::Missing
    } else if value.is_finite() {
        Cell::Number(value)
    } else {
        Cell::Infinite
    }
}

/// A cell as text; bytes that are not UTF-8 are replaced.
pub(crate) fn text_of(cell: &[u8]) -> String {
    String::from_utf8_lossy(cell).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_numbers_missing_infinite_or_bad() {
        let missing = ["-9999".to_string()];
        let reader = CellReader::new(&missing);
        let read = |text: &str| reader.number(text.as_bytes());
        assert_eq!(read("1.5e3"), Cell::Number(1500.0));
        assert_eq!(read("1,5"), Cell::Number(1.5));
        assert_eq!(read("1,234.5"), Cell::Bad);
        assert_eq!(read("NaN"), Cell::Missing);
        assert_eq!(read("-9999"), Cell::Missing);
        assert_eq!(read("1e300"), Cell::Infinite);
        assert_eq!(read("-inf"), Cell::Infinite);
        assert_eq!(read("TRUE"), Cell::Number(1.0));
        assert_eq!(reader.number(&[0xff]), Cell::Bad);
    }
}
