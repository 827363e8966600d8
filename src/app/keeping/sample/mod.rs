//! Sample documents: what the console looks like with something in it, before anything is connected.
//!
//! They stand in the ledger under a source that no connection can have. Nothing carries them out: their flow is in no project,
//! so that no figure of a real one counts them, and no command moves them. They are taken out wholly, and nothing else is.

mod rows;

use super::{Keeper, Result};
use crate::domain::ids::TenantId;
use crate::store::Keys;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use rows::{FLOW, SOURCE};

/// Sample documents.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SampleView {
    /// How many are there.
    pub documents: u64,
    /// Their source, which no real document has.
    pub source: String,
}

impl Keeper {
    /// How many sample documents there are.
    ///
    /// # Errors
    /// When the store is away.
    pub async fn sample(&self, tenant: TenantId) -> Result<SampleView> {
        let ids: Vec<_> = rows::documents(tenant).iter().map(|document| document.0).collect();
        let there = self.store.desk().documents_by_id(tenant, &ids).await?;
        Ok(SampleView { documents: there.len() as u64, source: SOURCE.to_owned() })
    }

    /// Puts the sample documents into the ledger; those that are there stay as they are. Says whether they are new.
    ///
    /// # Errors
    /// When the store is away, or somebody else loads them at the same moment.
    pub async fn load_sample(&self, tenant: TenantId) -> Result<(SampleView, bool)> {
        let before = self.sample(tenant).await?;
        if before.documents > 0 {
            return Ok((before, false));
        }
        let writes = rows::made(tenant, self.clock.now());
        self.store.decide(&Keys::default(), Box::new(move |_| Ok(writes))).await?;
        Ok((self.sample(tenant).await?, true))
    }

    /// Takes the sample documents out of the ledger with everything about them; how many there were.
    ///
    /// # Errors
    /// When the store is away.
    pub async fn remove_sample(&self, tenant: TenantId) -> Result<u64> {
        Ok(self.store.desk().remove_documents(tenant, SOURCE, &rows::documents(tenant)).await?)
    }
}
