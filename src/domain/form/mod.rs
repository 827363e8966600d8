//! Forms: what a person fills in, checked on the server, and made a document by a mapping.
//!
//! Owns the definition (`forms/*.yaml`), the declared type of what is filled in, filling with every problem at its field,
//! the numbering of documents made here, and the description that clients draw. It makes no document itself and draws no
//! number: people, time and numbers are arguments.

mod define;
mod describe;
mod field;
mod fill;
mod number;
mod shape;
#[cfg(test)]
mod tests;
mod types;

pub use field::{Check, Choice, Field, FieldKind, Required, Right};
pub use fill::{Circumstances, FieldProblem};
pub use number::{Number, Per};
pub use shape::SHAPE;
pub use types::person;

use crate::domain::text::title::Title;
use crate::domain::value::Type;
use std::sync::Arc;

/// The step at which a form is filled in for the first time.
pub const START: &str = "start";
/// Fields one form may have, those of its line tables included.
pub const FIELDS_MAX: usize = 300;
/// Rows one line table may have where the form says nothing.
pub const ROWS_MAX: u32 = 500;

/// A form.
#[derive(Clone, Debug)]
pub struct Form {
    /// Its id.
    pub id: Arc<str>,
    /// What people see.
    pub title: Title,
    /// What people should know before they begin.
    pub hint: Title,
    /// The document type it makes.
    pub document: Arc<str>,
    /// The mapping that makes the document.
    pub map: Arc<str>,
    /// How the documents it makes are numbered.
    pub number: Option<Number>,
    /// The time zone of `today` and of the numbering's periods.
    pub zone: Arc<str>,
    /// Its sections, in order.
    pub sections: Vec<Section>,
    /// What must hold of the whole.
    pub checks: Vec<Check>,
    /// The declared type of what is filled in.
    pub of: Type,
}

/// A section.
#[derive(Clone, Debug)]
pub struct Section {
    /// Its id.
    pub id: Arc<str>,
    /// What people see.
    pub title: Title,
    /// Its fields, in order.
    pub fields: Vec<Field>,
}

impl Form {
    /// All its fields, in order; those of line tables are inside theirs.
    pub fn fields(&self) -> impl Iterator<Item = &Field> {
        self.sections.iter().flat_map(|section| &section.fields)
    }
}
