//! Rankings to compare with: recency, PageRank, and median and spread of values.

use super::{Catalogue, EventGraph, EventLog};

/// Variables by the time of their last value before each alarm's, the alarms' lists interleaved, alarms left out
/// (the baseline of the causRCA benchmark). A log already cut at the diagnosis is expected; the first value of a
/// variable counts as its last when it never changed.
///
/// `among` restricts the variables, alarms too. Alarms count whether they are active or not, as in the benchmark.
pub fn recency_before_alarms(log: &EventLog, catalogue: &Catalogue, among: Option<&[usize]>) -> Vec<usize> {
    let mut last: Vec<Option<f64>> = vec![None; catalogue.len()];
    for event in log.start().iter().chain(log.changes()) {
        if among.is_none_or(|set| set.contains(&event.variable)) {
            last[event.variable] = Some(event.time_s);
        }
    }
    let timed = |alarms: bool| {
        let mut list: Vec<(f64, usize)> = (0..last.len())
            .filter(|&v| catalogue.is_alarm(v) == alarms)
            .filter_map(|v| Some((last[v]?, v)))
            .collect();
        // Ties in the order of names, as in a table grouped by name.
        list.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| catalogue.name(a.1).cmp(catalogue.name(b.1))));
        list
    };
    let (alarms, others) = (timed(true), timed(false));
    if alarms.is_empty() {
        return others.into_iter().map(|(_, v)| v).collect();
    }
    let lists: Vec<Vec<usize>> =
        alarms.iter().map(|a| others.iter().filter(|o| o.0 < a.0).map(|o| o.1).collect()).collect();
    let longest = lists.iter().map(Vec::len).max().unwrap_or(0);
    let mut order = Vec::new();
    for position in 0..longest {
        for list in &lists {
            if let Some(&variable) = list.get(position)
                && !order.contains(&variable)
            {
                order.push(variable);
            }
        }
    }
    order
}

/// [`recency_before_alarms`] among the active alarms and their direct causes first, all others after.
///
/// Without an active alarm that the graph knows, recency alone.
pub fn recency_with_graph(log: &EventLog, catalogue: &Catalogue, graph: &EventGraph) -> Vec<usize> {
    let active: Vec<usize> = active_alarms(log, catalogue).into_iter().filter(|&a| graph.knows(a)).collect();
    let all = recency_before_alarms(log, catalogue, None);
    if active.is_empty() {
        return all;
    }
    let mut near = active.clone();
    near.extend(active.iter().flat_map(|&a| graph.parents(a)));
    let mut order = recency_before_alarms(log, catalogue, Some(&near));
    order.extend(all.into_iter().filter(|v| !near.contains(v)));
    order
}

/// The alarms that are on at the end of the log, by position.
pub fn active_alarms(log: &EventLog, catalogue: &Catalogue) -> Vec<usize> {
    let mut now = vec![0.0; catalogue.len()];
    for event in log.start().iter().chain(log.changes()) {
        now[event.variable] = event.value;
    }
    (0..now.len()).filter(|&v| catalogue.is_alarm(v) && now[v] == 1.0).collect()
}

/// Recency from an instant: for each variable its last change at or before it, as a score (the later the higher);
/// variables without one get negative infinity.
pub fn recency_from(log: &EventLog, catalogue: &Catalogue, instant_s: f64) -> Vec<f64> {
    let last = log.last_changes(catalogue.len(), instant_s);
    last.into_iter().map(|t| t.unwrap_or(f64::NEG_INFINITY)).collect()
}

/// PageRank (damping 0.85) of each variable, walking from effects to causes; variables that no link touches get 0.
pub fn pagerank(graph: &EventGraph, variables: usize) -> Vec<f64> {
    const DAMPING: f64 = 0.85;
    let nodes: Vec<usize> = (0..variables).filter(|&v| graph.knows(v)).collect();
    let mut rank = vec![0.0; variables];
    if nodes.is_empty() {
        return rank;
    }
    let even = 1.0 / nodes.len() as f64;
    nodes.iter().for_each(|&v| rank[v] = even);
    for _ in 0..200 {
        let dangling: f64 = nodes.iter().filter(|&&v| graph.parents(v).is_empty()).map(|&v| rank[v]).sum();
        let mut next = vec![0.0; variables];
        nodes.iter().for_each(|&v| next[v] = (1.0 - DAMPING + DAMPING * dangling) * even);
        for &v in &nodes {
            let parents = graph.parents(v);
            parents.iter().for_each(|&p| next[p] += DAMPING * rank[v] / parents.len() as f64);
        }
        rank = next;
    }
    rank
}

/// The largest distance of a variable's values after `split_s` from its median before, in units of the spread between
/// the quartiles before (the scoring of BARO, Pham et al. 2024), on values held over a grid of `step_s`.
///
/// A variable that did not vary before gets its spread from `floor`; one without values before gets 0.
pub fn median_spread(log: &EventLog, variables: usize, split_s: f64, step_s: f64, floor: f64) -> Vec<f64> {
    let mut held: Vec<Option<f64>> = vec![None; variables];
    let (mut before, mut after) = (vec![Vec::new(); variables], vec![Vec::new(); variables]);
    let mut events: Vec<_> = log.start().iter().chain(log.changes()).collect();
    events.sort_by(|a, b| a.time_s.total_cmp(&b.time_s));
    let (from, until) = log.span_s();
    // No log needs a finer grid than this; a far end must not fill the memory.
    let step_s = step_s.max((until - from) / 1e6);
    let steps = ((until - from) / step_s).floor().max(0.0) as usize;
    let mut next = 0;
    for i in 0..=steps {
        let time = from + i as f64 * step_s;
        while let Some(event) = events.get(next).filter(|e| e.time_s <= time) {
            held[event.variable] = Some(event.value);
            next += 1;
        }
        for v in 0..variables {
            if let Some(value) = held[v] {
                if time < split_s { before[v].push(value) } else { after[v].push(value) }
            }
        }
    }
    let score = |v: usize| {
        let sorted = &mut before[v].clone();
        if sorted.is_empty() {
            return 0.0;
        }
        sorted.sort_by(f64::total_cmp);
        let quantile = |q: f64| sorted[((sorted.len() - 1) as f64 * q).round() as usize];
        let spread = (quantile(0.75) - quantile(0.25)).max(floor);
        after[v].iter().map(|x| (x - quantile(0.5)).abs() / spread).fold(0.0, f64::max)
    };
    (0..variables).map(score).collect()
}
