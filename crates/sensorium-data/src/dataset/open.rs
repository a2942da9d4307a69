//! Opens a dataset: files, labels, streams, split, in this order.

use super::classes::{group_of, read_label_files, scan};
use super::discover::{Entry, discover};
use super::labels::Labels;
use super::resolve::resolve;
use super::spec::{DatasetSpec, Format, SplitPart, TaskKind};
use super::{Dataset, parse_spec};
use crate::error::DataError;
use crate::read::read_idx;
use crate::recording::Task;
use crate::source::{Schema, Split};
use crate::split::{Unit, check_classes, split_by_share};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::sync::{Arc, Mutex};

pub(crate) fn open(path: &Path, strict: bool) -> Result<Dataset, DataError> {
    let file = if path.is_dir() { path.join("dataset.toml") } else { path.to_path_buf() };
    let bytes = fs::read(&file).map_err(DataError::io(&file))?;
    let text = String::from_utf8(bytes).map_err(|e| {
        let line = 1 + e.as_bytes()[..e.utf8_error().valid_up_to()].iter().filter(|b| **b == b'\n').count();
        DataError::at_line(&file, line as u64, "is not UTF-8; save the file as UTF-8")
    })?;
    let spec = parse_spec(&file, &text)?;
    let mut entries = discover(&spec)?;
    let mut idx = BTreeMap::new();
    for (index, _) in spec.streams.iter().enumerate().filter(|(_, s)| s.format == Format::Idx) {
        for file in entries.iter().flat_map(|e| &e.files[index]) {
            idx.insert(file.path.clone(), Arc::new(read_idx(&file.path)?));
        }
    }
    if spec.streams.iter().any(|s| s.format == Format::Idx) {
        entries = one_each(&spec, entries, &idx)?;
    }
    if let Some(column) = &spec.split.group_column {
        for entry in &mut entries {
            entry.group = group_of(&spec, entry, column)?;
        }
    }
    let mut labels = spec.label.clone().map(Labels::new);
    if let Some(l) = &mut labels
        && let Err(error) = read_label_files(&spec, l)
    {
        if strict {
            return Err(error);
        }
        labels = None;
    }
    let mentioned = match &labels {
        Some(l) => scan(&spec, l, &entries),
        None => Ok(vec![Vec::new(); entries.len()]),
    };
    let mentioned = match mentioned {
        Ok(found) => found,
        Err(error) if strict => return Err(error),
        Err(_) => {
            labels = None;
            vec![Vec::new(); entries.len()]
        }
    };
    if let Some(labels) = &mut labels {
        let found: BTreeSet<String> = mentioned.iter().flatten().map(|(name, _)| name.clone()).collect();
        labels.settle(found);
    }
    let positions = |found: &[(String, u64)]| -> Vec<(usize, u64)> {
        let position = |name: &String| labels.as_ref().and_then(|l| l.position(name));
        found.iter().filter_map(|(name, weight)| position(name).map(|p| (p, *weight))).collect()
    };
    let present: Vec<Vec<(usize, u64)>> = mentioned.iter().map(|m| positions(m)).collect();
    let resolved: Vec<_> = (0..spec.streams.len())
        .map(|i| resolve(&spec, i, &entries, labels.as_ref(), &idx))
        .collect::<Result<_, _>>()?;
    let splits = if strict {
        assign(&spec, &mut entries, present, labels.as_ref())?
    } else {
        (vec![Split::Test; entries.len()], present)
    };
    let (splits, present) = splits;
    let schema = Schema {
        name: spec.name.clone(),
        streams: resolved.iter().map(|r| r.spec.clone()).collect(),
        task: labels.as_ref().map_or(Task::OneClass, Labels::task),
        window: spec.window,
    };
    let present = present.into_iter().map(|p| p.into_iter().map(|(class, _)| class).collect()).collect();
    Ok(Dataset { spec, schema, entries, splits, present, resolved, labels, idx, repairs: Mutex::default() })
}

/// One recording an IDX item instead of one a file.
fn one_each(
    spec: &DatasetSpec,
    entries: Vec<Entry>,
    idx: &BTreeMap<std::path::PathBuf, Arc<crate::read::Idx>>,
) -> Result<Vec<Entry>, DataError> {
    if let Some(other) = spec.streams.iter().find(|s| s.format != Format::Idx) {
        return Err(other.place.error("IDX streams cannot be joined with other formats; make two datasets"));
    }
    let mut all = Vec::new();
    for entry in entries {
        let counts = entry.files.iter().flatten().filter_map(|f| idx.get(&f.path)).map(|i| i.count);
        let counts: BTreeSet<usize> = counts.collect();
        if counts.len() > 1 {
            let message = format!("the IDX files of `{}` hold different numbers of items", entry.name);
            return Err(DataError::Invalid(message));
        }
        for item in 0..counts.first().copied().unwrap_or(0) {
            let name = format!("{}/{item}", entry.name);
            let group = if entry.group == entry.name { name.clone() } else { entry.group.clone() };
            all.push(Entry {
                name,
                group,
                label: entry.label.clone(),
                files: entry.files.clone(),
                item: Some(item),
            });
        }
    }
    Ok(all)
}

