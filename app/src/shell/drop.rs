//! The whole window is where files can be dropped.

use egui::{Align2, Id, Ui};

use crate::command::{Command, CommandQueue};
use crate::shell::ShellCommand;
use crate::theme::{self, UNIT};

pub fn drop_ui(ui: &Ui, commands: &mut CommandQueue) {
    let ctx = ui.ctx();
    let (hovered, dropped) = ctx.input(|input| {
        let paths: Vec<_> = input
            .raw
            .dropped_files
            .iter()
            .map(|file| file.path().to_owned())
            .collect();
        (input.raw.hovered_files.len(), paths)
    });
    if !dropped.is_empty() {
        commands.push(Command::Shell(ShellCommand::OpenAny(dropped)));
    }
    if hovered == 0 {
        return;
    }
    let layer = egui::LayerId::new(egui::Order::Foreground, Id::unique("drop"));
    let painter = ctx.layer_painter(layer);
    let rect = ctx.content_rect();
    painter.rect_filled(rect, 0.0, theme::veil());
    painter.rect_stroke(
        rect.shrink(6.0 * UNIT),
        theme::RADIUS,
        egui::Stroke::new(1.5, theme::accent()),
        egui::StrokeKind::Inside,
    );
    let text = match hovered {
        1 => "Drop to open".to_owned(),
        _ => format!("Drop to open {hovered} files"),
    };
    let line = |below: f32, text: &str, font, color| {
        let at = rect.center() + egui::vec2(0.0, below);
        painter.text(at, Align2::CENTER_CENTER, text, font, color);
    };
    let font = theme::medium(theme::VERDICT);
    line(-16.0, &text, font, theme::on_veil());
    let what = "Clips, pictures, folders of them, annotations, manifests, runs and models";
    line(16.0, what, theme::regular(theme::BODY), theme::on_veil());
}
