//! Reading releases: lists, one with its files, their texts, and how two differ. On a store alone, so that the command line
//! can read one without a running hub; `Publishing` does the same on its own.

use super::bring::content_of;
use super::views::{ReleaseFile, ReleaseFiles, ReleaseItemView, ReleaseText, ReleaseView};
use super::{Error, Publishing, aside};
use crate::domain::ids::TenantId;
use crate::domain::publishing::{Content, Diff, compare};
use crate::store::Store;

/// Releases, newest first, before a number.
///
/// # Errors
/// When the store cannot be read.
pub async fn releases(store: &dyn Store, tenant: TenantId, before: Option<u32>, limit: u32) -> Result<Vec<ReleaseView>, Error> {
    let live = live_number(store, tenant).await?;
    let rows = store.releases(tenant, before, limit).await?;
    Ok(rows.into_iter().map(|row| ReleaseView::of(row, live)).collect())
}

/// One release with its files; none for the live one.
///
/// # Errors
/// When there is none of this number.
pub async fn release(store: &dyn Store, tenant: TenantId, number: Option<u32>) -> Result<ReleaseItemView, Error> {
    let live = live_number(store, tenant).await?;
    let number = number.unwrap_or(live);
    let row = store.release(tenant, number).await?.ok_or(Error::NotFound("release"))?;
    let items = store.release_items(tenant, number).await?.into_iter().map(ReleaseFile::from).collect();
    Ok(ReleaseItemView { release: ReleaseView::of(row, live), items })
}

/// The texts of a release; of the live one when no number is given, which is empty while nothing was published.
///
/// # Errors
/// When there is none of this number.
pub async fn release_files(store: &dyn Store, tenant: TenantId, number: Option<u32>) -> Result<ReleaseFiles, Error> {
    let number = match number {
        Some(number) => store.release(tenant, number).await?.ok_or(Error::NotFound("release"))?.number,
        None => live_number(store, tenant).await?,
    };
    if number == 0 {
        return Ok(ReleaseFiles { number, files: Vec::new() });
    }
    let texts = store.release_texts(tenant, number).await?;
    let files = texts.into_iter().map(|found| ReleaseText { file: found.item.into(), text: found.text }).collect();
    Ok(ReleaseFiles { number, files })
}

async fn live_number(store: &dyn Store, tenant: TenantId) -> Result<u32, Error> {
    Ok(store.live_release(tenant).await?.map_or(0, |row| row.number))
}

impl Publishing {
    /// As `releases`.
    ///
    /// # Errors
    /// As there.
    pub async fn releases(&self, tenant: TenantId, before: Option<u32>, limit: u32) -> Result<Vec<ReleaseView>, Error> {
        releases(self.store.as_ref(), tenant, before, limit).await
    }

    /// As `release`.
    ///
    /// # Errors
    /// As there.
    pub async fn release_with_items(&self, tenant: TenantId, number: Option<u32>) -> Result<ReleaseItemView, Error> {
        release(self.store.as_ref(), tenant, number).await
    }

    /// As `release_files`.
    ///
    /// # Errors
    /// As there.
    pub async fn release_files(&self, tenant: TenantId, number: Option<u32>) -> Result<ReleaseFiles, Error> {
        release_files(self.store.as_ref(), tenant, number).await
    }

    /// How two releases differ; `None` is the live one, 0 the empty project.
    ///
    /// # Errors
    /// When there is none of a number.
    pub async fn release_diff(&self, tenant: TenantId, from: Option<u32>, to: Option<u32>) -> Result<Diff, Error> {
        let (before, after) = (self.content(tenant, from).await?, self.content(tenant, to).await?);
        aside(move || compare(&before, &after)).await
    }

    async fn content(&self, tenant: TenantId, number: Option<u32>) -> Result<Content, Error> {
        let number = match number {
            Some(0) => 0,
            Some(number) => self.store.release(tenant, number).await?.ok_or(Error::NotFound("release"))?.number,
            None => live_number(self.store.as_ref(), tenant).await?,
        };
        if number == 0 { Ok(Content::default()) } else { content_of(self.store.as_ref(), tenant, number).await }
    }
}
