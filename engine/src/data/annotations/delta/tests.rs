//! Changes are their own inverse, survive a file, and damage never passes or costs memory.

use super::*;

/// The same numbers for the same seed.
fn noise(seed: u64) -> impl FnMut() -> u32 {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    move || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as u32
    }
}

fn noisy(width: u32, height: u32, seed: u64) -> Mask {
    let mut next = noise(seed);
    let mut mask = Mask::empty(width, height);
    for value in &mut mask.values {
        *value = next() as u8;
    }
    mask
}

/// A rect of one value, a rect of noise, and a single pixel.
fn changed(before: &Mask) -> Mask {
    let mut after = before.clone();
    let far = before.rect();
    after.fill(
        PixelRect {
            x0: 3,
            y0: 5,
            ..far
        },
        255,
    );
    let mut next = noise(9);
    for row in after.rows_mut(PixelRect {
        x0: 70,
        y0: 66,
        x1: 90,
        y1: 99,
    }) {
        row.iter_mut().for_each(|value| *value = next() as u8);
    }
    after.values[0] = 1;
    after
}

#[test]
fn a_change_is_its_own_inverse() {
    for before in [Mask::empty(200, 130), noisy(200, 130, 1)] {
        let after = changed(&before);
        let delta = Delta::between(&before, &after).unwrap();
        let mut mask = before.clone();
        let rect = delta.apply(&mut mask).unwrap();
        assert_eq!(mask, after);
        assert_eq!(rect, mask.rect());
        delta.apply(&mut mask).unwrap();
        assert_eq!(mask, before);
    }
}

#[test]
fn equal_masks_have_no_change_between_them() {
    let mask = noisy(100, 90, 4);
    assert_eq!(Delta::between(&mask, &mask), None);
    assert_eq!(Delta::between(&mask, &Mask::empty(100, 91)), None);
}

#[test]
fn only_tiles_that_changed_are_in_it() {
    let before = Mask::empty(640, 640);
    let mut after = before.clone();
    after.values[70 * 640 + 130] = 5;
    let delta = Delta::between(&before, &after).unwrap();
    let rect = PixelRect {
        x0: 128,
        y0: 64,
        x1: 192,
        y1: 128,
    };
    assert_eq!(delta.rect(), rect);
    assert!(delta.num_bytes() < 200, "{}", delta.num_bytes());
}

#[test]
fn a_whole_frame_of_one_value_takes_few_bytes() {
    let before = Mask::empty(3840, 2160);
    let mut after = before.clone();
    after.fill(after.rect(), 255);
    let delta = Delta::between(&before, &after).unwrap();
    assert!(delta.num_bytes() < 8_000, "{}", delta.num_bytes());
}

#[test]
fn another_size_is_refused_and_left_alone() {
    let before = Mask::empty(100, 100);
    let delta = Delta::between(&before, &changed(&before)).unwrap();
    let mut other = noisy(100, 101, 2);
    let error = delta.apply(&mut other).unwrap_err();
    assert!(error.to_string().contains("100 x 101"), "{error}");
    assert_eq!(other, noisy(100, 101, 2));
}

#[test]
fn a_file_gives_back_the_same() {
    let before = noisy(150, 131, 3);
    let delta = Delta::between(&before, &changed(&before)).unwrap();
    let read = Delta::from_bytes(&delta.to_bytes()).unwrap();
    assert_eq!(read, delta);
    assert_eq!(read.rect(), delta.rect());
}

#[test]
fn any_damaged_or_missing_byte_is_seen() {
    let before = Mask::empty(150, 131);
    let bytes = Delta::between(&before, &changed(&before))
        .unwrap()
        .to_bytes();
    for at in 0..bytes.len() {
        for by in [1, 0x80] {
            let mut damaged = bytes.clone();
            damaged[at] ^= by;
            assert!(Delta::from_bytes(&damaged).is_err(), "byte {at}");
        }
        assert!(Delta::from_bytes(&bytes[..at]).is_err(), "{at} bytes");
    }
    let longer = [bytes.as_slice(), &[0]].concat();
    assert!(Delta::from_bytes(&longer).is_err());
    assert_eq!(Delta::from_bytes(b"PNG"), Err(DeltaError::NoStroke));
}

/// With a right checksum, as only someone who wants harm would write it.
fn forged(width: u32, height: u32, num_tiles: u32, body: &[u8]) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(body).unwrap();
    let packed = encoder.finish().unwrap();
    let sum = checksum([width, height, num_tiles], &packed);
    let mut bytes = MAGIC.to_vec();
    for word in [VERSION, width, height, num_tiles, sum] {
        bytes.extend_from_slice(&word.to_le_bytes());
    }
    [bytes, packed].concat()
}

#[test]
fn forged_bytes_with_a_right_checksum_are_refused_too() {
    let one = [0, 0, 0, 0, 7];
    assert!(Delta::from_bytes(&forged(64, 64, 1, &one)).is_ok());
    let cases: [(&str, Vec<u8>); 8] = [
        ("too many tiles", forged(64, 64, u32::MAX, &one)),
        ("too few", forged(64, 64, 0, &one)),
        ("huge sides", forged(u32::MAX, u32::MAX, 1, &one)),
        ("no pixels", forged(0, 0, 1, &one)),
        ("beyond the last", forged(64, 64, 1, &[1, 0, 0, 0, 7])),
        ("the same twice", forged(128, 64, 2, &[one, one].concat())),
        ("bytes missing", forged(64, 64, 1, &[0, 0, 0, 0, 0, 1, 2])),
        ("bytes left", forged(64, 64, 1, &[0, 0, 0, 0, 7, 0])),
    ];
    for (what, bytes) in cases {
        let error = Delta::from_bytes(&bytes).unwrap_err();
        assert!(matches!(error, DeltaError::Damaged(_)), "{what}: {error}");
    }
    assert_eq!(
        Delta::from_bytes(&[MAGIC.as_slice(), &2u32.to_le_bytes(), &[0; 16]].concat()),
        Err(DeltaError::OtherVersion(2))
    );
}
