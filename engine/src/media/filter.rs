//! From a decoded frame to RGB as shown: colors, deinterlacing, square pixels, turned upright.

use ffmpeg_next::color::{Range, Space};
use ffmpeg_next::{Error, filter, format, frame};

use crate::media::display::{Turn, pixel_aspect, square_size};

/// Chroma is interpolated and rounding is exact, so that a frame has the same pixels everywhere.
const SCALE_FLAGS: &str = "bilinear+accurate_rnd+full_chroma_int+bitexact";
/// What shows through where a picture is transparent.
pub(super) const MATTE: u8 = 128;

/// Makes pictures of decoded frames. Keeps one filter graph as long as the frames stay alike.
pub(super) struct Converter {
    turn: Turn,
    graph: Option<(Source, filter::Graph)>,
}

/// All that a graph depends on. It is made again when one of these changes in mid-stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Source {
    pub format: format::Pixel,
    pub size: (u32, u32),
    pub pixel_aspect: (u32, u32),
    pub space: Space,
    pub range: Range,
}

/// RGB8 rows without padding.
pub(super) struct Picture {
    pub width: u32,
    pub height: u32,
    pub pixels: Vec<u8>,
}

impl Source {
    pub fn of(frame: &frame::Video) -> Self {
        let aspect = frame.aspect_ratio();
        Self {
            format: frame.format(),
            size: (frame.width(), frame.height()),
            pixel_aspect: pixel_aspect(aspect.0, aspect.1),
            space: frame.color_space(),
            range: frame.color_range(),
        }
    }

    /// Width and height as shown.
    pub fn shown_size(&self, turn: Turn) -> (u32, u32) {
        turn.size(square_size(self.size, self.pixel_aspect))
    }

    pub fn format_name(&self) -> &'static str {
        self.format.descriptor().map_or("none", |it| it.name())
    }

    fn is_rgb(&self) -> bool {
        let name = self.format_name();
        ["rgb", "bgr", "gbr", "pal8", "mono", "bayer", "xyz"]
            .iter()
            .any(|part| name.contains(part))
    }

    fn has_alpha(&self) -> bool {
        let name = self.format_name();
        [
            "yuva", "rgba", "bgra", "argb", "abgr", "gbrap", "ya8", "ya16", "ayuv", "pal8",
        ]
        .iter()
        .any(|start| name.starts_with(start))
    }

    /// `full` or `limited`, with the formats that imply it.
    pub fn range_name(&self) -> &'static str {
        let is_full = self.range == Range::JPEG
            || self.range == Range::Unspecified && self.format_name().starts_with("yuvj");
        if is_full { "full" } else { "limited" }
    }

    /// The matrix by its name in libavfilter. Where the stream is silent: 709 for high definition,
    /// 601 below, as players do.
    pub fn matrix_name(&self) -> &'static str {
        match self.space {
            Space::BT709 => "bt709",
            Space::FCC => "fcc",
            Space::BT470BG | Space::SMPTE170M => "bt601",
            Space::SMPTE240M => "smpte240m",
            Space::BT2020NCL | Space::BT2020CL | Space::ICTCP => "bt2020",
            _ if self.size.1 >= 720 || self.size.0 >= 1280 => "bt709",
            _ => "bt601",
        }
    }

    /// Color coding in words, for the facts about a file.
    pub fn color(&self) -> String {
        if self.is_rgb() {
            return "rgb".to_owned();
        }
        let assumed = match self.space {
            Space::Unspecified | Space::Reserved => " (assumed)",
            _ => "",
        };
        format!(
            "{}{assumed}, {} range",
            self.matrix_name(),
            self.range_name()
        )
    }

    fn graph(&self, turn: Turn) -> Result<filter::Graph, Error> {
        let (width, height) = square_size(self.size, self.pixel_aspect);
        let colors = if self.is_rgb() {
            String::new()
        } else {
            format!(
                ":in_color_matrix={}:in_range={}",
                self.matrix_name(),
                self.range_name()
            )
        };
        let format = match (self.has_alpha(), self.is_rgb()) {
            (true, _) => "rgba".to_owned(),
            (false, true) => "rgb24".to_owned(),
            // By way of planes: only for these is full chroma vectorized, three times as fast.
            (false, false) => format!("gbrp,scale=flags={SCALE_FLAGS},format=rgb24"),
        };
        let turn = turn.filters();
        self.build(&format!(
            "scale=w={width}:h={height}:flags={SCALE_FLAGS}{colors},format={format}{turn}"
        ))
    }

    /// A graph from `in` to `out` through these filters.
    fn build(&self, filters: &str) -> Result<filter::Graph, Error> {
        let mut graph = filter::Graph::new();
        let find = |name| filter::find(name).ok_or(Error::FilterNotFound);
        let (width, height) = self.size;
        let arguments = format!(
            "video_size={width}x{height}:pix_fmt={}:time_base=1/1000",
            self.format_name()
        );
        graph.add(&find("buffer")?, "in", &arguments)?;
        graph.add(&find("buffersink")?, "out", "")?;
        graph.output("in", 0)?.input("out", 0)?.parse(filters)?;
        graph.validate()?;
        Ok(graph)
    }
}

impl Converter {
    pub fn new(turn: Turn) -> Self {
        Self { turn, graph: None }
    }

    /// Consumes the frame's pixels.
    pub fn convert(&mut self, frame: &frame::Video) -> Result<Picture, Error> {
        let source = Source::of(frame);
        let graph = match &mut self.graph {
            Some((made_for, graph)) if *made_for == source => graph,
            other => &mut other.insert((source, source.graph(self.turn)?)).1,
        };
        push(graph, frame)?;
        let picture = pull(graph)?;
        Ok(tight(&picture, source.has_alpha()))
    }
}

