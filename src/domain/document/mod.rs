//! Document types: what a business document holds, which statuses it may have, whose word counts for a field.
//!
//! Owns the definition (`documents/*.yaml` with its JSON Schema), validation of a document into a typed value, the
//! hash of its content, and the plausibility checks of amounts. It does not map and does not store.

mod compare;
mod content;
mod definition;
mod hidden;
pub mod key;
mod plausible;
mod schema;
mod sensitive;
mod validate;

pub use compare::{CHANGES_MAX, FieldChange, changes, patched};
pub use content::hash_json;
pub use definition::{DocumentType, SHAPE};
pub use hidden::Hidden;
pub use plausible::Doubt;
pub use schema::{Member, Schema, SchemaKind};
pub use sensitive::{MASKED, Sensitive, Values, mask_leaves};
pub use validate::{Problem, Validated};

#[cfg(test)]
mod tests;