type Assigned = (Vec<Split>, Vec<Vec<(usize, u64)>>);

/// Gives every recording its split; recordings that no list names are taken out of `entries`.
fn assign(
    spec: &DatasetSpec,
    entries: &mut Vec<Entry>,
    present: Vec<Vec<(usize, u64)>>,
    labels: Option<&Labels>,
) -> Result<Assigned, DataError> {
    let rule = &spec.split;
    let fail = |message: String| match (&rule.place, labels) {
        (Some(place), _) => place.error(message),
        (None, Some(labels)) => labels.spec.error(message),
        (None, None) => DataError::Invalid(message),
    };
    let main =
        |p: &[(usize, u64)]| p.iter().max_by_key(|(c, w)| (*w, std::cmp::Reverse(*c))).map(|(c, _)| *c);
    let share = |part: &SplitPart| if let SplitPart::Share(share) = part { *share } else { 0.0 };
    let shares = [share(&rule.parts[0]), share(&rule.parts[1]), share(&rule.parts[2])];
    let (splits, present) = if let SplitPart::Globs(_) = rule.parts[0] {
        let listed: Vec<Option<Split>> =
            entries.iter().map(|e| listed_split(&rule.parts, e).map_err(&fail)).collect::<Result<_, _>>()?;
        let keep: Vec<usize> = (0..entries.len()).filter(|i| listed[*i].is_some()).collect();
        let present: Vec<_> = keep.iter().map(|i| present[*i].clone()).collect();
        let mut splits: Vec<Split> = keep.iter().filter_map(|i| listed[*i]).collect();
        *entries = keep.iter().map(|i| entries[*i].clone()).collect();
        let train: Vec<usize> = (0..splits.len()).filter(|i| splits[*i] == Split::Train).collect();
        let units: Vec<Unit> =
            train.iter().map(|i| Unit { group: &entries[*i].group, class: main(&present[*i]) }).collect();
        let shares = [1.0 - shares[1] - shares[2], shares[1], shares[2]];
        for (at, split) in train.iter().zip(split_by_share(&units, shares, rule.seed, rule.stratify)) {
            splits[*at] = split;
        }
        (splits, present)
    } else {
        let units: Vec<Unit> =
            entries.iter().zip(&present).map(|(e, p)| Unit { group: &e.group, class: main(p) }).collect();
        (split_by_share(&units, shares, rule.seed, rule.stratify), present)
    };
    let mut sides: BTreeMap<&str, Split> = BTreeMap::new();
    for (entry, split) in entries.iter().zip(&splits) {
        let first = *sides.entry(&entry.group).or_insert(*split);
        if first != *split {
            let message = format!(
                "group `{}` lies in two parts of the split (recording `{}`); list it on one side",
                entry.group, entry.name
            );
            return Err(fail(message));
        }
    }
    let classified = labels.filter(|l| l.spec.task == TaskKind::Classification);
    let needed = rule.parts.iter().zip([Split::Train, Split::Validation, Split::Test]);
    for (part, split) in needed {
        let wanted = match part {
            SplitPart::Share(share) => *share > 0.0,
            SplitPart::Globs(globs) => !globs.is_empty(),
        };
        if wanted && !splits.contains(&split) {
            let remedy = match part {
                SplitPart::Globs(_) => "its globs match no recording; correct them",
                SplitPart::Share(_) => {
                    "there are too few recordings (or groups); add some, or give [split] other shares"
                }
            };
            let name = format!("{split:?}").to_lowercase();
            return Err(fail(format!("the {name} part of the split is empty: {remedy}")));
        }
    }
    if let Some(labels) = classified.filter(|_| splits.contains(&Split::Train)) {
        let classes: Vec<Vec<usize>> =
            present.iter().map(|p| p.iter().map(|(class, _)| *class).collect()).collect();
        check_classes(&labels.names, &classes, &splits, rule.allow_empty_classes)
            .map_err(|m| if m.starts_with("only one class") { labels.spec.error(m) } else { fail(m) })?;
    }
    Ok((splits, present))
}

/// The part whose globs name a recording, by its name or by the path of one of its files.
fn listed_split(parts: &[SplitPart; 3], entry: &Entry) -> Result<Option<Split>, String> {
    let mut found = None;
    for (part, split) in parts.iter().zip([Split::Train, Split::Validation, Split::Test]) {
        let SplitPart::Globs(globs) = part else { continue };
        let named = |g: &glob::Pattern| {
            g.matches(&entry.name) || entry.files.iter().flatten().any(|f| g.matches(&f.relative))
        };
        if globs.iter().any(named) {
            if found.is_some() {
                return Err(format!("recording `{}` is listed in two parts; list it in one", entry.name));
            }
            found = Some(split);
        }
    }
    Ok(found)
}
