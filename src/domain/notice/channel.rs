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
    /// Where operation and mapping stand.
    pub places: (Span, Span),
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
            places: (operation.span, map.span),
        })
    }
}
