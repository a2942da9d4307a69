//! What a video file says about itself.

use super::times::no_time;
use super::tool::{LOCAL_ONLY, Tool, check_file, file_url, unreadable};
use crate::error::DataError;
use crate::time::Timestamp;
use serde_json::Value;
use std::path::Path;

/// What a video file's header says of its first video track.
#[derive(Clone, Debug, PartialEq)]
pub struct VideoInfo {
    /// Columns as displayed, after the rotation, in pixels.
    pub width: usize,
    /// Rows as displayed, after the rotation, in pixels.
    pub height: usize,
    /// By how much a player turns the stored picture clockwise, in degrees from 0 to 359.
    pub rotation: u32,
    /// Length in microseconds, where the file tells it.
    pub duration_micros: Option<i64>,
    /// Frames that the file says it has. Not every format tells, and a damaged file may have fewer.
    pub frames: Option<u64>,
    /// Whether there is a sound track.
    pub has_audio: bool,
    /// FFmpeg's name of the track's coding, such as `h264`.
    pub codec: String,
    /// FFmpeg's names of the file's format, such as `mov,mp4,m4a,3gp,3g2,mj2`.
    pub format: String,
    /// Time of the first frame on the file's own clock.
    pub start: Timestamp,
}

/// Reads the header of a video file. Cover art does not count as video.
///
/// # Errors
/// FFmpeg is not installed, the file is missing, empty or no video, it holds no video track, or its frames have no times
/// (a bare stream such as `.h264`).
pub fn probe(path: &Path) -> Result<VideoInfo, DataError> {
    let document = describe(path)?;
    let streams = document["streams"].as_array().map(Vec::as_slice).unwrap_or_default();
    let of_kind = |kind: &'static str| streams.iter().filter(move |s| s["codec_type"] == kind);
    let has_audio = of_kind("audio").next().is_some();
    let Some(video) = of_kind("video").find(|s| s["disposition"]["attached_pic"] != 1) else {
        let holds = if has_audio { "only sound" } else { "neither pictures nor sound" };
        return Err(DataError::in_file(
            path,
            format!("there is no video track: the file holds {holds}. Read sound as an audio stream"),
        ));
    };
    let (stored_width, stored_height) = (size_of(video, "width"), size_of(video, "height"));
    if stored_width == 0 || stored_height == 0 {
        return Err(unreadable(path, "the size of the picture is not known"));
    }
    let rotation = rotation_of(video);
    let turned = rotation == 90 || rotation == 270;
    let (width, height) = if turned { (stored_height, stored_width) } else { (stored_width, stored_height) };
    let (base, format) = (&video["time_base"], &document["format"]);
    let duration_micros = micros(&video["duration_ts"], base).or_else(|| seconds(&format["duration"]));
    let start = micros(&video["start_pts"], base).or_else(|| seconds(&format["start_time"]));
    // FFmpeg would invent times at a rate of its own.
    let Some(start) = start else { return Err(no_time(path)) };
    Ok(VideoInfo {
        width,
        height,
        rotation,
        duration_micros,
        frames: video["nb_frames"].as_str().and_then(|n| n.parse().ok()),
        has_audio,
        codec: text(&video["codec_name"]),
        format: text(&format["format_name"]),
        start: Timestamp::from_micros(start),
    })
}

/// ffprobe's description of the file, for files that hold pictures or sound.
pub(super) fn describe(path: &Path) -> Result<Value, DataError> {
    check_file(path)?;
    let mut command = Tool::Ffprobe.command();
    command.args(["-v", "error"]).args(LOCAL_ONLY);
    command.args(["-show_streams", "-show_format", "-of", "json", "-i"]).arg(file_url(path));
    let output = Tool::Ffprobe.output(&mut command)?;
    let said = String::from_utf8_lossy(&output.stderr);
    if !output.status.success() {
        return Err(unreadable(path, &said));
    }
    let document: Value = serde_json::from_slice(&output.stdout)
        .map_err(|e| unreadable(path, &format!("ffprobe's answer is not understood: {e}")))?;
    // FFmpeg draws plain text as pictures of a terminal.
    if document["format"]["format_name"] == "tty" {
        return Err(unreadable(path, "the file is plain text"));
    }
    Ok(document)
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or("unknown").to_owned()
}

fn size_of(stream: &Value, name: &str) -> usize {
    stream[name].as_u64().and_then(|n| usize::try_from(n).ok()).unwrap_or(0)
}

/// Clockwise degrees, from the display matrix, which counts the other way round. FFmpeg turns pictures by
/// the matrix alone, so the `rotate` tag of old files does not count.
fn rotation_of(stream: &Value) -> u32 {
    let sides = stream["side_data_list"].as_array().map(Vec::as_slice).unwrap_or_default();
    let anticlockwise = sides.iter().find_map(|s| s["rotation"].as_f64()).filter(|d| d.is_finite());
    // Between 0 and 359 by construction.
    (-anticlockwise.unwrap_or(0.0)).round().rem_euclid(360.0) as u32
}

/// `ticks` of the time base in microseconds, rounded to the nearest, halves away from zero as FFmpeg does.
fn micros(ticks: &Value, base: &Value) -> Option<i64> {
    let (numerator, denominator) = base.as_str()?.split_once('/')?;
    ticks_to_micros(ticks.as_i64()?, numerator.parse().ok()?, denominator.parse().ok()?)
}

fn ticks_to_micros(ticks: i64, numerator: i64, denominator: i64) -> Option<i64> {
    if numerator <= 0 || denominator <= 0 {
        return None;
    }
    // 63 + 31 + 20 bits: a time base has 32-bit terms, and i128 holds the product.
    let product = i128::from(ticks).checked_mul(i128::from(numerator))?.checked_mul(1_000_000)?;
    let half = i128::from(denominator) / 2 * product.signum();
    i64::try_from((product + half) / i128::from(denominator)).ok()
}

/// A decimal number of seconds, as ffprobe writes it with six decimals.
fn seconds(value: &Value) -> Option<i64> {
    let seconds: f64 = value.as_str()?.parse().ok()?;
    seconds.is_finite().then(|| Timestamp::from_seconds(seconds).as_micros())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn ticks_round_to_the_nearest_microsecond_on_both_sides_of_zero() {
        assert_eq!(ticks_to_micros(1, 1, 30), Some(33_333));
        assert_eq!(ticks_to_micros(2, 1, 30), Some(66_667));
        assert_eq!(ticks_to_micros(-2, 1, 30), Some(-66_667));
        assert_eq!(ticks_to_micros(1, 1, 2_000_000), Some(1));
        assert_eq!(ticks_to_micros(1, 1001, 30_000), Some(33_367));
        assert_eq!(ticks_to_micros(1, 1, 0), None);
    }

    #[test]
    fn the_display_matrix_counts_and_the_old_tag_does_not() {
        let both = json!({"side_data_list": [{"rotation": -90}], "tags": {"rotate": "180"}});
        assert_eq!(rotation_of(&both), 90);
        assert_eq!(rotation_of(&json!({"tags": {"rotate": "270"}})), 0);
        assert_eq!(rotation_of(&json!({"side_data_list": [{"rotation": 90}]})), 270);
        assert_eq!(rotation_of(&json!({})), 0);
    }
}
