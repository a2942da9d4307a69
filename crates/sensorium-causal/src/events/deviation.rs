//! Deviations of a log from normal behaviour: rare changes, changes without their prerequisite, missing responses,
//! measured values out of their range.

use super::behaviour::Timeline;
use super::{Behaviour, Catalogue, Change, EventLog, Rule, VariableKind};

/// In what a variable deviates.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum DeviationKind {
    /// It changed, and hardly ever does.
    Rare(Change),
    /// It changed without the change that comes before it in normal operation.
    Unprompted {
        /// What happened.
        change: Change,
        /// What was missing before it.
        missing: Change,
    },
    /// It did not change, though what it answers to did.
    Missing {
        /// What did not happen.
        change: Change,
        /// What it should have answered to.
        after: Change,
    },
    /// It took a value beyond all that it had taken before.
    OutOfRange {
        /// The value.
        value: f64,
    },
}

/// A deviation of one variable.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Deviation {
    /// Position in the catalogue.
    pub variable: usize,
    /// When it happened or was due, in seconds.
    pub time_s: f64,
    /// How much it speaks against normal operation, in nats (a logarithm of a likelihood ratio).
    pub surprise: f64,
    /// In what it deviates.
    pub kind: DeviationKind,
}

/// How strongly normal operation is believed before a log has shown how its own plant behaves: as many observations
/// of a rule. Two, since machines of one type differ in a switch or a program.
const PRIOR_OBSERVATIONS: f64 = 2.0;
/// Measured values that must have been seen before one can be out of range.
const LEAST_VALUES: usize = 20;

/// The deviations of a log, by time and variable. `horizon_s` is the time over which a change counts as rare.
///
/// The mechanism that is broken is that of the variable that changed without cause or failed to answer, so that one
/// is charged. A change's surprise is that of its rarity, or that of its missing prerequisites, times their share
/// among all its prerequisites; a missing response counts by the share of its announcements that happened. Rules
/// that the log itself broke earlier count less.
pub fn deviations(
    log: &EventLog,
    catalogue: &Catalogue,
    normal: &Behaviour,
    horizon_s: f64,
) -> Vec<Deviation> {
    let search = Search::new(log, catalogue, normal);
    let mut found = search.changes(horizon_s);
    found.extend(search.omissions());
    found.extend(out_of_range(log, catalogue, horizon_s));
    found.retain(|d| d.surprise > 0.0);
    found.sort_by(|a, b| a.time_s.total_cmp(&b.time_s).then(a.variable.cmp(&b.variable)));
    found
}

/// A rule and how the log kept it: each time, and whether the partner came.
struct Kept<'a> {
    rule: &'a Rule,
    checks: Vec<(f64, bool)>,
    chance: f64,
}

impl Kept<'_> {
    /// The log-likelihood ratio of a partner's absence at `time_s`, with what the log has shown until shortly before.
    fn weight(&self, time_s: f64, window_s: f64) -> f64 {
        let before = self.checks.iter().take_while(|c| c.0 < time_s - window_s);
        let (of, held) = before.fold((0.0, 0.0), |(of, held), c| (of + 1.0, held + f64::from(u8::from(c.1))));
        let here = (PRIOR_OBSERVATIONS * self.rule.share + held) / (PRIOR_OBSERVATIONS + of);
        ((1.0 - self.chance) / (1.0 - here.min(self.rule.share))).ln().max(0.0)
    }
}

struct Search<'a> {
    normal: &'a Behaviour,
    line: Timeline,
    from_s: f64,
    responses: Vec<Kept<'a>>,
    prerequisites: Vec<Kept<'a>>,
}

