//! Who is meant: `{user: u1}`, `{role: finance_manager}`, `{manager: 1}`, `{head: procurement}`.

use crate::domain::text::shape::{Field, KeyedShape, Variant};
use crate::domain::text::tree::Node;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

use crate::domain::text::shape::Shape;

/// A reference to people, as written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Who {
    /// This person.
    User(Arc<str>),
    /// Those who have the role, by the nearest scope.
    Role(Arc<str>),
    /// The initiator's manager so many levels up; 1 is the direct one.
    Manager(u32),
    /// The head of a department.
    Head(Arc<str>),
}

static USER: Variant = Variant { key: Field::optional("user", Shape::Text, "this person, by id"), fields: &[] };
static ROLE: Variant = Variant { key: Field::optional("role", Shape::Id, "those who have the role"), fields: &[] };
static MANAGER: Variant =
    Variant { key: Field::optional("manager", Shape::Int, "the initiator's manager; 1 is the direct one"), fields: &[] };
static HEAD: Variant = Variant { key: Field::optional("head", Shape::Text, "the head of this department"), fields: &[] };

/// The shape of a reference to people.
pub static WHO: KeyedShape =
    KeyedShape { name: "who", doc: "A reference to people.", common: &[], variants: &[&USER, &ROLE, &MANAGER, &HEAD] };

/// Levels of managers that may be asked for; more is a mistake.
const LEVELS_MAX: i64 = 20;

impl Who {
    /// Reads a tree that was checked against `WHO`.
    pub fn read(node: &Node) -> Option<Who> {
        let text = |key: &str| node.get(key).and_then(Node::text).map(Arc::from);
        let level = || node.get("manager").and_then(Node::int).filter(|level| (1..=LEVELS_MAX).contains(level));
        text("user")
            .map(Who::User)
            .or_else(|| text("role").map(Who::Role))
            .or_else(|| text("head").map(Who::Head))
            .or_else(|| level().and_then(|level| u32::try_from(level).ok()).map(Who::Manager))
    }
}

impl std::fmt::Display for Who {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Who::User(id) => write!(formatter, "user {id}"),
            Who::Role(role) => write!(formatter, "role {role}"),
            Who::Manager(level) => write!(formatter, "manager {level}"),
            Who::Head(department) => write!(formatter, "head of {department}"),
        }
    }
}
