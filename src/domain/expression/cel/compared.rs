//! Which literals an expression compares with what: a path that takes few words is never equal to a word misspelt.

use super::node::{Node, Order};
use crate::domain::value::Value;

/// Every path that is compared with a text for equality, with that text; `in` over a list counts for each of its texts.
pub(super) fn compared(node: &Node) -> Vec<(String, &str)> {
    let mut found = Vec::new();
    node.visit(&mut |node| match node {
        Node::Compare(comparison) if comparison.order.is_equality() => {
            for (path, literal) in [(&comparison.left, &comparison.right), (&comparison.right, &comparison.left)] {
                found.extend(path_of(path).zip(text_of(literal)));
            }
        }
        Node::In(pair) => {
            let Some(path) = path_of(&pair.0) else { return };
            found.extend(texts_of(&pair.1).into_iter().map(|text| (path.clone(), text)));
        }
        _ => {}
    });
    found
}

/// Every path that is compared by `!=` and not asked for by `has()`: where it is unset, that is false.
pub(super) fn unequal(node: &Node) -> Vec<String> {
    let (mut found, mut asked) = (Vec::new(), Vec::new());
    node.visit(&mut |node| match node {
        Node::Compare(comparison) if comparison.order == Order::NotEqual => {
            found.extend([&comparison.left, &comparison.right].into_iter().filter_map(path_of));
        }
        Node::Has(inside, name) => asked.extend(path_of(inside).map(|path| format!("{path}.{name}"))),
        _ => {}
    });
    found.retain(|path| !asked.contains(path));
    found
}

fn path_of(node: &Node) -> Option<String> {
    match node {
        Node::Name(name) => Some(name.to_string()),
        Node::Member(inside, name) => Some(format!("{}.{name}", path_of(inside)?)),
        _ => None,
    }
}

fn text_of(node: &Node) -> Option<&str> {
    match node {
        Node::Constant(value) => value.as_text(),
        _ => None,
    }
}

fn texts_of(node: &Node) -> Vec<&str> {
    match node {
        Node::Constant(Value::List(items)) => items.iter().filter_map(Value::as_text).collect(),
        Node::List(nodes) => nodes.iter().filter_map(text_of).collect(),
        _ => Vec::new(),
    }
}
