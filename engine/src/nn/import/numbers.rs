//! Kinds of numbers that weights are stored as.

use burn::tensor::{bf16, f16};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Number {
    F16,
    Bf16,
    F32,
    F64,
}

impl Number {
    /// Little-endian bytes to numbers; bytes after the last whole number are left out. A number of `F64`
    /// too large becomes infinite.
    pub fn decode(self, bytes: &[u8]) -> Vec<f32> {
        let pairs = || bytes.as_chunks::<2>().0.iter().copied();
        match self {
            Self::F16 => pairs().map(|b| f16::from_le_bytes(b).to_f32()).collect(),
            Self::Bf16 => pairs().map(|b| bf16::from_le_bytes(b).to_f32()).collect(),
            Self::F32 => {
                let numbers = bytes.as_chunks::<4>().0.iter();
                numbers.map(|b| f32::from_le_bytes(*b)).collect()
            }
            Self::F64 => {
                let numbers = bytes.as_chunks::<8>().0.iter();
                numbers.map(|b| f64::from_le_bytes(*b) as f32).collect()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_reads_one_and_a_half_and_minus_two() {
        // torch.tensor([1.5, -2.0], dtype=..).view(torch.uint8).tolist()
        let check = |number: Number, bytes: &[u8]| {
            assert_eq!(number.decode(bytes), [1.5, -2.0], "{number:?}");
        };
        check(Number::F16, &[0, 62, 0, 192]);
        check(Number::Bf16, &[192, 63, 0, 192]);
        check(Number::F32, &[0, 0, 192, 63, 0, 0, 0, 192]);
        check(
            Number::F64,
            &[0, 0, 0, 0, 0, 0, 248, 63, 0, 0, 0, 0, 0, 0, 0, 192],
        );
    }
}
