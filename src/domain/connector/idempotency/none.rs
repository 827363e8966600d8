//! `by: none`: the partner has neither key nor look-up; an unknown outcome goes to a person at once.

use crate::domain::text::shape::Kind;

/// The shape.
pub static KIND: Kind = Kind { word: "none", doc: "Nothing makes a repeat harmless: it may duplicate.", later: false, fields: &[] };
