//! Packets in, decoded frames out, in presentation order, past whatever is damaged.

use std::path::{Path, PathBuf};

use ffmpeg_next::error::EAGAIN;
use ffmpeg_next::{Error, Packet, frame};

use crate::media::MediaError;
use crate::media::container::{self, Container, StreamFacts, nanos_of};
use crate::media::warnings::Warnings;

/// Errors in a row after which reading or decoding is given up: each one may hide a packet.
const MAX_ERRORS_IN_A_ROW: u32 = 2_000;

/// Bytes a second are kept up to here: a day.
const MAX_SECONDS: f64 = 86_400.0;

/// Reads one stream from its start, or from a key frame.
pub(super) struct Decoding {
    pub container: Container,
    path: PathBuf,
    pub warnings: Warnings,
    /// Bytes of all packets sent to the decoder since opening.
    pub packet_bytes: u64,
    /// The same for each second of the stream, in order; without times that make no sense.
    pub second_bytes: Vec<u32>,
    errors_in_a_row: u32,
    /// The decoder was told that no more packets come.
    is_draining: bool,
    last_secs: f64,
}

impl Decoding {
    pub fn open(path: &Path) -> Result<Self, MediaError> {
        Ok(Self {
            container: container::open(path)?,
            path: path.to_owned(),
            warnings: Warnings::default(),
            packet_bytes: 0,
            second_bytes: Vec::new(),
            errors_in_a_row: 0,
            is_draining: false,
            last_secs: 0.0,
        })
    }

    pub fn stream(&self) -> StreamFacts {
        self.container.stream
    }

    /// Starts again at the first frame, by opening the file anew: what is read then is exactly what
    /// was read the first time.
    pub fn restart(&mut self) -> Result<(), MediaError> {
        self.container = container::open(&self.path)?;
        self.reset();
        Ok(())
    }

    /// Goes to a key frame at or before this stored time. `false` where the container cannot.
    pub fn seek(&mut self, raw: i64) -> bool {
        // Seeks of this interface are in microseconds. One more than enough, because the target is
        // rounded down to ticks again.
        let micros = nanos_of(raw, self.stream().time_base).div_euclid(1000) + 1;
        let is_there = self.container.input.seek(micros, ..micros).is_ok();
        self.container.decoder.flush();
        self.reset();
        is_there
    }

    fn reset(&mut self) {
        self.errors_in_a_row = 0;
        self.is_draining = false;
    }

    /// The next frame; `None` at the end, or where no more can be decoded.
    pub fn next(&mut self) -> Option<frame::Video> {
        let mut frame = frame::Video::empty();
        while self.errors_in_a_row < MAX_ERRORS_IN_A_ROW {
            match self.container.decoder.receive_frame(&mut frame) {
                Ok(()) => {
                    self.errors_in_a_row = 0;
                    self.note_damage(&frame);
                    return Some(frame);
                }
                Err(Error::Eof) => return None,
                Err(Error::Other { errno: EAGAIN }) if !self.is_draining => self.feed(),
                Err(Error::Other { errno: EAGAIN }) => return None,
                Err(_) => self.trouble("frames could not be decoded"),
            }
        }
        self.warnings.add(
            "attempts to go on after damage were in vain, the rest is not read",
            self.last_secs,
        );
        None
    }

    /// Gives the decoder one packet of our stream, or the end of them.
    fn feed(&mut self) {
        while self.errors_in_a_row < MAX_ERRORS_IN_A_ROW {
            let mut packet = Packet::empty();
            match packet.read(&mut self.container.input) {
                Ok(()) if packet.stream() != self.container.stream.index => continue,
                Ok(()) => return self.send(&packet),
                Err(Error::Eof) => return self.drain(),
                // The demuxer may find its way again after this.
                Err(Error::InvalidData) => self.trouble("stretches of the container are damaged"),
                Err(_) => {
                    self.trouble("reads from the file failed");
                    return self.drain();
                }
            }
        }
    }

    fn send(&mut self, packet: &Packet) {
        self.packet_bytes += packet.size() as u64;
        self.note_bytes(packet);
        if packet.is_corrupt() {
            self.warnings.add(
                "packets are damaged or cut off",
                self.secs(packet.pts().or(packet.dts())),
            );
        }
        match self.container.decoder.send_packet(packet) {
            Ok(()) => {}
            // Cannot be: all frames were taken before. The loop goes on as if it had been read.
            Err(Error::Other { errno: EAGAIN }) => {}
            Err(_) => self.trouble("packets could not be decoded"),
        }
    }

    fn note_bytes(&mut self, packet: &Packet) {
        let Some(ticks) = packet.pts().or(packet.dts()) else {
            return;
        };
        let second = self.secs(Some(ticks));
        if !(0.0..MAX_SECONDS).contains(&second) {
            return;
        }
        let second = second as usize;
        if self.second_bytes.len() <= second {
            self.second_bytes.resize(second + 1, 0);
        }
        let bytes = u32::try_from(packet.size()).unwrap_or(u32::MAX);
        let sum = &mut self.second_bytes[second];
        *sum = sum.saturating_add(bytes);
    }

    fn drain(&mut self) {
        self.is_draining = true;
        if self.container.decoder.send_eof().is_err() {
            self.trouble("frames at the end could not be decoded");
        }
    }

    fn trouble(&mut self, what: &'static str) {
        self.errors_in_a_row += 1;
        self.warnings.add(what, self.last_secs);
    }

    fn note_damage(&mut self, frame: &frame::Video) {
        self.last_secs = self.secs(frame.timestamp());
        if frame.is_corrupt() || frame.has_decode_errors() {
            self.warnings.add(
                "frames are damaged and were patched by the decoder",
                self.last_secs,
            );
        }
    }

    fn secs(&self, ticks: Option<i64>) -> f64 {
        ticks.map_or(self.last_secs, |ticks| {
            let stream = self.stream();
            (nanos_of(ticks, stream.time_base) - stream.start_nanos) as f64 * 1e-9
        })
    }
}
