//! How large a run is.

use sensorium_fuse::FusionKind;

/// Sizes of a run of the study.
#[derive(Clone, Debug, PartialEq)]
pub struct Setting {
    /// Simulated machines in each class.
    pub recordings_per_class: usize,
    /// Epochs of every fusion.
    pub epochs: u64,
    /// The fusions, the router first.
    pub fusions: Vec<FusionKind>,
    /// Train each modality alone, for the best single modality.
    pub singles: bool,
    /// Subsets of modalities a k for the upper bound; 0 leaves it out.
    pub subsets: usize,
    /// Healthy machines that the visibility meter is fitted on; 0 leaves out the informative weight.
    pub meter: usize,
}

impl Setting {
    /// Everything.
    pub fn full() -> Self {
        Self {
            recordings_per_class: 120,
            epochs: 14,
            fusions: FusionKind::ALL.to_vec(),
            singles: true,
            subsets: 1,
            meter: 60,
        }
    }

    /// Under a minute on two cores: fewer machines and epochs, no bound and no single modalities.
    pub fn quick() -> Self {
        Self {
            recordings_per_class: 24,
            epochs: 12,
            fusions: vec![FusionKind::Router, FusionKind::Uniform, FusionKind::Transformer],
            singles: false,
            subsets: 0,
            meter: 20,
        }
    }

    /// The demonstration: the router and two rivals.
    pub fn demo() -> Self {
        Self { recordings_per_class: 80, epochs: 8, ..Self::quick() }
    }
}
