//! Normal behaviour, learned from logs of normal operation: how often variables change, which change follows which,
//! and which does not happen without another before it.

use super::{Catalogue, EventGraph, EventLog, GraphSource, Link, LinkEvidence};
use crate::CausalError;
use rayon::prelude::*;
use statrs::distribution::{Binomial, DiscreteCDF};
use std::collections::BTreeMap;

/// How normal behaviour is learned. The defaults are for machine controls, which answer within seconds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BehaviourOptions {
    /// An effect follows its cause within this time, in seconds. Default: 5.
    pub window_s: f64,
    /// An effect may be published this long before its cause, in seconds. Default: 0.3.
    pub tolerance_s: f64,
    /// Changes of one kind that are needed to say what follows it. Default: 20.
    pub least_count: usize,
    /// Share of the changes that must be followed (or preceded) for a rule. Default: 0.9.
    pub least_share: f64,
    /// How many times the share by chance. Default: 10.
    pub least_lift: f64,
    /// False discovery rate of the rules (Benjamini and Hochberg 1995). Default: 0.01.
    pub false_discovery_rate: f64,
    /// Of the changes that announce the same response, those are kept whose delay varies at most this many times as
    /// much as the steadiest's (plus the tolerance): the others act through one of them. Default: 2.
    pub tightness: f64,
}

impl Default for BehaviourOptions {
    fn default() -> Self {
        Self {
            window_s: 5.0,
            tolerance_s: 0.3,
            least_count: 20,
            least_share: 0.9,
            least_lift: 10.0,
            false_discovery_rate: 0.01,
            tightness: 2.0,
        }
    }
}

impl BehaviourOptions {
    fn check(&self) -> Result<(), CausalError> {
        let positive = |x: f64| x.is_finite() && x > 0.0;
        let good = positive(self.window_s)
            && self.tolerance_s.is_finite()
            && self.tolerance_s >= 0.0
            && self.tolerance_s < self.window_s
            && self.least_count >= 2
            && positive(self.least_share)
            && self.least_share < 1.0
            && positive(self.least_lift)
            && positive(self.false_discovery_rate)
            && self.false_discovery_rate < 1.0
            && self.tightness >= 1.0;
        if good {
            return Ok(());
        }
        let expected = "window and lift above 0, tolerance from 0 to below the window, at least 2 changes, shares and \
                        rates between 0 and 1, tightness from 1";
        Err(CausalError::Argument(format!("options of normal behaviour: expected {expected}; got {self:?}")))
    }
}

/// A change of a binary variable or alarm to a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Change {
    /// Position in the catalogue.
    pub variable: usize,
    /// The value it changes to.
    pub on: bool,
}

impl Change {
    pub(super) fn code(self) -> usize {
        2 * self.variable + usize::from(self.on)
    }

    pub(super) fn of_code(code: usize) -> Self {
        Self { variable: code / 2, on: code % 2 == 1 }
    }
}

/// What normal logs say of a pair of changes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rule {
    /// The change that comes first.
    pub before: Change,
    /// The change that comes after.
    pub after: Change,
    /// Share of `before` that is followed (a response), or of `after` that is preceded (a prerequisite).
    pub share: f64,
    /// How many changes that share is of.
    pub of: usize,
    /// How many had their partner.
    pub count: usize,
    /// `share` over what chance would give in the same time.
    pub lift: f64,
    /// Median delay in seconds.
    pub median_delay_s: f64,
    /// 99 % of the delays are at most this long, in seconds.
    pub longest_delay_s: f64,
    /// Between the 5 % and the 95 % quantile of the delays, in seconds.
    pub spread_s: f64,
    /// Binomial, one-sided, adjusted for the number of pairs looked at.
    pub p_value: f64,
}

/// Normal behaviour of the variables of a catalogue.
#[derive(Clone, Debug, PartialEq)]
pub struct Behaviour {
    options: BehaviourOptions,
    seconds: f64,
    counts: Vec<usize>,
    responses: Vec<Rule>,
    prerequisites: Vec<Rule>,
}

/// Times of each kind of change in one log, and where each binary variable stands.
pub(super) struct Timeline {
    /// By [`Change::code`].
    pub times: Vec<Vec<f64>>,
    start: Vec<Option<bool>>,
}

impl Timeline {
    pub(super) fn new(log: &EventLog, catalogue: &Catalogue) -> Self {
        let mut line =
            Self { times: vec![Vec::new(); 2 * catalogue.len()], start: vec![None; catalogue.len()] };
        for event in log.start().iter().filter(|e| is_binary(catalogue, e.variable)) {
            line.start[event.variable] = Some(event.value != 0.0);
        }
        for event in log.changes().iter().filter(|e| is_binary(catalogue, e.variable)) {
            line.times[Change { variable: event.variable, on: event.value != 0.0 }.code()].push(event.time_s);
        }
        line
    }

