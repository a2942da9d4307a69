//! Video: times against ffprobe, frames in order, sound in step, files written and read back, damage.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use sensorium_data::video::{
    Fit, FrameOptions, Frames, VideoCodec, VideoOptions, VideoWriter, available, frame_times, probe,
    read_sound,
};
use sensorium_data::{DataError, Hertz, Span, Timestamp};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// A folder for the test's clips, or `None` and a line that says why the test does nothing.
fn folder(test: &str) -> Option<TempDir> {
    if !available() {
        eprintln!("{test}: skipped, FFmpeg is not installed");
        return None;
    }
    Some(TempDir::new().unwrap())
}

/// Runs ffmpeg with these arguments, split at spaces; the last is a name in `folder`.
fn clip(folder: &TempDir, arguments: &str) -> PathBuf {
    let (options, name) = arguments.rsplit_once(' ').unwrap();
    let path = folder.path().join(name);
    let program = std::env::var_os("SENSORIUM_FFMPEG").unwrap_or("ffmpeg".into());
    let done = Command::new(program)
        .args(["-v", "error", "-nostdin", "-y"])
        .args(options.split_whitespace())
        .arg(&path)
        .output()
        .unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    path
}

const TEST_PICTURE: &str = "-f lavfi -i testsrc=duration=2:rate=25:size=64x48";

/// What ffprobe says, ticks times time base, in microseconds.
fn times_by_ffprobe(path: &Path) -> Vec<i64> {
    let ask = |entries: &str| {
        let program = std::env::var_os("SENSORIUM_FFPROBE").unwrap_or("ffprobe".into());
        let said = Command::new(program)
            .args(["-v", "error", "-select_streams", "v:0", "-of", "csv=p=0", "-show_entries", entries])
            .arg(path)
            .output()
            .unwrap();
        String::from_utf8(said.stdout).unwrap()
    };
    let base = ask("stream=time_base");
    let base = base.lines().next().unwrap().trim_end_matches(',');
    let (numerator, denominator) = base.split_once('/').unwrap();
    let (n, d): (i128, i128) = (numerator.parse().unwrap(), denominator.parse().unwrap());
    ask("frame=best_effort_timestamp")
        .lines()
        .filter_map(|l| l.split(',').next().and_then(|t| t.parse::<i128>().ok()))
        .map(|ticks| (ticks * n * 2_000_000 + d).div_euclid(2 * d) as i64)
        .collect()
}

fn micros(times: &[Timestamp]) -> Vec<i64> {
    times.iter().map(|t| t.as_micros()).collect()
}

fn decoded_times(path: &Path, options: FrameOptions) -> Vec<i64> {
    Frames::open(path, options).unwrap().map(|f| f.unwrap().time.as_micros()).collect()
}

/// All three ways to the times agree; returns them.
fn agreed_times(path: &Path) -> Vec<i64> {
    let times = micros(&frame_times(path).unwrap());
    assert_eq!(times, times_by_ffprobe(path), "ffprobe");
    assert_eq!(times, decoded_times(path, FrameOptions::default()), "frames");
    times
}

#[test]
fn times_of_a_regular_video_agree_with_ffprobe() {
    let Some(dir) = folder("times_of_a_regular_video") else { return };
    let path = clip(&dir, "-f lavfi -i testsrc=duration=2:rate=30:size=64x48 a.mp4");
    let times = agreed_times(&path);
    let expected: Vec<i64> = (0..60).map(|k| (k as f64 * 1e6 / 30.0).round() as i64).collect();
    assert_eq!(times, expected);
}

