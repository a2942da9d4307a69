//! Small square matrices for the inner loop of DAGMA.
//!
//! Rows are padded with zeros to a multiple of eight numbers, so that no loop over a row has a remainder. Padding
//! stays zero through every step of the method.

const LANES: usize = 8;

/// A square matrix, row by row.
#[derive(Clone, Debug)]
pub(super) struct Square {
    pub size: usize,
    pub stride: usize,
    pub values: Vec<f64>,
}

impl Square {
    pub fn from_fn(size: usize, value: impl Fn(usize, usize) -> f64) -> Self {
        let stride = size.div_ceil(LANES) * LANES;
        let mut values = vec![0.0; size * stride];
        for i in 0..size {
            for j in 0..size {
                values[i * stride + j] = value(i, j);
            }
        }
        Self { size, stride, values }
    }

    pub fn get(&self, row: usize, column: usize) -> f64 {
        self.values[row * self.stride + column]
    }

    /// self = left · right.
    pub fn set_product(&mut self, left: &Self, right: &Self) {
        let stride = self.stride;
        for (to, from) in self.values.chunks_exact_mut(stride).zip(left.values.chunks_exact(stride)) {
            to.fill(0.0);
            // Four rows at a time, so that `to` is read and written a fourth as often.
            let blocks = right.values.chunks_exact(4 * stride);
            let done = right.size - right.size % 4;
            for (factors, rows) in from[..right.size].chunks_exact(4).zip(blocks) {
                add_four(to, factors, rows, stride);
            }
            for (factor, row) in
                from[done..right.size].iter().zip(right.values[done * stride..].chunks_exact(stride))
            {
                add_scaled(to, *factor, row);
            }
        }
    }

    /// Turns an M-matrix into its inverse and returns the logarithm of its determinant; `None` when it is none.
    ///
    /// A matrix without positive entries off its diagonal is an M-matrix exactly if elimination without exchange of
    /// rows finds positive pivots only (Berman and Plemmons 1979, chapter 6), so that one pass tests and inverts; it
    /// adds numbers of one sign only and is stable.
    pub fn invert_m_matrix(&mut self) -> Option<f64> {
        let (stride, mut pivots, mut log_determinant) = (self.stride, 1.0_f64, 0.0);
        let mut pivot_row = vec![0.0; stride];
        for k in 0..self.size {
            let pivot = self.values[k * stride + k];
            if pivot.is_nan() || pivot <= 0.0 {
                return None;
            }
            pivots *= pivot;
            if !(1e-100..1e100).contains(&pivots) {
                log_determinant += pivots.ln();
                pivots = 1.0;
            }
            let row = &mut self.values[k * stride..(k + 1) * stride];
            row[k] = 1.0;
            for (to, value) in pivot_row.iter_mut().zip(row.iter()) {
                *to = value / pivot;
            }
            for row in self.values.chunks_exact_mut(stride) {
                let factor = row[k];
                row[k] = 0.0;
                add_scaled(row, -factor, &pivot_row);
            }
            self.values[k * stride..(k + 1) * stride].copy_from_slice(&pivot_row);
        }
        Some(log_determinant + pivots.ln())
    }
}

#[inline(always)]
fn add_scaled(to: &mut [f64], factor: f64, row: &[f64]) {
    for (to, row) in to.chunks_exact_mut(LANES).zip(row.chunks_exact(LANES)) {
        for l in 0..LANES {
            to[l] += factor * row[l];
        }
    }
}

#[inline(always)]
fn add_four(to: &mut [f64], factors: &[f64], rows: &[f64], stride: usize) {
    let (a, rest) = rows.split_at(stride);
    let (b, rest) = rest.split_at(stride);
    let (c, d) = rest.split_at(stride);
    let [p, q, r, s] = [factors[0], factors[1], factors[2], factors[3]];
    let others = b.chunks_exact(LANES).zip(c.chunks_exact(LANES)).zip(d.chunks_exact(LANES));
    for ((to, a), ((b, c), d)) in to.chunks_exact_mut(LANES).zip(a.chunks_exact(LANES)).zip(others) {
        for l in 0..LANES {
            to[l] += (p * a[l] + q * b[l]) + (r * c[l] + s * d[l]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_inverse_times_the_matrix_is_the_identity() {
        let size = 11;
        let matrix =
            Square::from_fn(size, |i, j| if i == j { 1.0 } else { ((i * 7 + j * 3) % 5) as f64 / -40.0 });
        let mut inverse = matrix.clone();
        let log_determinant = inverse.invert_m_matrix().unwrap();
        let mut product = matrix.clone();
        product.set_product(&inverse, &matrix);
        for i in 0..size {
            for j in 0..size {
                assert!((product.get(i, j) - f64::from(u8::from(i == j))).abs() < 1e-12);
            }
        }
        let dense = faer::Mat::from_fn(size, size, |i, j| matrix.get(i, j));
        assert!((dense.determinant().ln() - log_determinant).abs() < 1e-10);
    }

    #[test]
    fn a_matrix_with_a_large_cycle_is_no_m_matrix() {
        let mut matrix = Square::from_fn(3, |i, j| if i == j { 1.0 } else { -0.6 });
        assert!(matrix.invert_m_matrix().is_none());
    }
}
