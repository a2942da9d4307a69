//! A ray-cast LiDAR simulator of junctions, with driving commands that each refer to one object.
//!
//! A sample is four sweeps at 10 Hz of a random road with kerbs, houses, poles, trees and 4 to 10 road
//! users of seven categories, and a command such as "turn right, give way to the e-bike". The referred
//! object is found by geometry and motion: paths, lanes, sides, standing or moving, oncoming or
//! crossing, rank and relation to another object. Exactly one object meets the command, with a margin;
//! others of its category are there in a known share of scenes.
//!
//! Frames: x forward, y left, z up, metres; ground at z = 0, sensor at 1.8 m. Traffic keeps right.
//!
//! ```
//! use sensorium_data::street::{self, Split};
//!
//! let sample = street::sample(1, Split::Train, 0);
//! assert_eq!(sample.sweeps.len(), 4);
//! let found = street::oracle(&sample.query, sample.states(), &sample.road);
//! assert_eq!(found, Some(sample.referent));
//! ```

mod baseline;
mod body;
mod category;
mod clutter;
mod family;
mod frames;
mod geometry;
mod lidar;
mod nouns;
mod primitive;
mod query;
mod random;
mod road;
mod sample;
mod scene;
mod traffic;

#[cfg(test)]
mod tests;

pub use baseline::{category_only, nearest_in_path, oracle};
pub use category::Category;
pub use family::Family;
pub use geometry::{OrientedBox, Pose};
pub use lidar::{Lidar, Sweep};
pub use query::{Condition, Query, Side, State};
pub use road::{Layout, Manoeuvre, Road};
pub use sample::{PERIOD_MICROS, REFERENT_POINTS, RIVAL_POINTS, SWEEPS, Sample, Split, sample, sample_with};
pub use scene::Object;
use sha2::{Digest, Sha256};

/// Version of the simulator: what a seed gives is frozen for a version.
pub const VERSION: &str = "1.0";

/// SHA-256 over two samples of each split: commands, referents and points rounded to a centimetre.
pub fn digest() -> String {
    let mut hash = Sha256::new();
    hash.update(VERSION.as_bytes());
    for split in [Split::Train, Split::Validation, Split::Test] {
        for index in 0..2 {
            let sample = sample(7, split, index);
            hash.update(format!("{}|{}|{}", sample.command, sample.referent, sample.objects.len()));
            for [x, y, z, _] in sample.sweeps.iter().flat_map(|sweep| &sweep.points) {
                hash.update(format!("{x:.2},{y:.2},{z:.2};"));
            }
        }
    }
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}