#[test]
fn times_of_an_irregular_late_video_with_b_frames_agree_with_ffprobe() {
    let Some(dir) = folder("times_of_an_irregular_video") else { return };
    let late = "-vf setpts=PTS+0.003*N*N/TB -vsync passthrough -enc_time_base 1:90000 \
                -video_track_timescale 90000 -output_ts_offset 2.5 -c:v libx264 -bf 3";
    for name in ["a.mp4", "a.mkv", "a.ts"] {
        let times = agreed_times(&clip(&dir, &format!("{TEST_PICTURE} {late} {name}")));
        assert_eq!(times.len(), 50, "{name}");
        let gaps: Vec<i64> = times.windows(2).map(|w| w[1] - w[0]).collect();
        assert!(gaps[48] > 5 * gaps[0] && gaps.iter().all(|g| *g > 0), "{name}: {gaps:?}");
        // A transport stream starts later by its muxer's delay.
        assert!(
            times[0] >= 2_500_000 && probe(&dir.path().join(name)).unwrap().start.as_micros() == times[0]
        );
    }
}

#[test]
fn times_of_a_video_with_an_edit_list_agree_with_ffprobe() {
    let Some(dir) = folder("times_of_a_video_with_an_edit_list") else { return };
    clip(&dir, &format!("{TEST_PICTURE} -c:v libx264 -g 25 -bf 2 whole.mp4"));
    let whole = dir.path().join("whole.mp4");
    // Copied from the middle of a group of pictures: the frames before the cut are hidden by an edit list.
    let cut = clip(&dir, &format!("-ss 0.5 -i {} -c copy cut.mp4", whole.display()));
    let times = agreed_times(&cut);
    assert!(times.len() < 40, "{} frames", times.len());
}

#[test]
fn rotation_is_told_and_applied() {
    let Some(dir) = folder("rotation_is_told_and_applied") else { return };
    // Left half red, right half blue: turned clockwise, the left comes to the top.
    let path = clip(
        &dir,
        "-f lavfi -i color=red:s=32x48:d=0.2[l];color=blue:s=32x48:d=0.2[r];[l][r]hstack -c:v libx264 upright.mp4",
    );
    let turned = turned_clockwise(&dir, &path);
    let info = probe(&turned).unwrap();
    assert_eq!((info.rotation, info.width, info.height), (90, 48, 64));
    let frame = Frames::open(&turned, FrameOptions::default()).unwrap().next().unwrap().unwrap();
    assert_eq!((frame.height, frame.width), (64, 48));
    let pixel = |row: usize| &frame.rgb[(row * 48 + 24) * 3..][..3];
    assert!(pixel(4)[0] > 200 && pixel(4)[2] < 60, "top {:?}", pixel(4));
    assert!(pixel(60)[2] > 200 && pixel(60)[0] < 60, "bottom {:?}", pixel(60));
}

/// Newer versions of ffmpeg take the rotation as an input option; older ones as a tag, the other way round.
fn turned_clockwise(dir: &TempDir, path: &Path) -> PathBuf {
    let turned = dir.path().join("turned.mp4");
    for (before, after) in
        [(vec!["-display_rotation", "-90"], vec![]), (vec![], vec!["-metadata:s:v", "rotate=270"])]
    {
        let program = std::env::var_os("SENSORIUM_FFMPEG").unwrap_or("ffmpeg".into());
        let mut command = Command::new(program);
        command.args(["-v", "error", "-nostdin", "-y"]).args(&before).arg("-i").arg(path);
        let status = command.args(["-c", "copy"]).args(&after).arg(&turned).output().unwrap().status;
        if status.success() && probe(&turned).is_ok_and(|i| i.rotation != 0) {
            return turned;
        }
    }
    panic!("no way to set the rotation");
}

#[test]
fn frames_of_a_span_are_those_within_it_also_after_a_jump() {
    let Some(dir) = folder("frames_of_a_span") else { return };
    for name in ["a.mp4", "a.mkv"] {
        let path = clip(
            &dir,
            &format!(
                "-f lavfi -i testsrc=d=20:r=25:s=64x48 -g 50 -bf 3 -output_ts_offset 3 -c:v libx264 {name}"
            ),
        );
        let all = agreed_times(&path);
        for (from, to) in [(all[5], all[9]), (all[301] - 1, all[333]), (all[499], all[499] + 1)] {
            let span = Some(Span::new(Timestamp::from_micros(from), Timestamp::from_micros(to)));
            let expected: Vec<i64> = all.iter().copied().filter(|t| (from..to).contains(t)).collect();
            assert_eq!(decoded_times(&path, FrameOptions { span, ..Default::default() }), expected, "{name}");
        }
    }
}

