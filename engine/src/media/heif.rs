//! The boxes of a HEIF file (HEIC, AVIF) that lead to its picture. Source: ISO/IEC 23008-12 and
//! 14496-12. libavformat 5.1 reads no HEIC and few AVIF.

use crate::media::heif_items::{Items, Reader, child};

/// The picture that a file shows, as coded pieces from left to right and top to bottom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Coded {
    pub codec: Codec,
    /// What goes to the decoder before the first tile.
    pub header: Vec<u8>,
    pub tiles: Vec<Vec<u8>>,
    pub columns: usize,
    /// Before [`Self::turns`].
    pub width: u32,
    pub height: u32,
    /// To be done in this order.
    pub turns: Vec<Turning>,
    /// Matrix code of ITU-T H.273 and "full range", where the file tells them.
    pub color: Option<(u16, bool)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Codec {
    Hevc,
    Av1,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Turning {
    /// Quarters against the clock.
    Left(u8),
    SwapSides,
    SwapTopAndBottom,
}

/// Finds the primary picture. The error ends the sentence "cannot be read: …".
pub(super) fn primary(file: &[u8]) -> Result<Coded, &'static str> {
    let damaged = "its boxes are damaged or cut off";
    let meta = child(file, b"meta")
        .and_then(|body| body.get(4..))
        .ok_or(damaged)?;
    let items = Items::of(file, meta).ok_or(damaged)?;
    let kind = items.kinds.get(&items.primary).ok_or(damaged)?;
    let (tiles, columns) = match kind {
        b"grid" => {
            let grid = items.data(items.primary).ok_or(damaged)?;
            let columns = usize::from(*grid.get(3).ok_or(damaged)?) + 1;
            (
                items.tiles.get(&items.primary).cloned().ok_or(damaged)?,
                columns,
            )
        }
        _ => (vec![items.primary], 1),
    };
    let first = *tiles.first().ok_or(damaged)?;
    let (codec, config) = match items.kinds.get(&first).ok_or(damaged)? {
        b"hvc1" => (Codec::Hevc, items.property(first, b"hvcC").ok_or(damaged)?),
        b"av01" => (Codec::Av1, &[][..]),
        _ => return Err("its kind of coding is not supported"),
    };
    let lengths = config.get(21).map_or(4, |byte| usize::from(byte & 3) + 1);
    let mut left = 2 * file.len();
    let mut coded = |item: &u32| {
        let data = items.data(*item)?;
        // The same tile again and again would make a small file endless.
        left = left.checked_sub(data.len())?;
        match codec {
            Codec::Hevc => start_codes(&data, lengths),
            Codec::Av1 => Some(data),
        }
    };
    let tiles: Vec<Vec<u8>> = tiles
        .iter()
        .map(&mut coded)
        .collect::<Option<_>>()
        .ok_or(damaged)?;
    let mut size = Reader(items.property(items.primary, b"ispe").ok_or(damaged)?);
    let mut side = || u32::try_from(size.number(4)?).ok();
    // Version and flags come first.
    let (_, width, height) = (side(), side().ok_or(damaged)?, side().ok_or(damaged)?);
    Ok(Coded {
        codec,
        header: parameter_sets(config).ok_or(damaged)?,
        tiles,
        columns,
        width,
        height,
        turns: items.turns(),
        color: items.color(first),
    })
}

/// Units with their lengths before them become units with start codes before them.
fn start_codes(data: &[u8], length_bytes: usize) -> Option<Vec<u8>> {
    let mut reader = Reader(data);
    let mut out = Vec::with_capacity(data.len());
    while !reader.0.is_empty() {
        let len = usize::try_from(reader.number(length_bytes)?).ok()?;
        out.extend([0, 0, 0, 1]);
        out.extend_from_slice(reader.take(len)?);
    }
    Some(out)
}

/// The parameter sets of an `hvcC` box (ISO/IEC 14496-15, 8.3.3), with start codes.
fn parameter_sets(config: &[u8]) -> Option<Vec<u8>> {
    if config.is_empty() {
        return Some(Vec::new());
    }
    let mut reader = Reader(config.get(22..)?);
    let mut out = Vec::new();
    for _ in 0..reader.number(1)? {
        reader.number(1)?;
        for _ in 0..reader.number(2)? {
            let len = reader.number(2)? as usize;
            out.extend([0, 0, 0, 1]);
            out.extend_from_slice(reader.take(len)?);
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::heif_items::Kind;

    fn boxed(kind: &Kind, parts: &[&[u8]]) -> Vec<u8> {
        let body = parts.concat();
        let size = (body.len() as u32 + 8).to_be_bytes();
        [&size[..], kind, &body].concat()
    }

    /// One AV1 item of three bytes that lie in the metadata, turned by a quarter.
    fn file() -> Vec<u8> {
        let full = [0; 4];
        let infe = boxed(b"infe", &[&[2, 0, 0, 0], &[0, 1, 0, 0], b"av01", &[0]]);
        let ispe = boxed(b"ispe", &[&full, &[0, 0, 0, 6], &[0, 0, 0, 4]]);
        let ipco = boxed(b"ipco", &[&ispe, &boxed(b"irot", &[&[1]])]);
        let ipma = boxed(b"ipma", &[&full, &[0, 0, 0, 1], &[0, 1, 2, 0x81, 2]]);
        let iloc = [
            &[1, 0, 0, 0, 0x44, 0, 0, 1][..],
            &[0, 1, 0, 1, 0, 0, 0, 1],
            &[0, 0, 0, 1, 0, 0, 0, 3],
        ];
        let meta = [
            full.to_vec(),
            boxed(b"pitm", &[&full, &[0, 1]]),
            boxed(b"iinf", &[&full, &[0, 1], &infe]),
            boxed(b"iloc", &iloc),
            boxed(b"idat", &[&[9, 7, 8, 9]]),
            boxed(b"iprp", &[&ipco, &ipma]),
        ];
        let parts: Vec<&[u8]> = meta.iter().map(Vec::as_slice).collect();
        [boxed(b"ftyp", &[b"avif"]), boxed(b"meta", &parts)].concat()
    }

    #[test]
    fn the_primary_item_is_found() {
        let coded = primary(&file()).unwrap();
        assert_eq!(coded.codec, Codec::Av1);
        assert_eq!(coded.tiles, [[7, 8, 9]]);
        assert_eq!((coded.width, coded.height, coded.columns), (6, 4, 1));
        assert_eq!(coded.turns, [Turning::Left(1)]);
    }

    #[test]
    fn damage_is_an_error_and_never_a_panic() {
        let whole = file();
        for len in 0..whole.len() {
            assert!(primary(&whole[..len]).is_err(), "{len}");
        }
        for place in 0..whole.len() {
            for value in [0, 1, 0x7f, 0xff] {
                let mut damaged = whole.clone();
                damaged[place] = value;
                primary(&damaged).ok();
            }
        }
    }

    #[test]
    fn lengths_become_start_codes() {
        let units = start_codes(&[0, 2, 5, 6, 0, 1, 7], 2).unwrap();
        assert_eq!(units, [0, 0, 0, 1, 5, 6, 0, 0, 0, 1, 7]);
        assert_eq!(start_codes(&[0, 9, 5], 2), None);
    }
}
