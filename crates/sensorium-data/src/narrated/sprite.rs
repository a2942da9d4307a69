//! Sampling of pictures: bilinear, premultiplied by alpha, with a half-size copy for small drawings.

use super::picture::Picture;

/// Half-size copies of a picture, so that small drawings do not alias.
const LEVELS: usize = 3;

/// A picture made ready for sampling.
pub(super) struct Sprite {
    levels: Vec<Level>,
}

/// One size of a sprite: colours premultiplied by alpha, and alpha, 0 to 1.
struct Level {
    texels: Vec<[f32; 4]>,
    height: usize,
    width: usize,
}

impl Sprite {
    pub(super) fn new(picture: &Picture) -> Self {
        let texel = |(place, colour): (usize, &[u8])| {
            let alpha = picture.alpha.as_ref().map_or(255, |alpha| alpha[place]);
            let alpha = f32::from(alpha) / 255.0;
            let shade = |channel: u8| f32::from(channel) / 255.0 * alpha;
            [shade(colour[0]), shade(colour[1]), shade(colour[2]), alpha]
        };
        let texels = picture.rgb.chunks_exact(3).enumerate().map(texel).collect();
        let mut levels = vec![Level { texels, height: picture.height, width: picture.width }];
        while levels.len() < LEVELS {
            match levels.last().and_then(Level::halved) {
                Some(half) => levels.push(half),
                None => break,
            }
        }
        Self { levels }
    }

    /// The size whose pixels come closest to `pixels` across, from above.
    pub(super) fn fit(&self, pixels: f32) -> usize {
        let enough = self.levels.iter().rposition(|level| level.width as f32 >= 0.75 * pixels);
        enough.unwrap_or(0)
    }

    /// Colour and alpha at the point (`across`, `down`) of the picture, both 0 to 1, in the size `fit`.
    #[inline]
    pub(super) fn sample(&self, fit: usize, across: f32, down: f32) -> [f32; 4] {
        let level = &self.levels[fit];
        let (right, bottom) = ((level.width - 1) as f32, (level.height - 1) as f32);
        let x = (across * level.width as f32 - 0.5).clamp(0.0, right);
        let y = (down * level.height as f32 - 0.5).clamp(0.0, bottom);
        let (column, row) = (x as usize, y as usize);
        let (next_column, next_row) = ((column + 1).min(level.width - 1), (row + 1).min(level.height - 1));
        let (part_x, part_y) = (x - column as f32, y - row as f32);
        let (upper, lower) = (row * level.width, next_row * level.width);
        let (a, b) = (level.texels[upper + column], level.texels[upper + next_column]);
        let (c, d) = (level.texels[lower + column], level.texels[lower + next_column]);
        let mut mixed = [0.0; 4];
        for (channel, value) in mixed.iter_mut().enumerate() {
            let top = a[channel] + (b[channel] - a[channel]) * part_x;
            let base = c[channel] + (d[channel] - c[channel]) * part_x;
            *value = top + (base - top) * part_y;
        }
        mixed
    }
}

impl Level {
    /// The mean of each square of four pixels; none when a side is already shorter than four.
    fn halved(&self) -> Option<Self> {
        let (height, width) = (self.height / 2, self.width / 2);
        if height < 2 || width < 2 {
            return None;
        }
        let mut texels = Vec::with_capacity(height * width);
        for row in 0..height {
            for column in 0..width {
                let corner = 2 * row * self.width + 2 * column;
                let mut sum = [0.0; 4];
                for place in [corner, corner + 1, corner + self.width, corner + self.width + 1] {
                    for (total, value) in sum.iter_mut().zip(self.texels[place]) {
                        *total += 0.25 * value;
                    }
                }
                texels.push(sum);
            }
        }
        Some(Self { texels, height, width })
    }
}
