//! Windows of growing recordings are those of the finished ones, as long as nothing comes too late.

use proptest::prelude::*;
use sensorium_data::follow::{FileFollower, Sample, WindowAssembler, parse_line};
use sensorium_data::{
    Dataset, Hertz, Modality, Recording, RecordingSource, Samples, Schema, Stream, StreamSpec, Task,
    TimeAxis, Timestamp, Window, WindowRule, filled_windows,
};
use std::fs;
use std::io::Write;
use std::sync::Arc;

fn schema(length_ms: f64, stride_ms: f64) -> Schema {
    let spec = |name: &str, modality, rate: Option<f64>, channels: &[&str]| {
        Arc::new(StreamSpec {
            name: name.into(),
            modality,
            rate: rate.and_then(Hertz::new),
            channels: channels.iter().map(|c| c.to_string()).collect(),
            unit: None,
            size: None,
        })
    };
    Schema {
        name: "live".into(),
        streams: vec![
            spec("fast", Modality::Series, Some(20.0), &["a", "b"]),
            spec("slow", Modality::Series, None, &["x"]),
            spec("log", Modality::Text, None, &[]),
        ],
        task: Task::OneClass,
        window: WindowRule { length_ms, stride_ms },
    }
}

/// A recording with the given stamps (in ms) of each stream.
fn recording(schema: &Schema, stamps: &[Vec<i64>; 3]) -> Recording {
    let streams = stamps.iter().zip(&schema.streams).map(|(stamps, spec)| {
        let times: Vec<Timestamp> = stamps.iter().map(|ms| Timestamp::from_micros(ms * 1000)).collect();
        let samples = match spec.modality {
            Modality::Text => Samples::Text(stamps.iter().map(|ms| format!("line {ms}")).collect()),
            _ => {
                let channels = spec.channels.len();
                let data = stamps.iter().flat_map(|ms| (0..channels).map(move |c| (*ms + c as i64) as f32));
                Samples::Values { channels, data: data.collect() }
            }
        };
        (!times.is_empty()).then(|| Stream::new(spec.clone(), TimeAxis::Stamped(times), samples).unwrap())
    });
    let streams = streams.collect();
    Recording { name: "r".into(), group: "r".into(), streams, annotations: Vec::new() }
}

fn sample(stream: &Stream, index: usize) -> Sample {
    match &stream.samples {
        Samples::Text(entries) => Sample::Text(entries[index].clone()),
        Samples::Values { channels, data } | Samples::Images { channels, data, .. } => {
            Sample::Numbers(data[index * channels..(index + 1) * channels].to_vec())
        }
    }
}

type Content = (Timestamp, Vec<Vec<(Timestamp, Sample)>>);

/// What a model can see of a window.
fn content(window: &Window) -> Content {
    let streams = window.streams.iter().map(|stream| match stream {
        Some(s) => (0..s.times.len()).map(|i| (s.times.at(i), sample(s, i))).collect(),
        None => Vec::new(),
    });
    (window.span.start, streams.collect())
}

fn all(assembler: &mut WindowAssembler, into: &mut Vec<Content>) {
    while let Some(window) = assembler.ready() {
        into.push(content(&window));
    }
}

prop_compose! {
    fn stamps()(steps in prop::collection::vec(prop_oneof![8 => 1i64..400, 1 => 3_000i64..20_000], 0..40), start in 0i64..500) -> Vec<i64> {
        steps.into_iter().scan(start, |at, step| { *at += step; Some(*at) }).collect()
    }
}

