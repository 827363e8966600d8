//! Parts: steps that a binding row puts in the place of a step.

use super::shape::STEP;
use super::steps::word_of;
use crate::domain::diagnostic::Report;
use crate::domain::text::shape::{FORMAT, Field, ObjectShape, Shape, TITLE, check};
use crate::domain::text::tree::{Node, NodeKind, parse};
use std::collections::{BTreeMap, BTreeSet};

/// A part: steps and nothing else. It stands in a folder `parts/`, read by the rows that name it.
static PART: Shape = Shape::Object(&ObjectShape {
    name: "part",
    doc: "Steps that stand in the place of a step.",
    fields: &[FORMAT, TITLE, Field::required("steps", Shape::List(&STEP), "The steps.")],
});

/// Reads the text of a part; findings go to the report, which is on the part's own file.
pub fn read_part(text: &str, report: &mut Report) -> Option<Node> {
    let node = parse(text, report)?;
    check(&node, &PART, report);
    (!report.has_errors()).then_some(node)
}

/// The ids of all steps of a flow as written.
pub fn step_ids(flow: &Node) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    gather(flow, &mut found);
    found
}

fn gather(node: &Node, found: &mut BTreeSet<String>) {
    if word_of(node).is_some() {
        found.extend(node.get("id").and_then(Node::text).map(str::to_owned));
    }
    node.items().iter().for_each(|item| gather(item, found));
    node.entries().iter().for_each(|(_, value)| gather(value, found));
}

/// The flow with parts in the place of steps.
pub fn with_parts(flow: &Node, parts: &BTreeMap<String, Node>) -> Node {
    let kind = match &flow.kind {
        NodeKind::Scalar { .. } => flow.kind.clone(),
        NodeKind::Map(entries) => NodeKind::Map(entries.iter().map(|(key, value)| (key.clone(), with_parts(value, parts))).collect()),
        NodeKind::List(items) => NodeKind::List(items.iter().flat_map(|item| in_place(item, parts)).collect()),
    };
    Node { span: flow.span, kind }
}

fn in_place(item: &Node, parts: &BTreeMap<String, Node>) -> Vec<Node> {
    let part = item.get("id").and_then(Node::text).filter(|_| word_of(item).is_some()).and_then(|id| parts.get(id));
    match part {
        Some(part) => part.get("steps").map(Node::items).unwrap_or_default().to_vec(),
        None => vec![with_parts(item, parts)],
    }
}
