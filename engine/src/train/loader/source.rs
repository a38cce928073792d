//! What batches are made of, and the maker that each loader thread has of its own.

use std::sync::Arc;

use crate::data::labelled::LabelledFaces;
use crate::forge::addg::Draw;
use crate::forge::pristine::PristineFaces;
use crate::job::CancelToken;
use crate::methods::training::LabelPlan;
use crate::train::Batch;
use crate::train::loader::LoaderSettings;
use crate::train::loader::labelled::LabelledMaker;
use crate::train::loader::made_up::BatchMaker;
use crate::train::masked::MaskedSet;

/// Faces, and how a step's batch is made of them.
pub enum Source {
    MadeUp {
        faces: Arc<PristineFaces>,
        /// Which batch a step wants.
        draw: Box<dyn Fn(u64) -> Draw + Send + Sync>,
    },
    Labelled {
        faces: Arc<LabelledFaces>,
        /// Faces with masks; there may be none.
        masked: MaskedSet,
        /// How the batch of a step is drawn.
        plan: Box<dyn Fn(u64) -> LabelPlan + Send + Sync>,
    },
}

/// Makes the batches of one thread.
pub enum Maker<'a> {
    MadeUp {
        maker: Box<BatchMaker<'a>>,
        draw: &'a (dyn Fn(u64) -> Draw + Send + Sync),
    },
    Labelled {
        maker: Box<LabelledMaker<'a>>,
        plan: &'a (dyn Fn(u64) -> LabelPlan + Send + Sync),
    },
}

impl Source {
    /// Fails with the reason where no batch can be made of these faces.
    pub fn maker<'a>(&'a self, settings: &'a LoaderSettings) -> Result<Maker<'a>, String> {
        match self {
            Self::MadeUp { faces, draw } => Ok(Maker::MadeUp {
                maker: Box::new(BatchMaker::new(faces, settings).map_err(|err| err.to_string())?),
                draw,
            }),
            Self::Labelled {
                faces,
                masked,
                plan,
            } => Ok(Maker::Labelled {
                maker: Box::new(LabelledMaker::new(faces, masked, settings)?),
                plan,
            }),
        }
    }
}

impl Maker<'_> {
    /// The batch of one step; `None` if the job was cancelled meanwhile.
    pub fn batch(&mut self, step: u64, cancel: &CancelToken) -> Result<Option<Batch>, String> {
        match self {
            Self::MadeUp { maker, draw } => Ok(maker.training_batch(step, draw(step), cancel)),
            Self::Labelled { maker, plan } => maker.training_batch(step, plan(step), cancel),
        }
    }
}
