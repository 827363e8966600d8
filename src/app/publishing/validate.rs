//! Checking texts before they are published: every finding with its range, as the editor needs it.

use super::{Error, Overlay, Publishing, aside};
use crate::domain::catalog::Catalog;
use crate::domain::diagnostic::{Diagnostic, Edit, Severity};
use crate::domain::text::files::Files;
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
#[schema(example = json!({"severity": "error", "code": "unknown_key", "file": "flows/a.yaml", "place": {"line": 4, "column": 3, "offset": 41, "length": 6}, "path": "steps[0]", "message": "`stepps` is not known here", "hint": "did you mean `steps`?", "docs": "errors/unknown_key.md", "fix": {"edits": [{"offset": 41, "was": "stepps", "insert": "steps"}]}}))]
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
    /// The change of the file that settles it, where that is plain.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub fix: Option<Fix>,
}

/// A change of a text that settles a finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Fix {
    /// Its pieces; they do not overlap.
    pub edits: Vec<FixEdit>,
}

/// A piece of a change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FixEdit {
    /// Characters before the place.
    pub offset: u32,
    /// What stands there in the text that was checked; where something else stands by now, the change is void.
    pub was: String,
    /// What takes its place.
    pub insert: String,
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

impl Finding {
    /// With the change that settles it, made of the files that it was found in.
    pub fn of(found: &Diagnostic, files: &Files) -> Self {
        let edit = files.get(&found.file).and_then(|text| found.fix(text));
        let fix = edit.map(|Edit { offset, was, insert }| Fix { edits: vec![FixEdit { offset, was, insert }] });
        Finding { fix, ..Finding::from(found) }
    }
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
            hint: found.hint.as_ref().map(ToString::to_string),
            docs: format!("errors/{}.md", found.code),
            fix: None,
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
        let (compiled, mut findings) = aside(move || Catalog::compile(files)).await?;
        if !self.store.seals() {
            findings.extend(compiled.unsealable());
        }
        let wanted = |found: &&Diagnostic| found.severity == Severity::Error || given.contains_key(&*found.file);
        let findings: Vec<Finding> = findings.iter().filter(wanted).map(|found| Finding::of(found, &compiled.files)).collect();
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
