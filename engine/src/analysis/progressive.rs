//! Faces of a detector that takes seconds for each: held until the clip is read, then scored in the order in
//! which they tell most, up to a budget. By count alone, never by time: the same file gives the same faces.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use crate::detectors::FaceCrop;
use crate::device::DeviceKind;
use crate::faces::TrackId;

/// Multiplications with additions of one face from which on a detector is held back on the CPU.
const SLOW: u64 = 20_000_000_000;

/// Those spent on one clip on the CPU: about a minute of two fast cores.
const CPU_BUDGET: u64 = 8_000_000_000_000;

/// Fewest faces of a clip that are scored.
const FEWEST: usize = 8;

/// Faces held at most; beyond it every second one is let go, evenly over the clip.
const MOST_HELD: usize = 4096;

/// How many faces of a clip a slow detector scores.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FaceBudget {
    /// As many as take a minute or two on a CPU; all on a graphics card.
    #[default]
    Auto,
    Faces(usize),
    All,
}

/// Faces that wait for the end of the clip.
pub struct Held {
    most: usize,
    faces: Vec<FaceCrop>,
    /// Faces seen of each person.
    usable: BTreeMap<TrackId, usize>,
    seen: usize,
    /// Every so many faces are kept.
    stride: usize,
}

impl Held {
    /// `None` where the detector scores faces as they come.
    pub fn wanted(
        multiply_adds: Option<u64>,
        kind: DeviceKind,
        budget: FaceBudget,
    ) -> Option<Self> {
        let most = match (budget, multiply_adds) {
            (FaceBudget::All, _) | (_, None) => return None,
            (FaceBudget::Faces(most), Some(_)) => most,
            (FaceBudget::Auto, Some(cost)) => {
                if kind != DeviceKind::Cpu || cost < SLOW {
                    return None;
                }
                usize::try_from(CPU_BUDGET / cost)
                    .unwrap_or(usize::MAX)
                    .max(FEWEST)
            }
        };
        Some(Self {
            most,
            faces: Vec::new(),
            usable: BTreeMap::new(),
            seen: 0,
            stride: 1,
        })
    }

    pub fn push(&mut self, face: FaceCrop) {
        *self.usable.entry(face.track).or_default() += 1;
        if self.seen.is_multiple_of(self.stride) {
            self.faces.push(face);
        }
        self.seen += 1;
        if self.faces.len() > MOST_HELD {
            let mut at = 0;
            self.faces.retain(|_| {
                at += 1;
                at % 2 == 1
            });
            self.stride *= 2;
        }
    }

    /// Usable faces of each person.
    pub fn usable(&self) -> &BTreeMap<TrackId, usize> {
        &self.usable
    }

    /// The faces to score, the most telling first: of each person in turn the one farthest in time from
    /// those before it.
    pub fn in_order(&mut self) -> Vec<FaceCrop> {
        let mut of_track: BTreeMap<TrackId, Vec<usize>> = BTreeMap::new();
        for (at, face) in self.faces.iter().enumerate() {
            of_track.entry(face.track).or_default().push(at);
        }
        let queues: Vec<Vec<usize>> = of_track
            .into_values()
            .map(|places| {
                spread(places.len())
                    .into_iter()
                    .map(|at| places[at])
                    .collect()
            })
            .collect();
        let longest = queues.iter().map(Vec::len).max().unwrap_or(0);
        let order =
            (0..longest).flat_map(|turn| queues.iter().filter_map(move |own| own.get(turn)));
        let mut faces: Vec<Option<FaceCrop>> = self.faces.drain(..).map(Some).collect();
        let chosen = order.take(self.most).filter_map(|&at| faces[at].take());
        chosen.collect()
    }

    /// Why not all faces are scored, in words.
    pub fn reason(&self) -> String {
        format!(
            "One face takes this method seconds on the CPU; {} faces of the clip were scored, evenly over its \
             time. A graphics card scores all",
            self.most
        )
    }
}

/// `0..count`, every prefix of it spread evenly: the middle, then the middles of what is left, widest first.
fn spread(count: usize) -> Vec<usize> {
    let mut order = Vec::with_capacity(count);
    let mut gaps = std::collections::VecDeque::from([(0, count)]);
    while let Some((from, to)) = gaps.pop_front() {
        if from < to {
            let middle = from + (to - from) / 2;
            order.push(middle);
            gaps.extend([(from, middle), (middle + 1, to)]);
        }
    }
    order
}

impl fmt::Display for FaceBudget {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Auto => out.write_str("auto"),
            Self::All => out.write_str("all"),
            Self::Faces(most) => write!(out, "{most}"),
        }
    }
}

impl FromStr for FaceBudget {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "auto" => Ok(Self::Auto),
            "all" => Ok(Self::All),
            number => match number.parse() {
                Ok(most) if 0 < most => Ok(Self::Faces(most)),
                _ => Err(format!("{text:?} is not auto, all, or a number of faces")),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detectors::known_answer::pattern;

    fn face(number: u32, track: u32) -> FaceCrop {
        let mut face = pattern(0, 8);
        face.frame.index = number;
        face.track = TrackId(track);
        face
    }

    #[test]
    fn every_prefix_is_spread_and_nothing_is_left_out() {
        assert_eq!(spread(7)[..3], [3, 1, 5]);
        for count in 0..40 {
            let mut order = spread(count);
            order.sort_unstable();
            assert_eq!(order, (0..count).collect::<Vec<_>>());
        }
    }

    #[test]
    fn people_take_turns_up_to_the_budget() {
        let mut held = Held::wanted(Some(1), DeviceKind::Cpu, FaceBudget::Faces(5)).unwrap();
        for number in 0..20 {
            held.push(face(number, 1));
        }
        held.push(face(20, 2));
        assert_eq!(held.usable()[&TrackId(1)], 20);
        let order: Vec<(u32, u32)> = held
            .in_order()
            .iter()
            .map(|face| (face.track.0, face.frame.index))
            .collect();
        assert_eq!(order, [(1, 10), (2, 20), (1, 5), (1, 15), (1, 2)]);
    }

    #[test]
    fn a_long_clip_is_thinned_evenly() {
        let mut held = Held::wanted(Some(1), DeviceKind::Cpu, FaceBudget::Faces(5)).unwrap();
        for number in 0..3 * MOST_HELD as u32 {
            held.push(face(number, 1));
        }
        assert!(held.faces.len() <= MOST_HELD);
        assert!(
            held.faces
                .iter()
                .all(|face| face.frame.index.is_multiple_of(4))
        );
        assert_eq!(held.usable()[&TrackId(1)], 3 * MOST_HELD);
    }

    #[test]
    fn only_what_is_slow_is_held_and_only_on_the_cpu() {
        let is_held = |cost, kind, budget| Held::wanted(cost, kind, budget).is_some();
        assert!(is_held(Some(SLOW), DeviceKind::Cpu, FaceBudget::Auto));
        assert!(!is_held(Some(SLOW - 1), DeviceKind::Cpu, FaceBudget::Auto));
        assert!(!is_held(Some(SLOW), DeviceKind::Cuda, FaceBudget::Auto));
        assert!(!is_held(None, DeviceKind::Cpu, FaceBudget::Faces(3)));
        assert!(!is_held(Some(SLOW), DeviceKind::Cpu, FaceBudget::All));
        assert_eq!("12".parse(), Ok(FaceBudget::Faces(12)));
        assert_eq!(FaceBudget::All.to_string().parse(), Ok(FaceBudget::All));
        assert!("0".parse::<FaceBudget>().is_err());
    }
}
