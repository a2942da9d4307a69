//! Where tensors live, chosen at run time by name.

use crate::error::NnError;
pub use burn::tensor::Device;

/// The device of that name: `cpu`, `cuda:N` or `wgpu:N`.
///
/// # Errors
/// A name that is none of these, or a device that this build has no backend for.
pub fn device(name: &str) -> Result<Device, NnError> {
    let (kind, number) = name.split_once(':').map_or((name, None), |(kind, number)| (kind, Some(number)));
    let numbered = number.is_none_or(|n| n.parse::<u16>().is_ok());
    match kind {
        "cpu" if number.is_none() => Ok(Device::flex()),
        "cuda" | "wgpu" if numbered => Err(NnError::Invalid(format!(
            "device {name}: this build has no {kind} backend (feature `{kind}`); use --device cpu"
        ))),
        _ => Err(NnError::Invalid(format!("there is no device {name:?}; use cpu, cuda:N or wgpu:N"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cpu_is_always_there() {
        assert!(device("cpu").is_ok());
    }

    #[test]
    fn a_backend_that_was_not_built_is_named() {
        let message = device("cuda:0").unwrap_err().to_string();
        assert!(message.contains("feature `cuda`"), "{message}");
    }

    #[test]
    fn other_names_are_answered_with_the_known_ones() {
        for name in ["tpu", "cuda:x", "cpu:0", ""] {
            assert!(device(name).unwrap_err().to_string().contains("use cpu, cuda:N or wgpu:N"), "{name}");
        }
    }
}
