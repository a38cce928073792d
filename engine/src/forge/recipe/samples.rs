//! The four clips of `sample_media/`, with the truth about every face in every frame.

use std::ops::Range;

use serde::Serialize;

use crate::forge::manipulate::{FaceModel, Quality, Technique, prepare};
use crate::forge::output::Output;
use crate::forge::person::RenderedFrame;
use crate::forge::recipe::footage::{bounds, samples};
use crate::forge::recipe::lane::change;
use crate::forge::recipe::rendered::Rendered;
use crate::forge::recipe::sink::Sink;
use crate::forge::recipe::sources::Sources;
use crate::forge::{ForgeError, ForgeSettings};
use crate::job::JobContext;
use crate::media::encode::{ClipFormat, Picture};
use crate::media::hash;

/// The recipe's name.
pub const NAME: &str = "samples";

const TECHNIQUE: Technique = Technique::Swap;
const STAGE: &str = "Making samples";
const SIZE: [u32; 2] = [640, 480];
const RATE: [u32; 2] = [25, 1];
/// Five seconds.
const NUM_FRAMES: u32 = 125;
const FACE_PX: f32 = 180.0;
/// Two people share the width.
const FACE_PX_OF_TWO: f32 = 140.0;
const RATE_FACTOR: u8 = 21;
/// Other people than those of the recipes for training and testing.
const CAST: u64 = 4;

/// What one clip shows. People are places in the cast.
struct Sample {
    file: &'static str,
    about: &'static str,
    people: &'static [usize],
    swap: Option<Swap>,
}

struct Swap {
    /// Which of the people gets another face.
    face: usize,
    donor: usize,
    frames: Range<u32>,
}

static SAMPLES: [Sample; 4] = [
    Sample {
        file: "pristine.mp4",
        about: "One person talks. Nothing was manipulated.",
        people: &[0],
        swap: None,
    },
    Sample {
        file: "swap.mp4",
        about: "One person talks; another person's face was swapped in throughout.",
        people: &[1],
        swap: Some(Swap {
            face: 0,
            donor: 2,
            frames: 0..NUM_FRAMES,
        }),
    },
    Sample {
        file: "middle_third.mp4",
        about: "One person talks; another person's face was swapped in, in the middle third alone.",
        people: &[3],
        swap: Some(Swap {
            face: 0,
            donor: 4,
            frames: 42..84,
        }),
    },
    Sample {
        file: "two_people.mp4",
        about: "Two people; the one on the right has another person's face throughout.",
        people: &[5, 6],
        swap: Some(Swap {
            face: 1,
            donor: 7,
            frames: 0..NUM_FRAMES,
        }),
    },
];

/// `manifest.json` of `sample_media/`.
#[derive(Serialize)]
struct Truth {
    made_by: String,
    what: &'static str,
    clips: Vec<ClipTruth>,
}

#[derive(Serialize)]
struct ClipTruth {
    file: &'static str,
    sha256: String,
    about: &'static str,
    frames: u32,
    width: u32,
    height: u32,
    frames_per_second: u32,
    faces: Vec<FaceTruth>,
}

#[derive(Serialize)]
struct FaceTruth {
    source: String,
    technique: Option<&'static str>,
    donor: Option<String>,
    /// First manipulated frame, and the first after them; empty where it is pristine.
    manipulated_frames: Vec<[u32; 2]>,
    /// Left, top, width and height of the 68 landmarks' bounds, pixels; one for each frame.
    boxes: Vec<[i32; 4]>,
}

/// Writes the four clips and their truth; gives the number of clips.
pub fn write_samples(settings: &ForgeSettings, job: &mut JobContext) -> Result<u64, ForgeError> {
    let output = Output::begin(&settings.out)?;
    let mut sources = Sources::people(CAST, 8, settings.seed);
    let mut clips = Vec::with_capacity(SAMPLES.len());
    for (number, sample) in SAMPLES.iter().enumerate() {
        let mut wanted = sample.people.to_vec();
        wanted.extend(sample.swap.as_ref().map(|swap| swap.donor));
        sources.bring(&wanted);
        clips.push(write_sample(
            sample,
            number as u64,
            &sources,
            settings.seed,
            &output,
            job,
        )?);
    }
    let truth = Truth {
        made_by: format!(
            "seam forge --recipe {NAME} --seed {} --out sample_media",
            settings.seed
        ),
        what: "Rendered people who do not exist, talking; made by Seam alone. No camera took these pictures.",
        clips,
    };
    let text = serde_json::to_string(&truth).expect("names and numbers are JSON");
    output.write_text("manifest.json", &format!("{text}\n"))?;
    output.finish()?;
    Ok(SAMPLES.len() as u64)
}

