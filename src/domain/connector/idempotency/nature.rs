//! `by: nature`: doing it twice is doing it once (setting a status, withdrawing what is withdrawn).

use crate::domain::text::shape::Kind;

/// The shape.
pub static KIND: Kind = Kind { word: "nature", doc: "Repeating is harmless.", later: false, fields: &[] };
