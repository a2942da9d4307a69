//! Tables of two columns within every combination of some others.

use super::Categories;

/// Counts tables; keeps its buffers from one count to the next.
#[derive(Debug)]
pub struct Strata<'a> {
    categories: &'a Categories,
    /// One set of rows for each depth of the recursion.
    sets: Vec<Vec<u64>>,
    table: Vec<u32>,
    /// For counting by rows: the stratum of each row, its number among those that occur, and all tables.
    stratum: Vec<u64>,
    order: Vec<(u64, u32)>,
}

impl<'a> Strata<'a> {
    /// A counter on these columns.
    pub fn new(categories: &'a Categories) -> Self {
        Self { categories, sets: Vec::new(), table: Vec::new(), stratum: Vec::new(), order: Vec::new() }
    }

    /// Calls `each` with the table `[levels of x, levels of y]` of every combination of the levels of `given` that
    /// occurs. `by_bits` chooses the way of counting; `None` takes the faster one.
    pub fn count(
        &mut self,
        given: &[usize],
        x: usize,
        y: usize,
        by_bits: Option<bool>,
        each: &mut dyn FnMut(&[u32]),
    ) {
        let c = self.categories;
        let cells = given.iter().fold(c.levels(x) * c.levels(y), |n, &g| n.saturating_mul(c.levels(g)));
        // Eight words of bits are counted in about the time of one row.
        let bits_are_faster = cells.saturating_mul(c.words) / 8 < 2 * c.rows;
        if by_bits.unwrap_or(bits_are_faster) {
            self.table.resize(c.levels(x) * c.levels(y), 0);
            self.sets.resize(given.len() + 2, Vec::new());
            let mut sets = std::mem::take(&mut self.sets);
            descend(c, None, given, &mut sets, x, y, &mut self.table, each);
            self.sets = sets;
        } else {
            self.count_rows(given, x, y, each);
        }
    }

    fn count_rows(&mut self, given: &[usize], x: usize, y: usize, each: &mut dyn FnMut(&[u32])) {
        let c = self.categories;
        self.stratum.clear();
        self.stratum.resize(c.rows, 0);
        // Numbers of strata are kept small: beyond 2^32 they are renumbered by rank.
        let mut strata: u64 = 1;
        for &g in given {
            if strata > u64::from(u32::MAX) {
                strata = self.renumber();
            }
            let levels = c.levels(g) as u64;
            for (s, &code) in self.stratum.iter_mut().zip(c.codes(g)) {
                *s = *s * levels + u64::from(code);
            }
            strata *= levels;
        }
        let (across, down) = (c.levels(y), c.levels(x));
        let size = across * down;
        if strata as u128 * size as u128 > 4 * c.rows as u128 + 4096 {
            strata = self.renumber();
        }
        self.table.clear();
        self.table.resize(strata as usize * size, 0);
        for ((&s, &a), &b) in self.stratum.iter().zip(c.codes(x)).zip(c.codes(y)) {
            self.table[s as usize * size + usize::from(a) * across + usize::from(b)] += 1;
        }
        for table in self.table.chunks_exact(size).filter(|t| t.iter().any(|&n| n > 0)) {
            each(table);
        }
    }

    /// Gives the strata that occur the numbers 0, 1, …; returns how many there are.
    fn renumber(&mut self) -> u64 {
        self.order.clear();
        self.order.extend(self.stratum.iter().enumerate().map(|(row, &s)| (s, row as u32)));
        self.order.sort_unstable();
        let mut number = 0;
        for i in 0..self.order.len() {
            if i > 0 && self.order[i].0 != self.order[i - 1].0 {
                number += 1;
            }
            self.stratum[self.order[i].1 as usize] = number;
        }
        number + 1
    }
}

/// Splits the rows in `within` (all when `None`) by the columns still given, then counts.
#[allow(clippy::too_many_arguments, reason = "a recursion over borrowed buffers")]
fn descend(
    c: &Categories,
    within: Option<&[u64]>,
    given: &[usize],
    sets: &mut [Vec<u64>],
    x: usize,
    y: usize,
    table: &mut [u32],
    each: &mut dyn FnMut(&[u32]),
) {
    let Some((buffer, deeper)) = sets.split_first_mut() else { return };
    let (column, rest) = match given.split_first() {
        Some((&first, rest)) => (first, rest),
        None => {
            cross(c, within, buffer, x, y, table);
            if table.iter().any(|&n| n > 0) {
                each(table);
            }
            return;
        }
    };
    for level in 0..c.levels(column) {
        let set = c.set(column, level);
        match within {
            None => descend(c, Some(set), rest, deeper, x, y, table, each),
            Some(within) => {
                buffer.clear();
                buffer.extend(within.iter().zip(set).map(|(a, b)| a & b));
                if buffer.iter().any(|&w| w != 0) {
                    descend(c, Some(buffer), rest, deeper, x, y, table, each);
                }
            }
        }
    }
}

/// The table of two columns over the rows in `within`. The last level of `y` is what the others leave.
fn cross(
    c: &Categories,
    within: Option<&[u64]>,
    buffer: &mut Vec<u64>,
    x: usize,
    y: usize,
    table: &mut [u32],
) {
    let across = c.levels(y);
    for a in 0..c.levels(x) {
        let row = match within {
            None => c.set(x, a),
            Some(within) => {
                buffer.clear();
                buffer.extend(within.iter().zip(c.set(x, a)).map(|(u, v)| u & v));
                buffer.as_slice()
            }
        };
        let mut left: u32 = row.iter().map(|w| w.count_ones()).sum();
        for b in 0..across - 1 {
            let n: u32 = row.iter().zip(c.set(y, b)).map(|(u, v)| (u & v).count_ones()).sum();
            table[a * across + b] = n;
            left -= n;
        }
        table[a * across + across - 1] = left;
    }
}
