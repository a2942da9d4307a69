//! Raw pictures with exact times, in the least Matroska that FFmpeg reads.
//!
//! A pipe of bare pixels has no times. This wraps each picture in a cluster of its own that carries its
//! time in microseconds; sizes that are not known beforehand are left open, as the format allows.

/// The head of a file with one track of raw RGB pictures.
pub(super) fn head(height: usize, width: usize) -> Vec<u8> {
    let mut out = element(0x1A45_DFA3, &element(0x4282, b"matroska"));
    // The segment, of unknown size.
    out.extend([0x18, 0x53, 0x80, 0x67, 0x01, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]);
    // One tick is 1000 ns.
    out.extend(element(0x1549_A966, &number(0x2AD7B1, 1000)));
    let picture = [
        number(0xB0, width as u64),
        number(0xBA, height as u64),
        // The layout of the pixels: "RGB" and 24 bits.
        element(0x2E_B524, b"RGB\x18"),
    ]
    .concat();
    let track = [
        number(0xD7, 1),
        number(0x73C5, 1),
        number(0x83, 1),
        element(0x86, b"V_UNCOMPRESSED"),
        element(0xE0, &picture),
    ]
    .concat();
    out.extend(element(0x1654_AE6B, &element(0xAE, &track)));
    out
}

/// What stands before the bytes of a picture shown at `micros`.
pub(super) fn before_picture(micros: u64, bytes: usize) -> Vec<u8> {
    let time = number(0xE7, micros);
    // The block holds its track (1), a time relative to the cluster (0) and flags: a key frame.
    let mut block = vec![0xA3];
    block.extend(size(bytes as u64 + 4));
    block.extend([0x81, 0, 0, 0x80]);
    let mut out = vec![0x1F, 0x43, 0xB6, 0x75];
    out.extend(size((time.len() + block.len() - 4 + 4 + bytes) as u64));
    out.extend(time);
    out.extend(block);
    out
}

fn element(id: u32, content: &[u8]) -> Vec<u8> {
    let mut out = identifier(id);
    out.extend(size(content.len() as u64));
    out.extend_from_slice(content);
    out
}

fn number(id: u32, value: u64) -> Vec<u8> {
    element(id, &value.to_be_bytes())
}

fn identifier(id: u32) -> Vec<u8> {
    id.to_be_bytes().into_iter().skip_while(|b| *b == 0).collect()
}

/// A size in eight bytes: a one, then 56 bits.
fn size(bytes: u64) -> [u8; 8] {
    (bytes | 1 << 56).to_be_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_takes_eight_bytes_with_its_mark() {
        assert_eq!(size(5), [1, 0, 0, 0, 0, 0, 0, 5]);
    }

    #[test]
    fn a_cluster_is_as_long_as_it_says() {
        let head = before_picture(1_000_000, 300);
        let said = u64::from_be_bytes([0, head[5], head[6], head[7], head[8], head[9], head[10], head[11]]);
        assert_eq!(said as usize, head.len() - 12 + 300);
    }
}
