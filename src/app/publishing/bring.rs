//! Brings a whole project into force: compiled, its cases run, compared with what is live, stored as a release.
//!
//! Works on a store alone, so that the command line can do it without a running hub; replicas see the new release at
//! their next look.

use super::validate::Finding;
use super::views::{CaseView, PublishedView, ReleaseView};
use super::{Error, aside};
use crate::app::cases::{self, Case};
use crate::app::engine::definitions::ANY_FLOW;
use crate::domain::catalog::{Catalog, Hash, has_errors};
use crate::domain::ids::TenantId;
use crate::domain::publishing::{Content, ContentFile, compare, content};
use crate::domain::text::files::Files;
use crate::store::{DefinitionRow, DraftKey, NewRelease, Publication, ReleaseItem, ReleaseRow, Store};
use jiff::Timestamp;
use std::sync::Arc;

/// Longest message, reason or author.
const TEXT_CHARACTERS_MAX: usize = 2_000;

/// A project to bring into force.
#[derive(Clone, Debug)]
pub struct Bring {
    /// Tenant.
    pub tenant: TenantId,
    /// The whole project.
    pub files: Files,
    /// Who.
    pub author: String,
    /// Why.
    pub message: String,
    /// The release it was made on top of; none for whichever is live.
    pub expected: Option<u32>,
    /// Why it is to be published although cases fail.
    pub untested: Option<String>,
    /// The release whose content it is.
    pub restores: Option<u32>,
    /// Drafts that it publishes.
    pub drafts: Vec<DraftKey>,
    /// Only say what would be.
    pub dry_run: bool,
    /// Now.
    pub now: Timestamp,
}

/// What came of it, with the compiled project so that it need not be compiled again.
pub struct Brought {
    /// For people.
    pub view: PublishedView,
    /// The compiled project.
    pub catalog: Arc<Catalog>,
}

/// The content of the live release, and its row.
///
/// # Errors
/// When the store cannot be read.
pub async fn live_content(store: &dyn Store, tenant: TenantId) -> Result<(Option<ReleaseRow>, Content), Error> {
    let Some(row) = store.live_release(tenant).await? else { return Ok((None, Content::default())) };
    let content = content_of(store, tenant, row.number).await?;
    Ok((Some(row), content))
}

/// The content of a release.
pub(super) async fn content_of(store: &dyn Store, tenant: TenantId, number: u32) -> Result<Content, Error> {
    let texts = store.release_texts(tenant, number).await?;
    let file = |found: crate::store::ReleaseText| ContentFile {
        path: found.item.path.into(),
        kind: found.item.kind.into(),
        id: found.item.id.into(),
        hash: Hash(found.item.hash.into()),
        text: found.text.into(),
    };
    Ok(Content { files: texts.into_iter().map(file).collect() })
}

