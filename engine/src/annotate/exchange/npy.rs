//! Arrays of bytes as `numpy` keeps them: a short text about type and shape, then the bytes.
//!
//! After the format's own description, `numpy/lib/format.py`; version 1.0 is written, up to 3.0 is read.

use std::io::Read;

use crate::data::annotations::Mask;

const MAGIC: &[u8] = b"\x93NUMPY";
/// Head and text together are a multiple of this.
const ALIGNMENT: usize = 64;
/// A longer text is none that a plain array has.
const MAX_TEXT_BYTES: usize = 1 << 16;

/// What the text says of an array.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Shape {
    /// Pixels that count 1, not 255.
    is_bool: bool,
    is_column_by_column: bool,
    sides: Vec<u64>,
}

/// A mask as an array of `uint8`, `[height, width]`.
pub fn write(mask: &Mask) -> Vec<u8> {
    let (width, height) = (mask.width, mask.height);
    let mut text =
        format!("{{'descr': '|u1', 'fortran_order': False, 'shape': ({height}, {width}), }}");
    // Magic, version, length of the text, and the line's end are before and after it.
    let unpadded = MAGIC.len() + 4 + text.len() + 1;
    let padding = unpadded.next_multiple_of(ALIGNMENT) - unpadded;
    text.extend(std::iter::repeat_n(' ', padding));
    text.push('\n');
    let mut bytes = MAGIC.to_vec();
    bytes.extend([1, 0]);
    bytes.extend((text.len() as u16).to_le_bytes());
    bytes.extend(text.as_bytes());
    bytes.extend(&mask.values);
    bytes
}

/// A mask out of an array of `uint8` or `bool` that has this size; says in words what is in the way.
pub fn read(reader: &mut dyn Read, width: u32, height: u32) -> Result<Mask, String> {
    let text = read_text(reader)?;
    let shape = Shape::parse(&text)?;
    if shape.sides != [u64::from(height), u64::from(width)] {
        let sides: Vec<String> = shape.sides.iter().map(u64::to_string).collect();
        return Err(format!(
            "the array has the shape [{}], and the frame {height} rows of {width} pixels",
            sides.join(", ")
        ));
    }
    let mut mask = Mask::empty(width, height);
    let cut_off = |_| "the array is cut off".to_owned();
    reader.read_exact(&mut mask.values).map_err(cut_off)?;
    if shape.is_column_by_column {
        let columns = std::mem::take(&mut mask.values);
        let (width, height) = (width as usize, height as usize);
        mask.values = (0..width * height)
            .map(|at| columns[at % width * height + at / width])
            .collect();
    }
    if shape.is_bool {
        for value in &mut mask.values {
            *value = 255 * u8::from(*value != 0);
        }
    }
    Ok(mask)
}

fn read_text(reader: &mut dyn Read) -> Result<String, String> {
    let no_array = |_| "it is no array of numpy".to_owned();
    let mut head = [0; 8];
    reader.read_exact(&mut head).map_err(no_array)?;
    let Some([version, _]) = head.strip_prefix(MAGIC) else {
        return Err("it is no array of numpy".to_owned());
    };
    let mut length = [0; 4];
    match version {
        1 => reader.read_exact(&mut length[..2]),
        2 | 3 => reader.read_exact(&mut length),
        _ => {
            return Err(format!(
                "the array is of version {version}, 1 to 3 are known"
            ));
        }
    }
    .map_err(no_array)?;
    let length = u32::from_le_bytes(length) as usize;
    if MAX_TEXT_BYTES < length {
        return Err("the array's own description is too long".to_owned());
    }
    let mut text = vec![0; length];
    reader.read_exact(&mut text).map_err(no_array)?;
    String::from_utf8(text).map_err(|err| format!("the array's own description is no text: {err}"))
}