/// Makes BT.709 4:2:0 frames of limited range from RGB8 ones, for coding.
pub(super) struct Coder {
    graph: filter::Graph,
}

impl Coder {
    pub fn new(size: (u32, u32)) -> Result<Self, Error> {
        let source = Source {
            format: format::Pixel::RGB24,
            size,
            pixel_aspect: (1, 1),
            space: Space::RGB,
            range: Range::JPEG,
        };
        let filters = format!(
            "scale=flags={SCALE_FLAGS}:out_color_matrix=bt709:out_range=limited,format=yuv420p"
        );
        Ok(Self {
            graph: source.build(&filters)?,
        })
    }

    pub fn convert(&mut self, frame: &frame::Video) -> Result<frame::Video, Error> {
        push(&mut self.graph, frame)?;
        pull(&mut self.graph)
    }
}

/// The frame with its missing lines made from its neighbors in time and space. A function of these
/// three frames only, so that it does not matter how the middle one was reached.
pub(super) fn deinterlace(
    before: Option<&frame::Video>,
    frame: &frame::Video,
    after: Option<&frame::Video>,
) -> Result<frame::Video, Error> {
    let source = Source::of(frame);
    let is_alike = |other: &&frame::Video| {
        other.format() == source.format && (other.width(), other.height()) == source.size
    };
    let mut graph = source.build("yadif=mode=send_frame:parity=auto:deint=all")?;
    let before = before.filter(is_alike);
    let window = [before, Some(frame), after.filter(is_alike)];
    for (time, member) in window.into_iter().flatten().enumerate() {
        // A graph takes the pixels of what it is given; the caller still needs these.
        let mut copy = member.clone();
        copy.set_pts(Some(time as i64));
        push(&mut graph, &copy)?;
    }
    // At the end of the stream the filter repeats its last frame by itself.
    node(&mut graph, "in")?.source().flush()?;
    // One frame comes out for each that went in.
    if before.is_some() {
        pull(&mut graph)?;
    }
    pull(&mut graph)
}

fn node(graph: &mut filter::Graph, name: &str) -> Result<filter::Context, Error> {
    graph.get(name).ok_or(Error::FilterNotFound)
}

fn push(graph: &mut filter::Graph, frame: &frame::Video) -> Result<(), Error> {
    node(graph, "in")?.source().add(frame)
}

fn pull(graph: &mut filter::Graph) -> Result<frame::Video, Error> {
    let mut frame = frame::Video::empty();
    node(graph, "out")?.sink().frame(&mut frame)?;
    Ok(frame)
}

/// Rows without padding, and on gray where the picture is transparent.
fn tight(picture: &frame::Video, has_alpha: bool) -> Picture {
    let (width, height) = (picture.width(), picture.height());
    let bytes = if has_alpha { 4 } else { 3 };
    let row_bytes = bytes * width as usize;
    let mut pixels = Vec::with_capacity(3 * width as usize * height as usize);
    let rows = picture.data(0).chunks(picture.stride(0));
    for row in rows.take(height as usize) {
        let row = &row[..row_bytes];
        if has_alpha {
            let (rgba, _) = row.as_chunks::<4>();
            pixels.extend(rgba.iter().flat_map(|pixel| on_matte(*pixel)));
        } else {
            pixels.extend_from_slice(row);
        }
    }
    Picture {
        width,
        height,
        pixels,
    }
}

/// A pixel with straight alpha over mid gray.
pub(super) fn on_matte([red, green, blue, alpha]: [u8; 4]) -> [u8; 3] {
    let (alpha, matte) = (u32::from(alpha), u32::from(MATTE));
    [red, green, blue].map(|value| {
        let sum = u32::from(value) * alpha + matte * (255 - alpha);
        ((sum + 127) / 255) as u8
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn transparent_is_gray_and_opaque_is_itself() {
        assert_eq!(on_matte([10, 20, 250, 0]), [128; 3]);
        assert_eq!(on_matte([10, 20, 250, 255]), [10, 20, 250]);
        assert_eq!(on_matte([0, 128, 255, 128]), [64, 128, 192]);
    }

    #[test]
    fn silence_about_the_matrix_is_filled_by_size() {
        let source = |size, space| Source {
            format: format::Pixel::YUV420P,
            size,
            pixel_aspect: (1, 1),
            space,
            range: Range::Unspecified,
        };
        assert_eq!(
            source((1280, 720), Space::Unspecified).matrix_name(),
            "bt709"
        );
        assert_eq!(
            source((720, 576), Space::Unspecified).matrix_name(),
            "bt601"
        );
        assert_eq!(
            source((720, 576), Space::BT709).color(),
            "bt709, limited range"
        );
    }

    #[test]
    fn a_graph_gives_the_color_that_was_put_in() {
        // Red in BT.709, limited range: Y 63, Cb 102, Cr 240 (ITU-R BT.709-6, section 3).
        let mut frame = frame::Video::new(format::Pixel::YUV420P, 64, 32);
        for (plane, value) in [63, 102, 240].into_iter().enumerate() {
            frame.data_mut(plane).fill(value);
        }
        frame.set_color_space(Space::BT709);
        frame.set_color_range(Range::MPEG);
        let turn = Turn {
            quarters: 1,
            is_mirrored: false,
        };
        let picture = Converter::new(turn).convert(&frame).unwrap();
        assert_eq!((picture.width, picture.height), (32, 64));
        let [red, green, blue] = picture.pixels[..3] else {
            panic!("no pixel");
        };
        assert!(
            red >= 253 && green <= 2 && blue <= 2,
            "{red} {green} {blue}"
        );
    }
}
