//! From label cells and label files to targets.

use super::discover::Entry;
use super::spec::{LabelSource, LabelSpec, TaskKind};
use crate::error::DataError;
use crate::read::ColumnRef;
use crate::recording::{Annotation, Target, Task};
use crate::stream::TimeAxis;
use crate::time::{Span, Timestamp};
use std::collections::BTreeMap;

/// A label of a label file; without a span it holds for the whole recording.
#[derive(Clone, Debug)]
pub(crate) struct LabelSpan {
    pub span: Option<Span>,
    pub text: String,
}

/// The labels of a dataset.
#[derive(Clone, Debug)]
pub(crate) struct Labels {
    pub spec: LabelSpec,
    /// Names of classes, labels or outputs.
    pub names: Vec<String>,
    positions: BTreeMap<String, usize>,
    /// Of label files, by recording as they call it.
    pub spans: BTreeMap<String, Vec<LabelSpan>>,
    /// Of IDX files, by recording.
    pub items: BTreeMap<String, Vec<u8>>,
}

impl Labels {
    pub fn new(spec: LabelSpec) -> Self {
        Self {
            spec,
            names: Vec::new(),
            positions: BTreeMap::new(),
            spans: BTreeMap::new(),
            items: BTreeMap::new(),
        }
    }

    /// Fixes the names: those listed, or those found (numbers by value, words by letter).
    pub fn settle(&mut self, found: impl IntoIterator<Item = String>) {
        self.names = match (&self.spec.classes, self.spec.task, &self.spec.source) {
            (_, TaskKind::Anomaly, _) => vec!["normal".into(), "anomaly".into()],
            (Some(classes), ..) => classes.clone(),
            (None, TaskKind::Regression, LabelSource::Columns { columns, .. }) => column_names(columns),
            (None, TaskKind::Regression, _) => vec!["value".into()],
            (None, TaskKind::MultiLabel, LabelSource::Columns { columns, .. }) if columns.len() > 1 => {
                column_names(columns)
            }
            _ => {
                let mut names: Vec<String> = found.into_iter().collect();
                names.sort_by(|a, b| match (a.parse::<f64>(), b.parse::<f64>()) {
                    (Ok(x), Ok(y)) => x.total_cmp(&y).then_with(|| a.cmp(b)),
                    _ => a.cmp(b),
                });
                names.dedup();
                names
            }
        };
        self.positions = self.names.iter().enumerate().map(|(i, n)| (n.clone(), i)).collect();
    }

    pub fn task(&self) -> Task {
        let names = self.names.clone();
        match self.spec.task {
            TaskKind::Classification => Task::Classification { classes: names },
            TaskKind::MultiLabel => Task::MultiLabel { labels: names },
            TaskKind::Regression => Task::Regression { outputs: names },
            TaskKind::Anomaly => Task::OneClass,
        }
    }

    /// The columns that hold labels, and the stream whose files they are in.
    pub fn columns(&self) -> Option<(usize, &[ColumnRef])> {
        match &self.spec.source {
            LabelSource::Columns { stream, columns } => Some((*stream, columns)),
            _ => None,
        }
    }

    /// The names that a cell mentions, as they go into the list of names.
    pub fn mentioned(&self, cell: &str) -> Vec<String> {
        let cell = if cell.trim().is_empty() { self.spec.default.as_deref().unwrap_or("") } else { cell };
        let names: Vec<String> = match self.spec.task {
            TaskKind::Regression => Vec::new(),
            TaskKind::MultiLabel => cell.split(self.spec.separator.as_str()).map(plain).collect(),
            TaskKind::Anomaly if plain(cell).is_empty() => Vec::new(),
            TaskKind::Anomaly => vec![if self.is_normal(cell) { "normal" } else { "anomaly" }.to_string()],
            TaskKind::Classification => vec![plain(cell)],
        };
        names.into_iter().filter(|n| !n.is_empty()).collect()
    }

    fn is_normal(&self, cell: &str) -> bool {
        let plain = plain(cell);
        self.spec.normal.iter().any(|n| n.eq_ignore_ascii_case(&plain) || n == cell)
    }

    /// Position of a name in the list of names.
    pub fn position(&self, name: &str) -> Option<usize> {
        self.positions.get(name).copied()
    }

