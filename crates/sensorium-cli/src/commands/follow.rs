//! `predict --follow`: answers while recordings grow, with their latency.

use crate::failure::usage;
use crate::interrupt;
use crate::output;
use crate::prediction::Writer;
use crate::session::Session;
use crate::sink::Sink;
use anyhow::Result;
use sensorium::data::follow::{FileFollower, FollowCounts, WindowAssembler, parse_line};
use sensorium::data::{Modality, Schema, Window};
use sensorium::nn::{Model, View};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::io::BufRead;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::time::{Duration, Instant};

/// What is followed.
pub enum Source {
    /// The files of a dataset.
    Files(PathBuf),
    /// Lines of JSON on standard input.
    Input,
}

/// How long to wait before looking again.
const PAUSE: Duration = Duration::from_millis(100);
/// How often to look for new files.
const DISCOVER: Duration = Duration::from_secs(2);
/// Bad lines that are told; the others are only counted.
const TOLD: u64 = 5;

/// Answers each window when it is due, until Ctrl-C, the end of the input or `idle_s` without news.
///
/// # Errors
/// What is wrong with the data or the model; answers that cannot be written.
pub fn run(
    session: &Session,
    model: &dyn Model,
    source: &Source,
    late_ms: f64,
    idle_s: Option<f64>,
    writer: &Writer,
    open_sink: &dyn Fn() -> Result<Sink>,
) -> Result<()> {
    let late = (late_ms * 1e3).round() as i64;
    let ends =
        Ends { stop: interrupt::flag()?, idle: idle_s.map(Duration::from_secs_f64), news: Instant::now() };
    let follower = match source {
        Source::Files(path) => Some(open(model, path, late)?),
        Source::Input if std::io::IsTerminal::is_terminal(&std::io::stdin()) => {
            return Err(usage("--follow - reads lines of JSON from a pipe; standard input is a terminal"));
        }
        Source::Input => None,
    };
    let sink = open_sink()?;
    session.say("following; Ctrl-C ends");
    let mut answers = Answers { session, model, writer, sink, latencies_ms: Vec::new(), failed: None };
    let (counts, bad_lines) = match follower {
        Some(follower) => (files(session, follower, ends, &mut answers)?, 0),
        None => input(session, late, ends, &mut answers)?,
    };
    answers.close(counts, bad_lines)
}

/// When to stop.
struct Ends {
    stop: Arc<AtomicBool>,
    idle: Option<Duration>,
    news: Instant,
}

impl Ends {
    fn reached(&self) -> bool {
        self.stop.load(Ordering::SeqCst) || self.idle.is_some_and(|idle| self.news.elapsed() >= idle)
    }
}

/// Answers windows and keeps their latencies.
struct Answers<'a> {
    session: &'a Session,
    model: &'a dyn Model,
    writer: &'a Writer<'a>,
    sink: Sink,
    latencies_ms: Vec<f64>,
    failed: Option<anyhow::Error>,
}

impl Answers<'_> {
    /// Answers one window; the first error is kept, and nothing is done after it.
    fn take(&mut self, window: &Window) {
        if self.failed.is_none() {
            self.failed = self.answer(window).err();
        }
    }

    /// From a complete window to the written answer.
    fn answer(&mut self, window: &Window) -> Result<()> {
        let started = Instant::now();
        let example = self.model.pipeline().example(window);
        let mut said = String::new();
        for answer in self.model.predict(&[&example], &|_, _| View::Clean)? {
            self.sink.write(self.writer, &example, &answer)?;
            said = self.writer.decision(&answer);
        }
        self.sink.flush()?;
        let ms = started.elapsed().as_secs_f64() * 1e3;
        self.latencies_ms.push(ms);
        self.session.say(format!(
            "{} to {:.3} s: {said} in {ms:.2} ms",
            window.recording,
            window.span.end.as_seconds()
        ));
        Ok(())
    }

    fn check(&mut self) -> Result<()> {
        self.failed.take().map_or(Ok(()), Err)
    }

    fn close(mut self, counts: FollowCounts, bad_lines: u64) -> Result<()> {
        self.check()?;
        let (median, p99) = (quantile(&mut self.latencies_ms, 0.5), quantile(&mut self.latencies_ms, 0.99));
        let session = self.session;
        if counts.late > 0 {
            session.warn(format!(
                "{} samples came after their window was answered; a larger --late-ms waits for them",
                counts.late
            ));
        }
        session.say(format!(
            "{} windows from {} samples ({} out of order, {} late, {} repeated, {} from the future, {bad_lines} bad lines)",
            counts.windows, counts.samples, counts.reordered, counts.late, counts.duplicates, counts.future
        ));
        if counts.windows > 0 {
            session.say(format!("latency: median {median:.2} ms, p99 {p99:.2} ms"));
        }
        let mut object: Value = json!({
            "windows": counts.windows, "samples": counts.samples, "reordered": counts.reordered,
            "late": counts.late, "duplicates": counts.duplicates, "future": counts.future,
            "bad_lines": bad_lines, "latency_ms_median": median, "latency_ms_p99": p99,
        });
        self.sink.close(&mut object)?;
        if session.json { output::json(&object) } else { Ok(()) }
    }
}

