//! Images as a strip of thumbnails, in false colours.

use super::frame::Place;
use crate::report::png;
use crate::report::scale::extent;
use crate::report::svg::{Svg, image};

/// Draws as many thumbnails as fit side by side, each the image nearest to the middle of its place. Where
/// there is none nearby, the place stays blank. All share one brightness range, so warmth can be compared.
pub(super) fn strip(svg: &mut Svg, panel: &Place, times: &[f64], (w, h): (usize, usize), pixels: &[f32]) {
    let frame = w * h;
    if frame == 0 || pixels.len() != frame * times.len() {
        return;
    }
    let Some((lo, hi)) = extent(pixels.iter().map(|&p| f64::from(p))) else { return };
    let across = panel.right - panel.left;
    let count = (across / (panel.height * w as f64 / h as f64)).round().clamp(1.0, 120.0) as usize;
    let place = across / count as f64;
    let gap = (w / 24).max(1);
    let row = count * (w + gap);
    let mut rgba = vec![0_u8; row * h * 4];
    for tile in 0..count {
        let middle = panel.left + (tile as f64 + 0.5) * place;
        let off = |t: &f64| (panel.x(*t) - middle).abs();
        let nearest = times.iter().enumerate().min_by(|a, b| off(a.1).total_cmp(&off(b.1)));
        let Some((i, _)) = nearest.filter(|(_, t)| off(t) <= 0.75 * place) else { continue };
        for (p, &value) in pixels[i * frame..(i + 1) * frame].iter().enumerate() {
            let level = (f64::from(value) - lo) / (hi - lo).max(f64::MIN_POSITIVE);
            let at = 4 * ((p / w) * row + tile * (w + gap) + p % w);
            let [r, g, b] = warm(level);
            rgba[at..at + 4].copy_from_slice(&[r, g, b, if value.is_finite() { 255 } else { 0 }]);
        }
    }
    if let Some(uri) = png::rgba(row, h, &rgba) {
        svg.add(image(panel.left, panel.top, across, panel.height, &uri));
    }
}

/// False colours from dark violet over red to pale yellow, rising evenly in brightness. The stops are
/// samples of matplotlib's "inferno" (van der Walt and Smith, CC0), without its black end.
fn warm(level: f64) -> [u8; 3] {
    const STOPS: [[f64; 3]; 8] = [
        [22.0, 11.0, 57.0],
        [66.0, 10.0, 104.0],
        [106.0, 23.0, 110.0],
        [147.0, 38.0, 103.0],
        [188.0, 55.0, 84.0],
        [221.0, 81.0, 58.0],
        [243.0, 120.0, 25.0],
        [252.0, 210.0, 90.0],
    ];
    let place = level.clamp(0.0, 1.0) * (STOPS.len() - 1) as f64;
    let below = (place.floor() as usize).min(STOPS.len() - 2);
    let part = place - below as f64;
    let mix = |c: usize| (STOPS[below][c] * (1.0 - part) + STOPS[below + 1][c] * part).round() as u8;
    [mix(0), mix(1), mix(2)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn warmer_is_brighter() {
        let light = |level: f64| warm(level).iter().map(|&c| u32::from(c)).sum::<u32>();
        assert!((1..=20).all(|i| light(f64::from(i) / 20.0) >= light(f64::from(i - 1) / 20.0)));
        assert_eq!(warm(9.0), [252, 210, 90]);
    }
}
