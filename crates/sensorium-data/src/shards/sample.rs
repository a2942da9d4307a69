//! Samples: neighbouring members with one stem.

use super::entry::{Entries, Entry};
use super::problem::Trouble;
use std::io::{self, Read, Seek};
use std::path::PathBuf;

/// One sample of a shard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sample {
    /// What its members share: folder and base name up to the first dot.
    pub key: String,
    /// Extension (in lower case, without the first dot: `jpg`, `seg.png`) and bytes of each member,
    /// in their order.
    pub members: Vec<(String, Vec<u8>)>,
    /// The shard it is from.
    pub shard: PathBuf,
    /// Where in the shard, in bytes, the header of its first member starts.
    pub offset: u64,
    /// Its place among the samples of its shard that were read, from 0.
    pub index: usize,
}

impl Sample {
    /// The bytes of the member with this extension.
    pub fn member(&self, extension: &str) -> Option<&[u8]> {
        self.members.iter().find(|(e, _)| e == extension).map(|(_, bytes)| bytes.as_slice())
    }
}

/// Key and extension of a member's name, as WebDataset has them: the base name is cut at its first
/// dot. `None` for a name without a dot or with nothing before it.
pub(super) fn key_and_extension(name: &str) -> Option<(&str, String)> {
    let mut name = name;
    while let Some(rest) = name.strip_prefix("./") {
        name = rest;
    }
    let base = name.rfind('/').map_or(0, |slash| slash + 1);
    let dot = base + name[base..].find('.')?;
    let extension = name[dot + 1..].to_lowercase();
    (dot > base && !extension.is_empty()).then(|| (&name[..dot], extension))
}

/// The members of one sample before it is known whether it stays.
pub(super) struct Group {
    pub key: String,
    pub offset: u64,
    pub members: Vec<(String, Vec<u8>)>,
}

/// Groups the members of one archive.
pub(super) struct Groups<R> {
    pub entries: Entries<R>,
    /// The first member of the next group.
    ahead: Option<Entry>,
}

impl<R: Read + Seek> Groups<R> {
    pub(super) fn new(from: R) -> io::Result<Self> {
        Ok(Self { entries: Entries::new(from)?, ahead: None })
    }

    /// The next group; `None` at the end of the archive.
    pub(super) fn next(&mut self) -> io::Result<Option<Group>> {
        let mut group: Option<Group> = None;
        while let Some(entry) = self.ahead.take().map_or_else(|| self.entries.next(), |e| Ok(Some(e)))? {
            let Some((key, extension)) = key_and_extension(&entry.name) else {
                self.entries.damage.push((entry.offset, Some(entry.name), Trouble::NoExtension));
                continue;
            };
            let group = match &mut group {
                Some(group) if group.key != key => {
                    self.ahead = Some(entry);
                    break;
                }
                Some(group) => group,
                none => none.insert(Group { key: key.to_owned(), offset: entry.offset, members: Vec::new() }),
            };
            if group.members.iter().any(|(e, _)| *e == extension) {
                self.entries.damage.push((entry.offset, Some(entry.name), Trouble::DuplicateMember));
            } else {
                group.members.push((extension, entry.bytes));
            }
        }
        Ok(group)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_base_name_is_cut_at_its_first_dot() {
        let cut = |name| key_and_extension(name).map(|(k, e)| (k.to_owned(), e));
        assert_eq!(cut("a.b/c.SEG.png"), Some(("a.b/c".into(), "seg.png".into())));
        assert_eq!(cut("././c.jpg"), Some(("c".into(), "jpg".into())));
        for name in ["", "README", ".hidden", "a/.b.jpg", "c.", "a.b/c"] {
            assert_eq!(cut(name), None, "{name}");
        }
    }
}
