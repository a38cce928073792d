//! What the program told the user: shown for a while, kept in a list.

use std::collections::VecDeque;

use crate::logging::Ring;

/// Kept in the list.
const MAX: usize = 100;
/// Shown at once.
const MAX_SHOWN: usize = 4;
/// Errors stay longer, for they are seldom waited for.
const QUIET_SECS: f64 = 6.0;
const ERROR_SECS: f64 = 20.0;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weight {
    /// Something was done.
    Quiet,
    /// Something was not done, and the user can do something about it.
    Warning,
    /// Something failed.
    Error,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Notice {
    pub id: u64,
    pub weight: Weight,
    pub text: String,
    /// When it was told last, on the window's clock.
    pub at_secs: f64,
    /// How often in a row.
    pub times: u32,
    /// What it speaks of can be undone.
    pub can_undo: bool,
    is_dismissed: bool,
}

/// All notices, the oldest first.
#[derive(Debug, Default)]
pub struct Notices {
    all: VecDeque<Notice>,
    next_id: u64,
    /// Lines of the log that were looked at.
    num_heard: u64,
}

impl Notices {
    pub fn tell(&mut self, weight: Weight, text: impl Into<String>, now_secs: f64) -> &mut Notice {
        let text = text.into();
        let is_same = self.all.back().is_some_and(|last| last.text == text);
        if !is_same {
            if self.all.len() == MAX {
                self.all.pop_front();
            }
            self.all.push_back(Notice {
                id: self.next_id,
                weight,
                text,
                at_secs: now_secs,
                times: 0,
                can_undo: false,
                is_dismissed: false,
            });
            self.next_id += 1;
        }
        let at = self.all.len() - 1;
        let notice = &mut self.all[at];
        notice.times += 1;
        notice.at_secs = now_secs;
        notice.is_dismissed = false;
        notice
    }

    /// Tells the program's own errors that were logged since the last call.
    pub fn hear(&mut self, log: &Ring, now_secs: f64) {
        let (num, errors) = log.errors_since(self.num_heard);
        self.num_heard = num;
        for text in errors {
            self.tell(Weight::Error, text, now_secs);
        }
    }

    pub fn dismiss(&mut self, id: u64) {
        for notice in self.all.iter_mut().filter(|notice| notice.id == id) {
            notice.is_dismissed = true;
        }
    }

    /// Those of the last seconds, the oldest first.
    pub fn shown(&self, now_secs: f64) -> impl Iterator<Item = &Notice> {
        let from = self.all.len().saturating_sub(MAX_SHOWN);
        self.all.range(from..).filter(move |notice| {
            let stays_secs = match notice.weight {
                Weight::Quiet => QUIET_SECS,
                Weight::Warning | Weight::Error => ERROR_SECS,
            };
            !notice.is_dismissed && now_secs < notice.at_secs + stays_secs
        })
    }

    pub fn all(&self) -> &VecDeque<Notice> {
        &self.all
    }
}

impl Notice {
    /// Its text, and how often it was told in a row.
    pub fn words(&self) -> String {
        match self.times {
            0 | 1 => self.text.clone(),
            times => format!("{} ({times} times)", self.text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notices_fade_and_stay_in_the_list() {
        let mut notices = Notices::default();
        notices.tell(Weight::Quiet, "Removed a.mp4", 0.0);
        notices.tell(Weight::Error, "Could not read", 1.0);
        assert_eq!(notices.shown(2.0).count(), 2);
        assert_eq!(notices.shown(10.0).count(), 1);
        assert_eq!(notices.shown(30.0).count(), 0);
        assert_eq!(notices.all().len(), 2);
    }

    #[test]
    fn the_same_again_is_counted_and_comes_back_after_it_was_dismissed() {
        let mut notices = Notices::default();
        let id = notices
            .tell(Weight::Warning, "There is no face here", 0.0)
            .id;
        notices.dismiss(id);
        assert_eq!(notices.shown(0.5).count(), 0);
        notices.tell(Weight::Warning, "There is no face here", 1.0);
        let words: Vec<String> = notices.shown(1.5).map(Notice::words).collect();
        assert_eq!(words, ["There is no face here (2 times)"]);
    }
}