impl Shape {
    fn parse(text: &str) -> Result<Self, String> {
        let after = |key: &str| {
            let (_, rest) = text.split_once(&format!("'{key}':"))?;
            Some(rest.trim_start())
        };
        let unclear = || "the array's own description cannot be read".to_owned();
        let kind = after("descr").ok_or_else(unclear)?;
        let kind = kind
            .strip_prefix('\'')
            .and_then(|rest| rest.split('\'').next());
        let is_bool = match kind {
            Some("|u1" | "u1" | "<u1") => false,
            Some("|b1" | "b1" | "?") => true,
            other => {
                return Err(format!(
                    "the array holds {}, and masks are uint8 or bool",
                    other.unwrap_or("records")
                ));
            }
        };
        let is_column_by_column = after("fortran_order")
            .ok_or_else(unclear)?
            .starts_with("True");
        let sides = after("shape").and_then(|rest| rest.strip_prefix('('));
        let sides = sides.and_then(|rest| rest.split(')').next());
        let sides = sides.ok_or_else(unclear)?.split(',').map(str::trim);
        let sides = sides.filter(|side| !side.is_empty());
        let sides = sides.map(|side| side.parse().ok());
        Ok(Self {
            is_bool,
            is_column_by_column,
            sides: sides.collect::<Option<_>>().ok_or_else(unclear)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mask() -> Mask {
        Mask {
            width: 3,
            height: 2,
            values: vec![1, 2, 3, 4, 5, 255],
        }
    }

    /// An array as numpy writes it, with this text.
    fn array(text: &str, bytes: &[u8]) -> Vec<u8> {
        let mut all = b"\x93NUMPY\x01\x00".to_vec();
        all.extend((text.len() as u16).to_le_bytes());
        all.extend(text.as_bytes());
        all.extend(bytes);
        all
    }

    #[test]
    fn the_bytes_are_those_of_numpy() {
        let bytes = write(&mask());
        assert_eq!(bytes.len(), 128 + 6);
        assert!(bytes.starts_with(
            b"\x93NUMPY\x01\x00\x76\x00{'descr': '|u1', 'fortran_order': False, 'shape': (2, 3), }  "
        ));
        assert_eq!(&bytes[127..], b"\n\x01\x02\x03\x04\x05\xff");
        assert_eq!(read(&mut bytes.as_slice(), 3, 2).unwrap(), mask());
    }

    #[test]
    fn bools_and_columns_are_understood() {
        let text = "{'descr': '|u1', 'fortran_order': True, 'shape': (2, 3), }\n";
        let columns = array(text, &[1, 4, 2, 5, 3, 255]);
        assert_eq!(read(&mut columns.as_slice(), 3, 2).unwrap(), mask());
        let text = "{'descr': '|b1', 'fortran_order': False, 'shape': (2, 3), }\n";
        let bools = array(text, &[1, 0, 0, 1, 1, 0]);
        let values = read(&mut bools.as_slice(), 3, 2).unwrap().values;
        assert_eq!(values, [255, 0, 0, 255, 255, 0]);
    }

    #[test]
    fn what_is_no_mask_of_this_size_is_refused_in_words() {
        let check = |bytes: &[u8], words: &str| {
            let err = read(&mut &bytes[..], 3, 2).unwrap_err();
            assert!(err.contains(words), "{err}");
        };
        let whole = write(&mask());
        check(b"soup", "no array");
        check(&whole[..40], "no array");
        check(&whole[..130], "cut off");
        let text = |kind: &str, shape: &str| {
            array(
                &format!("{{'descr': {kind}, 'fortran_order': False, 'shape': {shape}, }}\n"),
                &[0; 6],
            )
        };
        check(&text("'<f4'", "(2, 3)"), "<f4");
        check(&text("'|u1'", "(3, 2)"), "[3, 2]");
        check(&text("'|u1'", "(6,)"), "[6]");
        check(&text("'|u1'", "(2, 3, 1)"), "[2, 3, 1]");
        check(&text("[('a', 1)]", "(2, 3)"), "records");
        check(&text("'|u1'", "(-2, 3)"), "cannot be read");
    }
}
