//! Sound, pictures, Parquet and IDX: written, read back, and cut short.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use parquet::data_type::{DoubleType, Int64Type};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;
use sensorium_data::read::{Color, Repairs, read_audio, read_idx, read_image};
use sensorium_data::write::{write_images, write_wav};
use sensorium_data::{
    Dataset, Hertz, Modality, RecordingSource, Samples, Split, Stream, StreamSpec, Target, TimeAxis,
    Timestamp,
};
use std::fs;
use std::path::Path;
use std::sync::Arc;

fn stream(modality: Modality, rate: f64, samples: Samples) -> Stream {
    let spec = StreamSpec {
        name: "s".into(),
        modality,
        rate: Hertz::new(rate),
        channels: vec!["x".into()],
        unit: None,
        size: None,
    };
    let times =
        TimeAxis::Regular { start: Timestamp::ZERO, rate: Hertz::new(rate).unwrap(), len: samples.len() };
    Stream::new(Arc::new(spec), times, samples).unwrap()
}

fn tone(len: usize) -> Vec<f32> {
    (0..len).map(|i| (i as f32 * 0.1).sin() * 0.5).collect()
}

fn wav(path: &Path, len: usize) {
    write_wav(path, &stream(Modality::Audio, 8000.0, Samples::Values { channels: 1, data: tone(len) }))
        .unwrap();
}

#[test]
fn sound_comes_back_as_written() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.wav");
    wav(&path, 5000);
    let mut repairs = Repairs::default();
    let sound = read_audio(&path, &[], &mut repairs).unwrap();
    assert_eq!((sound.rate.get(), sound.data == tone(5000), repairs.total()), (8000.0, true, 0));
    assert!(read_audio(&path, &[2], &mut repairs).unwrap_err().to_string().contains("no channel 2"));
}

#[test]
fn a_cut_wav_is_kept_up_to_its_end_and_counted() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.wav");
    wav(&path, 5000);
    let bytes = fs::read(&path).unwrap();
    fs::write(&path, &bytes[..12_000]).unwrap();
    let mut repairs = Repairs::default();
    let sound = read_audio(&path, &[], &mut repairs).unwrap();
    assert_eq!(repairs.truncated, 1);
    assert!(sound.data.len() > 1000 && sound.data[..] == tone(5000)[..sound.data.len()]);
    fs::write(&path, &bytes[..20]).unwrap();
    assert!(read_audio(&path, &[], &mut repairs).unwrap_err().to_string().contains("a.wav"));
}

#[test]
fn sound_at_another_rate_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    wav(&folder.path().join("a.wav"), 5000);
    let toml = "name = \"a\"\n[[stream]]\nname = \"s\"\nfiles = \"*.wav\"\nrate_hz = 16000\n[window]\nlength_ms = 100\n";
    fs::write(folder.path().join("dataset.toml"), toml).unwrap();
    let error = Dataset::open_for_prediction(folder.path()).unwrap_err().to_string();
    assert!(error.contains("8000 Hz") && error.contains("16000"), "{error}");
}

#[test]
fn pictures_come_back_and_a_cut_one_is_left_out() {
    let folder = tempfile::tempdir().unwrap();
    let data: Vec<f32> = (0..6 * 64).map(|i| (i % 256) as f32 / 255.0).collect();
    let pictures = stream(Modality::Image, 2.0, Samples::Images { channels: 1, height: 8, width: 8, data });
    let frames = folder.path().join("frames/run");
    write_images(&frames, &pictures).unwrap();
    let first = read_image(&frames.join("0.png"), [8, 8], Color::Gray).unwrap();
    assert!((first[63] - 63.0 / 255.0).abs() < 1e-6);
    let bytes = fs::read(frames.join("500000.png")).unwrap();
    fs::write(frames.join("500000.png"), &bytes[..bytes.len() / 2]).unwrap();
    let toml = "name = \"p\"\n[[stream]]\nname = \"s\"\nfiles = \"frames/{recording}/{time}.png\"\ntime_format = \"us\"\n\
                color = \"gray\"\nsize = [4, 4]\n[window]\nlength_ms = 1000\n";
    fs::write(folder.path().join("dataset.toml"), toml).unwrap();
    let (recording, repairs) = Dataset::open_for_prediction(folder.path()).unwrap().load_counted(0).unwrap();
    let stream = recording.streams[0].as_ref().unwrap();
    assert_eq!((stream.times.len(), stream.samples.stride(), repairs.unreadable_frames), (5, 16, 1));
    assert_eq!(stream.times.at(1).as_micros(), 1_000_000);
}

#[test]
fn a_cut_jpeg_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.jpg");
    let pixels: Vec<u8> = (0..64 * 64 * 3).map(|i| (i * 7 % 251) as u8).collect();
    image::save_buffer(&path, &pixels, 64, 64, image::ExtendedColorType::Rgb8).unwrap();
    assert_eq!(read_image(&path, [64, 64], Color::Rgb).unwrap().len(), 3 * 64 * 64);
    let bytes = fs::read(&path).unwrap();
    fs::write(&path, &bytes[..bytes.len() / 2]).unwrap();
    let error = read_image(&path, [64, 64], Color::Rgb).unwrap_err().to_string();
    assert!(error.contains("a.jpg") && error.contains("cut short"), "{error}");
}

