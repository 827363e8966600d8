//! How releases look outside: one shape for the API, the command line and the console.

use crate::app::cases::{Case, Difference};
use crate::domain::catalog::Hash;
use crate::domain::publishing::{Content, ContentFile, Diff};
use crate::store::{ReleaseItem, ReleaseRow};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::validate::Finding;

/// One release.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({"number": 7, "author": "li", "message": "approval above 5,000 CNY", "created_at": "2026-09-28T10:00:00Z", "digest": "9b1c…", "tests_passed": 41, "tests_failed": 0, "live": true}))]
pub struct ReleaseView {
    /// Number, from 1.
    pub number: u32,
    /// Who published it.
    pub author: String,
    /// Why.
    pub message: String,
    /// When.
    pub created_at: Timestamp,
    /// Hash of its content: equal contents have equal digests.
    pub digest: String,
    /// Cases that passed before it was published.
    pub tests_passed: u32,
    /// Cases that failed.
    pub tests_failed: u32,
    /// Why it was published although cases fail.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub untested: Option<String>,
    /// The release whose content it brings back.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub restores: Option<u32>,
    /// Whether it is the one in force.
    pub live: bool,
}

impl ReleaseView {
    /// A row as it is seen while `live` is in force.
    pub fn of(row: ReleaseRow, live: u32) -> Self {
        Self {
            live: row.number == live,
            number: row.number,
            author: row.author,
            message: row.message,
            created_at: row.created_at,
            digest: row.digest,
            tests_passed: row.tests_passed,
            tests_failed: row.tests_failed,
            untested: row.untested,
            restores: row.restores,
        }
    }
}

/// A release with the versions it is made of.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ReleaseItemView {
    /// The release.
    #[serde(flatten)]
    pub release: ReleaseView,
    /// Its files, in the order of their paths.
    pub items: Vec<ReleaseFile>,
}

/// A file of a release.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReleaseFile {
    /// Where it stands in the project folder.
    pub path: String,
    /// The kind of definition; `test` or `file` for what is none.
    pub kind: String,
    /// Its id; the path of what has none.
    pub id: String,
    /// Its version.
    pub version: String,
}

impl From<ReleaseItem> for ReleaseFile {
    fn from(item: ReleaseItem) -> Self {
        Self { path: item.path, kind: item.kind, id: item.id, version: item.hash }
    }
}

/// The texts of a release, byte for byte.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReleaseFiles {
    /// The release; 0 when nothing was published yet.
    pub number: u32,
    /// Its files with their texts, in the order of their paths.
    pub files: Vec<ReleaseText>,
}

/// A file of a release with its text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReleaseText {
    /// The file.
    #[serde(flatten)]
    pub file: ReleaseFile,
    /// Its text, byte for byte.
    pub text: String,
}

impl ReleaseFiles {
    /// As a content that can be compared.
    pub fn content(&self) -> Content {
        let file = |found: &ReleaseText| ContentFile {
            path: found.file.path.as_str().into(),
            kind: found.file.kind.as_str().into(),
            id: found.file.id.as_str().into(),
            hash: Hash(found.file.version.as_str().into()),
            text: found.text.as_str().into(),
        };
        Content { files: self.files.iter().map(file).collect() }
    }
}

/// What publishing came to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PublishedView {
    /// Whether a release was stored; false for a dry run and when nothing differs from what is live.
    pub published: bool,
    /// The live release afterwards; for a dry run the one that is live now. Absent while there is none.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub release: Option<ReleaseView>,
    /// How it differs from what was live.
    pub diff: Diff,
    /// Warnings of the definitions.
    pub findings: Vec<Finding>,
    /// Every case and whether it passes.
    pub cases: Vec<CaseView>,
}

/// A case and whether it passes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CaseView {
    /// `mapping`, `connector` or `flow`.
    pub kind: String,
    /// The file it stands in.
    pub file: String,
    /// Its name.
    pub name: String,
    /// Whether it passes.
    pub passes: bool,
    /// What differs from what it says, in words.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub differences: Vec<String>,
}

impl From<&Case> for CaseView {
    fn from(case: &Case) -> Self {
        let words = |difference: &Difference| {
            let part = |word: &str, text: &Option<String>| text.as_ref().map(|text| format!("{word} {text}"));
            let parts = [part("expected", &difference.expected), part("actual", &difference.actual)];
            let parts: Vec<String> = parts.into_iter().flatten().collect();
            if parts.is_empty() { difference.place.clone() } else { format!("{}: {}", difference.place, parts.join(", ")) }
        };
        Self {
            kind: case.kind.to_owned(),
            file: case.file.to_string(),
            name: case.name.clone(),
            passes: case.passes(),
            differences: case.differences.iter().map(words).collect(),
        }
    }
}
