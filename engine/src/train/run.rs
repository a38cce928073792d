//! One training from start to end: what is needed for it, then the loop.

use std::path::{Path, PathBuf};

use crate::detectors::card::CardClip;
use crate::device;
use crate::faces::landmarks::Landmarker;
use crate::job::JobContext;
use crate::media::{MediaError, hash};
use crate::methods::MethodInfo;
use crate::train::data::Gathered;
use crate::train::finish::Origin;
use crate::train::runs::CONFIG_FILE;
use crate::train::session::{self, Session};
use crate::train::{
    TrainConfig, TrainError, TrainEvent, TrainSettings, checkpoint, config, data, init, masks,
};

/// Trains to the end or to the cancel; gives the folder of the finished model. A cancelled run
/// leaves a checkpoint to resume from.
///
/// A run that is resumed keeps the numbers it began with: preset, file and seed are not read again.
pub fn train(
    settings: &TrainSettings,
    job: &mut JobContext,
    tell: &dyn Fn(TrainEvent),
) -> Result<PathBuf, TrainError> {
    let (method, mut config) = if settings.resume {
        stored_config(&settings.out)?
    } else {
        config::resolve(settings)?
    };
    let start = init::weights(settings, method, &mut config)?;
    let chosen = device::choose(settings.device).map_err(|err| TrainError::Config {
        reason: err.to_string(),
    })?;
    let landmarker = Landmarker::load(settings.landmark_model.as_deref())?;
    if !settings.resume {
        begin(&settings.out, &config)?;
    }
    let gathered = data::faces(
        &settings.data,
        method,
        &config,
        &landmarker,
        &settings.out,
        job,
    )?;
    config.techniques = gathered.training.technique_names().to_vec();
    let origin = Origin {
        clips: list_clips(&gathered, job)?,
        aligner: landmarker.aligner(),
        device: format!("{} ({})", chosen.kind.name(), chosen.name),
        command: command(settings, &config),
    };
    let masks = masks::of(settings, method, &config, gathered.manifest, job)?;
    let session = Session {
        method,
        config,
        masks,
        device: chosen.device.autodiff(),
        training: gathered.training,
        held_back: gathered.held_back,
        start,
        origin,
        out: settings.out.clone(),
        is_resumed: settings.resume,
    };
    session::run(&session, job, tell)
}

/// Makes the run's folder; refuses one that holds another run.
fn begin(out: &Path, config: &TrainConfig) -> Result<(), TrainError> {
    let path = out.join(CONFIG_FILE);
    if checkpoint::newest(out)?.is_some() {
        return Err(TrainError::Config {
            reason: format!(
                "the folder holds another run; resume it or choose another folder\nFolder: {out:?}"
            ),
        });
    }
    let text = serde_json::to_string_pretty(config).expect("plain numbers and names are JSON");
    std::fs::create_dir_all(out)
        .and_then(|()| std::fs::write(&path, text))
        .map_err(|source| TrainError::Write { path, source })
}

/// The numbers of a run that was begun.
fn stored_config(out: &Path) -> Result<(&'static MethodInfo, TrainConfig), TrainError> {
    let path = out.join(CONFIG_FILE);
    let failed = |reason: String| TrainError::Resume {
        path: out.to_owned(),
        reason,
    };
    let text = std::fs::read_to_string(&path).map_err(|err| failed(err.to_string()))?;
    let config: TrainConfig = serde_json::from_str(&text).map_err(|err| failed(err.to_string()))?;
    Ok((config::find(&config.method)?, config))
}

/// Every clip with its hash and where it went.
fn list_clips(gathered: &Gathered, job: &mut JobContext) -> Result<Vec<CardClip>, TrainError> {
    let paths = gathered.training.clips();
    let total = paths.len() as u64;
    let trained = gathered.training.counts();
    let held_back = gathered.held_back.counts();
    let techniques = gathered.training.techniques();
    let mut clips = Vec::with_capacity(paths.len());
    for (at, (path, technique)) in paths.into_iter().zip(techniques).enumerate() {
        job.tick("Hashing clips", at as u64, Some(total))?;
        let full = gathered.dir.join(&path);
        let sha256 = if full.is_dir() {
            // A folder of frames has no hash of its own.
            String::new()
        } else {
            hash::hash_file::<HashError>(&full, |_, _| Ok(job.check()?))?.to_string()
        };
        clips.push(CardClip {
            path,
            sha256,
            faces: trained[at] + held_back[at],
            is_held_back: 0 < held_back[at],
            technique,
        });
    }
    Ok(clips)
}

/// The command without this machine's folders, which mean nothing elsewhere.
fn command(settings: &TrainSettings, config: &TrainConfig) -> String {
    let last = |path: &Path| {
        let name = path.file_name().unwrap_or(path.as_os_str());
        name.to_string_lossy().into_owned()
    };
    let mut command = format!(
        "seam train {} --data {} --out {} --preset {} --seed {}",
        config.method,
        last(&settings.data),
        last(&settings.out),
        config.preset,
        config.seed
    );
    if let Some(weights) = &settings.init {
        command.push_str(&format!(" --init {}", last(weights)));
    }
    if let Some(masks) = &settings.masks {
        command.push_str(&format!(" --masks {}", last(masks)));
    }
    if let Some(file) = &settings.config {
        command.push_str(&format!(" --config {}", last(file)));
    }
    command
}

/// Lets a hash be cancelled.
struct HashError(TrainError);

impl From<MediaError> for HashError {
    fn from(err: MediaError) -> Self {
        let (reason, path) = match err {
            MediaError::Io { path, source } => (source.to_string(), path),
            other => (other.to_string(), PathBuf::new()),
        };
        Self(TrainError::Data { path, reason })
    }
}

impl From<crate::job::Cancelled> for HashError {
    fn from(err: crate::job::Cancelled) -> Self {
        Self(err.into())
    }
}

impl From<HashError> for TrainError {
    fn from(err: HashError) -> Self {
        err.0
    }
}
