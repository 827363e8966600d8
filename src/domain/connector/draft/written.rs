//! A draft as it leaves here: files, and what is to be said about them.

use super::{Draft, DraftFile};

/// Files of a draft, and what is to be said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// The connector's id.
    pub id: String,
    /// The id of its connection.
    pub connection: String,
    /// The files.
    pub files: Vec<DraftFile>,
    /// What could not be known, the whole first.
    pub open: Vec<String>,
    /// The variables that hold the secrets of its connection.
    pub variables: Vec<String>,
    /// What is tried first: a read where there is one.
    pub first: Option<String>,
}

impl Draft {
    /// The files, and what is to be said.
    pub fn written(&self) -> Written {
        let of_operations =
            self.operations.iter().flat_map(|operation| operation.open.iter().map(move |words| format!("{}: {words}", operation.name)));
        let first = self.operations.iter().filter(|operation| !operation.write).chain(&self.operations).next();
        Written {
            id: self.id.clone(),
            connection: self.connection(),
            files: self.files(),
            open: self.open.iter().cloned().chain(of_operations).collect(),
            variables: self.variables(),
            first: first.map(|operation| operation.name.clone()),
        }
    }
}
