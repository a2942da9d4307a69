//! Follows clusters over consecutive sweeps.

use super::Cluster;
use crate::error::DataError;
use crate::time::Timestamp;

/// Where the sensor was during a sweep, in a frame that stands still.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct EgoPose {
    /// x, y, z in metres.
    pub position: [f64; 3],
    /// Heading in radians, counter-clockwise from x as seen from above.
    pub yaw: f64,
}

impl EgoPose {
    /// A point of the sensor's frame in the frame that stands still, in metres.
    pub fn to_world(&self, [x, y, z]: [f32; 3]) -> [f64; 3] {
        let (x, y, z) = (f64::from(x), f64::from(y), f64::from(z));
        let (sin, cos) = self.yaw.sin_cos();
        let [px, py, pz] = self.position;
        [px + cos * x - sin * y, py + sin * x + cos * y, pz + z]
    }
}

/// The clusters of one sweep.
#[derive(Clone, Copy, Debug)]
pub struct Sweep<'a> {
    /// When it was taken.
    pub time: Timestamp,
    /// Where the sensor was; the default for all sweeps gives velocities relative to the sensor.
    pub pose: EgoPose,
    /// What was found in it.
    pub clusters: &'a [Cluster],
}

/// How to follow clusters.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TrackConfig {
    /// Fastest object, in metres per second: how far from its place (or, once it moves, from where it was expected) a
    /// cluster is looked for.
    pub fastest: f64,
    /// Added to that distance, in metres: the centre also moves because other sides are seen.
    pub slack: f64,
    /// Sweeps in which an object may be missing before its track ends.
    pub missing: usize,
}

impl Default for TrackConfig {
    fn default() -> Self {
        Self { fastest: 20.0, slack: 0.3, missing: 1 }
    }
}

/// One object over the sweeps.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Track {
    /// For each sweep the index of its cluster; none where the object was not found.
    pub clusters: Vec<Option<usize>>,
    /// Velocity in metres per second in the frame that stands still, fitted to all places (least squares); none where
    /// the object was found in one sweep only.
    pub velocity: Option<[f32; 3]>,
}

/// A track while it grows.
struct Growing {
    track: Track,
    /// Seconds since the first sweep, and place.
    places: Vec<(f64, [f64; 3])>,
    /// The last sweep it was found in.
    last: usize,
}

impl Growing {
    /// Where it should be at `time`.
    fn expected(&self, time: f64) -> Option<[f64; 3]> {
        let (last, place) = self.places.last()?;
        let velocity = velocity(&self.places).unwrap_or_default();
        Some([0, 1, 2].map(|i| place[i] + velocity[i] * (time - last)))
    }
}