#[test]
fn a_span_without_frames_gives_none() {
    let Some(dir) = folder("a_span_without_frames") else { return };
    let path = clip(&dir, &format!("{TEST_PICTURE} a.mp4"));
    let span = Some(Span::lasting(Timestamp::from_seconds(60.0), 1_000_000));
    assert!(decoded_times(&path, FrameOptions { span, ..Default::default() }).is_empty());
}

#[test]
fn a_rate_keeps_one_real_frame_of_each_slot() {
    let Some(dir) = folder("a_rate_keeps_one_real_frame") else { return };
    let path = clip(&dir, "-f lavfi -i testsrc=d=2:r=30:s=64x48 a.mp4");
    let all = agreed_times(&path);
    for (rate, step) in [(15.0, 2), (10.0, 3), (5.0, 6), (30.0, 1), (60.0, 1)] {
        let options = FrameOptions { rate: Hertz::new(rate), ..Default::default() };
        let expected: Vec<i64> = all.iter().copied().step_by(step).collect();
        assert_eq!(decoded_times(&path, options), expected, "{rate} a second");
    }
}

#[test]
fn stretched_pictures_keep_the_edges_and_cropped_ones_lose_them() {
    let Some(dir) = folder("stretched_and_cropped") else { return };
    // A red picture with blue edges left and right.
    let path = clip(
        &dir,
        "-f lavfi -i color=blue:s=96x32:d=0.2[b];color=red:s=32x32:d=0.2[r];[b][r]overlay=32:0 -c:v libx264 a.mp4",
    );
    let corner = |fit| {
        let options = FrameOptions { size: Some([16, 16]), fit, ..Default::default() };
        let frame = Frames::open(&path, options).unwrap().next().unwrap().unwrap();
        assert_eq!((frame.height, frame.width, frame.rgb.len()), (16, 16, 768));
        [frame.rgb[0], frame.rgb[1], frame.rgb[2]]
    };
    assert!(corner(Fit::Stretch)[2] > 200);
    assert!(corner(Fit::CentreCrop)[0] > 150);
}

#[test]
fn dropping_the_frames_ends_the_decoder_at_once() {
    let Some(dir) = folder("dropping_the_frames") else { return };
    let path = clip(&dir, "-f lavfi -i testsrc=d=20:r=50:s=320x240 -preset ultrafast a.mp4");
    let mut frames =
        Frames::open(&path, FrameOptions { size: Some([2000, 2000]), ..Default::default() }).unwrap();
    frames.next().unwrap().unwrap();
    let start = Instant::now();
    drop(frames);
    assert!(start.elapsed() < Duration::from_secs(2), "{:?}", start.elapsed());
}

#[test]
fn sound_starts_at_its_time_on_the_clock_of_the_pictures() {
    let Some(dir) = folder("sound_starts_at_its_time") else { return };
    // A stereo tone of one second that begins 0.5 s after the first picture.
    let path = clip(
        &dir,
        &format!(
            "{TEST_PICTURE} -itsoffset 0.5 -f lavfi -i sine=frequency=440:duration=1:sample_rate=44100 \
                  -ac 2 -c:a pcm_s16le -output_ts_offset 3 a.mkv"
        ),
    );
    let sound = read_sound(&path, 16_000).unwrap().unwrap();
    assert_eq!(sound.start.as_micros(), 3_500_000);
    assert_eq!(frame_times(&path).unwrap()[0].as_micros(), 3_000_000);
    assert!(sound.samples.len().abs_diff(16_000) < 32, "{} samples", sound.samples.len());
    let crossings = sound.samples.windows(2).filter(|w| w[0] < 0.0 && w[1] >= 0.0).count();
    assert!(crossings.abs_diff(440) <= 2, "{crossings} periods");
}

