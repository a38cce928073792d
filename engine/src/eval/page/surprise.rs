//! Log-likelihood images of a pristine face and of each technique side by side, as the paper's Figure 4 has
//! them, and how much of the surprise lies where a face was manipulated.

use std::fmt::Write as _;

use image::ExtendedColorType;

use crate::detectors::MapKind;
use crate::eval::attention::{Attention, FacePicture, MapPicture, PictureRow};
use crate::eval::page::attention::{GAP, LINE_HEIGHT, SIDE, between, numbers};
use crate::eval::page::html::{escaped, paragraph};
use crate::eval::page::png::data_uri;
use crate::eval::page::results::display_name;
use crate::eval::report::{Evaluation, MethodResult};

/// From what is likely to what surprises, in equal steps: the paper's blue over green and yellow to red, in the
/// colors that the window draws likelihoods in (Google's turbo, with a plain blue for its violet end).
const LIKELY_TO_UNLIKELY: [[u8; 3]; 10] = [
    [42, 44, 148],
    [70, 98, 215],
    [54, 170, 249],
    [26, 228, 182],
    [114, 254, 94],
    [199, 239, 52],
    [250, 186, 57],
    [246, 107, 25],
    [203, 42, 4],
    [122, 4, 3],
];

/// One block of each method; folds that share a model of density are shown as one. With each block's heading.
pub fn surprises(evaluation: &Evaluation) -> String {
    let mut out = String::new();
    let mut told: Vec<&str> = Vec::new();
    for result in &evaluation.results {
        let of_method = || {
            let results = evaluation.results.iter();
            results.filter(|own| own.method == result.method)
        };
        let is_shared = of_method().any(|own| {
            let likelihoods = own.likelihoods.as_ref();
            likelihoods.is_some_and(|likelihoods| likelihoods.is_of_all_folds)
        });
        if !is_shared {
            if let Some(own) = surprise_of(result) {
                out.push_str(&block(&display_name(result), own));
            }
        } else if !told.contains(&result.method.as_str()) {
            told.push(&result.method);
            let parts: Vec<&Attention> = of_method().filter_map(surprise_of).collect();
            if let Some(all) = Attention::united(&parts) {
                let name = format!("{}, the same in all trainings", result.title);
                out.push_str(&block(&name, &all));
            }
        }
    }
    out
}

fn surprise_of(result: &MethodResult) -> Option<&Attention> {
    let attention = result.attention.as_ref();
    attention.filter(|own| own.kind == MapKind::LogLikelihood)
}

fn block(name: &str, attention: &Attention) -> String {
    let words = "Surprise is -log p of each pixel, given those above and left of it, in nats. No pixel is certain, so a \
                 map of surprise is nowhere zero: what lies inside the mask is to be compared with the mask's share of \
                 the crop, which is chance. Hair, eyes, edges and noise surprise the model on pristine faces too. A \
                 map says where pixels are unusual, not what was forged";
    let mut out = format!("<h3>{}</h3>{}", escaped(name), paragraph("quiet", words));
    out.push_str(&numbers(name, attention));
    let rows: Vec<&PictureRow> = attention
        .pictures
        .iter()
        .filter(|row| !row.faces.is_empty())
        .collect();
    if rows.is_empty() {
        return out;
    }
    let words = "From top: the face as the detector got it, its log-likelihood image, the exact mask (white is \
                 manipulated). Below: the face's logit, how much of the surprise lies inside the mask, and chance";
    out.push_str(&paragraph("quiet", words));
    out.push_str(&paragraph(
        "quiet",
        "The page holds these pictures of faces itself",
    ));
    out.push_str(&legend(attention.range));
    let (pristine, forged): (Vec<&PictureRow>, Vec<&PictureRow>) =
        rows.into_iter().partition(|row| row.technique.is_none());
    let rows: Vec<&PictureRow> = pristine.into_iter().chain(forged).collect();
    let first: String = rows
        .iter()
        .map(|row| figure(row, |at| at == shown_first(row)))
        .collect();
    write!(out, "<div class=\"row\">{first}</div>").ok();
    let others: String = rows
        .iter()
        .filter(|row| 1 < row.faces.len())
        .map(|row| figure(row, |at| at != shown_first(row)))
        .collect();
    if !others.is_empty() {
        write!(
            out,
            "<details><summary>Further faces</summary><div class=\"row\">{others}</div></details>"
        )
        .ok();
    }
    out
}

