//! Windows as their samples arrive.

use super::buffer::{Placed, Sample, StreamBuffer};
use crate::recording::{Recording, Target, Window};
use crate::source::{Schema, WindowRule};
use crate::time::{Span, Timestamp};
use serde::{Deserialize, Serialize};

/// A sample that lies further ahead of all others than this has a broken clock.
const YEAR: i64 = 365 * 86_400 * 1_000_000;

/// What came, and what became of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FollowCounts {
    /// Samples taken.
    pub samples: u64,
    /// Windows given out.
    pub windows: u64,
    /// Samples older than one of their stream before them, and in time for all their windows.
    pub reordered: u64,
    /// Samples that came after a window that should have had them was given out.
    pub late: u64,
    /// Samples dropped because their stream had one of the same time.
    pub duplicates: u64,
    /// Samples dropped because they lie more than a year ahead of all others.
    pub future: u64,
}

impl FollowCounts {
    /// Both counts together.
    pub fn merged(self, other: Self) -> Self {
        Self {
            samples: self.samples + other.samples,
            windows: self.windows + other.windows,
            reordered: self.reordered + other.reordered,
            late: self.late + other.late,
            duplicates: self.duplicates + other.duplicates,
            future: self.future + other.future,
        }
    }
}

/// Cuts windows from the streams of one recording while they grow.
///
/// The grid starts at the earliest sample that was there when the first window was given out.
#[derive(Debug)]
pub struct WindowAssembler {
    name: String,
    rule: WindowRule,
    late: i64,
    buffers: Vec<StreamBuffer>,
    newest: Option<Timestamp>,
    /// Where the grid starts, once a window was decided.
    origin: Option<Timestamp>,
    /// The next window on the grid.
    next: i64,
    counts: FollowCounts,
}

impl WindowAssembler {
    /// An assembler for a recording of that name; a window waits until a sample lies `late_micros`
    /// past its end.
    pub fn new(name: impl Into<String>, schema: &Schema, late_micros: i64) -> Self {
        Self {
            name: name.into(),
            rule: schema.window,
            late: late_micros.max(0),
            buffers: schema.streams.iter().map(StreamBuffer::new).collect(),
            newest: None,
            origin: None,
            next: 0,
            counts: FollowCounts::default(),
        }
    }

    /// What came so far.
    pub fn counts(&self) -> FollowCounts {
        self.counts
    }

    /// Takes a sample of stream `index`.
    ///
    /// # Errors
    /// A sentence: no such stream, words for numbers, or another number of values than the stream has.
    pub fn push(&mut self, index: usize, time: Timestamp, sample: Sample) -> Result<(), String> {
        let (horizon, keep) = (self.horizon(), self.keep_from());
        let Some(buffer) = self.buffers.get_mut(index) else {
            return Err(format!("there is no stream number {index}"));
        };
        if self.newest.is_some_and(|n| time.as_micros().saturating_sub(n.as_micros()) > YEAR) {
            self.counts.future += 1;
            return Ok(());
        }
        let late = horizon.is_some_and(|h| time < h);
        self.counts.samples += 1;
        if late {
            self.counts.late += 1;
            if keep.is_some_and(|k| time < k) && !buffer.holds() {
                return Ok(());
            }
        }
        match buffer.push(time, sample) {
            Ok(Placed::Between) if !late => self.counts.reordered += 1,
            Ok(Placed::Duplicate) => self.counts.duplicates += 1,
            Ok(_) => {}
            Err(message) => {
                self.counts.samples -= 1;
                self.counts.late -= u64::from(late);
                return Err(message);
            }
        }
        self.newest = self.newest.max(Some(time));
        Ok(())
    }

    /// Takes the recording as it is now in the place of what was known of it: for files that are read
    /// again. Samples that were not there when their window was given out count as late.
    pub fn replace(&mut self, recording: &Recording) {
        let (horizon, keep) = (self.horizon(), self.keep_from());
        for (buffer, stream) in self.buffers.iter_mut().zip(&recording.streams) {
            let Some(stream) = stream else { continue };
            let all = Timestamp::from_micros(i64::MAX);
            let (total, before) = (buffer.known_before(all), horizon.map(|h| buffer.known_before(h)));
            buffer.replace(stream, keep);
            self.counts.samples += buffer.known_before(all).saturating_sub(total) as u64;
            if let (Some(horizon), Some(before)) = (horizon, before) {
                self.counts.late += buffer.known_before(horizon).saturating_sub(before) as u64;
            }
            self.newest = self.newest.max(buffer.last());
        }
    }

    /// The next window whose end has passed by the allowance.
    pub fn ready(&mut self) -> Option<Window> {
        let limit = self.newest?.offset(-self.late);
        self.decide(limit)
    }

    /// The next window that is complete when nothing more comes; to be asked until there is none.
    pub fn finish(&mut self) -> Option<Window> {
        // Half a millisecond of slack, as in `Recording::windows`.
        let end = self.buffers.iter().filter_map(StreamBuffer::end).max()?;
        self.decide(end.offset(500))
    }

    /// The next window with a sample that ends at `limit` or before.
    fn decide(&mut self, limit: Timestamp) -> Option<Window> {
        let (length, stride) = self.sizes();
        let first = self.buffers.iter().filter_map(StreamBuffer::first).min();
        let origin = self.origin.or(first)?;
        loop {
            let span = Span::lasting(origin.offset(self.next * stride), length);
            if span.end > limit {
                return None;
            }
            self.origin = Some(origin);
            let following = self.buffers.iter().filter_map(|b| b.next_from(span.start)).min();
            if following.is_some_and(|t| t < span.end) {
                self.next += 1;
                let window = self.window(span);
                if let Some(keep) = self.keep_from() {
                    self.buffers.iter_mut().for_each(|b| b.evict(keep));
                }
                self.counts.windows += 1;
                return Some(window);
            }
            // The first window that can hold the next sample, or is not due yet.
            let reach = |t: Timestamp| {
                let since = t.as_micros().saturating_sub(origin.as_micros());
                (since - length).div_euclid(stride) + 1
            };
            let open = reach(limit);
            self.next = (self.next + 1).max(following.map_or(open, |t| open.min(reach(t))));
        }
    }

    fn window(&self, span: Span) -> Window {
        Window {
            recording: self.name.clone(),
            group: self.name.clone(),
            span,
            streams: self.buffers.iter().map(|b| b.last().map(|_| b.cut(span))).collect(),
            target: Target::Unknown,
        }
    }

    fn sizes(&self) -> (i64, i64) {
        (self.rule.length_micros().max(1), self.rule.stride_micros().max(1))
    }

    /// End of the last window that was decided.
    fn horizon(&self) -> Option<Timestamp> {
        let (length, stride) = self.sizes();
        (self.next > 0).then_some(())?;
        self.origin.map(|o| o.offset((self.next - 1) * stride + length))
    }

    /// Samples before this are of no use any more: they lie before the next window, and so far back that
    /// they count as late.
    fn keep_from(&self) -> Option<Timestamp> {
        let start = self.origin.map(|o| o.offset(self.next * self.sizes().1));
        Some(start?.min(self.horizon()?))
    }
}
