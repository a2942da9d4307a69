//! Fitted front ends from a file, which may hold anything.

use super::pipeline::frontend;
use super::{AudioFrontend, Frontend, Pipeline};
use sensorium_data::{Modality, Schema, StreamSpec};

/// More samples, channels, pixels or tokens than any sensor, and few enough to count with.
const MOST: usize = 1 << 20;

impl Pipeline {
    /// Reads `pipeline.json` and checks that it fits the streams and the window of `schema`.
    ///
    /// # Errors
    /// A sentence on what is damaged or does not fit.
    pub fn parse(bytes: &[u8], schema: &Schema) -> Result<Self, String> {
        let pipeline: Self = serde_json::from_slice(bytes)
            .map_err(|e| format!("damaged ({e}); copy the bundle again or train anew"))?;
        if pipeline.frontends.len() != schema.streams.len()
            || pipeline.normalisers.len() != schema.streams.len()
        {
            return Err("has another number of streams than model.toml".into());
        }
        let parts = pipeline.frontends.iter().zip(&pipeline.normalisers).zip(&schema.streams);
        for ((found, normaliser), spec) in parts {
            let fits = pipeline.expects(found, spec, schema);
            if !fits || !normaliser.fits(found.positions()) {
                return Err(format!(
                    "stream {}: the front end is not one for this stream as model.toml describes it; copy the bundle again or train anew",
                    spec.name
                ));
            }
        }
        Ok(pipeline)
    }

    /// Whether `found` is the front end that `spec` calls for. All but a vocabulary follows from the
    /// schema and the configuration.
    fn expects(&self, found: &Frontend, spec: &StreamSpec, schema: &Schema) -> bool {
        let samples = spec.rate.map_or(1.0, |r| r.get() * schema.window.length_ms * 1e-3);
        let [height, width] = spec.size.unwrap_or([1, 1]);
        let reasonable = samples * spec.channels.len().max(1) as f64 <= (1u64 << 30) as f64
            && spec.rate.is_none_or(|r| r.get() <= 1e9)
            && height <= 1 << 14
            && width <= 1 << 14
            && self.config.frames.max(self.config.text_tokens) <= 1 << 14;
        if !reasonable {
            return false;
        }
        match found {
            Frontend::Text(text) => {
                spec.modality == Modality::Text
                    && text.tokens == self.config.text_tokens.max(1)
                    && text.is_whole()
                    && text.vocabulary <= MOST
            }
            other => match (frontend(spec, &[], schema, &self.config), other) {
                // The rate has been through decimal text, which may cost its last bit.
                (Ok(Frontend::Audio(expected)), Frontend::Audio(found)) => {
                    let off = (expected.rate_hz - found.rate_hz).abs();
                    let same = AudioFrontend { rate_hz: found.rate_hz, ..expected.clone() };
                    off <= 1e-12 * expected.rate_hz && same == *found
                }
                (Ok(expected), found) => expected == *found,
                (Err(_), _) => false,
            },
        }
    }
}
