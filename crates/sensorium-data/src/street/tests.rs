use super::body::Body;
use super::primitive::Primitive;
use super::random::{Draws, Purpose};
use super::*;
use std::collections::BTreeSet;
use std::sync::LazyLock;

/// A few hundred samples of training and test, made once.
static SAMPLES: LazyLock<Vec<Sample>> = LazyLock::new(|| {
    (0..300).map(|i| sample(1, if i % 3 == 2 { Split::Test } else { Split::Train }, i)).collect()
});

fn crate_at(x: f32, half: [f32; 3], object: Option<u16>) -> Body {
    let part = Primitive::Block { centre: [0.0, 0.0, half[2]], half };
    Body::new(Pose::new(x, 0.0, 0.0), vec![part], 0.5, object)
}

#[test]
fn the_reference_samples_are_the_frozen_ones() {
    assert_eq!(VERSION, "1.0");
    assert_eq!(digest(), "5a951a53730859744bc267b92f2f893d16e61fae8b0ebc76a1f57e29267708c3");
}

#[test]
fn the_oracle_finds_the_stored_referent() {
    let found = |s: &&Sample| oracle(&s.query, s.states(), &s.road) == Some(s.referent);
    assert_eq!(SAMPLES.iter().filter(found).count(), SAMPLES.len());
}

#[test]
fn no_other_object_meets_the_command_even_half_way() {
    for sample in SAMPLES.iter() {
        for index in (0..sample.objects.len()).filter(|&i| i != sample.referent) {
            let score = sample.query.score(index, sample.states(), &sample.road);
            assert!(score <= -1.0 + 1e-3, "{} {score}", sample.command);
        }
    }
}

#[test]
fn the_category_alone_is_right_in_two_thirds_of_samples() {
    let share = SAMPLES.iter().map(category_only).sum::<f64>() / SAMPLES.len() as f64;
    assert!((0.65..0.69).contains(&share), "{share}");
}

#[test]
fn the_nearest_in_the_path_is_not_enough() {
    let right = SAMPLES.iter().filter(|sample| {
        let boxes: Vec<_> = sample.states().iter().map(|s| (s.category, s.bounds)).collect();
        nearest_in_path(sample, &boxes) == Some(sample.referent)
    });
    let share = right.count() as f64 / SAMPLES.len() as f64;
    assert!((0.6..0.85).contains(&share), "{share}");
}

#[test]
fn the_referent_and_its_rivals_are_seen() {
    for sample in SAMPLES.iter() {
        let counts = &sample.sweeps[SWEEPS - 1].counts;
        assert!(counts[sample.referent] >= REFERENT_POINTS);
        for (object, &points) in sample.objects.iter().zip(counts) {
            assert!(object.category != sample.query.category || points >= RIVAL_POINTS, "{}", sample.command);
        }
    }
}

#[test]
fn points_of_an_object_lie_in_its_box() {
    let margin = 4.0 * Lidar::default().noise;
    for sweep in SAMPLES.iter().take(60).flat_map(|sample| &sample.sweeps) {
        for (point, hit) in sweep.points.iter().zip(&sweep.hits) {
            let Some(hit) = *hit else { continue };
            let bounds = &sweep.truth[usize::from(hit)].bounds;
            assert!(bounds.contains([point[0], point[1], point[2]], margin), "{point:?} {bounds:?}");
        }
    }
}

#[test]
fn standing_objects_keep_their_place_in_the_common_frame() {
    for sample in SAMPLES.iter().take(60) {
        let last = sample.states();
        for sweep in &sample.sweeps {
            for (now, then) in sweep.truth.iter().zip(last).filter(|(now, _)| now.speed() == 0.0) {
                let [x, y, _] = sweep.ego.lift(now.bounds.centre);
                let moved = (x - then.bounds.centre[0]).hypot(y - then.bounds.centre[1]);
                assert!(moved < 1e-3, "{moved}");
            }
        }
    }
}

#[test]
fn moving_objects_go_where_their_velocity_points() {
    for sample in SAMPLES.iter().take(60) {
        let (before, last) = (&sample.sweeps[SWEEPS - 2], sample.states());
        for (then, now) in before.truth.iter().zip(last) {
            let [x, y, _] = before.ego.lift(then.bounds.centre);
            let step = [now.bounds.centre[0] - x, now.bounds.centre[1] - y];
            let off = (step[0] / 0.1 - now.velocity[0]).hypot(step[1] / 0.1 - now.velocity[1]);
            assert!(off < 0.05 + 0.1 * now.turn.abs() * now.speed(), "{off} {now:?}");
        }
    }
}

#[test]
fn an_object_behind_a_building_gets_no_points() {
    let mut rng = Draws::new(1, Split::Train, 0).stream(Purpose::Wording);
    let lidar = Lidar::default();
    let car = || crate_at(20.0, [2.0, 0.9, 0.75], Some(0));
    let on_car = |hits: &[Option<u16>]| hits.iter().flatten().count();
    let (_, open) = lidar.cast(&mut rng, &[car()]);
    let (_, hidden) = lidar.cast(&mut rng, &[car(), crate_at(12.0, [1.0, 4.0, 3.0], None)]);
    assert!(on_car(&open) > 50 && on_car(&hidden) == 0, "{} {}", on_car(&open), on_car(&hidden));
}