    /// Whether the variable stood at this value just before `time_s`; no when that is not known.
    pub(super) fn stood(&self, change: Change, time_s: f64) -> bool {
        let last = |code: usize| {
            let times = &self.times[code];
            times.partition_point(|&t| t < time_s).checked_sub(1).map(|i| times[i])
        };
        let (same, other) = (last(change.code()), last(Change { on: !change.on, ..change }.code()));
        match (same, other) {
            (None, None) => self.start[change.variable] == Some(change.on),
            (same, other) => same.unwrap_or(f64::NEG_INFINITY) > other.unwrap_or(f64::NEG_INFINITY),
        }
    }

    /// The first such change in `from_s..=until_s`.
    pub(super) fn first_within(&self, change: Change, from_s: f64, until_s: f64) -> Option<f64> {
        let times = &self.times[change.code()];
        times.get(times.partition_point(|&t| t < from_s)).copied().filter(|&t| t <= until_s)
    }

    /// The last such change in `from_s..=until_s`.
    pub(super) fn last_within(&self, change: Change, from_s: f64, until_s: f64) -> Option<f64> {
        let times = &self.times[change.code()];
        let at = times.partition_point(|&t| t <= until_s).checked_sub(1)?;
        Some(times[at]).filter(|&t| t >= from_s)
    }
}

fn is_binary(catalogue: &Catalogue, variable: usize) -> bool {
    use super::VariableKind::{Alarm, Binary};
    matches!(catalogue.kind(variable), Some(Binary | Alarm))
}

impl Behaviour {
    /// Learns from logs of normal operation.
    ///
    /// For each ordered pair of changes of binary variables: how often the second follows the first within the
    /// window, where the second's variable did not stand there already (a *response*), and how often the second was
    /// preceded by the first (a *prerequisite*). A rule needs a share, a lift over the rate of the other change, a
    /// p-value that survives the number of pairs, and a median delay above zero: published order alone says what
    /// comes first, and only on average. Responses that go through another change are left out by
    /// [`BehaviourOptions::tightness`].
    ///
    /// # Errors
    /// [`CausalError::Argument`] for options out of range, [`CausalError::Data`] without logs or time in them.
    pub fn learn(
        logs: &[EventLog],
        catalogue: &Catalogue,
        options: &BehaviourOptions,
    ) -> Result<Self, CausalError> {
        options.check()?;
        let seconds: f64 = logs.iter().map(EventLog::duration_s).sum();
        if seconds <= 0.0 {
            return Err(CausalError::Data("no logs of normal operation, or none that lasts".to_owned()));
        }
        let lines: Vec<Timeline> = logs.iter().map(|log| Timeline::new(log, catalogue)).collect();
        let codes = 2 * catalogue.len();
        let counts: Vec<usize> = (0..codes).map(|c| lines.iter().map(|l| l.times[c].len()).sum()).collect();
        let mut learned =
            Self { options: *options, seconds, counts, responses: Vec::new(), prerequisites: Vec::new() };
        let frequent: Vec<usize> = (0..codes).filter(|&c| learned.counts[c] >= options.least_count).collect();
        let pairs: Vec<(Change, Change)> = frequent
            .iter()
            .flat_map(|&a| frequent.iter().map(move |&b| (Change::of_code(a), Change::of_code(b))))
            .filter(|(a, b)| a.variable != b.variable)
            .collect();
        let found: Vec<(Option<Rule>, Option<Rule>)> = pairs
            .par_iter()
            .map(|&(a, b)| (learned.response(&lines, a, b), learned.prerequisite(&lines, a, b)))
            .collect();
        let (responses, prerequisites): (Vec<_>, Vec<_>) = found.into_iter().unzip();
        learned.responses = tightest(learned.keep(responses), options);
        learned.prerequisites = learned.keep(prerequisites);
        Ok(learned)
    }

    /// The options it was learned with.
    pub fn options(&self) -> &BehaviourOptions {
        &self.options
    }

    /// Which change follows which, by the later change.
    pub fn responses(&self) -> &[Rule] {
        &self.responses
    }

    /// Which change does not happen without which before it, by the later change.
    pub fn prerequisites(&self) -> &[Rule] {
        &self.prerequisites
    }

    /// How often a change was seen.
    pub fn count(&self, change: Change) -> usize {
        self.counts.get(change.code()).copied().unwrap_or(0)
    }

    /// Changes of this kind in a second; half a change is added, so that what was never seen has a small rate.
    pub fn rate(&self, change: Change) -> f64 {
        (self.count(change) as f64 + 0.5) / self.seconds
    }

    /// The chance that such a change falls into `seconds` of normal operation.
    pub fn chance_within(&self, change: Change, seconds: f64) -> f64 {
        -(-self.rate(change) * seconds).exp_m1()
    }

