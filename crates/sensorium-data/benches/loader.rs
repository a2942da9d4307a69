//! The loader against one thread that does the same work, and against reading the bytes alone.
//!
//! `cargo bench -p sensorium-data --bench loader` prints windows per second for each and the ratios.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use sensorium_data::write::{write_csv, write_wav};
use sensorium_data::{
    Dataset, Hertz, LoaderConfig, Modality, RecordingSource, Samples, Stream, StreamSpec, TimeAxis,
    Timestamp, filled_windows, with_windows,
};
use std::path::Path;
use std::sync::{Arc, OnceLock};
use std::time::Instant;

const RECORDINGS: usize = 24;
const SECONDS: usize = 60;

struct Files {
    dataset: Dataset,
    indices: Vec<usize>,
    bytes: u64,
    windows: usize,
    _folder: tempfile::TempDir,
}

fn files() -> &'static Files {
    static FILES: OnceLock<Files> = OnceLock::new();
    FILES.get_or_init(|| {
        let folder = tempfile::tempdir().expect("a folder");
        for index in 0..RECORDINGS {
            write(folder.path(), index);
        }
        let toml = "name = \"bench\"\n[[stream]]\nname = \"vibration\"\nfiles = \"v/{recording}.csv\"\ntime = \"time\"\n\
                    [[stream]]\nname = \"sound\"\nfiles = \"s/{recording}.wav\"\n[window]\nlength_ms = 1000\nstride_ms = 500\n";
        std::fs::write(folder.path().join("dataset.toml"), toml).expect("a description");
        let dataset = Dataset::open_for_prediction(folder.path()).expect("a dataset");
        let indices: Vec<usize> = (0..dataset.len()).collect();
        let paths = indices.iter().flat_map(|i| dataset.files(*i));
        let bytes = paths.map(|p| std::fs::metadata(p).expect("a file").len()).sum();
        let mut files = Files { dataset, indices, bytes, windows: 0, _folder: folder };
        files.windows = serial(&files);
        files
    })
}

fn write(folder: &Path, index: usize) {
    let stream = |modality, rate: usize, channels: usize| {
        let data = (0..rate * SECONDS * channels).map(|i| ((i * 7 + index) as f32 * 0.013).sin()).collect();
        let rate_hz = Hertz::new(rate as f64).expect("a rate");
        let names = (0..channels).map(|c| format!("c{c}")).collect();
        let spec = StreamSpec {
            name: "s".into(),
            modality,
            rate: Some(rate_hz),
            channels: names,
            unit: None,
            size: None,
        };
        let times = TimeAxis::Regular { start: Timestamp::ZERO, rate: rate_hz, len: rate * SECONDS };
        Stream::new(Arc::new(spec), times, Samples::Values { channels, data }).expect("a stream")
    };
    for sub in ["v", "s"] {
        std::fs::create_dir_all(folder.join(sub)).expect("a folder");
    }
    write_csv(&folder.join(format!("v/{index}.csv")), &stream(Modality::Series, 500, 3)).expect("a CSV file");
    write_wav(&folder.join(format!("s/{index}.wav")), &stream(Modality::Audio, 8000, 1)).expect("a WAV file");
}

/// Reads, cuts and maps on this thread.
fn serial(files: &Files) -> usize {
    let rule = files.dataset.schema().window;
    let count = |i: &usize| {
        let recording = files.dataset.load(*i).expect("a recording");
        filled_windows(&recording, &rule).map(divan::black_box).count()
    };
    files.indices.iter().map(count).sum()
}

fn loader(files: &Files, threads: usize) -> usize {
    let config = LoaderConfig { threads, ahead: 0 };
    with_windows(
        &files.dataset,
        &files.indices,
        &config,
        |w| w,
        |windows| windows.map(divan::black_box).count(),
    )
}

/// The same bytes, read and thrown away.
fn bytes(files: &Files) -> usize {
    let paths = files.indices.iter().flat_map(|i| files.dataset.files(*i));
    paths.map(|p| divan::black_box(std::fs::read(p).expect("a file")).len()).sum()
}

#[divan::bench]
fn one_thread(bencher: divan::Bencher) {
    let files = files();
    bencher.counter(divan::counter::ItemsCount::new(files.windows)).bench(|| serial(files));
}

#[divan::bench]
fn loader_all_cores(bencher: divan::Bencher) {
    let files = files();
    bencher.counter(divan::counter::ItemsCount::new(files.windows)).bench(|| loader(files, 0));
}

#[divan::bench]
fn bytes_alone(bencher: divan::Bencher) {
    let files = files();
    bencher.counter(divan::counter::BytesCount::new(files.bytes)).bench(|| bytes(files));
}

/// Shortest of several runs, in seconds.
fn shortest(runs: usize, mut work: impl FnMut() -> usize) -> f64 {
    let time = |_| {
        let start = Instant::now();
        divan::black_box(work());
        start.elapsed().as_secs_f64()
    };
    (0..runs).map(time).fold(f64::INFINITY, f64::min)
}

fn main() {
    divan::main();
    if std::env::args().any(|a| a == "--list" || a == "--test") {
        return;
    }
    let files = files();
    let rate = |seconds: f64| files.windows as f64 / seconds;
    let alone = shortest(5, || serial(files));
    let read = shortest(5, || bytes(files));
    println!("\n{} windows from {:.1} MB of CSV and WAV", files.windows, files.bytes as f64 / 1e6);
    println!("bytes alone, one thread   {:>9.0} windows/s", rate(read));
    println!("one thread                {:>9.0} windows/s", rate(alone));
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    for threads in [1, 2, cores] {
        let time = shortest(5, || loader(files, threads));
        println!(
            "loader, {threads} threads         {:>9.0} windows/s   ratio to one thread {:.2}, to the bytes alone {:.3}",
            rate(time),
            alone / time,
            read / time
        );
    }
}
