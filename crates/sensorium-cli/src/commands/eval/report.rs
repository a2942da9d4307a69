//! `eval`'s table and report page.

use super::{Eval, Measured};
use crate::evaluation::{self, Choice, Scored};
use crate::output;
use crate::session::Session;
use crate::source::ForModel;
use anyhow::Result;
use sensorium::data::{Failure, RecordingSource, Schema};
use sensorium::nn::Model;
use sensorium::recipes::report::{Heat, Page, Provenance, Section, write};
use sensorium::recipes::{Figure, Table};
use std::path::Path;

/// The main figure under each way of failing.
pub fn table(measured: &[Measured], figures: &[Figure], failures: &[Failure]) -> Table {
    let clean = figures.first();
    let title = format!("{} when sensors fail", clean.map_or("", |f| &f.label));
    let mut table = Table::new(title, ["failure", "modality", "value", "interval", "change"]);
    for m in measured {
        let change = clean.map_or(f64::NAN, |c| m.figure.value - c.value);
        table.row([
            failures[m.degraded.failure].name().to_owned(),
            m.name.clone(),
            output::number(m.figure.value),
            m.figure.interval_text(),
            format!("{change:+.3}"),
        ]);
    }
    table
}

/// Failures by modalities, where each failed alone.
fn heat(measured: &[Measured], failures: &[Failure], schema: &Schema) -> Option<Heat> {
    let mut values = vec![f64::NAN; failures.len() * schema.streams.len()];
    for m in measured {
        match m.degraded.choice {
            Choice::Named(ref one) if one.len() == 1 => {
                values[m.degraded.failure * schema.streams.len() + one[0]] = m.figure.value;
            }
            _ => return None,
        }
    }
    let label = measured.first().map(|m| m.figure.label.clone())?;
    Some(Heat {
        title: "One failing modality".into(),
        text: format!("{label} when one modality fails in one way."),
        rows: failures.iter().map(|f| f.name().to_owned()).collect(),
        columns: schema.streams.iter().map(|s| s.name.clone()).collect(),
        values,
        range: None,
    })
}

/// What was measured, for the report.
pub struct Evaluated<'a> {
    pub model: &'a dyn Model,
    pub source: &'a ForModel,
    pub indices: &'a [usize],
    pub scored: &'a Scored<'a>,
    pub figures: &'a [Figure],
    pub measured: &'a [Measured],
    pub failures: &'a [Failure],
}

/// Writes the page.
///
/// # Errors
/// A recording that cannot be read; a page that cannot be written.
pub fn page(session: &Session, options: &Eval, path: &Path, found: &Evaluated) -> Result<()> {
    // The middle one stands for all: the first of a list is often the plainest.
    let middle = found.indices.get(found.indices.len() / 2);
    let recording = middle.map(|i| found.source.load(*i)).transpose()?;
    let card = found.model.card();
    let lead = format!(
        "A {} model of {} streams, measured on {} windows of {} recordings of {}.",
        card.kind,
        card.schema.streams.len(),
        found.scored.len(),
        found.indices.len(),
        found.source.schema().name
    );
    let heat = heat(found.measured, found.failures, found.source.schema());
    let mut page = Page::new(format!("Evaluation of {}", options.model.display()), lead);
    page.push(Section::Figures(found.figures.to_vec().into()));
    let rule = found.source.schema().window;
    page.sections.extend(evaluation::sections(found.model, recording.as_ref(), rule, found.scored, heat)?);
    if !found.measured.is_empty() {
        page.push(Section::Table(table(found.measured, found.figures, found.failures)));
    }
    let command = std::env::args().collect::<Vec<_>>().join(" ");
    page.provenance = Some(
        Provenance::new(command, vec![session.seed])
            .fact("Sensorium", sensorium::VERSION)
            .fact("Trained on", format!("{}, seed {}", card.training.data, card.training.seed))
            .fact("Weights", format!("sha256:{}", card.weights_sha256)),
    );
    write(&page, path)?;
    session.say(format!("report: {}", path.display()));
    Ok(())
}