/// Compiles, tests, compares and, unless it is a dry run, publishes.
///
/// # Errors
/// When definitions have errors, cases fail without a reason to go on, or another release was published meanwhile.
pub async fn bring(store: &dyn Store, request: Bring) -> Result<Brought, Error> {
    text("message", &request.message)?;
    request.untested.as_deref().map(|reason| text("untested", reason)).transpose()?;
    let (live, before) = live_content(store, request.tenant).await?;
    let expected = live.as_ref().map_or(0, |live| live.number);
    let files = request.files.clone();
    let (catalog, findings, cases) = aside(move || compile(files)).await?;
    let findings = if store.seals() { findings } else { findings.into_iter().chain(catalog.unsealable()).collect() };
    if has_errors(&findings) {
        return Err(Error::Unsound(findings));
    }
    let views: Vec<CaseView> = cases.iter().map(CaseView::from).collect();
    let failed = views.iter().filter(|case| !case.passes).count();
    let held = content(&catalog);
    let same = live.as_ref().is_some_and(|live| live.digest == held.digest());
    // A repeat of what was published after all, its answer lost, is no conflict.
    if !same && request.expected.is_some_and(|wanted| wanted != expected) {
        return Err(Error::Moved(live.map(|row| Box::new(ReleaseView::of(row, expected)))));
    }
    if failed > 0 && request.untested.is_none() && !request.dry_run {
        return Err(Error::TestsFail(views));
    }
    let view = PublishedView {
        published: false,
        release: live.clone().map(|row| ReleaseView::of(row, expected)),
        diff: compare(&before, &held),
        findings: findings.iter().map(Finding::from).collect(),
        cases: views,
    };
    if request.dry_run || same {
        return Ok(Brought { view, catalog });
    }
    let new = release(&request, &catalog, &held, expected, [cases.len() - failed, failed]);
    let stored = match store.publish(&new).await? {
        Publication::Done => new.release.clone(),
        // The commit of an earlier try was not heard of, or another replica brought the same.
        Publication::Conflict(Some(row)) if row.digest == new.release.digest => row,
        Publication::Conflict(row) => {
            return Err(Error::Moved(row.map(|row| Box::new(ReleaseView::of(row.clone(), row.number)))));
        }
    };
    let number = stored.number;
    Ok(Brought { view: PublishedView { published: true, release: Some(ReleaseView::of(stored, number)), ..view }, catalog })
}

fn text(field: &'static str, text: &str) -> Result<(), Error> {
    if text.trim().is_empty() {
        return Err(Error::Field(field, "is required and must not be empty".to_owned()));
    }
    if text.chars().count() > TEXT_CHARACTERS_MAX || text.contains('\0') {
        return Err(Error::Field(field, format!("must be text of at most {TEXT_CHARACTERS_MAX} characters")));
    }
    Ok(())
}

fn compile(files: Files) -> (Arc<Catalog>, Vec<crate::domain::diagnostic::Diagnostic>, Vec<Case>) {
    let (catalog, findings) = Catalog::compile(files);
    let cases = if has_errors(&findings) { Vec::new() } else { cases::run(&catalog, None) };
    (Arc::new(catalog), findings, cases)
}

fn release(request: &Bring, catalog: &Catalog, held: &Content, expected: u32, tests: [usize; 2]) -> NewRelease {
    let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    NewRelease {
        release: ReleaseRow {
            tenant: request.tenant,
            number: expected.saturating_add(1),
            digest: held.digest(),
            author: request.author.clone(),
            message: request.message.clone(),
            tests_passed: count(tests[0]),
            tests_failed: count(tests[1]),
            untested: request.untested.clone().filter(|_| tests[1] > 0),
            restores: request.restores,
            created_at: request.now,
        },
        items: held.files.iter().map(item).collect(),
        definitions: rows(request, catalog, held),
        expected,
        drafts: request.drafts.clone(),
    }
}

fn item(file: &ContentFile) -> ReleaseItem {
    ReleaseItem { path: file.path.to_string(), kind: file.kind.to_string(), id: file.id.to_string(), hash: file.hash.to_string() }
}

/// The texts, and the flow versions that instances will run on, each also under its hash alone.
fn rows(request: &Bring, catalog: &Catalog, held: &Content) -> Vec<DefinitionRow> {
    let row = |kind: &str, id: &str, hash: &str, text: String| DefinitionRow {
        tenant: request.tenant,
        kind: kind.to_owned(),
        id: id.to_owned(),
        hash: hash.to_owned(),
        text,
        author: request.author.clone(),
        message: request.message.clone(),
        created_at: request.now,
    };
    let mut rows: Vec<DefinitionRow> =
        held.files.iter().map(|file| row(&file.kind, &file.id, &file.hash.0, file.text.to_string())).collect();
    for version in catalog.flows.values() {
        let text = version.bundle.to_json();
        rows.push(row("bundle", &version.flow.id, &version.id.0, text.clone()));
        rows.push(row("bundle", ANY_FLOW, &version.id.0, text));
    }
    rows
}