fn write_sample(
    sample: &Sample,
    number: u64,
    sources: &Sources,
    seed: u64,
    output: &Output,
    job: &mut JobContext,
) -> Result<ClipTruth, ForgeError> {
    let people: Vec<_> = sample.people.iter().map(|at| sources.person(*at)).collect();
    let face_px = if people.len() == 1 {
        FACE_PX
    } else {
        FACE_PX_OF_TWO
    };
    let shot_seed = seed.wrapping_mul(1000).wrapping_add(number);
    let film = |people: &[_], face, seed| {
        Rendered::new(people, face, seed, SIZE, RATE, NUM_FRAMES, face_px)
    };
    let face = sample.swap.as_ref().map_or(0, |swap| swap.face);
    let footage = film(&people, face, shot_seed);
    let mut manipulation = None;
    if let Some(swap) = &sample.swap {
        let own = samples(&footage, job)?;
        let donor = film(&[sources.person(swap.donor)], 0, shot_seed + 500);
        let donor = samples(&donor, job)?;
        let quality = Quality {
            face_model: FaceModel::LowRank { rank: 8 },
            ..Quality::low()
        };
        manipulation = Some(prepare(TECHNIQUE, &quality, &own, &donor, shot_seed, job)?);
    }
    let place = output.place(sample.file)?;
    let mut sink = Sink::create(&place, Some(FORMAT))?;
    let mut faces: Vec<FaceTruth> = (0..people.len())
        .map(|face| face_truth(sample, face, sources))
        .collect();
    let mut buffer = RenderedFrame::default();
    for index in 0..NUM_FRAMES {
        let done = number * u64::from(NUM_FRAMES) + u64::from(index);
        job.tick(
            STAGE,
            done,
            Some(u64::from(NUM_FRAMES) * SAMPLES.len() as u64),
        )?;
        footage.render(index, &mut buffer);
        for (truth, face) in faces.iter_mut().zip(&buffer.faces) {
            let [left, top, right, bottom] = bounds(&face.points);
            let sides = [left, top, right - left, bottom - top];
            truth.boxes.push(sides.map(|value| value.round() as i32));
        }
        if let (Some(swap), Some(manipulation)) = (&sample.swap, &mut manipulation)
            && swap.frames.contains(&index)
        {
            let points = buffer.faces[swap.face].points;
            let pristine = buffer.picture.clone();
            let frame = &mut buffer.picture;
            change(
                frame,
                &pristine,
                TECHNIQUE,
                manipulation.as_mut(),
                &points,
                index,
            )?;
        }
        sink.push_rgb(&buffer.picture)?;
    }
    sink.finish()?;
    let sha256 = hash::hash_file::<ForgeError>(&place, |_, _| Ok(()))?;
    Ok(ClipTruth {
        file: sample.file,
        sha256: sha256.to_string(),
        about: sample.about,
        frames: NUM_FRAMES,
        width: SIZE[0],
        height: SIZE[1],
        frames_per_second: RATE[0] / RATE[1],
        faces,
    })
}

const FORMAT: ClipFormat = ClipFormat {
    picture: Picture::Color {
        rate_factor: RATE_FACTOR,
    },
    width: SIZE[0],
    height: SIZE[1],
    rate: RATE,
};

fn face_truth(sample: &Sample, face: usize, sources: &Sources) -> FaceTruth {
    let swap = sample.swap.as_ref().filter(|swap| swap.face == face);
    FaceTruth {
        source: sources.names[sample.people[face]].clone(),
        technique: swap.map(|_| TECHNIQUE.name()),
        donor: swap.map(|swap| sources.names[swap.donor].clone()),
        manipulated_frames: swap
            .map(|swap| [swap.frames.start, swap.frames.end])
            .into_iter()
            .collect(),
        boxes: Vec::new(),
    }
}
