//! Searching: through the graph, or exactly.

use super::Index;
use super::entry::Hit;
use super::exact::{self, Scored};
use super::filter::Filter;
use super::merge::merge_spans;
use super::vectors::unit;
use crate::error::AlignError;
use rayon::prelude::*;

/// Entries looked at to estimate which share a filter lets through.
const SAMPLE: usize = 4_096;

impl Index {
    /// The `k` entries that pass the filter and lie nearest to the query (`[dim]`, any length but
    /// zero), best first; fewer where fewer pass.
    ///
    /// With `exact` every vector is compared. Otherwise the graph is asked, which misses a few
    /// (see [`Settings`](super::Settings)); small indexes and narrow filters are searched exactly
    /// all the same, where that is faster and misses nothing. Scores are the same either way.
    ///
    /// # Errors
    /// [`AlignError::Invalid`] for a query of another length, one that is zero or not finite, or a
    /// filter on a key no entry has.
    pub fn search(
        &self,
        query: &[f32],
        k: usize,
        filter: &Filter,
        exact: bool,
    ) -> Result<Vec<Hit>, AlignError> {
        let mut answers = self.search_many(&[query], k, filter, exact)?;
        Ok(answers.pop().unwrap_or_default())
    }

    /// Many searches at once, on all cores; one list of hits a query. See [`Index::search`].
    ///
    /// # Errors
    /// As [`Index::search`], with the query's number.
    pub fn search_many(
        &self,
        queries: &[&[f32]],
        k: usize,
        filter: &Filter,
        exact: bool,
    ) -> Result<Vec<Vec<Hit>>, AlignError> {
        self.check_keys(filter)?;
        let queries = queries
            .iter()
            .enumerate()
            .map(|(place, query)| unit(query, self.dim, &|| format!("query {}", place + 1)))
            .collect::<Result<Vec<_>, _>>()?;
        let k = k.min(self.live);
        if k == 0 {
            return Ok(vec![Vec::new(); queries.len()]);
        }
        let scored = if exact
            || self.live < self.settings.exact_below
            || self.share(filter) < self.settings.exact_share
        {
            exact::top_k(&self.vectors, &self.passing(filter), &queries, k)
        } else {
            self.through_graph(&queries, k, filter)?
        };
        Ok(scored.into_iter().map(|scored| scored.into_iter().map(|s| self.hit(s)).collect()).collect())
    }

    /// As [`Index::search`], with neighbouring hits of one item joined ([`merge_spans`]): up to `k`
    /// joined hits.
    ///
    /// # Errors
    /// As [`Index::search`].
    pub fn search_merged(
        &self,
        query: &[f32],
        k: usize,
        filter: &Filter,
        exact: bool,
        gap_us: i64,
    ) -> Result<Vec<Hit>, AlignError> {
        let mut asked = k.saturating_mul(4);
        loop {
            let hits = self.search(query, asked, filter, exact)?;
            let all = hits.len() < asked || hits.len() == self.live;
            let mut merged = merge_spans(hits, gap_us);
            if all || merged.len() >= k || asked >= k.saturating_mul(256) {
                merged.truncate(k);
                return Ok(merged);
            }
            asked = asked.saturating_mul(4);
        }
    }

    fn through_graph(
        &self,
        queries: &[Vec<f32>],
        k: usize,
        filter: &Filter,
    ) -> Result<Vec<Vec<Scored>>, AlignError> {
        let keep = |row: usize| {
            self.records
                .get(row)
                .is_some_and(|record| !record.deleted && (filter.is_empty() || filter.passes(record)))
        };
        let keep: Option<&(dyn Fn(usize) -> bool + Sync)> =
            if filter.is_empty() && self.live == self.records.len() { None } else { Some(&keep) };
        // The graph's own scores are rounded: take more than k, then compare in full.
        let asked = k.saturating_mul(2).max(k.saturating_add(10));
        let found: Vec<Vec<Scored>> = queries
            .par_iter()
            .map(|query| {
                let rows = self.graph.search(query, asked.min(self.live), keep)?;
                let known = rows.into_iter().filter(|&row| row < self.vectors.rows());
                Ok(exact::rescore(&self.vectors, known, query, k))
            })
            .collect::<Result<_, AlignError>>()?;
        if found.iter().all(|scored| scored.len() >= k) {
            return Ok(found);
        }
        // Parts of a graph may be out of reach, or the filter is narrower than the sample showed.
        let rows = self.passing(filter);
        let most = k.min(rows.len());
        found
            .into_iter()
            .zip(queries)
            .map(|(scored, query)| {
                if scored.len() >= most {
                    return Ok(scored);
                }
                Ok(exact::top_k(&self.vectors, &rows, std::slice::from_ref(query), k)
                    .pop()
                    .unwrap_or_default())
            })
            .collect()
    }

    /// Rows that are not deleted and pass.
    fn passing(&self, filter: &Filter) -> Vec<u32> {
        self.records
            .par_iter()
            .enumerate()
            .filter(|(_, record)| !record.deleted && filter.passes(record))
            .map(|(row, _)| row as u32)
            .collect()
    }

    /// Share of the rows that a search can find, from a sample of evenly spread rows.
    fn share(&self, filter: &Filter) -> f64 {
        let rows = self.records.len();
        if filter.is_empty() || rows == 0 {
            return self.live as f64 / rows.max(1) as f64;
        }
        let sample = SAMPLE.min(rows);
        let passing = (0..sample)
            .map(|place| &self.records[place * rows / sample])
            .filter(|record| !record.deleted && filter.passes(record))
            .count();
        passing as f64 / sample as f64
    }

    fn hit(&self, scored: Scored) -> Hit {
        let record = &self.records[scored.row];
        Hit {
            id: record.id,
            score: scored.score,
            item: record.item.clone(),
            span: record.span,
            modality: record.modality,
            metadata: record.metadata.clone(),
        }
    }
}
