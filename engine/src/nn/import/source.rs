//! A file of tensors as it is: names, shapes and kinds of numbers first, the numbers when asked.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{ErrorKind, Read as _};
use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::nn::import::ImportError;
use crate::nn::import::numbers::Number;
use crate::nn::import::pytorch::PyTorchFile;
use crate::nn::import::safetensors::SafetensorsFile;

/// More tensors than any network has; a file with more is not read on.
const MAX_TENSORS: usize = 100_000;

/// Told from the first bytes, not from the name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum FileKind {
    Safetensors,
    /// All containers of `torch.save`: zip, the stream before it, and the archive before that.
    PyTorch,
}

/// A tensor whose numbers are still in the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub shape: Vec<usize>,
    /// None for integers, truth values and exotic kinds: no weights.
    pub number: Option<Number>,
}

pub type Entries = BTreeMap<String, Entry>;

#[derive(Debug)]
pub struct Source {
    pub kind: FileKind,
    /// By the key in the file, levels of dictionaries joined by dots.
    pub entries: Entries,
    path: PathBuf,
    file: OpenFile,
}

#[derive(Debug)]
enum OpenFile {
    Safetensors(SafetensorsFile),
    PyTorch(PyTorchFile),
}

impl Source {
    /// Reads names and shapes. Nothing in the file is executed: `PyTorch`'s pickles are only parsed, by
    /// burn-store's reader, which knows no more than dictionaries of tensors.
    pub fn open(path: &Path) -> Result<Self, ImportError> {
        let (kind, file, entries) = match kind_of(path)? {
            FileKind::Safetensors => {
                let (file, entries) = SafetensorsFile::open(path)?;
                (FileKind::Safetensors, OpenFile::Safetensors(file), entries)
            }
            FileKind::PyTorch => {
                let (file, entries) = PyTorchFile::open(path)?;
                (FileKind::PyTorch, OpenFile::PyTorch(file), entries)
            }
        };
        let format = |reason: &str| Err(ImportError::format(path, reason));
        if MAX_TENSORS < entries.len() {
            return format("it claims more tensors than any network has");
        }
        if entries.is_empty() {
            return format("there is no tensor in it");
        }
        Ok(Self {
            kind,
            entries,
            path: path.to_owned(),
            file,
        })
    }

    /// The numbers of one tensor, row by row; refuses numbers that are not finite.
    pub fn read(&self, key: &str) -> Result<Vec<f32>, ImportError> {
        let number = self.entries.get(key).and_then(|entry| entry.number);
        let number = number.ok_or_else(|| self.unreadable(key, "it holds no weights"))?;
        let bytes = match &self.file {
            OpenFile::Safetensors(file) => file.read(key),
            OpenFile::PyTorch(file) => file.read(key),
        };
        let bytes = bytes.map_err(|source| match source.kind() {
            ErrorKind::InvalidData | ErrorKind::UnexpectedEof => self.unreadable(key, &source),
            _ => ImportError::io(&self.path, source),
        })?;
        let values = number.decode(&bytes);
        if !values.iter().all(|value| value.is_finite()) {
            return Err(self.unreadable(key, "it holds numbers that are not finite"));
        }
        Ok(values)
    }

    fn unreadable(&self, key: &str, reason: impl std::fmt::Display) -> ImportError {
        ImportError::format(&self.path, format!("{key}: {reason}"))
    }
}

