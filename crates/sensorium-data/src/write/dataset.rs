//! A whole dataset: files, labels, `dataset.toml`.

use super::files::{quoted, seconds};
use super::{write_csv, write_images, write_text, write_wav};
use crate::error::DataError;
use crate::recording::{Recording, Target, Task};
use crate::source::{RecordingSource, Split};
use crate::stream::{Modality, StreamSpec, TimeAxis};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

/// Writes the recordings `indices` of a source into `folder`: one folder a stream, `labels.csv`, and
/// a `dataset.toml` that opens them again, with the same split and groups.
///
/// Sound that is evenly spaced at a whole rate and starts with its recording is written as WAV, other
/// numbers as CSV, pictures as PNG (8 bits), words as text. Regression targets are not written.
///
/// # Errors
/// Two recordings with one name, a recording that cannot be loaded, or a file that cannot be written.
pub fn write_dataset(
    folder: &Path,
    source: &dyn RecordingSource,
    indices: &[usize],
) -> Result<(), DataError> {
    let schema = source.schema();
    let mut labels = String::from("recording,start,end,label\n");
    let mut parts: BTreeMap<Split, Vec<String>> = BTreeMap::new();
    let mut written = BTreeMap::new();
    // A stream is written in one way in all recordings.
    let mut formats: Vec<Option<&str>> = vec![None; schema.streams.len()];
    for index in indices {
        let recording = source.load(*index)?;
        let (name, group) = (file_name(&recording.name), file_name(&recording.group));
        if let Some(other) = written.insert(format!("{group}/{name}"), recording.name.clone()) {
            let message = format!("recordings `{other}` and `{}` would have the same files", recording.name);
            return Err(DataError::Invalid(message));
        }
        for (k, stream) in recording.streams.iter().enumerate() {
            let (Some(stream), spec) = (stream, &schema.streams[k]) else { continue };
            let format = *formats[k].get_or_insert_with(|| format_of(spec, &stream.times, &recording));
            let base = folder.join(file_name(&spec.name)).join(&group);
            fs::create_dir_all(&base).map_err(DataError::io(&base))?;
            match format {
                "wav" => write_wav(&base.join(format!("{name}.wav")), stream)?,
                "csv" => write_csv(&base.join(format!("{name}.csv")), stream)?,
                "txt" => write_text(&base.join(format!("{name}.txt")), stream)?,
                _ => write_images(&base.join(&name), stream)?,
            }
        }
        write_labels(&mut labels, &format!("{group}/{name}"), &recording, &schema.task);
        parts.entry(source.split(*index)).or_default().push(format!("{group}/{name}"));
    }
    let toml = describe(source, &formats, &parts);
    for (file, text) in [("labels.csv", labels), ("dataset.toml", toml)] {
        let path = folder.join(file);
        fs::write(&path, text).map_err(DataError::io(path))?;
    }
    Ok(())
}

fn format_of(spec: &StreamSpec, times: &TimeAxis, recording: &Recording) -> &'static str {
    let starts = recording.span().is_some_and(|s| s.start == times.at(0));
    match (spec.modality, times) {
        (Modality::Image | Modality::Video, _) => "png",
        (Modality::Text, _) => "txt",
        (Modality::Audio, TimeAxis::Regular { rate, .. }) if starts && rate.get().fract() == 0.0 => "wav",
        _ => "csv",
    }
}

/// A name without characters that file systems or globs mind.
fn file_name(name: &str) -> String {
    let safe = |c: char| if c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | ' ') { c } else { '_' };
    name.chars().map(safe).collect()
}

fn write_labels(out: &mut String, name: &str, recording: &Recording, task: &Task) {
    for annotation in &recording.annotations {
        let text = match (&annotation.target, task) {
            (Target::Class(class), Task::Classification { classes }) => classes.get(*class).cloned(),
            (Target::Class(class), _) => Some(if *class == 0 { "normal" } else { "anomaly" }.to_string()),
            (Target::Labels(held), Task::MultiLabel { labels }) => {
                let names = labels.iter().zip(held).filter(|(_, held)| **held).map(|(name, _)| name.clone());
                Some(names.collect::<Vec<_>>().join("|"))
            }
            _ => None,
        };
        if let Some(text) = text {
            let (start, end) = (annotation.span.start.as_micros(), annotation.span.end.as_micros());
            let _ = writeln!(out, "{},{},{},{}", quoted(name), seconds(start), seconds(end), quoted(&text));
        }
    }
}

fn describe(
    source: &dyn RecordingSource,
    formats: &[Option<&str>],
    parts: &BTreeMap<Split, Vec<String>>,
) -> String {
    let schema = source.schema();
    let text = |text: &str| toml::Value::String(text.to_string()).to_string();
    let list = |all: &[String]| format!("[{}]", all.iter().map(|t| text(t)).collect::<Vec<_>>().join(", "));
    let mut out = format!("name = {}\n", text(&schema.name));
    for (spec, format) in schema.streams.iter().zip(formats) {
        let Some(format) = format else { continue };
        let folder = file_name(&spec.name);
        let _ = writeln!(out, "\n[[stream]]\nname = {}\nmodality = \"{}\"", text(&spec.name), spec.modality);
        let _ = match *format {
            "png" => writeln!(
                out,
                "files = {}\ntime_format = \"us\"\ncolor = \"{}\"",
                text(&format!("{folder}/{{group}}/{{recording}}/{{time}}.png")),
                if spec.channels.len() == 1 { "gray" } else { "rgb" }
            ),
            ending => {
                writeln!(out, "files = {}", text(&format!("{folder}/{{group}}/{{recording}}.{ending}")))
            }
        };
        if *format == "csv" {
            let _ = writeln!(out, "time = \"time\"\ntime_format = \"s\"");
        }
        if *format == "txt" {
            let _ = writeln!(out, "time_format = \"s\"");
        }
        if let (Some(rate), "png") = (spec.rate, *format) {
            let _ = writeln!(out, "rate_hz = {:?}", rate.get());
        }
        if let (Some(unit), _) = (&spec.unit, ()) {
            let _ = writeln!(out, "unit = {}", text(unit));
        }
    }
    let task = match &schema.task {
        Task::Classification { classes } => Some(format!("classes = {}", list(classes))),
        Task::MultiLabel { labels } => Some(format!("task = \"multi-label\"\nclasses = {}", list(labels))),
        Task::OneClass => Some("task = \"anomaly\"".to_string()),
        Task::Regression { .. } => None,
    };
    if let Some(task) = task {
        let _ = writeln!(out, "\n[label]\nfiles = \"labels.csv\"\n{task}");
    }
    let _ = writeln!(
        out,
        "\n[window]\nlength_ms = {:?}\nstride_ms = {:?}\n\n[split]\nallow_empty_classes = true",
        schema.window.length_ms, schema.window.stride_ms
    );
    for (split, key) in [(Split::Train, "train"), (Split::Validation, "validation"), (Split::Test, "test")] {
        let names = parts.get(&split).cloned().unwrap_or_default();
        let _ = writeln!(out, "{key} = {}", list(&names));
    }
    out
}
