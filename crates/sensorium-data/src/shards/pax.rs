//! Pax records: what a header's fields are too short for.

/// The records that matter here.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Pax {
    /// Name of the member.
    pub path: Option<String>,
    /// Size of the member in bytes.
    pub size: Option<u64>,
}

impl Pax {
    /// Reads `LENGTH KEY=VALUE\n` records. From the first that cannot be read, the rest is left.
    pub(super) fn parse(mut bytes: &[u8]) -> Self {
        let mut pax = Self::default();
        while let Some((record, rest)) = record(bytes) {
            bytes = rest;
            let Some(equals) = record.iter().position(|b| *b == b'=') else { continue };
            let value = String::from_utf8_lossy(&record[equals + 1..]);
            match &record[..equals] {
                b"path" => pax.path = Some(value.into_owned()),
                b"size" => pax.size = value.parse().ok().or(pax.size),
                _ => {}
            }
        }
        pax
    }
}

/// The first record without its length and line end, and what follows it.
fn record(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let blank = bytes.iter().take(20).position(|b| *b == b' ')?;
    let length: usize = std::str::from_utf8(&bytes[..blank]).ok()?.parse().ok()?;
    let record = bytes.get(blank + 1..length)?.strip_suffix(b"\n")?;
    Some((record, &bytes[length..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn path_and_size_are_read_and_others_passed_over() {
        let pax = Pax::parse(b"19 mtime=1700000.5\n14 path=a=b.c\n11 size=42\n");
        assert_eq!(pax, Pax { path: Some("a=b.c".into()), size: Some(42) });
    }

    #[test]
    fn records_with_a_wrong_length_end_the_reading() {
        for bytes in
            [&b"99 path=a\n"[..], b"0 path=a\n", b"2 path=a\n", b"path=a\n", b"18446744073709551615 a=b\n"]
        {
            assert_eq!(Pax::parse(bytes), Pax::default());
        }
    }
}