proptest! {
    #[test]
    fn windows_are_the_offline_ones_when_nothing_is_late(
        fast in stamps(), slow in stamps(), log in stamps(),
        length in 200i64..3_000, stride in 100i64..4_000,
        late in 0i64..800, jitter in prop::collection::vec(0i64..=800, 120),
    ) {
        let schema = schema(length as f64, stride as f64);
        let whole = recording(&schema, &[fast, slow, log]);
        let offline: Vec<Content> = filled_windows(&whole, &schema.window).map(|w| content(&w)).collect();

        // Each sample arrives late by at most the allowance.
        let mut arrivals: Vec<(i64, Timestamp, usize, usize)> = Vec::new();
        for (s, stream) in whole.streams.iter().enumerate() {
            let Some(stream) = stream else { continue };
            for i in 0..stream.times.len() {
                let delay = jitter[(arrivals.len() * 7) % jitter.len()].min(late) * 1000;
                arrivals.push((stream.times.at(i).as_micros() + delay, stream.times.at(i), s, i));
            }
        }
        arrivals.sort();
        let mut assembler = WindowAssembler::new("r", &schema, late * 1000);
        let mut online = Vec::new();
        for (_, time, s, i) in arrivals {
            let stream = whole.streams[s].as_ref().unwrap();
            assembler.push(s, time, sample(stream, i)).unwrap();
            all(&mut assembler, &mut online);
        }
        while let Some(window) = assembler.finish() {
            online.push(content(&window));
        }
        prop_assert_eq!(assembler.counts().late, 0);
        prop_assert_eq!(online, offline);
    }

    #[test]
    fn reading_again_and_again_gives_the_offline_windows(
        fast in stamps(), slow in stamps(), log in stamps(), length in 200i64..3_000, stride in 100i64..4_000,
    ) {
        let schema = schema(length as f64, stride as f64);
        let stamps = [fast, slow, log];
        let whole = recording(&schema, &stamps);
        let offline: Vec<Content> = filled_windows(&whole, &schema.window).map(|w| content(&w)).collect();
        let mut assembler = WindowAssembler::new("r", &schema, 0);
        let mut online = Vec::new();
        let last = stamps.iter().flatten().max().copied().unwrap_or(0);
        for until in (0..=last + 700).step_by(700) {
            let part = stamps.each_ref().map(|s| s.iter().copied().filter(|t| *t <= until).collect());
            assembler.replace(&recording(&schema, &part));
            all(&mut assembler, &mut online);
        }
        while let Some(window) = assembler.finish() {
            online.push(content(&window));
        }
        prop_assert_eq!(assembler.counts().late, 0);
        prop_assert_eq!(online, offline);
    }
}

fn push(assembler: &mut WindowAssembler, ms: i64) {
    assembler.push(1, Timestamp::from_micros(ms * 1000), Sample::Numbers(vec![ms as f32])).unwrap();
}

#[test]
fn a_sample_within_the_allowance_is_in_its_window_and_one_after_it_is_counted() {
    let schema = schema(1000.0, 1000.0);
    let mut assembler = WindowAssembler::new("r", &schema, 200_000);
    for ms in [0, 500, 1100] {
        push(&mut assembler, ms);
    }
    assert!(assembler.ready().is_none(), "200 ms must pass first");
    push(&mut assembler, 900);
    push(&mut assembler, 1200);
    let window = assembler.ready().unwrap();
    assert_eq!(window.streams[1].as_ref().unwrap().times.len(), 3);
    push(&mut assembler, 950);
    let counts = assembler.counts();
    assert_eq!((counts.late, counts.reordered, counts.windows), (1, 1, 1));
}

#[test]
fn a_clock_that_leaps_ahead_by_years_does_not_close_the_windows() {
    let schema = schema(1000.0, 1000.0);
    let mut assembler = WindowAssembler::new("r", &schema, 0);
    for ms in [0, 400, 4_000_000_000_000, 800, 1000] {
        push(&mut assembler, ms);
    }
    assert_eq!(assembler.ready().unwrap().streams[1].as_ref().unwrap().times.len(), 3);
    assert_eq!(assembler.counts().future, 1);
}

#[test]
fn a_long_gap_is_stepped_over() {
    let schema = schema(100.0, 10.0);
    let mut assembler = WindowAssembler::new("r", &schema, 0);
    push(&mut assembler, 0);
    push(&mut assembler, 1000 * 3600 * 24 * 300);
    let mut windows = Vec::new();
    all(&mut assembler, &mut windows);
    assert_eq!(windows.len(), 1);
}

