//! The SHA-256 of a file, which names it in every record.

use std::fmt;
use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest as _, Sha256};

use crate::media::MediaError;

/// Bytes read between two progress reports.
const PIECE_BYTES: usize = 1 << 20;

/// SHA-256 of a whole file. Shown and stored as 64 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MediaHash([u8; 32]);

/// Reads the file in pieces; `progress(done_bytes, total_bytes)` is called after each one, and an
/// error from it (a cancelled job) ends the work.
pub fn hash_file<E: From<MediaError>>(
    path: &Path,
    mut progress: impl FnMut(u64, u64) -> Result<(), E>,
) -> Result<MediaHash, E> {
    let io = |source| MediaError::Io {
        path: path.to_owned(),
        source,
    };
    let mut file = File::open(path).map_err(io)?;
    let total = file.metadata().map_err(io)?.len();
    let mut hasher = Sha256::new();
    let mut piece = vec![0; PIECE_BYTES];
    let mut done = 0;
    loop {
        let read = file.read(&mut piece).map_err(io)?;
        if read == 0 {
            break;
        }
        hasher.update(&piece[..read]);
        done += read as u64;
        progress(done, total.max(done))?;
    }
    Ok(MediaHash(hasher.finalize().into()))
}

impl MediaHash {
    /// The hash of bytes in memory, for tests and for data the program made itself.
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    fn parse(text: &str) -> Option<Self> {
        let mut bytes = [0; 32];
        if text.len() != 64 || !text.is_ascii() {
            return None;
        }
        for (byte, at) in bytes.iter_mut().zip((0..64).step_by(2)) {
            *byte = u8::from_str_radix(&text[at..at + 2], 16).ok()?;
        }
        Some(Self(bytes))
    }
}

impl fmt::Display for MediaHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for MediaHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for MediaHash {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for MediaHash {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom("not a SHA-256 in hexadecimal"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_of_nothing_is_the_published_one() {
        let text = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(MediaHash::of(b"").to_string(), text);
        assert_eq!(MediaHash::parse(text), Some(MediaHash::of(b"")));
        assert_eq!(MediaHash::parse("e3b0"), None);
    }

    #[test]
    fn a_file_hashes_like_its_bytes() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let bytes: Vec<u8> = (0..3_000_000u32).map(|i| i as u8).collect();
        std::fs::write(file.path(), &bytes).unwrap();
        let mut last = (0, 0);
        let hash = hash_file::<MediaError>(file.path(), |done, total| {
            last = (done, total);
            Ok(())
        })
        .unwrap();
        assert_eq!(hash, MediaHash::of(&bytes));
        assert_eq!(last, (3_000_000, 3_000_000));
    }
}
