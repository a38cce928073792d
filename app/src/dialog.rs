//! The system's file dialog, on its own thread so that the window keeps drawing.

use std::path::PathBuf;
use std::thread;

use crossbeam_channel::Receiver;

/// Endings offered first; any file may be chosen, because content decides.
const ENDINGS: [&str; 18] = [
    "mp4", "mov", "mkv", "webm", "avi", "m4v", "mpg", "mpeg", "ts", "3gp", "wmv", "gif", "png",
    "jpg", "jpeg", "webp", "bmp", "tiff",
];

/// A dialog that is open. Dropping it forgets what is chosen there.
pub struct FileDialog {
    chosen: Receiver<Vec<PathBuf>>,
}

impl FileDialog {
    /// Opens the dialog; `wake` is called from its thread when it was closed.
    ///
    /// # Errors
    ///
    /// When no thread could be started.
    pub fn open(wake: impl FnOnce() + Send + 'static) -> std::io::Result<Self> {
        let (tell, chosen) = crossbeam_channel::bounded(1);
        thread::Builder::new()
            .name("file-dialog".to_owned())
            .spawn(move || {
                let paths = rfd::FileDialog::new()
                    .set_title("Open clips and pictures")
                    .add_filter("Clips and pictures", &ENDINGS)
                    .add_filter("All files", &["*"])
                    .pick_files()
                    .unwrap_or_default();
                // Fails only when the window is gone.
                tell.send(paths).ok();
                wake();
            })?;
        Ok(Self { chosen })
    }

    /// What was chosen, once; empty when the dialog was cancelled. `None` while it is open.
    pub fn poll(&self) -> Option<Vec<PathBuf>> {
        match self.chosen.try_recv() {
            Ok(paths) => Some(paths),
            Err(crossbeam_channel::TryRecvError::Empty) => None,
            Err(crossbeam_channel::TryRecvError::Disconnected) => Some(Vec::new()),
        }
    }
}
