//! `causal counterfactual`: what would have been.

use super::input::Reading;
use crate::output;
use crate::session::Session;
use anyhow::{Context, Result};
use clap::Args;
use sensorium::causal::scm::{
    Counterfactual as Found, CounterfactualOptions, Intervention, StructuralCausalModel,
};
use sensorium::recipes::Table;
use sensorium::recipes::report::{Page, Section, write};
use serde_json::{Value, json};
use std::path::PathBuf;

/// Options of `causal counterfactual`.
#[derive(Debug, Args)]
pub struct Counterfactual {
    /// A model from `causal fit`
    model: PathBuf,
    /// What was: a JSON object of names and values
    #[arg(long, value_name = "ROW.json")]
    given: PathBuf,
    /// What would have been other: x=3.2, x=level, x+=0.5, x*=1.1; several may be given
    #[arg(long = "set", value_name = "X=VALUE", required = true)]
    set: Vec<String>,
    /// Show these variables only [default: all]
    #[arg(long, value_name = "NAME,…", value_delimiter = ',')]
    outcome: Vec<String>,
    /// The table that the model was fitted on: intervals then hold what the mechanisms do not know, too
    #[arg(long, value_name = "FILE.csv")]
    data: Option<PathBuf>,
    /// Write a page with the table
    #[arg(long, value_name = "FILE.html")]
    report: Option<PathBuf>,
    #[command(flatten)]
    reading: Reading,
}

/// Asks the model and tells.
///
/// # Errors
/// A model or row that cannot be read, values that are missing and needed, unknown variables.
pub fn run(session: &Session, options: &Counterfactual) -> Result<()> {
    let model =
        StructuralCausalModel::load(&options.model).with_context(|| options.model.display().to_string())?;
    let place = || options.given.display().to_string();
    let text = std::fs::read_to_string(&options.given).with_context(place)?;
    let json: Value = serde_json::from_str(&text).with_context(place)?;
    let row = model.parse_row(&json).with_context(place)?;
    let set =
        options.set.iter().map(|text| Intervention::parse(text, &model)).collect::<Result<Vec<_>, _>>()?;
    let outcomes = options.outcome.iter().map(|n| model.index_of(n)).collect::<Result<Vec<_>, _>>()?;
    let settings = CounterfactualOptions { outcomes, seed: session.seed, ..CounterfactualOptions::default() };
    let found = match &options.data {
        Some(path) => {
            model.counterfactual_with_refits(&row, &set, &settings, &options.reading.table(path)?)?
        }
        None => model.counterfactual(&row, &set, &settings)?,
    };
    for warning in &found.warnings {
        session.warn(warning);
    }
    let table = table(&model, &found, options);
    if let Some(path) = &options.report {
        let mut page =
            Page::new("Counterfactual", format!("What would have been with {}.", options.set.join(", ")));
        page.push(Section::Table(table.clone()));
        write(&page, path)?;
        session.say(format!("report: {}", path.display()));
    }
    if session.json {
        return output::json(
            &json!({ "set": options.set, "values": found.values, "warnings": found.warnings }),
        );
    }
    output::text(&table.to_text())
}

fn table(model: &StructuralCausalModel, found: &Found, options: &Counterfactual) -> Table {
    let mut table = Table::new(
        format!("had it been {}", options.set.join(", ")),
        ["variable", "was", "would have been", "95 % interval"],
    );
    for value in &found.values {
        let variable = &model.variables()[value.variable];
        let levels = value.probabilities.iter().enumerate().filter(|(_, p)| **p > 0.0);
        let interval = match (&value.interval, value.probabilities.is_empty()) {
            (Some(i), _) => format!("{} – {}", output::number(i.low), output::number(i.high)),
            (None, true) => String::new(),
            (None, false) => {
                let told: Vec<String> =
                    levels.map(|(l, p)| format!("{} {p:.2}", variable.format(l as f64))).collect();
                told.join(", ")
            }
        };
        let cell = |v: f64| match (v.is_nan(), variable.levels()) {
            (true, _) => "not given".to_owned(),
            (false, None) => output::number(v),
            (false, Some(_)) => variable.format(v),
        };
        let cells = [value.name.clone(), cell(value.factual), cell(value.value), interval];
        if value.factual == value.value {
            table.row(cells)
        } else {
            table.own_row(cells)
        };
    }
    table
}
