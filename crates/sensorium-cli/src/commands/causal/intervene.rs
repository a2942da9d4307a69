//! `causal do`: what would happen if.

use super::input::Reading;
use crate::failure::usage;
use crate::output;
use crate::session::Session;
use anyhow::Result;
use clap::Args;
use sensorium::causal::Values;
use sensorium::causal::scm::{Action, Contrast, Domain, EffectOptions, Intervention, StructuralCausalModel};
use sensorium::recipes::Table;
use serde_json::{Value, json};
use std::path::PathBuf;

/// Options of `causal do`.
#[derive(Debug, Args)]
pub struct Do {
    /// A model from `causal fit`
    model: PathBuf,
    /// What is done: x=3.2, x=level, x+=0.5, x*=1.1, or x~a:0.3,b:0.7; several may be given
    #[arg(long = "set", value_name = "X=VALUE", required = true)]
    set: Vec<String>,
    /// Show these variables only [default: all that the intervention can reach]
    #[arg(long, value_name = "NAME,…", value_delimiter = ',')]
    outcome: Vec<String>,
    /// The table that the model was fitted on: intervals then hold what the mechanisms do not know, too
    #[arg(long, value_name = "FILE.csv")]
    data: Option<PathBuf>,
    /// Rows to draw
    #[arg(long, value_name = "N", default_value_t = 10_000)]
    samples: usize,
    #[command(flatten)]
    reading: Reading,
}

/// One variable with and without the intervention.
struct Line {
    name: String,
    before: String,
    after: String,
    difference: String,
    interval: String,
    json: Value,
}

/// Draws, compares and tells.
///
/// # Errors
/// A model that cannot be read; an unknown variable or value.
pub fn run(session: &Session, options: &Do) -> Result<()> {
    if options.samples < 100 {
        return Err(usage("--samples must be 100 or more"));
    }
    let model = StructuralCausalModel::load(&options.model)?;
    let set =
        options.set.iter().map(|text| Intervention::parse(text, &model)).collect::<Result<Vec<_>, _>>()?;
    let before = model.sample(options.samples, session.seed)?;
    let after = model.intervene(&set, options.samples, session.seed)?;
    for warning in &after.warnings {
        session.warn(warning);
    }
    let shown = shown(&model, &set, &options.outcome)?;
    let mut lines = Vec::new();
    for node in shown {
        let name = model.variables()[node].name.clone();
        match (&before.column(node).values, &after.table.column(node).values) {
            (Values::Continuous(b), Values::Continuous(a)) => {
                lines.push(numbers(session, options, &model, &set, node, name, b, a)?);
            }
            (Values::Categorical { levels, codes: b }, Values::Categorical { codes: a, .. }) => {
                lines
                    .extend(levels.iter().enumerate().map(|(l, level)| shares(&name, level, l as u32, b, a)));
            }
            _ => {}
        }
    }
    if session.json {
        let effects: Vec<Value> = lines.into_iter().map(|l| l.json).collect();
        return output::json(
            &json!({ "set": options.set, "samples": options.samples, "effects": effects, "warnings": after.warnings }),
        );
    }
    let mut table = Table::new(
        format!("do({})", options.set.join(", ")),
        ["variable", "as it is", "under do", "difference", "95 % interval"],
    );
    for line in lines {
        table.row([line.name, line.before, line.after, line.difference, line.interval]);
    }
    table.note = match options.data {
        Some(_) => "means; intervals from mechanisms fitted anew to resampled rows".into(),
        None => "means; give --data for intervals that hold what the mechanisms do not know".into(),
    };
    output::text(&table.to_text())
}

/// The variables asked for, or all that an intervention can reach.
fn shown(model: &StructuralCausalModel, set: &[Intervention], asked: &[String]) -> Result<Vec<usize>> {
    if !asked.is_empty() {
        return Ok(asked.iter().map(|n| model.index_of(n)).collect::<Result<_, _>>()?);
    }
    let mut reached = std::collections::BTreeSet::new();
    for intervention in set {
        reached.insert(intervention.variable);
        reached.extend(model.dag().descendants(intervention.variable));
    }
    Ok(reached.into_iter().collect())
}

#[allow(clippy::too_many_arguments, reason = "all of the question and both answers")]
fn numbers(
    session: &Session,
    options: &Do,
    model: &StructuralCausalModel,
    set: &[Intervention],
    node: usize,
    name: String,
    before: &[f64],
    after: &[f64],
) -> Result<Line> {
    let mean = |v: &[f64]| v.iter().sum::<f64>() / v.len() as f64;
    let (b, a) = (mean(before), mean(after));
    let interval = match (&options.data, set) {
        (Some(path), [one]) if one.variable != node => contrast(session, options, model, one, node, path)?,
        _ => None,
    };
    let quantiles = |v: &[f64]| {
        let mut sorted = v.to_vec();
        sorted.sort_by(f64::total_cmp);
        let at = |q: f64| sorted[((sorted.len() - 1) as f64 * q).round() as usize];
        [at(0.05), at(0.5), at(0.95)]
    };
    let json = json!({
        "variable": name, "mean_before": b, "mean_after": a, "difference": a - b,
        "interval": interval.map(|(low, high)| [low, high]),
        "quantiles_before": quantiles(before), "quantiles_after": quantiles(after),
    });
    Ok(Line {
        name,
        before: output::number(b),
        after: output::number(a),
        difference: format!("{:+.3}", a - b),
        interval: interval
            .map_or_else(String::new, |(l, h)| format!("{} – {}", output::number(l), output::number(h))),
        json,
    })
}

/// The interval of the mean's change when one number is set to a value, against its mean as it is.
fn contrast(
    session: &Session,
    options: &Do,
    model: &StructuralCausalModel,
    set: &Intervention,
    node: usize,
    data: &std::path::Path,
) -> Result<Option<(f64, f64)>> {
    let (Action::Set(to), Domain::Continuous { .. }) = (&set.action, &model.variables()[set.variable].domain)
    else {
        return Ok(None);
    };
    let table = options.reading.table(data)?;
    let column = table.column(table.index_of(&model.variables()[set.variable].name)?).as_numbers();
    let seen: Vec<f64> = column.into_iter().filter(|v| v.is_finite()).collect();
    let from = seen.iter().sum::<f64>() / seen.len() as f64;
    let asked = Contrast { treatment: set.variable, from, to: *to, outcome: node, level: None };
    let settings = EffectOptions { seed: session.seed, ..EffectOptions::default() };
    let told = model.average_effect(&table, &asked, &settings)?;
    Ok(Some((told.interval.low, told.interval.high)))
}

fn shares(name: &str, level: &str, code: u32, before: &[u32], after: &[u32]) -> Line {
    let share = |v: &[u32]| v.iter().filter(|c| **c == code).count() as f64 / v.len() as f64;
    let (b, a) = (share(before), share(after));
    Line {
        name: format!("P({name} = {level})"),
        before: output::number(b),
        after: output::number(a),
        difference: format!("{:+.3}", a - b),
        interval: String::new(),
        json: json!({ "variable": name, "level": level, "share_before": b, "share_after": a, "difference": a - b }),
    }
}