#[test]
fn the_encoders_delay_does_not_move_the_sound() {
    let Some(dir) = folder("the_encoders_delay") else { return };
    // AAC needs samples to run in; MP4 hides them by an edit list. The tone begins at one second.
    let path = clip(
        &dir,
        &format!(
            "{TEST_PICTURE} -f lavfi -i sine=frequency=1000:duration=2:sample_rate=48000 \
             -af volume=0:enable='lt(t,1)',asetnsamples=480 -c:a aac -b:a 128k a.mp4"
        ),
    );
    let sound = read_sound(&path, 16_000).unwrap().unwrap();
    let loudest = sound.samples.iter().fold(0.0_f32, |a, v| a.max(v.abs()));
    let onset = sound.samples.iter().position(|v| v.abs() > loudest / 2.0).unwrap();
    let begins = sound.start.as_seconds() + onset as f64 / 16_000.0;
    // The sine's frames of 1024 samples at 48 kHz are switched whole: the first after one second begins at 1.003 s.
    assert!((begins - 1.003).abs() < 0.004, "the tone begins at {begins} s");
}

#[test]
fn a_gap_in_the_sound_is_silent_and_keeps_what_follows_in_step() {
    let Some(dir) = folder("a_gap_in_the_sound") else { return };
    let path = clip(
        &dir,
        "-f lavfi -i sine=frequency=440:duration=3:sample_rate=16000 \
         -af asetnsamples=160,aselect='not(between(t,1,1.999))' -c:a pcm_s16le a.mkv",
    );
    let sound = read_sound(&path, 8_000).unwrap().unwrap();
    assert!(sound.samples.len().abs_diff(24_000) < 200, "{} samples", sound.samples.len());
    let loudest =
        |from: usize, to: usize| sound.samples[from..to].iter().fold(0.0_f32, |a, v| a.max(v.abs()));
    assert!(loudest(9_000, 15_000) < 1e-3 && loudest(2_000, 7_000) > 0.05 && loudest(17_000, 23_000) > 0.05);
}

#[test]
fn a_video_without_sound_has_none() {
    let Some(dir) = folder("a_video_without_sound") else { return };
    let path = clip(&dir, &format!("{TEST_PICTURE} a.mp4"));
    assert!(!probe(&path).unwrap().has_audio);
    assert_eq!(read_sound(&path, 16_000).unwrap(), None);
}

/// A picture of one grey that tells its number.
fn grey(k: usize) -> Vec<u8> {
    vec![20 + 4 * k as u8; 64 * 48 * 3]
}

fn assert_numbered(frames: &[sensorium_data::video::Frame]) {
    for (k, frame) in frames.iter().enumerate() {
        let mean = frame.rgb.iter().map(|v| f64::from(*v)).sum::<f64>() / frame.rgb.len() as f64;
        assert!((mean - (20 + 4 * k) as f64).abs() < 1.9, "frame {k} has brightness {mean}");
    }
}

/// Irregular times: gaps from 1 µs to a second.
fn irregular(start: i64) -> Vec<i64> {
    let mut time = start;
    (0..50_i64)
        .map(|k| {
            let now = time;
            time += 1 + (k * k * k * 7_919) % 1_000_003;
            now
        })
        .collect()
}

fn write_times(path: &Path, times: &[i64], codec: Option<VideoCodec>) -> VideoCodec {
    let options = VideoOptions { codec, ..VideoOptions::new([48, 64]) };
    let mut writer = VideoWriter::create(path, options).unwrap();
    let codec = writer.codec();
    for (k, time) in times.iter().enumerate() {
        writer.write_at(Timestamp::from_micros(*time), &grey(k)).unwrap();
    }
    assert_eq!(writer.finish().unwrap(), times.len() as u64);
    codec
}

#[test]
fn irregular_times_and_the_order_of_pictures_survive_writing() {
    let Some(dir) = folder("irregular_times_survive_writing") else { return };
    // From zero, from a late start, and from a date in microseconds since 1970.
    for start in [0, 12_345_677, 1_700_000_000_123_457] {
        let path = dir.path().join("a.mp4");
        let times = irregular(start);
        let step = write_times(&path, &times, None).time_step_micros();
        let read = agreed_times(&path);
        assert_eq!(read.len(), times.len());
        for (k, (wrote, read)) in times.iter().zip(&read).enumerate() {
            assert!((wrote - read).abs() < step, "from {start}, frame {k}: wrote {wrote}, read {read}");
        }
        let frames: Vec<_> =
            Frames::open(&path, FrameOptions::default()).unwrap().map(|f| f.unwrap()).collect();
        assert_numbered(&frames);
    }
}

