//! The analysis itself: decode, follow faces, score, and keep the ledger.

use crate::analysis::{Analysis, Partial, ScanSettings};
use crate::job::{Cancelled, JobContext};
use crate::media::MediaError;

/// Why there is no analysis at all. A detector that failed is not among these: it is a check's state.
#[derive(Debug, thiserror::Error)]
pub enum ScanError {
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
    #[error(transparent)]
    Media(#[from] MediaError),
}

/// Analyzes one file; `tell` hears of results as they come.
pub fn scan(
    settings: &ScanSettings,
    job: &mut JobContext,
    tell: &dyn Fn(Partial),
) -> Result<Analysis, ScanError> {
    let _ = (settings, job, tell);
    todo!("scan")
}
