//! Counting: how often each combination of levels occurs in a table of categories.
//!
//! Each level of each column is a set of rows, kept as bits. A count is the number of bits that some sets share, so
//! that 64 rows are counted in one step (or 512 with wide registers). Where there are many combinations and few rows
//! in each, rows are counted one after the other instead.

mod strata;

pub use strata::Strata;

use crate::table::MISSING;
use crate::{CausalError, Table, Values};

/// The most levels that a column may have.
const MOST_LEVELS: usize = 255;

/// Columns of categories, ready to be counted.
#[derive(Clone, Debug)]
pub struct Categories {
    rows: usize,
    words: usize,
    names: Vec<String>,
    codes: Vec<Vec<u8>>,
    /// For each column one set of rows a level, one after the other.
    sets: Vec<Vec<u64>>,
    levels: Vec<usize>,
}

impl Categories {
    /// The categorical columns of a table; levels that never occur are left out.
    ///
    /// # Errors
    /// [`CausalError::Data`] for a continuous column, a missing value, more than 255 levels, or no rows.
    pub fn new(table: &Table) -> Result<Self, CausalError> {
        let rows = table.rows();
        if rows == 0 {
            return Err(CausalError::Data("the table has no rows to count".into()));
        }
        let words = rows.div_ceil(64);
        let mut found = Self {
            rows,
            words,
            names: table.names(),
            codes: Vec::new(),
            sets: Vec::new(),
            levels: Vec::new(),
        };
        for column in table.columns() {
            let Values::Categorical { levels, codes } = &column.values else {
                return Err(CausalError::Data(format!(
                    "column `{}` holds numbers; this method counts categories (bin it, or read it as categorical)",
                    column.name
                )));
            };
            if let Some(row) = codes.iter().position(|c| *c == MISSING) {
                return Err(CausalError::Data(format!(
                    "column `{}` is missing in row {row}; leave such rows out",
                    column.name
                )));
            }
            let mut seen = vec![false; levels.len()];
            codes.iter().for_each(|&c| seen[c as usize] = true);
            let mut next = 0_usize;
            let renumbered: Vec<usize> = seen
                .iter()
                .map(|&s| {
                    let number = next;
                    next += usize::from(s);
                    number
                })
                .collect();
            if next > MOST_LEVELS {
                return Err(CausalError::Data(format!(
                    "column `{}` has {next} levels; at most {MOST_LEVELS} can be counted (join rare ones)",
                    column.name
                )));
            }
            let mut sets = vec![0_u64; next * words];
            let codes: Vec<u8> = codes.iter().map(|&c| renumbered[c as usize] as u8).collect();
            for (row, &code) in codes.iter().enumerate() {
                sets[usize::from(code) * words + row / 64] |= 1 << (row % 64);
            }
            found.codes.push(codes);
            found.sets.push(sets);
            found.levels.push(next);
        }
        Ok(found)
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Number of columns.
    pub fn width(&self) -> usize {
        self.levels.len()
    }

    /// Number of levels of a column that occur.
    pub fn levels(&self, column: usize) -> usize {
        self.levels[column]
    }

    /// A column's name.
    pub fn name(&self, column: usize) -> &str {
        &self.names[column]
    }

    /// A column's levels, one for each row.
    pub fn codes(&self, column: usize) -> &[u8] {
        &self.codes[column]
    }

    /// The rows that have a level, as bits.
    fn set(&self, column: usize, level: usize) -> &[u64] {
        &self.sets[column][level * self.words..][..self.words]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Column;
    use crate::random::generator;
    use proptest::prelude::*;
    use rand::Rng;
    use std::collections::BTreeMap;

    fn random_table(rows: usize, levels: &[usize], seed: u64) -> Table {
        let mut rng = generator(seed, 0);
        let columns = levels.iter().enumerate().map(|(i, &l)| {
            let codes = (0..rows).map(|_| rng.random_range(0..l as u32)).collect();
            Column::categorical(format!("c{i}"), (0..l).map(|v| v.to_string()).collect(), codes)
        });
        Table::new(columns.collect()).unwrap()
    }

    /// Counts one row after the other.
    fn plain(categories: &Categories, given: &[usize], x: usize, y: usize) -> Vec<Vec<u32>> {
        let mut tables: BTreeMap<Vec<u8>, Vec<u32>> = BTreeMap::new();
        for row in 0..categories.rows() {
            let stratum = given.iter().map(|&g| categories.codes(g)[row]).collect();
            let cells = categories.levels(x) * categories.levels(y);
            let table = tables.entry(stratum).or_insert_with(|| vec![0; cells]);
            let (a, b) = (categories.codes(x)[row], categories.codes(y)[row]);
            table[usize::from(a) * categories.levels(y) + usize::from(b)] += 1;
        }
        let mut tables: Vec<Vec<u32>> = tables.into_values().collect();
        tables.sort();
        tables
    }

    proptest! {
        #[test]
        fn both_ways_of_counting_agree_with_a_plain_count(
            rows in 1_usize..400, levels in proptest::collection::vec(1_usize..6, 5), seed: u64,
        ) {
            let categories = Categories::new(&random_table(rows, &levels, seed)).unwrap();
            for given in [vec![], vec![2], vec![2, 3], vec![2, 3, 4]] {
                for by_bits in [true, false] {
                    let mut tables = Vec::new();
                    let mut strata = Strata::new(&categories);
                    strata.count(&given, 0, 1, Some(by_bits), &mut |table| tables.push(table.to_vec()));
                    tables.sort();
                    prop_assert_eq!(&tables, &plain(&categories, &given, 0, 1));
                }
            }
        }
    }

    #[test]
    fn numbers_and_gaps_are_refused_by_name() {
        let numbers = Table::from_continuous([("dose", vec![1.0])]).unwrap();
        assert!(Categories::new(&numbers).unwrap_err().to_string().contains("`dose` holds numbers"));
        let gap = Table::new(vec![Column::categorical("tool", vec!["a".into()], vec![0, MISSING])]).unwrap();
        assert!(Categories::new(&gap).unwrap_err().to_string().contains("`tool` is missing in row 1"));
    }
}