impl<'a> Search<'a> {
    fn new(log: &EventLog, catalogue: &Catalogue, normal: &'a Behaviour) -> Self {
        let line = Timeline::new(log, catalogue);
        let (from_s, until_s) = log.span_s();
        let options = normal.options();
        let (window, tolerance) = (options.window_s, options.tolerance_s);
        let response = |rule: &'a Rule| {
            let latest = |time: f64| time + rule.longest_delay_s + tolerance;
            let times = line.times[rule.before.code()].iter();
            let checks = times
                // Nothing is missing yet while it may still come, or where it stands already.
                .filter(|&&t| latest(t) <= until_s && !line.stood(rule.after, t - tolerance))
                .map(|&t| (t, line.first_within(rule.after, t - tolerance, latest(t)).is_some()))
                .collect();
            Kept { rule, checks, chance: normal.chance_within(rule.after, rule.longest_delay_s + tolerance) }
        };
        let prerequisite = |rule: &'a Rule| {
            let times = line.times[rule.after.code()].iter();
            let checks = times
                .map(|&t| (t, line.last_within(rule.before, t - window, t + tolerance).is_some()))
                .collect();
            Kept { rule, checks, chance: normal.chance_within(rule.before, window + tolerance) }
        };
        let responses = normal.responses().iter().map(response).collect();
        let prerequisites = normal.prerequisites().iter().map(prerequisite).collect();
        Self { normal, line, from_s, responses, prerequisites }
    }

    fn changes(&self, horizon_s: f64) -> Vec<Deviation> {
        let window = self.normal.options().window_s;
        let mut found = Vec::new();
        for (code, times) in self.line.times.iter().enumerate() {
            let change = Change::of_code(code);
            let needed: Vec<&Kept> = self.prerequisites.iter().filter(|k| k.rule.after == change).collect();
            for (i, &time) in times.iter().enumerate() {
                let deviation =
                    |surprise, kind| Deviation { variable: change.variable, time_s: time, surprise, kind };
                // What this log does often is not rare here, whatever it is elsewhere.
                let here =
                    times.partition_point(|&t| t < time - window) as f64 / (time - self.from_s).max(1.0);
                let rate = self.normal.rate(change).max(here);
                let rare = -(-(-rate * horizon_s).exp_m1()).ln();
                let (mut absent, mut present, mut worst) = (0.0, 0.0, (0.0, change));
                for kept in &needed {
                    let weight = kept.weight(time, window);
                    if kept.checks.get(i).is_some_and(|c| c.1) {
                        present += weight;
                    } else {
                        absent += weight;
                        if weight > worst.0 {
                            worst = (weight, kept.rule.before);
                        }
                    }
                }
                let unprompted = if absent > 0.0 { worst.0 * absent / (absent + present) } else { 0.0 };
                found.push(if unprompted > rare {
                    deviation(unprompted, DeviationKind::Unprompted { change, missing: worst.1 })
                } else {
                    deviation(rare, DeviationKind::Rare(change))
                });
            }
        }
        found
    }

    fn omissions(&self) -> Vec<Deviation> {
        let (window, tolerance) = (self.normal.options().window_s, self.normal.options().tolerance_s);
        let mut found = Vec::new();
        for announced in self.responses.chunk_by(|a, b| a.rule.after == b.rule.after) {
            for kept in announced {
                for &(time, _) in kept.checks.iter().filter(|c| !c.1) {
                    let due = time + kept.rule.median_delay_s;
                    let (mut came, mut silent, mut worst) = (0.0, 0.0, 0.0_f64);
                    for other in announced {
                        let weight = other.weight(time, window);
                        let near = kept.rule.spread_s + other.rule.spread_s + 2.0 * tolerance;
                        let at = due - other.rule.median_delay_s;
                        if self.line.first_within(other.rule.before, at - near, at + near).is_some() {
                            came += weight;
                            worst = worst.max(weight);
                        } else {
                            silent += weight;
                        }
                    }
                    if came > 0.0 {
                        let (change, after) = (kept.rule.after, kept.rule.before);
                        found.push(Deviation {
                            variable: change.variable,
                            time_s: due,
                            surprise: worst * came / (came + silent),
                            kind: DeviationKind::Missing { change, after },
                        });
                    }
                }
            }
        }
        found
    }
}

/// Measured values beyond all earlier ones of the same log: with `n` of them, a new extreme has the chance
/// `2 / (n + 1)` for each value of the horizon; how far it lies beyond, in units of the range, adds its logarithm.
fn out_of_range(log: &EventLog, catalogue: &Catalogue, horizon_s: f64) -> Vec<Deviation> {
    let mut found = Vec::new();
    for variable in (0..catalogue.len()).filter(|&v| catalogue.kind(v) == Some(VariableKind::Analog)) {
        let values: Vec<(f64, f64)> = (log.start().iter().chain(log.changes()))
            .filter(|e| e.variable == variable)
            .map(|e| (e.time_s, e.value))
            .collect();
        let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
        for (n, &(time_s, value)) in values.iter().enumerate() {
            if n >= LEAST_VALUES && (value < low || value > high) && high > low {
                let beyond = (low - value).max(value - high) / (high - low);
                let since = values.partition_point(|v| v.0 <= time_s - horizon_s);
                let chance = 2.0 * (n + 1 - since) as f64 / (n + 1) as f64;
                let surprise = (1.0 + beyond).ln() * 2.0 - chance.min(1.0).ln();
                found.push(Deviation {
                    variable,
                    time_s,
                    surprise,
                    kind: DeviationKind::OutOfRange { value },
                });
            }
            (low, high) = (low.min(value), high.max(value));
        }
    }
    found
}
