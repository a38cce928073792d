//! Makes tasks of chosen faces: decodes their frames, names them beyond doubt, and finds the pristine clip beside them.

use std::collections::BTreeMap;

use crate::annotate::queue::QueueError;
use crate::annotate::queue::counterpart;
use crate::annotate::queue::gather::Known;
use crate::data::annotations::named_frames::hash_of;
use crate::data::annotations::{FrameError, FrameName, Task, TaskId, Why};
use crate::data::crops::Footage;
use crate::data::{Item, Manifest};
use crate::job::JobContext;
use crate::media::Frame;

const STAGE: &str = "Naming frames";

/// Frames of an item that are held beside the pristine clip's.
const COMPARED_FRAMES: usize = 2;

/// In the order of `chosen`; `None` where a frame cannot be decoded any more, which is warned of. One pass over each
/// clip.
pub fn tasks(
    manifest: &Manifest,
    chosen: &[(&Known, Why)],
    job: &mut JobContext,
) -> Result<Vec<Option<Task>>, QueueError> {
    let mut of_item: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (at, (known, _)) in chosen.iter().enumerate() {
        of_item.entry(known.item).or_default().push(at);
    }
    let mut tasks: Vec<Option<Task>> = vec![None; chosen.len()];
    let total = Some(of_item.len() as u64);
    for (done, (item, places)) in (0_u64..).zip(of_item) {
        job.tick(STAGE, done, total)?;
        let item = &manifest.items[item];
        let named = match named(manifest, item, chosen, &places, job) {
            Ok(named) => named,
            Err(FrameError::Cancelled(err)) => return Err(err.into()),
            Err(err) => {
                job.warn(err.to_string());
                continue;
            }
        };
        for (at, name) in places.into_iter().zip(named.names) {
            let (known, why) = &chosen[at];
            tasks[at] = name.map(|frame| Task {
                id: TaskId(0),
                item: item.path.clone(),
                frame,
                face: known.face.clone(),
                why: why.clone(),
                technique: item.technique.clone(),
                counterpart: named.counterpart.clone(),
                carried_from: None,
            });
        }
    }
    Ok(tasks)
}

struct Named {
    /// One for each place asked for.
    names: Vec<Option<FrameName>>,
    counterpart: Option<String>,
}

fn named(
    manifest: &Manifest,
    item: &Item,
    chosen: &[(&Known, Why)],
    places: &[usize],
    job: &mut JobContext,
) -> Result<Named, FrameError> {
    let path = manifest.full_path(&item.path);
    let media = hash_of(&path, job)?;
    let mut source = Footage::of(&path)?.open(media)?;
    let is_pair = !counterpart::likely(manifest, item).is_empty();
    let index_of = |place: &usize| chosen[*place].0.frame_index;
    let last = places.iter().map(index_of).max().unwrap_or(0);
    let mut names = vec![None; places.len()];
    let mut compared: Vec<(Frame, usize)> = Vec::new();
    let mut next = 0;
    // To the end where frames are counted.
    while is_pair || next <= last {
        job.check()?;
        let wanted = places.iter().position(|place| index_of(place) == next);
        let Some(first) = wanted else {
            let Some(id) = source.skip_frame()? else {
                break;
            };
            next = id.index + 1;
            continue;
        };
        let Some(frame) = source.next_frame()? else {
            break;
        };
        next = frame.id.index + 1;
        let name = FrameName::of(&frame);
        for (place, own) in places.iter().zip(&mut names) {
            if index_of(place) == name.index {
                *own = Some(name.clone());
            }
        }
        if is_pair && compared.len() < COMPARED_FRAMES {
            compared.push((frame, places[first]));
        }
    }
    let frames: Vec<_> = compared
        .iter()
        .map(|(frame, place)| (frame, chosen[*place].0.face.box_in_frame))
        .collect();
    let counterpart = if is_pair {
        counterpart::verified(manifest, item, next, &frames, job)?
    } else {
        None
    };
    Ok(Named {
        names,
        counterpart: counterpart.map(|item| item.path.clone()),
    })
}
