//! What bodies are made of, and where a ray meets it.

/// A ray in the frame of a body.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ray {
    /// Where it starts, m.
    pub origin: [f32; 3],
    /// Unit direction.
    pub direction: [f32; 3],
}

/// Where a ray meets a surface.
#[derive(Clone, Copy, Debug)]
pub(super) struct Meeting {
    /// Range, m.
    pub range: f32,
    /// Cosine between the ray and the surface's normal, `[0, 1]`.
    pub cosine: f32,
}

/// A simple solid in the frame of its body (m).
#[derive(Clone, Copy, Debug)]
pub(super) enum Primitive {
    /// A box along the axes: centre and half sizes.
    Block { centre: [f32; 3], half: [f32; 3] },
    /// A cylinder along an axis (1 = y: a disc or wheel; 2 = z: a pole): centre, radius, half length.
    Cylinder { centre: [f32; 3], radius: f32, half: f32, axis: usize },
    /// A ball.
    Ball { centre: [f32; 3], radius: f32 },
}

impl Primitive {
    /// The lowest and highest corner of the box about it.
    pub(super) fn bounds(&self) -> ([f32; 3], [f32; 3]) {
        let (centre, half) = match *self {
            Self::Block { centre, half } => (centre, half),
            Self::Cylinder { centre, radius, half, axis } => {
                let mut sizes = [radius; 3];
                sizes[axis] = half;
                (centre, sizes)
            }
            Self::Ball { centre, radius } => (centre, [radius; 3]),
        };
        (std::array::from_fn(|i| centre[i] - half[i]), std::array::from_fn(|i| centre[i] + half[i]))
    }

    /// The same solid moved by `shift` metres.
    pub(super) fn moved(mut self, shift: [f32; 3]) -> Self {
        let (Self::Block { centre, .. } | Self::Cylinder { centre, .. } | Self::Ball { centre, .. }) =
            &mut self;
        for (c, s) in centre.iter_mut().zip(shift) {
            *c += s;
        }
        self
    }

    /// The nearest meeting in front of the ray's origin.
    pub(super) fn meet(&self, ray: &Ray) -> Option<Meeting> {
        match *self {
            Self::Block { centre, half } => block(ray, centre, half),
            Self::Cylinder { centre, radius, half, axis } => cylinder(ray, centre, radius, half, axis),
            Self::Ball { centre, radius } => ball(ray, centre, radius),
        }
    }
}

/// Slab method (Kay and Kajiya, 1986).
pub(super) fn block(ray: &Ray, centre: [f32; 3], half: [f32; 3]) -> Option<Meeting> {
    let (mut near, mut far, mut face) = (f32::NEG_INFINITY, f32::INFINITY, 0);
    for axis in 0..3 {
        let (o, d) = (ray.origin[axis] - centre[axis], ray.direction[axis]);
        if d.abs() < 1e-9 {
            if o.abs() > half[axis] {
                return None;
            }
            continue;
        }
        let (a, b) = ((-half[axis] - o) / d, (half[axis] - o) / d);
        if a.min(b) > near {
            (near, face) = (a.min(b), axis);
        }
        far = far.min(a.max(b));
    }
    (near <= far && near > 0.0).then(|| Meeting { range: near, cosine: ray.direction[face].abs() })
}

fn cylinder(ray: &Ray, centre: [f32; 3], radius: f32, half: f32, axis: usize) -> Option<Meeting> {
    let (u, v) = ((axis + 1) % 3, (axis + 2) % 3);
    let o: [f32; 3] = std::array::from_fn(|i| ray.origin[i] - centre[i]);
    let d = ray.direction;
    let mut best: Option<Meeting> = None;
    let a = d[u] * d[u] + d[v] * d[v];
    if a > 1e-12 {
        let b = o[u] * d[u] + o[v] * d[v];
        let disc = b * b - a * (o[u] * o[u] + o[v] * o[v] - radius * radius);
        if disc < 0.0 {
            return None;
        }
        let range = (-b - disc.sqrt()) / a;
        if range > 0.0 && (o[axis] + range * d[axis]).abs() <= half {
            let normal = [(o[u] + range * d[u]) / radius, (o[v] + range * d[v]) / radius];
            best = Some(Meeting { range, cosine: (normal[0] * d[u] + normal[1] * d[v]).abs().min(1.0) });
        }
    }
    if d[axis].abs() > 1e-9 {
        let range = (-half * d[axis].signum() - o[axis]) / d[axis];
        let (x, y) = (o[u] + range * d[u], o[v] + range * d[v]);
        let nearer = best.is_none_or(|meeting| range < meeting.range);
        if range > 0.0 && nearer && x * x + y * y <= radius * radius {
            best = Some(Meeting { range, cosine: d[axis].abs() });
        }
    }
    best
}

fn ball(ray: &Ray, centre: [f32; 3], radius: f32) -> Option<Meeting> {
    let o: [f32; 3] = std::array::from_fn(|i| ray.origin[i] - centre[i]);
    let dot = |a: [f32; 3], b: [f32; 3]| a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
    let b = dot(o, ray.direction);
    let disc = b * b - dot(o, o) + radius * radius;
    if disc < 0.0 {
        return None;
    }
    let range = -b - disc.sqrt();
    (range > 0.0).then(|| Meeting { range, cosine: (disc.sqrt() / radius).min(1.0) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ray_meets_each_primitive_at_its_near_side() {
        let ray = Ray { origin: [0.0, 0.0, 1.0], direction: [1.0, 0.0, 0.0] };
        let centre = [10.0, 0.0, 1.0];
        let solids = [
            Primitive::Block { centre, half: [2.0, 1.0, 1.0] },
            Primitive::Cylinder { centre, radius: 2.0, half: 1.0, axis: 2 },
            Primitive::Cylinder { centre, radius: 2.0, half: 0.1, axis: 1 },
            Primitive::Ball { centre, radius: 2.0 },
        ];
        for solid in solids {
            let meeting = solid.meet(&ray).unwrap();
            assert!((meeting.range - 8.0).abs() < 1e-4 && (meeting.cosine - 1.0).abs() < 1e-4, "{solid:?}");
            assert!(solid.moved([0.0, 3.0, 0.0]).meet(&ray).is_none(), "{solid:?}");
        }
    }

    #[test]
    fn a_disc_is_met_on_its_flat_side() {
        let ray = Ray { origin: [0.0, -5.0, 0.3], direction: [0.0, 1.0, 0.0] };
        let disc = Primitive::Cylinder { centre: [0.1, 0.0, 0.3], radius: 0.35, half: 0.05, axis: 1 };
        assert!((disc.meet(&ray).unwrap().range - 4.95).abs() < 1e-4);
    }
}