#[test]
fn some_objects_in_the_scenes_are_hidden() {
    let counts = || SAMPLES.iter().flat_map(|sample| &sample.sweeps[SWEEPS - 1].counts);
    let hidden = counts().filter(|&&count| count == 0).count() as f64 / counts().count() as f64;
    assert!((0.02..0.4).contains(&hidden), "{hidden}");
}

#[test]
fn drop_out_grows_with_range_and_with_incidence() {
    let mut rng = Draws::new(1, Split::Train, 1).stream(Purpose::Wording);
    let lidar = Lidar { beams: 16, top: 0.06, bottom: 0.0, ..Lidar::default() };
    // A wall that fills the view of the middle columns; what is missing was dropped.
    let mut kept = |x: f32| {
        let (points, _) = lidar.cast(&mut rng, &[crate_at(x, [0.5, 0.2 * x, 10.0], Some(0))]);
        points.len() as f64
    };
    let (near, middle, far) = (kept(10.0), kept(30.0), kept(55.0));
    assert!(near > 1.03 * middle && middle > 1.03 * far, "{near} {middle} {far}");
    assert!(lidar.dropout(20.0, 0.1) > lidar.dropout(20.0, 0.9));
}

#[test]
fn ranges_scatter_by_two_centimetres() {
    let mut rng = Draws::new(1, Split::Train, 2).stream(Purpose::Wording);
    let (points, hits) = Lidar::default().cast(&mut rng, &[crate_at(10.0, [0.5, 3.0, 3.0], Some(0))]);
    let on_wall = points.iter().zip(&hits).filter(|(_, hit)| hit.is_some());
    // Points on the front face, at x = 9.5, divided by the ray's slant.
    let errors: Vec<f64> = on_wall
        .map(|([x, y, z, _], _)| f64::from((x - 9.5) * x.hypot(*y).hypot(z - 1.8) / x))
        .filter(|error| error.abs() < 0.1)
        .collect();
    let deviation = (errors.iter().map(|e| e * e).sum::<f64>() / errors.len() as f64).sqrt();
    assert!(errors.len() > 500 && (deviation - 0.02).abs() < 0.002, "{} {deviation}", errors.len());
}

#[test]
fn frames_of_training_and_test_are_disjoint_and_enough() {
    for family in Family::ALL {
        let train: BTreeSet<_> = family.frames(Split::Train).iter().collect();
        let test: BTreeSet<_> = family.frames(Split::Test).iter().collect();
        assert!(train.len() >= 12 && test.len() >= 6, "{family:?} {} {}", train.len(), test.len());
        assert!(train.is_disjoint(&test), "{family:?}");
        assert_eq!(family.frames(Split::Train), family.frames(Split::Validation));
    }
}

#[test]
fn the_frame_of_a_command_is_the_one_that_it_was_made_of() {
    for (i, sample) in SAMPLES.iter().enumerate() {
        let split = if i % 3 == 2 { Split::Test } else { Split::Train };
        let frame = sample.family.frames(split)[sample.frame];
        let ends = frame.rsplit('}').next().unwrap_or("");
        assert!(sample.command.ends_with(ends), "{} {frame}", sample.command);
    }
}

#[test]
fn commands_have_no_empty_slots() {
    for sample in SAMPLES.iter() {
        assert!(!sample.command.contains(['{', '}']) && !sample.command.contains("  "), "{}", sample.command);
    }
}

#[test]
fn the_same_seed_gives_the_same_sample_and_every_split_another() {
    let (a, b) = (sample(5, Split::Train, 9), sample(5, Split::Train, 9));
    assert!(a == b);
    let others = [sample(5, Split::Validation, 9), sample(5, Split::Test, 9), sample(6, Split::Train, 9)];
    assert!(others.iter().all(|other| other.road != a.road && other.sweeps != a.sweeps));
}

#[test]
fn every_category_family_and_layout_occurs() {
    let named: BTreeSet<_> = SAMPLES.iter().map(|sample| sample.query.category).collect();
    let families: BTreeSet<_> = SAMPLES.iter().map(|sample| sample.family).collect();
    assert_eq!((named.len(), families.len()), (7, 10));
    for layout in [Layout::Crossroads, Layout::TLeft, Layout::TRight, Layout::Straight] {
        assert!(SAMPLES.iter().any(|sample| sample.road.layout == layout), "{layout:?}");
    }
}

#[test]
fn the_place_of_the_referent_in_the_list_tells_nothing() {
    let first = SAMPLES.iter().filter(|sample| sample.referent == 0).count() as f64 / SAMPLES.len() as f64;
    assert!((0.08..0.25).contains(&first), "{first}");
}

#[test]
fn a_scene_has_four_to_ten_objects_that_do_not_overlap() {
    for sample in SAMPLES.iter() {
        assert!((4..=10).contains(&sample.objects.len()));
        let states = sample.states();
        for (i, a) in states.iter().enumerate() {
            assert!(states[..i].iter().all(|b| !a.bounds.collides(&b.bounds, 0.0)), "{}", sample.command);
        }
    }
}
