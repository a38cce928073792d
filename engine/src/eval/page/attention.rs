//! Where the detector looked: shares by technique, and a few faces with their maps and masks.

use std::fmt::Write as _;

use image::ExtendedColorType;

use crate::detectors::MapKind;
use crate::eval::attention::{
    Attention, AttentionNumbers, FacePicture, INSIDE, MapPicture, PictureRow,
};
use crate::eval::page::html::{cell, escaped, name_cell, paragraph, share, table};
use crate::eval::page::png::data_uri;
use crate::eval::page::results::{heading, section};
use crate::eval::page::surprise::surprises;
use crate::eval::report::{Evaluation, MethodResult};

/// Faces on one page, about: each takes some 50 kB.
const MAX_FACES: usize = 48;
const MAX_FACES_OF_ROW: usize = 4;

/// Side of a picture and room between pictures, in pixels of the page.
pub(super) const SIDE: u32 = 128;
pub(super) const GAP: u32 = 4;
pub(super) const LINE_HEIGHT: u32 = 16;

/// The color scale inferno (matplotlib; S. van der Walt, N. Smith), every 32nd color: even steps look
/// even, and print in gray.
const INFERNO: [[u8; 3]; 9] = [
    [0, 0, 4],
    [33, 12, 74],
    [87, 16, 110],
    [138, 34, 106],
    [188, 55, 84],
    [228, 90, 49],
    [249, 142, 9],
    [249, 203, 53],
    [252, 255, 164],
];

/// How much of the face the map covers.
const OPACITY: u8 = 165;

/// Nothing where no technique has masks.
pub fn attention(evaluation: &Evaluation) -> String {
    let results = evaluation.results.iter();
    let num_rows: usize = results
        .flat_map(all_of)
        .map(|attention| attention.pictures.len())
        .sum();
    let faces_of_row = (MAX_FACES / num_rows.max(1)).clamp(1, MAX_FACES_OF_ROW);
    let mut out = String::new();
    let all = evaluation
        .results
        .iter()
        .flat_map(|result| all_of(result).map(move |attention| (result, attention)));
    for (number, (result, attention)) in all.enumerate() {
        out.push_str(&heading(evaluation, result));
        out.push_str(&numbers(&result.title, attention));
        out.push_str(&pictures(attention, number, faces_of_row));
    }
    out.push_str(&surprises(evaluation));
    section("Where it looks", &out, out.is_empty())
}

/// But for log-likelihoods, which are shown in a way of their own.
fn all_of(result: &MethodResult) -> impl Iterator<Item = &Attention> {
    let main = result.attention.iter().chain(&result.differences);
    let all = main.chain(&result.own_attention);
    all.filter(|attention| attention.kind != MapKind::LogLikelihood)
}

/// Shares of each technique; `title` is of the method.
pub fn numbers(title: &str, attention: &Attention) -> String {
    let mut rows: Vec<Vec<String>> = attention
        .techniques
        .iter()
        .map(|own| row(&own.technique, &own.numbers))
        .collect();
    if 1 < rows.len() {
        rows.push(row("all", &attention.overall));
    }
    table(
        &format!(
            "{}: {} on some manipulated faces, against the exact masks; means over faces. A map that \
             prefers no place has as much inside the mask as the mask covers",
            title,
            match attention.kind {
                MapKind::LogLikelihood => "surprise, -log p of each pixel,",
                MapKind::SpoofCue => "cues",
                MapKind::ClassActivation => "activation of the code's half for manipulated faces",
                MapKind::ReconstructionDifference => "what its two reconstructions differ in",
                MapKind::DeepfakeAttention => "M_df, its attention to forging as such,",
                MapKind::DomainAttention => "M_dom, its attention to the way of forging,",
                _ => "Grad-CAM",
            }
        ),
        &[
            "Technique",
            "Faces",
            "Items",
            "Map inside the mask",
            "Mask of the crop (chance)",
            "Times chance",
            "Largest inside",
            "Empty maps",
            "No mask in crop",
        ],
        &rows,
    )
}

fn row(name: &str, numbers: &AttentionNumbers) -> Vec<String> {
    let mean = |value: Option<f64>| cell(&value.map_or("–".to_owned(), share));
    let means = numbers.means;
    let times = means.map(|means| means.mass_in_mask / means.mask_area);
    vec![
        name_cell(name),
        cell(&numbers.faces),
        cell(&numbers.items),
        mean(means.map(|means| means.mass_in_mask)),
        mean(means.map(|means| means.mask_area)),
        cell(&times.map_or("–".to_owned(), |times| format!("{times:.2}"))),
        mean(means.map(|means| means.pointing)),
        cell(&numbers.empty_maps),
        cell(&numbers.without_mask),
    ]
}

