//! Boxes that stand upright and are turned about the vertical axis.

use super::PointCloud;

/// A box in the frame of its points: upright, turned about z.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct OrientedBox {
    /// x, y, z of its middle, in metres.
    pub centre: [f32; 3],
    /// Length (along its heading), width and height, in metres.
    pub size: [f32; 3],
    /// Heading in radians, counter-clockwise from x as seen from above.
    pub yaw: f32,
}

impl OrientedBox {
    /// Whether `point` lies inside or on the box.
    pub fn contains(&self, point: [f32; 3]) -> bool {
        let [dx, dy, dz] = [0, 1, 2].map(|i| f64::from(point[i]) - f64::from(self.centre[i]));
        let (sin, cos) = f64::from(self.yaw).sin_cos();
        let local = [cos * dx + sin * dy, cos * dy - sin * dx, dz];
        local.iter().zip(self.size).all(|(at, size)| at.abs() <= 0.5 * f64::from(size) + 1e-6)
    }

    /// The box grown by `margin` metres on every side.
    #[must_use]
    pub fn grown(&self, margin: f32) -> Self {
        Self { size: self.size.map(|s| (s + 2.0 * margin).max(0.0)), ..*self }
    }

    /// The four corners as seen from above, in metres, counter-clockwise from the front left.
    pub fn corners(&self) -> [[f32; 2]; 4] {
        self.footprint().map(|corner| corner.map(|v| v as f32))
    }

    /// Intersection over union of the two boxes as seen from above (heights are ignored), from 0 to 1; 0 where either
    /// has no area or a number that is not finite.
    pub fn iou_bev(&self, other: &Self) -> f32 {
        let areas = self.area() + other.area();
        let shared = self.shared_area(other);
        let union = areas - shared;
        if shared > 0.0 && union.is_finite() { (shared / union).clamp(0.0, 1.0) as f32 } else { 0.0 }
    }

    /// Indices of the points inside the box, ascending.
    pub fn points(&self, points: &[[f32; 3]]) -> Vec<usize> {
        points
            .iter()
            .enumerate()
            .filter(|(_, point)| self.contains(**point))
            .map(|(index, _)| index)
            .collect()
    }

    fn area(&self) -> f64 {
        f64::from(self.size[0]) * f64::from(self.size[1])
    }

    fn footprint(&self) -> [[f64; 2]; 4] {
        let (sin, cos) = f64::from(self.yaw).sin_cos();
        let [x, y, _] = self.centre.map(f64::from);
        let [length, width, _] = self.size.map(|s| 0.5 * f64::from(s));
        [[length, width], [-length, width], [-length, -width], [length, -width]]
            .map(|[a, b]| [x + cos * a - sin * b, y + sin * a + cos * b])
    }

    /// Area in square metres that both boxes cover: one outline cut by the sides of the other.
    fn shared_area(&self, other: &Self) -> f64 {
        if !(self.area() > 0.0 && other.area() > 0.0) {
            return 0.0;
        }
        let mut outline = self.footprint().to_vec();
        let sides = other.footprint();
        for (at, from) in sides.iter().enumerate() {
            let to = sides[(at + 1) % 4];
            let left_of =
                |p: &[f64; 2]| (to[0] - from[0]) * (p[1] - from[1]) - (to[1] - from[1]) * (p[0] - from[0]);
            let mut cut = Vec::with_capacity(outline.len() + 1);
            for (i, here) in outline.iter().enumerate() {
                let next = &outline[(i + 1) % outline.len()];
                let (a, b) = (left_of(here), left_of(next));
                if a >= 0.0 {
                    cut.push(*here);
                }
                if (a >= 0.0) != (b >= 0.0) {
                    let t = a / (a - b);
                    cut.push([here[0] + t * (next[0] - here[0]), here[1] + t * (next[1] - here[1])]);
                }
            }
            outline = cut;
        }
        // Twice the area of a polygon is the sum of the cross products of its corners.
        let twice: f64 =
            outline.iter().zip(outline.iter().cycle().skip(1)).map(|(p, q)| p[0] * q[1] - p[1] * q[0]).sum();
        0.5 * twice.abs()
    }
}

/// Indices of the cloud's points inside `within`, ascending.
pub fn points_in_box(cloud: &PointCloud, within: &OrientedBox) -> Vec<usize> {
    within.points(&cloud.xyz)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::f32::consts::{FRAC_PI_2, FRAC_PI_4};

    const CAR: OrientedBox = OrientedBox { centre: [10.0, 2.0, -1.0], size: [4.0, 2.0, 1.5], yaw: 0.0 };

    #[test]
    fn the_heading_turns_the_long_side() {
        let turned = OrientedBox { yaw: FRAC_PI_2, ..CAR };
        assert!(CAR.contains([11.9, 2.0, -1.0]) && !turned.contains([11.9, 2.0, -1.0]));
        assert!(turned.contains([10.0, 3.9, -1.0]) && !CAR.contains([10.0, 3.9, -1.0]));
        assert!(!CAR.contains([10.0, 2.0, 0.0]));
    }

    #[test]
    fn a_box_turned_half_way_round_is_the_same_box() {
        let turned = OrientedBox { yaw: std::f32::consts::PI, ..CAR };
        assert!((CAR.iou_bev(&turned) - 1.0).abs() < 1e-6);
    }

    #[test]
    fn a_shift_by_half_the_length_leaves_a_third() {
        let moved = OrientedBox { centre: [12.0, 2.0, 5.0], ..CAR };
        assert!((CAR.iou_bev(&moved) - 1.0 / 3.0).abs() < 1e-6);
        assert_eq!(CAR.iou_bev(&OrientedBox { centre: [20.0, 2.0, 0.0], ..CAR }), 0.0);
    }

    #[test]
    fn two_squares_turned_by_an_eighth_share_an_octagon() {
        let square = OrientedBox { centre: [0.0; 3], size: [2.0, 2.0, 1.0], yaw: 0.0 };
        let octagon = 8.0 * (2.0_f32.sqrt() - 1.0);
        let iou = square.iou_bev(&OrientedBox { yaw: FRAC_PI_4, ..square });
        assert!((iou - octagon / (8.0 - octagon)).abs() < 1e-5, "{iou}");
    }

    #[test]
    fn a_box_without_area_overlaps_nothing() {
        let flat = OrientedBox { size: [0.0, 2.0, 1.0], ..CAR };
        assert_eq!((flat.iou_bev(&flat), CAR.iou_bev(&OrientedBox { yaw: f32::NAN, ..CAR })), (0.0, 0.0));
    }

    proptest! {
        #[test]
        fn overlap_is_the_same_both_ways_and_at_most_one(
            x in -3.0_f32..3.0, y in -3.0_f32..3.0, yaw in -4.0_f32..4.0, length in 0.1_f32..6.0,
        ) {
            let other = OrientedBox { centre: [10.0 + x, 2.0 + y, 0.0], size: [length, 1.0, 1.0], yaw };
            let (one, two) = (CAR.iou_bev(&other), other.iou_bev(&CAR));
            prop_assert!((one - two).abs() < 1e-5 && (0.0..=1.0).contains(&one));
        }

        #[test]
        fn a_corner_moved_inwards_is_inside(yaw in -4.0_f32..4.0) {
            let turned = OrientedBox { yaw, ..CAR };
            for [x, y] in turned.corners() {
                let inwards = [x + 0.01 * (10.0 - x), y + 0.01 * (2.0 - y), -1.0];
                prop_assert!(turned.contains(inwards));
            }
        }
    }
}
