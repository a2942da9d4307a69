//! From alarms back to causes: which deviation started it, by which way it reached the alarm, what to check next.

use super::deviation::{Deviation, deviations};
use super::{Behaviour, Catalogue, Change, EventGraph, EventLog, GraphSource, LinkEvidence};
use crate::CausalError;

/// How causes are looked for. Scores are in nats: a logarithm of how much likelier than normal operation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RootCauseOptions {
    /// A deviation counts less the longer before the alarm it was: this time takes it to 1/e. Seconds. Default: 30.
    pub memory_s: f64,
    /// The time over which a change counts as rare, in seconds. Default: 60.
    pub horizon_s: f64,
    /// Spread of publication times: a deviation published this long after the alarm may still have come before it,
    /// with the chance of a logistic curve. Seconds. Default: 0.1.
    pub order_spread_s: f64,
    /// How much a known way to an alarm is worth, in nats; with much less than this, what is not known to lead there
    /// comes after all that does. Default: 10.
    pub graph_trust: f64,
    /// What remains of a deviation that soon follows an earlier alarm, as its consequence. Default: 0.1.
    pub consequence: f64,
    /// What a deviating cause takes at most from its effect's score. Default: 0.5.
    pub explained: f64,
}

impl Default for RootCauseOptions {
    fn default() -> Self {
        Self {
            memory_s: 30.0,
            horizon_s: 60.0,
            order_spread_s: 0.1,
            graph_trust: 10.0,
            consequence: 0.1,
            explained: 0.5,
        }
    }
}

impl RootCauseOptions {
    fn check(&self) -> Result<(), CausalError> {
        let positive = |x: f64| x.is_finite() && x > 0.0;
        let share = |x: f64| (0.0..=1.0).contains(&x);
        let good = positive(self.memory_s)
            && positive(self.horizon_s)
            && positive(self.order_spread_s)
            && self.graph_trust.is_finite()
            && self.graph_trust >= 0.0
            && share(self.consequence)
            && share(self.explained);
        if good {
            return Ok(());
        }
        let expected = "times above 0, trust from 0, shares from 0 to 1";
        Err(CausalError::Argument(format!("options for root causes: expected {expected}; got {self:?}")))
    }
}

/// The graph that a diagnosis rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GraphUsed {
    /// None was given: deviations and their times alone.
    None,
    /// One was given, with no way to any of the alarms: deviations, their times, and what explains what.
    WithoutWay(GraphSource),
    /// A way leads to this many of the alarms.
    To {
        /// Where its links come from.
        source: GraphSource,
        /// Alarms that it knows.
        alarms: usize,
    },
}

/// What is to be explained: an alarm that came on, or the end of a log without one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Symptom {
    /// The alarm; `None` for the end of the log.
    pub alarm: Option<usize>,
    /// When it came on, in seconds.
    pub time_s: f64,
    /// How rare it is in normal operation, in nats.
    pub surprise: f64,
}

/// A link of the chain from a cause to a symptom.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// The cause.
    pub from: usize,
    /// The effect.
    pub to: usize,
    /// From the deviation (or last change) of the one to that of the other in this log; `None` when one did neither.
    pub delay_s: Option<f64>,
    /// What normal logs say of it.
    pub evidence: Option<LinkEvidence>,
    /// What the graph's maker wrote, or that only the order in time connects the two.
    pub remark: String,
}

/// A suspected cause.
#[derive(Clone, Debug, PartialEq)]
pub struct Suspect {
    /// Position in the catalogue.
    pub variable: usize,
    /// The higher the likelier, in nats.
    pub score: f64,
    /// Share among the suspects of `exp(score)`.
    pub share: f64,
    /// Its weightiest deviation; `None` when only the graph speaks against it.
    pub deviation: Option<Deviation>,
    /// From it to the symptom that it explains best.
    pub chain: Vec<Step>,
}

/// What to check next.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Check {
    /// The variable to look at.
    pub variable: usize,
    /// Expected information from learning whether it is the cause, in bits.
    pub information_bits: f64,
}

/// Suspected causes of the symptoms of a log.
#[derive(Clone, Debug, PartialEq)]
pub struct EventDiagnosis {
    /// What was explained, in order of time.
    pub symptoms: Vec<Symptom>,
    /// Suspects, the likeliest first; ties in order of position.
    pub suspects: Vec<Suspect>,
    /// Checks, the most telling first.
    pub checks: Vec<Check>,
    /// Which graph was used.
    pub graph: GraphUsed,
}

impl EventDiagnosis {
    /// A score for each variable; negative infinity for those that are no suspects.
    pub fn scores(&self, variables: usize) -> Vec<f64> {
        let mut scores = vec![f64::NEG_INFINITY; variables];
        for suspect in self.suspects.iter().filter(|s| s.variable < variables) {
            scores[suspect.variable] = suspect.score;
        }
        scores
    }
}

