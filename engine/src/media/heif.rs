//! The boxes of a HEIF file (HEIC, AVIF) that lead to its picture. Source: ISO/IEC 23008-12 and
//! 14496-12. libavformat 5.1 reads no HEIC and few AVIF.

use std::collections::BTreeMap;

type Kind = [u8; 4];

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

/// Reads in the order of the file; `None` where it ends too early.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, len: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(len)?;
        self.0 = rest;
        Some(taken)
    }

    /// A big-endian number of 0 to 8 bytes.
    fn number(&mut self, len: usize) -> Option<u64> {
        let bytes = self.take(len)?;
        Some(
            bytes
                .iter()
                .fold(0, |sum, byte| sum << 8 | u64::from(*byte)),
        )
    }

    /// Version and flags, which open some boxes.
    fn version(&mut self) -> Option<(u64, u64)> {
        Some((self.number(1)?, self.number(3)?))
    }

    fn next_box(&mut self) -> Option<(Kind, &'a [u8])> {
        let size = self.number(4)?;
        let kind = self.take(4)?.try_into().ok()?;
        let body = match size {
            0 => self.0.len(),
            1 => usize::try_from(self.number(8)?.checked_sub(16)?).ok()?,
            _ => usize::try_from(size.checked_sub(8)?).ok()?,
        };
        Some((kind, self.take(body)?))
    }
}

fn boxes(bytes: &[u8]) -> impl Iterator<Item = (Kind, &[u8])> {
    let mut reader = Reader(bytes);
    std::iter::from_fn(move || reader.next_box())
}

fn child<'a>(bytes: &'a [u8], kind: &Kind) -> Option<&'a [u8]> {
    boxes(bytes)
        .find(|(found, _)| found == kind)
        .map(|(_, body)| body)
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

/// All items of a file.
struct Items<'a> {
    file: &'a [u8],
    primary: u32,
    kinds: BTreeMap<u32, Kind>,
    /// Pieces of a grid, in order.
    tiles: BTreeMap<u32, Vec<u32>>,
    /// Inside the file, or inside `inner` where the flag is set.
    places: BTreeMap<u32, (bool, Vec<(u64, u64)>)>,
    inner: &'a [u8],
    /// All properties, and the numbers of those that an item has.
    properties: Vec<(Kind, &'a [u8])>,
    owned: BTreeMap<u32, Vec<usize>>,
}

impl<'a> Items<'a> {
    fn of(file: &'a [u8], meta: &'a [u8]) -> Option<Self> {
        let mut primary = Reader(child(meta, b"pitm")?);
        let id_bytes = if primary.version()?.0 == 0 { 2 } else { 4 };
        let iprp = child(meta, b"iprp")?;
        Some(Self {
            file,
            primary: primary.number(id_bytes)? as u32,
            kinds: kinds(child(meta, b"iinf")?)?,
            tiles: child(meta, b"iref").and_then(tiles).unwrap_or_default(),
            places: places(child(meta, b"iloc")?)?,
            inner: child(meta, b"idat").unwrap_or_default(),
            properties: boxes(child(iprp, b"ipco")?).collect(),
            owned: owned(child(iprp, b"ipma")?)?,
        })
    }

    fn data(&self, item: u32) -> Option<Vec<u8>> {
        let (is_inner, extents) = self.places.get(&item)?;
        let from = if *is_inner { self.inner } else { self.file };
        let mut data = Vec::new();
        for &(offset, length) in extents {
            let start = usize::try_from(offset).ok()?;
            let end = start.checked_add(usize::try_from(length).ok()?)?;
            // No length means all that is there.
            let end = if length == 0 { from.len() } else { end };
            data.extend_from_slice(from.get(start..end)?);
            // Pieces that overlap make a small file endless.
            if data.len() > self.file.len() {
                return None;
            }
        }
        Some(data)
    }

    fn properties_of(&self, item: u32) -> impl Iterator<Item = (Kind, &'a [u8])> {
        let numbers = self.owned.get(&item).map_or(&[][..], Vec::as_slice);
        numbers
            .iter()
            .filter_map(|number| self.properties.get(number.checked_sub(1)?).copied())
    }

