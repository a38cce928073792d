//! Tensors in safetensors files, which other programs can read too.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::Path;

use burn::prelude::Module;
use safetensors::tensor::{Dtype, SafeTensors};

use crate::nn::named::{self, HostTensor, NamedTensors};

/// Why a file of tensors could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum WeightsError {
    #[error("{source}")]
    Io { source: std::io::Error },
    #[error("it is not a file of tensors: {reason}")]
    Format { reason: String },
    #[error("there are none for this part of the model")]
    Absent,
    #[error("they are not for this model: {reason}")]
    Mismatch { reason: String },
    #[error("the compute device failed: {reason}")]
    Device { reason: String },
}

/// Writes all tensors of `module`; give it `module.valid()`.
pub fn save<M: Module>(module: &M, path: &Path) -> Result<(), WeightsError> {
    let tensors = named::collect(module).map_err(|reason| WeightsError::Device { reason })?;
    write(&tensors, path)
}

/// Reads tensors into a module of the same shape.
pub fn load<M: Module>(module: M, path: &Path) -> Result<M, WeightsError> {
    load_part(module, path, |name| Some(name.to_owned()))
}

/// As `load`, of a part of what the file holds: `own` gives the name within the module of a name in the
/// file, `None` where it belongs to another part.
pub fn load_part<M: Module>(
    module: M,
    path: &Path,
    own: impl Fn(&str) -> Option<String>,
) -> Result<M, WeightsError> {
    let tensors = read_part(path, own)?;
    if tensors.is_empty() {
        return Err(WeightsError::Absent);
    }
    named::apply(module, tensors).map_err(|reason| WeightsError::Mismatch { reason })
}

pub fn write(tensors: &NamedTensors, path: &Path) -> Result<(), WeightsError> {
    write_with(tensors, &BTreeMap::new(), path)
}

/// As `write`, with words of the caller's in the file's description. The same tensors and words give the
/// same bytes; one tensor at a time is turned to bytes, so that a large network is not in memory twice.
pub fn write_with(
    tensors: &NamedTensors,
    words: &BTreeMap<&str, String>,
    path: &Path,
) -> Result<(), WeightsError> {
    let io = |source| WeightsError::Io { source };
    let mut words = words.clone();
    words.insert("format", "seam/1".to_owned());
    let mut header =
        serde_json::Map::from_iter([("__metadata__".to_owned(), serde_json::json!(words))]);
    let mut end = 0;
    for (name, tensor) in tensors {
        let start = end;
        end += 4 * tensor.values.len();
        let info = serde_json::json!({
            "dtype": "F32",
            "shape": tensor.shape,
            "data_offsets": [start, end],
        });
        header.insert(name.clone(), info);
    }
    let mut header = serde_json::Value::Object(header).to_string().into_bytes();
    // The format wants numbers to begin at multiples of eight.
    header.resize(header.len().next_multiple_of(8), b' ');

    let mut file = BufWriter::new(File::create(path).map_err(io)?);
    let mut put = |bytes: &[u8]| file.write_all(bytes).map_err(io);
    put(&(header.len() as u64).to_le_bytes())?;
    put(&header)?;
    for tensor in tensors.values() {
        let numbers = tensor.values.iter();
        let bytes: Vec<u8> = numbers.flat_map(|value| value.to_le_bytes()).collect();
        put(&bytes)?;
    }
    file.flush().map_err(io)
}

pub fn read(path: &Path) -> Result<NamedTensors, WeightsError> {
    read_part(path, |name| Some(name.to_owned()))
}

/// As `read`; the tensors that `own` gives a name, under that name.
fn read_part(
    path: &Path,
    own: impl Fn(&str) -> Option<String>,
) -> Result<NamedTensors, WeightsError> {
    let file = std::fs::read(path).map_err(|source| WeightsError::Io { source })?;
    let found = SafeTensors::deserialize(&file).map_err(|err| WeightsError::Format {
        reason: err.to_string(),
    })?;
    found
        .iter()
        .filter_map(|(name, view)| Some((own(name)?, view)))
        .map(|(name, view)| {
            if view.dtype() != Dtype::F32 {
                let reason = format!("{name} holds {:?}, not F32", view.dtype());
                return Err(WeightsError::Format { reason });
            }
            let (numbers, _) = view.data().as_chunks::<4>();
            let tensor = HostTensor {
                shape: view.shape().to_vec(),
                values: numbers.iter().map(|v| f32::from_le_bytes(*v)).collect(),
            };
            Ok((name, tensor))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_come_back_bit_for_bit() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("some.safetensors");
        let tensors = NamedTensors::from([
            (
                "a.weight".to_owned(),
                HostTensor {
                    shape: vec![2, 2],
                    values: vec![1.0, -0.0, f32::MIN_POSITIVE, 1.0e-40],
                },
            ),
            (
                "b".to_owned(),
                HostTensor {
                    shape: vec![1],
                    values: vec![std::f32::consts::PI],
                },
            ),
        ]);
        write(&tensors, &path).unwrap();
        let bits = |tensors: &NamedTensors| -> Vec<u32> {
            let all = tensors.values().flat_map(|tensor| tensor.values.clone());
            all.map(f32::to_bits).collect()
        };
        let again = read(&path).unwrap();
        assert_eq!(bits(&again), bits(&tensors));
        assert_eq!(again, tensors);
    }

    #[test]
    fn a_file_of_something_else_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("some.safetensors");
        std::fs::write(&path, b"not tensors").unwrap();
        assert!(matches!(read(&path), Err(WeightsError::Format { .. })));
        let missing = dir.path().join("missing");
        assert!(matches!(read(&missing), Err(WeightsError::Io { .. })));
    }
}