/// Nearest rank; NaN without values.
fn quantile(values: &mut [f64], q: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    let rank = (values.len() as f64 * q).ceil() as usize;
    values.get(rank.saturating_sub(1)).copied().unwrap_or(f64::NAN)
}

/// The files of a dataset that has the model's streams.
fn open(model: &dyn Model, path: &Path, late: i64) -> Result<FileFollower> {
    let follower = FileFollower::open(path, late)?;
    let schema = as_trained(follower.schema(), &model.card().schema);
    model.card().check_schema(&schema)?;
    Ok(follower.with_schema(schema))
}

fn files(
    session: &Session,
    mut follower: FileFollower,
    mut ends: Ends,
    answers: &mut Answers,
) -> Result<FollowCounts> {
    let mut told = BTreeSet::new();
    let mut discovered = Instant::now();
    loop {
        let started = Instant::now();
        let mut warn = |error: sensorium::data::DataError| {
            let message = error.to_string();
            if told.insert(message.clone()) {
                session.warn(format!("{message}; trying again when it changes"));
            }
        };
        if follower.poll(&mut |window| answers.take(&window), &mut warn) > 0 {
            ends.news = Instant::now();
        }
        answers.check()?;
        if ends.reached() {
            break;
        }
        if discovered.elapsed() >= DISCOVER {
            if let Err(error) = follower.discover() {
                warn(error);
            }
            discovered = Instant::now();
        }
        // Reading takes no more than half of the time.
        std::thread::sleep(PAUSE.max(started.elapsed()));
    }
    follower.finish(&mut |window| answers.take(&window));
    Ok(follower.counts())
}

/// The data's schema with the model's task, and with its rates where files tell them by their rows: a
/// file of few rows tells a wrong one, or none.
fn as_trained(data: &Schema, model: &Schema) -> Schema {
    let mut schema = Schema { task: model.task.clone(), ..data.clone() };
    for (ours, theirs) in schema.streams.iter_mut().zip(&model.streams) {
        if ours.modality != Modality::Audio && ours.name == theirs.name {
            Arc::make_mut(ours).rate = theirs.rate;
        }
    }
    schema
}

fn input(session: &Session, late: i64, mut ends: Ends, answers: &mut Answers) -> Result<(FollowCounts, u64)> {
    let schema = answers.model.card().schema.clone();
    let mut assembler = WindowAssembler::new("-", &schema, late);
    let lines = lines();
    let mut bad = 0;
    loop {
        let line = match lines.recv_timeout(PAUSE) {
            Ok(line) => line?,
            Err(RecvTimeoutError::Disconnected) => break,
            Err(RecvTimeoutError::Timeout) if ends.reached() => break,
            Err(RecvTimeoutError::Timeout) => continue,
        };
        ends.news = Instant::now();
        if line.1.trim().is_empty() {
            continue;
        }
        let taken = parse_line(&line.1, &schema).and_then(|parsed| {
            parsed
                .samples
                .into_iter()
                .try_for_each(|(time, sample)| assembler.push(parsed.stream, time, sample))
        });
        if let Err(message) = taken {
            bad += 1;
            if bad <= TOLD {
                session.warn(format!("standard input:{}: {message}; the line is left out", line.0));
            }
        }
        while let Some(window) = assembler.ready() {
            answers.take(&window);
        }
        answers.check()?;
        if ends.reached() {
            break;
        }
    }
    while let Some(window) = assembler.finish() {
        answers.take(&window);
    }
    Ok((assembler.counts(), bad))
}

/// Numbered lines of standard input, read by a thread of their own so that Ctrl-C is heard.
fn lines() -> Receiver<std::io::Result<(u64, String)>> {
    let (sender, receiver) = sync_channel(1024);
    std::thread::spawn(move || {
        let mut input = std::io::stdin().lock();
        let mut bytes = Vec::new();
        for number in 1.. {
            bytes.clear();
            let line = match input.read_until(b'\n', &mut bytes) {
                Ok(0) => return,
                Ok(_) => Ok((number, String::from_utf8_lossy(&bytes).into_owned())),
                Err(error) => Err(error),
            };
            let failed = line.is_err();
            if sender.send(line).is_err() || failed {
                return;
            }
        }
    });
    receiver
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_by_nearest_rank() {
        let mut values: Vec<f64> = (1..=200).rev().map(f64::from).collect();
        assert_eq!((quantile(&mut values, 0.5), quantile(&mut values, 0.99)), (100.0, 198.0));
        assert_eq!(quantile(&mut [3.0], 0.99), 3.0);
        assert!(quantile(&mut [], 0.5).is_nan());
    }
}
