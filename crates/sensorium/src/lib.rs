//! Multimodal perception: the facade over Sensorium's crates.
//!
//! Sensorium turns timestamped recordings of many sensors into one model that weighs its modalities by
//! need, goes on when some of them fail, and says what it looked at. Recordings are described by one
//! `dataset.toml`, or come from the built-in [`rig`](data::rig); a trained model is a folder that loads
//! on any device.
//!
//! | module | what is in it |
//! | --- | --- |
//! | [`data`] | time, streams, recordings, windows, datasets, the rig, sensor failures |
//! | [`nn`] | encoders, training, metrics, the model bundle |
//! | [`fuse`] | the gated multimodal router and the fusions it is measured against |
//! | [`align`] | one space for pictures, video and language; search, grounding, offsets of subtitles |
//! | [`causal`] | causal graphs, discovery, structural causal models, counterfactuals, root causes |
//! | [`tomo`] | computed tomography: geometry, filtered and iterative reconstruction, files |
//! | [`recipes`] | end-to-end studies, and the report page |
//!
//! [`prelude`] has the names that most programs need. From simulated recordings to a prediction with
//! its weights:
//!
//! ```
//! use sensorium::prelude::*;
//!
//! // Ten conditions of a pump stand, eight sensors, five recordings each.
//! let rig = RigConfig { recordings_per_class: 5, seconds: 4.0, ..RigConfig::default() }.init()?;
//! let device = device("cpu")?;
//! let prepared = prepare(&rig, &PipelineConfig::default(), 0, &|_| {})?;
//! let options = FitOptions {
//!     network: FusionConfig { dim: 16, ..FusionConfig::new(FusionKind::Router) },
//!     train: TrainConfig { epochs: 1, ..TrainConfig::default() },
//!     dropout: Dropout::default(),
//!     costs: Costs::default(),
//! };
//! let stop = std::sync::atomic::AtomicBool::new(false);
//! let model = fit(&prepared, &options, &device, None, &stop, &mut |_| {})?;
//!
//! // A bundle is a folder; whatever its kind, it answers as a `Model`.
//! let folder = std::env::temp_dir().join(format!("sensorium-facade-{}", std::process::id()));
//! model.save(&folder)?;
//! let model = load_model(&folder, &device)?;
//! # std::fs::remove_dir_all(&folder)?;
//!
//! let recording = rig.load(rig.indices(Split::Test)[0])?;
//! let window = recording.windows(4_000_000, 4_000_000).next().expect("one window");
//! let example = model.pipeline().example(&window);
//! let answer = &model.predict(&[&example], &|_, _| View::Clean)?[0];
//! assert_eq!(answer.outputs.len(), 10);
//! assert!((answer.weights.iter().sum::<f32>() - 1.0).abs() < 1e-4);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
#![warn(missing_docs)]

mod kinds;
pub mod prelude;

pub use kinds::{kinds, load_model};
pub use sensorium_align as align;
pub use sensorium_causal as causal;
pub use sensorium_data as data;
pub use sensorium_fuse as fuse;
pub use sensorium_nn as nn;
pub use sensorium_nn::device::{Device, device};
pub use sensorium_recipes as recipes;
pub use sensorium_tomo as tomo;

/// Version of Sensorium.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");
