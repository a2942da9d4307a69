//! The members of one tar archive, and past the damage to the next.

use super::header::{BLOCK, Block, Header, guessed_name};
use super::pax::Pax;
use super::problem::Trouble;
use std::io::{self, Read, Seek, SeekFrom};

/// Most bytes of a member that are read into memory.
const MOST_BYTES: u64 = 1 << 30;
/// Most bytes of a member that only describes the next one.
const MOST_DESCRIPTION_BYTES: u64 = 1 << 20;

/// A file in an archive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub name: String,
    /// Where its header starts.
    pub offset: u64,
    pub bytes: Vec<u8>,
}

/// Something that was left out: offset, name where known, and why.
pub(super) type Damage = (u64, Option<String>, Trouble);

/// Reads the files of one archive in their order.
pub(super) struct Entries<R> {
    from: R,
    /// Where `from` stands.
    at: u64,
    /// Where the next header is due.
    next: u64,
    length: u64,
    /// Blocks of zeros just before `next`.
    zeros: u64,
    done: bool,
    /// What was left out so far.
    pub damage: Vec<Damage>,
}

impl<R: Read + Seek> Entries<R> {
    pub(super) fn new(mut from: R) -> io::Result<Self> {
        let length = from.seek(SeekFrom::End(0))?;
        Ok(Self { from, at: length, next: 0, length, zeros: 0, done: false, damage: Vec::new() })
    }

    /// Length of the archive in bytes.
    pub(super) fn length(&self) -> u64 {
        self.length
    }

    /// The next file; `None` at the end.
    pub(super) fn next(&mut self) -> io::Result<Option<Entry>> {
        // What the members before have said of the next file.
        let (mut long_name, mut pax) = (None, Pax::default());
        while !self.done {
            let offset = self.next;
            let Some(mut header) = self.header()? else {
                (long_name, pax) = (None, Pax::default());
                continue;
            };
            if let b'0' | b'7' | 0 = header.kind {
                header.size = pax.size.unwrap_or(header.size);
                header.name = pax.path.take().or(long_name.take()).unwrap_or(header.name);
                pax = Pax::default();
            }
            // Links, devices and folders have no bytes, whatever their size says.
            let size = if matches!(header.kind, b'1'..=b'6') { 0 } else { header.size };
            let start = offset + BLOCK as u64;
            let left = self.length - start;
            if size > left {
                self.note(offset, header.name, Trouble::BeyondEnd { claimed: size, left });
                self.find_header(start)?;
                (long_name, pax) = (None, Pax::default());
                continue;
            }
            self.next = size.next_multiple_of(BLOCK as u64).min(left) + start;
            match header.kind {
                b'0' | b'7' | 0 if size <= MOST_BYTES => {
                    // An old archive marks a folder by its name alone.
                    if header.name.ends_with('/') {
                        continue;
                    }
                    let bytes = self.bytes(start, size)?;
                    return Ok(Some(Entry { name: header.name, offset, bytes }));
                }
                b'L' | b'x' if size <= MOST_DESCRIPTION_BYTES => {
                    let bytes = self.bytes(start, size)?;
                    if header.kind == b'x' {
                        pax = Pax::parse(&bytes);
                    } else {
                        let name = bytes.split(|b| *b == 0).next().unwrap_or(&bytes);
                        long_name = Some(String::from_utf8_lossy(name).into_owned());
                    }
                    continue;
                }
                b'0' | b'7' | 0 | b'L' | b'x' => {
                    self.note(offset, header.name, Trouble::TooLarge { bytes: size });
                }
                // A link's long name, records for all members, a folder, a volume's label.
                b'K' | b'g' => continue,
                b'5' | b'V' => {}
                _ => self.note(offset, header.name, Trouble::NotAFile),
            }
            (long_name, pax) = (None, Pax::default());
        }
        Ok(None)
    }

    /// The header that is due; `None` at the end and where there is damage, after which the next
    /// sound one is due.
    fn header(&mut self) -> io::Result<Option<Header>> {
        let offset = self.next;
        if self.length - offset < BLOCK as u64 {
            if self.zeros == 0 {
                self.damage.push((offset, None, Trouble::NoEnd));
            }
            self.done = true;
            return Ok(None);
        }
        let block = self.block(offset)?;
        let zeros = std::mem::take(&mut self.zeros);
        match Block::parse(&block) {
            Block::Zero => {
                self.zeros = zeros + 1;
                self.next = offset + BLOCK as u64;
                Ok(None)
            }
            Block::Sound(header) => {
                // One block of zeros is a lost header; two end an archive that another was joined to.
                if zeros == 1 {
                    self.damage.push((offset - BLOCK as u64, None, Trouble::BadHeader));
                }
                Ok(Some(header))
            }
            Block::Bad => {
                // After one block of zeros these are the bytes of the member whose header they were.
                let damage = match zeros {
                    1 => (offset - BLOCK as u64, None, Trouble::BadHeader),
                    _ => (offset, guessed_name(&block), Trouble::BadHeader),
                };
                self.damage.push(damage);
                self.find_header(offset + BLOCK as u64)?;
                Ok(None)
            }
        }
    }

    /// Sets `next` to the first sound header at or after `from`; done where there is none. Only a
    /// header with the ustar or GNU mark counts, as a member's bytes may have a right sum by chance.
    fn find_header(&mut self, from: u64) -> io::Result<()> {
        self.next = from;
        while self.length - self.next >= BLOCK as u64 {
            if let Block::Sound(Header { marked: true, .. }) = Block::parse(&self.block(self.next)?) {
                return Ok(());
            }
            self.next += BLOCK as u64;
        }
        self.done = true;
        Ok(())
    }

    fn note(&mut self, offset: u64, name: String, trouble: Trouble) {
        self.damage.push((offset, Some(name), trouble));
    }

    fn block(&mut self, offset: u64) -> io::Result<[u8; BLOCK]> {
        let mut block = [0; BLOCK];
        self.seek(offset)?;
        self.from.read_exact(&mut block)?;
        self.at += BLOCK as u64;
        Ok(block)
    }

    /// `size` bytes, of which the caller knows that the file has them.
    fn bytes(&mut self, offset: u64, size: u64) -> io::Result<Vec<u8>> {
        self.seek(offset)?;
        let mut bytes = vec![0; usize::try_from(size).map_err(io::Error::other)?];
        self.from.read_exact(&mut bytes)?;
        self.at += size;
        Ok(bytes)
    }

    fn seek(&mut self, offset: u64) -> io::Result<()> {
        if self.at != offset {
            // The padding of members is short: a buffered reader keeps its buffer this way.
            match i64::try_from(offset).ok().zip(i64::try_from(self.at).ok()) {
                Some((to, from)) if to > from => self.from.seek_relative(to - from)?,
                _ => drop(self.from.seek(SeekFrom::Start(offset))?),
            }
            self.at = offset;
        }
        Ok(())
    }
}
