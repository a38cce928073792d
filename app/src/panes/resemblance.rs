//! What a person is like if forged: techniques in words, as bars, and as the key to their colors.

use egui::{Align2, Color32, Painter, Pos2, Rect, RichText, Sense, Ui, pos2, vec2};
use seam_engine::analysis::record::Resemblance;
use seam_engine::analysis::resemblance::{leans, without_pristine};

use crate::evidence::{Mark, Strip};
use crate::panes::check::named_bar_ui;
use crate::state::State;
use crate::theme::{self, UNIT};
use crate::widgets::note_ui;

/// Techniques below this share are not named where room is short.
const SMALLEST_NAMED: f32 = 0.1;
/// Side of a swatch.
const SWATCH: f32 = 7.0;

/// One technique as it is shown.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Technique<'a> {
    pub name: &'a str,
    /// Over the frames that lean to manipulation, without pristine.
    pub share: f32,
    /// Among the techniques of the training.
    place: usize,
}

impl Technique<'_> {
    fn color(&self) -> Color32 {
        theme::technique(self.place)
    }
}

/// The techniques of a record, most alike first.
pub fn techniques(resembles: &Resemblance) -> impl Iterator<Item = Technique<'_>> {
    let place = |name: &str| {
        let mut names = resembles.domains.iter().skip(1);
        names.position(|domain| domain == name)
    };
    resembles.techniques.iter().map(move |technique| Technique {
        name: &technique.name,
        share: technique.share,
        // A name that is not in the list gets the color of those beyond it.
        place: place(&technique.name).unwrap_or(usize::MAX),
    })
}

/// What one frame is like, in words: `swap 0.70, reenact 0.20`. `None` where it does not lean to manipulation.
pub fn frame_words(resembles: &Resemblance, mark: &Mark) -> Option<String> {
    let shares = without_pristine(&mark.domains).filter(|_| leans(mark.score))?;
    let mut named: Vec<(&String, f32)> = resembles.domains.iter().skip(1).zip(shares).collect();
    named.sort_by(|a, b| b.1.total_cmp(&a.1));
    let named = named
        .iter()
        .enumerate()
        .filter(|&(at, &(_, share))| at == 0 || SMALLEST_NAMED <= share)
        .map(|(_, (name, share))| format!("{name} {share:.2}"));
    Some(named.collect::<Vec<_>>().join(", "))
}

/// The record's sentence, and a bar for each technique; the frame under the playhead is a tick.
pub fn resemblance_ui(ui: &mut Ui, state: &State, resembles: &Resemblance, strip: Option<&Strip>) {
    let now = state
        .shown
        .zip(strip)
        .and_then(|(shown, strip)| strip.mark_at(shown.frame.pts_nanos, strip.reach_nanos()))
        .filter(|mark| leans(mark.score))
        .and_then(|mark| without_pristine(&mark.domains));
    ui.add_space(UNIT);
    note_ui(ui, &resembles.sentence, theme::text_quiet());
    ui.scope(|ui| {
        ui.spacing_mut().item_spacing.y = 2.0;
        for technique in techniques(resembles) {
            let now = now.as_ref().and_then(|now| now.get(technique.place)).copied();
            let color = technique.color();
            let bar = named_bar_ui(ui, technique.name, technique.share, now, color, false);
            let on_frame = now.map_or_else(String::new, |now| format!("\nOn this frame {now:.2}"));
            bar.on_hover_text(format!(
                "{}\nMean share {:.2} over the {} frames that lean to manipulation{on_frame}\nShares of the techniques sum to 1: pristine is left out, as if it were known that the face was forged",
                technique.name, technique.share, resembles.frames
            ));
        }
    });
}