fn pictures(attention: &Attention, number: usize, faces_of_row: usize) -> String {
    if attention.pictures.is_empty() {
        return String::new();
    }
    let words = match attention.kind {
        MapKind::ReconstructionDifference => {
            "From top: the face as the detector got it, as f0 repaints it (the decoder of pristine faces), as f1 \
             does (of manipulated ones), |f1 - f0| with the mask's outline, the exact mask (white is \
             manipulated). Below: the face's logit, and how much of the difference lies inside the mask"
        }
        MapKind::DeepfakeAttention => {
            "From top: the face as the detector got it, M_df over it (what it takes for forging as such), M_dom \
             (what it takes, of the rest, for the way of forging), both with the mask's outline, the exact mask \
             (white is manipulated). Below: the face's logit, and how much of each map lies inside the mask"
        }
        _ => {
            "From top: the face as the detector got it, its map over it with the mask's outline, the exact mask \
             (white is manipulated). Below: the face's logit, and how much of its map lies inside the mask"
        }
    };
    let mut out = paragraph("quiet", words);
    out.push_str(&paragraph(
        "quiet",
        "The page holds these pictures of faces itself",
    ));
    out.push_str(&legend(attention));
    out.push_str("<div class=\"row\">");
    for (row, faces) in attention.pictures.iter().enumerate() {
        let id = format!("f{number}-{row}");
        out.push_str(&figure(faces, &id, faces_of_row));
    }
    out.push_str("</div>");
    out
}

/// One scale for each map of a face.
fn legend(attention: &Attention) -> String {
    let mut faces = attention.pictures.iter().flat_map(|row| &row.faces);
    let maps = faces.next().map_or(&[][..], |face| &face.maps);
    let bars: String = (0..64)
        .map(|at| {
            let [red, green, blue] = color((at * 255 / 63) as u8);
            let x = 4 * at;
            format!(
                "<rect x=\"{x}\" y=\"0\" width=\"4.5\" height=\"12\" fill=\"rgb({red} {green} {blue})\"/>"
            )
        })
        .collect();
    let scales: String = maps
        .iter()
        .map(|map| {
            let (below, above) = ends(map);
            format!(
                "<li><span>{below}</span><svg width=\"257\" height=\"12\" role=\"img\" \
                 aria-label=\"Color scale from black over red to light yellow\">{bars}</svg><span>{above}; the \
                 same scale on every face</span></li>"
            )
        })
        .collect();
    format!("<ul class=\"legend\">{scales}</ul>")
}

/// What stands at both ends of a map's scale.
fn ends(map: &MapPicture) -> (String, String) {
    let (low, high) = map.range;
    match map.kind {
        MapKind::GradCam | MapKind::GradCamPart(_) => (
            format!("{low:.0}"),
            format!("{high:.2} and above, in units of the logit"),
        ),
        MapKind::DeepfakeAttention | MapKind::DomainAttention => (
            format!("{} {low:.3} and below", name(map.kind)),
            format!("{high:.3} and above, the share of a feature that is let through"),
        ),
        MapKind::ClassActivation => (
            format!("{low:.0}"),
            format!("{high:.2} and above, in units of the code"),
        ),
        _ => (
            format!("{low:.0}"),
            format!("{high:.2} and above, in shares of a color channel's full range"),
        ),
    }
}

/// Short, beside its number.
fn name(kind: MapKind) -> &'static str {
    match kind {
        MapKind::DeepfakeAttention => "M_df",
        MapKind::DomainAttention => "M_dom",
        MapKind::ReconstructionDifference => "|f1 - f0|",
        MapKind::SpoofCue => "cue",
        MapKind::ClassActivation => "activation",
        _ => "Grad-CAM",
    }
}

fn figure(row: &PictureRow, id: &str, faces_of_row: usize) -> String {
    let name = row.technique.as_deref().unwrap_or("pristine");
    // Where all do not fit, those that are shown are spread as those that were kept.
    let num_faces = row.faces.len();
    let num_shown = num_faces.min(faces_of_row);
    let shown = (0..num_shown).map(|at| &row.faces[(2 * at + 1) * num_faces / (2 * num_shown)]);
    let faces: String = shown
        .enumerate()
        .map(|(at, face)| picture(face, name, &format!("{id}-{at}")))
        .collect();
    format!(
        "<figure><figcaption>{}</figcaption><div class=\"faces\">{faces}</div></figure>",
        escaped(name)
    )
}

