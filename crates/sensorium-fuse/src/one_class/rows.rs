//! Rows of channels, and which channels make up a modality.

use super::OneClassError;
use serde::{Deserialize, Serialize};

/// A modality: a named group of channels (columns) that are present or missing together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Modality {
    /// Name, as in the data set's description.
    pub name: String,
    /// Columns of the rows.
    pub channels: Vec<usize>,
}

impl Modality {
    /// A modality of these columns.
    pub fn new(name: impl Into<String>, channels: impl IntoIterator<Item = usize>) -> Self {
        Self { name: name.into(), channels: channels.into_iter().collect() }
    }
}

/// One contiguous run of equally spaced rows, `[row, channel]`, row-major. A NaN is a missing value.
#[derive(Clone, Copy, Debug)]
pub struct Rows<'a> {
    width: usize,
    values: &'a [f64],
}

impl<'a> Rows<'a> {
    /// Rows of `width` channels.
    ///
    /// # Errors
    /// [`OneClassError::Shape`] when the values are no whole number of rows.
    pub fn new(width: usize, values: &'a [f64]) -> Result<Self, OneClassError> {
        if width == 0 || !values.len().is_multiple_of(width) {
            let expected = values.len().next_multiple_of(width.max(1)).max(width);
            return Err(OneClassError::Shape { what: "values", expected, got: values.len() });
        }
        Ok(Self { width, values })
    }

    /// Number of channels.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.values.len() / self.width
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// The rows in order, each `[channel]`.
    pub fn iter(&self) -> impl Iterator<Item = &'a [f64]> + use<'a> {
        self.values.chunks_exact(self.width)
    }
}

/// Checks that the modalities share out the channels: each channel in exactly one of them.
pub(super) fn check_layout(layout: &[Modality], width: usize) -> Result<(), OneClassError> {
    let mut owner = vec![None::<&str>; width];
    for modality in layout {
        if modality.channels.is_empty() {
            return Err(OneClassError::Layout(format!("modality `{}` has no channel", modality.name)));
        }
        for &channel in &modality.channels {
            match owner.get_mut(channel) {
                None => {
                    let name = &modality.name;
                    return Err(OneClassError::Layout(format!(
                        "modality `{name}` names channel {channel}; there are {width}"
                    )));
                }
                Some(Some(other)) => {
                    let name = &modality.name;
                    return Err(OneClassError::Layout(format!(
                        "channel {channel} is in `{other}` and in `{name}`"
                    )));
                }
                Some(free) => *free = Some(&modality.name),
            }
        }
    }
    match owner.iter().position(Option::is_none) {
        Some(channel) => Err(OneClassError::Layout(format!("channel {channel} is in no modality"))),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_channel_has_exactly_one_modality() {
        let of = |channels: &[&[usize]]| {
            let layout: Vec<Modality> =
                channels.iter().map(|c| Modality::new("m", c.iter().copied())).collect();
            check_layout(&layout, 3)
        };
        assert!(of(&[&[0, 2], &[1]]).is_ok());
        for wrong in [&[&[0usize, 1][..]][..], &[&[0, 1], &[1, 2]], &[&[0, 1], &[2, 3]], &[&[0, 1, 2], &[]]] {
            assert!(matches!(of(wrong), Err(OneClassError::Layout(_))));
        }
    }

    #[test]
    fn a_part_of_a_row_is_refused() {
        assert!(Rows::new(2, &[1.0, 2.0, 3.0]).is_err());
        assert!(Rows::new(0, &[]).is_err());
        assert_eq!(Rows::new(2, &[1.0, 2.0]).unwrap().len(), 1);
    }
}
