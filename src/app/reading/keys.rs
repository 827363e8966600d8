//! Business keys of documents that a page of something else names: people know them by these.

use super::{LIMIT_MAX, Reader, Result};
use crate::domain::ids::TenantId;
use std::collections::HashMap;
use uuid::Uuid;

impl Reader {
    /// The keys of these documents, in as few reads as there are pages of them. One that is gone has none.
    pub(super) async fn document_keys(&self, tenant: TenantId, mut ids: Vec<Uuid>) -> Result<HashMap<Uuid, String>> {
        ids.sort_unstable();
        ids.dedup();
        let mut keys = HashMap::new();
        for ids in ids.chunks(LIMIT_MAX as usize) {
            keys.extend(self.store.desk().documents_by_id(tenant, ids).await?.into_iter().map(|row| (row.id.0, row.key)));
        }
        Ok(keys)
    }
}
