//! The types of numbers that files hold, and their way to `f32`.

/// The type of a file's values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SampleType {
    /// 8-bit unsigned integer.
    U8,
    /// 8-bit signed integer.
    I8,
    /// 16-bit unsigned integer.
    U16,
    /// 16-bit signed integer.
    I16,
    /// 32-bit unsigned integer.
    U32,
    /// 32-bit signed integer.
    I32,
    /// 64-bit unsigned integer.
    U64,
    /// 64-bit signed integer.
    I64,
    /// 32-bit float.
    F32,
    /// 64-bit float.
    F64,
}

/// Which byte of a value comes first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ByteOrder {
    /// The lowest.
    #[default]
    Little,
    /// The highest.
    Big,
}

impl SampleType {
    /// Bytes of one value.
    pub fn bytes(self) -> usize {
        match self {
            Self::U8 | Self::I8 => 1,
            Self::U16 | Self::I16 => 2,
            Self::U32 | Self::I32 | Self::F32 => 4,
            Self::U64 | Self::I64 | Self::F64 => 8,
        }
    }

    /// Turns a file's bytes into `f32`; `bytes` holds as many values as `into`.
    pub(super) fn decode(self, order: ByteOrder, bytes: &[u8], into: &mut [f32]) {
        macro_rules! decode {
            ($kind:ty) => {
                match order {
                    ByteOrder::Little => each(bytes, into, |b| <$kind>::from_le_bytes(b) as f32),
                    ByteOrder::Big => each(bytes, into, |b| <$kind>::from_be_bytes(b) as f32),
                }
            };
        }
        match self {
            Self::U8 => decode!(u8),
            Self::I8 => decode!(i8),
            Self::U16 => decode!(u16),
            Self::I16 => decode!(i16),
            Self::U32 => decode!(u32),
            Self::I32 => decode!(i32),
            Self::U64 => decode!(u64),
            Self::I64 => decode!(i64),
            Self::F32 => decode!(f32),
            Self::F64 => decode!(f64),
        }
    }
}

impl SampleType {
    /// A file's bytes as `f64`, for values such as angles.
    pub(super) fn decode_f64(self, order: ByteOrder, bytes: &[u8]) -> Vec<f64> {
        let mut narrow = vec![0.0; bytes.len() / self.bytes()];
        match (self, order) {
            (Self::F64, ByteOrder::Little) => {
                bytes.as_chunks().0.iter().map(|b| f64::from_le_bytes(*b)).collect()
            }
            (Self::F64, ByteOrder::Big) => {
                bytes.as_chunks().0.iter().map(|b| f64::from_be_bytes(*b)).collect()
            }
            _ => {
                self.decode(order, bytes, &mut narrow);
                narrow.into_iter().map(f64::from).collect()
            }
        }
    }
}

fn each<const N: usize>(bytes: &[u8], into: &mut [f32], value: impl Fn([u8; N]) -> f32) {
    let (values, _) = bytes.as_chunks::<N>();
    for (out, bytes) in into.iter_mut().zip(values) {
        *out = value(*bytes);
    }
}

/// Writes values as little-endian `f32`; `into` has four bytes for each.
pub(super) fn encode_f32(values: &[f32], into: &mut [u8]) {
    let (places, _) = into.as_chunks_mut::<4>();
    for (place, value) in places.iter_mut().zip(values) {
        *place = value.to_le_bytes();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_type_is_decoded_in_both_byte_orders() {
        let decode = |kind: SampleType, order, bytes: &[u8]| {
            let mut out = vec![0.0; bytes.len() / kind.bytes()];
            kind.decode(order, bytes, &mut out);
            out
        };
        assert_eq!(decode(SampleType::U8, ByteOrder::Little, &[200, 1]), [200.0, 1.0]);
        assert_eq!(decode(SampleType::I8, ByteOrder::Big, &[0xff]), [-1.0]);
        assert_eq!(decode(SampleType::U16, ByteOrder::Little, &[1, 2]), [513.0]);
        assert_eq!(decode(SampleType::U16, ByteOrder::Big, &[1, 2]), [258.0]);
        assert_eq!(decode(SampleType::I16, ByteOrder::Little, &[0xfe, 0xff]), [-2.0]);
        assert_eq!(decode(SampleType::I32, ByteOrder::Big, &(-70_000_i32).to_be_bytes()), [-70_000.0]);
        assert_eq!(decode(SampleType::U32, ByteOrder::Little, &7_u32.to_le_bytes()), [7.0]);
        assert_eq!(decode(SampleType::I64, ByteOrder::Little, &(-3_i64).to_le_bytes()), [-3.0]);
        assert_eq!(decode(SampleType::U64, ByteOrder::Big, &9_u64.to_be_bytes()), [9.0]);
        assert_eq!(decode(SampleType::F64, ByteOrder::Big, &0.25_f64.to_be_bytes()), [0.25]);
        let mut bytes = [0; 8];
        encode_f32(&[1.5, -2.0], &mut bytes);
        assert_eq!(decode(SampleType::F32, ByteOrder::Little, &bytes), [1.5, -2.0]);
    }
}
