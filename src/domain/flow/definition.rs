//! A flow as written: its text checked against the shape, with the names the catalog needs to gather what it refers to.

use super::shape;
use crate::domain::diagnostic::{Report, Spanned};
use crate::domain::text::shape::check;
use crate::domain::text::tree::Node;
use std::collections::BTreeSet;

/// A flow as written. The tree is kept: compiling reads it again against an environment.
#[derive(Clone, Debug)]
pub struct Definition {
    /// The flow's id.
    pub id: Spanned<String>,
    /// The document type.
    pub document: Spanned<String>,
    /// Its calendar.
    pub calendar: Option<String>,
    /// Start events as `(role, event)`.
    pub starts: Vec<(String, String)>,
    /// Every role named.
    pub roles: BTreeSet<String>,
    /// Every mapping named.
    pub mappings: BTreeSet<String>,
    /// Every notice template named.
    pub templates: BTreeSet<String>,
    /// The checked tree.
    pub node: Node,
}

impl Definition {
    /// Checks a tree and reads it. None when it has no usable id or document; every problem is in the report.
    pub fn read(node: &Node, report: &mut Report) -> Option<Definition> {
        check(node, &shape::FLOW, report);
        let named = |key: &str| {
            let value = node.get(key)?;
            Some(Spanned::new(value.text()?.to_owned(), value.span))
        };
        let mut definition = Definition {
            id: named("flow")?,
            document: named("document")?,
            calendar: node.get("calendar").and_then(Node::text).map(str::to_owned),
            starts: Vec::new(),
            roles: BTreeSet::new(),
            mappings: BTreeSet::new(),
            templates: BTreeSet::new(),
            node: node.clone(),
        };
        for start in node.get("start").map(Node::items).unwrap_or_default() {
            if let Some((role, event)) = start.get("event").and_then(Node::text).and_then(split) {
                definition.starts.push((role.to_owned(), event.to_owned()));
            }
        }
        definition.gather(node);
        Some(definition)
    }

    /// With what another form of the same flow names as well.
    #[must_use]
    pub fn and(mut self, other: &Definition) -> Definition {
        self.roles.extend(other.roles.iter().cloned());
        self.mappings.extend(other.mappings.iter().cloned());
        self.templates.extend(other.templates.iter().cloned());
        self
    }

    fn gather(&mut self, node: &Node) {
        for item in node.items() {
            self.gather(item);
        }
        for (key, value) in node.entries() {
            match (key.text.as_str(), value.text()) {
                ("call" | "event", Some(text)) => self.roles.extend(split(text).map(|(role, _)| role.to_owned())),
                ("map", Some(text)) => drop(self.mappings.insert(text.to_owned())),
                ("template", Some(text)) => drop(self.templates.insert(text.to_owned())),
                _ => self.gather(value),
            }
        }
    }
}

/// Splits `role.name`.
pub(super) fn split(reference: &str) -> Option<(&str, &str)> {
    reference.split_once('.').filter(|(role, name)| !role.is_empty() && !name.is_empty() && !name.contains('.'))
}
