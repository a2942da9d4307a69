//! A loader that reads ahead on several threads and keeps the order.
//!
//! Recordings are read, cut into windows and mapped (to features, to tensors) by worker threads;
//! the consumer gets the results in the order of the list of recordings, whatever thread was
//! faster, so that a run is the same on one thread and on sixteen. Memory is bounded: each worker
//! holds one recording and at most [`LoaderConfig::ahead`] chunks of results wait.
//!
//! ```
//! # use sensorium_data::*;
//! # fn train(source: &dyn RecordingSource) -> Result<usize, DataError> {
//! let train = source.indices(Split::Train);
//! with_windows(source, &train, &LoaderConfig::default(), |window| window.bytes(), |windows| {
//!     let mut batches = 0;
//!     while let Some(batch) = windows.next_batch(32)? {
//!         batches += usize::from(!batch.is_empty());
//!     }
//!     Ok(batches)
//! })
//! # }
//! ```

use crate::error::DataError;
use crate::recording::{Recording, Window};
use crate::source::{RecordingSource, WindowRule};
use crate::time::{Span, Timestamp};
use std::num::NonZeroUsize;
use std::ops::Range;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Mutex, PoisonError};
use std::thread;

/// Windows sent at once.
const CHUNK: usize = 16;

/// How the loader works.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LoaderConfig {
    /// Worker threads; 0 for one a core.
    pub threads: usize,
    /// Chunks (of 16 windows) that may wait for each piece of work; 0 for 8. Twice as many pieces
    /// of work as threads may wait.
    pub ahead: usize,
}

impl LoaderConfig {
    fn threads(&self) -> usize {
        match self.threads {
            0 => thread::available_parallelism().map_or(1, NonZeroUsize::get),
            n => n.min(256),
        }
    }
}

type Chunk<T> = Result<Vec<T>, DataError>;

/// The mapped windows, in order. An error ends the sequence.
#[derive(Debug)]
pub struct Windows<T> {
    work: Receiver<Receiver<Chunk<T>>>,
    current: Option<Receiver<Chunk<T>>>,
    chunk: std::vec::IntoIter<T>,
    failed: bool,
}

impl<T> Windows<T> {
    /// The next `size` items, fewer at the end; `None` when there are no more.
    ///
    /// # Errors
    /// The first error of a recording; the items before it in the same batch are lost.
    pub fn next_batch(&mut self, size: usize) -> Result<Option<Vec<T>>, DataError> {
        let batch: Vec<T> = self.by_ref().take(size.max(1)).collect::<Result<_, _>>()?;
        Ok((!batch.is_empty()).then_some(batch))
    }
}

impl<T> Iterator for Windows<T> {
    type Item = Result<T, DataError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(item) = self.chunk.next() {
                return Some(Ok(item));
            }
            if self.failed {
                return None;
            }
            if self.current.is_none() {
                self.current = Some(self.work.recv().ok()?);
            }
            match self.current.as_ref().map(Receiver::recv) {
                Some(Ok(Ok(chunk))) => self.chunk = chunk.into_iter(),
                Some(Ok(Err(error))) => {
                    self.failed = true;
                    return Some(Err(error));
                }
                _ => self.current = None,
            }
        }
    }
}

