//! Plain text on its way into HTML: escaping, and how wide it will be.

/// Escapes text for HTML and SVG, for content and quoted attributes alike.
///
/// Control characters other than line break and tab, which HTML does not allow, and the marks that turn
/// the direction of writing, become U+FFFD, so that no name can change what stands around it.
pub(crate) fn escape(text: &str) -> String {
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

/// About how wide a text is in a sans-serif face, in the unit of `size`. It errs on the wide side, since
/// the reader's fonts are not known.
pub(crate) fn width(text: &str, size: f64) -> f64 {
    text.chars().map(em).sum::<f64>() * size
}

/// The text, cut with an ellipsis to fit; empty when not even two letters do.
pub(crate) fn fit(text: &str, size: f64, room: f64) -> String {
    if width(text, size) <= room {
        return text.to_owned();
    }
    let mut used = size * em('…');
    let kept: String = text
        .chars()
        .take_while(|&c| {
            used += em(c) * size;
            used <= room
        })
        .collect();
    let kept = kept.trim_end();
    if kept.chars().count() < 2 { String::new() } else { format!("{kept}…") }
}

fn em(c: char) -> f64 {
    match c {
        'i' | 'j' | 'l' | 'I' | '.' | ',' | ':' | ';' | '|' | '\'' | '!' | ' ' => 0.3,
        'f' | 't' | 'r' | '(' | ')' | '[' | ']' | '/' | '-' => 0.38,
        'm' | 'w' | 'M' | 'W' | '@' | '%' | '…' => 0.9,
        c if c.is_ascii_uppercase() => 0.71,
        c if c.is_ascii() => 0.6,
        c if ('\u{1100}'..='\u{ffef}').contains(&c) || c > '\u{ffff}' => 1.05,
        _ => 0.65,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_quotes_and_controls_are_inert() {
        assert_eq!(
            escape(r#"<b a="1" c='2'>&</b>"#),
            "&lt;b a=&quot;1&quot; c=&#39;2&#39;&gt;&amp;&lt;/b&gt;"
        );
        assert_eq!(escape("a\0b\u{1b}c\u{202e}d\ne"), "a\u{fffd}b\u{fffd}c\u{fffd}d\ne");
    }

    #[test]
    fn text_is_cut_to_its_room() {
        assert_eq!(fit("pump", 12.0, 100.0), "pump");
        let cut = fit("a rather long name of a stream", 12.0, 60.0);
        assert!(cut.ends_with('…') && width(&cut, 12.0) <= 60.0);
        assert_eq!(fit("long", 12.0, 5.0), "");
    }
}
