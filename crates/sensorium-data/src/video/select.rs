//! Which frames are decoded, and to what size.

use super::probe::VideoInfo;
use crate::time::{Hertz, Span};

/// How a picture is brought to another shape.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Fit {
    /// The whole picture, stretched.
    #[default]
    Stretch,
    /// The middle of the picture, cut to the shape; nothing is stretched.
    CentreCrop,
}

/// Which frames to decode, and to what size; by default all, as they are.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct FrameOptions {
    /// Rows and columns; `None` keeps the video's own.
    pub size: Option<[usize; 2]>,
    /// How the picture is brought to `size`.
    pub fit: Fit,
    /// At most so many frames a second. Time is cut into slots of this length, counted from zero on the
    /// file's clock; the first frame of each slot is kept. No frame is invented.
    pub rate: Option<Hertz>,
    /// Only frames that are shown within this span of the file's clock.
    pub span: Option<Span>,
}

/// FFmpeg's filters, on times in microseconds.
pub(super) fn filters(options: &FrameOptions, [height, width]: [usize; 2]) -> String {
    let mut chain = Vec::new();
    if let Some(span) = options.span {
        chain.push(format!("trim=start_pts={}:end_pts={}", span.start.as_micros(), span.end.as_micros()));
    }
    if let Some(rate) = options.rate {
        // Half a microsecond more, so that a time rounded down does not fall into the slot before.
        let slot = |time: &str| format!("floor(({time}+0.5)*{:?}/1000000)", rate.get());
        chain.push(format!(
            "select='isnan(prev_selected_pts)+gt({},{})'",
            slot("pts"),
            slot("prev_selected_pts")
        ));
    }
    chain.push(match options.fit {
        Fit::Stretch => format!("scale={width}:{height}"),
        Fit::CentreCrop => {
            format!("scale={width}:{height}:force_original_aspect_ratio=increase,crop={width}:{height}")
        }
    });
    chain.join(",")
}

/// A jump to shortly before the span, where the file has an index to jump by. Decoding begins at the
/// key frame before it, and the filters cut exactly.
pub(super) fn seek(options: &FrameOptions, info: &VideoInfo) -> Vec<String> {
    const EARLIER: i64 = 2_000_000;
    let indexed = info.format.split(',').any(|f| f == "mp4" || f == "matroska");
    match options.span {
        Some(span)
            if indexed && span.start.as_micros() > info.start.as_micros().saturating_add(2 * EARLIER) =>
        {
            let micros = span.start.as_micros() - EARLIER;
            let options = ["-seek_timestamp", "1", "-noaccurate_seek", "-ss"].map(String::from);
            options.into_iter().chain([format!("{micros}us")]).collect()
        }
        _ => Vec::new(),
    }
}
