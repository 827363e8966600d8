//! A new master key: every value's key is wrapped by it, one by one, while others read and set.

use super::kept::envelope;
use super::{Error, Secrets, purpose};
use crate::app::access::Actor;
use crate::store::identity::SecretRow;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

/// What wrapping anew came to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Rewrapped {
    /// The master key that wraps now.
    pub master: String,
    /// Secrets that it wrapped just now.
    pub rewrapped: u32,
    /// Secrets that it had wrapped before.
    pub unchanged: u32,
    /// Secrets that could not be opened, by name: their master key is not here, or is another one.
    pub closed: Vec<String>,
}

impl Secrets {
    /// Wraps every secret of the tenant with the first master key. Once nothing is wrapped by another one, that can be taken out
    /// of the configuration. Values are not opened, and stay what they are for whoever reads them meanwhile.
    ///
    /// # Errors
    /// When there is no master key, or the store cannot be used.
    pub async fn rewrap(&self, actor: &Actor) -> Result<Rewrapped, Error> {
        let keyring = self.kept.keyring();
        let master = keyring.current().ok_or(crate::runtime::envelope::Error::NoKey)?.to_owned();
        let mut done = Rewrapped { master: master.clone(), ..Rewrapped::default() };
        for row in self.store.identity().secrets(actor.tenant).await? {
            if row.master == master {
                done.unchanged += 1;
                continue;
            }
            let Ok(wrapped) = keyring.rewrap(&envelope(&row), &purpose(row.tenant, &row.name, row.version)) else {
                done.closed.push(row.name);
                continue;
            };
            let after = SecretRow { master: wrapped.master, wrapped: wrapped.wrapped, ..row.clone() };
            // Where somebody set a value meanwhile, that was wrapped by the first key already: a process that still has an
            // older configuration may have done otherwise, and the next run finds it.
            if self.store.identity().rewrap_secret(&row, &after).await? {
                done.rewrapped += 1;
            } else {
                done.unchanged += 1;
            }
        }
        let detail = json!({"master": done.master, "rewrapped": done.rewrapped, "unchanged": done.unchanged, "closed": done.closed});
        self.store.identity().note(&[self.entry(actor, "secret.rewrap", None, detail)]).await?;
        self.refresh().await?;
        Ok(done)
    }
}
