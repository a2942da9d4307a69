//! Causal graphs over the variables of event logs, each link with its evidence.

use super::Catalogue;
use crate::CausalError;

/// Where a graph's links come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GraphSource {
    /// Given by people who know the plant; possibly only in part.
    Expert,
    /// Learned from logs of normal operation.
    Learned,
}

/// What normal logs say about a link.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LinkEvidence {
    /// Changes of the effect that followed a change of the cause.
    pub count: usize,
    /// Changes of the effect.
    pub of: usize,
    /// How many times more often than by chance.
    pub lift: f64,
    /// Median delay from cause to effect, in seconds.
    pub median_delay_s: f64,
    /// p-value of the excess (Poisson, one-sided), adjusted for the number of pairs (Benjamini–Hochberg).
    pub p_value: f64,
}

/// A link from a cause to an effect, by position in the catalogue.
#[derive(Clone, Debug, PartialEq)]
pub struct Link {
    /// The cause.
    pub cause: usize,
    /// The effect.
    pub effect: usize,
    /// Counts from normal logs; `None` when there are none.
    pub evidence: Option<LinkEvidence>,
    /// What an expert wrote about it; may be empty.
    pub remark: String,
}

/// Links between the variables of a catalogue. Unlike a [`crate::Dag`] it may hold cycles: over time a command moves
/// an axis, and the axis' arrival changes the command.
#[derive(Clone, Debug, PartialEq)]
pub struct EventGraph {
    /// Where the links come from.
    pub source: GraphSource,
    links: Vec<Link>,
    parents: Vec<Vec<usize>>,
    children: Vec<Vec<usize>>,
}

impl EventGraph {
    /// A graph of these links; of a pair that comes twice, the first is kept.
    ///
    /// # Errors
    /// [`CausalError::Argument`] for a variable out of range or a link from a variable to itself.
    pub fn new(
        catalogue: &Catalogue,
        source: GraphSource,
        links: impl IntoIterator<Item = Link>,
    ) -> Result<Self, CausalError> {
        let n = catalogue.len();
        let mut graph =
            Self { source, links: Vec::new(), parents: vec![Vec::new(); n], children: vec![Vec::new(); n] };
        for link in links {
            let (cause, effect) = (link.cause, link.effect);
            if cause.max(effect) >= n {
                return Err(CausalError::Argument(format!("there is no variable {}", cause.max(effect))));
            }
            if cause == effect {
                let name = catalogue.name(cause);
                return Err(CausalError::Argument(format!("a link from `{name}` to itself; leave it out")));
            }
            if !graph.parents[effect].contains(&cause) {
                graph.parents[effect].push(cause);
                graph.children[cause].push(effect);
                graph.links.push(link);
            }
        }
        graph.parents.iter_mut().chain(&mut graph.children).for_each(|list| list.sort_unstable());
        graph.links.sort_by_key(|l| (l.effect, l.cause));
        Ok(graph)
    }

    /// Links by name, cause first, from an expert.
    ///
    /// # Errors
    /// [`CausalError::UnknownVariable`], and as [`EventGraph::new`].
    pub fn expert<S: AsRef<str>>(catalogue: &Catalogue, links: &[(S, S, S)]) -> Result<Self, CausalError> {
        let named = |(cause, effect, remark): &(S, S, S)| {
            Ok(Link {
                cause: catalogue.index_of(cause.as_ref())?,
                effect: catalogue.index_of(effect.as_ref())?,
                evidence: None,
                remark: remark.as_ref().to_owned(),
            })
        };
        let links: Vec<Link> = links.iter().map(named).collect::<Result<_, CausalError>>()?;
        Self::new(catalogue, GraphSource::Expert, links)
    }

    /// All links, by effect and then cause.
    pub fn links(&self) -> &[Link] {
        &self.links
    }

    /// The link between two variables.
    pub fn link(&self, cause: usize, effect: usize) -> Option<&Link> {
        let at = self.links.binary_search_by_key(&(effect, cause), |l| (l.effect, l.cause)).ok()?;
        self.links.get(at)
    }

    /// Direct causes, in order; none for a variable out of range.
    pub fn parents(&self, variable: usize) -> &[usize] {
        self.parents.get(variable).map_or(&[], Vec::as_slice)
    }

    /// Direct effects, in order; none for a variable out of range.
    pub fn children(&self, variable: usize) -> &[usize] {
        self.children.get(variable).map_or(&[], Vec::as_slice)
    }

    /// Whether any link touches the variable.
    pub fn knows(&self, variable: usize) -> bool {
        !self.parents(variable).is_empty() || !self.children(variable).is_empty()
    }

    /// Steps along links from each variable to `target`; `None` where there is no way, or no such variable.
    pub fn distances_to(&self, target: usize) -> Vec<Option<usize>> {
        let mut steps = vec![None; self.parents.len()];
        let Some(slot) = steps.get_mut(target) else { return steps };
        *slot = Some(0);
        let mut open = std::collections::VecDeque::from([target]);
        while let Some(node) = open.pop_front() {
            let next = steps[node].map(|s: usize| s + 1);
            for &parent in self.parents(node) {
                if steps[parent].is_none() {
                    steps[parent] = next;
                    open.push_back(parent);
                }
            }
        }
        steps
    }

    /// A shortest way from `from` to `to` along links, both ends in it.
    pub fn path(&self, from: usize, to: usize) -> Option<Vec<usize>> {
        let steps = self.distances_to(to);
        let mut left = (*steps.get(from)?)?;
        let mut path = vec![from];
        while left > 0 {
            left -= 1;
            let node = path[path.len() - 1];
            path.push(self.children(node).iter().copied().find(|&c| steps[c] == Some(left))?);
        }
        Some(path)
    }
}
