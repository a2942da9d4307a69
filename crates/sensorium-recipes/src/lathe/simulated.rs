//! Faults simulated in normal logs: a check that leans on no fault run.
//!
//! Normal behaviour is learned from every other log; in the others, one of the binary variables that normal operation
//! changes often is (a) *stuck*: at a change of its own it stays as it is, and what follows from it in the expert's
//! graph of the whole lathe stays out, or (b) *spurious*: it changes by itself at a quiet time. A made-up alarm comes
//! 1 to 5 s later (stuck) or 0.1 to 3 s later (spurious); the diagnosis is asked 10 s after that.

use super::data::Lathe;
use super::measure;
use crate::{RecipeError, RunOptions, Table};
use rand::Rng;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use sensorium_causal::events::{
    Behaviour, BehaviourOptions, Catalogue, Event, EventGraph, EventLog, RootCauseOptions, VariableKind,
    baseline, root_causes_from_events,
};

/// After a stuck change, what follows from it stays out for this long.
const FOLLOWS_WITHIN_S: f64 = 10.0;
/// No change of the variable this near a spurious one.
const QUIET_S: f64 = 10.0;

struct Fault {
    log: EventLog,
    variable: usize,
}

/// Mean reciprocal rank (first three) and variables looked at, by kind of fault and method.
pub fn table(data: &Lathe, options: &RunOptions) -> Result<Table, RecipeError> {
    let faults = if options.quick { 40 } else { 200 };
    let mut catalogue = data.catalogue.clone();
    let alarm = catalogue.intern("simulated alarm", VariableKind::Alarm)?;
    let train: Vec<EventLog> = data.normal.iter().step_by(2).cloned().collect();
    let normal = Behaviour::learn(&train, &catalogue, &BehaviourOptions::default())?;
    let learned = normal.graph(&catalogue)?;
    let mut table = Table::new(
        format!("{faults} simulated faults of each kind in normal logs not learned from"),
        ["fault", "method", "first hit", "looked at"],
    );
    if data.normal.len() < 2 {
        return Err(RecipeError::Other(format!(
            "{} logs of normal operation; simulated faults need two or more",
            data.normal.len()
        )));
    }
    for stuck in [true, false] {
        let mut rng = ChaCha8Rng::seed_from_u64(options.seed);
        rng.set_stream(u64::from(stuck));
        let mut found: [(f64, f64); 2] = [(0.0, 0.0); 2];
        let mut made = 0;
        for _ in 0..faults * 50 {
            if made == faults {
                break;
            }
            let log = &data.normal[2 * rng.random_range(0..data.normal.len() / 2) + 1];
            let Some(fault) = simulate(log, &catalogue, &data.whole_graph, alarm, stuck, &mut rng)? else {
                continue;
            };
            made += 1;
            let diagnosis = root_causes_from_events(
                &fault.log,
                &catalogue,
                &normal,
                Some(&learned),
                &RootCauseOptions::default(),
            )?;
            let at = fault.log.span_s().1 - QUIET_S;
            let rankings =
                [diagnosis.scores(catalogue.len()), baseline::recency_from(&fault.log, &catalogue, at)];
            for (sum, scores) in found.iter_mut().zip(rankings) {
                sum.0 += measure::first_hit(&scores[..data.known], &[fault.variable], 3);
                sum.1 += measure::inspected(&scores[..data.known], &[fault.variable]);
            }
        }
        for (name, (hit, inspected)) in
            ["deviations, learned graph", "recency from the alarm"].iter().zip(found)
        {
            let kind = if stuck { "stuck" } else { "spurious" };
            let mean = |sum: f64| sum / f64::from(u32::try_from(made).unwrap_or(u32::MAX));
            let cells = [
                kind.to_owned(),
                (*name).to_owned(),
                format!("{:.3}", mean(hit)),
                format!("{:.1}", mean(inspected)),
            ];
            table.row(cells);
        }
    }
    table.note =
        "variables changed at least 4 times in the log; the diagnosis comes 10 s after the alarm".to_owned();
    Ok(table)
}

fn simulate(
    log: &EventLog,
    catalogue: &Catalogue,
    graph: &EventGraph,
    alarm: usize,
    stuck: bool,
    rng: &mut ChaCha8Rng,
) -> Result<Option<Fault>, RecipeError> {
    let own = |v: usize| log.changes().iter().filter(move |e| e.variable == v);
    let candidates: Vec<usize> = (0..catalogue.len())
        .filter(|&v| catalogue.kind(v) == Some(VariableKind::Binary) && graph.knows(v) && own(v).count() >= 4)
        .collect();
    if candidates.is_empty() {
        return Ok(None);
    }
    let variable = candidates[rng.random_range(0..candidates.len())];
    let times: Vec<f64> = own(variable).map(|e| e.time_s).collect();
    let (from, until) = log.span_s();
    let time = if stuck {
        times[rng.random_range(2..times.len())]
    } else {
        rng.random_range(from + 30.0..until.max(from + 31.0))
    };
    if !stuck && times.iter().any(|t| (t - time).abs() < QUIET_S) {
        return Ok(None);
    }
    let effects: Vec<usize> =
        (0..catalogue.len()).filter(|&v| v != variable && graph.path(variable, v).is_some()).collect();
    let stays = |e: &Event| {
        let own = e.variable == variable && e.time_s >= time;
        let effect = e.time_s >= time && e.time_s < time + FOLLOWS_WITHIN_S && effects.contains(&e.variable);
        !(stuck && (own || effect))
    };
    let rise = time + if stuck { rng.random_range(1.0..5.0) } else { rng.random_range(0.1..3.0) };
    let mut events: Vec<Event> = log.start().iter().chain(log.changes()).copied().filter(stays).collect();
    let asked = rise + QUIET_S;
    events.retain(|e| e.time_s <= asked);
    if !stuck {
        let before = events.iter().filter(|e| e.variable == variable && e.time_s < time);
        let Some(value) = before.max_by(|a, b| a.time_s.total_cmp(&b.time_s)).map(|e| 1.0 - e.value) else {
            return Ok(None);
        };
        events.push(Event { time_s: time, variable, value });
    }
    events.push(Event { time_s: from, variable: alarm, value: 0.0 });
    events.push(Event { time_s: rise, variable: alarm, value: 1.0 });
    // The end of the log, told by a value that does not change.
    events.push(Event { time_s: asked, variable: alarm, value: 1.0 });
    Ok(Some(Fault { log: EventLog::new(events, catalogue)?, variable }))
}
