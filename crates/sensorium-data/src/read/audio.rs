//! WAV and FLAC.

use super::guard::guarded;
use super::repairs::Repairs;
use crate::error::DataError;
use crate::time::Hertz;
use std::fs::File;
use std::path::Path;
use symphonia::core::audio::SampleBuffer;
use symphonia::core::codecs::{CODEC_TYPE_NULL, Decoder, DecoderOptions};
use symphonia::core::errors::Error;
use symphonia::core::formats::FormatReader;
use symphonia::core::io::MediaSourceStream;
use symphonia::core::probe::Hint;

/// Sound of one file.
#[derive(Clone, Debug, PartialEq)]
pub struct Sound {
    /// Samples per second.
    pub rate: Hertz,
    /// Channels in `data`.
    pub channels: usize,
    /// `[time, channel]`, in `[-1, 1]`.
    pub data: Vec<f32>,
}

struct Opened {
    reader: Box<dyn FormatReader>,
    decoder: Box<dyn Decoder>,
    track: u32,
    rate: Hertz,
    channels: usize,
    frames: Option<u64>,
}

/// Rate and number of channels, from the header alone.
///
/// # Errors
/// The file cannot be read or is neither WAV nor FLAC.
pub fn probe_audio(path: &Path) -> Result<(Hertz, usize), DataError> {
    guarded(path, || open(path).map(|o| (o.rate, o.channels)))
}

/// Reads channels `pick` (counted from 1), or the mean of all channels when `pick` is empty.
///
/// # Errors
/// The file cannot be read or is neither WAV nor FLAC, or lacks a channel. A file that ends early
/// is kept up to its end and counted as truncated.
pub fn read_audio(path: &Path, pick: &[usize], repairs: &mut Repairs) -> Result<Sound, DataError> {
    guarded(path, || decode(path, pick, repairs))
}

fn open(path: &Path) -> Result<Opened, DataError> {
    let file = File::open(path).map_err(DataError::io(path))?;
    let mut hint = Hint::new();
    if let Some(extension) = path.extension().and_then(|e| e.to_str()) {
        hint.with_extension(extension);
    }
    let stream = MediaSourceStream::new(Box::new(file), Default::default());
    let broken = |e: Error| {
        DataError::in_file(
            path,
            format!("cannot be read as WAV or FLAC ({e}); it may be damaged: replace it or take it out"),
        )
    };
    let probed = symphonia::default::get_probe()
        .format(&hint, stream, &Default::default(), &Default::default())
        .map_err(broken)?;
    let reader = probed.format;
    let track = reader.tracks().iter().find(|t| t.codec_params.codec != CODEC_TYPE_NULL);
    let params = track.map(|t| (t.id, t.codec_params.clone()));
    let Some((track, params)) = params else {
        return Err(DataError::in_file(path, "holds no sound; replace it or take it out"));
    };
    let rate = params.sample_rate.and_then(|r| Hertz::new(f64::from(r)));
    let channels = params.channels.map(|c| c.count()).filter(|n| *n > 0);
    let (Some(rate), Some(channels)) = (rate, channels) else {
        return Err(DataError::in_file(path, "states no sample rate or channels; write it again as WAV"));
    };
    let decoder =
        symphonia::default::get_codecs().make(&params, &DecoderOptions::default()).map_err(broken)?;
    Ok(Opened { reader, decoder, track, rate, channels, frames: params.n_frames })
}

fn decode(path: &Path, pick: &[usize], repairs: &mut Repairs) -> Result<Sound, DataError> {
    let mut opened = open(path)?;
    let channels = opened.channels;
    if let Some(wrong) = pick.iter().find(|c| !(1..=channels).contains(*c)) {
        let message = format!("has {channels} channels; there is no channel {wrong} (they count from 1)");
        return Err(DataError::in_file(path, message));
    }
    let width = pick.len().max(1);
    let mut data: Vec<f32> = Vec::new();
    let mut cut = false;
    loop {
        let packet = match opened.reader.next_packet() {
            Ok(packet) => packet,
            // Past the last frame the readers report the end as an error of the stream.
            Err(Error::IoError(_)) => break,
            Err(_) => {
                cut = true;
                break;
            }
        };
        if packet.track_id() != opened.track {
            continue;
        }
        match opened.decoder.decode(&packet) {
            Ok(sound) => {
                let mut buffer = SampleBuffer::<f32>::new(sound.capacity() as u64, *sound.spec());
                buffer.copy_interleaved_ref(sound);
                for frame in buffer.samples().chunks_exact(channels) {
                    if pick.is_empty() {
                        data.push(frame.iter().sum::<f32>() / channels as f32);
                    } else {
                        data.extend(pick.iter().map(|c| frame[c - 1]));
                    }
                }
            }
            Err(Error::DecodeError(_)) => {
                // A damaged packet keeps its time: its samples are missing values.
                let lost = packet.dur().min(1 << 16) as usize * width;
                repairs.nan_cells += lost as u64;
                data.resize(data.len() + lost, f32::NAN);
            }
            Err(_) => {
                cut = true;
                break;
            }
        }
    }
    let mut infinite = 0;
    for value in data.iter_mut().filter(|v| v.is_infinite()) {
        *value = f32::NAN;
        infinite += 1;
    }
    repairs.inf_cells += infinite;
    let short = opened.frames.is_some_and(|frames| ((data.len() / width) as u64) < frames);
    repairs.truncated += u64::from(cut || short);
    Ok(Sound { rate: opened.rate, channels: width, data })
}
