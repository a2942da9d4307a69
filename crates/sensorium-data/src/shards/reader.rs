//! Reading samples from one shard or many.

use super::problem::{ShardProblem, Trouble};
use super::sample::{Group, Groups, Sample};
use crate::error::DataError;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fs::File;
use std::io::{BufReader, Cursor, Read, Seek};
use std::path::{Path, PathBuf};

/// Reads the samples of shards one after the other; only one is in memory at a time (and the keys of
/// all that were read).
///
/// As an iterator it gives an error where a shard that could be opened cannot be read any more, and
/// goes on with the next shard.
pub struct ShardReader {
    shards: Vec<PathBuf>,
    /// The shard that is read, and its place in `shards`.
    now: Option<(usize, Groups<BufReader<File>>)>,
    following: usize,
    tally: Tally,
}

impl std::fmt::Debug for ShardReader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ShardReader")
            .field("shards", &self.shards)
            .field("following", &self.following)
            .finish()
    }
}

impl ShardReader {
    /// Opens shards: each path is a tar archive, or a folder whose `.tar` files are read in the order
    /// of their names. The first sample of each is looked at, so that a wrong file is told at once.
    ///
    /// # Errors
    ///
    /// When there is no path, a folder has no `.tar` file, or a file cannot be read, is empty, is no
    /// tar archive or has no sample.
    pub fn open<P: AsRef<Path>>(paths: impl IntoIterator<Item = P>) -> Result<Self, DataError> {
        let mut shards = Vec::new();
        for path in paths {
            let path = path.as_ref();
            if path.is_dir() {
                let mut found = tar_files(path)?;
                if found.is_empty() {
                    let message = "there is no .tar file in this folder; name the shards' folder";
                    return Err(DataError::in_file(path, message));
                }
                shards.append(&mut found);
            } else {
                shards.push(path.to_owned());
            }
        }
        if shards.is_empty() {
            return Err(DataError::Invalid("no shard was given; name .tar files or their folder".into()));
        }
        for shard in &shards {
            let mut groups = open_groups(shard)?;
            if groups.next().map_err(DataError::io(shard))?.is_none() {
                let damage = groups.entries.damage.iter().map(|(at, _, trouble)| (*at, trouble));
                return Err(no_sample(shard, groups.entries.length(), damage));
            }
        }
        Ok(Self { shards, now: None, following: 0, tally: Tally::default() })
    }

    /// The shards, in the order in which they are read.
    pub fn shards(&self) -> &[PathBuf] {
        &self.shards
    }

    /// What was left out so far; everything once the iterator has ended.
    pub fn problems(&self) -> &[ShardProblem] {
        &self.tally.problems
    }

    /// What was left out so far.
    pub fn into_problems(self) -> Vec<ShardProblem> {
        self.tally.problems
    }

    fn try_next(&mut self) -> Result<Option<Sample>, DataError> {
        loop {
            let (number, mut groups) = match self.now.take() {
                Some(now) => now,
                None => {
                    let number = self.following;
                    let Some(shard) = self.shards.get(number) else { return Ok(None) };
                    self.following += 1;
                    self.tally.index = 0;
                    (number, open_groups(shard)?)
                }
            };
            let shard = &self.shards[number];
            let sample = self.tally.next(shard, &mut groups)?;
            if sample.is_some() {
                self.now = Some((number, groups));
                return Ok(sample);
            }
        }
    }
}

impl Iterator for ShardReader {
    type Item = Result<Sample, DataError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.try_next().transpose()
    }
}

/// Reads all samples of a shard in memory, and what was left out. `path` is for messages.
///
/// # Errors
///
/// When the shard is empty, is no tar archive or has no sample.
pub fn parse_shard(path: &Path, bytes: &[u8]) -> Result<(Vec<Sample>, Vec<ShardProblem>), DataError> {
    let mut groups = Groups::new(Cursor::new(bytes)).map_err(DataError::io(path))?;
    let (mut tally, mut samples) = (Tally::default(), Vec::new());
    while let Some(sample) = tally.next(path, &mut groups)? {
        samples.push(sample);
    }
    if samples.is_empty() {
        let troubles = tally.problems.iter().map(|p| (p.offset, &p.trouble));
        return Err(no_sample(path, bytes.len() as u64, troubles));
    }
    Ok((samples, tally.problems))
}

/// What has to be known across samples.
#[derive(Default)]
struct Tally {
    /// Where each key was first.
    seen: HashMap<String, PathBuf>,
    problems: Vec<ShardProblem>,
    /// Samples of the present shard.
    index: usize,
}

impl Tally {
    /// The next sample of a shard whose key is new.
    fn next<R: Read + Seek>(
        &mut self,
        shard: &Path,
        groups: &mut Groups<R>,
    ) -> Result<Option<Sample>, DataError> {
        loop {
            let group = groups.next();
            for (offset, member, trouble) in groups.entries.damage.drain(..) {
                self.problems.push(ShardProblem { shard: shard.to_owned(), offset, member, trouble });
            }
            let Some(Group { key, offset, members }) = group.map_err(DataError::io(shard))? else {
                return Ok(None);
            };
            match self.seen.entry(key.clone()) {
                Entry::Occupied(first) => {
                    let trouble = Trouble::DuplicateKey { first: first.get().clone() };
                    self.problems.push(ShardProblem {
                        shard: shard.to_owned(),
                        offset,
                        member: Some(key),
                        trouble,
                    });
                }
                Entry::Vacant(place) => {
                    place.insert(shard.to_owned());
                    let index = self.index;
                    self.index += 1;
                    return Ok(Some(Sample { key, members, shard: shard.to_owned(), offset, index }));
                }
            }
        }
    }
}

fn open_groups(shard: &Path) -> Result<Groups<BufReader<File>>, DataError> {
    let file = File::open(shard).map_err(DataError::io(shard))?;
    Groups::new(BufReader::with_capacity(1 << 16, file)).map_err(DataError::io(shard))
}

/// The `.tar` files of a folder, by name.
pub(super) fn tar_files(folder: &Path) -> Result<Vec<PathBuf>, DataError> {
    let mut shards = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(DataError::io(folder))? {
        let path = entry.map_err(DataError::io(folder))?.path();
        let hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
        if !hidden && path.extension().is_some_and(|e| e.eq_ignore_ascii_case("tar")) && path.is_file() {
            shards.push(path);
        }
    }
    shards.sort();
    Ok(shards)
}

/// Why a shard has no sample, from its length in bytes and what was left out of it.
fn no_sample<'a>(
    shard: &Path,
    length: u64,
    troubles: impl IntoIterator<Item = (u64, &'a Trouble)>,
) -> DataError {
    let troubles: Vec<_> = troubles.into_iter().collect();
    let unnamed = troubles.iter().any(|(_, trouble)| matches!(trouble, Trouble::NoExtension));
    let foreign = matches!(troubles.first(), Some((0, Trouble::BadHeader | Trouble::NoEnd)));
    let message = if length == 0 {
        "the file is empty; copy the shard again"
    } else if unnamed {
        "no member has a name such as `KEY.jpg` or `KEY.txt`; pack the files with their extensions"
    } else if foreign {
        "this is not a tar archive, or nothing of it can be read; unpack it first if it is compressed"
    } else if troubles.is_empty() {
        "the archive has no file; leave it out"
    } else {
        "no member of the archive can be read; copy the shard again"
    };
    DataError::in_file(shard, message)
}
