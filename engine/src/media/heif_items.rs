//! The items of a HEIF file: where each lies, of what kind it is, and its properties. Source:
//! ISO/IEC 14496-12, 8.11, and 23008-12, 9.3.

use std::collections::BTreeMap;

use crate::media::heif::Turning;

pub(super) type Kind = [u8; 4];

/// All items of a file.
pub(super) struct Items<'a> {
    file: &'a [u8],
    pub primary: u32,
    pub kinds: BTreeMap<u32, Kind>,
    /// Pieces of a grid, in order.
    pub tiles: BTreeMap<u32, Vec<u32>>,
    /// Inside the file, or inside `inner` where the flag is set.
    places: BTreeMap<u32, (bool, Vec<(u64, u64)>)>,
    inner: &'a [u8],
    /// All properties, and the numbers of those that an item has.
    properties: Vec<(Kind, &'a [u8])>,
    owned: BTreeMap<u32, Vec<usize>>,
}

impl<'a> Items<'a> {
    pub fn of(file: &'a [u8], meta: &'a [u8]) -> Option<Self> {
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

    pub fn data(&self, item: u32) -> Option<Vec<u8>> {
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

    pub fn property(&self, item: u32, kind: &Kind) -> Option<&'a [u8]> {
        self.properties_of(item)
            .find(|(found, _)| found == kind)
            .map(|(_, body)| body)
    }

    pub fn turns(&self) -> Vec<Turning> {
        self.properties_of(self.primary)
            .filter_map(|(kind, body)| match (&kind, body.first()?) {
                (b"irot", quarters) => Some(Turning::Left(quarters & 3)),
                (b"imir", axis) if axis & 1 == 0 => Some(Turning::SwapSides),
                (b"imir", _) => Some(Turning::SwapTopAndBottom),
                _ => None,
            })
            .collect()
    }

    pub fn color(&self, item: u32) -> Option<(u16, bool)> {
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

/// Reads in the order of the file; `None` where it ends too early.
pub(super) struct Reader<'a>(pub &'a [u8]);

impl<'a> Reader<'a> {
    pub fn take(&mut self, len: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(len)?;
        self.0 = rest;
        Some(taken)
    }

    /// A big-endian number of 0 to 8 bytes.
    pub fn number(&mut self, len: usize) -> Option<u64> {
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

pub(super) fn child<'a>(bytes: &'a [u8], kind: &Kind) -> Option<&'a [u8]> {
    boxes(bytes)
        .find(|(found, _)| found == kind)
        .map(|(_, body)| body)
}
