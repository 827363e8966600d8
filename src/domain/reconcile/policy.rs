//! `reconcile:` of a connection: when it is read back by itself, how far back, and how much of its rate that may take.

use super::schedule::{self, Schedule};
use crate::domain::diagnostic::Report;
use crate::domain::text::shape::{Field, ObjectShape, Shape};
use crate::domain::text::tree::Node;
use crate::domain::text::units;

/// The shape of `reconcile:` in a connection's file.
pub static SHAPE: ObjectShape = ObjectShape {
    name: "connection_reconcile",
    doc: "When the connection is read back and compared with the ledger by itself.",
    fields: &[
        Field::optional("every", Shape::Duration, "How often: hours that divide a day (`6h`), or days (`1d`, `7d`)."),
        Field::optional("at", Shape::Text, "For days: the time of day, `02:00`; 02:00 where it is left out."),
        Field::optional("zone", Shape::Text, "The zone of `at`, such as `Asia/Shanghai`; UTC where it is left out."),
        Field::optional("window", Shape::Duration, "Documents that ended within it are read back beside the open ones; 7d."),
        Field::optional("share", Shape::Text, "How much of the connection's rate it may take at most; `20%`."),
    ],
};

/// How much of a rate it takes at most where nothing is said, per cent.
const SHARE: u32 = 20;
/// How far back it reads where nothing is said: seven days.
const WINDOW_MILLIS: u64 = 7 * 86_400_000;

/// When and how a connection is read back.
#[derive(Clone, Debug, PartialEq)]
pub struct Policy {
    /// When it happens by itself.
    pub schedule: Option<Schedule>,
    /// How far back it reads, milliseconds.
    pub window_millis: u64,
    /// How much of the connection's rate it may take, per cent.
    pub share_percent: u32,
}

impl Default for Policy {
    fn default() -> Policy {
        Policy { schedule: None, window_millis: WINDOW_MILLIS, share_percent: SHARE }
    }
}

impl Policy {
    /// Reads `reconcile:`, checked against the shape.
    pub fn read(node: Option<&Node>, report: &mut Report) -> Policy {
        let Some(node) = node else { return Policy::default() };
        let share = node.get("share").and_then(|written| Some((written, written.text()?)));
        let percent = share.map(|(written, text)| (written, text.strip_suffix('%').and_then(|number| number.trim().parse::<u32>().ok())));
        if let Some((written, _)) = percent.filter(|(_, percent)| !percent.is_some_and(|percent| (1..=100).contains(&percent))) {
            report.error("bad_value", written.span, "`share` is between 1% and 100%").hint("write `20%`").at("reconcile.share");
        }
        let window = node.get("window").and_then(Node::text).and_then(units::duration).and_then(units::Span::millis);
        if let (Some(written), None | Some(0)) = (node.get("window"), window) {
            report.error("bad_value", written.span, "`window` is plain time, longer than nothing").at("reconcile.window");
        }
        Policy {
            schedule: schedule::read(node, report),
            window_millis: window.filter(|millis| *millis > 0).unwrap_or(WINDOW_MILLIS),
            share_percent: percent.and_then(|(_, percent)| percent).unwrap_or(SHARE).clamp(1, 100),
        }
    }
}
