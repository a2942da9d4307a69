//! A volume as a folder of slices, one file each.

use super::format::{GreyDepth, GreyWindow};
use crate::TomoError;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use tiff::encoder::{TiffEncoder, colortype::Gray32Float};

/// A folder under a provisional name.
pub(super) struct SliceFolder {
    path: PathBuf,
    columns: u32,
    rows: u32,
    digits: usize,
    /// PNG with this window, or TIFF.
    window: Option<GreyWindow>,
}

impl SliceFolder {
    /// A folder that exists already, for slices of so many columns and rows.
    pub(super) fn new(
        path: &Path,
        voxels: [usize; 3],
        window: Option<GreyWindow>,
    ) -> Result<Self, TomoError> {
        let side = |n: usize| {
            u32::try_from(n).map_err(|_| {
                TomoError::Request(format!(
                    "a picture has at most 4294967295 pixels a side, not {n}; write a .mha file"
                ))
            })
        };
        let digits = (voxels[2] - 1).to_string().len().max(4);
        Ok(Self { path: path.to_owned(), columns: side(voxels[0])?, rows: side(voxels[1])?, digits, window })
    }

    fn slice_path(&self, slice: usize) -> PathBuf {
        let extension = if self.window.is_some() { "png" } else { "tif" };
        self.path.join(format!("slice_{slice:0digits$}.{extension}", digits = self.digits))
    }

    /// Whether a slice has its file.
    pub(super) fn holds(&self, slice: usize) -> bool {
        self.slice_path(slice).is_file()
    }

    /// Writes one slice, to the disk.
    pub(super) fn write(&self, slice: usize, values: &[f32]) -> Result<(), TomoError> {
        let path = self.slice_path(slice);
        let file = File::create(&path).map_err(TomoError::io(&path))?;
        let mut out = BufWriter::new(file);
        match self.window {
            Some(window) => self.png(&mut out, window, values),
            None => self.tiff(&mut out, values),
        }
        .and_then(|()| out.flush())
        .and_then(|()| out.get_ref().sync_data())
        .map_err(TomoError::io(&path))
    }

    fn tiff(&self, out: &mut BufWriter<File>, values: &[f32]) -> std::io::Result<()> {
        // Offsets of 32 bits reach 4 GiB; beyond that there is BigTIFF.
        let written = if values.len() < 1_000_000_000 {
            TiffEncoder::new(out)
                .and_then(|mut e| e.write_image::<Gray32Float>(self.columns, self.rows, values))
        } else {
            TiffEncoder::new_big(out)
                .and_then(|mut e| e.write_image::<Gray32Float>(self.columns, self.rows, values))
        };
        written.map_err(|e| match e {
            tiff::TiffError::IoError(e) => e,
            other => std::io::Error::other(other),
        })
    }

    fn png(&self, out: &mut BufWriter<File>, window: GreyWindow, values: &[f32]) -> std::io::Result<()> {
        let mut encoder = png::Encoder::new(out, self.columns, self.rows);
        encoder.set_color(png::ColorType::Grayscale);
        let bytes: Vec<u8> = match window.depth {
            GreyDepth::Eight => {
                encoder.set_depth(png::BitDepth::Eight);
                values.iter().map(|v| window.shade(*v, 255.0) as u8).collect()
            }
            GreyDepth::Sixteen => {
                encoder.set_depth(png::BitDepth::Sixteen);
                values.iter().flat_map(|v| (window.shade(*v, 65535.0) as u16).to_be_bytes()).collect()
            }
        };
        let written = encoder.write_header().and_then(|mut writer| {
            writer.write_image_data(&bytes)?;
            writer.finish()
        });
        written.map_err(|e| match e {
            png::EncodingError::IoError(e) => e,
            other => std::io::Error::other(other),
        })
    }
}
