//! Which files make which recordings.

use super::pattern::Found;
use super::spec::{DatasetSpec, Format};
use crate::error::DataError;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// One recording, before it is read.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub name: String,
    pub group: String,
    /// What `{label}` stands for.
    pub label: Option<String>,
    /// For each stream, its files in order.
    pub files: Arc<Vec<Vec<Found>>>,
    /// Position in an IDX file.
    pub item: Option<usize>,
}

/// Finds the files of every stream and joins them to recordings, sorted by name.
///
/// A recording is named by those of `{group}`, `{label}` and `{recording}` that the globs of all
/// streams have, joined by `/`.
pub(crate) fn discover(spec: &DatasetSpec) -> Result<Vec<Entry>, DataError> {
    let streams = &spec.streams;
    let in_all = |p: &str| streams.iter().all(|s| s.files.has(p));
    if !in_all("recording")
        && streams.iter().any(|s| s.files.has("recording"))
        && let Some(lacking) = streams.iter().find(|s| !s.files.has("recording"))
    {
        return Err(lacking.place.error(format!(
            "stream `{}` has no {{recording}} in its glob, but others have; add it, so that their files can be \
             joined",
            lacking.name
        )));
    }
    let key_parts: Vec<&str> = ["group", "label", "recording"].into_iter().filter(|p| in_all(p)).collect();
    let mut joined: BTreeMap<String, Vec<Vec<Found>>> = BTreeMap::new();
    for (index, stream) in streams.iter().enumerate() {
        let found = stream.files.files(&spec.root)?;
        if found.is_empty() {
            return Err(stream.place.error(format!(
                "no file below {} matches \"{}\"; correct the glob or the root",
                spec.root.display(),
                stream.files.source()
            )));
        }
        for file in found {
            let parts: Vec<&str> = key_parts.iter().filter_map(|p| file.get(p)).collect();
            let key = if parts.is_empty() { spec.name.clone() } else { parts.join("/") };
            let here =
                &mut joined.entry(key.clone()).or_insert_with(|| vec![Vec::new(); streams.len()])[index];
            if let Some(first) = here.first()
                && stream.format != Format::Images
            {
                return Err(stream.place.error(format!(
                    "{} and {} would both be stream `{}` of recording `{key}`; tell them apart with {{recording}} \
                     or {{group}} in the glob",
                    first.relative, file.relative, stream.name
                )));
            }
            here.push(file);
        }
    }
    let mut entries = Vec::with_capacity(joined.len());
    for (name, mut files) in joined {
        for (stream, files) in streams.iter().zip(&mut files) {
            if files.is_empty() && stream.required {
                let message =
                    format!("recording `{name}` has no file of stream `{}`, which is required", stream.name);
                return Err(stream.place.error(message));
            }
            files.sort_by_cached_key(|f| (number(f), f.relative.clone()));
        }
        let captured = |p: &str| -> Result<Option<String>, DataError> {
            let all: BTreeSet<&str> = files.iter().flatten().filter_map(|f| f.get(p)).collect();
            if all.len() > 1 {
                let listed: Vec<&str> = all.into_iter().take(5).collect();
                return Err(DataError::Invalid(format!(
                    "recording `{name}` has several {{{p}}}: {}; put {{{p}}} into the globs of all streams, or \
                     rename the files",
                    listed.join(", ")
                )));
            }
            Ok(all.first().map(|s| s.to_string()))
        };
        let (group, label) = (captured("group")?, captured("label")?);
        let group = group.unwrap_or_else(|| name.clone());
        entries.push(Entry { name, group, label, files: Arc::new(files), item: None });
    }
    Ok(entries)
}

/// The last number in a frame's name, or its time where that is a whole number, so that frame 10 comes
/// after frame 9.
fn number(file: &Found) -> Option<u64> {
    file.get("frame").and_then(frame_number).or_else(|| file.get("time")?.parse().ok())
}

/// The last run of digits in `text`, as a number.
pub(crate) fn frame_number(text: &str) -> Option<u64> {
    let end = text.rfind(|c: char| c.is_ascii_digit())? + 1;
    let start = text[..end]
        .rfind(|c: char| !c.is_ascii_digit())
        .map_or(0, |at| at + text[at..].chars().next().map_or(1, char::len_utf8));
    text[start..end].parse().ok()
}
