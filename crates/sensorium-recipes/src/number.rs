//! How numbers are written.

/// Decimals that leave three or four significant digits: 0.948, 1.187, 7.92, 12.3, 1234.
pub(crate) fn decimals(value: f64) -> usize {
    match value.abs() {
        v if !v.is_finite() || v == 0.0 => 3,
        v if v >= 100.0 => 0,
        v if v >= 10.0 => 1,
        v if v >= 2.0 => 2,
        v if v >= 0.01 => 3,
        v if v >= 0.001 => 4,
        _ => 6,
    }
}

/// The fewest decimals that show the value exactly, up to six.
pub(crate) fn shortest_decimals(value: f64) -> usize {
    (0..6).find(|&d| format!("{value:.d$}").parse() == Ok(value)).unwrap_or(6)
}

/// A number with fixed decimals; "n/a" for NaN, "−" for minus.
pub(crate) fn format_number(value: f64, decimals: usize) -> String {
    if value.is_nan() {
        return "n/a".to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { "∞" } else { "−∞" }.to_owned();
    }
    let text = format!("{:.decimals$}", value.abs());
    let zero = text.chars().all(|c| c == '0' || c == '.');
    if value < 0.0 && !zero { format!("−{text}") } else { text }
}

/// A number's text with its unit.
pub(crate) fn with_unit(text: &str, unit: &str) -> String {
    match unit {
        "" => text.to_owned(),
        "%" | "×" => format!("{text}{unit}"),
        _ => format!("{text} {unit}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_number_is_told() {
        assert_eq!(format_number(f64::NAN, 2), "n/a");
        assert_eq!(format_number(f64::NEG_INFINITY, 2), "−∞");
        assert_eq!(format_number(-0.001, 2), "0.00");
    }

    #[test]
    fn per_cent_and_times_stand_close() {
        assert_eq!([with_unit("3", "%"), with_unit("3", "ms"), with_unit("3", "")], ["3%", "3 ms", "3"]);
    }
}