#[test]
fn mpeg_4_keeps_times_to_its_step() {
    let Some(dir) = folder("mpeg_4_keeps_times") else { return };
    let path = dir.path().join("a.mp4");
    let times: Vec<i64> =
        irregular(5_000_003).into_iter().enumerate().map(|(k, t)| t + 40 * k as i64).collect();
    write_times(&path, &times, Some(VideoCodec::Mpeg4));
    assert_eq!(probe(&path).unwrap().codec, "mpeg4");
    let read = agreed_times(&path);
    assert_eq!(read.len(), times.len());
    for (wrote, read) in times.iter().zip(&read) {
        assert!((wrote - read).abs() <= 20, "wrote {wrote}, read {read}");
    }
}

#[test]
fn a_regular_video_is_written_at_its_rate() {
    let Some(dir) = folder("a_regular_video_is_written") else { return };
    let path = dir.path().join("a.mp4");
    let options = VideoOptions { rate: Hertz::new(29.97), ..VideoOptions::new([48, 64]) };
    let mut writer = VideoWriter::create(&path, options).unwrap();
    for k in 0..50 {
        writer.write(&grey(k)).unwrap();
    }
    writer.finish().unwrap();
    let frames: Vec<_> = Frames::open(&path, FrameOptions::default()).unwrap().map(|f| f.unwrap()).collect();
    assert_eq!(frames.len(), 50);
    assert_numbered(&frames);
    for (k, frame) in frames.iter().enumerate() {
        let exact = k as f64 * 1e6 / 29.97;
        assert!((frame.time.as_micros() as f64 - exact).abs() < 50.0, "frame {k} at {}", frame.time);
    }
}

#[test]
fn an_unfinished_video_leaves_the_old_file_and_nothing_else() {
    let Some(dir) = folder("an_unfinished_video") else { return };
    let path = dir.path().join("a.mp4");
    std::fs::write(&path, "old").unwrap();
    let mut writer = VideoWriter::create(&path, VideoOptions::new([48, 64])).unwrap();
    writer.write_at(Timestamp::ZERO, &grey(0)).unwrap();
    drop(writer);
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "old");
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1);
}

#[test]
fn the_writer_refuses_what_it_cannot_write_and_says_why() {
    let Some(dir) = folder("the_writer_refuses") else { return };
    let path = dir.path().join("a.mp4");
    let said = |e: DataError| e.to_string();
    assert!(
        said(VideoWriter::create(&path, VideoOptions::new([47, 64])).unwrap_err()).contains("even number")
    );
    let mut writer = VideoWriter::create(&path, VideoOptions::new([48, 64])).unwrap();
    let at = Timestamp::from_micros;
    assert!(said(writer.write_at(at(-1), &grey(0)).unwrap_err()).contains("not negative"));
    writer.write_at(at(7), &grey(0)).unwrap();
    assert!(said(writer.write_at(at(7), &grey(1)).unwrap_err()).contains("equal times"));
    assert!(said(writer.write_at(at(9), &[0; 5]).unwrap_err()).contains("has 5 bytes"));
    assert!(said(writer.write(&grey(1)).unwrap_err()).contains("write_at"));
    let empty = VideoWriter::create(&path, VideoOptions::new([48, 64])).unwrap();
    assert!(said(empty.finish().unwrap_err()).contains("at least one picture"));
}

