//! Groups points that are near each other (Euclidean clustering).
//!
//! Space is cut into cubes so small that all points of a cube are near each other; only cubes at most two apart can
//! hold near points. Cubes with a near pair are joined in a union-find, so the work grows with the number of points.

use crate::error::DataError;
use std::collections::HashMap;

/// What counts as a cluster.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ClusterConfig {
    /// Largest gap in metres that joins two points.
    pub distance: f32,
    /// Groups of fewer points are left out.
    pub min_points: usize,
    /// Groups of more points are left out.
    pub max_points: usize,
}

impl Default for ClusterConfig {
    fn default() -> Self {
        Self { distance: 0.5, min_points: 10, max_points: 20_000 }
    }
}

/// A group of points.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Cluster {
    /// Indices of its points, ascending.
    pub indices: Vec<usize>,
    /// Smallest x, y, z, in metres.
    pub min: [f32; 3],
    /// Largest x, y, z, in metres.
    pub max: [f32; 3],
    /// Mean of its points, in metres.
    pub centre: [f32; 3],
}

/// Points further off than this, in metres, are left out, and so are those that are not finite.
const FARTHEST: f32 = 1e5;

/// A cube's place, in cubes.
type Place = [i32; 3];

/// A cube that holds points.
struct Cell {
    place: Place,
    members: Vec<usize>,
    /// Smallest and largest x, y, z of its points.
    bounds: [[f32; 3]; 2],
}

/// Groups `points` (x, y, z in metres): two points are in one group where steps of at most `distance` from point to
/// point lead from one to the other. The groups come in the order of their first points.
///
/// # Errors
/// A distance that is not from 0.001 to 1,000 m.
pub fn cluster(points: &[[f32; 3]], config: &ClusterConfig) -> Result<Vec<Cluster>, DataError> {
    if !(0.001..=1000.0).contains(&config.distance) {
        let message = format!("clusters: the distance must be from 0.001 to 1000 m, not {}", config.distance);
        return Err(DataError::Invalid(message));
    }
    let (cells, places) = fill_cells(points, config.distance);
    let mut sets = Sets::new(cells.len());
    // The nearest cubes first: what they join need not be compared at a distance.
    for step in neighbours() {
        for (index, one) in cells.iter().enumerate() {
            let place = [0, 1, 2].map(|i| one.place[i].saturating_add(step[i]));
            let Some(&other) = places.get(&place) else { continue };
            if sets.root(index) != sets.root(other) && touch(points, one, &cells[other], config.distance) {
                sets.join(index, other);
            }
        }
    }
    let mut groups: HashMap<usize, Vec<usize>> = HashMap::new();
    for (index, cell) in cells.iter().enumerate() {
        groups.entry(sets.root(index)).or_default().extend(&cell.members);
    }
    let sizes = config.min_points.max(1)..=config.max_points;
    let mut clusters: Vec<_> = groups
        .into_values()
        .filter(|indices| sizes.contains(&indices.len()))
        .map(|indices| summarise(points, indices))
        .collect();
    clusters.sort_unstable_by_key(|c| c.indices.first().copied());
    Ok(clusters)
}

/// The cubes that hold points, in the order of their first points, and where each one is in that list.
fn fill_cells(points: &[[f32; 3]], distance: f32) -> (Vec<Cell>, HashMap<Place, usize>) {
    // The diagonal of a cube is the distance, less a little for rounding.
    let side = 0.999 * f64::from(distance) / 3.0_f64.sqrt();
    let mut cells: Vec<Cell> = Vec::new();
    let mut places: HashMap<Place, usize> = HashMap::new();
    for (index, point) in points.iter().enumerate() {
        if !point.iter().all(|v| v.abs() <= FARTHEST) {
            continue;
        }
        let place = point.map(|v| (f64::from(v) / side).floor() as i32);
        let at = *places.entry(place).or_insert_with(|| {
            cells.push(Cell { place, members: Vec::new(), bounds: [*point; 2] });
            cells.len() - 1
        });
        let cell = &mut cells[at];
        cell.members.push(index);
        let [min, max] = &mut cell.bounds;
        for axis in 0..3 {
            min[axis] = min[axis].min(point[axis]);
            max[axis] = max[axis].max(point[axis]);
        }
    }
    (cells, places)
}

/// Half of the steps to the cubes at most two apart, the nearest first: the other half is seen from the other cube.
fn neighbours() -> Vec<Place> {
    let mut steps = Vec::with_capacity(62);
    for x in -2_i32..=2 {
        for y in -2_i32..=2 {
            for z in -2_i32..=2 {
                if [x, y, z] > [0, 0, 0] {
                    steps.push([x, y, z]);
                }
            }
        }
    }
    steps.sort_by_key(|[x, y, z]| x * x + y * y + z * z);
    steps
}

