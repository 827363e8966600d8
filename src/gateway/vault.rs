//! Where secrets are read when a connection is made ready: variables, files, and the hub's own store of them.

use crate::domain::ids::TenantId;
use crate::runtime::secret::{self, Error};
use secrecy::SecretString;
use std::path::PathBuf;
use std::sync::Arc;

/// The hub's own store of secrets. The gateway knows no store; whoever builds it may hand it one of these.
pub trait Vault: Send + Sync + 'static {
    /// The secret of this name.
    ///
    /// # Errors
    /// When there is none, or it cannot be opened.
    fn open(&self, tenant: TenantId, name: &str) -> Result<SecretString, Error>;
}

/// Reads secrets by their places.
#[derive(Clone)]
pub(super) struct Places {
    /// Relative paths are below this folder.
    pub base: PathBuf,
    /// What is kept here; none where no hub runs.
    pub vault: Option<Arc<dyn Vault>>,
}

impl Places {
    /// The secret at a place.
    pub fn read(&self, tenant: TenantId, place: &str) -> Result<SecretString, Error> {
        match (place.strip_prefix("store/"), &self.vault) {
            (Some(name), Some(vault)) => vault.open(tenant, name),
            _ => secret::read(place, &self.base),
        }
    }
}
