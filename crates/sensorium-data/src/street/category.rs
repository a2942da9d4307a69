//! The seven categories of road users and the solids that each is built of.

use super::primitive::Primitive;
use super::random::{chance, uniform};
use rand::Rng;

/// What kind of road user an object is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Category {
    /// A passenger car.
    Car,
    /// A lorry with a cab and a box.
    Truck,
    /// A bus.
    Bus,
    /// An electric bicycle and its rider.
    EBike,
    /// A bicycle and its rider.
    Bicycle,
    /// Somebody on foot.
    Pedestrian,
    /// A kick scooter and its rider.
    Scooter,
}

impl Category {
    /// All categories, in the order of [`Self::index`].
    pub const ALL: [Self; 7] =
        [Self::Car, Self::Truck, Self::Bus, Self::EBike, Self::Bicycle, Self::Pedestrian, Self::Scooter];

    /// Place in [`Self::ALL`], `0..7`.
    pub fn index(self) -> usize {
        self as usize
    }

    /// A stable name in lower case.
    pub fn name(self) -> &'static str {
        ["car", "truck", "bus", "e-bike", "bicycle", "pedestrian", "scooter"][self.index()]
    }

    /// Whether it keeps to the lanes of motor traffic.
    pub fn is_motor(self) -> bool {
        matches!(self, Self::Car | Self::Truck | Self::Bus)
    }

    /// Lowest and highest speed when it moves, m/s.
    pub(super) fn speeds(self) -> (f32, f32) {
        match self {
            Self::Car => (2.5, 11.0),
            Self::Truck | Self::Bus => (2.0, 8.5),
            Self::EBike => (3.0, 7.0),
            Self::Bicycle => (2.0, 5.5),
            Self::Pedestrian => (0.8, 1.8),
            Self::Scooter => (2.0, 5.5),
        }
    }

    /// Solids of one random member, x forward, standing on z = 0, its bounding box centred on x = y = 0.
    pub(super) fn build(self, rng: &mut impl Rng) -> Vec<Primitive> {
        let mut parts = match self {
            Self::Car => car(rng),
            Self::Truck => truck(rng),
            Self::Bus => bus(rng),
            Self::EBike => cycle(rng, true),
            Self::Bicycle => cycle(rng, false),
            Self::Pedestrian => pedestrian(rng),
            Self::Scooter => scooter(rng),
        };
        let (low, high) = extent(&parts);
        let shift = [-0.5 * (low[0] + high[0]), -0.5 * (low[1] + high[1]), -low[2]];
        parts.iter_mut().for_each(|part| *part = part.moved(shift));
        parts
    }
}

/// The lowest and highest corner of the box about some solids, m.
pub(super) fn extent(parts: &[Primitive]) -> ([f32; 3], [f32; 3]) {
    let start = ([f32::INFINITY; 3], [f32::NEG_INFINITY; 3]);
    parts.iter().map(Primitive::bounds).fold(start, |(low, high), (a, b)| {
        (std::array::from_fn(|i| low[i].min(a[i])), std::array::from_fn(|i| high[i].max(b[i])))
    })
}

/// A box from its lowest and highest corner.
fn span(low: [f32; 3], high: [f32; 3]) -> Primitive {
    Primitive::Block {
        centre: std::array::from_fn(|i| 0.5 * (low[i] + high[i])),
        half: std::array::from_fn(|i| 0.5 * (high[i] - low[i])),
    }
}

/// A wheel that rolls along x.
fn wheel(x: f32, y: f32, radius: f32, half: f32) -> Primitive {
    Primitive::Cylinder { centre: [x, y, radius], radius, half, axis: 1 }
}

/// Four wheels of a body of length `l` and width `w`.
fn wheels(l: f32, w: f32, radius: f32) -> impl Iterator<Item = Primitive> {
    [(0.32, 0.44), (0.32, -0.44), (-0.3, 0.44), (-0.3, -0.44)]
        .into_iter()
        .map(move |(x, y)| wheel(x * l, y * w, radius, 0.11))
}

