//! Every way a job can fail.

use crate::analysis::scan::ScanError;
use crate::annotate::carry::CarryError;
use crate::annotate::queue::QueueError;
use crate::annotate::round::RoundError;
use crate::annotate::{ExportError, ImportMasksError};
use crate::data::import::ImportError;
use crate::data::overview::OverviewError;
use crate::detectors::library::LibraryError;
use crate::eval::EvalError;
use crate::forge::ForgeError;
use crate::job::Cancelled;
use crate::media::MediaError;
use crate::media::probe::ProbeError;
use crate::methods::self_test::SelfTestError;
use crate::train::TrainError;

#[derive(Debug, thiserror::Error)]
pub enum JobError {
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
    #[error(transparent)]
    Media(#[from] MediaError),
    #[error(transparent)]
    Scan(#[from] ScanError),
    #[error(transparent)]
    Train(#[from] TrainError),
    #[error(transparent)]
    Forge(#[from] ForgeError),
    #[error(transparent)]
    Import(#[from] ImportError),
    #[error(transparent)]
    Weights(#[from] LibraryError),
    #[error(transparent)]
    SelfTest(#[from] SelfTestError),
    #[error(transparent)]
    Overview(#[from] OverviewError),
    #[error(transparent)]
    Eval(#[from] EvalError),
    #[error(transparent)]
    Queue(#[from] QueueError),
    #[error(transparent)]
    Carry(#[from] CarryError),
    #[error(transparent)]
    Round(#[from] RoundError),
    #[error(transparent)]
    ExportMasks(#[from] ExportError),
    #[error(transparent)]
    ImportMasks(#[from] ImportMasksError),
    #[error("The job panicked, which is a bug: {message}")]
    Panicked { message: String },
}

impl JobError {
    /// Whether it only says that the job was asked to stop.
    pub(super) fn is_cancelled(&self) -> bool {
        matches!(
            self,
            Self::Cancelled(_)
                | Self::Scan(ScanError::Cancelled(_))
                | Self::Train(TrainError::Cancelled(_))
                | Self::Forge(ForgeError::Cancelled(_))
                | Self::Import(ImportError::Cancelled(_))
                | Self::Overview(OverviewError::Cancelled(_))
                | Self::Eval(EvalError::Cancelled(_))
                | Self::SelfTest(SelfTestError::Cancelled(_))
                | Self::Queue(QueueError::Cancelled(_))
                | Self::Carry(CarryError::Cancelled(_))
                | Self::Round(RoundError::Cancelled(_))
                | Self::ExportMasks(ExportError::Cancelled(_))
                | Self::ImportMasks(ImportMasksError::Cancelled(_))
        )
    }
}

impl From<ProbeError> for JobError {
    fn from(err: ProbeError) -> Self {
        match err {
            ProbeError::Media(err) => Self::Media(err),
            ProbeError::Cancelled(err) => Self::Cancelled(err),
        }
    }
}