#[test]
fn wrong_samples_are_refused_with_the_reason() {
    let schema = schema(1000.0, 1000.0);
    let mut assembler = WindowAssembler::new("r", &schema, 0);
    let at = Timestamp::ZERO;
    let why = |r: Result<(), String>| r.unwrap_err();
    assert!(why(assembler.push(0, at, Sample::Numbers(vec![1.0]))).contains("1 values a sample, not 2"));
    assert!(why(assembler.push(1, at, Sample::Text("x".into()))).contains("takes numbers"));
    assert!(why(assembler.push(2, at, Sample::Numbers(vec![1.0]))).contains("takes words"));
    assert!(why(assembler.push(9, at, Sample::Numbers(vec![1.0]))).contains("no stream number 9"));
    assert_eq!(assembler.counts().samples, 0);
}

#[test]
fn lines_hold_one_sample_or_several() {
    let schema = schema(1000.0, 1000.0);
    let line = parse_line(r#"{"stream":"fast","t":2.5,"value":[1,2,3,null]}"#, &schema).unwrap();
    assert_eq!(line.stream, 0);
    let times: Vec<i64> = line.samples.iter().map(|(t, _)| t.as_micros()).collect();
    assert_eq!(times, [2_500_000, 2_550_000]);
    let line = parse_line(r#"{"stream":"log","t":"1970-01-01T00:00:03","value":"valve shut"}"#, &schema);
    assert_eq!(line.unwrap().samples[0].0, Timestamp::from_micros(3_000_000));
}

#[test]
fn bad_lines_say_what_is_wrong() {
    let schema = schema(1000.0, 1000.0);
    for (line, part) in [
        ("{", "a line is"),
        (r#"{"stream":"x","t":1,"value":1}"#, "there are: fast, slow, log"),
        (r#"{"stream":"fast","t":1,"value":[1,2,3]}"#, "2 values a sample"),
        (r#"{"stream":"slow","t":1,"value":[1,2]}"#, "no rate"),
        (r#"{"stream":"slow","t":1e300,"value":1}"#, "no time in seconds"),
        (r#"{"stream":"slow","t":"soon","value":1}"#, "soon"),
        (r#"{"stream":"slow","t":{},"value":1}"#, "must be seconds"),
    ] {
        let message = parse_line(line, &schema).unwrap_err();
        assert!(message.contains(part), "{line}: {message}");
    }
}

#[test]
fn growing_files_give_the_windows_of_the_finished_ones() {
    let folder = tempfile::tempdir().unwrap();
    let csv = folder.path().join("run.csv");
    fs::write(
        folder.path().join("dataset.toml"),
        "name = \"live\"\nfiles = \"*.csv\"\ntime = \"time\"\n[[stream]]\nname = \"p\"\nrate_hz = 10.0\n[window]\nlength_ms = 1000\n",
    )
    .unwrap();
    fs::write(&csv, "time,p\n").unwrap();
    let mut follower = FileFollower::open(folder.path(), 0).unwrap();
    let mut windows = Vec::new();
    let mut file = fs::OpenOptions::new().append(true).open(&csv).unwrap();
    for i in 0..35 {
        // The last cell of each line is written with the next line's first.
        write!(file, "{}.{},{}", i / 10, i % 10, i).unwrap();
        follower.poll(&mut |w| windows.push(content(&w)), &mut |_| {});
        writeln!(file, "5").unwrap();
    }
    follower.poll(&mut |w| windows.push(content(&w)), &mut |_| {});
    follower.finish(&mut |w| windows.push(content(&w)));
    let data = Dataset::open_for_prediction(folder.path()).unwrap();
    let finished = data.load(0).unwrap();
    let offline: Vec<Content> =
        filled_windows(&finished, &data.schema().window).map(|w| content(&w)).collect();
    assert_eq!(windows, offline);
    assert_eq!((windows.len(), follower.counts().late), (3, 0));
}
