//! What is known about labels and groups before recordings are read.

use super::discover::Entry;
use super::labels::{LabelSpan, Labels, label_span};
use super::spec::{DatasetSpec, LabelSource};
use crate::error::DataError;
use crate::read::{
    ColumnRef, Repairs, Request, TableLayout, TimeFormat, TimeReader, read_csv, read_header, read_idx,
};
use rayon::prelude::*;
use std::collections::BTreeMap;

/// Reads the label files, if labels are in files of their own.
pub(crate) fn read_label_files(spec: &DatasetSpec, labels: &mut Labels) -> Result<(), DataError> {
    match labels.spec.source.clone() {
        LabelSource::Columns { .. } | LabelSource::Path => Ok(()),
        LabelSource::Idx { files } => {
            for file in found(spec, labels, &files)? {
                let key = file.get("recording").unwrap_or(&spec.name).to_string();
                labels.items.insert(key, read_idx(&file.path)?.bytes);
            }
            Ok(())
        }
        LabelSource::Spans { files, start, end, recording, label } => {
            let layout = TableLayout { header: Some(true), ..TableLayout::default() };
            for file in found(spec, labels, &files)? {
                let (header, width) = read_header(&file.path, &layout)?;
                let there = |c: &ColumnRef| c.locate(header.as_deref(), width).is_ok();
                let spanned = there(&start) && there(&end);
                let named = file.get("recording").is_none();
                let mut texts = vec![label.clone()];
                if named {
                    texts.push(recording.clone());
                }
                if spanned {
                    texts.extend([start.clone(), end.clone()]);
                }
                let request = Request { texts, ..Request::default() };
                let table = read_csv(&file.path, &layout, &request, &mut Repairs::default())?;
                let mut clocks = [TimeReader::new(&TimeFormat::Auto), TimeReader::new(&TimeFormat::Auto)];
                for row in 0..table.rows {
                    let key = match file.get("recording") {
                        Some(name) => name.to_string(),
                        None => table.texts[1][row].clone(),
                    };
                    let first = 1 + usize::from(named);
                    let mut read = |k: usize| {
                        clocks[k].micros(&table.texts[first + k][row]).map_err(|m| {
                            DataError::at_line(&file.path, table.lines.get(row).copied().unwrap_or(0), m)
                        })
                    };
                    let span = if spanned { Some(label_span(read(0)?, read(1)?)) } else { None };
                    let text = table.texts[0][row].clone();
                    labels.spans.entry(key).or_default().push(LabelSpan { span, text });
                }
            }
            Ok(())
        }
    }
}

fn found(
    spec: &DatasetSpec,
    labels: &Labels,
    files: &super::pattern::Pattern,
) -> Result<Vec<super::pattern::Found>, DataError> {
    let found = files.files(&spec.root)?;
    if found.is_empty() {
        let message = format!("no label file below {} matches \"{}\"", spec.root.display(), files.source());
        return Err(labels.spec.error(format!("{message}; correct the glob")));
    }
    Ok(found)
}

/// The names that occur in each recording, with the number of rows (or spans) of each.
pub(crate) fn scan(
    spec: &DatasetSpec,
    labels: &Labels,
    entries: &[Entry],
) -> Result<Vec<Vec<(String, u64)>>, DataError> {
    entries.par_iter().map(|entry| names_in(spec, labels, entry)).collect()
}

fn names_in(spec: &DatasetSpec, labels: &Labels, entry: &Entry) -> Result<Vec<(String, u64)>, DataError> {
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    let mut last: Option<(String, u64)> = None;
    // Labels come in long runs; a name is looked up once a run.
    let mut count = |cell: &str| match &mut last {
        Some((run, n)) if run == cell => *n += 1,
        _ => {
            if let Some((run, n)) = last.replace((cell.to_string(), 1)) {
                for name in labels.mentioned(&run) {
                    *counts.entry(name).or_default() += n;
                }
            }
        }
    };
    if let Some((index, columns)) = labels.columns() {
        let stream = &spec.streams[index];
        if let Some(file) = entry.files[index].first() {
            let (header, width) = super::table_header(stream, &file.path)?;
            let located = columns.iter().try_for_each(|c| c.locate(header.as_deref(), width).map(drop));
            match (located, &labels.spec.default) {
                (Err(_), Some(default)) => count(default),
                (Err(message), None) => {
                    let message = format!("{}: {message}", file.path.display());
                    return Err(labels.spec.error(format!(
                        "{message}; correct the column, or give default = \"<label>\" for files without it"
                    )));
                }
                (Ok(()), _) if columns.len() > 1 => {}
                (Ok(()), _) => {
                    let request = Request { texts: columns.to_vec(), ..Request::default() };
                    let table = super::read_table(stream, &file.path, &request, &mut Repairs::default())?;
                    table.texts.iter().flatten().for_each(|cell| count(cell));
                }
            }
        }
    } else {
        labels.stated(entry).iter().for_each(|s| count(&s.text));
    }
    if let Some((run, n)) = last {
        for name in labels.mentioned(&run) {
            *counts.entry(name).or_default() += n;
        }
    }
    Ok(counts.into_iter().collect())
}

/// The group that the first row of a recording's table names.
pub(crate) fn group_of(spec: &DatasetSpec, entry: &Entry, column: &ColumnRef) -> Result<String, DataError> {
    for (stream, files) in spec.streams.iter().zip(entry.files.iter()) {
        let Some(file) = files.first().filter(|_| stream.format.is_table()) else { continue };
        let (header, width) = super::table_header(stream, &file.path)?;
        if column.locate(header.as_deref(), width).is_err() {
            continue;
        }
        let request = Request { texts: vec![column.clone()], ..Request::default() };
        let table = super::read_table(stream, &file.path, &request, &mut Repairs::default())?;
        if let Some(group) = table.texts.into_iter().flatten().next() {
            return Ok(group);
        }
    }
    let message =
        format!("no file of recording `{}` has the column {column} that names its group", entry.name);
    Err(spec.split.place.as_ref().map_or_else(|| DataError::Invalid(message.clone()), |p| p.error(&message)))
}