/// The alarms that came on and still are at the end of the log, without those at most half as surprising as the most
/// surprising (notices of normal operation); else the last alarm that came on; else the end of the log.
pub fn symptoms(log: &EventLog, catalogue: &Catalogue, normal: &Behaviour, horizon_s: f64) -> Vec<Symptom> {
    let surprise = |alarm: usize| -normal.chance_within(Change { variable: alarm, on: true }, horizon_s).ln();
    let mut last = vec![None; catalogue.len()];
    let mut risen: Option<Symptom> = None;
    for event in log.changes().iter().filter(|e| catalogue.is_alarm(e.variable)) {
        let symptom =
            Symptom { alarm: Some(event.variable), time_s: event.time_s, surprise: surprise(event.variable) };
        last[event.variable] = (event.value != 0.0).then_some(symptom);
        risen = last[event.variable].or(risen);
    }
    let mut active: Vec<Symptom> = last.into_iter().flatten().collect();
    let most = active.iter().map(|s| s.surprise).fold(0.0, f64::max);
    active.retain(|s| s.surprise >= most / 2.0);
    active.sort_by(|a, b| a.time_s.total_cmp(&b.time_s).then(a.alarm.cmp(&b.alarm)));
    if active.is_empty() {
        let end = Symptom { alarm: None, time_s: log.span_s().1, surprise: 0.0 };
        active.push(risen.unwrap_or(end));
    }
    active
}

/// Ranks the causes of a log's alarms; the log must end when the question is asked (see [`EventLog::up_to`]).
///
/// Each variable's weightiest deviation counts, by its surprise, by how likely and how shortly it came before an
/// alarm, and less when an earlier alarm or a deviating cause in the graph explains it. Variables from which the graph
/// knows a way to an alarm get [`RootCauseOptions::graph_trust`] on top, their deviation divided by the steps of the
/// way; they are suspects even without a deviation. Alarms are symptoms, never suspects. Without a graph, or where it
/// does not know the alarms, deviations and times rank alone; [`EventDiagnosis::graph`] says which it was.
///
/// # Errors
/// [`CausalError::Argument`] for options out of range.
pub fn root_causes_from_events(
    log: &EventLog,
    catalogue: &Catalogue,
    normal: &Behaviour,
    graph: Option<&EventGraph>,
    options: &RootCauseOptions,
) -> Result<EventDiagnosis, CausalError> {
    options.check()?;
    let symptoms = symptoms(log, catalogue, normal, options.horizon_s);
    let found = deviations(log, catalogue, normal, options.horizon_s);
    let best = weightiest(&found, catalogue, normal, &symptoms, options);
    let ways: Vec<Vec<Option<usize>>> = match graph {
        Some(graph) => symptoms
            .iter()
            .map(|s| s.alarm.map_or_else(|| vec![None; catalogue.len()], |a| graph.distances_to(a)))
            .collect(),
        None => Vec::new(),
    };
    let used = graph_used(graph, &symptoms);
    let mut suspects = Vec::new();
    for variable in (0..catalogue.len()).filter(|&v| !catalogue.is_alarm(v)) {
        let nearest = (0..ways.len())
            .filter_map(|i| ways[i].get(variable).copied().flatten().map(|steps| (steps, i)))
            .min();
        let weighed = best[variable].map(|b| b.weight - explained(variable, &best, normal, graph, options));
        let score = match (nearest, weighed) {
            // An expert's way to an alarm makes a suspect; a learned one is only as good as its deviation.
            (Some((steps, _)), weight) if is_expert(graph) => {
                options.graph_trust + (weight.unwrap_or(0.0) + EVEN_WITHOUT_DEVIATION) / steps.max(1) as f64
            }
            (_, Some(weight)) => weight,
            (_, None) => continue,
        };
        let symptom = best[variable].map(|b| b.symptom).or(nearest.map(|n| n.1)).unwrap_or(0);
        let deviation = best[variable].map(|b| found[b.deviation]);
        suspects.push(Suspect { variable, score, share: 0.0, deviation, chain: Vec::new() });
        if let (Some(suspect), Some(symptom)) = (suspects.last_mut(), symptoms.get(symptom)) {
            suspect.chain = chain(variable, symptom, graph, &found, &best, log);
        }
    }
    suspects.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.variable.cmp(&b.variable)));
    let top = suspects.first().map_or(0.0, |s| s.score);
    let total: f64 = suspects.iter().map(|s| (s.score - top).exp()).sum();
    suspects.iter_mut().for_each(|s| s.share = (s.score - top).exp() / total);
    let checks = checks(&suspects);
    Ok(EventDiagnosis { symptoms, suspects, checks, graph: used })
}

/// Lets the shorter way come first among suspects without a deviation; far below any surprise.
const EVEN_WITHOUT_DEVIATION: f64 = 1e-3;