#[test]
fn a_missing_empty_or_false_file_is_named_with_its_fault() {
    let Some(dir) = folder("a_missing_empty_or_false_file") else { return };
    let said = |name: &str, content: Option<&[u8]>| {
        let path = dir.path().join(name);
        if let Some(content) = content {
            std::fs::write(&path, content).unwrap();
        }
        let error = probe(&path).unwrap_err().to_string();
        assert!(error.contains(name), "{error}");
        assert_eq!(Frames::open(&path, FrameOptions::default()).unwrap_err().to_string(), error);
        assert_eq!(frame_times(&path).unwrap_err().to_string(), error);
        error
    };
    assert!(said("missing.mp4", None).contains("No such file"));
    assert!(said("empty.mp4", Some(b"")).contains("empty (0 bytes)"));
    let text = "This is a shopping list.\nMilk, bread.\n".repeat(40);
    assert!(said("text.mp4", Some(text.as_bytes())).contains("cannot read this file as video"));
    assert!(said("text.txt", Some(text.as_bytes())).contains("cannot read this file as video"));
}

#[test]
fn a_video_is_known_by_its_content_not_by_its_name() {
    let Some(dir) = folder("a_video_is_known_by_its_content") else { return };
    let path = clip(&dir, &format!("{TEST_PICTURE} a.mp4"));
    for name in ["a.txt", "-a: b.txt"] {
        let odd = dir.path().join(name);
        std::fs::copy(&path, &odd).unwrap();
        assert_eq!(agreed_times(&odd).len(), 50, "{name}");
    }
}

#[test]
fn a_stream_without_times_gets_none_invented() {
    let Some(dir) = folder("a_stream_without_times") else { return };
    let path = clip(&dir, &format!("{TEST_PICTURE} -c:v libx264 bare.h264"));
    for error in [probe(&path).map(drop), frame_times(&path).map(drop)] {
        let error = error.unwrap_err().to_string();
        assert!(error.contains("no times") && error.contains("-framerate"), "{error}");
    }
}

#[test]
fn common_containers_are_read_with_their_times() {
    let Some(dir) = folder("common_containers") else { return };
    for name in ["a.avi", "a.mov", "a.flv", "a.mpg", "a.gif", "a.nut"] {
        let path = clip(&dir, &format!("{TEST_PICTURE} {name}"));
        assert_eq!(agreed_times(&path).len(), 50, "{name}");
    }
}

#[test]
fn sound_alone_or_with_cover_art_is_no_video() {
    let Some(dir) = folder("sound_alone_is_no_video") else { return };
    let path = clip(&dir, "-f lavfi -i sine=d=1 -c:a aac a.m4a");
    assert!(probe(&path).unwrap_err().to_string().contains("only sound"));
    assert!(read_sound(&path, 8_000).unwrap().is_some());
    let picture = clip(&dir, "-f lavfi -i testsrc=s=64x48 -frames:v 1 cover.png");
    let cover = clip(
        &dir,
        &format!(
            "-i {} -i {} -map 0 -map 1 -c copy -disposition:v attached_pic cover.m4a",
            path.display(),
            picture.display()
        ),
    );
    assert!(probe(&cover).unwrap_err().to_string().contains("only sound"));
}

#[test]
fn a_truncated_video_keeps_its_whole_frames_and_counts_the_lost() {
    let Some(dir) = folder("a_truncated_video") else { return };
    let path = clip(&dir, "-f lavfi -i testsrc=d=4:r=25:s=320x240 -c:v libx264 -movflags +faststart a.mp4");
    let all = agreed_times(&path);
    let bytes = std::fs::read(&path).unwrap();
    std::fs::write(&path, &bytes[..bytes.len() * 6 / 10]).unwrap();
    let mut frames = Frames::open(&path, FrameOptions::default()).unwrap();
    let kept: Vec<i64> = frames.by_ref().map(|f| f.unwrap().time.as_micros()).collect();
    assert!(kept.len() > 20 && kept.len() < 90, "{} kept", kept.len());
    assert!(kept.iter().all(|t| all.contains(t)));
    let damage = frames.damage().unwrap();
    assert_eq!(damage.lost, Some(100 - kept.len() as u64), "{damage}");
    assert!(damage.to_string().contains("frames could not be decoded (FFmpeg:"), "{damage}");
    assert_eq!(micros(&frame_times(&path).unwrap()), kept);
}

