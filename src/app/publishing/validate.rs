//! Checking texts before they are published: every finding with its range, as the editor needs it.

use super::{Error, Overlay, Publishing, aside};
use crate::domain::catalog::Catalog;
use crate::domain::diagnostic::{Diagnostic, Severity};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What checking found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Validation {
    /// How many errors there are, in the whole project.
    pub errors: usize,
    /// How many warnings there are about the given texts.
    pub warnings: usize,
    /// The findings: errors of the whole project, warnings about the given texts; by file and place.
    pub findings: Vec<Finding>,
}

/// One finding.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({"severity": "error", "code": "unknown_key", "file": "flows/a.yaml", "place": {"line": 4, "column": 3, "offset": 41, "length": 6}, "path": "steps[0]", "message": "`stepps` is not known here", "hint": "did you mean `steps`?", "docs": "errors/unknown_key.md"}))]
pub struct Finding {
    /// `error` or `warning`.
    pub severity: String,
    /// Stable code; each has a page.
    pub code: String,
    /// The file.
    pub file: String,
    /// Where in it.
    pub place: Place,
    /// Path inside the definition; empty for the whole file.
    pub path: String,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub hint: Option<String>,
    /// The code's page.
    pub docs: String,
}

/// A range of a file, in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Place {
    /// Line, from 1; 0 when it is about the whole file.
    pub line: u32,
    /// Column, from 1.
    pub column: u32,
    /// Characters before it.
    pub offset: u32,
    /// How many characters.
    pub length: u32,
}

impl From<&Diagnostic> for Finding {
    fn from(found: &Diagnostic) -> Self {
        let span = found.span;
        Self {
            severity: if found.severity == Severity::Error { "error" } else { "warning" }.to_owned(),
            code: found.code.to_owned(),
            file: found.file.to_string(),
            place: Place { line: span.line, column: span.column, offset: span.offset, length: span.length },
            path: found.path.clone(),
            message: found.message.clone(),
            hint: found.hint.clone(),
            docs: format!("errors/{}.md", found.code),
        }
    }
}

impl Publishing {
    /// Checks texts as if they were published over what is live.
    ///
    /// # Errors
    /// When the work cannot be done here.
    pub async fn validate(&self, overlay: Overlay) -> Result<Validation, Error> {
        let live = self.live.now().catalog().clone();
        let (files, given) = (overlay.over(&live.files), overlay.files);
        let (_, findings) = aside(move || Catalog::compile(files)).await?;
        let wanted = |found: &&Diagnostic| found.severity == Severity::Error || given.contains_key(&*found.file);
        let findings: Vec<Finding> = findings.iter().filter(wanted).map(Finding::from).collect();
        let errors = findings.iter().filter(|found| found.severity == "error").count();
        Ok(Validation { errors, warnings: findings.len() - errors, findings })
    }

    /// A project compiled with texts over what is live; its findings when the named file has errors, or none compiles.
    pub(super) async fn compiled(&self, overlay: &Overlay) -> Result<(Catalog, Vec<Diagnostic>), Error> {
        let live = self.live.now().catalog().clone();
        let files = overlay.over(&live.files);
        aside(move || Catalog::compile(files)).await
    }
}
