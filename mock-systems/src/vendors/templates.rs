//! The template that an approval is made from: which fields it has. A field the template does not know is refused, which
//! is what happens when somebody renames one.

use serde::{Deserialize, Serialize};

/// A field of a template.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub(super) struct Field {
    /// What people see; DingTalk finds the field by it.
    pub label: String,
    /// The id of the control, where the vendor finds it by that.
    pub id: String,
    /// The vendor's word for the kind of control.
    pub kind: String,
    #[serde(default)]
    pub required: bool,
    /// Columns, where it is a detail table.
    #[serde(default)]
    pub columns: Vec<Field>,
}

/// A template.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub(super) struct Template {
    pub code: String,
    pub name: String,
    pub fields: Vec<Field>,
}

impl Field {
    pub(super) fn new(label: &str, id: &str, kind: &str) -> Self {
        Self { label: label.to_owned(), id: id.to_owned(), kind: kind.to_owned(), required: false, columns: Vec::new() }
    }

    pub(super) fn required(mut self) -> Self {
        self.required = true;
        self
    }

    pub(super) fn with(mut self, columns: Vec<Field>) -> Self {
        self.columns = columns;
        self
    }
}
