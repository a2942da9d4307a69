//! The 512-byte header of a tar member.

/// Length in bytes of a header, and what members are padded to.
pub(super) const BLOCK: usize = 512;

/// A sound header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Header {
    /// Name of the member, with its ustar prefix.
    pub name: String,
    /// Size of the member in bytes.
    pub size: u64,
    /// The kind: `0` for a file, `5` for a folder, …
    pub kind: u8,
    /// Whether the ustar or GNU mark is there.
    pub marked: bool,
}

/// What a block of 512 bytes is where a header is due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Block {
    /// Zeros: two of them end an archive.
    Zero,
    /// A header with a right checksum and a readable size.
    Sound(Header),
    /// Anything else.
    Bad,
}

impl Block {
    pub(super) fn parse(block: &[u8; BLOCK]) -> Self {
        if block.iter().all(|b| *b == 0) {
            return Self::Zero;
        }
        let checksum = octal(&block[148..156]);
        let others = || block[..148].iter().chain(&block[156..]);
        // The field itself counts as 8 blanks; old programs summed signed bytes.
        let unsigned = 256 + others().map(|b| u64::from(*b)).sum::<u64>();
        let signed = 256 + others().map(|b| i64::from(b.cast_signed())).sum::<i64>();
        if checksum != Some(unsigned) && checksum.map(u64::cast_signed) != Some(signed) {
            return Self::Bad;
        }
        let Some(size) = number(&block[124..136]) else { return Self::Bad };
        let mut name = text(&block[..100]);
        if &block[257..263] == b"ustar\0" && block[345] != 0 {
            name = format!("{}/{name}", text(&block[345..500]));
        }
        Self::Sound(Header { name, size, kind: block[156], marked: &block[257..262] == b"ustar" })
    }
}

/// The name in a block that may be damaged, for messages only.
pub(super) fn guessed_name(block: &[u8; BLOCK]) -> Option<String> {
    let name = text(&block[..100]);
    let readable =
        !name.is_empty() && !name.chars().any(|c| c.is_control() || c == char::REPLACEMENT_CHARACTER);
    readable.then_some(name)
}

/// Text up to the first zero byte.
fn text(field: &[u8]) -> String {
    let end = field.iter().position(|b| *b == 0).unwrap_or(field.len());
    String::from_utf8_lossy(&field[..end]).into_owned()
}

/// A number in octal figures, or in binary where the first bit is set (GNU, for 8 GiB and more).
fn number(field: &[u8]) -> Option<u64> {
    let (first, rest) = field.split_first()?;
    match first {
        0x80 => rest.iter().try_fold(0u64, |sum, b| sum.checked_mul(256)?.checked_add(u64::from(*b))),
        0x81.. => None,
        _ => octal(field),
    }
}

/// Octal figures between blanks and zero bytes; nothing but those is 0.
fn octal(field: &[u8]) -> Option<u64> {
    let figures = field.trim_ascii_start();
    let end = figures.iter().position(|b| matches!(b, 0 | b' ')).unwrap_or(figures.len());
    figures[..end].iter().try_fold(0u64, |sum, b| match b {
        b'0'..=b'7' => sum.checked_mul(8)?.checked_add(u64::from(b - b'0')),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block(name: &str, size: u64) -> [u8; BLOCK] {
        let mut header = tar::Header::new_ustar();
        header.set_path(name).unwrap();
        header.set_size(size);
        header.set_entry_type(tar::EntryType::Regular);
        header.set_cksum();
        *header.as_bytes()
    }

    #[test]
    fn a_sound_header_gives_name_and_size() {
        let wanted = Header { name: "a/b.txt".into(), size: 1234, kind: b'0', marked: true };
        assert_eq!(Block::parse(&block("a/b.txt", 1234)), Block::Sound(wanted));
    }

    #[test]
    fn a_long_ustar_name_is_put_together() {
        let name = format!("{}/{}", "d".repeat(90), "n".repeat(60));
        let Block::Sound(header) = Block::parse(&block(&name, 1)) else { panic!() };
        assert_eq!(header.name, name);
    }

    #[test]
    fn a_size_in_binary_is_read() {
        let Block::Sound(header) = Block::parse(&block("a", 1 << 40)) else { panic!() };
        assert_eq!(header.size, 1 << 40);
    }

    #[test]
    fn no_flipped_bit_before_the_checksum_goes_unnoticed() {
        for bit in 0..148 * 8 {
            let mut bytes = block("a.txt", 99);
            bytes[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(Block::parse(&bytes), Block::Bad, "bit {bit}");
        }
    }
}