/// The weightiest deviation of a variable: which, for which symptom, and its weight.
#[derive(Clone, Copy)]
struct Weighed {
    deviation: usize,
    symptom: usize,
    weight: f64,
    time_s: f64,
}

fn weightiest(
    found: &[Deviation],
    catalogue: &Catalogue,
    normal: &Behaviour,
    symptoms: &[Symptom],
    options: &RootCauseOptions,
) -> Vec<Option<Weighed>> {
    let window_s = normal.options().window_s;
    let mut best: Vec<Option<Weighed>> = vec![None; catalogue.len()];
    for (i, deviation) in found.iter().enumerate().filter(|(_, d)| !catalogue.is_alarm(d.variable)) {
        for (j, symptom) in symptoms.iter().enumerate() {
            let ahead = symptom.time_s - deviation.time_s;
            let before = 1.0 / (1.0 + (-ahead / options.order_spread_s).exp());
            let fresh = (-ahead.max(0.0) / options.memory_s).exp();
            let consequence = symptoms.iter().any(|s| {
                let after = deviation.time_s - s.time_s;
                after > 0.0 && after < window_s && s.time_s < symptom.time_s - window_s
            });
            let kept = if consequence { options.consequence } else { 1.0 };
            let weight = deviation.surprise * before * fresh * kept;
            let slot = &mut best[deviation.variable];
            if slot.is_none_or(|s| weight > s.weight) {
                *slot = Some(Weighed { deviation: i, symptom: j, weight, time_s: deviation.time_s });
            }
        }
    }
    best
}

/// What the deviating causes of a variable take from its weight: the most that one of them takes.
fn explained(
    variable: usize,
    best: &[Option<Weighed>],
    normal: &Behaviour,
    graph: Option<&EventGraph>,
    options: &RootCauseOptions,
) -> f64 {
    let (Some(graph), Some(own)) = (graph, best[variable]) else { return 0.0 };
    let reach_s = 2.0 * normal.options().window_s;
    let taken = |&parent: &usize| {
        let cause = best[parent].filter(|c| c.time_s < own.time_s && own.time_s - c.time_s <= reach_s)?;
        let evidence = graph.link(parent, variable).and_then(|l| l.evidence);
        let strength = evidence.map_or(1.0, |e| e.count as f64 / e.of.max(1) as f64);
        Some(strength * cause.weight.min(own.weight))
    };
    options.explained * graph.parents(variable).iter().filter_map(taken).fold(0.0, f64::max)
}

fn is_expert(graph: Option<&EventGraph>) -> bool {
    graph.is_some_and(|g| g.source == GraphSource::Expert)
}

fn graph_used(graph: Option<&EventGraph>, symptoms: &[Symptom]) -> GraphUsed {
    let Some(graph) = graph else { return GraphUsed::None };
    let known = |s: &&Symptom| s.alarm.is_some_and(|a| !graph.parents(a).is_empty());
    match symptoms.iter().filter(known).count() {
        0 => GraphUsed::WithoutWay(graph.source),
        alarms => GraphUsed::To { source: graph.source, alarms },
    }
}

fn chain(
    variable: usize,
    symptom: &Symptom,
    graph: Option<&EventGraph>,
    found: &[Deviation],
    best: &[Option<Weighed>],
    log: &EventLog,
) -> Vec<Step> {
    let Some(alarm) = symptom.alarm else { return Vec::new() };
    let way = graph.and_then(|g| g.path(variable, alarm));
    let last = log.last_changes(best.len(), symptom.time_s);
    let time = |node: usize| {
        if node == alarm {
            Some(symptom.time_s)
        } else {
            best[node].map(|b| found[b.deviation].time_s).or(last[node])
        }
    };
    let step = |from: usize, to: usize| {
        let link = graph.and_then(|g| g.link(from, to));
        Step {
            from,
            to,
            delay_s: time(from).zip(time(to)).map(|(a, b)| b - a),
            evidence: link.and_then(|l| l.evidence),
            remark: link.map_or_else(|| "by order in time alone".to_owned(), |l| l.remark.clone()),
        }
    };
    match way {
        Some(way) => way.windows(2).map(|pair| step(pair[0], pair[1])).collect(),
        None => vec![step(variable, alarm)],
    }
}

fn checks(suspects: &[Suspect]) -> Vec<Check> {
    let bits = |p: f64| if p <= 0.0 || p >= 1.0 { 0.0 } else { -p * p.log2() - (1.0 - p) * (1.0 - p).log2() };
    let check = |s: &Suspect| Check { variable: s.variable, information_bits: bits(s.share) };
    let mut checks: Vec<Check> = suspects.iter().map(check).collect();
    checks
        .sort_by(|a, b| b.information_bits.total_cmp(&a.information_bits).then(a.variable.cmp(&b.variable)));
    checks
}