/// Runs `consume` on the windows of the recordings `indices`, in that order, each passed through
/// `map` on a worker thread. Windows in which no stream has a sample are left out.
///
/// `consume` may stop early: the workers then stop too.
///
/// # Panics
/// When `map` does.
pub fn with_windows<T, R>(
    source: &dyn RecordingSource,
    indices: &[usize],
    config: &LoaderConfig,
    map: impl Fn(Window) -> T + Sync,
    consume: impl FnOnce(&mut Windows<T>) -> R,
) -> R
where
    T: Send,
{
    let threads = config.threads();
    let ahead = if config.ahead == 0 { 8 } else { config.ahead };
    // Single images come by the ten thousand: several make one piece of work.
    let piece = (indices.len() / (threads * 32)).clamp(1, 64);
    let rule = source.schema().window;
    let (announce, work) = sync_channel::<Receiver<Chunk<T>>>(2 * threads);
    let next = Mutex::new(0usize);
    // Takes the next piece and announces its results, both under one lock, so that pieces are
    // announced in order. `None`: all is done, or nobody listens.
    let take = |announce: &SyncSender<Receiver<Chunk<T>>>| {
        let mut next = next.lock().unwrap_or_else(PoisonError::into_inner);
        let range: Range<usize> = *next..(*next + piece).min(indices.len());
        if range.is_empty() {
            return None;
        }
        let (sender, receiver) = sync_channel(ahead);
        announce.send(receiver).ok()?;
        *next = range.end;
        Some((range, sender))
    };
    thread::scope(|scope| {
        for _ in 0..threads.min(indices.len()) {
            // Each worker has an end of the channel of its own: when the last worker is gone, in
            // whatever way, the consumer sees the end.
            let announce = announce.clone();
            let (take, map) = (&take, &map);
            scope.spawn(move || {
                while let Some((range, sender)) = take(&announce) {
                    if send_windows(source, &indices[range], &rule, map, &sender).is_none() {
                        return;
                    }
                }
            });
        }
        drop(announce);
        consume(&mut Windows { work, current: None, chunk: Vec::new().into_iter(), failed: false })
    })
}

/// All mapped windows of the recordings `indices`, in order.
///
/// # Errors
/// The first error of a recording.
pub fn load_windows<T: Send>(
    source: &dyn RecordingSource,
    indices: &[usize],
    config: &LoaderConfig,
    map: impl Fn(Window) -> T + Sync,
) -> Result<Vec<T>, DataError> {
    with_windows(source, indices, config, map, |windows| windows.collect())
}

/// Sends the windows of some recordings; `None` when it should stop.
fn send_windows<T>(
    source: &dyn RecordingSource,
    indices: &[usize],
    rule: &WindowRule,
    map: &impl Fn(Window) -> T,
    sender: &SyncSender<Chunk<T>>,
) -> Option<()> {
    let mut chunk = Vec::with_capacity(CHUNK);
    for index in indices {
        let recording = match source.load(*index) {
            Ok(recording) => recording,
            Err(error) => {
                sender.send(Ok(chunk)).ok()?;
                sender.send(Err(error)).ok()?;
                return None;
            }
        };
        for window in filled_windows(&recording, rule) {
            chunk.push(map(window));
            if chunk.len() == CHUNK {
                sender.send(Ok(std::mem::replace(&mut chunk, Vec::with_capacity(CHUNK)))).ok()?;
            }
        }
    }
    if !chunk.is_empty() {
        sender.send(Ok(chunk)).ok()?;
    }
    Some(())
}

/// The windows of a recording that hold at least one sample, by `rule`, on the grid of
/// [`Recording::windows`]. Long gaps are stepped over, not walked through.
pub fn filled_windows<'a>(
    recording: &'a Recording,
    rule: &WindowRule,
) -> impl Iterator<Item = Window> + use<'a> {
    let (length, stride) = (rule.length_micros().max(1), rule.stride_micros().max(1));
    let whole = recording.span().unwrap_or(Span::new(Timestamp::ZERO, Timestamp::ZERO));
    // Half a millisecond of slack, as in `Recording::windows`.
    let room = whole.micros() + 500 - length;
    let count = if room < 0 { 0 } else { room / stride + 1 };
    let mut at = 0;
    std::iter::from_fn(move || {
        while at < count {
            let span = Span::lasting(whole.start.offset(at * stride), length);
            at += 1;
            if has_sample(recording, span) {
                return Some(recording.window(span));
            }
            let next = next_sample(recording, span.end)?;
            // The first window on the grid that can contain it.
            let first = (next.as_micros() - whole.start.as_micros() - length).div_euclid(stride) + 1;
            at = at.max(first);
        }
        None
    })
}

fn has_sample(recording: &Recording, span: Span) -> bool {
    recording.streams.iter().flatten().any(|s| !s.times.range(span).is_empty())
}

/// Time of the first sample at or after `time`.
fn next_sample(recording: &Recording, time: Timestamp) -> Option<Timestamp> {
    let far = Span::new(time, Timestamp::from_micros(i64::MAX / 2));
    let streams = recording.streams.iter().flatten();
    streams.filter_map(|s| s.times.range(far).next().map(|i| s.times.at(i))).min()
}