/// Safetensors open with the length of their description and its first brace.
fn kind_of(path: &Path) -> Result<FileKind, ImportError> {
    let io = |source| ImportError::io(path, source);
    let mut file = File::open(path).map_err(io)?;
    let mut start = Vec::with_capacity(9);
    file.by_ref().take(9).read_to_end(&mut start).map_err(io)?;
    let length = start.first_chunk::<8>().map(|n| u64::from_le_bytes(*n));
    let is_plausible = length.is_some_and(|length| length <= SafetensorsFile::MAX_HEADER_BYTES);
    Ok(match start.get(8) {
        Some(b'{') if is_plausible => FileKind::Safetensors,
        _ => FileKind::PyTorch,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    // reference/backbones.py --files
    const ZIP: &[u8] = include_bytes!("../../../tests/reference/tiny.pth");
    const LEGACY: &[u8] = include_bytes!("../../../tests/reference/tiny_legacy.pth");

    /// Opens these bytes as a file of a name that tells nothing.
    fn opened(bytes: &[u8]) -> (tempfile::TempDir, Result<Source, ImportError>) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("weights.bin");
        std::fs::write(&path, bytes).unwrap();
        let source = Source::open(&path);
        (dir, source)
    }

    #[track_caller]
    fn check_refused(bytes: &[u8], reason: &str) {
        let (_dir, source) = opened(bytes);
        let text = source.map(|_| ()).unwrap_err().to_string();
        assert!(
            text.starts_with("Could not read the weights: it is not a whole file"),
            "{text}"
        );
        assert!(text.contains(reason), "{text}");
        assert!(text.ends_with("weights.bin\""), "{text}");
    }

    #[test]
    fn files_of_pytorch_are_read_without_pytorch() {
        for bytes in [ZIP, LEGACY] {
            let (_dir, source) = opened(bytes);
            let source = source.unwrap();
            assert_eq!(source.kind, FileKind::PyTorch);
            let read = |key: &str| source.read(&format!("state_dict.module.{key}")).unwrap();
            // Stored turned: (torch.arange(8).reshape(2, 4) / 4).t()
            let shape = &source.entries["state_dict.module.conv.weight"].shape;
            assert_eq!(*shape, [4, 2]);
            assert_eq!(
                read("conv.weight"),
                [0.0, 1.0, 0.25, 1.25, 0.5, 1.5, 0.75, 1.75]
            );
            assert_eq!(read("half"), [1.5, -2.0]);
            assert_eq!(read("brain"), [1.5, -2.0]);
            assert_eq!(read("double"), [0.1, 1e-3]);
            let counter = "state_dict.module.bn.num_batches_tracked";
            assert_eq!(source.entries[counter].number, None);
            assert_eq!(source.entries.len(), 5);
            let text = source.read(counter).unwrap_err().to_string();
            assert!(text.contains("it holds no weights"), "{text}");
        }
    }

    #[test]
    fn files_that_end_early_are_refused() {
        for bytes in [ZIP, LEGACY] {
            for end in [9, bytes.len() / 3, bytes.len() - 30] {
                check_refused(&bytes[..end], "");
            }
        }
        let header = br#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#;
        let mut file = (header.len() as u64).to_le_bytes().to_vec();
        file.extend(header);
        check_refused(&file[..30], "description");
        file.extend([0; 7]);
        check_refused(&file, "it has 69 bytes and its tensors need 70");
        file.push(0);
        let (_dir, source) = opened(&file);
        assert_eq!(source.unwrap().read("a").unwrap(), [0.0, 0.0]);
    }

    #[test]
    fn foreign_files_are_refused() {
        check_refused(b"", "");
        check_refused(b"not tensors at all", "not a PyTorch checkpoint");
        check_refused(b"{\"a\": [1, 2, 3]}\n", "");
        check_refused(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "");
        // A pickle of an empty dictionary.
        check_refused(b"\x80\x02}q\x00.", "there is no tensor in it");
    }

    #[test]
    fn claims_beyond_the_file_are_refused() {
        let huge = br#"{"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,8]}}"#;
        let mut file = (huge.len() as u64).to_le_bytes().to_vec();
        file.extend(huge);
        file.extend([0; 8]);
        check_refused(&file, "");
        let mut file = 90_000_000_u64.to_le_bytes().to_vec();
        file.extend(b"{\"a\":1}");
        check_refused(&file, "description");
    }

    #[test]
    fn a_pickle_that_would_run_a_program_runs_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let witness = dir.path().join("witness");
        // pickle.dumps of an object whose __reduce__ is (os.system, ("touch ..",)), protocol 0.
        let pickle = format!("cposix\nsystem\n(S'touch {}'\ntR.", witness.display());
        check_refused(pickle.as_bytes(), "");
        // The same as the value of a dictionary.
        let pickle = format!(
            "(dS'a'\ncposix\nsystem\n(S'touch {}'\ntRs.",
            witness.display()
        );
        check_refused(pickle.as_bytes(), "");
        assert!(!witness.exists());
    }

    #[test]
    fn a_missing_file_is_told_from_a_broken_one() {
        let failure = Source::open(Path::new("no/such.pth")).unwrap_err();
        assert!(matches!(failure, ImportError::Io { .. }), "{failure}");
    }
}
