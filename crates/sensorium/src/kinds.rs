//! The kinds of models that can be loaded: the one place where a new kind is registered.

use sensorium_fuse::FusionModel;
use sensorium_nn::{Device, Model, NnError, bundle};
use std::path::Path;

type Loader = fn(&Path, &Device) -> Result<Box<dyn Model>, NnError>;

/// What a bundle's `kind` may say, and what reads it.
const KINDS: &[(&str, Loader)] = &[(sensorium_fuse::KIND, fusion)];

fn fusion(folder: &Path, device: &Device) -> Result<Box<dyn Model>, NnError> {
    Ok(Box::new(FusionModel::load(folder, device)?))
}

/// Names of the kinds of models that [`load_model`] reads.
pub fn kinds() -> impl Iterator<Item = &'static str> {
    KINDS.iter().map(|(kind, _)| *kind)
}

/// Loads a bundle of any kind from its folder.
///
/// # Errors
/// When the bundle is damaged, from a newer version, or of a kind that this version does not know.
pub fn load_model(folder: &Path, device: &Device) -> Result<Box<dyn Model>, NnError> {
    let card = bundle::load_card(folder)?;
    let Some((_, load)) = KINDS.iter().find(|(kind, _)| *kind == card.kind) else {
        let known: Vec<&str> = kinds().collect();
        return Err(NnError::bundle(
            folder.join("model.toml"),
            format!(
                "kind {:?} is not known to this version (it knows {}); update Sensorium",
                card.kind,
                known.join(", ")
            ),
        ));
    };
    load(folder, device)
}
