//! Files of `torch.save`, through burn-store's reader alone: it parses pickles and executes nothing.

use std::collections::HashMap;
use std::io;
use std::path::Path;

use burn::store::pytorch_reader::{DType, PytorchError, PytorchReader, Tensor};

use crate::nn::import::ImportError;
use crate::nn::import::numbers::Number;
use crate::nn::import::source::{Entries, Entry};

#[derive(Debug)]
pub struct PyTorchFile {
    tensors: HashMap<String, Tensor>,
}

impl PyTorchFile {
    /// Reads the pickle, not the tensors; a whole saved module counts as its dictionary of tensors.
    pub fn open(path: &Path) -> Result<(Self, Entries), ImportError> {
        let reader = PytorchReader::new(path).map_err(|err| match err {
            PytorchError::Io(source) if source.kind() != io::ErrorKind::UnexpectedEof => {
                ImportError::io(path, source)
            }
            err => ImportError::format(path, err),
        })?;
        let tensors = reader.into_tensors();
        let entry = |tensor: &Tensor| Entry {
            shape: tensor.shape().to_vec(),
            number: number_of(tensor.dtype()),
        };
        let entries = tensors
            .iter()
            .map(|(key, tensor)| (key.clone(), entry(tensor)))
            .collect();
        Ok((Self { tensors }, entries))
    }

    /// The bytes of one tensor, little-endian.
    pub fn read(&self, key: &str) -> io::Result<Vec<u8>> {
        let tensor = self.tensors.get(key);
        let missing = || io::Error::new(io::ErrorKind::InvalidData, "it is not in the file");
        let mut bytes = tensor.ok_or_else(missing)?.read()?;
        // The reader gives the machine's own order.
        if cfg!(target_endian = "big") {
            let size = tensor.map_or(1, |tensor| tensor.dtype().size());
            bytes.chunks_exact_mut(size).for_each(<[u8]>::reverse);
        }
        Ok(bytes)
    }
}

fn number_of(dtype: DType) -> Option<Number> {
    match dtype {
        DType::F16 => Some(Number::F16),
        DType::BF16 => Some(Number::Bf16),
        DType::F32 => Some(Number::F32),
        DType::F64 => Some(Number::F64),
        DType::I64
        | DType::I32
        | DType::I16
        | DType::I8
        | DType::U64
        | DType::U32
        | DType::U16
        | DType::U8
        | DType::Bool => None,
    }
}
