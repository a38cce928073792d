//! Pictures inside the page: PNG as data URIs.

use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{ExtendedColorType, ImageEncoder as _};

const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// A square picture; `color` is 8-bit and fits the length of `pixels`.
pub fn data_uri(pixels: &[u8], side_px: u32, color: ExtendedColorType) -> String {
    let mut png = Vec::new();
    PngEncoder::new_with_quality(&mut png, CompressionType::Best, FilterType::Adaptive)
        .write_image(pixels, side_px, side_px, color)
        .expect("the pixels are as many as the sides say, and memory takes every byte");
    format!("data:image/png;base64,{}", base64(&png))
}

/// RFC 4648, section 4, with padding.
fn base64(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for three in bytes.chunks(3) {
        let byte = |at: usize| u32::from(three.get(at).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for at in 0..4 {
            let digit = DIGITS[(bits >> (18 - 6 * at) & 63) as usize];
            out.push(if at <= three.len() {
                char::from(digit)
            } else {
                '='
            });
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The way back, bit by bit.
    fn bytes_of(text: &str) -> Vec<u8> {
        let mut bits: Vec<bool> = Vec::new();
        for letter in text.bytes().filter(|&letter| letter != b'=') {
            let value = DIGITS.iter().position(|&digit| digit == letter).unwrap();
            bits.extend((0..6).rev().map(|at| value >> at & 1 == 1));
        }
        let byte = |bits: &[bool]| bits.iter().fold(0, |byte, &bit| byte << 1 | u8::from(bit));
        bits.chunks_exact(8).map(byte).collect()
    }

    #[test]
    fn base64_is_that_of_the_standard() {
        let check = |bytes: &str, text: &str| assert_eq!(base64(bytes.as_bytes()), text);
        check("", "");
        check("f", "Zg==");
        check("fo", "Zm8=");
        check("foo", "Zm9v");
        check("foob", "Zm9vYg==");
        check("fooba", "Zm9vYmE=");
        check("foobar", "Zm9vYmFy");
        let all: Vec<u8> = (0..=255).collect();
        assert_eq!(bytes_of(&base64(&all)), all);
    }

    #[test]
    fn pictures_come_back_pixel_by_pixel() {
        let pixels: Vec<u8> = (0..4 * 9 * 9).map(|at| (at * 7) as u8).collect();
        for (color, channels) in [
            (ExtendedColorType::L8, 1),
            (ExtendedColorType::Rgb8, 3),
            (ExtendedColorType::Rgba8, 4),
        ] {
            let pixels = &pixels[..channels * 81];
            let uri = data_uri(pixels, 9, color);
            let png = bytes_of(uri.strip_prefix("data:image/png;base64,").unwrap());
            let picture = image::load_from_memory(&png).unwrap();
            assert_eq!(picture.as_bytes(), pixels);
        }
    }
}
