//! Whose noise made one row an outlier.

use super::RootCause;
use super::tables::share_table;
use crate::output;
use crate::session::Session;
use anyhow::{Context, Result};
use sensorium::causal::attribution::{OutlierOptions, attribute_outlier};
use sensorium::causal::scm::StructuralCausalModel;
use sensorium::recipes::report::{Page, Section, write};
use serde_json::{Value, json};
use std::path::Path;

pub(super) fn run(
    session: &Session,
    options: &RootCause,
    model: &Path,
    given: &Path,
    symptom: &str,
) -> Result<()> {
    let place = |path: &Path| path.display().to_string();
    let model = StructuralCausalModel::load(model).with_context(|| place(model))?;
    let text = std::fs::read_to_string(given).with_context(|| place(given))?;
    let row: Value = serde_json::from_str(&text).with_context(|| place(given))?;
    let row = model.parse_row(&row).with_context(|| place(given))?;
    let target = model.index_of(symptom)?;
    let settings = OutlierOptions { seed: session.seed, ..OutlierOptions::default() };
    let shares = attribute_outlier(&model, &row, target, &settings)?;
    let score: f64 = shares.iter().map(|s| s.share).sum();
    let mut table = share_table(symptom, &shares);
    table.title = format!("Shares in the outlier score of {symptom}, {score:.2} nats");
    table.note = "the score is −ln of the probability of a value at least as far out".into();
    if let Some(path) = &options.report {
        let mut page = Page::new("Root causes", format!("Why `{symptom}` is an outlier in this row."));
        page.push(Section::Table(table.clone()));
        write(&page, path)?;
        session.say(format!("report: {}", path.display()));
    }
    if session.json {
        return output::json(&json!({ "symptom": symptom, "score_nats": score, "shares": shares }));
    }
    output::text(&table.to_text())
}