    fn property(&self, item: u32, kind: &Kind) -> Option<&'a [u8]> {
        self.properties_of(item)
            .find(|(found, _)| found == kind)
            .map(|(_, body)| body)
    }

    fn turns(&self) -> Vec<Turning> {
        self.properties_of(self.primary)
            .filter_map(|(kind, body)| match (&kind, body.first()?) {
                (b"irot", quarters) => Some(Turning::Left(quarters & 3)),
                (b"imir", axis) if axis & 1 == 0 => Some(Turning::SwapSides),
                (b"imir", _) => Some(Turning::SwapTopAndBottom),
                _ => None,
            })
            .collect()
    }

    fn color(&self, item: u32) -> Option<(u16, bool)> {
        let both = self
            .properties_of(item)
            .chain(self.properties_of(self.primary));
        let mut colors = both.filter(|(kind, body)| kind == b"colr" && body.starts_with(b"nclx"));
        let mut body = Reader(colors.next()?.1.get(8..)?);
        Some((body.number(2)? as u16, body.number(1)? & 0x80 != 0))
    }
}

fn kinds(iinf: &[u8]) -> Option<BTreeMap<u32, Kind>> {
    let mut reader = Reader(iinf);
    let count_bytes = if reader.version()?.0 == 0 { 2 } else { 4 };
    reader.number(count_bytes)?;
    let kind_of = |body| {
        let mut entry = Reader(body);
        let id_bytes = if entry.version()?.0 < 3 { 2 } else { 4 };
        let id = entry.number(id_bytes)? as u32;
        entry.number(2)?;
        Some((id, entry.take(4)?.try_into().ok()?))
    };
    Some(
        boxes(reader.0)
            .filter_map(|(_, body)| kind_of(body))
            .collect(),
    )
}

fn tiles(iref: &[u8]) -> Option<BTreeMap<u32, Vec<u32>>> {
    let mut reader = Reader(iref);
    let id_bytes = if reader.version()?.0 == 0 { 2 } else { 4 };
    let grid_of = |body| {
        let mut entry = Reader(body);
        let from = entry.number(id_bytes)? as u32;
        let count = entry.number(2)?;
        let pieces = (0..count).map(|_| Some(entry.number(id_bytes)? as u32));
        Some((from, pieces.collect::<Option<Vec<_>>>()?))
    };
    let grids = boxes(reader.0).filter(|(kind, _)| kind == b"dimg");
    Some(grids.filter_map(|(_, body)| grid_of(body)).collect())
}

type Places = BTreeMap<u32, (bool, Vec<(u64, u64)>)>;

fn places(iloc: &[u8]) -> Option<Places> {
    let mut reader = Reader(iloc);
    let (version, _) = reader.version()?;
    let sizes = reader.number(2)? as usize;
    let (offset_bytes, length_bytes) = (sizes >> 12, sizes >> 8 & 15);
    let (base_bytes, index_bytes) = (sizes >> 4 & 15, if version == 0 { 0 } else { sizes & 15 });
    let id_bytes = if version < 2 { 2 } else { 4 };
    let mut found = BTreeMap::new();
    for _ in 0..reader.number(id_bytes)? {
        let id = reader.number(id_bytes)? as u32;
        let method = if version == 0 {
            0
        } else {
            reader.number(2)? & 15
        };
        reader.number(2)?;
        let base = reader.number(base_bytes)?;
        let mut extents = Vec::new();
        for _ in 0..reader.number(2)? {
            reader.number(index_bytes)?;
            let offset = base.checked_add(reader.number(offset_bytes)?)?;
            extents.push((offset, reader.number(length_bytes)?));
        }
        found.insert(id, (method == 1, extents));
    }
    Some(found)
}

fn owned(ipma: &[u8]) -> Option<BTreeMap<u32, Vec<usize>>> {
    let mut reader = Reader(ipma);
    let (version, flags) = reader.version()?;
    let id_bytes = if version == 0 { 2 } else { 4 };
    let (number_bytes, mask) = if flags & 1 == 0 {
        (1, 0x7f)
    } else {
        (2, 0x7fff)
    };
    let mut found = BTreeMap::new();
    for _ in 0..reader.number(4)? {
        let id = reader.number(id_bytes)? as u32;
        let count = reader.number(1)?;
        let numbers = (0..count).map(|_| Some((reader.number(number_bytes)? & mask) as usize));
        found.insert(id, numbers.collect::<Option<Vec<_>>>()?);
    }
    Some(found)
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
