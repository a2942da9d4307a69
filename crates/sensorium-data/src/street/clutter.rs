//! What stands about the road: kerbs, buildings, poles and trees.

use super::body::Body;
use super::geometry::{OrientedBox, Pose};
use super::primitive::Primitive;
use super::random::{chance, uniform};
use super::road::Road;
use rand::Rng;

/// Metres along the ego's road and its arms that are furnished.
const REACH: (f32, f32) = (-15.0, 62.0);

fn slab(low: [f32; 2], high: [f32; 2], height: f32, reflectivity: f32) -> Body {
    let half = [0.5 * (high[0] - low[0]), 0.5 * (high[1] - low[1]), 0.5 * height];
    let pose = Pose::new(0.5 * (low[0] + high[0]), 0.5 * (low[1] + high[1]), 0.0);
    Body::new(pose, vec![Primitive::Block { centre: [0.0, 0.0, half[2]], half }], reflectivity, None)
}

fn pole(x: f32, y: f32, radius: f32, height: f32) -> Body {
    let part = Primitive::Cylinder { centre: [0.0, 0.0, 0.5 * height], radius, half: 0.5 * height, axis: 2 };
    Body::new(Pose::new(x, y, 0.0), vec![part], 0.45, None)
}

fn tree(rng: &mut impl Rng, x: f32, y: f32) -> Body {
    let (trunk, crown) = (uniform(rng, 2.2, 3.2), uniform(rng, 1.1, 1.9));
    let radius = uniform(rng, 0.12, 0.25);
    let parts = vec![
        Primitive::Cylinder { centre: [0.0, 0.0, 0.5 * trunk], radius, half: 0.5 * trunk, axis: 2 },
        Primitive::Ball { centre: [0.0, 0.0, trunk + 0.8 * crown], radius: crown },
    ];
    Body::new(Pose::new(x, y, 0.0), parts, 0.25, None)
}

/// Clutter that does not stand on any of the `kept` footprints.
pub(super) fn draw(rng: &mut impl Rng, road: &Road, kept: &[OrientedBox]) -> Vec<Body> {
    let mut bodies = Vec::new();
    let (right, left) = road.edges();
    let (near, far) = road.mouth();
    for (edge, outward, open) in [(right, -1.0, road.has_right()), (left, 1.0, road.has_left())] {
        let stretches = if open { vec![(REACH.0, near), (far, REACH.1)] } else { vec![REACH] };
        let wall = edge + outward * road.pavement;
        for &(from, to) in &stretches {
            bodies.push(slab([from, edge - 0.15], [to, edge + 0.15], 0.13, 0.35));
            // Houses in a row, some further back and with gaps.
            let mut x = from + uniform(rng, 0.0, 3.0);
            while x < to - 6.0 {
                let length = uniform(rng, 6.0, 18.0).min(to - x);
                let back = wall + outward * uniform(rng, 0.0, 3.0);
                let deep = back + outward * uniform(rng, 6.0, 12.0);
                let height = uniform(rng, 3.0, 14.0);
                if chance(rng, 0.85) {
                    let body = slab([x, back.min(deep)], [x + length, back.max(deep)], height, 0.4);
                    bodies.push(body);
                }
                x += length + uniform(rng, 0.0, 4.0);
            }
            let mut x = from + uniform(rng, 1.0, 8.0);
            while x < to {
                let y = edge + outward * uniform(rng, 0.5, 0.9);
                bodies.push(if chance(rng, 0.5) {
                    let radius = uniform(rng, 0.05, 0.12);
                    let height = uniform(rng, 2.5, 6.0);
                    pole(x, y, radius, height)
                } else {
                    tree(rng, x, y)
                });
                x += uniform(rng, 7.0, 16.0);
            }
        }
        if open {
            // Kerbs of the arm.
            for x in [near, far] {
                let (a, b) = (edge, edge + outward * 26.0);
                bodies.push(slab([x - 0.15, a.min(b)], [x + 0.15, a.max(b)], 0.13, 0.35));
            }
        }
    }
    bodies.retain(|body| {
        let bounds = body.bounds();
        // Somebody may stand on a kerb's line; nothing else may share its place.
        bounds.size[2] < 0.2 || !kept.iter().any(|other| bounds.collides(other, 0.1))
    });
    bodies
}
