//! How likely a density model finds reference faces, in bins: pristine ones, and each technique.

use seam_engine::detectors::likelihood::LikelihoodReference;

/// About so many bins lie between the ends.
const NUM_BINS: f32 = 24.0;
/// Share of all faces beyond either end of the axis; the bins at its ends hold them.
const BEYOND: f32 = 0.005;
/// The finest bins, in bits.
const MIN_WIDTH: f32 = 0.01;

/// Reference faces on one axis, which is the same for every face that is laid beside them.
#[derive(Clone, Debug, PartialEq)]
pub struct Histogram {
    /// Bits per dimension where the first bin begins.
    low: f32,
    /// Of a bin, in bits.
    width: f32,
    pub pristine: Distribution,
    /// Of all techniques together; empty without any.
    pub forged: Distribution,
    /// In the order of the validation.
    pub techniques: Vec<Distribution>,
}

/// Faces of one kind.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Distribution {
    pub name: String,
    pub num_faces: usize,
    /// Of its faces in each bin: sum to 1 where there are any.
    pub shares: Vec<f32>,
}

impl Histogram {
    /// `None` without a pristine face.
    pub fn of(references: &[LikelihoodReference]) -> Option<Self> {
        let pristine = references.iter().find(|own| own.technique.is_none())?;
        let mut all: Vec<f32> = references.iter().flat_map(numbers).collect();
        all.sort_by(f32::total_cmp);
        let last = all.len().checked_sub(1)?;
        let end = |share: f32| all[(share * last as f32).round() as usize];
        let (low, high) = (end(BEYOND), end(1.0 - BEYOND));
        let width = round_width((high - low) / NUM_BINS);
        let first = (low / width).floor();
        let num_bins = ((high / width).floor() - first) as usize + 1;
        let axis = Axis {
            low: first * width,
            width,
            num_bins,
        };
        let forged = || references.iter().filter(|own| own.technique.is_some());
        let of_technique =
            |own: &LikelihoodReference| Some(axis.count(own.technique.as_deref()?, numbers(own)));
        let shown = Self {
            low: axis.low,
            width,
            pristine: axis.count("pristine", numbers(pristine)),
            forged: axis.count("all techniques", forged().flat_map(numbers)),
            techniques: forged().filter_map(of_technique).collect(),
        };
        (0 < shown.pristine.num_faces).then_some(shown)
    }

    /// All techniques together, or the one at this place; `None` where there are none.
    pub fn second(&self, technique: Option<u8>) -> Option<&Distribution> {
        let chosen = technique.and_then(|at| self.techniques.get(usize::from(at)));
        Some(chosen.unwrap_or(&self.forged)).filter(|shown| 0 < shown.num_faces)
    }

    pub fn num_bins(&self) -> usize {
        self.pristine.shares.len()
    }

    /// Ends of the axis, in bits per dimension.
    pub fn ends(&self) -> [f32; 2] {
        let high = self.low + self.width * self.num_bins() as f32;
        [self.low, high]
    }

    /// Ends of a bin, in bits per dimension.
    pub fn bin_ends(&self, bin: usize) -> [f32; 2] {
        [bin, bin + 1].map(|at| self.low + self.width * at as f32)
    }

    /// Place on the axis: 0 to 1 from end to end, less or more beyond them.
    pub fn place(&self, bits_per_dim: f32) -> f32 {
        (bits_per_dim - self.low) / (self.width * self.num_bins() as f32)
    }

    /// Digits after the point that tell bins apart.
    pub fn digits(&self) -> usize {
        if self.width < 0.095 { 2 } else { 1 }
    }
}

impl Distribution {
    /// The highest bin's share.
    pub fn peak(&self) -> f32 {
        self.shares.iter().copied().fold(0.0, f32::max)
    }
}

struct Axis {
    low: f32,
    width: f32,
    num_bins: usize,
}

impl Axis {
    fn count(&self, name: &str, values: impl Iterator<Item = f32>) -> Distribution {
        let mut shares = vec![0.0; self.num_bins];
        let mut num_faces = 0_usize;
        for value in values {
            // Below zero becomes the first bin.
            let bin = ((value - self.low) / self.width) as usize;
            shares[bin.min(self.num_bins - 1)] += 1.0;
            num_faces += 1;
        }
        for share in &mut shares {
            *share /= num_faces.max(1) as f32;
        }
        Distribution {
            name: name.to_owned(),
            num_faces,
            shares,
        }
    }
}

