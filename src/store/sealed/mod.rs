//! The content of document types that are marked `sealed`, sealed on its way into the store and opened on its way out.
//!
//! A decorator around either store: what is above sees rows as ever, what is below never sees content of a marked type. One
//! list says which columns hold content (`content`); which rows are sealed the marks say (`marks`), with what the keys
//! (`keys`). Rows of other types pass as they are: the only cost is a look at how a text begins. A text that does not open is
//! `Error::Sealed`, with its table, column and row.

mod cabinet;
mod content;
mod desk;
mod keys;
mod marks;
mod reconcile;
mod store;

use super::*;
use crate::runtime::content::key_number;
use crate::runtime::{Clock, IdMaker, Keyring};
use cabinet::{Cabinet, Closed};
use content::{Content, Each};
pub use keys::CONTENT_KEY_PREFIX;
use keys::Keys;
pub use marks::Marked;
use marks::Marks;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A store that seals.
pub struct Sealed {
    inner: Arc<dyn Store>,
    cabinet: Arc<Cabinet>,
}

impl Sealed {
    /// A store that seals what is marked, with keys that lie in it wrapped by these master keys. Without any, nothing can be
    /// marked, and what was sealed before does not open.
    pub fn around(inner: Arc<dyn Store>, ring: Keyring, clock: Arc<dyn Clock>, ids: IdMaker) -> Sealed {
        Sealed { inner, cabinet: Arc::new(Cabinet { marks: Marks::default(), keys: Keys::new(ring, clock, ids) }) }
    }

    /// What a tenant has marked, from now on.
    pub fn mark(&self, tenant: TenantId, marked: Marked) {
        self.cabinet.marks.set(tenant, marked);
    }

    /// Makes ready to seal what is marked: reads the keys of the tenants that have marked anything, or makes them.
    ///
    /// # Errors
    /// When there is no master key, another one than theirs, or the store cannot be used.
    pub async fn ready(&self) -> Result<()> {
        self.marks().await.map(drop)
    }

    /// The marks of now, once their keys are there.
    async fn marks(&self) -> Result<Arc<BTreeMap<TenantId, Marked>>> {
        let marks = self.cabinet.marks.now();
        for tenant in marks.keys() {
            self.key(*tenant).await?;
        }
        Ok(marks)
    }

    async fn key(&self, tenant: TenantId) -> Result<()> {
        self.cabinet.keys.ensure(self.inner.as_ref(), tenant).await
    }

    /// An answer of the store, opened.
    async fn opened<T: Content>(&self, mut answer: T) -> Result<T> {
        self.opened_by(&mut answer, |answer, each| answer.contents(each)).await?;
        Ok(answer)
    }

    /// The same of an answer that does not say itself where its content lies.
    async fn opened_by<T>(&self, answer: &mut T, through: impl Fn(&mut T, &mut Each<'_>) -> Result<()>) -> Result<()> {
        let Err(closed) = self.cabinet.open(|each| through(answer, each)) else { return Ok(()) };
        if !self.learnt(&closed).await? {
            return Err(closed.error);
        }
        self.cabinet.open(|each| through(answer, each)).map_err(|closed| closed.error)
    }

    /// Reads keys that were made since: another process may have been the first to seal.
    async fn learnt(&self, closed: &Closed) -> Result<bool> {
        let Some(tenant) = closed.unread else { return Ok(false) };
        self.cabinet.keys.read(self.inner.as_ref(), tenant).await?;
        Ok(true)
    }

    /// Claimed effects, opened; what was sealed of their work says whether what becomes of them is sealed too.
    async fn claimed(&self, mut claimed: Vec<ClaimedEffect>) -> Result<Vec<ClaimedEffect>> {
        for one in &mut claimed {
            one.sealed = key_number(&one.effect.work).is_some();
        }
        self.opened(claimed).await
    }
}

/// The words that say that nothing was done and it is to be tried again.
fn again(why: &'static str) -> Error {
    Error::Unavailable(why.into())
}