/// Whether a point of one cube is near a point of another.
fn touch(points: &[[f32; 3]], one: &Cell, other: &Cell, distance: f32) -> bool {
    let most = distance * distance;
    let [min, max] = other.bounds;
    // Points that are not near the other's extent cannot be near its points.
    let to_extent = |p: [f32; 3]| -> f32 {
        [0, 1, 2].map(|axis| (p[axis] - p[axis].clamp(min[axis], max[axis])).powi(2)).iter().sum()
    };
    let candidates = one.members.iter().map(|i| points[*i]).filter(|p| to_extent(*p) <= most);
    candidates.into_iter().any(|p| other.members.iter().any(|j| squared(p, points[*j]) <= most))
}

fn squared(one: [f32; 3], other: [f32; 3]) -> f32 {
    [0, 1, 2].map(|axis| (one[axis] - other[axis]).powi(2)).iter().sum()
}

fn summarise(points: &[[f32; 3]], mut indices: Vec<usize>) -> Cluster {
    indices.sort_unstable();
    let mut sum = [0.0_f64; 3];
    let (mut min, mut max) = ([f32::INFINITY; 3], [f32::NEG_INFINITY; 3]);
    for index in &indices {
        for axis in 0..3 {
            let value = points[*index][axis];
            sum[axis] += f64::from(value);
            min[axis] = min[axis].min(value);
            max[axis] = max[axis].max(value);
        }
    }
    let centre = sum.map(|s| (s / indices.len() as f64) as f32);
    Cluster { indices, min, max, centre }
}

/// Union-find over the cubes.
struct Sets {
    parents: Vec<usize>,
}

impl Sets {
    fn new(count: usize) -> Self {
        Self { parents: (0..count).collect() }
    }

    fn root(&mut self, mut at: usize) -> usize {
        while self.parents[at] != at {
            self.parents[at] = self.parents[self.parents[at]];
            at = self.parents[at];
        }
        at
    }

    fn join(&mut self, one: usize, other: usize) {
        let (one, other) = (self.root(one), self.root(other));
        // The older cube stays the root, whatever the order of the joins.
        self.parents[one.max(other)] = one.min(other);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ANY_SIZE: ClusterConfig = ClusterConfig { distance: 0.5, min_points: 1, max_points: usize::MAX };

    fn sizes(points: &[[f32; 3]], config: &ClusterConfig) -> Vec<usize> {
        cluster(points, config).unwrap().iter().map(|c| c.indices.len()).collect()
    }

    #[test]
    fn a_chain_is_one_group_and_a_gap_parts_two() {
        let points = [[0.0; 3], [0.4, 0.0, 0.0], [0.8, 0.0, 0.0], [1.4, 0.0, 0.0]];
        assert_eq!(sizes(&points, &ANY_SIZE), [3, 1]);
    }

    #[test]
    fn groups_outside_the_limits_are_left_out() {
        let points = [[0.0; 3], [0.1, 0.0, 0.0], [0.2, 0.0, 0.0], [5.0; 3]];
        assert_eq!(sizes(&points, &ClusterConfig { min_points: 2, ..ANY_SIZE }), [3]);
        assert_eq!(sizes(&points, &ClusterConfig { max_points: 2, ..ANY_SIZE }), [1]);
    }

    #[test]
    fn a_cluster_knows_its_extent_and_centre() {
        let points = [[1.0, 0.0, 0.0], [9.0; 3], [1.2, 0.2, -0.2]];
        let found = &cluster(&points, &ANY_SIZE).unwrap()[0];
        assert_eq!(
            (found.indices.as_slice(), found.min, found.max),
            (&[0, 2][..], [1.0, 0.0, -0.2], [1.2, 0.2, 0.0])
        );
        assert!((found.centre[0] - 1.1).abs() < 1e-6);
    }

    #[test]
    fn points_that_are_not_finite_are_left_out() {
        assert_eq!(sizes(&[[f32::NAN; 3], [f32::INFINITY; 3], [1e30; 3], [0.0; 3]], &ANY_SIZE), [1]);
        assert!(cluster(&[], &ClusterConfig { distance: f32::NAN, ..ANY_SIZE }).is_err());
    }

    /// Groups by comparing every pair.
    fn by_pairs(points: &[[f32; 3]], distance: f32) -> Vec<Vec<usize>> {
        let mut sets = Sets::new(points.len());
        for i in 0..points.len() {
            for j in 0..i {
                if squared(points[i], points[j]) <= distance * distance {
                    sets.join(i, j);
                }
            }
        }
        let mut groups = vec![Vec::new(); points.len()];
        (0..points.len()).for_each(|i| groups[sets.root(i)].push(i));
        groups.retain(|g| !g.is_empty());
        groups
    }

    proptest! {
        #[test]
        fn the_groups_are_those_of_comparing_every_pair(
            points in prop::collection::vec([-2.0_f32..2.0, -2.0_f32..2.0, -1.0_f32..1.0], 0..80),
            distance in 0.1_f32..1.0,
        ) {
            let config = ClusterConfig { distance, ..ANY_SIZE };
            let found: Vec<_> = cluster(&points, &config).unwrap().into_iter().map(|c| c.indices).collect();
            prop_assert_eq!(found, by_pairs(&points, distance));
        }
    }
}
