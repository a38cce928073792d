//! Makes a queue, from the manifest to the folder of annotations.

use std::collections::BTreeMap;
use std::path::Path;

use crate::annotate::queue::gather::{Gathered, Known, gather, is_same_face};
use crate::annotate::queue::tasks::tasks;
use crate::annotate::queue::words::why;
use crate::annotate::queue::{QueueError, QueueSettings, Queued, exact};
use crate::data::Manifest;
use crate::data::annotations::{About, AnnotationFolder, Order, Task, Why, whole_path};
use crate::detectors::{Detector, models};
use crate::device::{self, Preference};
use crate::job::JobContext;
use crate::methods;
use crate::methods::lae::selection::{
    Concepts, Ranked, concepts_for, rank, without_near_duplicates,
};

/// The file of a folder of annotations that says that there are some.
const ABOUT_FILE: &str = "annotations.json";

/// Makes the queue and writes it. A cancelled job writes no task.
pub fn queue(settings: &QueueSettings, job: &mut JobContext) -> Result<Queued, QueueError> {
    check(settings)?;
    let manifest = Manifest::read(&settings.data)?;
    let known_folder = opened(&settings.folder)?;
    let model = settings.model.as_deref();
    let detector = model
        .map(|model| load(model, settings.device))
        .transpose()?;
    queue_with(settings, &manifest, known_folder, detector, job)
}

/// With a detector that is open, and the name of its model.
pub fn queue_with(
    settings: &QueueSettings,
    manifest: &Manifest,
    known_folder: Option<AnnotationFolder>,
    mut detector: Option<(Box<dyn Detector>, String)>,
    job: &mut JobContext,
) -> Result<Queued, QueueError> {
    let mut gathered = match &mut detector {
        Some((detector, _)) => gather(settings, manifest, Some(detector.as_mut()), job)?,
        None => gather(settings, manifest, None, job)?,
    };
    if settings.order == Order::Active
        && gathered
            .candidates
            .iter()
            .any(|face| face.features.is_empty())
    {
        return Err(QueueError::settings(
            "the model tells no features of its faces, and active selection goes by them; LAE does, and the \
             orders uncertainty and random need none",
        ));
    }
    let concepts = concepts_for(settings.order, &gathered.candidates)?;
    let ranked = rank(
        settings.order,
        &gathered.candidates,
        concepts.as_ref(),
        settings.seed,
    );
    let (kept, doubles) = without_near_duplicates(&ranked, &gathered.candidates);
    for _ in doubles {
        gathered.leave_out("faces are nearly the same as one beside them that comes first");
    }
    let kept = new_ones(kept, &mut gathered, known_folder.as_ref(), manifest)?;
    let kept = spread(settings, kept, &mut gathered);
    let chosen = chosen(settings, &kept, &gathered, concepts.as_ref());
    let made = tasks(manifest, &chosen, job)?;
    let failed = made.iter().filter(|task| task.is_none()).count();
    if 0 < failed {
        let reason = "frames could not be decoded again".to_owned();
        gathered.left_out.insert(reason, failed);
    }
    let made: Vec<Task> = made.into_iter().flatten().collect();
    if made.is_empty() {
        return Err(QueueError::settings(nothing(&gathered)));
    }
    let label = detector.map(|(_, label)| label);
    let folder = match known_folder {
        Some(folder) => folder,
        None => {
            let about = About::new(Some(&settings.data), label, settings.order, settings.seed);
            AnnotationFolder::create(&settings.folder, &about)?
        }
    };
    let added = folder.add(made)?;
    let filled = if settings.is_filled {
        fill(&folder, manifest, &added, job)?
    } else {
        0
    };
    Ok(Queued {
        folder: settings.folder.clone(),
        tasks: added,
        candidates: gathered.candidates.len(),
        left_out: told(&gathered.left_out),
        channels: concepts.map_or_else(Vec::new, |concepts| concepts.channels),
        filled,
    })
}

fn check(settings: &QueueSettings) -> Result<(), QueueError> {
    let reason = match settings.order {
        Order::Asked => "faces that a person asks for are put there one by one",
        Order::Active | Order::Uncertainty if settings.model.is_none() => {
            "this order needs a model that knows the faces; give one, or take the order random"
        }
        _ if settings.count == 0
            || settings.frames_per_clip == 0
            || settings.per_clip == Some(0) =>
        {
            "no face is asked for"
        }
        _ if settings.splits.is_empty() => "no split is named",
        _ => return Ok(()),
    };
    Err(QueueError::settings(reason))
}

