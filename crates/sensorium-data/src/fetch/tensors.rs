//! Writes tensors as a safetensors file, always with the same bytes.

use super::torch_file::Tensor;
use std::fmt::Write as _;

/// The tensors as a safetensors file, in the order of their names. The names go into the header as they are, so
/// anything but letters, digits, `_`, `-` and `.` in them is an error.
pub(super) fn to_safetensors(mut tensors: Vec<Tensor>) -> Result<Vec<u8>, String> {
    tensors.sort_by(|a, b| a.name.cmp(&b.name));
    let mut header = "{".to_owned();
    let mut at = 0;
    for tensor in &tensors {
        let plain = |c: char| c.is_ascii_alphanumeric() || "_-.".contains(c);
        if tensor.name.is_empty() || !tensor.name.chars().all(plain) {
            return Err(format!("`{}` is no name of a tensor", tensor.name));
        }
        let shape: Vec<String> = tensor.shape.iter().map(ToString::to_string).collect();
        let comma = if at == 0 { "" } else { "," };
        let end = at + tensor.bytes.len();
        // Writing to a string does not fail.
        let _ = write!(
            header,
            "{comma}\"{}\":{{\"dtype\":\"F32\",\"shape\":[{}],\"data_offsets\":[{at},{end}]}}",
            tensor.name,
            shape.join(",")
        );
        at = end;
    }
    header.push('}');
    while !header.len().is_multiple_of(8) {
        header.push(' ');
    }
    let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
    bytes.extend(header.into_bytes());
    tensors.iter().for_each(|tensor| bytes.extend(&tensor.bytes));
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tensor(name: &str, values: usize) -> Tensor {
        Tensor { name: name.to_owned(), shape: vec![values], bytes: vec![1; 4 * values] }
    }

    #[test]
    fn the_header_lists_the_tensors_by_name() {
        let bytes = to_safetensors(vec![tensor("b", 1), tensor("a.w", 2)]).unwrap();
        let length = usize::try_from(u64::from_le_bytes(*bytes.first_chunk().unwrap())).unwrap();
        let header: serde_json::Value = serde_json::from_slice(&bytes[8..8 + length]).unwrap();
        assert_eq!(header["a.w"]["data_offsets"], serde_json::json!([0, 8]));
        assert_eq!(header["b"]["data_offsets"], serde_json::json!([8, 12]));
        assert_eq!((bytes.len(), length % 8), (8 + length + 12, 0));
    }

    #[test]
    fn a_name_that_would_break_the_header_is_refused() {
        assert!(to_safetensors(vec![tensor("a\"b", 1)]).is_err());
    }
}
