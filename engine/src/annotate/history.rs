//! All strokes of one mask and how many of them are done: undo without end.

use std::sync::Arc;

use crate::data::annotations::{Delta, DeltaError, Mask, PixelRect};

/// Strokes in the order in which they were made. Those that are undone stay until another is made.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct History {
    strokes: Vec<Arc<Delta>>,
    num_applied: usize,
}

impl History {
    /// As it was kept on disk; no more can be applied than there are.
    pub fn new(strokes: Vec<Arc<Delta>>, num_applied: usize) -> Self {
        Self {
            num_applied: num_applied.min(strokes.len()),
            strokes,
        }
    }

    /// Adds a stroke that is on the mask already, and drops those that were undone. Gives its place, counted from zero.
    pub fn push(&mut self, stroke: Arc<Delta>) -> usize {
        let place = self.num_applied;
        self.strokes.truncate(place);
        self.strokes.push(stroke);
        self.num_applied = place + 1;
        place
    }

    /// Takes the last stroke off the mask; gives what may look different now, `None` where none is left.
    ///
    /// # Errors
    ///
    /// Where the mask is not the one that the strokes are of; both are as before then.
    pub fn undo(&mut self, mask: &mut Mask) -> Result<Option<PixelRect>, DeltaError> {
        let Some(place) = self.num_applied.checked_sub(1) else {
            return Ok(None);
        };
        let rect = self.strokes[place].apply(mask)?;
        self.num_applied = place;
        Ok(Some(rect))
    }

    /// Does again the stroke that was undone last.
    ///
    /// # Errors
    ///
    /// As for [`Self::undo`].
    pub fn redo(&mut self, mask: &mut Mask) -> Result<Option<PixelRect>, DeltaError> {
        let Some(stroke) = self.strokes.get(self.num_applied) else {
            return Ok(None);
        };
        let rect = stroke.apply(mask)?;
        self.num_applied += 1;
        Ok(Some(rect))
    }

    /// The mask that the applied strokes make of an empty one; sides in pixels.
    ///
    /// # Errors
    ///
    /// Where a stroke is of a mask of another size.
    pub fn replay(&self, width: u32, height: u32) -> Result<Mask, DeltaError> {
        let mut mask = Mask::empty(width, height);
        for stroke in &self.strokes[..self.num_applied] {
            stroke.apply(&mut mask)?;
        }
        Ok(mask)
    }

    /// All of them, those that are undone too.
    pub fn strokes(&self) -> &[Arc<Delta>] {
        &self.strokes
    }

    pub fn num_applied(&self) -> usize {
        self.num_applied
    }

    pub fn can_undo(&self) -> bool {
        0 < self.num_applied
    }

    pub fn can_redo(&self) -> bool {
        self.num_applied < self.strokes.len()
    }
}

#[cfg(test)]
mod tests;
