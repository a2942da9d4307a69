//! The true graph of the line: edges, hidden drifts, and the chain from a parameter to the yield.

use super::run::FabLine;
use std::collections::BTreeSet;

/// A step of the process, in order; also the order of time in a lot's life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// Building, supplies and incoming wafers.
    Ambient,
    /// Coating, exposure and development.
    Lithography,
    /// Plasma etch.
    Etch,
    /// Film deposition.
    Deposition,
    /// Chemical-mechanical polish.
    Polish,
    /// Electrical test and yield.
    Test,
}

/// A direct effect, by index among the observed variables: from cause to effect.
pub type Edge = (usize, usize);

impl FabLine {
    /// The true direct effects between observed variables.
    pub fn edges(&self) -> Vec<Edge> {
        let mut edges = Vec::new();
        for (place, node) in self.plan.nodes.iter().enumerate() {
            let Some(effect) = self.column[place] else { continue };
            edges.extend(node.parents.iter().filter_map(|&p| self.column[p]).map(|cause| (cause, effect)));
        }
        edges.sort_unstable();
        edges
    }

    /// Hidden drifts by name, each with the observed variables that it moves directly.
    pub fn latents(&self) -> Vec<(String, Vec<usize>)> {
        let hidden = self.plan.nodes.iter().enumerate().filter(|(_, node)| node.hidden);
        hidden
            .map(|(place, latent)| {
                let moved =
                    self.plan.nodes.iter().enumerate().filter(|(_, node)| node.parents.contains(&place));
                (latent.name.clone(), moved.filter_map(|(child, _)| self.column[child]).collect())
            })
            .collect()
    }

    /// Observed variables that maintenance counters reach through a hidden drift, by counter. The
    /// paths are not edges between observed variables, but they are effects.
    pub fn renewals(&self) -> Vec<Edge> {
        let mut found = Vec::new();
        for (place, node) in self.plan.nodes.iter().enumerate() {
            let Some(effect) = self.column[place] else { continue };
            for latent in node.parents.iter().map(|&p| &self.plan.nodes[p]).filter(|p| p.hidden) {
                found.extend(
                    latent.parents.iter().filter_map(|&p| self.column[p]).map(|counter| (counter, effect)),
                );
            }
        }
        found.sort_unstable();
        found.dedup();
        found
    }

    /// Step of each observed variable.
    pub fn steps(&self) -> Vec<Step> {
        self.plan.nodes.iter().filter(|node| !node.hidden).map(|node| node.step).collect()
    }

    /// Indices of the parameters that a fault may be injected into: each has a causal path to the yield.
    pub fn injectable(&self) -> Vec<usize> {
        let nodes = self.plan.nodes.iter().enumerate();
        nodes.filter(|(_, node)| node.injectable).filter_map(|(place, _)| self.column[place]).collect()
    }

    /// Index of the yield, in per cent of dies.
    pub fn yield_index(&self) -> usize {
        self.index_of("yield_percent")
    }

    /// Indices of the electrical parameters and the yield: what an alarm is raised on.
    pub fn outcomes(&self) -> Vec<usize> {
        let mut found: Vec<usize> = [
            "threshold_voltage_n_v",
            "threshold_voltage_p_v",
            "leakage_log10_a",
            "saturation_current_ua_per_um",
            "line_resistance_ohm_per_um",
            "via_resistance_ohm",
            "line_capacitance_af_per_um",
            "ring_oscillator_delay_ps",
            "breakdown_voltage_v",
            "functional_yield_percent",
            "parametric_yield_percent",
            "yield_percent",
        ]
        .into_iter()
        .map(|name| self.index_of(name))
        .collect();
        found.sort_unstable();
        found
    }

    /// The edges on directed paths from `variable` to the yield.
    pub fn chain(&self, variable: usize) -> Vec<Edge> {
        self.chain_to(variable, self.yield_index())
    }

    /// The edges on directed paths from `variable` to `outcome`.
    pub fn chain_to(&self, variable: usize, outcome: usize) -> Vec<Edge> {
        let edges = self.edges();
        let below = reach(&edges, variable);
        let reversed: Vec<Edge> = edges.iter().map(|&(a, b)| (b, a)).collect();
        let above = reach(&reversed, outcome);
        edges.into_iter().filter(|(a, b)| below.contains(a) && above.contains(b)).collect()
    }

    /// All observed variables that a fault in `variable` can change by way of observed ones, itself included; what a hidden
    /// drift passes on is not among them.
    pub fn affected(&self, variable: usize) -> Vec<usize> {
        reach(&self.edges(), variable).into_iter().collect()
    }

    fn index_of(&self, name: &str) -> usize {
        // The plan is fixed: a test holds that each of these names is in it.
        self.names.iter().position(|n| n == name).unwrap_or(self.names.len() - 1)
    }
}

/// Everything that can be reached from `start` along the edges, itself included.
fn reach(edges: &[Edge], start: usize) -> BTreeSet<usize> {
    let mut found = BTreeSet::from([start]);
    let mut open = vec![start];
    while let Some(at) = open.pop() {
        for &(_, next) in edges.iter().filter(|(from, _)| *from == at) {
            if found.insert(next) {
                open.push(next);
            }
        }
    }
    found
}
