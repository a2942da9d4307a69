//! A volume as one HTML page: slices, projections, window and values, in any browser, from any disk.
//!
//! The page holds everything it needs. It fetches nothing, and its content security policy lets it run
//! one script only, its own. It shows
//!
//! - the axial, coronal and sagittal slices, with a cross-hair that all three share;
//! - the maximum-intensity projections along the three axes, and one that turns around z;
//! - the histogram with the window, and the value and the place in millimetres under the pointer.
//!
//! # What is stored
//! Voxels are whole numbers, the codes: 0 where there is no number, otherwise
//! `value = low + step · (code − 1)`, so that a value is off by at most half a step, which the page
//! states. See [`Depth`] for how many codes there are. A volume with more than
//! [`ViewerOptions::longest_edge`] voxels along an axis is averaged along it to fewer; the page says so.
//! NaN and infinite voxels take no part in averages; a voxel of the page that covers no number at all
//! is drawn in orange.
//!
//! # Example
//! ```
//! use sensorium_tomo::{Volume, VolumeGrid, viewer::{ViewerOptions, page}};
//!
//! let grid = VolumeGrid::centred([8, 8, 4], [0.5, 0.5, 1.0])?;
//! let values = (0..grid.len()).map(|i| i as f32).collect();
//! let options = ViewerOptions { title: "Steps".into(), unit: "1/mm".into(), ..Default::default() };
//! let html = page(&Volume::new(grid, values)?, &options)?;
//! assert!(html.contains("<title>Steps</title>"));
//! # Ok::<(), sensorium_tomo::TomoError>(())
//! ```

mod codes;
mod page;
mod reduce;
mod summary;

use crate::io::write_whole;
use crate::picture::check_window;
use crate::{TomoError, Volume};
use codes::Codes;
use std::path::Path;
use summary::Summary;

/// How a page shows a volume.
#[derive(Clone, Debug, PartialEq)]
pub struct ViewerOptions {
    /// Title, also of the browser's tab. Default: "Volume".
    pub title: String,
    /// A sentence or two below the title. Default: none.
    pub lead: String,
    /// Unit of the values, such as "1/mm" or "HU". Default: none.
    pub unit: String,
    /// Most voxels along an axis; a longer one is averaged to fewer. Default: 256.
    pub longest_edge: usize,
    /// How finely values are stored. Default: [`Depth::Automatic`].
    pub depth: Depth,
    /// Values of black and white at first. Default: all but the outermost 0.2 % of the values.
    pub window: Option<(f32, f32)>,
    /// Further facts as (name, value), such as the method and the scan. Default: none.
    pub facts: Vec<(String, String)>,
}

impl Default for ViewerOptions {
    fn default() -> Self {
        Self {
            title: "Volume".into(),
            lead: String::new(),
            unit: String::new(),
            longest_edge: 256,
            depth: Depth::Automatic,
            window: None,
            facts: Vec::new(),
        }
    }
}

/// How finely a page stores values, as bits a voxel.
///
/// Coarser is smaller, finer leaves more to see in a narrow window. Before compression a voxel takes one
/// byte, or two of which the upper one compresses well; base64 adds a third.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Depth {
    /// 16 bits up to 2²² voxels, 12 above: 256³ voxels take some 34 MB at worst, when every code is as
    /// frequent as any other (12 bits each, a third more as base64), and less the less noise they hold.
    #[default]
    Automatic,
    /// 255 steps.
    Bits8,
    /// 4095 steps, as in scanners.
    Bits12,
    /// 65535 steps.
    Bits16,
}

impl Depth {
    fn bits(self, voxels: usize) -> u32 {
        match self {
            Self::Automatic if voxels <= 1 << 22 => 16,
            Self::Bits8 => 8,
            Self::Automatic | Self::Bits12 => 12,
            Self::Bits16 => 16,
        }
    }
}

/// The page of a volume, as HTML.
///
/// # Errors
/// [`TomoError::Request`] when no voxel is a number, `longest_edge` is 0, or the window is no range.
pub fn page(volume: &Volume, options: &ViewerOptions) -> Result<String, TomoError> {
    if options.longest_edge == 0 {
        return Err(TomoError::Request("longest_edge is 0; a page needs at least one voxel".into()));
    }
    options.window.map_or(Ok(()), check_window)?;
    let summary = Summary::of(volume)?;
    let reduced = reduce::to_edge(volume, options.longest_edge)?;
    let shown = reduced.as_ref().unwrap_or(volume);
    let codes = Codes::of(shown, options.depth.bits(shown.values().len()))?;
    page::html(volume, shown, &codes, &summary, options)
}

/// Writes the page of a volume to a file, which is there when it is whole.
///
/// # Errors
/// Those of [`page`], and of [`write_whole`] when the file cannot be written.
pub fn save(path: &Path, volume: &Volume, options: &ViewerOptions) -> Result<(), TomoError> {
    write_whole(path, page(volume, options)?.as_bytes())
}