/// The middle one of those that were kept.
fn shown_first(row: &PictureRow) -> usize {
    row.faces.len() / 2
}

/// From the least likely to the most likely, as the paper's color bar; `range` is that of the surprise.
fn legend((low, high): (f32, f32)) -> String {
    let bars: String = (0..64)
        .map(|at| {
            let [red, green, blue] = between(&LIKELY_TO_UNLIKELY, ((63 - at) * 255 / 63) as u8);
            let x = 4 * at;
            format!(
                "<rect x=\"{x}\" y=\"0\" width=\"4.5\" height=\"12\" fill=\"rgb({red} {green} {blue})\"/>"
            )
        })
        .collect();
    format!(
        "<ul class=\"legend\"><li><span>{:.0} and below</span><svg width=\"257\" height=\"12\" role=\"img\" \
         aria-label=\"Color scale from red over yellow and green to blue\">{bars}</svg><span>{:.0} nats per pixel, log \
         p of its three colors together: red is unlikely, blue is likely; the same scale on every face</span></li></ul>",
        -high,
        0.0 - low
    )
}

fn figure(row: &PictureRow, is_wanted: impl Fn(usize) -> bool) -> String {
    let name = row.technique.as_deref().unwrap_or("pristine");
    let numbered = row.faces.iter().enumerate();
    let faces: String = numbered
        .filter(|(at, _)| is_wanted(*at))
        .map(|(_, face)| picture(face, name))
        .collect();
    format!(
        "<figure><figcaption>{}</figcaption><div class=\"faces\">{faces}</div></figure>",
        escaped(name)
    )
}

/// Face, log-likelihood image and mask below each other, as one picture; pixels stay as they are.
fn picture(face: &FacePicture, technique: &str) -> String {
    let mut tiles = vec![data_uri(&face.face, face.side_px, ExtendedColorType::Rgb8)];
    for map in &face.maps {
        let colors = colors(map);
        tiles.push(data_uri(&colors, face.side_px, ExtendedColorType::Rgb8));
    }
    if let Some(mask) = &face.mask {
        tiles.push(data_uri(mask, face.side_px, ExtendedColorType::L8));
    }
    let mut body = String::new();
    let mut height = 0;
    for tile in &tiles {
        // Writing to a string cannot fail, here and below.
        write!(
            body,
            "<image class=\"pixels\" y=\"{height}\" width=\"{SIDE}\" height=\"{SIDE}\" href=\"{tile}\"/>"
        )
        .ok();
        height += SIDE + GAP;
    }
    height -= GAP;
    let mut lines = vec![format!("logit {:.2}", face.logit)];
    for overlap in face.maps.iter().filter_map(|map| map.overlap) {
        lines.extend(
            overlap
                .mass_in_mask
                .map(|mass| format!("{:.0} % inside", 100.0 * mass)),
        );
        lines.push(format!("chance {:.0} %", 100.0 * overlap.mask_area));
    }
    let mask = if face.mask.is_some() {
        "its mask"
    } else {
        "no mask"
    };
    let (path, frame) = (&face.path, face.frame_index);
    let mut title =
        format!("{technique}, {path}, frame {frame}: the face, its log-likelihood image, {mask}");
    for line in &lines {
        height += LINE_HEIGHT;
        write!(
            body,
            "<text x=\"{}\" y=\"{}\" text-anchor=\"middle\">{line}</text>",
            SIDE / 2,
            height - GAP
        )
        .ok();
        write!(title, ", {line}").ok();
    }
    let title = escaped(&title);
    format!(
        "<svg viewBox=\"0 0 {SIDE} {height}\" width=\"{SIDE}\" height=\"{height}\" role=\"img\" \
         aria-label=\"{title}\"><title>{title}</title>{body}</svg>"
    )
}

