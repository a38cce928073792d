//! Decodes ahead of the analysis on a thread of its own, a bounded number of bytes.

use std::io;
use std::sync::Arc;
use std::thread;

use crossbeam_channel::{Receiver, bounded};

use crate::job::CancelToken;
use crate::media::{Frame, FrameSource, MediaError};

/// Decoded pictures that may wait, in bytes: five 1080p frames, a few hundred small ones.
const MAX_WAITING_BYTES: usize = 32 << 20;
const MAX_WAITING_FRAMES: usize = 64;

/// What the decoding thread sends. The receiver sees `End` last, unless the thread was cancelled.
pub enum Decoded {
    Frame(Arc<Frame>),
    Warning(String),
    End(Result<(), MediaError>),
}

/// Starts decoding; dropping the receiver or cancelling ends the thread.
pub fn read_ahead(
    mut source: Box<dyn FrameSource>,
    frame_bytes: usize,
    cancel: CancelToken,
) -> io::Result<Receiver<Decoded>> {
    let waiting = (MAX_WAITING_BYTES / frame_bytes.max(1)).clamp(2, MAX_WAITING_FRAMES);
    let (frames_tx, frames_rx) = bounded(waiting);
    let name = thread::current().name().unwrap_or("scan").to_owned();
    thread::Builder::new()
        .name(format!("{name}-decode"))
        .spawn(move || {
            let mut end = Ok(());
            while !cancel.is_cancelled() {
                let next = source.next_frame();
                let warnings = source.take_warnings().into_iter().map(Decoded::Warning);
                let frame = match next {
                    Ok(Some(frame)) => Some(Decoded::Frame(Arc::new(frame))),
                    Ok(None) => None,
                    Err(err) => {
                        end = Err(err);
                        None
                    }
                };
                let is_last = frame.is_none();
                for item in warnings.chain(frame) {
                    if frames_tx.send(item).is_err() {
                        return; // The analysis is gone.
                    }
                }
                if is_last {
                    break;
                }
            }
            // Fails only when the analysis is gone, and then nobody listens.
            frames_tx.send(Decoded::End(end)).ok();
        })?;
    Ok(frames_rx)
}