fn car(rng: &mut impl Rng) -> Vec<Primitive> {
    let (l, w, h) = (uniform(rng, 3.6, 5.1), uniform(rng, 1.65, 1.95), uniform(rng, 1.4, 1.85));
    // An estate's cabin reaches the tail; a saloon's does not.
    let tail = if chance(rng, 0.5) { -0.49 } else { uniform(rng, -0.4, -0.3) };
    let waist = h * uniform(rng, 0.52, 0.6);
    let mut parts = vec![
        span([-0.5 * l, -0.5 * w, 0.2], [0.5 * l, 0.5 * w, waist]),
        span([tail * l, -0.43 * w, waist], [uniform(rng, 0.14, 0.24) * l, 0.43 * w, h]),
    ];
    parts.extend(wheels(l, w, 0.32));
    parts
}

fn truck(rng: &mut impl Rng) -> Vec<Primitive> {
    let (l, w, h) = (uniform(rng, 6.0, 10.5), uniform(rng, 2.2, 2.55), uniform(rng, 2.9, 3.8));
    let cab = uniform(rng, 1.7, 2.3);
    let mut parts = vec![
        span([0.5 * l - cab, -0.48 * w, 0.4], [0.5 * l, 0.48 * w, h * uniform(rng, 0.72, 0.9)]),
        span([-0.5 * l, -0.5 * w, 1.0], [0.5 * l - cab - uniform(rng, 0.2, 0.5), 0.5 * w, h]),
        span([-0.5 * l, -0.4, 0.6], [0.5 * l - cab, 0.4, 1.0]),
    ];
    parts.extend(wheels(l, w, 0.48));
    parts
}

fn bus(rng: &mut impl Rng) -> Vec<Primitive> {
    let (l, w, h) = (uniform(rng, 8.5, 12.5), uniform(rng, 2.4, 2.55), uniform(rng, 2.8, 3.3));
    let mut parts = vec![
        span([-0.5 * l, -0.5 * w, 0.3], [0.5 * l, 0.5 * w, h]),
        span([-0.3 * l, -0.35 * w, h], [0.1 * l, 0.35 * w, h + 0.25]),
    ];
    parts.extend(wheels(l, w, 0.46));
    parts
}

/// Trunk, head and legs of somebody `height` metres tall whose feet are at `z`; the hip is at `x`.
fn person(parts: &mut Vec<Primitive>, x: f32, z: f32, height: f32, stride: f32, girth: f32) {
    let (hip, neck) = (z + 0.48 * height, z + 0.84 * height);
    for side in [1.0, -1.0] {
        let centre = [x + side * stride, 0.09 * side, 0.5 * (z + hip)];
        parts.push(Primitive::Cylinder { centre, radius: 0.075, half: 0.5 * (hip - z), axis: 2 });
        parts.push(span(
            [x - 0.06, 0.24 * girth * side - 0.05, hip],
            [x + 0.06, 0.24 * girth * side + 0.05, neck - 0.05],
        ));
    }
    parts.push(Primitive::Cylinder {
        centre: [x, 0.0, 0.5 * (hip + neck)],
        radius: 0.19 * girth,
        half: 0.5 * (neck - hip),
        axis: 2,
    });
    parts.push(Primitive::Ball { centre: [x, 0.0, z + 0.92 * height], radius: 0.075 * height });
}

fn pedestrian(rng: &mut impl Rng) -> Vec<Primitive> {
    let mut parts = Vec::new();
    let (height, stride, girth) = (uniform(rng, 1.5, 1.95), uniform(rng, 0.0, 0.2), uniform(rng, 0.9, 1.25));
    person(&mut parts, 0.0, 0.0, height, stride, girth);
    if chance(rng, 0.3) {
        // A rucksack.
        parts.push(span([-0.38, -0.15, 0.52 * height], [-0.15, 0.15, 0.8 * height]));
    }
    parts
}