    /// The target that the cells of one row (or one label) state.
    ///
    /// # Errors
    /// A sentence: a class that is not listed, or no number.
    pub fn target(&self, cells: &[&str]) -> Result<Target, String> {
        let find = |name: &str| {
            self.position(name).ok_or_else(|| {
                format!("label `{name}` is not in classes; add it there, or correct the label")
            })
        };
        match self.spec.task {
            TaskKind::Classification | TaskKind::Anomaly => {
                let mentioned = self.mentioned(cells.first().copied().unwrap_or_default());
                mentioned.first().map_or(Ok(Target::Unknown), |name| find(name).map(Target::Class))
            }
            TaskKind::MultiLabel if cells.len() > 1 => {
                let held =
                    cells.iter().map(|cell| !matches!(plain(cell).as_str(), "" | "0" | "false" | "no"));
                Ok(Target::Labels(held.collect()))
            }
            TaskKind::MultiLabel => {
                let mut held = vec![false; self.names.len()];
                for name in self.mentioned(cells.first().copied().unwrap_or_default()) {
                    held[find(&name)?] = true;
                }
                Ok(Target::Labels(held))
            }
            TaskKind::Regression => {
                let mut values = Vec::with_capacity(cells.len());
                for cell in cells {
                    if cell.trim().is_empty() {
                        return Ok(Target::Unknown);
                    }
                    let number =
                        cell.trim().parse::<f32>().or_else(|_| cell.trim().replace(',', ".").parse());
                    values.push(
                        number
                            .map_err(|_| format!("`{cell}` is not a number, but the task is regression"))?,
                    );
                }
                let finite = values.iter().all(|v| v.is_finite());
                Ok(if finite { Target::Values(values) } else { Target::Unknown })
            }
        }
    }

    /// Targets of rows: neighbouring rows with equal cells make one annotation. A row holds until
    /// the next one, the last for one usual step.
    pub fn of_rows(&self, times: &TimeAxis, columns: &[Vec<String>]) -> Result<Vec<Annotation>, String> {
        let len = times.len();
        let row = |i: usize| -> Vec<&str> { columns.iter().map(|c| c[i].as_str()).collect() };
        let step = if len > 1 { times.at(len - 1).as_micros() - times.at(len - 2).as_micros() } else { 1 };
        let mut annotations = Vec::new();
        let mut first = 0;
        for i in 1..=len {
            if i < len && row(i) == row(first) {
                continue;
            }
            let end = if i < len { times.at(i) } else { times.at(len - 1).offset(step.max(1)) };
            let target = self.target(&row(first))?;
            if target != Target::Unknown {
                annotations.push(Annotation { span: Span::new(times.at(first), end), target });
            }
            first = i;
        }
        Ok(annotations)
    }

    /// Targets that are not written in rows: from the path, a label file, or an IDX file.
    pub fn of_entry(&self, entry: &Entry, whole: Span) -> Result<Vec<Annotation>, String> {
        let stated: Vec<LabelSpan> = self.stated(entry);
        let mut annotations = Vec::new();
        // Where several labels are possible, the time between the spans has none of them.
        if self.spec.task == TaskKind::MultiLabel && !stated.is_empty() {
            annotations
                .push(Annotation { span: whole, target: Target::Labels(vec![false; self.names.len()]) });
        }
        for LabelSpan { span, text } in stated {
            let target = self.target(&[&text])?;
            if target != Target::Unknown {
                annotations.push(Annotation { span: span.unwrap_or(whole), target });
            }
        }
        annotations.sort_by_key(|a| a.span.start);
        Ok(annotations)
    }

    /// The labels of a recording that are not written in rows.
    pub fn stated(&self, entry: &Entry) -> Vec<LabelSpan> {
        let whole = |text: String| vec![LabelSpan { span: None, text }];
        let stated = match &self.spec.source {
            LabelSource::Columns { .. } => return Vec::new(),
            LabelSource::Path => entry.label.clone().map(whole),
            LabelSource::Idx { .. } => {
                let (part, item) = entry.name.rsplit_once('/').unwrap_or(("", &entry.name));
                let index = item.parse::<usize>().ok();
                let label = self.items.get(part).and_then(|all| all.get(index?));
                label.map(|byte| whole(byte.to_string()))
            }
            LabelSource::Spans { .. } => {
                let files = entry.files.iter().flatten();
                let paths = files.flat_map(|f| {
                    let name = f.relative.rsplit('/').next().unwrap_or(&f.relative);
                    [f.relative.as_str(), name, name.rsplit_once('.').map_or(name, |(stem, _)| stem)]
                });
                std::iter::once(entry.name.as_str()).chain(paths).find_map(|key| self.spans.get(key)).cloned()
            }
        };
        stated.or_else(|| self.spec.default.clone().map(whole)).unwrap_or_default()
    }
}

/// A label as a name: trimmed, and `1.0` as `1`.
fn plain(cell: &str) -> String {
    let cell = cell.trim();
    match cell.parse::<f64>() {
        Ok(number) if cell.contains('.') && number.fract() == 0.0 && number.abs() < 1e15 => {
            format!("{}", number as i64)
        }
        _ => cell.to_string(),
    }
}

fn column_names(columns: &[ColumnRef]) -> Vec<String> {
    let name = |c: &ColumnRef| match c {
        ColumnRef::Name(name) => name.clone(),
        ColumnRef::Number(number) => format!("column {number}"),
    };
    columns.iter().map(name).collect()
}

/// The time span of a label, from its two cells in microseconds.
pub(crate) fn label_span(start: i64, end: i64) -> Span {
    Span::new(Timestamp::from_micros(start), Timestamp::from_micros(end))
}

impl LabelSpec {
    /// An error at the `[label]` table.
    pub fn error(&self, message: impl std::fmt::Display) -> DataError {
        self.place.error(message)
    }
}
