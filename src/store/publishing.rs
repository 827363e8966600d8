//! The rows of publishing: releases, what is in them, drafts; and how they are read from either database.

use super::cells::{Cell, Cells};
use super::{DefinitionRow, Result};
use crate::domain::ids::TenantId;
use jiff::Timestamp;

/// One release of the project: an ordered, immutable list of definition versions.
#[derive(Clone, Debug, PartialEq)]
pub struct ReleaseRow {
    /// Tenant.
    pub tenant: TenantId,
    /// Number, from 1 without gaps.
    pub number: u32,
    /// Hash over its items: equal contents have equal digests.
    pub digest: String,
    /// Who published it.
    pub author: String,
    /// Why.
    pub message: String,
    /// Cases that passed and failed before it was published.
    pub tests_passed: u32,
    /// Cases that failed.
    pub tests_failed: u32,
    /// Why it was published although cases fail or were not run.
    pub untested: Option<String>,
    /// The release whose content it brings back.
    pub restores: Option<u32>,
    /// When.
    pub created_at: Timestamp,
}

/// One file of a release.
#[derive(Clone, Debug, PartialEq)]
pub struct ReleaseItem {
    /// Where it stands in the project folder.
    pub path: String,
    /// The kind of definition; `test` and `file` for what belongs to others.
    pub kind: String,
    /// The definition's id; the path of what has none.
    pub id: String,
    /// The version: which `definition` row holds the text.
    pub hash: String,
}

/// A release to store, with everything that must be committed with it.
#[derive(Clone, Debug, PartialEq)]
pub struct NewRelease {
    /// The release; its number is the expected one plus one.
    pub release: ReleaseRow,
    /// Its files, in the order of their paths.
    pub items: Vec<ReleaseItem>,
    /// The versions it is made of, and the bundles that instances will run on; those stored before are left as they are.
    pub definitions: Vec<DefinitionRow>,
    /// The live release it was made on top of; 0 for none.
    pub expected: u32,
    /// Drafts that it publishes: author, kind, id, and hash of the text; one that changed meanwhile stays.
    pub drafts: Vec<DraftKey>,
}

/// What became of a publication.
#[derive(Clone, Debug, PartialEq)]
pub enum Publication {
    /// It is stored and live.
    Done,
    /// Another release is live than the one it was made on top of; nothing was stored.
    Conflict(Option<ReleaseRow>),
}

/// A file of a release with its text.
#[derive(Clone, Debug, PartialEq)]
pub struct ReleaseText {
    /// The file.
    pub item: ReleaseItem,
    /// Its text, byte for byte.
    pub text: String,
}

/// One version of a definition and the releases it stands in.
#[derive(Clone, Debug, PartialEq)]
pub struct DefinitionVersion {
    /// The version.
    pub hash: String,
    /// Who published it first.
    pub author: String,
    /// Why.
    pub message: String,
    /// When.
    pub created_at: Timestamp,
    /// Its first release.
    pub first_release: Option<u32>,
    /// Its last release.
    pub last_release: Option<u32>,
}

/// Whose draft of what, in which state.
#[derive(Clone, Debug, PartialEq)]
pub struct DraftKey {
    /// Author.
    pub author: String,
    /// Kind.
    pub kind: String,
    /// Id.
    pub id: String,
    /// Hash of its text.
    pub hash: String,
}

/// A draft: what one author would publish in place of a definition.
#[derive(Clone, Debug, PartialEq)]
pub struct DraftRow {
    /// Tenant.
    pub tenant: TenantId,
    /// Whose it is.
    pub author: String,
    /// The kind of definition.
    pub kind: String,
    /// The definition's id.
    pub id: String,
    /// Where it stands in the project folder.
    pub path: String,
    /// The text; none when the draft removes the definition.
    pub text: Option<String>,
    /// Hash of the text.
    pub hash: String,
    /// Hash of the live text it began from; none for a new definition.
    pub base: Option<String>,
    /// When it began.
    pub created_at: Timestamp,
    /// When it was last saved.
    pub updated_at: Timestamp,
}

/// What became of saving a draft.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::large_enum_variant, reason = "one answer to one request, moved once")]
pub enum DraftSaved {
    /// It is stored.
    Done,
    /// The stored draft is not the expected one; here it is, when there is one.
    Conflict(Option<DraftRow>),
}

pub(super) fn release<R: Cell>(row: &R) -> Result<ReleaseRow> {
    let cells = Cells::new(row, "release", "number");
    Ok(ReleaseRow {
        tenant: TenantId(cells.int("tenant_id")?),
        number: cells.int("number")?,
        digest: cells.text("digest")?,
        author: cells.text("author")?,
        message: cells.text("message")?,
        tests_passed: cells.int("tests_passed")?,
        tests_failed: cells.int("tests_failed")?,
        untested: cells.maybe_text("untested")?,
        restores: cells.maybe_int("restores")?,
        created_at: cells.time("created_at")?,
    })
}

pub(super) fn item<R: Cell>(row: &R) -> Result<ReleaseItem> {
    let cells = Cells::new(row, "release_item", "path");
    Ok(ReleaseItem { path: cells.text("path")?, kind: cells.text("kind")?, id: cells.text("id")?, hash: cells.text("hash")? })
}

pub(super) fn text<R: Cell>(row: &R) -> Result<ReleaseText> {
    Ok(ReleaseText { item: item(row)?, text: Cells::new(row, "definition", "path").text("text")? })
}

pub(super) fn version<R: Cell>(row: &R) -> Result<DefinitionVersion> {
    let cells = Cells::new(row, "definition", "hash");
    Ok(DefinitionVersion {
        hash: cells.text("hash")?,
        author: cells.text("author")?,
        message: cells.text("message")?,
        created_at: cells.time("created_at")?,
        first_release: cells.maybe_int("first_release")?,
        last_release: cells.maybe_int("last_release")?,
    })
}

pub(super) fn draft<R: Cell>(row: &R) -> Result<DraftRow> {
    let cells = Cells::new(row, "draft", "id");
    Ok(DraftRow {
        tenant: TenantId(cells.int("tenant_id")?),
        author: cells.text("author")?,
        kind: cells.text("kind")?,
        id: cells.text("id")?,
        path: cells.text("path")?,
        text: cells.maybe_text("text")?,
        hash: cells.text("hash")?,
        base: cells.maybe_text("base")?,
        created_at: cells.time("created_at")?,
        updated_at: cells.time("updated_at")?,
    })
}