fn parquet(path: &Path) {
    let schema = "message m { required int64 time (TIMESTAMP(MILLIS,true)); optional double x; }";
    let schema = Arc::new(parse_message_type(schema).unwrap());
    let file = fs::File::create(path).unwrap();
    let mut writer =
        SerializedFileWriter::new(file, schema, Arc::new(WriterProperties::builder().build())).unwrap();
    for group in 0..2i64 {
        let mut rows = writer.next_row_group().unwrap();
        let mut column = rows.next_column().unwrap().unwrap();
        let times: Vec<i64> = (0..10).map(|i| 1_600_000_000_000 + (group * 10 + i) * 100).collect();
        column.typed::<Int64Type>().write_batch(&times, None, None).unwrap();
        column.close().unwrap();
        let mut column = rows.next_column().unwrap().unwrap();
        let values: Vec<f64> = (0..9).map(|i| (group * 10 + i) as f64).collect();
        let levels: Vec<i16> = (0..10).map(|i| i16::from(i != 9)).collect();
        column.typed::<DoubleType>().write_batch(&values, Some(&levels), None).unwrap();
        column.close().unwrap();
        rows.close().unwrap();
    }
    writer.close().unwrap();
}

#[test]
fn parquet_is_read_and_a_cut_file_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.parquet");
    parquet(&path);
    let toml = "name = \"p\"\ntime = \"time\"\n[[stream]]\nname = \"s\"\nfiles = \"*.parquet\"\n[window]\nlength_ms = 1000\n";
    fs::write(folder.path().join("dataset.toml"), toml).unwrap();
    let dataset = Dataset::open_for_prediction(folder.path()).unwrap();
    let (recording, repairs) = dataset.load_counted(0).unwrap();
    let stream = recording.streams[0].as_ref().unwrap();
    assert_eq!(stream.times.at(1).as_micros(), 1_600_000_000_100_000);
    assert_eq!(
        (stream.times.len(), repairs.nan_cells, stream.spec.rate.map(Hertz::get)),
        (20, 2, Some(10.0))
    );
    let bytes = fs::read(&path).unwrap();
    fs::write(&path, &bytes[..bytes.len() / 2]).unwrap();
    let error = Dataset::open_for_prediction(folder.path()).unwrap_err().to_string();
    assert!(error.contains("a.parquet") && error.contains("cut short"), "{error}");
}

fn idx(shape: &[u32], bytes: &[u8]) -> Vec<u8> {
    let mut out = vec![0, 0, 8, shape.len() as u8];
    shape.iter().for_each(|s| out.extend(s.to_be_bytes()));
    out.extend(bytes);
    out
}

#[test]
fn idx_items_are_recordings_of_one_picture() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, bytes: Vec<u8>| fs::write(folder.path().join(name), bytes).unwrap();
    for part in ["train", "t10k"] {
        let pixels: Vec<u8> = (0..20 * 9).map(|i| i as u8).collect();
        write(&format!("{part}-images-idx3-ubyte"), idx(&[20, 3, 3], &pixels));
        write(&format!("{part}-labels-idx1-ubyte"), idx(&[20], &(0..20).map(|i| i % 2).collect::<Vec<u8>>()));
    }
    let toml = "name = \"digits\"\n[[stream]]\nname = \"image\"\nfiles = \"{recording}-images-idx3-ubyte\"\n\
                [label]\nfiles = \"{recording}-labels-idx1-ubyte\"\n\
                [split]\ntrain = [\"train/*\"]\nvalidation = 0.2\ntest = [\"t10k/*\"]\n";
    write("dataset.toml", toml.into());
    let dataset = Dataset::open(folder.path()).unwrap();
    let count = |split| dataset.indices(split).len();
    assert_eq!((count(Split::Train), count(Split::Validation), count(Split::Test)), (16, 4, 20));
    let windows = sensorium_data::load_windows(&dataset, &[0, 1], &Default::default(), |w| w.target).unwrap();
    assert_eq!(windows, [Target::Class(0), Target::Class(1)]);
}

#[test]
fn a_cut_idx_file_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a-idx3-ubyte");
    for (bytes, part) in [
        (idx(&[20, 3, 3], &[0; 100]), "cut short"),
        (idx(&[u32::MAX, u32::MAX, 9], &[]), "4 GiB"),
        (vec![0, 0], "too short"),
        (vec![1, 2, 3, 4, 5], "no IDX"),
    ] {
        fs::write(&path, bytes).unwrap();
        let error = read_idx(&path).unwrap_err().to_string();
        assert!(error.contains(part), "{error}");
    }
}
