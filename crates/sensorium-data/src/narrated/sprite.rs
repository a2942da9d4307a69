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
    /// The picture with this alpha; solid without one.
    pub(super) fn new(picture: &Picture, alpha: Option<&[u8]>) -> Self {
        let texel = |(place, colour): (usize, &[u8])| {
            let alpha = alpha.map_or(255, |alpha| alpha[place]);
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

    /// Fills a canvas of `side` × `side` pixels with the part of the picture whose upper left corner is
    /// at `corner` (across, down: 0 to 1) and whose pixels are `step` apart; alpha is left out.
    pub(super) fn stretch(
        &self,
        fit: usize,
        corner: [f32; 2],
        step: f32,
        side: usize,
        canvas: &mut [[f32; 3]],
    ) {
        let level = &self.levels[fit];
        let places = |start: f32, size: usize| -> Vec<Place> {
            (0..side).map(|number| Place::new(start + (number as f32 + 0.5) * step, size)).collect()
        };
        let columns = places(corner[0], level.width);
        let mut blend = vec![[0.0; 4]; level.width];
        for (line, row) in canvas.chunks_exact_mut(side).zip(places(corner[1], level.height)) {
            let upper = &level.texels[row.first * level.width..][..level.width];
            let lower = &level.texels[row.second * level.width..][..level.width];
            for ((mixed, a), b) in blend.iter_mut().zip(upper).zip(lower) {
                *mixed = lerp(a, b, row.part);
            }
            for (pixel, column) in line.iter_mut().zip(&columns) {
                let [red, green, blue, _] = lerp(&blend[column.first], &blend[column.second], column.part);
                *pixel = [red, green, blue];
            }
        }
    }

    /// Colour and alpha at the point (`across`, `down`) of the picture, both 0 to 1, in the size `fit`.
    #[inline]
    pub(super) fn sample(&self, fit: usize, across: f32, down: f32) -> [f32; 4] {
        let level = &self.levels[fit];
        let (column, row) = (Place::new(across, level.width), Place::new(down, level.height));
        let (upper, lower) = (row.first * level.width, row.second * level.width);
        let texel = |place: usize| &level.texels[place];
        let top = lerp(texel(upper + column.first), texel(upper + column.second), column.part);
        let base = lerp(texel(lower + column.first), texel(lower + column.second), column.part);
        lerp(&top, &base, row.part)
    }
}

/// A point between two neighbours along one side of a picture.
#[derive(Clone, Copy)]
struct Place {
    first: usize,
    second: usize,
    /// Share of the second.
    part: f32,
}

impl Place {
    /// The point at `share` (0 to 1) of a side of `size` pixels.
    #[inline]
    fn new(share: f32, size: usize) -> Self {
        let point = (share * size as f32 - 0.5).clamp(0.0, (size - 1) as f32);
        let first = point as usize;
        Self { first, second: (first + 1).min(size - 1), part: point - first as f32 }
    }
}

/// `a` and `b` mixed; `part` is the share of `b`.
#[inline]
fn lerp(a: &[f32; 4], b: &[f32; 4], part: f32) -> [f32; 4] {
    std::array::from_fn(|channel| a[channel] + (b[channel] - a[channel]) * part)
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