#[test]
fn frames_after_a_damaged_place_keep_their_own_times_and_pictures() {
    let Some(dir) = folder("frames_after_a_damaged_place") else { return };
    let path = dir.path().join("a.mp4");
    let spaced: Vec<i64> = (0..50).map(|k| k * 40_000 + k * k * 20).collect();
    write_times(&path, &spaced, Some(VideoCodec::Mpeg4));
    let all = agreed_times(&path);
    let whole: Vec<_> = Frames::open(&path, FrameOptions::default()).unwrap().map(|f| f.unwrap()).collect();
    // Each coded picture begins with these four bytes. Three are wiped out; the 25th begins a new group,
    // from which on pictures do not depend on those before.
    let mut bytes = std::fs::read(&path).unwrap();
    let heads: Vec<usize> =
        (0..bytes.len() - 4).filter(|i| bytes[*i..].starts_with(&[0, 0, 1, 0xB6])).collect();
    assert_eq!(heads.len(), 50);
    for head in &heads[20..23] {
        bytes[*head..head + 4].fill(0xFF);
    }
    std::fs::write(&path, bytes).unwrap();
    let mut frames = Frames::open(&path, FrameOptions::default()).unwrap();
    let kept: Vec<_> = frames.by_ref().map(|f| f.unwrap()).collect();
    assert!(kept.len() >= 45 && kept.len() < 50, "{} kept", kept.len());
    let lost = frames.damage().unwrap().lost.unwrap();
    assert_eq!(lost as usize + kept.len(), 50);
    let last = kept.last().unwrap();
    assert_eq!((last.time.as_micros(), &last.rgb), (all[49], &whole[49].rgb));
    assert!(kept.iter().all(|f| all.contains(&f.time.as_micros())));
}

#[test]
fn a_whole_video_has_no_damage() {
    let Some(dir) = folder("a_whole_video") else { return };
    let path = clip(&dir, &format!("{TEST_PICTURE} a.mp4"));
    let mut frames = Frames::open(&path, FrameOptions::default()).unwrap();
    assert_eq!(frames.by_ref().count(), 50);
    assert_eq!(frames.damage(), None);
    assert!(frames.next().is_none());
}

#[test]
fn a_video_without_its_index_says_that_it_was_cut_short() {
    let Some(dir) = folder("a_video_without_its_index") else { return };
    let path = clip(&dir, &format!("{TEST_PICTURE} a.mp4"));
    let bytes = std::fs::read(&path).unwrap();
    std::fs::write(&path, &bytes[..bytes.len() / 2]).unwrap();
    let error = probe(&path).unwrap_err().to_string();
    assert!(error.contains("index is missing") && error.contains("cut short"), "{error}");
}

#[test]
fn without_ffmpeg_the_error_says_how_to_install_it() {
    // In a process of its own: the variables are the whole process's.
    let done = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "in_a_process_without_ffmpeg", "--ignored", "--nocapture"])
        .env("SENSORIUM_FFMPEG", "/nowhere/ffmpeg")
        .env("SENSORIUM_FFPROBE", "/nowhere/ffprobe")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&done.stdout);
    assert!(done.status.success() && said.contains("1 passed"), "{said}");
}

#[test]
#[ignore = "run by without_ffmpeg_the_error_says_how_to_install_it, with FFmpeg hidden"]
fn in_a_process_without_ffmpeg() {
    if std::env::var_os("SENSORIUM_FFMPEG").is_none_or(|p| p != "/nowhere/ffmpeg") {
        return;
    }
    assert!(!available());
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("a.mp4");
    std::fs::write(&path, "video").unwrap();
    let errors = [
        probe(&path).map(drop),
        frame_times(&path).map(drop),
        Frames::open(&path, FrameOptions::default()).map(drop),
        read_sound(&path, 8_000).map(drop),
        VideoWriter::create(&path, VideoOptions::new([2, 2])).map(drop),
    ];
    for error in errors.map(|e| e.unwrap_err().to_string()) {
        assert!(error.contains("apt-get install ffmpeg") && error.contains("works without it"), "{error}");
    }
}
