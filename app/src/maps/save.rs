//! Pictures and values of looks into files: what is to be written, and the thread that writes it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use seam_engine::analysis::look::Look;
use seam_engine::analysis::look::export::{Colored, Colors, Export, ExportError, moment};
use seam_engine::detectors::{Map, MapKind};

use crate::in_turn::InTurn;
use crate::maps::kinds::is_likelihood;
use crate::maps::paint::bare;
use crate::maps::values::scale_ends;
use crate::maps::view::View;
use crate::maps::{Maps, Picture, Row, Style, Tile};
use crate::theme::LikelihoodColors;

/// Wishes that may wait.
const MAX_WISHES: usize = 8;

/// What the user asks to have written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// The picture in its colors, and the face beneath it.
    Picture(&'static str, Tile),
    /// The raw values of a map.
    Values(&'static str, Tile),
    /// All that is known of the moment: of the chosen method, or of all where all are on screen.
    Moment,
}

/// What is to be written, as it was on screen when it was asked for.
#[derive(Clone, Debug)]
pub struct SaveWish {
    items: Vec<Item>,
    style: Style,
    media_name: String,
    /// A folder of their own, for many files.
    folder: Option<String>,
    has_picture: bool,
    has_values: bool,
}

#[derive(Clone, Debug)]
struct Item {
    look: Arc<Look>,
    kind: Option<MapKind>,
}

/// What became of a wish.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    pub text: String,
    pub is_error: bool,
}

impl SaveWish {
    /// `None` where nothing of it was looked at.
    pub fn new(maps: &Maps, what: What, style: Style, media_name: &str) -> Option<Self> {
        let mut wish = Self {
            items: Vec::new(),
            style,
            media_name: media_name.to_owned(),
            folder: None,
            has_picture: true,
            has_values: true,
        };
        match what {
            What::Picture(method, tile) => {
                wish.has_values = false;
                let look = &maps.drawn_of(method, tile.row)?.look;
                wish.push(look, None);
                if let Picture::Map(kind) = tile.picture {
                    wish.push(look, Some(kind));
                }
            }
            What::Values(method, tile) => {
                let Picture::Map(kind) = tile.picture else {
                    return None;
                };
                wish.has_picture = false;
                wish.push(&maps.drawn_of(method, tile.row)?.look, Some(kind));
            }
            What::Moment => {
                let methods: Vec<&str> = match maps.view {
                    View::All => maps.gallery.iter().map(|shelf| shelf.method).collect(),
                    View::Strip | View::Sides => vec![maps.info()?.name],
                };
                for row in Row::ALL {
                    for method in &methods {
                        let Some(drawn) = maps.drawn_of(method, row) else {
                            continue;
                        };
                        let look = &drawn.look;
                        let name = || moment(look, media_name);
                        wish.folder.get_or_insert_with(name);
                        wish.push(look, None);
                        (look.maps.iter()).for_each(|map| wish.push(look, Some(map.kind)));
                    }
                }
            }
        }
        (!wish.items.is_empty()).then_some(wish)
    }

    fn push(&mut self, look: &Arc<Look>, kind: Option<MapKind>) {
        self.items.push(Item {
            look: Arc::clone(look),
            kind,
        });
    }

    /// Writes everything, and gives the files and the folder they are in.
    fn write(&self, dir: &Path) -> Result<(usize, PathBuf), ExportError> {
        let dir = match &self.folder {
            Some(folder) => free_dir(dir, folder),
            None => dir.to_owned(),
        };
        let mut num_files = 0;
        for item in &self.items {
            let map = item.kind.and_then(|kind| item.look.map(kind));
            let export = Export {
                look: &item.look,
                kind: item.kind,
                media_name: &self.media_name,
                picture: map
                    .filter(|_| self.has_picture)
                    .map(|map| colored(map, self.style)),
                has_values: self.has_values,
            };
            num_files += export.write(&dir)?.len();
        }
        Ok((num_files, dir))
    }
}

/// A map in the colors of the screen, without the face beneath.
fn colored(map: &Map, style: Style) -> Colored {
    let (low, high) = scale_ends(map, style.amplification).unwrap_or(map.range);
    let name = match (is_likelihood(map.kind), style.colors) {
        (false, _) => "inferno",
        (true, LikelihoodColors::Paper) => "red over green to blue",
        (true, LikelihoodColors::Even) => "yellow to blue",
    };
    Colored {
        pixels: bare(map, style),
        colors: Colors {
            name: name.to_owned(),
            low,
            high,
        },
    }
}

/// A folder that is not there yet.
fn free_dir(dir: &Path, name: &str) -> PathBuf {
    let numbered = (2u32..).map(|number| format!("{name}_{number}"));
    std::iter::once(name.to_owned())
        .chain(numbered)
        .map(|name| dir.join(name))
        .find(|dir| !dir.exists())
        .unwrap_or_else(|| dir.join(name))
}

/// Writes on the thread `save-pictures`. Dropping it ends the thread after what it was asked for.
pub struct Saver {
    work: InTurn<(SaveWish, PathBuf), Notice>,
}

impl Saver {
    /// `wake` is called from the thread after each wish.
    ///
    /// # Errors
    ///
    /// When no thread could be started.
    pub fn new(wake: impl Fn() + Send + 'static) -> std::io::Result<Self> {
        let write = |(wish, dir): (SaveWish, PathBuf)| notice(wish.write(&dir));
        let work = InTurn::start("save-pictures", MAX_WISHES, write, wake)?;
        Ok(Self { work })
    }

    /// Never waits; gives what to say where too many wishes wait already.
    pub fn save(&self, wish: SaveWish, dir: PathBuf) -> Option<Notice> {
        let is_taken = self.work.ask((wish, dir));
        (!is_taken).then(|| Notice {
            text: "Too many pictures are still being saved; try again in a moment".to_owned(),
            is_error: true,
        })
    }

    /// What became of the last wish that was answered.
    pub fn told(&self) -> Option<Notice> {
        self.work.answers().last()
    }
}

fn notice(written: Result<(usize, PathBuf), ExportError>) -> Notice {
    match written {
        Ok((num_files, dir)) => {
            let text = format!("Saved {num_files} files\nFolder: {}", dir.display());
            tracing::info!(target: "seam_app", "{text}");
            Notice {
                text,
                is_error: false,
            }
        }
        Err(err) => {
            let text = err.to_string();
            tracing::error!(target: "seam_app", "{text}");
            Notice {
                text,
                is_error: true,
            }
        }
    }
}