fn numbers(reference: &LikelihoodReference) -> impl Iterator<Item = f32> {
    let bits = reference.bits_per_dim.iter().copied();
    bits.filter(|bits| bits.is_finite())
}

/// The next width that is easily read: 1, 2 or 5 with zeros.
fn round_width(width: f32) -> f32 {
    let width = width.max(MIN_WIDTH);
    let step = 10.0_f32.powf(width.log10().floor());
    let rounds = [1.0, 2.0, 5.0].map(|times| times * step);
    let round = rounds.into_iter().find(|round| width <= 1.001 * round);
    round.unwrap_or(10.0 * step)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reference(technique: Option<&str>, bits: impl Iterator<Item = f32>) -> LikelihoodReference {
        let bits_per_dim: Vec<f32> = bits.collect();
        LikelihoodReference {
            technique: technique.map(str::to_owned),
            roughness: vec![5.0; bits_per_dim.len()],
            bits_per_dim,
        }
    }

    fn histogram() -> Histogram {
        let steps = |from: f32, count: u8| (0..count).map(move |at| from + 0.02 * f32::from(at));
        Histogram::of(&[
            reference(None, steps(2.0, 50)),
            reference(Some("swap"), steps(1.0, 25)),
            reference(Some("reenact"), steps(3.0, 75)),
        ])
        .unwrap()
    }

    #[test]
    fn the_shares_of_a_kind_sum_to_one_and_techniques_together_are_their_faces() {
        let histogram = histogram();
        let all = [&histogram.pristine, &histogram.forged];
        for kind in all.into_iter().chain(&histogram.techniques) {
            let sum: f32 = kind.shares.iter().sum();
            assert!((sum - 1.0).abs() < 1e-5, "{}: {sum}", kind.name);
            assert_eq!(kind.shares.len(), histogram.num_bins());
        }
        let counts = all.map(|kind| kind.num_faces);
        assert_eq!(counts, [50, 100]);
        for (bin, share) in histogram.forged.shares.iter().enumerate() {
            let [swap, reenact] = [0, 1].map(|at| histogram.techniques[at].shares[bin]);
            assert!((share - 0.25 * swap - 0.75 * reenact).abs() < 1e-5, "{bin}");
        }
    }

    #[test]
    fn bins_are_round_and_hold_what_lies_in_them() {
        let histogram = histogram();
        // From 1 to 4.48 bits: some two dozen bins of a fifth of a bit.
        assert_eq!(histogram.bin_ends(0), [1.0, 1.2]);
        assert_eq!(histogram.num_bins(), 18);
        assert_eq!(histogram.digits(), 1);
        let [low, high] = histogram.ends();
        assert!(low == 1.0 && (high - 4.6).abs() < 1e-5, "{low} {high}");
        let places = [low, high].map(|bits| histogram.place(bits));
        assert!(places[0] == 0.0 && (places[1] - 1.0).abs() < 1e-5);
        // Pristine faces lie from 2 to 2.98, ten of them in each bin.
        let filled: Vec<usize> = (0..18)
            .filter(|&at| 0.0 < histogram.pristine.shares[at])
            .collect();
        assert_eq!(filled, [5, 6, 7, 8, 9]);
        assert!((histogram.pristine.peak() - 0.2).abs() < 0.03);
    }

    #[test]
    fn what_lies_far_beyond_is_held_by_the_bins_at_the_ends() {
        let bits = (0..1000u16).map(|at| 2.0 + 0.001 * f32::from(at));
        let beyond = [f32::NAN, -3.0, 900.0, f32::INFINITY];
        let histogram = Histogram::of(&[reference(None, bits.chain(beyond))]).unwrap();
        let [low, high] = histogram.ends();
        assert!(1.8 < low && high < 3.2, "{low} {high}");
        assert_eq!(histogram.pristine.num_faces, 1002);
        assert_eq!(histogram.second(None), None);
    }

    #[test]
    fn a_technique_that_is_not_there_gives_way_to_all() {
        let histogram = histogram();
        let name = |technique| histogram.second(technique).unwrap().name.clone();
        assert_eq!(name(None), "all techniques");
        assert_eq!(name(Some(1)), "reenact");
        assert_eq!(name(Some(9)), "all techniques");
        assert_eq!(Histogram::of(&[]), None);
        assert_eq!(Histogram::of(&[reference(None, std::iter::empty())]), None);
        let alike = Histogram::of(&[reference(None, std::iter::repeat_n(2.5, 30))]).unwrap();
        assert_eq!(alike.num_bins(), 1);
    }
}