/// Follows the clusters of consecutive `sweeps`: a cluster continues a track where each is the other's nearest and
/// near enough; every other cluster starts a track. The tracks come in the order of their first clusters.
///
/// # Errors
/// Times that do not increase, or a speed or slack below 0.
pub fn track(sweeps: &[Sweep<'_>], config: &TrackConfig) -> Result<Vec<Track>, DataError> {
    let not_below = |v: f64| v.is_finite() && v >= 0.0;
    if !(not_below(config.fastest) && not_below(config.slack)) {
        return Err(DataError::Invalid("tracks: fastest and slack must be numbers not below 0".to_owned()));
    }
    if let Some(at) = sweeps.windows(2).position(|pair| pair[0].time >= pair[1].time) {
        let message = format!(
            "tracks: sweep {} is not later than sweep {}; give the sweeps in order of time",
            at + 2,
            at + 1
        );
        return Err(DataError::Invalid(message));
    }
    let mut tracks: Vec<Growing> = Vec::new();
    for (number, sweep) in sweeps.iter().enumerate() {
        let start = sweeps.first().map_or(sweep.time, |s| s.time);
        let time = sweep.time.as_seconds() - start.as_seconds();
        let places: Vec<[f64; 3]> = sweep.clusters.iter().map(|c| sweep.pose.to_world(c.centre)).collect();
        let matched = match_places(&tracks, &places, number, time, config);
        for (index, (place, continued)) in places.iter().zip(matched).enumerate() {
            let at = continued.unwrap_or_else(|| {
                let track = Track { clusters: vec![None; sweeps.len()], velocity: None };
                tracks.push(Growing { track, places: Vec::new(), last: number });
                tracks.len() - 1
            });
            let grown = &mut tracks[at];
            grown.track.clusters[number] = Some(index);
            grown.places.push((time, *place));
            grown.last = number;
        }
    }
    let finish = |grown: Growing| Track {
        velocity: velocity(&grown.places).map(|v| v.map(|x| x as f32)),
        ..grown.track
    };
    Ok(tracks.into_iter().map(finish).collect())
}

/// For each place the track that it continues.
fn match_places(
    tracks: &[Growing],
    places: &[[f64; 3]],
    number: usize,
    time: f64,
    config: &TrackConfig,
) -> Vec<Option<usize>> {
    let mut nearest_track: Vec<Option<(f64, usize)>> = vec![None; places.len()];
    let mut nearest_place: Vec<Option<(f64, usize)>> = vec![None; tracks.len()];
    for (at, grown) in tracks.iter().enumerate() {
        if number - grown.last > config.missing + 1 {
            continue;
        }
        let Some(expected) = grown.expected(time) else { continue };
        let waited = grown.places.last().map_or(0.0, |(last, _)| time - last);
        let reach = config.fastest * waited + config.slack;
        for (index, place) in places.iter().enumerate() {
            let squares = [0, 1, 2].map(|i| (place[i] - expected[i]).powi(2));
            let distance = squares.iter().sum::<f64>().sqrt();
            if distance > reach {
                continue;
            }
            for (nearest, candidate) in [(&mut nearest_track[index], at), (&mut nearest_place[at], index)] {
                if nearest.is_none_or(|(least, _)| distance < least) {
                    *nearest = Some((distance, candidate));
                }
            }
        }
    }
    let mutual = |(index, nearest): (usize, &Option<(f64, usize)>)| {
        let (_, at) = (*nearest)?;
        (nearest_place[at]?.1 == index).then_some(at)
    };
    nearest_track.iter().enumerate().map(mutual).collect()
}

/// Slope of the places over time; none for fewer than two.
fn velocity(places: &[(f64, [f64; 3])]) -> Option<[f64; 3]> {
    let count = places.len() as f64;
    let mean_time = places.iter().map(|(t, _)| t).sum::<f64>() / count;
    let spread: f64 = places.iter().map(|(t, _)| (t - mean_time).powi(2)).sum();
    (spread > 0.0).then(|| {
        [0, 1, 2].map(|i| places.iter().map(|(t, place)| (t - mean_time) * place[i]).sum::<f64>() / spread)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(centre: [f32; 3]) -> Cluster {
        Cluster { centre, ..Cluster::default() }
    }

    fn sweep(tenths: i64, pose: EgoPose, clusters: &[Cluster]) -> Sweep<'_> {
        Sweep { time: Timestamp::from_micros(tenths * 100_000), pose, clusters }
    }

    const STILL: EgoPose = EgoPose { position: [0.0; 3], yaw: 0.0 };

    #[test]
    fn a_car_and_a_post_are_told_apart_by_their_velocity() {
        let scenes: Vec<_> = (0..4)
            .map(|i| {
                // In another order every time.
                let mut scene = vec![at([10.0 + i as f32, 0.0, 0.0]), at([10.0, 5.0, 0.0])];
                if i % 2 == 1 {
                    scene.reverse();
                }
                scene
            })
            .collect();
        let sweeps: Vec<_> = (0..4).map(|i| sweep(i as i64, STILL, &scenes[i])).collect();
        let tracks = track(&sweeps, &TrackConfig::default()).unwrap();
        assert_eq!(tracks.len(), 2);
        assert_eq!(tracks[0].clusters, [Some(0), Some(1), Some(0), Some(1)]);
        assert!((tracks[0].velocity.unwrap()[0] - 10.0).abs() < 1e-4);
        assert!(tracks[1].velocity.unwrap()[0].abs() < 1e-4);
    }

    #[test]
    fn what_stands_still_has_no_velocity_while_the_sensor_moves_and_turns() {
        let world = [20.0, 4.0, 0.5];
        let poses: Vec<_> =
            (0..3).map(|i| EgoPose { position: [1.5 * i as f64, 0.2, 0.0], yaw: 0.05 * i as f64 }).collect();
        let scenes: Vec<_> = poses
            .iter()
            .map(|pose| {
                let (sin, cos) = pose.yaw.sin_cos();
                let (dx, dy) = (world[0] - pose.position[0], world[1] - pose.position[1]);
                vec![at([(cos * dx + sin * dy) as f32, (cos * dy - sin * dx) as f32, 0.5])]
            })
            .collect();
        let sweeps: Vec<_> = (0..3).map(|i| sweep(i as i64, poses[i], &scenes[i])).collect();
        let tracks = track(&sweeps, &TrackConfig::default()).unwrap();
        assert_eq!(tracks.len(), 1);
        assert!(tracks[0].velocity.unwrap().iter().all(|v| v.abs() < 1e-3), "{tracks:?}");
    }

    #[test]
    fn an_object_may_be_missing_once_but_not_twice() {
        let here = [at([5.0, 0.0, 0.0])];
        let once = [sweep(0, STILL, &here), sweep(1, STILL, &[]), sweep(2, STILL, &here)];
        assert_eq!(track(&once, &TrackConfig::default()).unwrap()[0].clusters, [Some(0), None, Some(0)]);
        let twice = [once[0], once[1], sweep(2, STILL, &[]), sweep(3, STILL, &here)];
        let tracks = track(&twice, &TrackConfig::default()).unwrap();
        assert_eq!((tracks.len(), tracks[0].velocity), (2, None));
    }

    #[test]
    fn a_jump_beyond_the_fastest_object_starts_a_track() {
        let (here, there) = ([at([5.0, 0.0, 0.0])], [at([9.0, 0.0, 0.0])]);
        let sweeps = [sweep(0, STILL, &here), sweep(1, STILL, &there)];
        assert_eq!(track(&sweeps, &TrackConfig::default()).unwrap().len(), 2);
    }

    #[test]
    fn sweeps_out_of_order_are_refused() {
        let sweeps = [sweep(1, STILL, &[]), sweep(1, STILL, &[])];
        let message = track(&sweeps, &TrackConfig::default()).unwrap_err().to_string();
        assert!(message.contains("sweep 2 is not later than sweep 1"), "{message}");
    }
}