/// Names of the most alike techniques beside their colors, as many as there is room for, ending at the right.
pub fn short_key(painter: &Painter, rect: Rect, resembles: &Resemblance) {
    const GAP: f32 = 8.0;
    let font = theme::regular(theme::SMALL);
    let mut shown = Vec::new();
    let mut width = 0.0;
    for (at, technique) in techniques(resembles).enumerate() {
        if 0 < at && technique.share < SMALLEST_NAMED {
            break;
        }
        let text = technique.name.to_owned();
        let galley = painter.layout_no_wrap(text, font.clone(), theme::text_faint());
        let gap = if at == 0 { 0.0 } else { GAP };
        let wider = width + gap + SWATCH + 3.0 + galley.size().x;
        if 0 < at && rect.width() < wider {
            break;
        }
        width = wider;
        shown.push((technique.color(), galley));
    }
    let mut left = rect.right() - width;
    let middle = rect.center().y;
    for (color, galley) in shown {
        swatch(painter, pos2(left, middle), color);
        left += SWATCH + 3.0;
        let size = galley.size();
        let at = Align2::LEFT_CENTER.anchor_size(pos2(left, middle), size);
        painter.galley(at.min, galley, theme::text_faint());
        left += size.x + GAP;
    }
}

/// The key to the colors of the strip, with every technique and what the strip means.
pub fn key_ui(ui: &mut Ui, resembles: &Resemblance) {
    ui.spacing_mut().item_spacing.y = 2.0;
    ui.spacing_mut().interact_size.y = 15.0;
    ui.set_max_width(360.0);
    ui.label("If it was forged, then like");
    for technique in techniques(resembles) {
        ui.horizontal(|ui| {
            let (rect, _) = ui.allocate_exact_size(vec2(SWATCH, 14.0), Sense::hover());
            swatch(ui.painter(), rect.left_center(), technique.color());
            ui.label(format!("{:.2}  {}", technique.share, technique.name));
        });
    }
    ui.add_space(UNIT);
    let about = "Each column is a frame: how much the face is like each technique of the training. What is left free above is like a pristine face. Faint where the frame does not lean to manipulation.\nThis is a resemblance and no finding: a forgery of another kind also resembles one of these.";
    ui.label(RichText::new(about).color(theme::text_quiet()));
}

/// A square of a technique's color, right of the point.
fn swatch(painter: &Painter, left_center: Pos2, color: Color32) {
    let rect = Rect::from_min_size(left_center - vec2(0.0, 0.5 * SWATCH), vec2(SWATCH, SWATCH));
    painter.rect_filled(rect, 1.0, color);
}

#[cfg(test)]
mod tests {
    use super::*;
    use seam_engine::analysis::record::TechniqueShare;

    fn resembles() -> Resemblance {
        let technique = |name: &str, share| TechniqueShare {
            name: name.to_owned(),
            share,
        };
        Resemblance {
            sentence: String::new(),
            techniques: vec![
                technique("reenact", 0.7),
                technique("swap", 0.2),
                technique("texture", 0.1),
            ],
            pristine: 0.1,
            frames: 3,
            domains: ["pristine", "swap", "reenact", "texture"]
                .map(str::to_owned)
                .to_vec(),
        }
    }

    fn mark(score: f32, domains: &[f32]) -> Mark {
        Mark {
            pts_nanos: 0,
            index: 0,
            logit: 0.0,
            score,
            parts: Vec::new(),
            domains: domains.to_vec(),
            bits_per_dim: None,
        }
    }

    #[test]
    fn a_technique_has_the_color_of_its_place_in_the_training() {
        let resembles = resembles();
        let places: Vec<usize> = techniques(&resembles).map(|shown| shown.place).collect();
        assert_eq!(places, [1, 0, 2]);
        let first = techniques(&resembles).next().unwrap();
        assert_eq!(
            (first.name, first.color()),
            ("reenact", theme::technique(1))
        );
    }

    #[test]
    fn a_frame_names_what_it_is_like_only_if_it_leans_to_manipulation() {
        let resembles = resembles();
        let words = |score, domains: &[f32]| frame_words(&resembles, &mark(score, domains));
        let expected = "reenact 0.75, swap 0.25";
        assert_eq!(words(0.9, &[0.2, 0.2, 0.6, 0.0]).as_deref(), Some(expected));
        assert_eq!(words(0.4, &[0.2, 0.2, 0.6, 0.0]), None);
        assert_eq!(words(0.9, &[]), None);
    }
}
