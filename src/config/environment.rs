//! `WAYBILL_SECTION_OPTION` variables: each replaces one single-valued option of the file.
//!
//! Lists and tokens have no variable of their own; secrets are named by the file as `{secret: env/NAME}`.

use std::collections::BTreeMap;

use crate::domain::diagnostic::{Report, Span, did_you_mean};
use crate::domain::text::shape::{self, Field, ObjectShape, Shape};
use crate::domain::text::tree::{Key, Node, NodeKind};

/// Every variable begins with this.
pub const PREFIX: &str = "WAYBILL_";

/// Puts the variables into the tree. Those with the prefix that do not begin with a section's name are none of ours (a
/// token may be called `WAYBILL_TOKEN`); those that do, and name no option, are errors.
pub fn merge(mut tree: Node, variables: &BTreeMap<String, String>, shape: &ObjectShape, report: &mut Report) -> Node {
    for (name, value) in variables {
        let Some((section, option)) = split(name, shape.fields) else { continue };
        let mut node = scalar(value);
        let findings = report.len();
        match &section.shape {
            Shape::Object(object) => match object.fields.iter().find(|field| field.name == option && is_single(&field.shape)) {
                Some(field) => {
                    if let (Shape::Decimal, NodeKind::Scalar { quoted, .. }) = (&field.shape, &mut node.kind) {
                        // A variable has no quotes to tell a decimal by.
                        *quoted = true;
                    }
                    shape::check(&node, &field.shape, report);
                }
                None => unknown(name, section, object, &option, report),
            },
            whole => shape::check(&with_tag(&tree, section, &option, node.clone()), whole, report),
        }
        if report.len() == findings {
            set(&mut tree, section.name, &option, node);
        } else {
            report.error("bad_value", Span::default(), format!("the variable `{name}` cannot be taken")).at(name.as_str());
        }
    }
    tree
}

/// The section a variable names, and the rest of its name.
fn split(name: &str, sections: &'static [Field]) -> Option<(&'static Field, String)> {
    let rest = name.strip_prefix(PREFIX)?.to_lowercase();
    sections.iter().find_map(|section| {
        let option = rest.strip_prefix(section.name)?.strip_prefix('_')?;
        Some((section, option.to_owned()))
    })
}

fn unknown(name: &str, section: &Field, object: &ObjectShape, option: &str, report: &mut Report) {
    let options: Vec<&str> = object.fields.iter().filter(|field| is_single(&field.shape)).map(|field| field.name).collect();
    let variable = |option: &str| format!("{PREFIX}{}_{}", section.name.to_uppercase(), option.to_uppercase());
    let hint = match did_you_mean(option, options.iter().copied()) {
        Some(near) => format!("did you mean `{}`?", variable(near)),
        None => format!("known here: {}", options.iter().map(|option| variable(option)).collect::<Vec<_>>().join(", ")),
    };
    report.error("unknown_key", Span::default(), format!("`{name}` names no option of `{}`", section.name)).at(name).hint(hint);
}

fn is_single(shape: &Shape) -> bool {
    matches!(shape, Shape::Text | Shape::Id | Shape::Bool | Shape::Int | Shape::Decimal | Shape::Word(_) | Shape::Setting)
}

/// A value with no place in the file: line 0 tells readers that it came from the environment.
fn scalar(value: &str) -> Node {
    Node { span: Span::default(), kind: NodeKind::Scalar { text: value.to_owned(), quoted: false } }
}

/// The option beside the tag that the section has already: which options there are depends on it. Variables come in the
/// order of their names, and `kind` before what it brings.
fn with_tag(tree: &Node, section: &Field, option: &str, node: Node) -> Node {
    let mut whole = map(option, node);
    if let (Shape::Tagged(tagged), NodeKind::Map(options)) = (&section.shape, &mut whole.kind)
        && option != tagged.tag
        && let Some(tag) = tree.get(section.name).and_then(|section| section.get(tagged.tag))
    {
        options.push((key(tagged.tag), tag.clone()));
    }
    whole
}

fn map(key: &str, value: Node) -> Node {
    Node { span: Span::default(), kind: NodeKind::Map(vec![(self::key(key), value)]) }
}

fn key(text: &str) -> Key {
    Key { text: text.to_owned(), span: Span::default() }
}

fn set(tree: &mut Node, section: &str, option: &str, value: Node) {
    let NodeKind::Map(sections) = &mut tree.kind else { return };
    match sections.iter_mut().find(|(name, _)| name.text == section) {
        None => sections.push((key(section), map(option, value))),
        Some((_, node)) => match &mut node.kind {
            NodeKind::Map(options) => {
                options.retain(|(name, _)| name.text != option);
                options.push((key(option), value));
            }
            NodeKind::Scalar { .. } | NodeKind::List(_) => *node = map(option, value),
        },
    }
}
