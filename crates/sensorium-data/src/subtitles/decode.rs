//! From a subtitle file's bytes to its lines of text.

use super::repairs::SubtitleRepairs;

/// What the bytes 0x80 to 0x9F mean in Windows-1252, which is what most "Latin-1" subtitles are.
/// The five that mean nothing there stay control characters.
const WINDOWS_1252: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}', '\u{90}',
    '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
];

/// The lines of a file, without their ends and the byte-order mark: UTF-8, UTF-16 of either byte
/// order (by its mark, or by the zero bytes of its first two characters), or Latin-1 where a line
/// is not UTF-8. A line ends with LF, CRLF, CR, or CRCRLF (CRLF that was translated once more).
pub(super) fn lines(bytes: &[u8], repairs: &mut SubtitleRepairs) -> Vec<String> {
    let utf16 = match bytes {
        [0xff, 0xfe, rest @ ..] => Some((rest, u16::from_le_bytes as fn([u8; 2]) -> u16)),
        [0xfe, 0xff, rest @ ..] => Some((rest, u16::from_be_bytes as fn([u8; 2]) -> u16)),
        [a, 0, b, 0, ..] if *a != 0 && *b != 0 => Some((bytes, u16::from_le_bytes as fn([u8; 2]) -> u16)),
        [0, a, 0, b, ..] if *a != 0 && *b != 0 => Some((bytes, u16::from_be_bytes as fn([u8; 2]) -> u16)),
        _ => None,
    };
    if let Some((rest, unit)) = utf16 {
        let (pairs, half) = rest.as_chunks::<2>();
        repairs.replaced_characters += u64::from(!half.is_empty());
        let units = pairs.iter().map(|pair| unit(*pair));
        let text: String = char::decode_utf16(units)
            .map(|c| {
                c.unwrap_or_else(|_| {
                    repairs.replaced_characters += 1;
                    char::REPLACEMENT_CHARACTER
                })
            })
            .collect();
        return split(text.as_bytes()).map(|line| String::from_utf8_lossy(line).into_owned()).collect();
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    split(bytes)
        .map(|line| match std::str::from_utf8(line) {
            Ok(line) => line.to_owned(),
            Err(_) => {
                repairs.latin1_lines += 1;
                line.iter().map(|byte| latin1(*byte)).collect()
            }
        })
        .collect()
}

fn latin1(byte: u8) -> char {
    match byte {
        0x80..=0x9f => WINDOWS_1252[usize::from(byte - 0x80)],
        _ => char::from(byte),
    }
}

/// Splits at the ends of lines. Neither byte is a part of another UTF-8 character.
fn split(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = Some(bytes);
    std::iter::from_fn(move || {
        let now = rest?;
        let Some(at) = now.iter().position(|b| matches!(b, b'\n' | b'\r')) else {
            rest = None;
            return Some(now);
        };
        let skip = match now[at..] {
            [b'\r', b'\r', b'\n', ..] => 3,
            [b'\r', b'\n', ..] => 2,
            _ => 1,
        };
        rest = Some(&now[at + skip..]);
        Some(&now[..at])
    })
}

/// A line without blanks and byte-order marks at its ends.
pub(super) fn bare(line: &str) -> &str {
    line.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> (Vec<String>, SubtitleRepairs) {
        let mut repairs = SubtitleRepairs::default();
        (lines(bytes, &mut repairs), repairs)
    }

    #[test]
    fn each_line_ending_ends_one_line() {
        assert_eq!(read(b"a\nb\r\nc\rd\n\ne\r\r\nf").0, ["a", "b", "c", "d", "", "e", "f"]);
    }

    #[test]
    fn utf16_is_read_in_both_byte_orders_with_and_without_a_mark() {
        for mark in ["\u{feff}", ""] {
            let text = format!("{mark}1\nœuf 🥚");
            let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
            let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
            for bytes in [little, big] {
                assert_eq!(read(&bytes), (vec!["1".into(), "œuf 🥚".into()], SubtitleRepairs::default()));
            }
        }
    }

    #[test]
    fn half_a_utf16_character_is_replaced_and_counted() {
        let (text, repairs) = read(&[0xff, 0xfe, b'a', 0, 0x3d, 0xd8, b'b', 0, 7]);
        assert_eq!((text, repairs.replaced_characters), (vec!["a\u{fffd}b".to_owned()], 2));
    }

    #[test]
    fn only_the_lines_that_are_not_utf8_are_read_as_latin1() {
        let (text, repairs) = read(b"caf\xc3\xa9\ncaf\xe9 \x93x\x94");
        assert_eq!((text, repairs.latin1_lines), (vec!["café".to_owned(), "café “x”".to_owned()], 1));
    }

    #[test]
    fn a_byte_order_mark_is_not_text() {
        assert_eq!(read(b"\xef\xbb\xbfWEBVTT").0, ["WEBVTT"]);
    }
}
