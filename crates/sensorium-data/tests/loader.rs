//! The loader keeps the order, passes errors on, and stops when nobody listens.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use sensorium_data::{
    DataError, Hertz, LoaderConfig, Modality, Recording, RecordingSource, Samples, Schema, Split, Stream,
    StreamSpec, Task, TimeAxis, Timestamp, WindowRule, load_windows, with_windows,
};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

struct Source {
    schema: Schema,
    recordings: usize,
    broken: Option<usize>,
    loaded: AtomicUsize,
}

impl Source {
    fn new(recordings: usize) -> Self {
        let spec = StreamSpec {
            name: "x".into(),
            modality: Modality::Series,
            rate: Hertz::new(10.0),
            channels: vec!["x".into()],
            unit: None,
            size: None,
        };
        let schema = Schema {
            name: "test".into(),
            streams: vec![Arc::new(spec)],
            task: Task::OneClass,
            window: WindowRule { length_ms: 1000.0, stride_ms: 500.0 },
        };
        Self { schema, recordings, broken: None, loaded: AtomicUsize::new(0) }
    }
}

impl RecordingSource for Source {
    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn len(&self) -> usize {
        self.recordings
    }

    fn split(&self, _: usize) -> Split {
        Split::Train
    }

    fn load(&self, index: usize) -> Result<Recording, DataError> {
        self.loaded.fetch_add(1, Ordering::SeqCst);
        if self.broken == Some(index) {
            return Err(DataError::Invalid(format!("recording {index} is broken")));
        }
        // Odd ones are slow, so that threads overtake one another.
        if index % 2 == 1 {
            std::thread::sleep(Duration::from_millis(3));
        }
        let len = 100 + 37 * (index % 5);
        let rate = Hertz::new(10.0).unwrap();
        let samples =
            Samples::Values { channels: 1, data: (0..len).map(|i| (index * 1000 + i) as f32).collect() };
        let times = TimeAxis::Regular { start: Timestamp::ZERO, rate, len };
        let stream = Stream::new(self.schema.streams[0].clone(), times, samples).unwrap();
        Ok(Recording {
            name: index.to_string(),
            group: index.to_string(),
            streams: vec![Some(stream)],
            annotations: Vec::new(),
        })
    }
}

fn config(threads: usize) -> LoaderConfig {
    LoaderConfig { threads, ahead: 1 }
}

#[test]
fn the_order_does_not_depend_on_the_threads() {
    let source = Source::new(40);
    let indices: Vec<usize> = (0..40).rev().collect();
    let rule = source.schema.window;
    let direct: Vec<_> = indices
        .iter()
        .flat_map(|i| {
            let recording = source.load(*i).unwrap();
            let windows = recording.windows(rule.length_micros(), rule.stride_micros());
            windows.collect::<Vec<_>>()
        })
        .collect();
    for threads in [1, 2, 7] {
        assert!(load_windows(&source, &indices, &config(threads), |w| w).unwrap() == direct);
    }
}

#[test]
fn batches_are_full_but_for_the_last() {
    let source = Source::new(5);
    let indices = source.indices(Split::Train);
    let total = load_windows(&source, &indices, &config(2), |_| ()).unwrap().len();
    let sizes = with_windows(
        &source,
        &indices,
        &config(2),
        |_| (),
        |windows| {
            let mut sizes = Vec::new();
            while let Some(batch) = windows.next_batch(32).unwrap() {
                sizes.push(batch.len());
            }
            sizes
        },
    );
    assert_eq!(sizes.iter().sum::<usize>(), total);
    assert!(sizes[..sizes.len() - 1].iter().all(|n| *n == 32));
}

#[test]
fn an_error_comes_after_the_windows_before_it() {
    let mut source = Source::new(20);
    source.broken = Some(3);
    let indices: Vec<usize> = (0..20).collect();
    let before = load_windows(&source, &indices[..3], &config(2), |_| ()).unwrap().len();
    let (good, error) = with_windows(
        &source,
        &indices,
        &config(4),
        |_| (),
        |windows| {
            let good = windows.by_ref().take_while(Result::is_ok).count();
            (good, windows.next().is_none())
        },
    );
    assert_eq!((good, error), (before, true));
    let message = load_windows(&source, &indices, &config(4), |_| ()).unwrap_err().to_string();
    assert_eq!(message, "recording 3 is broken");
}

#[test]
fn stopping_early_reads_only_a_little_ahead() {
    let source = Source::new(10_000);
    let indices: Vec<usize> = (0..10_000).collect();
    let first = with_windows(&source, &indices, &config(2), |w| w.recording, |windows| windows.next());
    assert_eq!(first.unwrap().unwrap(), "0");
    // Pieces of 64 recordings: two at work, four waiting, one in hand.
    assert!(source.loaded.load(Ordering::SeqCst) <= 8 * 64, "{:?}", source.loaded);
}

#[test]
fn nothing_to_load_is_no_window() {
    assert!(load_windows(&Source::new(0), &[], &LoaderConfig::default(), |w| w).unwrap().is_empty());
}

#[test]
fn a_gap_of_years_makes_no_windows() {
    let source = Source::new(1);
    let mut recording = source.load(0).unwrap();
    let year = 365 * 86_400 * 1_000_000i64;
    let stamps =
        (0..100).map(|i| Timestamp::from_micros(i * 100_000 + if i >= 50 { 30 * year } else { 0 })).collect();
    recording.streams[0].as_mut().unwrap().times = TimeAxis::Stamped(stamps);
    let windows: Vec<_> = sensorium_data::filled_windows(&recording, &source.schema.window).collect();
    assert!((16..=24).contains(&windows.len()), "{}", windows.len());
}