/// RGB8: red where the face is unlikely.
fn colors(map: &MapPicture) -> Vec<u8> {
    let levels = map.levels.iter();
    levels
        .flat_map(|&level| between(&LIKELY_TO_UNLIKELY, level))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::eval::likelihoods::Likelihoods;
    use crate::eval::likelihoods::tests::made_up_likely_scores;
    use crate::eval::page::attention::tests::made_up_attention;
    use crate::eval::page::page;
    use crate::eval::page::tests::made_up_evaluation;

    fn made_up_surprise(technique: &str) -> Attention {
        let mut own = made_up_attention(technique);
        own.kind = MapKind::LogLikelihood;
        own.range = (0.0, 20.0);
        for face in own.pictures.iter_mut().flat_map(|row| &mut row.faces) {
            face.maps[0].kind = MapKind::LogLikelihood;
            face.maps[0].range = (0.0, 20.0);
        }
        own
    }

    #[test]
    fn images_stand_side_by_side_opaque_with_their_legend() {
        let mut evaluation = made_up_evaluation("swap");
        evaluation.results[0].attention = Some(made_up_surprise("sw<ap>"));
        let text = page(&evaluation);
        for words in [
            "Where it looks",
            "-20 and below",
            "0 nats per pixel",
            "nowhere zero",
            "42 % inside",
            "chance 25 %",
            "sw&lt;ap&gt;",
            "Further faces",
            "surprise, -log p of each pixel",
        ] {
            assert!(text.contains(words), "{words} is missing");
        }
        // Three faces with masks, three without: face and image of each.
        assert_eq!(
            text.matches("data:image/png;base64,").count(),
            3 * 3 + 3 * 2
        );
        assert!(!text.contains("class=\"under\""), "it lies over a face");
        let pristine = text.find("<figcaption>pristine").unwrap();
        assert!(pristine < text.find("<figcaption>sw&lt;").unwrap());
    }

    #[test]
    fn folds_of_one_density_are_shown_once_with_every_technique() {
        let mut evaluation = made_up_evaluation("swap");
        let fold = |technique: &str, is_known: bool| {
            let mut result = evaluation.results[0].clone();
            result.attention = Some(made_up_surprise(technique));
            let place = if is_known {
                &mut result.trained_on
            } else {
                &mut result.left_out
            };
            *place = Some(technique.to_owned());
            result
        };
        let mut results = vec![
            fold("swap", true),
            fold("recolor", true),
            fold("swap", false),
        ];
        let count = |text: &str| text.matches("<h3>").count();
        let images = |text: &str| text.matches("data:image/png").count();
        evaluation.results.clone_from(&results);
        let apart = page(&evaluation);
        let shared = Likelihoods::of(&made_up_likely_scores(), 1).unwrap();
        results[0].likelihoods = Some(Likelihoods {
            is_of_all_folds: true,
            ..shared
        });
        evaluation.results = results;
        let together = page(&evaluation);
        assert_eq!(count(&apart), count(&together) + 2);
        // Swap, recolor and pristine once, three faces each.
        assert_eq!(images(&together), 2 * 3 * 3 + 3 * 2);
        assert_eq!(images(&apart), 3 * (3 * 3 + 3 * 2));
    }

    #[test]
    fn unlikely_pixels_are_red_and_likely_ones_blue() {
        let mut map = made_up_surprise("swap").pictures[0].faces[0].maps[0].clone();
        map.levels = vec![0, 140, 190, 235];
        let colors = colors(&map);
        let [likely, green, yellow, unlikely] = [0, 1, 2, 3].map(|at| &colors[3 * at..][..3]);
        assert!(likely[0] < likely[2] && likely[1] < likely[2]);
        assert!(green[2] < green[1] && green[0] < green[1]);
        assert!(yellow[2] < yellow[1] && yellow[2] < yellow[0]);
        assert!(unlikely[1] < unlikely[0] / 3 && unlikely[2] < unlikely[0] / 3);
    }
}
