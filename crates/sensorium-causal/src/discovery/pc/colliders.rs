//! Which unshielded triples are colliders.

use super::skeleton::Combinations;
use super::{ColliderRule, PcConfig, Skeleton};
use crate::independence::IndependenceTest;
use crate::{CausalError, Graph, Knowledge};

/// Directs `x → y ← z` for the colliders among the unshielded triples, in the order of `y`, `x`, `z`; a triple that would
/// turn an arrow of an earlier one round is left and named.
pub(super) fn direct(
    graph: &mut Graph,
    skeleton: &Skeleton,
    test: &dyn IndependenceTest,
    knowledge: &Knowledge,
    config: &PcConfig,
) -> Result<Vec<String>, CausalError> {
    let mut conflicts = Vec::new();
    let n = graph.len();
    for y in 0..n {
        let near = skeleton.graph.neighbours(y);
        for (i, &x) in near.iter().enumerate() {
            for &z in &near[i + 1..] {
                if skeleton.graph.adjacent(x, z)
                    || knowledge.forbids(x, y)
                    || knowledge.forbids(z, y)
                    || !is_collider(skeleton, test, config, x, y, z)?
                {
                    continue;
                }
                if graph.is_directed(y, x) || graph.is_directed(y, z) {
                    let names = skeleton.graph.names();
                    conflicts.push(format!("{} → {} ← {}", names[x], names[y], names[z]));
                } else {
                    graph.direct(x, y);
                    graph.direct(z, y);
                }
            }
        }
    }
    Ok(conflicts)
}

fn is_collider(
    skeleton: &Skeleton,
    test: &dyn IndependenceTest,
    config: &PcConfig,
    x: usize,
    y: usize,
    z: usize,
) -> Result<bool, CausalError> {
    // A pair that knowledge keeps apart was not tested, and says nothing.
    let Some(sets) = skeleton.separating_sets.get(&(x, z)) else { return Ok(false) };
    if config.colliders == ColliderRule::SeparatingSets {
        return Ok(sets.iter().all(|s| !s.contains(&y)));
    }
    let (with, without) = separators(skeleton, test, config, x, y, z)?;
    Ok(match config.colliders {
        ColliderRule::Majority => without > with,
        _ => with == 0 && without > 0,
    })
}

/// How many of the sets that separate `x` and `z`, among the neighbours of either, hold `y`, and how many do not.
fn separators(
    skeleton: &Skeleton,
    test: &dyn IndependenceTest,
    config: &PcConfig,
    x: usize,
    y: usize,
    z: usize,
) -> Result<(usize, usize), CausalError> {
    let (near_x, near_z) = (skeleton.graph.neighbours(x), skeleton.graph.neighbours(z));
    let (mut with, mut without) = (0, 0);
    for (side, near) in [&near_x, &near_z].into_iter().enumerate() {
        let most = config.max_given.unwrap_or(skeleton.level).min(near.len());
        for size in 0..=most {
            let mut sets = Combinations::new(near.len(), size);
            while let Some(chosen) = sets.next() {
                let given: Vec<usize> = chosen.iter().map(|&i| near[i]).collect();
                if side == 1 && given.iter().all(|v| near_x.binary_search(v).is_ok()) {
                    continue;
                }
                if test.p_value(x, z, &given)? > config.alpha {
                    *(if given.contains(&y) { &mut with } else { &mut without }) += 1;
                }
            }
        }
    }
    Ok((with, without))
}

#[cfg(test)]
mod tests {
    use super::super::{ColliderRule, PcConfig, pc};
    use crate::independence::FisherZ;
    use crate::simulate::{LinearModel, Noise, WeightRange};
    use crate::{Dag, Knowledge};

    /// x → m → z, where it is known that x and z are not joined.
    #[test]
    fn a_pair_that_knowledge_keeps_apart_makes_no_collider() {
        let dag = Dag::from_edges(["x", "m", "z"], &[(0, 1), (1, 2)]).unwrap();
        let mut rng = crate::random::generator(1, 0);
        let model = LinearModel::random(dag, WeightRange::default(), Noise::Gaussian, &mut rng).unwrap();
        let table = model.sample(500, &mut rng).unwrap();
        let mut apart = Knowledge::none();
        apart.forbidden.extend([(0, 2), (2, 0)]);
        let test = FisherZ::new(&table).unwrap();
        for colliders in [ColliderRule::SeparatingSets, ColliderRule::Majority, ColliderRule::Conservative] {
            let config = PcConfig { colliders, ..PcConfig::default() };
            let graph = pc(&table.names(), &test, &apart, &config).unwrap().graph;
            assert!(graph.is_undirected(0, 1) && graph.is_undirected(1, 2), "{colliders:?}");
        }
    }
}
