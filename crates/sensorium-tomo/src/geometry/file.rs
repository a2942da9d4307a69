//! The geometry file: JSON, units in the names, unknown names refused.
//!
//! ```json
//! {
//!   "beam": "cone",
//!   "source_to_axis_mm": 1000, "source_to_detector_mm": 1536,
//!   "angles_deg": { "first": 0, "step": 1, "count": 360 },
//!   "detector": { "columns": 256, "rows": 256, "column_pitch_mm": 1.6, "row_pitch_mm": 1.6 }
//! }
//! ```
//!
//! `angles_deg` may also be a list. Optional: `pitch_mm_per_turn`; in the detector `shape` (`"flat"`,
//! `"curved"`), `column_offset_mm`, `row_offset_mm` and `tilt` with `in_plane_deg`, `about_columns_deg`,
//! `about_rows_deg`.

use super::{Beam, Detector, Distances, Geometry, even_angles_deg};
use crate::TomoError;
use serde::{Deserialize, Serialize};
use std::path::Path;

/// More views than any scan has: a guard against a typing error that would fill the memory.
const MOST_VIEWS: usize = 1 << 24;

#[derive(Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum BeamName {
    Parallel,
    Fan,
    Cone,
}

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Angles {
    List(Vec<f64>),
    Even(EvenAngles),
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct EvenAngles {
    first: f64,
    step: f64,
    count: usize,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct GeometryEntry {
    beam: BeamName,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    source_to_axis_mm: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    source_to_detector_mm: Option<f64>,
    #[serde(default)]
    pitch_mm_per_turn: f64,
    detector: Detector,
    angles_deg: Angles,
}

impl Geometry {
    /// Reads the text of a geometry file.
    ///
    /// # Errors
    /// [`TomoError::Geometry`] with the line, or with the entry that makes no sense.
    pub fn from_json(text: &str) -> Result<Self, TomoError> {
        let entry: GeometryEntry = serde_json::from_str(text).map_err(|e| {
            TomoError::Geometry(format!("{e}; see `sensorium ct simulate --help` for an example"))
        })?;
        entry.geometry()
    }

    /// Reads a geometry file.
    ///
    /// # Errors
    /// [`TomoError::Io`], or what [`Geometry::from_json`] says with the file's name before it.
    pub fn read(path: &Path) -> Result<Self, TomoError> {
        let text = std::fs::read_to_string(path).map_err(TomoError::io(path))?;
        Self::from_json(&text).map_err(|e| match e {
            TomoError::Geometry(message) => TomoError::in_file(path, message),
            other => other,
        })
    }

    /// The text of a geometry file that reads back as this geometry.
    pub fn to_json(&self) -> String {
        serde_json::to_string_pretty(&GeometryEntry::new(self)).unwrap_or_default()
    }
}

impl GeometryEntry {
    fn new(geometry: &Geometry) -> Self {
        let (beam, distances) = match geometry.beam {
            Beam::Parallel => (BeamName::Parallel, None),
            Beam::Fan(distances) => (BeamName::Fan, Some(distances)),
            Beam::Cone(distances) => (BeamName::Cone, Some(distances)),
        };
        Self {
            beam,
            source_to_axis_mm: distances.map(|d| d.source_to_axis_mm),
            source_to_detector_mm: distances.map(|d| d.source_to_detector_mm),
            pitch_mm_per_turn: geometry.pitch_mm_per_turn,
            detector: geometry.detector,
            angles_deg: Angles::List(geometry.angles_deg.clone()),
        }
    }

    fn geometry(self) -> Result<Geometry, TomoError> {
        let missing =
            |name: &str| TomoError::Geometry(format!("{name} is missing; a diverging beam needs it"));
        let distances = |needed: bool| match (self.source_to_axis_mm, self.source_to_detector_mm) {
            (None, None) if !needed => Ok(None),
            (Some(_), _) | (_, Some(_)) if !needed => Err(TomoError::Geometry(
                "a parallel beam has no source: leave source_to_axis_mm and source_to_detector_mm out".into(),
            )),
            (None, _) => Err(missing("source_to_axis_mm")),
            (_, None) => Err(missing("source_to_detector_mm")),
            (Some(source_to_axis_mm), Some(source_to_detector_mm)) => {
                Ok(Some(Distances { source_to_axis_mm, source_to_detector_mm }))
            }
        };
        let beam = match (self.beam, distances(self.beam != BeamName::Parallel)?) {
            (BeamName::Fan, Some(distances)) => Beam::Fan(distances),
            (BeamName::Cone, Some(distances)) => Beam::Cone(distances),
            _ => Beam::Parallel,
        };
        let angles_deg = match self.angles_deg {
            Angles::List(list) => list,
            Angles::Even(even) if even.count > MOST_VIEWS => {
                return Err(TomoError::Geometry(format!(
                    "angles_deg.count is {}; at most {MOST_VIEWS} views",
                    even.count
                )));
            }
            Angles::Even(even) => even_angles_deg(even.first, even.step, even.count),
        };
        Geometry::new(beam, self.detector, angles_deg)?.with_pitch(self.pitch_mm_per_turn)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONE: &str = r#"{ "beam": "cone", "source_to_axis_mm": 1000, "source_to_detector_mm": 1536,
        "angles_deg": { "first": 0, "step": 1, "count": 360 },
        "detector": { "columns": 256, "rows": 128, "column_pitch_mm": 1.6, "row_pitch_mm": 1.5, "row_offset_mm": 2 } }"#;

    #[test]
    fn what_is_written_reads_back_the_same() {
        let geometry = Geometry::from_json(CONE).unwrap();
        assert_eq!(geometry.views(), 360);
        assert_eq!(geometry.detector().row_offset_mm, 2.0);
        assert_eq!(Geometry::from_json(&geometry.to_json()).unwrap(), geometry);
    }

    #[test]
    fn errors_name_the_entry_and_the_remedy() {
        let cases = [
            ("\"cone\"", "\"spiral\"", "unknown variant `spiral`"),
            ("\"source_to_axis_mm\": 1000,", "", "source_to_axis_mm is missing"),
            ("\"columns\": 256", "\"columns\": 0", "0 columns"),
            ("\"columns\": 256", "\"colums\": 256", "unknown field `colums`"),
            ("1.6", "-1.6", "column_pitch_mm is -1.6; it must be above 0"),
            ("\"step\": 1", "\"step\": 0", "angles_deg[0] and angles_deg[1] are both 0: a view is repeated"),
            ("1536", "900", "the detector would stand before the axis"),
            ("\"count\": 360", "\"count\": 0", "there are no angles"),
            ("\"count\": 360", "\"count\": 99999999999", "at most 16777216 views"),
            (
                "\"row_offset_mm\": 2",
                "\"shape\": \"curved\", \"tilt\": {\"in_plane_deg\": 1}",
                "tilt is for flat detectors",
            ),
            ("\"cone\"", "\"parallel\"", "a parallel beam has no source"),
        ];
        for (from, to, expected) in cases {
            let text = CONE.replacen(from, to, 1);
            let error = Geometry::from_json(&text).unwrap_err().to_string();
            assert!(error.contains(expected), "{from} -> {to}: {error}");
        }
    }
}
