//! `causal do`: what would happen if.

use super::input::Reading;
use crate::failure::usage;
use crate::output;
use crate::session::Session;
use anyhow::{Context, Result, bail};
use clap::Args;
use rand::Rng;
use rayon::prelude::*;
use sensorium::causal::random::generator;
use sensorium::causal::scm::{Intervention, StructuralCausalModel};
use sensorium::causal::{CausalError, Table as Samples, Values};
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

/// Refits for the intervals.
const REFITS: usize = 50;
/// Rows drawn from each refit.
const REFIT_ROWS: usize = 2000;

/// One number or level with and without the intervention.
struct Line {
    name: String,
    before: f64,
    after: f64,
    json: Value,
}

/// Draws, compares and tells.
///
/// # Errors
/// A model that cannot be read; an unknown variable or value.
pub fn run(session: &Session, options: &Do) -> Result<()> {
    if !(100..=10_000_000).contains(&options.samples) {
        return Err(usage("--samples must be from 100 to 10000000"));
    }
    let model =
        StructuralCausalModel::load(&options.model).with_context(|| options.model.display().to_string())?;
    let set =
        options.set.iter().map(|text| Intervention::parse(text, &model)).collect::<Result<Vec<_>, _>>()?;
    let before = model.sample(options.samples, session.seed)?;
    let after = model.intervene(&set, options.samples, session.seed)?;
    for warning in &after.warnings {
        session.warn(warning);
    }
    let shown = shown(&model, &set, &options.outcome)?;
    let mut lines = lines(&model, &shown, &before, &after.table);
    if let Some(line) = lines.iter().find(|l| !(l.before.is_finite() && l.after.is_finite())) {
        bail!(
            "`{}` leaves all numbers under this intervention; set a value nearer to what was seen",
            line.name
        );
    }
    let intervals = match &options.data {
        Some(path) => intervals(session, &model, &set, &shown, &options.reading.table(path)?)?,
        None => vec![None; lines.len()],
    };
    for (line, interval) in lines.iter_mut().zip(&intervals) {
        line.json["difference"] = json!(line.after - line.before);
        line.json["interval"] = json!(interval.map(|(low, high)| [low, high]));
    }
    if session.json {
        let effects: Vec<Value> = lines.into_iter().map(|l| l.json).collect();
        return output::json(&json!({
            "set": options.set, "samples": options.samples, "effects": effects, "warnings": after.warnings,
        }));
    }
    let mut table = Table::new(
        format!("do({})", options.set.join(", ")),
        ["variable", "as it is", "under do", "difference", "95 % interval"],
    );
    for (line, interval) in lines.iter().zip(&intervals) {
        table.row([
            line.name.clone(),
            output::number(line.before),
            output::number(line.after),
            format!("{:+.3}", line.after - line.before),
            interval
                .map_or_else(String::new, |(l, h)| format!("{} – {}", output::number(l), output::number(h))),
        ]);
    }
    table.note = match options.data {
        Some(_) => {
            format!("means; intervals of the difference, from {REFITS} models fitted anew to resampled rows")
        }
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

/// Means of numbers and shares of levels, before and after.
fn lines(model: &StructuralCausalModel, shown: &[usize], before: &Samples, after: &Samples) -> Vec<Line> {
    let mut lines = Vec::new();
    for &node in shown {
        let name = &model.variables()[node].name;
        match (&before.column(node).values, &after.column(node).values) {
            (Values::Continuous(b), Values::Continuous(a)) => {
                let (before, after) = (mean(b), mean(a));
                let json = json!({
                    "variable": name, "mean_before": before, "mean_after": after,
                    "quantiles_before": quantiles(b), "quantiles_after": quantiles(a),
                });
                lines.push(Line { name: name.clone(), before, after, json });
            }
            (Values::Categorical { levels, codes: b }, Values::Categorical { codes: a, .. }) => {
                for (code, level) in levels.iter().enumerate() {
                    let share =
                        |v: &[u32]| v.iter().filter(|c| **c as usize == code).count() as f64 / v.len() as f64;
                    let (before, after) = (share(b), share(a));
                    let json = json!({ "variable": name, "level": level, "share_before": before, "share_after": after });
                    lines.push(Line { name: format!("P({name} = {level})"), before, after, json });
                }
            }
            _ => {}
        }
    }
    lines
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// At 5, 50 and 95 per cent.
fn quantiles(values: &[f64]) -> [f64; 3] {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    [0.05, 0.5, 0.95].map(|q| sorted[((sorted.len() - 1) as f64 * q).round() as usize])
}

/// The 95 % interval of each line's difference, over models whose mechanisms are fitted anew to resampled rows.
fn intervals(
    session: &Session,
    model: &StructuralCausalModel,
    set: &[Intervention],
    shown: &[usize],
    table: &Samples,
) -> Result<Vec<Option<(f64, f64)>>> {
    session.say(format!("fitting {REFITS} models anew"));
    let table = model.align(table)?;
    let all: Vec<usize> = (0..model.variables().len()).collect();
    let differences: Vec<Vec<f64>> = (0..REFITS as u64)
        .into_par_iter()
        .map(|refit| {
            let seed = session.seed.wrapping_add(refit);
            let mut rng = generator(session.seed, 1 + refit);
            let rows: Vec<usize> = (0..table.rows()).map(|_| rng.random_range(0..table.rows())).collect();
            let anew = model.refit(&table.take(&rows), &all, seed)?;
            let (before, after) =
                (anew.sample(REFIT_ROWS, seed)?, anew.intervene(set, REFIT_ROWS, seed)?.table);
            Ok(lines(&anew, shown, &before, &after).iter().map(|l| l.after - l.before).collect())
        })
        .collect::<Result<_, CausalError>>()?;
    let count = differences.first().map_or(0, Vec::len);
    let interval = |i: usize| {
        let mut all: Vec<f64> = differences.iter().map(|d| d[i]).collect();
        all.sort_by(f64::total_cmp);
        let at = |q: f64| all[((all.len() - 1) as f64 * q).round() as usize];
        Some((at(0.025), at(0.975)))
    };
    Ok((0..count).map(interval).collect())
}