/// A cycle; the electric one has a heavier frame, a battery, fatter wheels and a rider who sits upright.
fn cycle(rng: &mut impl Rng, electric: bool) -> Vec<Primitive> {
    let base = uniform(rng, 0.98, 1.1) * if electric { 1.08 } else { 1.0 };
    let radius = if electric { uniform(rng, 0.32, 0.36) } else { uniform(rng, 0.33, 0.36) };
    let (tyre, tube) = if electric { (0.045, 0.045) } else { (0.018, 0.02) };
    let (rear, front) = (-0.5 * base, 0.5 * base);
    let mut parts = vec![
        wheel(rear, 0.0, radius, tyre),
        wheel(front, 0.0, radius, tyre),
        span([-0.2, -tube, 0.8], [0.42, tube, 0.8 + 2.0 * tube]),
        span([-0.1, -tube, 0.3], [0.0, tube, 0.9]),
        span([front - 0.12, -tube, 0.35], [front - 0.05, tube, 1.05]),
        span([front - 0.14, -0.3, 1.02], [front - 0.08, 0.3, 1.06]),
    ];
    if electric {
        parts.push(span([-0.02, -0.07, 0.36], [0.36, 0.07, 0.72]));
        parts.push(span([rear - 0.2, -0.13, 0.72], [rear + 0.25, 0.13, 0.82]));
    }
    let seat = uniform(rng, 0.92, 1.02);
    let reach = if electric { uniform(rng, 0.0, 0.06) } else { uniform(rng, 0.2, 0.34) };
    let (trunk, x) = (uniform(rng, 0.5, 0.6) - 0.4 * reach, -0.22);
    // The trunk leans: two blocks, the upper one further forward.
    for (low, high, ahead) in [(0.0, 0.5, 0.25), (0.5, 1.0, 0.75)] {
        let at = x + ahead * reach;
        parts.push(span([at - 0.13, -0.19, seat + low * trunk], [at + 0.13, 0.19, seat + high * trunk]));
    }
    parts.push(Primitive::Ball { centre: [x + 1.1 * reach, 0.0, seat + trunk + 0.14], radius: 0.13 });
    let lift = uniform(rng, 0.0, 0.25);
    for (side, foot) in [(1.0, 0.25 + lift), (-1.0, 0.5 - lift)] {
        let y = 0.13 * side;
        parts.push(span([x, y - 0.07, seat - 0.15], [x + 0.4, y + 0.07, seat + 0.02]));
        parts.push(span([x + 0.25, y - 0.05, foot], [x + 0.38, y + 0.05, seat - 0.1]));
        parts
            .push(span([x + 0.1 + reach, 0.24 * side - 0.04, 1.05], [front - 0.1, 0.24 * side + 0.04, 1.17]));
    }
    parts
}

fn scooter(rng: &mut impl Rng) -> Vec<Primitive> {
    let (base, stem) = (uniform(rng, 0.85, 1.05), uniform(rng, 1.0, 1.2));
    let (rear, front) = (-0.5 * base, 0.5 * base);
    let mut parts = vec![
        wheel(rear, 0.0, 0.11, 0.025),
        wheel(front, 0.0, 0.11, 0.025),
        span([rear, -0.08, 0.1], [front - 0.1, 0.08, 0.17]),
        span([front - 0.06, -0.025, 0.15], [front, 0.025, stem]),
        span([front - 0.07, -0.24, stem - 0.02], [front - 0.01, 0.24, stem + 0.02]),
    ];
    person(&mut parts, -0.12, 0.17, uniform(rng, 1.5, 1.9), 0.12, uniform(rng, 0.9, 1.15));
    for side in [1.0, -1.0] {
        let y = 0.22 * side;
        parts.push(span([-0.05, y - 0.04, stem], [front - 0.05, y + 0.04, stem + 0.09]));
    }
    parts
}
