//! Following: what this process has in force becomes what is live.

use super::{Error, Publishing, aside, bring};
use crate::domain::catalog::{Catalog, has_errors};
use crate::domain::ids::TenantId;
use std::sync::Arc;

impl Publishing {
    /// Takes over the live release when it is newer than what is in force; answers its number when it did.
    ///
    /// # Errors
    /// When the store cannot be read, or this binary finds errors in the release; what is in force then stays so.
    pub async fn follow(&self) -> Result<Option<u32>, Error> {
        let _turn = self.following.lock().await;
        let Some(live) = self.store.live_release(TenantId::DEFAULT).await? else { return Ok(None) };
        if live.number <= self.live.now().release() {
            return Ok(None);
        }
        let files = bring::content_of(self.store.as_ref(), TenantId::DEFAULT, live.number).await?.to_files();
        let (catalog, findings) = aside(move || Catalog::compile(files)).await?;
        if has_errors(&findings) {
            return Err(Error::Unsound(findings));
        }
        Ok(self.live.replace(Arc::new(catalog), live.number).then_some(live.number))
    }

    /// The release in force here.
    pub fn release(&self) -> u32 {
        self.live.now().release()
    }
}
