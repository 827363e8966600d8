//! The spanned tree: values of a YAML file and where they stand.
//!
//! Ready-made node trees stop at a duplicate key and serde loses places under tagged enums; this one keeps both.
//! `parse.rs` builds it.

pub use super::parse::{BYTES_MAX, DEPTH_MAX, NODES_MAX, SCALAR_BYTES_MAX, parse};
use crate::domain::diagnostic::Span;

/// One value of a YAML file and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// Where it stands.
    pub span: Span,
    /// What it is.
    pub kind: NodeKind,
}

/// What a node is.
#[derive(Clone, Debug, PartialEq)]
pub enum NodeKind {
    /// A scalar: its text, and whether it was quoted (then it is always text).
    Scalar {
        /// The text without quotes.
        text: String,
        /// Whether it was quoted or a block.
        quoted: bool,
    },
    /// A sequence.
    List(Vec<Node>),
    /// A mapping, duplicates kept (the parse has reported them).
    Map(Vec<(Key, Node)>),
}

/// A key of a mapping.
#[derive(Clone, Debug, PartialEq)]
pub struct Key {
    /// The text of the key.
    pub text: String,
    /// Where it stands.
    pub span: Span,
}

impl Node {
    /// The value under `key`, when this is a mapping that has it.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.entries().iter().find(|(name, _)| name.text == key).map(|(_, node)| node)
    }

    /// The entries of a mapping; none for anything else.
    pub fn entries(&self) -> &[(Key, Node)] {
        match &self.kind {
            NodeKind::Map(entries) => entries,
            _ => &[],
        }
    }

    /// The items of a list; none for anything else.
    pub fn items(&self) -> &[Node] {
        match &self.kind {
            NodeKind::List(items) => items,
            _ => &[],
        }
    }

    /// The text of a scalar that is not `null`.
    pub fn text(&self) -> Option<&str> {
        match &self.kind {
            NodeKind::Scalar { text, .. } if !self.is_null() => Some(text),
            _ => None,
        }
    }

    /// Whether this is a plain `null`, `~` or nothing.
    pub fn is_null(&self) -> bool {
        matches!(&self.kind, NodeKind::Scalar { text, quoted: false } if matches!(text.as_str(), "" | "~" | "null"))
    }

    /// A plain `true` or `false`.
    pub fn bool(&self) -> Option<bool> {
        match &self.kind {
            NodeKind::Scalar { text, quoted: false } => match text.as_str() {
                "true" => Some(true),
                "false" => Some(false),
                _ => None,
            },
            _ => None,
        }
    }

    /// A plain whole number, written as JSON writes it: no plus, no leading zeros (other YAML readers take those as
    /// octal).
    pub fn int(&self) -> Option<i64> {
        match &self.kind {
            NodeKind::Scalar { text, quoted: false } => text.parse().ok().filter(|number: &i64| number.to_string() == *text),
            _ => None,
        }
    }

    /// Where a part of this scalar's text stands, by offset and length in characters: what an expression's problem
    /// points at. Where escapes or folded lines make that unknowable, the whole scalar.
    pub fn part(&self, offset: u32, length: u32) -> Span {
        let NodeKind::Scalar { text, quoted } = &self.kind else { return self.span };
        let characters = u32::try_from(text.chars().count()).unwrap_or(u32::MAX);
        if *quoted && text.contains('\n') {
            return self.block_part(text, offset, length);
        }
        match (quoted, self.span.length.checked_sub(characters)) {
            (false, Some(0)) | (true, Some(0 | 1)) => self.span.part(offset, length),
            (true, Some(2)) => self.span.part(offset + 1, length),
            _ => self.span,
        }
    }

    /// A block scalar's lines all begin at its own column.
    fn block_part(&self, text: &str, offset: u32, length: u32) -> Span {
        let before: String = text.chars().take(offset as usize).collect();
        let lines = u32::try_from(before.matches('\n').count()).unwrap_or(0);
        let column = u32::try_from(before.rsplit('\n').next().map_or(0, |line| line.chars().count())).unwrap_or(0);
        Span {
            line: self.span.line + lines,
            column: self.span.column + column,
            offset: self.span.offset + offset + lines * self.span.column.saturating_sub(1),
            length: length.max(1),
        }
    }

    /// The value as JSON: plain `null`, `true`, `false` and JSON numbers are those, numbers exactly as written; any
    /// other plain scalar is text.
    pub fn to_json(&self) -> serde_json::Value {
        match &self.kind {
            NodeKind::Scalar { text, quoted: true } => serde_json::Value::String(text.clone()),
            NodeKind::Scalar { text, quoted: false } => {
                if self.is_null() {
                    return serde_json::Value::Null;
                }
                if let Some(flag) = self.bool() {
                    return serde_json::Value::Bool(flag);
                }
                match serde_json::from_str::<serde_json::Number>(text) {
                    Ok(number) => serde_json::Value::Number(number),
                    Err(_) => serde_json::Value::String(text.clone()),
                }
            }
            NodeKind::List(items) => serde_json::Value::Array(items.iter().map(Node::to_json).collect()),
            NodeKind::Map(entries) => {
                serde_json::Value::Object(entries.iter().map(|(key, node)| (key.text.clone(), node.to_json())).collect())
            }
        }
    }

    /// What form this node has, in words, for messages.
    pub fn form(&self) -> &'static str {
        match &self.kind {
            NodeKind::Scalar { .. } if self.is_null() => "nothing",
            NodeKind::Scalar { .. } => "a single value",
            NodeKind::List(_) => "a list",
            NodeKind::Map(_) => "a mapping",
        }
    }
}
