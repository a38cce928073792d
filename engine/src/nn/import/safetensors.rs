//! Safetensors files read tensor by tensor, so that a large one never lies in memory as a whole.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};

use safetensors::Dtype;
use safetensors::tensor::Metadata;

use crate::nn::import::ImportError;
use crate::nn::import::numbers::Number;
use crate::nn::import::source::{Entries, Entry};

#[derive(Debug)]
pub struct SafetensorsFile {
    path: PathBuf,
    /// First byte in the file and count, by key.
    places: HashMap<String, (u64, usize)>,
}

impl SafetensorsFile {
    /// What the format allows its description to have.
    pub const MAX_HEADER_BYTES: u64 = 100_000_000;

    /// Checks that the tensors it describes fill the file to its last byte.
    pub fn open(path: &Path) -> Result<(Self, Entries), ImportError> {
        let io = |source| ImportError::io(path, source);
        let mut file = File::open(path).map_err(io)?;
        let file_bytes = file.metadata().map_err(io)?.len();
        let mut length = [0; 8];
        file.read_exact(&mut length).map_err(io)?;
        let header_bytes = u64::from_le_bytes(length);
        let is_inside = header_bytes
            .checked_add(8)
            .is_some_and(|end| end <= file_bytes);
        if Self::MAX_HEADER_BYTES < header_bytes || !is_inside {
            let reason = "it ends within the description of its tensors";
            return Err(ImportError::format(path, reason));
        }
        let mut header = vec![0; header_bytes as usize];
        file.read_exact(&mut header).map_err(io)?;
        let metadata: Metadata =
            serde_json::from_slice(&header).map_err(|err| ImportError::format(path, err))?;

        let data_start = 8 + header_bytes;
        let expected = data_start.saturating_add(metadata.data_len() as u64);
        if expected != file_bytes {
            let reason = format!("it has {file_bytes} bytes and its tensors need {expected}");
            return Err(ImportError::format(path, reason));
        }
        let mut entries = Entries::new();
        let mut places = HashMap::new();
        for key in metadata.offset_keys() {
            let Some(info) = metadata.info(&key) else {
                continue;
            };
            let (start, end) = info.data_offsets;
            places.insert(key.clone(), (data_start + start as u64, end - start));
            let entry = Entry {
                shape: info.shape.clone(),
                number: number_of(info.dtype),
            };
            entries.insert(key, entry);
        }
        let path = path.to_owned();
        Ok((Self { path, places }, entries))
    }

    /// The bytes of one tensor.
    pub fn read(&self, key: &str) -> io::Result<Vec<u8>> {
        let &(start, count) = self
            .places
            .get(key)
            .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "it is not in the file"))?;
        let mut file = File::open(&self.path)?;
        file.seek(SeekFrom::Start(start))?;
        let mut bytes = vec![0; count];
        file.read_exact(&mut bytes)?;
        Ok(bytes)
    }
}

fn number_of(dtype: Dtype) -> Option<Number> {
    match dtype {
        Dtype::F16 => Some(Number::F16),
        Dtype::BF16 => Some(Number::Bf16),
        Dtype::F32 => Some(Number::F32),
        Dtype::F64 => Some(Number::F64),
        _ => None,
    }
}
