//! The few EXIF texts that tell of a picture's history. Source: CIPA DC-008, section 4.6.

/// Texts of the first directory that are shown, by tag number.
const TEXTS: [(u16, &str); 6] = [
    (0x010e, "ImageDescription"),
    (0x010f, "Make"),
    (0x0110, "Model"),
    (0x0131, "Software"),
    (0x0132, "DateTime"),
    (0x013b, "Artist"),
];
/// The type number of text.
const ASCII: u16 = 2;
const ENTRY_BYTES: usize = 12;

/// Names and values; nothing where the block is damaged.
pub(super) fn texts(exif: &[u8]) -> Vec<(String, String)> {
    directory(exif).unwrap_or_default()
}

fn directory(exif: &[u8]) -> Option<Vec<(String, String)>> {
    let is_little = match exif.get(..4)? {
        b"II*\0" => true,
        b"MM\0*" => false,
        _ => return None,
    };
    let short = |at: usize| {
        let bytes = exif.get(at..at.checked_add(2)?)?.try_into().ok()?;
        Some(if is_little {
            u16::from_le_bytes(bytes)
        } else {
            u16::from_be_bytes(bytes)
        })
    };
    let long = |at: usize| {
        let bytes = exif.get(at..at.checked_add(4)?)?.try_into().ok()?;
        let value = if is_little {
            u32::from_le_bytes(bytes)
        } else {
            u32::from_be_bytes(bytes)
        };
        Some(value as usize)
    };
    let start = long(4)?;
    let mut found = Vec::new();
    for number in 0..usize::from(short(start)?) {
        let at = start + 2 + ENTRY_BYTES * number;
        let (Some(tag), Some(kind), Some(len)) = (short(at), short(at + 2), long(at + 4)) else {
            break;
        };
        let Some((_, name)) = TEXTS.iter().find(|(number, _)| *number == tag) else {
            continue;
        };
        // Up to four bytes stand in the entry itself.
        let value_at = if len <= 4 { Some(at + 8) } else { long(at + 8) };
        let value = value_at.and_then(|from| exif.get(from..from.checked_add(len)?));
        if let (ASCII, Some(value)) = (kind, value) {
            let text = String::from_utf8_lossy(value);
            let text = text.trim_matches(['\0', ' ']).trim();
            if !text.is_empty() {
                found.push(((*name).to_owned(), text.to_owned()));
            }
        }
    }
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_texts_and_survives_damage() {
        let mut exif = b"II*\0\x08\0\0\0\x02\0".to_vec();
        exif.extend(b"\x0f\x01\x02\0\x04\0\0\0ABC\0");
        exif.extend(b"\x31\x01\x02\0\x08\0\0\0\x26\0\0\0");
        exif.extend(b"\0\0\0\0");
        exif.extend(b"Editor1\0");
        let expected = [("Make", "ABC"), ("Software", "Editor1")];
        let expected = expected.map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(texts(&exif), expected);
        for len in 0..exif.len() {
            texts(&exif[..len]);
        }
        assert_eq!(texts(b"MM\0*\xff\xff\xff\xff"), []);
    }
}
