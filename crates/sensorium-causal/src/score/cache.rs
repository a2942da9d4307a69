//! Scores that are kept once they are worked out.

use super::LocalScore;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

type Kept = Mutex<HashMap<Box<[usize]>, f64>>;

/// Keeps every local score of another score; may be shared between threads.
pub struct ScoreCache<'a> {
    score: &'a dyn LocalScore,
    /// One map for each node, from parents to score.
    kept: Vec<Kept>,
}

impl<'a> ScoreCache<'a> {
    /// An empty cache in front of a score.
    pub fn new(score: &'a dyn LocalScore) -> Self {
        Self { score, kept: (0..score.variables()).map(|_| Kept::default()).collect() }
    }

    /// How many local scores have been worked out.
    pub fn len(&self) -> usize {
        self.kept.iter().map(|k| k.lock().unwrap_or_else(PoisonError::into_inner).len()).sum()
    }

    /// Whether none has been worked out.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl LocalScore for ScoreCache<'_> {
    fn variables(&self) -> usize {
        self.score.variables()
    }

    fn local(&self, node: usize, parents: &[usize]) -> f64 {
        let kept = &self.kept[node];
        if let Some(&score) = kept.lock().unwrap_or_else(PoisonError::into_inner).get(parents) {
            return score;
        }
        let score = self.score.local(node, parents);
        kept.lock().unwrap_or_else(PoisonError::into_inner).insert(parents.into(), score);
        score
    }
}
