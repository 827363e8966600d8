//! What publishing decides: what a release holds, how two contents differ by definition, part, rule and line.
//!
//! Texts in, values out. It stores nothing (`store` does) and publishes nothing (`app::publishing` does). What is compared is
//! what people wrote: comments and order count in the text, ids and keys in the structure.

mod content;
mod diff;
mod hunks;
mod parts;
mod taken_back;
#[cfg(test)]
mod tests;

pub use content::{Content, ContentFile, FILE, content};
pub use diff::{Change, DefinitionDiff, Diff, FieldDiff, PartDiff, compare};
pub use hunks::{Hunk, Line, Tag};
pub use taken_back::taken_back;
