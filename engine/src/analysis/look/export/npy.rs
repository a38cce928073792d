//! Values as `NumPy` and spreadsheets read them.

use std::fmt::Write as _;

use crate::detectors::{Map, MapChannels};

/// The header ends at a multiple of this (`NumPy`'s format 1.0).
const ALIGN: usize = 64;

/// A `.npy` file, format 1.0: float32, little endian, C order.
///
/// # Shapes
///
/// `[height, width]`, or `[height, width, 3]` of a picture: red, green, blue.
pub fn npy(map: &Map) -> Vec<u8> {
    let (height, width) = (map.height, map.width);
    let shape = match map.kind.channels() {
        MapChannels::Value => format!("({height}, {width})"),
        MapChannels::Rgb => format!("({height}, {width}, 3)"),
    };
    let mut header = format!("{{'descr': '<f4', 'fortran_order': False, 'shape': {shape}, }}");
    // Magic, version and length take ten bytes; a line feed ends the header.
    let whole = (10 + header.len() + 1).next_multiple_of(ALIGN);
    while header.len() < whole - 11 {
        header.push(' ');
    }
    header.push('\n');
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    bytes.extend((header.len() as u16).to_le_bytes());
    bytes.extend(header.as_bytes());
    bytes.extend(map.values.iter().flat_map(|value| value.to_le_bytes()));
    bytes
}

/// A line a row of pixels, from the top; the three values of a picture's pixel stand beside each other. Digits
/// enough that reading them gives the same float32 again.
pub fn csv(map: &Map) -> String {
    let channels = match map.kind.channels() {
        MapChannels::Value => 1,
        MapChannels::Rgb => 3,
    };
    let mut text = String::with_capacity(12 * map.values.len());
    for row in map.values.chunks((map.width as usize * channels).max(1)) {
        for (at, value) in row.iter().enumerate() {
            let comma = if at == 0 { "" } else { "," };
            // Writing to a string cannot fail.
            write!(text, "{comma}{value}").ok();
        }
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detectors::MapKind;

    fn map(kind: MapKind, values: Vec<f32>) -> Map {
        Map {
            kind,
            width: 3,
            height: 2,
            values,
            range: (0.0, 1.0),
        }
    }

    #[test]
    fn the_bytes_are_those_of_numpy() {
        // numpy.save of numpy.array([[0, 1, -2], [0.1, inf, 3e-9]], "<f4") (NumPy 2).
        let values = vec![0.0, 1.0, -2.0, 0.1, f32::INFINITY, 3e-9];
        let mut expected = b"\x93NUMPY\x01\x00\x76\x00".to_vec();
        expected.extend(b"{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }");
        expected.resize(127, b' ');
        expected.push(b'\n');
        expected.extend([0, 0, 0, 0, 0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0]);
        expected.extend([0xcd, 0xcc, 0xcc, 0x3d, 0, 0, 0x80, 0x7f]);
        expected.extend(3e-9_f32.to_le_bytes());
        assert_eq!(npy(&map(MapKind::GradCam, values)), expected);
    }

    #[test]
    fn a_picture_has_a_third_axis() {
        let bytes = npy(&map(MapKind::Reconstruction, vec![0.5; 18]));
        let header = String::from_utf8_lossy(&bytes[10..128]).into_owned();
        assert!(header.contains("'shape': (2, 3, 3), }"), "{header}");
        assert_eq!(bytes.len(), 128 + 4 * 18);
    }

    #[test]
    fn digits_give_the_same_numbers_again() {
        let values = vec![0.1, 1.0 / 3.0, -1e-20, 16_777_217.0, f32::NAN, -0.0];
        let text = csv(&map(MapKind::GradCam, values.clone()));
        let rows: Vec<Vec<f32>> = (text.lines())
            .map(|line| line.split(',').map(|cell| cell.parse().unwrap()).collect())
            .collect();
        assert_eq!((rows.len(), rows[0].len()), (2, 3));
        for (read, value) in rows.concat().iter().zip(&values) {
            assert_eq!(read.is_nan(), value.is_nan());
            assert!(value.is_nan() || read.to_bits() == value.to_bits());
        }
        let picture = csv(&map(MapKind::Reconstruction, vec![0.5; 18]));
        assert_eq!(picture.lines().next().unwrap().split(',').count(), 9);
    }
}
