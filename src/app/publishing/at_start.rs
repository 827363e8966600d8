//! Which definitions a hub begins with: the folder's or the live release's, and what it says when these differ.
//!
//! A folder whose content was never published is news. One that equals an earlier release is behind: a replica that is
//! rolled back, or a folder that somebody's `apply` from elsewhere has overtaken. Publishing it would undo what people did.

use super::bring::{Bring, bring, content_of};
use super::views::PublishedView;
use super::{Error, aside};
use crate::domain::catalog::{Catalog, has_errors};
use crate::domain::ids::TenantId;
use crate::domain::publishing::content;
use crate::domain::text::files::Files;
use crate::store::Store;
use jiff::Timestamp;
use std::sync::Arc;

/// Where a hub's definitions come from.
#[derive(Clone, Debug)]
pub enum Source {
    /// A project folder's texts.
    Folder(Files, Differs),
    /// The live release; files are not read.
    Store,
}

/// What a hub does when its folder differs from the live release.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Differs {
    /// Publishes it, whatever was published before: for folders that a program makes, as the demonstration does.
    Always,
    /// Publishes it, unless it equals an earlier release.
    Publish,
    /// Goes on with the live release.
    Keep,
    /// Does not start.
    Refuse,
}

/// What a hub begins with.
pub struct Found {
    /// The definitions.
    pub catalog: Arc<Catalog>,
    /// The release they are; 0 when nothing was published yet.
    pub release: u32,
    /// What there is to say about it.
    pub told: Told,
}

/// What a start has to say.
#[derive(Clone, Debug, PartialEq)]
pub enum Told {
    /// The folder, if any, is what is live.
    Same,
    /// The folder was published.
    Published(Box<PublishedView>),
    /// The folder differs; the live release is in force.
    Kept {
        /// The release the folder equals, when it is an earlier one.
        equals: Option<u32>,
    },
}

/// Finds what a hub begins with.
///
/// # Errors
/// When definitions have errors, or the folder differs and that is to be refused (`Moved`).
pub async fn at_start(store: &dyn Store, source: Source, now: Timestamp) -> Result<Found, Error> {
    let tenant = TenantId::DEFAULT;
    let live = store.live_release(tenant).await?;
    let Source::Folder(files, differs) = source else {
        let number = live.map_or(0, |live| live.number);
        let files = if number == 0 { Files::default() } else { content_of(store, tenant, number).await?.to_files() };
        return Ok(Found { catalog: compiled(store, files).await?, release: number, told: Told::Same });
    };
    let catalog = compiled(store, files.clone()).await?;
    let digest = content(&catalog).digest();
    if let Some(live) = &live {
        if live.digest == digest {
            return Ok(Found { catalog, release: live.number, told: Told::Same });
        }
        let equals = store.release_with(tenant, &digest).await?.map(|row| row.number);
        match differs {
            Differs::Refuse => return Err(Error::Moved(Some(Box::new(super::ReleaseView::of(live.clone(), live.number))))),
            Differs::Always => {}
            Differs::Publish if equals.is_none() => {}
            Differs::Keep | Differs::Publish => {
                let files = content_of(store, tenant, live.number).await?.to_files();
                return Ok(Found { catalog: compiled(store, files).await?, release: live.number, told: Told::Kept { equals } });
            }
        }
    }
    let request = Bring {
        tenant,
        files,
        author: "serve".to_owned(),
        message: "the project folder, found at start".to_owned(),
        expected: live.map(|live| live.number).or(Some(0)),
        // A folder starts as it always did; that its cases fail is recorded with the release and said in the log.
        untested: Some("started from a folder".to_owned()),
        restores: None,
        drafts: Vec::new(),
        dry_run: false,
        now,
    };
    match bring(store, request).await {
        Ok(brought) => {
            let number = brought.view.release.as_ref().map_or(0, |release| release.number);
            Ok(Found { catalog: brought.catalog, release: number, told: Told::Published(Box::new(brought.view)) })
        }
        // Another replica with another folder was first: it is live, and this one follows.
        Err(Error::Moved(Some(other))) => {
            let files = content_of(store, tenant, other.number).await?.to_files();
            Ok(Found { catalog: compiled(store, files).await?, release: other.number, told: Told::Kept { equals: None } })
        }
        Err(error) => Err(error),
    }
}

async fn compiled(store: &dyn Store, files: Files) -> Result<Arc<Catalog>, Error> {
    let (catalog, mut findings) = aside(move || Catalog::compile(files)).await?;
    if !store.seals() {
        findings.extend(catalog.unsealable());
    }
    if has_errors(&findings) { Err(Error::Unsound(findings)) } else { Ok(Arc::new(catalog)) }
}
