//! Unpacks LZF, the compression of PCD's `binary_compressed`.

/// Unpacks `packed` into exactly `size` bytes; none where it is damaged or of another size. Never takes more memory
/// than what is really unpacked.
pub(super) fn unpack(packed: &[u8], size: usize) -> Option<Vec<u8>> {
    let mut out: Vec<u8> = Vec::new();
    let mut bytes = packed.iter().copied();
    while let Some(control) = bytes.next() {
        let control = usize::from(control);
        if control < 32 {
            // A run of bytes as they are.
            for _ in 0..=control {
                out.push(bytes.next()?);
            }
        } else {
            // A copy of what came before.
            let mut length = control >> 5;
            if length == 7 {
                length += usize::from(bytes.next()?);
            }
            let distance = ((control & 31) << 8) + usize::from(bytes.next()?) + 1;
            let from = out.len().checked_sub(distance)?;
            // The copy may reach into itself, so byte by byte.
            for at in from..from + length + 2 {
                out.push(*out.get(at)?);
            }
        }
        if out.len() > size {
            return None;
        }
    }
    (out.len() == size).then_some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_and_copies_are_unpacked() {
        // "abc", then nine bytes from three back, then a copy of one byte that reaches into itself.
        let packed = [2, b'a', b'b', b'c', 0b1110_0000, 0, 2, 0b0010_0000, 0];
        assert_eq!(unpack(&packed, 15).unwrap(), b"abcabcabcabcccc");
    }

    #[test]
    fn a_copy_from_before_the_start_is_refused() {
        assert_eq!(unpack(&[0, b'a', 0b0010_0000, 5], 4), None);
    }

    #[test]
    fn cut_input_and_another_size_are_refused() {
        assert_eq!(unpack(&[2, b'a'], 3), None);
        assert_eq!(unpack(&[0, b'a'], 2), None);
        assert_eq!(unpack(&[1, b'a', b'b'], 1), None);
    }
}
