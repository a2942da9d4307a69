//! Neighbouring hits of one item as one hit.

use super::entry::{Hit, Span};
use sensorium_data::Modality;
use std::collections::BTreeMap;

/// Joins hits of one item and modality whose spans overlap or lie at most `gap_us` microseconds
/// apart. A joined hit has the union of the spans, and score, id and metadata of its best hit.
/// Hits without a span stay as they are. Answers are ordered best first.
pub fn merge_spans(hits: Vec<Hit>, gap_us: i64) -> Vec<Hit> {
    let mut groups: BTreeMap<(String, Modality), Vec<(Span, Hit)>> = BTreeMap::new();
    let mut merged = Vec::new();
    for hit in hits {
        match hit.span {
            Some(span) => groups.entry((hit.item.clone(), hit.modality)).or_default().push((span, hit)),
            None => merged.push(hit),
        }
    }
    for mut group in groups.into_values() {
        group.sort_by_key(|(span, hit)| (span.start_us, span.end_us, hit.id));
        let mut open: Option<(Span, Hit)> = None;
        for (span, hit) in group {
            open = Some(match open.take() {
                Some((whole, best)) if span.start_us <= whole.end_us.saturating_add(gap_us) => {
                    let union = Span { start_us: whole.start_us, end_us: whole.end_us.max(span.end_us) };
                    (union, if hit.score > best.score { hit } else { best })
                }
                other => {
                    merged.extend(other.map(close));
                    (span, hit)
                }
            });
        }
        merged.extend(open.map(close));
    }
    merged.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.id.cmp(&b.id)));
    merged
}

fn close((span, hit): (Span, Hit)) -> Hit {
    Hit { span: Some(span), ..hit }
}
