//! A channel of notices: an operation of a connector, and the mapping that makes its input of a notice.
//!
//! A robot in a group, a message of an app, a webhook: each is a connector, so that a new one needs no Rust. `log` and `mail`
//! are there without a definition.

use crate::domain::diagnostic::Span;
use crate::domain::text::shape::{FORMAT, Field, ObjectShape, Shape, TITLE};
use crate::domain::text::title::Title;
use crate::domain::text::tree::Node;
use std::sync::Arc;

/// Channels that need no definition.
pub const BUILT_IN: &[&str] = &["log", "mail"];

static OPENS: ObjectShape = ObjectShape {
    name: "channel_opens",
    doc: "What makes a centre's own object of an instance, before its tasks are shown.",
    fields: &[
        Field::required("operation", Shape::Id, "the operation of the same role; it gives `external_id`, which the hub remembers"),
        Field::required("map", Shape::Id, "the mapping that makes its input of `shown`"),
    ],
};

/// The shape of a channel.
pub static CHANNEL: Shape = Shape::Object(&ObjectShape {
    name: "channel",
    doc: "How notices reach people: an operation of a connector, and the mapping that makes its input.",
    fields: &[
        FORMAT,
        Field::required("channel", Shape::Id, "the id of the channel, as flows and the directory name it"),
        TITLE,
        Field::required("operation", Shape::Reference, "the operation, `role.operation`; the bindings say which connection"),
        Field::required("map", Shape::Id, "the mapping that makes its input of `notice`, for a centre of `shown`"),
        Field::optional(
            "to",
            Shape::Word(&["each", "group", "centre"]),
            "`each` person gets a message of their own (when left out), one message tells the whole `group`, or a task `centre` is shown all tasks of an instance as they stand, for people to see and decide there (`shown_in` of a flow)",
        ),
        Field::optional(
            "opens",
            Shape::Object(&OPENS),
            "for a centre that keeps an object of its own for each instance: made once, before the first showing; showings then come one after the other, each with what the centre answered (`shown.external_id`, `external_id` of the tasks)",
        ),
    ],
});

/// Whom a channel reaches.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tells {
    /// Each person by a message of their own.
    #[default]
    Each,
    /// One message tells all.
    Group,
    /// It tells nobody of anything: it shows tasks as they stand.
    Centre,
}

/// A channel of notices.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Channel {
    /// Its id.
    pub id: Arc<str>,
    /// What people see.
    pub title: Title,
    /// The role of the system.
    pub role: Arc<str>,
    /// The operation.
    pub operation: Arc<str>,
    /// The mapping.
    pub map: Arc<str>,
    /// Whom it reaches.
    pub tells: Tells,
    /// What makes its own object of an instance; a centre without it takes the whole instance each time.
    pub opens: Option<Opens>,
    /// Where operation and mapping stand.
    pub places: (Span, Span),
}

/// What makes a centre's own object of an instance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opens {
    /// The operation, of the channel's role.
    pub operation: Arc<str>,
    /// The mapping.
    pub map: Arc<str>,
    /// Where operation and mapping stand.
    pub places: (Span, Span),
}

impl Opens {
    fn read(node: &Node) -> Option<Opens> {
        let (operation, map) = (node.get("operation")?, node.get("map")?);
        Some(Opens { operation: operation.text()?.into(), map: map.text()?.into(), places: (operation.span, map.span) })
    }
}

impl Channel {
    /// Reads a tree that was checked against `CHANNEL`.
    pub fn read(node: &Node) -> Option<Channel> {
        let (operation, map) = (node.get("operation")?, node.get("map")?);
        let (role, name) = operation.text()?.split_once('.')?;
        Some(Channel {
            id: node.get("channel")?.text()?.into(),
            title: Title::read(node.get("title")),
            role: role.into(),
            operation: name.into(),
            map: map.text()?.into(),
            tells: match node.get("to").and_then(Node::text) {
                Some("group") => Tells::Group,
                Some("centre") => Tells::Centre,
                _ => Tells::Each,
            },
            opens: node.get("opens").and_then(Opens::read),
            places: (operation.span, map.span),
        })
    }
}
