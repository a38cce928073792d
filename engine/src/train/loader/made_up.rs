//! Fills batches with examples: the same bytes for the same seed, step and place.

use rand::RngExt as _;
use rand::seq::SliceRandom as _;

use crate::forge::addg::{Addg, AddgSettings, CATEGORIES, Draw, Scratch, example_rng};
use crate::forge::pristine::{ExampleError, PristineFaces};
use crate::job::CancelToken;
use crate::train::loader::LoaderSettings;
use crate::train::{Batch, TrainError};

/// Steps of validation batches, far from those of any training.
const VALIDATION_STEP: u64 = 1 << 60;

/// Places in a batch for the numbers that a pair shares, far from those of any example.
const PAIR: u64 = 1 << 60;

/// A fixed validation batch for one category (half manipulated, half pristine), the same every time.
/// Parts go on through the faces, in an order that `settings.seed` gives; `first_step` and
/// `num_threads` do not matter.
///
/// Fails where there are no faces or only those of one clip.
pub fn validation_batch(
    faces: &PristineFaces,
    settings: &LoaderSettings,
    category: u8,
    part: u64,
) -> Result<Batch, TrainError> {
    let mut maker = BatchMaker::new(faces, settings).map_err(|err| TrainError::Config {
        reason: format!("validation is not possible: {err}"),
    })?;
    let mut order: Vec<usize> = (0..faces.faces.len()).collect();
    order.shuffle(&mut example_rng(settings.seed, VALIDATION_STEP, 0));
    let num_pairs = settings.batch_size.div_ceil(2) as u64;
    let step = VALIDATION_STEP + part * CATEGORIES.len() as u64 + u64::from(category) + 1;
    let mut batch = settings.empty_batch();
    for at in 0..settings.batch_size as u64 {
        let place = (part * num_pairs + at / 2) % order.len() as u64;
        maker.add_example(&mut batch, step, at, (order[place as usize], category));
    }
    Ok(batch)
}

/// Fills batches; one for each thread.
pub struct BatchMaker<'a> {
    faces: &'a PristineFaces,
    settings: &'a LoaderSettings,
    addg: Addg<'a>,
    scratch: Scratch,
}

impl<'a> BatchMaker<'a> {
    pub fn new(
        faces: &'a PristineFaces,
        settings: &'a LoaderSettings,
    ) -> Result<Self, ExampleError> {
        let wanted = AddgSettings {
            size_px: settings.size_px,
            is_color_matched: true,
            is_augmented: true,
        };
        Ok(Self {
            faces,
            settings,
            addg: Addg::new(faces, wanted)?,
            scratch: Scratch::default(),
        })
    }

    /// The batch of one step; `None` if the job was cancelled meanwhile.
    pub fn training_batch(&mut self, step: u64, draw: Draw, cancel: &CancelToken) -> Option<Batch> {
        let mut batch = self.settings.empty_batch();
        for at in 0..self.settings.batch_size as u64 {
            if cancel.is_cancelled() {
                return None;
            }
            let mut rng = example_rng(self.settings.seed, step, PAIR + at / 2);
            let face = rng.random_range(0..self.faces.faces.len());
            let category = match draw {
                Draw::Category(category) => category,
                Draw::Mixed => rng.random_range(0..CATEGORIES.len() as u8),
            };
            self.add_example(&mut batch, step, at, (face, category));
        }
        Some(batch)
    }

    /// Even places are manipulated, odd ones pristine; the two of a pair are of the same face and
    /// category, so that within a batch neither tells the label.
    fn add_example(&mut self, batch: &mut Batch, step: u64, at: u64, choice: (usize, u8)) {
        let (face, category) = choice;
        let rng = &mut example_rng(self.settings.seed, step, at);
        let example = if at.is_multiple_of(2) {
            self.addg.negative(face, category, rng, &mut self.scratch)
        } else {
            self.addg.pristine(face, category, rng, &mut self.scratch)
        };
        batch.pixels.extend_from_slice(example.pixels);
        batch
            .labels
            .push(f32::from(u8::from(example.category.is_some())));
        batch.categories.push(example.category);
        let mut source = self.faces.source(face);
        if let Some(donor) = example.donor {
            source = format!("{source} with {}", self.faces.source(donor));
        }
        batch.sources.push(source);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forge::synthetic;

    const SETTINGS: LoaderSettings = LoaderSettings {
        seed: 5,
        size_px: 32,
        batch_size: 6,
        first_step: 0,
        num_threads: 1,
    };

    #[test]
    fn validation_batches_are_fixed_and_go_through_all_faces() {
        let faces = synthetic::faces(4, 3, 48);
        let batch = |category, part| validation_batch(&faces, &SETTINGS, category, part).unwrap();
        assert_eq!(batch(7, 2), batch(7, 2));
        assert_ne!(batch(7, 2).pixels, batch(7, 1).pixels);
        assert_eq!(
            batch(3, 0).categories,
            [Some(3), None, Some(3), None, Some(3), None]
        );
        let mut seen: Vec<String> = (0..4).flat_map(|part| batch(0, part).sources).collect();
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen.len(), 12);
    }
}
