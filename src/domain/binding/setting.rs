//! A setting's value: literal, or the place of a secret. The secret itself is never here.

use crate::domain::text::tree::{Node, NodeKind};
use std::sync::Arc;

/// A setting's value.
#[derive(Clone, Debug, PartialEq)]
pub enum Setting {
    /// Written in the file.
    Literal(serde_json::Value),
    /// Kept elsewhere.
    Secret(SecretPlace),
}

/// Where a secret is kept.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum SecretPlace {
    /// An environment variable.
    Env(Arc<str>),
    /// A file that only the process can read.
    File(Arc<str>),
    /// The encrypted store.
    Store(Arc<str>),
}

impl Setting {
    /// Reads a tree that was checked against `Shape::Setting`.
    pub fn read(node: &Node) -> Option<Setting> {
        match &node.kind {
            NodeKind::Map(_) => node.get("secret")?.text().and_then(SecretPlace::parse).map(Setting::Secret),
            _ if node.is_null() => None,
            _ => Some(Setting::Literal(node.to_json())),
        }
    }
}

impl SecretPlace {
    /// Reads `env/NAME`, `file/PATH`, `store/NAME`.
    pub fn parse(text: &str) -> Option<SecretPlace> {
        let (kind, name) = text.split_once('/')?;
        let name = Some(name.trim()).filter(|name| !name.is_empty()).map(Arc::from)?;
        match kind {
            "env" => Some(SecretPlace::Env(name)),
            "file" => Some(SecretPlace::File(name)),
            "store" => Some(SecretPlace::Store(name)),
            _ => None,
        }
    }
}

impl std::fmt::Display for SecretPlace {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            SecretPlace::Env(name) => write!(formatter, "env/{name}"),
            SecretPlace::File(path) => write!(formatter, "file/{path}"),
            SecretPlace::Store(name) => write!(formatter, "store/{name}"),
        }
    }
}
