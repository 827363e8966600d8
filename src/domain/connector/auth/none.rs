//! `kind: none`: the partner asks for no proof.

use crate::domain::text::shape::Kind;

/// The shape.
pub static KIND: Kind = Kind { word: "none", doc: "No proof.", later: false, fields: &[] };
