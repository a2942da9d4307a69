//! IDX files (MNIST and its family), plain or gzipped.

use crate::error::DataError;
use flate2::read::GzDecoder;
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

/// Most bytes that one IDX file may hold.
const LARGEST: usize = 4 << 30;

/// An IDX file of bytes: items of equal size, one after the other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Idx {
    /// Number of items.
    pub count: usize,
    /// Size of an item: `[]` for labels, `[height, width]` for images.
    pub shape: Vec<usize>,
    /// The bytes of all items.
    pub bytes: Vec<u8>,
}

impl Idx {
    /// Bytes of item `index`, or `None` past the end.
    pub fn item(&self, index: usize) -> Option<&[u8]> {
        let size: usize = self.shape.iter().product();
        self.bytes.get(index * size..(index + 1) * size)
    }
}

/// Reads a whole IDX file; a gzipped one is recognised by its first bytes.
///
/// # Errors
/// The file cannot be read, is no IDX file of bytes, or holds fewer bytes than it announces.
pub fn read_idx(path: &Path) -> Result<Idx, DataError> {
    let mut magic = [0u8; 2];
    let open = || File::open(path).map_err(DataError::io(path));
    let zipped = open()?.read_exact(&mut magic).is_ok() && magic == [0x1f, 0x8b];
    let mut source: Box<dyn Read> =
        if zipped { Box::new(GzDecoder::new(BufReader::new(open()?))) } else { Box::new(open()?) };
    let broken = |why: &str| DataError::in_file(path, format!("{why}; get the file again"));
    let mut head = [0u8; 4];
    source.read_exact(&mut head).map_err(|_| broken("is too short for an IDX file"))?;
    let dimensions = match head {
        [0, 0, 8, n @ 1..=4] => usize::from(n),
        [0, 0, kind, _] if kind != 8 => {
            return Err(DataError::in_file(
                path,
                "is an IDX file of numbers wider than a byte; only bytes are read",
            ));
        }
        _ => return Err(DataError::in_file(path, "is no IDX file (it begins with other bytes)")),
    };
    let mut sizes = Vec::with_capacity(dimensions);
    for _ in 0..dimensions {
        let mut size = [0u8; 4];
        source.read_exact(&mut size).map_err(|_| broken("ends inside its header"))?;
        sizes.push(u32::from_be_bytes(size) as usize);
    }
    let total = sizes.iter().try_fold(1usize, |n, s| n.checked_mul(*s)).filter(|n| *n <= LARGEST);
    let Some(total) = total else { return Err(broken("announces more than 4 GiB")) };
    let mut bytes = Vec::new();
    // Grows with what is there, not with what the header announces.
    source.take(total as u64).read_to_end(&mut bytes).map_err(DataError::io(path))?;
    if bytes.len() < total {
        return Err(broken(&format!("is cut short: {} bytes of {total} after the header", bytes.len())));
    }
    Ok(Idx { count: sizes[0], shape: sizes[1..].to_vec(), bytes })
}
