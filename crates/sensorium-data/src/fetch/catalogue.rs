//! The sets that can be fetched.

use super::manifest::Manifest;
use super::{
    FetchError, Request, causal, causrca, fashion_mnist, lidar, mini_natural, minilm, mnist, mobilenet_v2,
    petshop, skab, tep, tooth,
};

/// A public set: what it is, and how it is brought.
#[derive(Clone)]
pub struct PublicSet {
    /// Its name on the command line, and its folder.
    pub name: &'static str,
    /// What it is, in a few words.
    pub title: &'static str,
    /// The modality of its streams.
    pub modality: &'static str,
    /// Size of the converted files in bytes.
    pub size_bytes: u64,
    /// Its licence, as its source states it.
    pub licence: &'static str,
    /// What Sensorium uses it for.
    pub used_for: &'static str,
    /// The clients that bring it.
    pub clients: &'static [&'static str],
    /// SHA-256 sums of the converted files, in the format of `sha256sum`.
    pub(super) sums: &'static str,
    /// Brings and converts the files; returns where they came from.
    pub(super) collect: fn(&Request<'_>) -> Result<String, FetchError>,
}

impl PublicSet {
    pub(super) fn manifest(&self) -> Result<Manifest, FetchError> {
        Manifest::parse(self.name, self.sums)
    }
}

impl std::fmt::Debug for PublicSet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PublicSet")
            .field("name", &self.name)
            .field("licence", &self.licence)
            .finish_non_exhaustive()
    }
}

const SETS: &[PublicSet] = &[
    mnist::SET,
    fashion_mnist::SET,
    skab::SET,
    tep::SET,
    tooth::SET,
    causal::SET,
    petshop::SET,
    causrca::SET,
    lidar::SET,
    mini_natural::SET,
    minilm::SET,
    mobilenet_v2::SET,
];

/// Every set that [`get`](super::get) can bring.
pub fn list() -> &'static [PublicSet] {
    SETS
}

pub(super) fn find(name: &str) -> Result<&'static PublicSet, FetchError> {
    SETS.iter().find(|set| set.name == name).ok_or_else(|| FetchError::UnknownSet {
        name: name.to_owned(),
        known: SETS.iter().map(|set| set.name).collect::<Vec<_>>().join(", "),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_manifest_can_be_read() {
        for set in list() {
            assert!(set.manifest().unwrap().len() >= 2, "{}", set.name);
        }
    }

    #[test]
    fn an_unknown_name_is_answered_with_the_known_ones() {
        let message = find("imagenet").unwrap_err().to_string();
        assert!(message.contains("imagenet") && message.contains("skab"), "{message}");
    }
}
