//! Small natural images: 4,800 of Tiny ImageNet, 64 × 64, 60 of each of 80 classes.
//!
//! Converted to: `train-00000.tar` … `train-00003.tar`, 1,200 samples each, `KEY.jpg` (bytes as in the repository)
//! then `KEY.cls` (the WordNet id), in a fixed mixed order, and `classes.tsv` (id and words).

use super::git::{self, Repository};
use super::{FetchError, PublicSet, Request, archive};
use std::collections::{BTreeSet, HashMap, HashSet};
use std::io::Read;
use std::path::Path;

const REPOSITORY: Repository =
    Repository { url: "https://github.com/seshuad/IMagenet", commit: "153dbc161ab7" };

/// The keys of the samples, in the order of the shards.
const KEYS: &str = include_str!("tables/mini_natural_keys.txt");
const CLASSES: &str = include_str!("tables/mini_natural_classes.tsv");

/// Samples in a shard.
const SHARD: usize = 1200;

/// A tar archive is a multiple of so many bytes.
const RECORD: usize = 10_240;

pub(super) const SET: PublicSet = PublicSet {
    name: "mini-natural",
    title: "Small natural images of 80 classes",
    modality: "image",
    size_bytes: 17_891_585,
    licence: "none stated (ImageNet's pictures are for non-commercial research and education, from the literature)",
    used_for: "image encoders, few-shot and transfer studies",
    clients: &["git"],
    sums: include_str!("manifests/mini-natural.sha256"),
    collect,
};

fn collect(request: &Request<'_>) -> Result<String, FetchError> {
    if let Some(from) = request.from.filter(|from| Path::new(from).join("train-00000.tar").is_file()) {
        archive::take_from_folder(Path::new(from), request.wanted, request.out)?;
        return Ok(from.to_owned());
    }
    let cloned = git::open(&REPOSITORY, request)?;
    let wanted: HashSet<&str> = KEYS.lines().collect();
    let paths = cloned.paths()?;
    let folders: BTreeSet<&str> = paths
        .iter()
        .filter_map(|path| path.rsplit_once('/'))
        .filter(|(_, name)| key_of(name).is_some_and(|key| wanted.contains(key)))
        .map(|(folder, _)| folder)
        .collect();
    let mut images: HashMap<String, Vec<u8>> = HashMap::new();
    for folder in folders {
        take_images(&cloned.folder(folder)?, &wanted, &cloned.origin, &mut images)?;
    }
    let keys: Vec<&str> = KEYS.lines().collect();
    for (number, keys) in keys.chunks(SHARD).enumerate() {
        let mut tar = Vec::new();
        for key in keys {
            let absent = || FetchError::Absent { file: format!("{key}.JPEG"), origin: cloned.origin.clone() };
            add(&mut tar, &format!("{key}.jpg"), images.get(*key).ok_or_else(absent)?);
            add(&mut tar, &format!("{key}.cls"), class_of(key).as_bytes());
        }
        // Two empty blocks end the archive.
        tar.resize((tar.len() + 1024).next_multiple_of(RECORD), 0);
        archive::put(&tar, &request.out.join(format!("train-{number:05}.tar")))?;
    }
    archive::put(CLASSES.as_bytes(), &request.out.join("classes.tsv"))?;
    Ok(cloned.origin)
}

fn key_of(name: &str) -> Option<&str> {
    name.strip_suffix(".JPEG")
}

fn class_of(key: &str) -> &str {
    key.split('_').next().unwrap_or(key)
}

fn take_images(
    tar: &[u8],
    wanted: &HashSet<&str>,
    origin: &str,
    images: &mut HashMap<String, Vec<u8>>,
) -> Result<(), FetchError> {
    let damaged = |e: std::io::Error| FetchError::source(origin, format!("an image cannot be read: {e}"));
    for entry in tar::Archive::new(tar).entries().map_err(damaged)? {
        let entry = entry.map_err(damaged)?;
        let path = entry.path().map_err(damaged)?.to_string_lossy().into_owned();
        if let Some(key) = key_of(&path).filter(|key| wanted.contains(key)) {
            let mut bytes = Vec::new();
            entry.take(archive::MOST_BYTES).read_to_end(&mut bytes).map_err(damaged)?;
            images.insert(key.to_owned(), bytes);
        }
    }
    Ok(())
}

/// Adds a file to a tar archive (ustar), dated 1970, of nobody. Written here because the sums cover each byte.
fn add(tar: &mut Vec<u8>, name: &str, content: &[u8]) {
    let mut header = [0_u8; 512];
    let mut put = |at: usize, text: &str| header[at..at + text.len()].copy_from_slice(text.as_bytes());
    put(0, name);
    // Mode, user and group; size; date, and blanks where the checksum comes; format.
    put(100, &["0000644", "0000000", "0000000", ""].join("\0"));
    put(124, &format!("{:011o}\0", content.len()));
    put(136, &["00000000000", "        0"].join("\0"));
    put(257, &["ustar", "00"].join("\0"));
    let sum: u32 = header.iter().map(|b| u32::from(*b)).sum();
    header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    tar.extend(header);
    tar.extend(content);
    tar.resize(tar.len().next_multiple_of(512), 0);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_keys_are_those_of_four_shards_and_of_known_classes() {
        let keys: HashSet<&str> = KEYS.lines().collect();
        assert_eq!((keys.len(), KEYS.lines().count()), (4 * SHARD, 4 * SHARD));
        let classes: HashSet<&str> = CLASSES.lines().skip(1).filter_map(|l| l.split('\t').next()).collect();
        assert_eq!(classes.len(), 80);
        assert!(keys.iter().all(|key| classes.contains(class_of(key))));
    }

    #[test]
    fn an_archive_that_was_written_can_be_read() {
        let mut tar = Vec::new();
        add(&mut tar, "n1_2.JPEG", &[7; 513]);
        tar.resize(tar.len() + 1024, 0);
        let mut images = HashMap::new();
        take_images(&tar, &HashSet::from(["n1_2"]), "x", &mut images).unwrap();
        assert_eq!(images["n1_2"], [7; 513]);
    }
}
