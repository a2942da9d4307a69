//! The commands of Talk2Car: what a passenger says, and the object it means.

use super::OrientedBox;
use crate::error::DataError;
use serde::Deserialize;
use std::fs;
use std::path::Path;

/// One command and the object it refers to.
#[derive(Clone, Debug, PartialEq)]
pub struct DrivingCommand {
    /// What is said.
    pub command: String,
    /// Class of the object, such as `vehicle.car`.
    pub obj_name: String,
    /// The scene it was said in.
    pub scene_token: String,
    /// x, y, z of the object's middle in metres, in the frame of the file.
    pub translation: [f32; 3],
    /// Width, length, height of the object in metres, in the order of nuScenes.
    pub size: [f32; 3],
    /// Rotation of the object as a quaternion, w x y z.
    pub rotation: [f32; 4],
    /// Left, top, width, height in the image, in pixels.
    pub box_2d: [f32; 4],
}

impl DrivingCommand {
    /// The object as an upright box, turned by the rotation about z alone.
    ///
    /// The file gives positions in the camera's frame (x right, y down, z ahead); they are turned into x ahead, y
    /// left, z up. The camera's own tilt is not in the file and is left as it is.
    pub fn oriented_box(&self) -> OrientedBox {
        let [right, down, ahead] = self.translation;
        let [width, length, height] = self.size;
        let norm = self.rotation.iter().map(|v| f64::from(*v).powi(2)).sum::<f64>().sqrt();
        let [w, x, y, z] = self.rotation.map(|v| f64::from(v) / if norm > 0.0 { norm } else { 1.0 });
        // Where the quaternion takes the object's long axis.
        let to_right = 1.0 - 2.0 * (y * y + z * z);
        let to_ahead = 2.0 * (x * z - w * y);
        let yaw = (-to_right).atan2(to_ahead) as f32;
        OrientedBox { centre: [ahead, -right, -down], size: [length, width, height], yaw }
    }
}

#[derive(Deserialize)]
struct Document {
    commands: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    command: String,
    obj_name: String,
    #[serde(default)]
    scene_token: String,
    translation: [Value; 3],
    size: [Value; 3],
    rotation: [Value; 4],
    #[serde(rename = "2d_box")]
    box_2d: [Value; 4],
}

/// A number, written as one or as text: the file has both.
#[derive(Deserialize)]
#[serde(untagged)]
enum Value {
    Number(f64),
    Text(String),
}

impl Value {
    fn get(&self) -> Result<f32, String> {
        let value = match self {
            Self::Number(value) => Some(*value),
            Self::Text(text) => text.trim().parse().ok(),
        };
        let shown = || match self {
            Self::Number(value) => value.to_string(),
            Self::Text(text) => text.clone(),
        };
        let value = value.map(|v| v as f32).filter(|v| v.is_finite());
        value.ok_or_else(|| format!("`{}` is not a number", shown()))
    }
}

fn values<const N: usize>(from: &[Value; N]) -> Result<[f32; N], String> {
    let mut values = [0.0; N];
    for (value, entry) in values.iter_mut().zip(from) {
        *value = entry.get()?;
    }
    Ok(values)
}

impl TryFrom<Entry> for DrivingCommand {
    type Error = String;

    fn try_from(entry: Entry) -> Result<Self, String> {
        Ok(Self {
            translation: values(&entry.translation)?,
            size: values(&entry.size)?,
            rotation: values(&entry.rotation)?,
            box_2d: values(&entry.box_2d)?,
            command: entry.command,
            obj_name: entry.obj_name,
            scene_token: entry.scene_token,
        })
    }
}

/// Reads a Talk2Car file such as `val_commands.json`.
///
/// # Errors
/// A file that cannot be read, JSON of another form (with the line), or a value that is not a number (with the
/// command's place in the list, from 1).
pub fn read_talk2car(path: impl AsRef<Path>) -> Result<Vec<DrivingCommand>, DataError> {
    let path = path.as_ref();
    let bytes = fs::read(path).map_err(DataError::io(path))?;
    parse_talk2car(path, &bytes)
}

/// [`read_talk2car`] from bytes; `path` is for errors only.
///
/// # Errors
/// As there.
pub fn parse_talk2car(path: &Path, bytes: &[u8]) -> Result<Vec<DrivingCommand>, DataError> {
    let document: Document = serde_json::from_slice(bytes).map_err(|e| {
        let message = format!("not a list of Talk2Car commands: {e}");
        DataError::at_line(path, e.line() as u64, message)
    })?;
    let entries = (1..).zip(document.commands);
    let convert = |(number, entry): (usize, Entry)| {
        DrivingCommand::try_from(entry)
            .map_err(|message| DataError::in_file(path, format!("command {number}: {message}")))
    };
    entries.map(convert).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: &str = r#"{"commands": [{"scene_token": "s", "translation": [-12.0, 1.5, 34.0],
        "size": [1.9, 4.7, 2.0], "rotation": ["1", "0", "0", "0"], "command": "turn left behind the car",
        "obj_name": "vehicle.car", "2d_box": [260, 479, 191, 82]}]}"#;

    fn parse(text: &str) -> Result<Vec<DrivingCommand>, DataError> {
        parse_talk2car(Path::new("val.json"), text.as_bytes())
    }

    #[test]
    fn a_command_is_read_with_numbers_written_as_text() {
        let command = &parse(ONE).unwrap()[0];
        assert_eq!((command.rotation, command.box_2d[2]), ([1.0, 0.0, 0.0, 0.0], 191.0));
        assert_eq!(command.command, "turn left behind the car");
    }

    #[test]
    fn its_box_lies_ahead_and_to_the_left() {
        let found = parse(ONE).unwrap()[0].oriented_box();
        assert_eq!((found.centre, found.size), ([34.0, 12.0, -1.5], [4.7, 1.9, 2.0]));
        assert!((found.yaw + std::f32::consts::FRAC_PI_2).abs() < 1e-6);
    }

    #[test]
    fn a_word_that_is_no_number_and_another_form_are_named() {
        let message = parse(&ONE.replace("\"0\"", "\"none\"")).unwrap_err().to_string();
        assert!(message.contains("command 1") && message.contains("none"), "{message}");
        let message = parse("{\n\"orders\": []}").unwrap_err().to_string();
        assert!(message.starts_with("val.json:2:"), "{message}");
    }
}
