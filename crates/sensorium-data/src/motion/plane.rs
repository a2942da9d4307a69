//! Square planes of numbers.

/// One channel of a square picture, row by row.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Plane {
    /// Height and width.
    pub(super) side: usize,
    /// `side · side` numbers.
    pub(super) values: Vec<f32>,
}

impl Plane {
    pub(super) fn zeros(side: usize) -> Self {
        Self { side, values: vec![0.0; side * side] }
    }

    /// Each number and that of `other` at its place through `f`.
    pub(super) fn with(&self, other: &Self, f: impl Fn(f32, f32) -> f32) -> Self {
        let values = self.values.iter().zip(&other.values).map(|(a, b)| f(*a, *b)).collect();
        Self { side: self.side, values }
    }

    /// Convolved with a Gaussian of standard deviation `sigma`; the border is repeated.
    pub(super) fn blurred(&self, sigma: f32) -> Self {
        let kernel = gaussian(sigma);
        let (side, radius) = (self.side, kernel.len() / 2);
        let clamped = |place: usize| place.saturating_sub(radius).min(side - 1);
        let mut across = Vec::with_capacity(side * side);
        let mut padded = vec![0.0f32; side + 2 * radius];
        for row in self.values.chunks_exact(side) {
            for (place, value) in padded.iter_mut().enumerate() {
                *value = row[clamped(place)];
            }
            across.extend(padded.windows(kernel.len()).map(|window| dot(window, &kernel)));
        }
        let mut values = vec![0.0f32; side * side];
        for (y, row) in values.chunks_exact_mut(side).enumerate() {
            for (k, weight) in kernel.iter().enumerate() {
                let from = clamped(y + k) * side;
                for (to, value) in row.iter_mut().zip(&across[from..from + side]) {
                    *to += weight * value;
                }
            }
        }
        Self { side, values }
    }

    /// Means of two by two.
    pub(super) fn halved(&self) -> Self {
        let side = self.side / 2;
        let mut values = Vec::with_capacity(side * side);
        for y in 0..side {
            for x in 0..side {
                let at = 2 * y * self.side + 2 * x;
                let below = at + self.side;
                values.push(
                    0.25 * (self.values[at]
                        + self.values[at + 1]
                        + self.values[below]
                        + self.values[below + 1]),
                );
            }
        }
        Self { side, values }
    }

    /// Twice the side, between the numbers in proportion.
    pub(super) fn doubled(&self) -> Self {
        let side = 2 * self.side;
        let place = |at: usize| 0.5 * (at as f32 + 0.5) - 0.5;
        let values = (0..side * side).map(|i| self.sampled(place(i % side), place(i / side))).collect();
        Self { side, values }
    }

    /// The value at (x, y), 0 being the middle of the first number; the border goes on outside.
    #[inline]
    pub(super) fn sampled(&self, x: f32, y: f32) -> f32 {
        let most = (self.side - 1) as f32;
        let (x, y) = (x.clamp(0.0, most), y.clamp(0.0, most));
        let (left, top) = (x as usize, y as usize);
        let (right, below) = ((left + 1).min(self.side - 1), (top + 1).min(self.side - 1));
        let (u, v) = (x - left as f32, y - top as f32);
        let value = |row: usize, column: usize| self.values[row * self.side + column];
        let upper = value(top, left) * (1.0 - u) + value(top, right) * u;
        let lower = value(below, left) * (1.0 - u) + value(below, right) * u;
        upper * (1.0 - v) + lower * v
    }

    /// As [`Plane::sampled`], with nothing outside.
    pub(super) fn sampled_inside(&self, x: f32, y: f32) -> f32 {
        let (left, top) = (x.floor(), y.floor());
        let (u, v) = (x - left, y - top);
        let value = |column: f32, row: f32| {
            let inside = column >= 0.0 && row >= 0.0 && column < self.side as f32 && row < self.side as f32;
            if inside { self.values[row as usize * self.side + column as usize] } else { 0.0 }
        };
        let upper = value(left, top) * (1.0 - u) + value(left + 1.0, top) * u;
        let lower = value(left, top + 1.0) * (1.0 - u) + value(left + 1.0, top + 1.0) * u;
        upper * (1.0 - v) + lower * v
    }

    /// Half the difference of the neighbours, across and down.
    pub(super) fn slopes(&self) -> (Self, Self) {
        let side = self.side;
        let (mut across, mut down) = (Self::zeros(side), Self::zeros(side));
        for y in 0..side {
            let (above, below) = (y.saturating_sub(1) * side, (y + 1).min(side - 1) * side);
            for x in 0..side {
                let (left, right) = (x.saturating_sub(1), (x + 1).min(side - 1));
                let row = y * side;
                across.values[row + x] = 0.5 * (self.values[row + right] - self.values[row + left]);
                down.values[row + x] = 0.5 * (self.values[below + x] - self.values[above + x]);
            }
        }
        (across, down)
    }

    /// The lower median.
    pub(super) fn median(&self) -> f32 {
        let mut sorted = self.values.clone();
        let middle = sorted.len().saturating_sub(1) / 2;
        *sorted.select_nth_unstable_by(middle, f32::total_cmp).1
    }
}

fn dot(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn gaussian(sigma: f32) -> Vec<f32> {
    let radius = (3.0 * sigma + 0.5) as i32;
    let kernel: Vec<f32> = (-radius..=radius).map(|i| (-0.5 * (i as f32 / sigma).powi(2)).exp()).collect();
    let sum: f32 = kernel.iter().sum();
    kernel.into_iter().map(|k| k / sum).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ramp(side: usize) -> Plane {
        Plane { side, values: (0..side * side).map(|i| (i % side) as f32).collect() }
    }

    #[test]
    fn a_blur_keeps_what_is_even_and_the_sum_of_a_spot() {
        let even = Plane { side: 8, values: vec![0.5; 64] };
        assert!(even.blurred(1.5).values.iter().all(|v| (v - 0.5).abs() < 1e-6));
        let mut spot = Plane::zeros(16);
        spot.values[7 * 16 + 7] = 1.0;
        let blurred = spot.blurred(1.0);
        assert!((blurred.values.iter().sum::<f32>() - 1.0).abs() < 1e-5);
        assert!((blurred.values[7 * 16 + 7] - 0.159).abs() < 1e-3);
    }

    #[test]
    fn halving_doubling_and_slopes_of_a_ramp() {
        let ramp = ramp(8);
        assert_eq!(ramp.halved().values[..4], [0.5, 2.5, 4.5, 6.5]);
        assert_eq!(ramp.doubled().values[..4], [0.0, 0.25, 0.75, 1.25]);
        let (across, down) = ramp.slopes();
        assert_eq!((across.values[9], down.values[9]), (1.0, 0.0));
        assert_eq!(ramp.median(), 3.0);
    }

    #[test]
    fn outside_the_border_goes_on_or_there_is_nothing() {
        let ramp = ramp(4);
        assert_eq!((ramp.sampled(1.5, 0.0), ramp.sampled(9.0, 1.0)), (1.5, 3.0));
        assert_eq!((ramp.sampled_inside(1.5, 1.0), ramp.sampled_inside(3.5, 1.0)), (1.5, 1.5));
        assert_eq!(ramp.sampled_inside(-2.0, 1.0), 0.0);
    }
}
