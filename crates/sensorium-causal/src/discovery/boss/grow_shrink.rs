//! The parents of one node among any set of others, kept once they are found.

use crate::Knowledge;
use crate::score::LocalScore;

/// A grow-shrink tree of one node (Andrews et al. 2023, section 4). A path from the root adds the candidates in the
/// order in which a greedy search takes them; the end of a path keeps what is left after the greedy removal. As all
/// candidates that raise the score are kept at a vertex, best first, any set of candidates is answered by one walk.
pub(super) struct GrowShrinkTree<'a> {
    node: usize,
    score: &'a dyn LocalScore,
    required: Vec<usize>,
    candidates: Vec<usize>,
    max_parents: usize,
    vertices: Vec<Vertex>,
}

/// A set of parents on the way.
struct Vertex {
    score: f64,
    /// What may be added next, best first; `None` before it is worked out.
    branches: Option<Vec<Branch>>,
    /// What is left of the parents after shrinking, and its score; `None` before it is worked out.
    shrunk: Option<(Vec<usize>, f64)>,
}

/// A parent that raises the score.
struct Branch {
    parent: usize,
    score: f64,
    vertex: Option<usize>,
}

impl Vertex {
    fn new(score: f64) -> Self {
        Self { score, branches: None, shrunk: None }
    }
}

impl<'a> GrowShrinkTree<'a> {
    /// A tree of the root alone: the parents that are required.
    pub fn new(
        node: usize,
        score: &'a dyn LocalScore,
        knowledge: &Knowledge,
        max_parents: Option<usize>,
    ) -> Self {
        let others = || (0..score.variables()).filter(|&other| other != node);
        let required: Vec<usize> = others().filter(|&p| knowledge.requires(p, node)).collect();
        let candidates =
            others().filter(|&p| !knowledge.requires(p, node) && !knowledge.forbids(p, node)).collect();
        let vertices = vec![Vertex::new(score.local(node, &required))];
        Self { node, score, required, candidates, max_parents: max_parents.unwrap_or(usize::MAX), vertices }
    }

    /// The score of the node with its best parents among those that are available.
    pub fn best_score(&mut self, available: impl Fn(usize) -> bool) -> f64 {
        self.best(available).1
    }

    /// The best parents among those that are available, in ascending order, and the score.
    pub fn best(&mut self, available: impl Fn(usize) -> bool) -> &(Vec<usize>, f64) {
        let mut parents = self.required.clone();
        let mut at = 0;
        loop {
            let branches = match self.vertices[at].branches.take() {
                Some(branches) => branches,
                None => self.grow(&parents, self.vertices[at].score),
            };
            let unused = self.vertices.len();
            let branches = self.vertices[at].branches.insert(branches);
            let Some(branch) = branches.iter_mut().find(|b| available(b.parent)) else { break };
            insert_sorted(&mut parents, branch.parent);
            let score = branch.score;
            at = match branch.vertex {
                Some(vertex) => vertex,
                None => {
                    branch.vertex = Some(unused);
                    self.vertices.push(Vertex::new(score));
                    unused
                }
            };
        }
        let shrunk = match self.vertices[at].shrunk.take() {
            Some(shrunk) => shrunk,
            None => self.shrink(parents, self.vertices[at].score),
        };
        self.vertices[at].shrunk.insert(shrunk)
    }

    /// All candidates that raise the score, best first; of equal ones the first column first.
    fn grow(&self, parents: &[usize], score: f64) -> Vec<Branch> {
        if parents.len() >= self.max_parents {
            return Vec::new();
        }
        let mut branches: Vec<Branch> = self
            .candidates
            .iter()
            .filter(|&candidate| parents.binary_search(candidate).is_err())
            .map(|&parent| {
                let mut larger = parents.to_vec();
                insert_sorted(&mut larger, parent);
                Branch { parent, score: self.score.local(self.node, &larger), vertex: None }
            })
            .filter(|branch| branch.score > score)
            .collect();
        branches.sort_by(|a, b| b.score.total_cmp(&a.score));
        branches
    }

    /// Takes the parent away whose removal raises the score most, until none does.
    fn shrink(&self, mut parents: Vec<usize>, mut score: f64) -> (Vec<usize>, f64) {
        loop {
            let removable = parents.iter().filter(|p| self.required.binary_search(p).is_err());
            let removals = removable.map(|&parent| {
                let left: Vec<usize> = parents.iter().copied().filter(|&p| p != parent).collect();
                (self.score.local(self.node, &left), left)
            });
            let best = removals.reduce(|best, next| if next.0 > best.0 { next } else { best });
            match best {
                Some((better, left)) if better > score => (score, parents) = (better, left),
                _ => return (parents, score),
            }
        }
    }
}

fn insert_sorted(parents: &mut Vec<usize>, parent: usize) {
    let place = parents.partition_point(|&p| p < parent);
    parents.insert(place, parent);
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    /// A fixed score for every set of parents of node 0 out of three.
    struct Fixed(fn(&[usize]) -> f64);

    impl LocalScore for Fixed {
        fn variables(&self) -> usize {
            4
        }

        fn local(&self, _: usize, parents: &[usize]) -> f64 {
            (self.0)(parents)
        }
    }

    /// 3 stands in for 1 and 2 until both are there.
    const PROXY: Fixed = Fixed(|parents| match parents {
        [3] => 2.0,
        [1] | [2] => 1.0,
        [1, 3] | [2, 3] => 2.5,
        [1, 2] => 4.0,
        [1, 2, 3] => 3.5,
        _ => 0.0,
    });

    #[test]
    fn a_stand_in_that_was_added_first_is_taken_away() {
        let mut tree = GrowShrinkTree::new(0, &PROXY, &Knowledge::none(), None);
        assert_eq!(tree.best(|_| true), &(vec![1, 2], 4.0));
    }

    #[test]
    fn only_available_parents_are_taken_whatever_was_asked_before() {
        let mut tree = GrowShrinkTree::new(0, &PROXY, &Knowledge::none(), None);
        for _ in 0..2 {
            assert_eq!(tree.best(|_| true).0, [1, 2]);
            assert_eq!(tree.best(|p| p != 2).0, [1, 3]);
            assert_eq!(tree.best(|p| p == 1).0, [1]);
            assert!(tree.best(|_| false).0.is_empty());
        }
    }

    #[test]
    fn a_required_parent_stays_and_a_forbidden_one_is_never_added() {
        let required = Knowledge { required: BTreeSet::from([(3, 0)]), ..Knowledge::none() };
        assert_eq!(GrowShrinkTree::new(0, &PROXY, &required, None).best(|_| true).0, [1, 2, 3]);
        let forbidden = Knowledge { forbidden: BTreeSet::from([(1, 0)]), ..Knowledge::none() };
        assert_eq!(GrowShrinkTree::new(0, &PROXY, &forbidden, None).best(|_| true).0, [2, 3]);
    }

    #[test]
    fn no_more_parents_are_added_than_allowed() {
        let mut tree = GrowShrinkTree::new(0, &PROXY, &Knowledge::none(), Some(1));
        assert_eq!(tree.best(|_| true).0, [3]);
    }
}