fn opened(folder: &Path) -> Result<Option<AnnotationFolder>, QueueError> {
    if !folder.join(ABOUT_FILE).exists() {
        return Ok(None);
    }
    Ok(Some(AnnotationFolder::open(folder)?))
}

/// The detector, and the name of its model for records.
pub fn load(model: &Path, device: Preference) -> Result<(Box<dyn Detector>, String), QueueError> {
    let dir = models::folder_of(model).ok_or_else(|| {
        QueueError::settings(format!("there is no trained model\nFolder: {model:?}"))
    })?;
    let folder = models::read(&dir).map_err(|reason| {
        QueueError::settings(format!(
            "the model cannot be read: {reason}\nFolder: {dir:?}"
        ))
    })?;
    let method = methods::find(&folder.method).ok_or_else(|| {
        QueueError::settings(format!(
            "the model is of the method {:?}, which this Seam does not know\nFolder: {dir:?}",
            folder.method
        ))
    })?;
    let device = device::choose(device)?;
    let detector = (method.load)(&dir, &device.device)?;
    Ok((detector, folder.label()))
}

/// Without faces that the folder asks for already.
fn new_ones(
    kept: Vec<Ranked>,
    gathered: &mut Gathered,
    folder: Option<&AnnotationFolder>,
    manifest: &Manifest,
) -> Result<Vec<Ranked>, QueueError> {
    let Some(folder) = folder else {
        return Ok(kept);
    };
    let there = folder.tasks()?;
    let mut new = Vec::with_capacity(kept.len());
    for one in kept {
        let Known {
            item,
            frame_index,
            face,
            ..
        } = &gathered.known[one.candidate];
        let path = whole_path(&manifest.full_path(&manifest.items[*item].path));
        let is_it = |task: &Task| {
            task.frame.index == *frame_index
                && is_same_face(&task.face.box_in_frame, &face.box_in_frame)
                && whole_path(&folder.item_path(&task.item)) == path
        };
        if there.iter().any(is_it) {
            gathered.leave_out("faces are in the queue already");
        } else {
            new.push(one);
        }
    }
    Ok(new)
}

/// At most so many faces of each clip, where that is wished for. Those of earlier queues do not count.
fn spread(settings: &QueueSettings, kept: Vec<Ranked>, gathered: &mut Gathered) -> Vec<Ranked> {
    let Some(most) = settings.per_clip else {
        return kept;
    };
    let mut of_clip: BTreeMap<usize, usize> = BTreeMap::new();
    let mut spread = Vec::with_capacity(kept.len());
    for one in kept {
        let count = of_clip
            .entry(gathered.known[one.candidate].item)
            .or_default();
        if *count < most {
            *count += 1;
            spread.push(one);
        } else {
            gathered.leave_out("faces are of clips that have as many as were wished for");
        }
    }
    spread
}

fn chosen<'a>(
    settings: &QueueSettings,
    kept: &[Ranked],
    gathered: &'a Gathered,
    concepts: Option<&Concepts>,
) -> Vec<(&'a Known, Why)> {
    let placed = (1..).zip(kept).take(settings.count);
    placed
        .map(|(place, ranked)| {
            let candidate = &gathered.candidates[ranked.candidate];
            let why = why(
                settings.order,
                ranked,
                candidate,
                concepts,
                place,
                settings.seed,
            );
            (&gathered.known[ranked.candidate], why)
        })
        .collect()
}

fn fill(
    folder: &AnnotationFolder,
    manifest: &Manifest,
    tasks: &[Task],
    job: &mut JobContext,
) -> Result<usize, QueueError> {
    let mut of_item: BTreeMap<&str, Vec<&Task>> = BTreeMap::new();
    for task in tasks {
        of_item.entry(&task.item).or_default().push(task);
    }
    let total = Some(of_item.len() as u64);
    let mut count = 0;
    for (done, (path, of_item)) in (0_u64..).zip(of_item) {
        job.tick("Filling in exact masks", done, total)?;
        let item = manifest.items.iter().find(|item| item.path == path);
        if let Some(item) = item {
            count += exact::fill(folder, manifest, item, &of_item, job)?;
        }
    }
    Ok(count)
}

fn told(left_out: &BTreeMap<String, usize>) -> Vec<(String, usize)> {
    let mut told: Vec<(String, usize)> = left_out
        .iter()
        .map(|(reason, count)| (reason.clone(), *count))
        .collect();
    told.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
    told
}

fn nothing(gathered: &Gathered) -> String {
    let mut text = "no face is left to ask for".to_owned();
    for (reason, count) in told(&gathered.left_out) {
        text += &format!("; {count} {reason}");
    }
    text
}
