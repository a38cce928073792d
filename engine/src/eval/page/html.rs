//! Text and numbers as HTML. Everything from outside goes through [`escaped`].

use std::fmt::Write as _;

use crate::detectors::card::Interval;

/// Text that cannot become markup, in content and in quoted attributes alike.
pub fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            letter => out.push(letter),
        }
    }
    out
}

/// A table of cells that are HTML already; each cell brings its own `<td>`.
pub fn table(caption: &str, head: &[&str], rows: &[Vec<String>]) -> String {
    let mut out = String::from("<div class=\"scroll\"><table>");
    if !caption.is_empty() {
        // Writing to a string cannot fail, here and below.
        write!(out, "<caption>{}</caption>", escaped(caption)).ok();
    }
    out.push_str("<thead><tr>");
    for (at, name) in head.iter().enumerate() {
        let class = if at == 0 { " class=\"text\"" } else { "" };
        write!(out, "<th scope=\"col\"{class}>{}</th>", escaped(name)).ok();
    }
    out.push_str("</tr></thead><tbody>");
    for row in rows {
        write!(out, "<tr>{}</tr>", row.concat()).ok();
    }
    out.push_str("</tbody></table></div>");
    out
}

/// The first cell of a row.
pub fn name_cell(text: &str) -> String {
    format!("<td class=\"name\">{}</td>", escaped(text))
}

pub fn text_cell(text: &str) -> String {
    format!("<td class=\"text\">{}</td>", escaped(text))
}

pub fn cell(text: &impl ToString) -> String {
    format!("<td>{}</td>", escaped(&text.to_string()))
}

/// A number from 0 to 1 with its interval below it.
pub fn interval_cell(interval: &Interval) -> String {
    format!(
        "<td>{}<span class=\"range\">{}</span></td>",
        share(interval.value),
        range(interval)
    )
}

/// The same, set off from the others.
pub fn main_cell(interval: &Interval) -> String {
    format!(
        "<td><strong>{}</strong><span class=\"range\">{}</span></td>",
        share(interval.value),
        range(interval)
    )
}

pub fn optional_cell(interval: Option<&Interval>) -> String {
    interval.map_or_else(|| "<td>–</td>".to_owned(), interval_cell)
}

pub fn range(interval: &Interval) -> String {
    format!("{}–{}", share(interval.low), share(interval.high))
}

/// Three digits after the point.
pub fn share(value: f64) -> String {
    format!("{value:.3}")
}

/// Names with their values, for facts.
pub fn facts(pairs: &[(&str, String)]) -> String {
    let mut out = String::from("<dl>");
    for (name, value) in pairs.iter().filter(|(_, value)| !value.is_empty()) {
        write!(out, "<dt>{}</dt><dd>{}</dd>", escaped(name), escaped(value)).ok();
    }
    out.push_str("</dl>");
    out
}

pub fn paragraph(class: &str, text: &str) -> String {
    format!("<p class=\"{class}\">{}</p>", escaped(text))
}

pub fn list(items: &[String]) -> String {
    let items = items.iter();
    let items: String = items
        .map(|item| format!("<li>{}</li>", escaped(item)))
        .collect();
    format!("<ul>{items}</ul>")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_from_outside_becomes_markup() {
        let nasty = "<script>alert('x')</script> & \"y\"";
        let safe = "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt; &amp; &quot;y&quot;";
        assert_eq!(escaped(nasty), safe);
        let rows = [vec![name_cell(nasty), cell(&nasty), text_cell(nasty)]];
        for text in [
            table(nasty, &[nasty], &rows),
            facts(&[("name", nasty.to_owned())]),
            paragraph("quiet", nasty),
            list(&[nasty.to_owned()]),
        ] {
            assert!(text.contains(safe) && !text.contains("<script"), "{text}");
        }
    }
}