    /// The learned graph: a link for each pair of variables that has a rule, with the strongest one's evidence.
    ///
    /// # Errors
    /// When the catalogue is not the one learned with.
    pub fn graph(&self, catalogue: &Catalogue) -> Result<EventGraph, CausalError> {
        let mut best: BTreeMap<(usize, usize), &Rule> = BTreeMap::new();
        for rule in self.responses.iter().chain(&self.prerequisites) {
            let slot = best.entry((rule.before.variable, rule.after.variable)).or_insert(rule);
            if rule.share > slot.share {
                *slot = rule;
            }
        }
        let links = best.into_iter().map(|((cause, effect), rule)| Link {
            cause,
            effect,
            evidence: Some(rule.evidence()),
            remark: format!(
                "{} to {} → {} to {}",
                catalogue.name(cause),
                if rule.before.on { "on" } else { "off" },
                catalogue.name(effect),
                if rule.after.on { "on" } else { "off" },
            ),
        });
        EventGraph::new(catalogue, GraphSource::Learned, links)
    }

    fn response(&self, lines: &[Timeline], before: Change, after: Change) -> Option<Rule> {
        let (window, tolerance) = (self.options.window_s, self.options.tolerance_s);
        let (mut of, mut delays) = (0, Vec::new());
        for line in lines {
            for &time in &line.times[before.code()] {
                if !line.stood(after, time - tolerance) {
                    of += 1;
                    delays
                        .extend(line.first_within(after, time - tolerance, time + window).map(|t| t - time));
                }
            }
        }
        self.rule(before, after, of, delays, after)
    }

    fn prerequisite(&self, lines: &[Timeline], before: Change, after: Change) -> Option<Rule> {
        let (window, tolerance) = (self.options.window_s, self.options.tolerance_s);
        let (mut of, mut delays) = (0, Vec::new());
        for line in lines {
            for &time in &line.times[after.code()] {
                of += 1;
                delays.extend(line.last_within(before, time - window, time + tolerance).map(|t| time - t));
            }
        }
        self.rule(before, after, of, delays, before)
    }

    /// The rule, when its share, lift and order suffice; `by_chance` is the change that chance would bring.
    fn rule(
        &self,
        before: Change,
        after: Change,
        of: usize,
        mut delays: Vec<f64>,
        by_chance: Change,
    ) -> Option<Rule> {
        let share = (delays.len() as f64 + 0.5) / (of as f64 + 1.0);
        if of < self.options.least_count || share < self.options.least_share {
            return None;
        }
        delays.sort_by(f64::total_cmp);
        let quantile = |q: f64| delays[((delays.len() - 1) as f64 * q).round() as usize];
        let longest_delay_s = quantile(0.99);
        let chance = self.chance_within(by_chance, longest_delay_s.max(0.0) + self.options.tolerance_s);
        let rule = Rule {
            before,
            after,
            share,
            of,
            count: delays.len(),
            lift: share / chance,
            median_delay_s: quantile(0.5),
            longest_delay_s,
            spread_s: quantile(0.95) - quantile(0.05),
            p_value: excess(delays.len(), of, chance),
        };
        (rule.median_delay_s > 0.0 && rule.lift >= self.options.least_lift).then_some(rule)
    }

    /// The rules that survive Benjamini and Hochberg's step-up over all pairs that were looked at.
    fn keep(&self, found: Vec<Option<Rule>>) -> Vec<Rule> {
        let looked_at = found.len() as f64;
        let mut rules: Vec<Rule> = found.into_iter().flatten().collect();
        rules.sort_by(|a, b| a.p_value.total_cmp(&b.p_value));
        let mut above = 1.0_f64;
        for (i, rule) in rules.iter_mut().enumerate().rev() {
            above = above.min(rule.p_value * looked_at / (i + 1) as f64);
            rule.p_value = above;
        }
        rules.retain(|r| r.p_value <= self.options.false_discovery_rate);
        rules.sort_by_key(|r| (r.after, r.before));
        rules
    }
}

impl Rule {
    fn evidence(&self) -> LinkEvidence {
        LinkEvidence {
            count: self.count,
            of: self.of,
            lift: self.lift,
            median_delay_s: self.median_delay_s,
            p_value: self.p_value,
        }
    }
}

/// The chance of `count` or more of `of` when each has `chance`.
fn excess(count: usize, of: usize, chance: f64) -> f64 {
    match (count, Binomial::new(chance, of as u64)) {
        (0, _) | (_, Err(_)) => 1.0,
        (_, Ok(binomial)) => binomial.sf(count as u64 - 1),
    }
}

fn tightest(rules: Vec<Rule>, options: &BehaviourOptions) -> Vec<Rule> {
    let mut least: BTreeMap<Change, f64> = BTreeMap::new();
    for rule in &rules {
        let slot = least.entry(rule.after).or_insert(rule.spread_s);
        *slot = slot.min(rule.spread_s);
    }
    let wide = |rule: &Rule| options.tightness * least[&rule.after] + options.tolerance_s;
    rules.into_iter().filter(|r| r.spread_s <= wide(r)).collect()
}
