//! Point clouds of spinning lidars: files, boxes, ground, clusters and tracks.
//!
//! Coordinates are metres in the sensor's frame: x ahead, y to the left, z up. [`read_points`] reads PCD v0.7 and the
//! `.bin` files of KITTI; [`remove_ground`] parts the ground from what stands on it, [`cluster`] groups what is near
//! each other, and [`track`] follows the groups from sweep to sweep.
//!
//! ```
//! use sensorium_data::points::{ClusterConfig, cluster};
//! let points = [[0.0, 0.0, 0.0], [0.3, 0.0, 0.0], [9.0, 0.0, 0.0]];
//! let config = ClusterConfig { min_points: 1, ..ClusterConfig::default() };
//! assert_eq!(cluster(&points, &config).unwrap().len(), 2);
//! ```

mod cloud;
mod cluster;
mod ground;
mod kitti;
mod lzf;
mod oriented_box;
mod pcd;
mod pcd_header;
mod pcd_write;
mod talk2car;
mod track;
mod velodyne;

pub use cloud::{PointCloud, read_points};
pub use cluster::{Cluster, ClusterConfig, cluster};
pub use ground::{Ground, GroundConfig, remove_ground};
pub use kitti::{
    KittiCalibration, KittiLabel, parse_kitti_calibration, parse_kitti_labels, read_kitti_calibration,
    read_kitti_labels,
};
pub use oriented_box::{OrientedBox, points_in_box};
pub use pcd::parse_pcd;
pub use pcd_write::{to_pcd, write_pcd};
pub use talk2car::{DrivingCommand, parse_talk2car, read_talk2car};
pub use track::{EgoPose, Sweep, Track, TrackConfig, track};
pub use velodyne::parse_velodyne;