/// Face, what was painted, maps and mask below each other, as one picture.
fn picture(face: &FacePicture, technique: &str, id: &str) -> String {
    let step = SIDE + GAP;
    let place = format!("width=\"{SIDE}\" height=\"{SIDE}\"");
    let own = data_uri(&face.face, face.side_px, ExtendedColorType::Rgb8);
    let mut body = format!("<image id=\"{id}\" {place} href=\"{own}\"/>");
    let mut below = step;
    // Writing to a string cannot fail, here and below.
    for painted in &face.painted {
        let painted = data_uri(painted, face.side_px, ExtendedColorType::Rgb8);
        write!(body, "<image y=\"{below}\" {place} href=\"{painted}\"/>").ok();
        below += step;
    }
    for map in &face.maps {
        if face.painted.is_empty() {
            write!(body, "<use class=\"under\" y=\"{below}\" href=\"#{id}\"/>").ok();
        }
        let layer = data_uri(
            &map_layer(face, map),
            face.side_px,
            ExtendedColorType::Rgba8,
        );
        write!(body, "<image y=\"{below}\" {place} href=\"{layer}\"/>").ok();
        below += step;
    }
    if let Some(mask) = &face.mask {
        let mask = data_uri(mask, face.side_px, ExtendedColorType::L8);
        write!(body, "<image y=\"{below}\" {place} href=\"{mask}\"/>").ok();
        below += step;
    }
    let mut height = below - GAP;
    let (path, frame, logit) = (&face.path, face.frame_index, face.logit);
    let maps: Vec<&str> = face.maps.iter().map(|map| name(map.kind)).collect();
    let mut title = format!(
        "{technique}, {path}, frame {frame}: the face, {}, ",
        maps.join(", ")
    );
    title += if face.mask.is_some() {
        "its mask"
    } else {
        "no mask"
    };
    let mut lines = vec![format!("logit {logit:.2}")];
    for map in &face.maps {
        let Some(overlap) = &map.overlap else {
            continue;
        };
        let told = match overlap.mass_in_mask {
            Some(mass) => format!("{:.0} % inside", 100.0 * mass),
            None => "empty map".to_owned(),
        };
        lines.push(match maps.len() {
            1 => told,
            _ => format!("{} {told}", name(map.kind)),
        });
    }
    if let Some(overlap) = face.maps.iter().find_map(|map| map.overlap) {
        let area = 100.0 * overlap.mask_area;
        write!(title, ", which covers {area:.0} % of it").ok();
    }
    for line in &lines {
        height += LINE_HEIGHT;
        let (x, y) = (SIDE / 2, height - GAP);
        write!(
            body,
            "<text x=\"{x}\" y=\"{y}\" text-anchor=\"middle\">{line}</text>"
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

/// RGBA8 of the map's colors and the outline of the mask: white just inside, black just outside. It lets the
/// face shine through where it lies over one.
fn map_layer(face: &FacePicture, map: &MapPicture) -> Vec<u8> {
    let side = face.side_px as usize;
    let is_inside = |x: usize, y: usize| {
        let value = face.mask.as_ref().and_then(|mask| mask.get(side * y + x));
        value.is_some_and(|&value| INSIDE <= value)
    };
    let opacity = if face.painted.is_empty() {
        OPACITY
    } else {
        255
    };
    let mut layer = Vec::with_capacity(4 * map.levels.len());
    for (at, &level) in map.levels.iter().enumerate() {
        let (x, y) = (at % side, at / side);
        let own = is_inside(x, y);
        let (right, bottom) = ((x + 1).min(side - 1), (y + 1).min(side - 1));
        let around = [
            (x.saturating_sub(1), y),
            (right, y),
            (x, y.saturating_sub(1)),
            (x, bottom),
        ];
        let is_edge = around.iter().any(|&(x, y)| is_inside(x, y) != own);
        let rgba = if is_edge {
            let level = 255 * u8::from(own);
            [level, level, level, 255]
        } else {
            let [red, green, blue] = color(level);
            [red, green, blue, opacity]
        };
        layer.extend(rgba);
    }
    layer
}

fn color(level: u8) -> [u8; 3] {
    between(&INFERNO, level)
}

/// The color at a place, 0 to 255, between those of a scale of equal steps.
pub fn between(scale: &[[u8; 3]], level: u8) -> [u8; 3] {
    let place = f32::from(level) / 255.0 * (scale.len() - 1) as f32;
    let low = (place as usize).min(scale.len() - 2);
    let part = place - low as f32;
    std::array::from_fn(|channel| {
        let (from, to) = (scale[low][channel], scale[low + 1][channel]);
        (f32::from(from) + part * (f32::from(to) - f32::from(from))).round() as u8
    })
}

#[cfg(test)]
pub(crate) mod tests;
