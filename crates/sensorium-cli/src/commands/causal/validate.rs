//! `causal validate`: how a model and its graph fare against data.

use super::input::Reading;
use crate::failure::usage;
use crate::output;
use crate::session::Session;
use anyhow::{Context, Result};
use clap::Args;
use sensorium::causal::discovery::test_for;
use sensorium::causal::scm::validate::{
    Falsification, FalsifyOptions, Refutation, RefuteOptions, Refuter, Verdict, falsify, invertibility,
    node_fits, refute,
};
use sensorium::causal::scm::{Contrast, StructuralCausalModel};
use sensorium::causal::{Table, Values};
use sensorium::recipes::Table as Shown;
use sensorium::recipes::report::{Page, Section, write};
use serde_json::json;
use std::path::PathBuf;

/// Options of `causal validate`.
#[derive(Debug, Args)]
pub struct Validate {
    /// A model from `causal fit`
    model: PathBuf,
    /// A table of the same columns: the one it was fitted on, or another
    #[arg(long, value_name = "FILE.csv")]
    data: PathBuf,
    /// Try to refute the effect of this variable …
    #[arg(long, value_name = "NAME", requires = "outcome")]
    treatment: Option<String>,
    /// … on this one
    #[arg(long, value_name = "NAME", requires = "treatment")]
    outcome: Option<String>,
    /// Write a page with the tables
    #[arg(long, value_name = "FILE.html")]
    report: Option<PathBuf>,
    #[command(flatten)]
    reading: Reading,
}

/// Checks and tells.
///
/// # Errors
/// A model or table that cannot be read, other columns than the model's.
pub fn run(session: &Session, options: &Validate) -> Result<()> {
    let model =
        StructuralCausalModel::load(&options.model).with_context(|| options.model.display().to_string())?;
    let table = model.align(&options.reading.table(&options.data)?)?;
    session.say("mechanisms: fit and noise");
    let fits = node_fits(&model, &table, 5, session.seed)?;
    let noise = invertibility(&model, &table, session.seed)?;
    session.say("graph: implied independences");
    let settings = FalsifyOptions { seed: session.seed, ..FalsifyOptions::default() };
    let falsified = falsify(model.dag(), test_for(&table.complete_rows())?.as_ref(), &settings)?;
    let refuted = match (&options.treatment, &options.outcome) {
        (Some(treatment), Some(outcome)) => {
            session.say("effect: refutations");
            refutations(session, &model, &table, treatment, outcome)?
        }
        _ => Vec::new(),
    };
    let mut mechanisms =
        Shown::new("Mechanisms", ["variable", "skill", "R²", "noise against causes (dCor)", "p-value"]);
    for fit in &fits {
        let own = noise.iter().find(|n| n.variable == fit.variable);
        mechanisms.row([
            fit.name.clone(),
            output::number(fit.skill),
            fit.r_squared.map_or_else(String::new, output::number),
            own.map_or_else(String::new, |n| output::number(n.distance_correlation)),
            own.map_or_else(String::new, |n| output::number(n.p_value)),
        ]);
    }
    mechanisms.note =
        "skill: share of the error without causes that the causes take away, on rows held out; a small p-value: noise \
         depends on the causes, so the mechanism is wrong or a cause is hidden"
            .into();
    let mut shown = vec![mechanisms, graph_table(&model, &falsified)];
    if !refuted.is_empty() {
        shown.push(refutation_table(&refuted));
    }
    if let Some(path) = &options.report {
        let mut page = Page::new(
            "Validation",
            format!("{} against {}.", options.model.display(), options.data.display()),
        );
        shown.iter().for_each(|t| {
            page.push(Section::Table(t.clone()));
        });
        write(&page, path)?;
        session.say(format!("report: {}", path.display()));
    }
    if session.json {
        return output::json(&json!({
            "fits": fits, "noise": noise, "graph": falsified, "refutations": refuted,
        }));
    }
    shown.iter().try_for_each(|t| output::text(&(t.to_text() + "\n")))
}

fn refutations(
    session: &Session,
    model: &StructuralCausalModel,
    table: &Table,
    treatment: &str,
    outcome: &str,
) -> Result<Vec<Refutation>> {
    let (x, y) = (model.index_of(treatment)?, model.index_of(outcome)?);
    let (Values::Continuous(values), Values::Continuous(_)) =
        (&table.column(x).values, &table.column(y).values)
    else {
        return Err(usage("--treatment and --outcome must be numbers"));
    };
    let seen: Vec<f64> = values.iter().copied().filter(|v| v.is_finite()).collect();
    let mean = seen.iter().sum::<f64>() / seen.len() as f64;
    let spread = (seen.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / seen.len() as f64).sqrt();
    let contrast = Contrast { treatment: x, from: mean, to: mean + spread, outcome: y, level: None };
    let settings = RefuteOptions { seed: session.seed, ..RefuteOptions::default() };
    Ok(refute(model, table, &contrast, &settings)?)
}

fn graph_table(model: &StructuralCausalModel, found: &Falsification) -> Shown {
    let mut table = Shown::new("Independences that the graph implies", ["variable", "depends on", "p-value"]);
    let name = |i: usize| model.variables()[i].name.clone();
    for &(node, other, p) in found.violated.iter().take(20) {
        table.row([name(node), name(other), format!("{p:.2e}")]);
    }
    let verdict = match found.verdict {
        Verdict::NotRejected => "the graph is better than with permuted nodes: not rejected",
        Verdict::Rejected => "the graph is no better than with permuted nodes: rejected",
        Verdict::Uninformative => "the data cannot tell",
    };
    table.note = format!(
        "{} of {} violated{} ({:.0} % with permuted nodes, p = {:.3}): {verdict}",
        found.violated.len(),
        found.implied,
        if found.untested > 0 { format!(", {} cannot be tested", found.untested) } else { String::new() },
        100.0 * found.permuted_share,
        found.p_value
    );
    table
}

fn refutation_table(refuted: &[Refutation]) -> Shown {
    let mut table =
        Shown::new("Refutations", ["what is changed", "effect", "after", "95 % interval", "passed"]);
    for one in refuted {
        let name = match one.refuter {
            Refuter::Placebo => "treatment permuted".to_owned(),
            Refuter::RandomCommonCause => "random common cause".to_owned(),
            Refuter::Subset(share) => format!("{:.0} % of the rows", 100.0 * share),
            Refuter::Bootstrap => "rows resampled".to_owned(),
            Refuter::HiddenCause(x, y) => format!("hidden cause of strength {x}, {y}"),
        };
        table.row([
            name,
            output::number(one.before),
            output::number(one.after),
            format!("{} – {}", output::number(one.interval.low), output::number(one.interval.high)),
            if one.passed { "yes" } else { "no" }.to_owned(),
        ]);
    }
    table
}
