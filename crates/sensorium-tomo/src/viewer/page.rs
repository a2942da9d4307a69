//! The page around the voxels.

use super::ViewerOptions;
use super::codes::Codes;
use super::summary::Summary;
use crate::{TomoError, Volume};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::fmt::Write;

const STYLE: &str = include_str!("style.css");
const BODY: &str = include_str!("body.html");
/// Parts of one script, in this order.
const SCRIPT: [&str; 6] = [
    include_str!("script/volume.js"),
    include_str!("script/window.js"),
    include_str!("script/panes.js"),
    include_str!("script/slices.js"),
    include_str!("script/projections.js"),
    include_str!("script/start.js"),
];

/// What the script must know besides the voxels.
#[derive(Serialize)]
struct Scene<'a> {
    voxels: [usize; 3],
    voxel_mm: [f64; 3],
    centre_mm: [f64; 3],
    bits: u32,
    low: f64,
    high: f64,
    step: f64,
    window: [f64; 2],
    unit: &'a str,
}

/// The page of `volume`, with the voxels of `shown` as `codes`.
pub(super) fn html(
    volume: &Volume,
    shown: &Volume,
    codes: &Codes,
    summary: &Summary,
    options: &ViewerOptions,
) -> Result<String, TomoError> {
    let (low, high) = options.window.map_or_else(|| codes.window(), |(l, h)| (f64::from(l), f64::from(h)));
    let scene = Scene {
        voxels: shown.grid().voxels,
        voxel_mm: shown.grid().voxel_mm,
        centre_mm: shown.grid().centre_mm,
        bits: codes.bits,
        low: codes.low,
        high: codes.high,
        step: codes.step,
        window: [low, high],
        unit: &options.unit,
    };
    let scene = serde_json::to_string(&scene)
        .map_err(|error| TomoError::Request(format!("the page's facts cannot be written: {error}")))?
        // So that no text can close the element it stands in.
        .replace('<', "\\u003c");
    let script = format!("(async () => {{\n\"use strict\";\n{}}})();\n", SCRIPT.concat());
    let digest = STANDARD.encode(Sha256::digest(script.as_bytes()));
    let title = escape(&options.title);
    let lead = if options.lead.is_empty() {
        String::new()
    } else {
        format!("<p class=\"lead\">{}</p>\n", escape(&options.lead))
    };
    let reduced = if shown.grid().voxels == volume.grid().voxels {
        String::new()
    } else {
        format!(
            "<p class=\"text\">Reduced for this page by averaging, from {} to {} voxels.</p>\n",
            counts(volume),
            counts(shown)
        )
    };
    let facts = facts(volume, shown, codes, summary, options);
    let (before, after) = BODY.split_once("{{facts}}").unwrap_or((BODY, ""));
    let data = codes.to_text()?;
    Ok(format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; \
         style-src 'unsafe-inline'; script-src 'sha256-{digest}'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n\
         <header>\n<div class=\"head\">\n<h1>{title}</h1>\n\
         <button type=\"button\" id=\"theme\" hidden>Dark page</button>\n</div>\n{lead}{reduced}</header>\n\
         {before}{facts}{after}\
         <script type=\"application/json\" id=\"scene\">{scene}</script>\n\
         <script type=\"text/plain\" id=\"voxels\">{data}</script>\n\
         <script>{script}</script>\n</body>\n</html>\n"
    ))
}

/// The volume's facts as rows of a definition list.
fn facts(
    volume: &Volume,
    shown: &Volume,
    codes: &Codes,
    summary: &Summary,
    options: &ViewerOptions,
) -> String {
    let unit = if options.unit.is_empty() { String::new() } else { format!(" {}", options.unit) };
    let grid = volume.grid();
    let size: [f64; 3] = std::array::from_fn(|a| grid.voxels[a] as f64 * grid.voxel_mm[a]);
    let mut rows = vec![
        ("Voxels".into(), counts(volume)),
        ("Voxel size".into(), lengths(grid.voxel_mm)),
        ("Extent".into(), lengths(size)),
    ];
    if grid.centre_mm != [0.0; 3] {
        let [x, y, z] = grid.centre_mm.map(number);
        rows.push(("Middle".into(), format!("x = {x}, y = {y}, z = {z} mm")));
    }
    let range = format!("{} to {}{unit}", number(summary.low.into()), number(summary.high.into()));
    rows.push(("Range".into(), range));
    rows.push(("Mean".into(), format!("{}{unit}", number(summary.mean))));
    if summary.not_numbers > 0 {
        let text = format!("{} voxels (NaN, infinite); orange here", summary.not_numbers);
        rows.push(("Not a number".into(), text));
    }
    if shown.grid().voxels != grid.voxels {
        let text = format!(
            "averaged to {} voxels, {}; range and mean are of the whole volume",
            counts(shown),
            lengths(shown.grid().voxel_mm)
        );
        rows.push(("Shown".into(), text));
    }
    let precision = if codes.step > 0.0 {
        format!("{} bits, within {}{unit}", codes.bits, number(0.5 * codes.step))
    } else {
        "exact: all values are equal".into()
    };
    rows.push(("Stored as".into(), precision));
    rows.extend(options.facts.iter().cloned());
    rows.iter().fold(String::new(), |mut text, (name, value)| {
        // Writing to a string does not fail.
        let _ = writeln!(text, "<dt>{}</dt><dd>{}</dd>", escape(name), escape(value));
        text
    })
}

fn counts(volume: &Volume) -> String {
    volume.grid().voxels.map(|n| n.to_string()).join(" × ")
}

/// Lengths along x, y, z.
fn lengths(mm: [f64; 3]) -> String {
    let [x, y, z] = mm.map(number);
    if x == y && y == z { format!("{x} mm, each edge") } else { format!("{x} × {y} × {z} mm") }
}

/// Four significant digits, without trailing zeros; with an exponent when very large or small.
fn number(value: f64) -> String {
    if value == 0.0 {
        return "0".into();
    }
    if !value.is_finite() {
        return value.to_string();
    }
    let exponent = value.abs().log10().floor() as i32;
    if !(-4..7).contains(&exponent) {
        return format!("{value:.3e}");
    }
    let text = format!("{value:.*}", usize::try_from(3 - exponent).unwrap_or(0));
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').into() } else { text }
}

/// Escapes text for HTML, for content and quoted attributes alike; control characters and the marks
/// that turn the direction of writing become U+FFFD.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\n' | '\t' => out.push(c),
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => out.push('\u{fffd}'),
            c if c.is_control() => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_four_digits_and_no_idle_zeros() {
        for (value, text) in [
            (0.0, "0"),
            (-0.0, "0"),
            (0.25, "0.25"),
            (1.0, "1"),
            (100.0, "100"),
            (-1234.56, "-1235"),
            (0.00123456, "0.001235"),
            (1.5e-9, "1.500e-9"),
            (2.5e8, "2.500e8"),
        ] {
            assert_eq!(number(value), text);
        }
    }

    #[test]
    fn text_cannot_become_markup() {
        assert_eq!(escape("<b a='\"&\u{202e}\0"), "&lt;b a=&#39;&quot;&amp;\u{fffd}\u{fffd}");
    }
}
