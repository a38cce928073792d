//! What the trainings of an experiment add up to: groups measured, and the record of them all.

use crate::eval::EvalError;
use crate::eval::experiment::bench::{Bench, Done};
use crate::eval::experiment::measure::{RowScores, measure, of_one};
use crate::eval::experiment::numbers::RowTrainings;
use crate::eval::experiment::plan::PlannedRow;
use crate::eval::experiment::reading;
use crate::eval::experiment::record::{
    ExperimentRecord, PointRecord, PublishedRecord, PublishedRow, RowRecord,
};
use crate::eval::experiment::{Begins, Experiment};
use crate::eval::probe::probe;
use crate::eval::report::{Evaluation, ProbeRecord};
use crate::eval::run::{aligner_words, empty};
use crate::job::JobContext;

/// Measures every group over all rows, and says what is known of data and trainings.
pub fn evaluation(
    bench: &Bench<'_>,
    planned: &[PlannedRow],
    done: &[Done],
    job: &mut JobContext,
) -> Result<Evaluation, EvalError> {
    job.tick("Measuring", 0, None)?;
    let (settings, inputs) = (bench.settings, &bench.inputs);
    let experiment = bench.wish.experiment;
    let mut rows: Vec<RowRecord> = planned
        .iter()
        .zip(done)
        .map(|(planned, done)| row_record(planned, done))
        .collect();
    let reference = rows.iter().position(|row| row.id == experiment.reference);
    let mut groups = Vec::new();
    for (group, record) in inputs.groups(experiment, settings.split) {
        let has = |technique: &str| group.techniques.has(technique);
        let scores: Vec<RowScores> = done
            .iter()
            .enumerate()
            .map(|(at, own)| {
                let runs = || own.runs.iter();
                let sets = runs().map(|run| {
                    let set = &run.told.sets[usize::from(record.is_home)];
                    set.among(has)
                });
                let overlaps = runs().filter_map(|run| {
                    let all = run.told.overlaps.as_ref().filter(|_| !record.is_home)?;
                    all.among(has)
                });
                RowScores {
                    sets: sets.collect(),
                    overlaps: overlaps.collect(),
                    trainings: RowTrainings {
                        seeds: runs().map(|run| run.record.seed).collect(),
                        against: against(&rows, at),
                    },
                }
            })
            .collect();
        let measured = measure(&scores, reference, settings.seed);
        for ((row, scores), measured) in rows.iter_mut().zip(&scores).zip(measured) {
            for (run, set) in row.runs.iter_mut().zip(&scores.sets) {
                let [frames, videos] = of_one(set);
                run.auc_frames.push(frames);
                run.auc_videos.push(videos);
            }
            row.groups.push(measured);
        }
        groups.push(record);
    }
    let budget = serde_json::to_value(bench.wish.budget()?).unwrap_or_default();
    let mut record = ExperimentRecord {
        method: experiment.method.to_owned(),
        name: experiment.name.to_owned(),
        title: experiment.title.to_owned(),
        question: experiment.question.to_owned(),
        preset: bench.wish.preset.clone(),
        seeds: bench.wish.seeds.clone(),
        budget,
        trained_on: inputs.trained_on(experiment),
        reference: experiment.reference.to_owned(),
        groups,
        rows,
        published: published(experiment),
        items_seen_in_training: items_seen(bench, done, job)?,
        reading: Vec::new(),
        caveats: Vec::new(),
    };
    record.reading = reading::reading(&record);
    record.caveats = reading::caveats(&record);
    let words = format!(
        "{}. Scored: {} of {}",
        record.trained_on,
        settings.split.in_words(),
        inputs.test.name()
    );
    let mut evaluation = empty(settings, "experiment", words, Vec::new());
    evaluation.aligner = Some(aligner_words(bench.crops.landmarker.aligner()));
    let frames = settings.frames_per_item;
    evaluation.data = Some(inputs.test.record(settings.split.name(), frames));
    evaluation.train_data = Some(inputs.data.record("train and val", frames));
    evaluation.probe = framing(bench, planned, job)?;
    evaluation.experiment = Some(record);
    Ok(evaluation)
}

/// How many scored items are files that a training used.
fn items_seen(bench: &Bench<'_>, done: &[Done], job: &mut JobContext) -> Result<usize, EvalError> {
    let mut runs = done.iter().flat_map(|row| &row.runs);
    // They all read the same manifest.
    let Some(run) = runs.next() else {
        return Ok(0);
    };
    let clips = run.card.data.clips.iter();
    let hashes = clips.map(|clip| clip.sha256.as_str()).collect();
    let inputs = &bench.inputs;
    inputs.test.count_known(&inputs.places, &hashes, job)
}

/// Whether the framing of the scored faces tells the label.
fn framing(
    bench: &Bench<'_>,
    planned: &[PlannedRow],
    job: &mut JobContext,
) -> Result<Option<ProbeRecord>, EvalError> {
    let Some((method, config)) = planned.iter().find_map(|row| row.found.as_ref().ok()) else {
        return Ok(None);
    };
    let rule = (method.crop_rule)(config);
    let inputs = &bench.inputs;
    let seen = bench.crops.look(&inputs.test, &inputs.places, rule, job)?;
    Ok(probe(&seen.set.rows, &seen.geometry, bench.settings.seed))
}

fn row_record(planned: &PlannedRow, done: &Done) -> RowRecord {
    let row = planned.row;
    let config = done.runs.first().map(|run| run.card.config.clone());
    RowRecord {
        id: row.id.to_owned(),
        label: row.label.to_owned(),
        about: row.about.to_owned(),
        method: planned.recipe.map_or("", |recipe| recipe.method).to_owned(),
        config: config.unwrap_or_default(),
        runs: done.runs.iter().map(|run| run.record.clone()).collect(),
        failures: done.failures.clone(),
        groups: Vec::new(),
        point: row.point.map(|point| PointRecord {
            masks: point.masks,
            order: (!point.order.is_empty()).then(|| point.order.to_owned()),
            against: point.against.map(str::to_owned),
        }),
        goes_on: row.begins == Begins::FromShared,
    }
}

/// The place of the row that one is paired with.
fn against(rows: &[RowRecord], at: usize) -> Option<usize> {
    let id = rows[at].point.as_ref()?.against.as_ref()?;
    rows.iter().position(|row| row.id == *id)
}

fn published(experiment: &Experiment) -> PublishedRecord {
    let published = &experiment.published;
    let rows = published.rows.iter();
    PublishedRecord {
        about: published.about.to_owned(),
        columns: published
            .columns
            .iter()
            .map(|&name| name.to_owned())
            .collect(),
        rows: rows
            .map(|(id, numbers)| PublishedRow {
                id: (*id).to_owned(),
                numbers: numbers.to_vec(),
            })
            .collect(),
    }
}
