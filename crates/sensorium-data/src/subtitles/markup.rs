//! Styling inside a caption: taken off when read, escaped when written.

use super::SubtitleFormat;
use super::decode::bare;

/// Tags that SRT files hold; other words in angle brackets (`<laughs>`) are text there.
const SRT_TAGS: [&str; 14] =
    ["b", "br", "c", "em", "font", "i", "lang", "rt", "ruby", "s", "span", "strong", "u", "v"];

/// The text that a viewer sees: tags and `{\…}` codes taken off, entities decoded, lines trimmed,
/// blank lines left out.
pub(super) fn plain(text: &str, format: SubtitleFormat) -> String {
    let mut seen = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(['<', '{', '&']) {
        seen.push_str(&rest[..at]);
        rest = &rest[at..];
        let (put, past) = tag(rest, format)
            .or_else(|| entity(rest))
            .unwrap_or((rest.chars().next(), rest.chars().next().map_or(0, char::len_utf8)));
        seen.extend(put);
        rest = &rest[past..];
    }
    seen.push_str(rest);
    tidy(&seen)
}

/// Lines trimmed, blank ones left out.
pub(super) fn tidy(text: &str) -> String {
    text.split(['\n', '\r']).map(bare).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

/// A tag or code at the start of `text`: what stands for it, and how many bytes it has.
fn tag(text: &str, format: SubtitleFormat) -> Option<(Option<char>, usize)> {
    if let Some(code) = text.strip_prefix("{\\") {
        let end = code.find(['}', '{', '\n']).filter(|end| code[*end..].starts_with('}'))?;
        return Some((None, end + 3));
    }
    let inside = text.strip_prefix('<')?;
    let end = inside.find(['>', '<', '\n']).filter(|end| inside[*end..].starts_with('>'))?;
    let inside = &inside[..end];
    let name = inside.strip_prefix('/').unwrap_or(inside);
    let name = name.split(|c: char| c == '.' || c == '/' || c.is_whitespace()).next().unwrap_or(name);
    let name = name.to_ascii_lowercase();
    let karaoke = inside.starts_with(|c: char| c.is_ascii_digit())
        && inside.bytes().all(|b| b.is_ascii_digit() || matches!(b, b':' | b'.' | b','));
    let known = match format {
        SubtitleFormat::Srt => SRT_TAGS.contains(&name.as_str()),
        SubtitleFormat::WebVtt => inside.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/'),
    };
    (known || karaoke).then(|| ((name == "br").then_some('\n'), end + 2))
}

/// An HTML entity at the start of `text`: the character, and how many bytes it has.
fn entity(text: &str) -> Option<(Option<char>, usize)> {
    let inside = text.strip_prefix('&')?;
    let end = inside.bytes().take(12).position(|b| b == b';')?;
    let name = &inside[..end];
    let number = name.strip_prefix('#').and_then(|number| {
        match number.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16),
            None => number.parse(),
        }
        .ok()
    });
    let character = match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => '\u{a0}',
        "lrm" => '\u{200e}',
        "rlm" => '\u{200f}',
        "hellip" => '…',
        "ndash" => '–',
        "mdash" => '—',
        "lsquo" => '‘',
        "rsquo" => '’',
        "ldquo" => '“',
        "rdquo" => '”',
        _ => char::from_u32(number?)?,
    };
    Some((Some(character), end + 2))
}

/// `text` so that it reads back the same. SRT has no escapes of its own, so only what would be taken
/// for markup is written as an entity there.
pub(super) fn escaped(text: &str, format: SubtitleFormat) -> String {
    let mut written = String::with_capacity(text.len());
    let mut before = None;
    for (at, c) in text.char_indices() {
        let rest = &text[at..];
        let next = rest.chars().nth(1);
        let everywhere = format == SubtitleFormat::WebVtt;
        match c {
            '&' if everywhere || entity(rest).is_some() => written.push_str("&amp;"),
            '<' if everywhere || next.is_some_and(|n| n.is_ascii_alphanumeric() || n == '/') => {
                written.push_str("&lt;");
            }
            // An arrow would make the line one of times.
            '>' if everywhere || before == Some('-') => written.push_str("&gt;"),
            '{' if next == Some('\\') => written.push_str("&#123;"),
            _ => written.push(c),
        }
        before = Some(c);
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;
    use SubtitleFormat::{Srt, WebVtt};

    #[test]
    fn styling_tags_are_taken_off() {
        let text = "{\\an8}<i>a</i> <B>b</B> <font color=\"#fff\">c</font>";
        assert_eq!(plain(text, Srt), "a b c");
    }

    #[test]
    fn webvtt_classes_speakers_and_karaoke_stamps_are_taken_off() {
        let text = "<v Roger Bingham><c.loud>one</c> <00:00:01.000>two</v>";
        assert_eq!(plain(text, WebVtt), "one two");
    }

    #[test]
    fn words_in_angle_brackets_are_text_in_srt() {
        assert_eq!(plain("<laughs> 3 < 4 > 2 <", Srt), "<laughs> 3 < 4 > 2 <");
    }

    #[test]
    fn entities_are_decoded_once() {
        assert_eq!(
            plain("&lt;i&gt; &amp;lt; &#233;&#xe9; &bogus; &#x110000; AT&T", Srt),
            "<i> &lt; éé &bogus; &#x110000; AT&T"
        );
    }

    #[test]
    fn a_break_tag_makes_a_line() {
        assert_eq!(plain("a<br/>b<br>c", Srt), "a\nb\nc");
    }

    #[test]
    fn srt_escapes_only_what_would_be_markup() {
        assert_eq!(escaped("AT&T <3 <laughs> a < b", Srt), "AT&T &lt;3 &lt;laughs> a < b");
    }
}
