//! Secrets that the hub keeps: set, listed by name, wrapped anew, removed; never given back.
//!
//! Owns the envelopes (`Kept`, which the gateway reads through) and what people do with them. Each process keeps the envelopes
//! of all tenants in memory, as they are stored; a value is opened when a connection is made ready and nowhere else.

mod kept;
mod list;
mod rewrap;

use crate::app::access::Actor;
use crate::app::engine::definitions::Live;
use crate::domain::text::kept::{KEPT_NAME_CHARACTERS_MAX, is_kept_name};
use crate::gateway::Gateway;
use crate::runtime::metrics::list::SECRETS;
use crate::runtime::{Clock, IdMaker, envelope};
use crate::store::identity::{AuditRow, SecretRow, secret_purpose as purpose};
use crate::store::{self, Store};
use jiff::{SignedDuration, Timestamp};
pub use kept::Kept;
pub use list::{KeptItem, SecretItem, SecretItems, SecretUse};
pub use rewrap::Rewrapped;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::sync::Arc;
use utoipa::ToSchema;

/// Longest value, bytes: a certificate with its chain fits.
const VALUE_BYTES_MAX: usize = 64 * 1024;
/// A secret that ends within this is told of.
pub const REMIND_BEFORE: SignedDuration = SignedDuration::from_hours(14 * 24);
/// How often setting is tried while others set the same.
const TRIES_MAX: u32 = 5;

/// Why something about a secret is refused. No message holds any part of a value.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is none of that name.
    #[error("there is no such secret")]
    NotFound,
    /// A field cannot be used: its name, and why.
    #[error("`{0}` {1}")]
    Invalid(&'static str, String),
    /// It would leave connections without it.
    #[error("{0}")]
    Conflict(String),
    /// It is not what the caller saw.
    #[error("{0}")]
    Changed(String),
    /// It cannot be sealed or opened.
    #[error(transparent)]
    Sealing(#[from] envelope::Error),
    /// The store failed.
    #[error("the store cannot be used")]
    Store(#[from] store::Error),
}

/// What somebody who sets or removes a secret has seen of it: nobody overwrites a value that they do not know of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seen {
    /// There was none.
    Nothing,
    /// This version.
    Version(u32),
    /// Whatever is there.
    Anything,
}

impl Seen {
    fn check(self, name: &str, present: Option<u32>) -> Result<(), Error> {
        match (self, present) {
            (Seen::Anything, _) | (Seen::Nothing, None) => Ok(()),
            (Seen::Version(seen), Some(present)) if seen == present => Ok(()),
            (_, Some(present)) => Err(Error::Changed(format!("The hub keeps version {present} of `{name}`, which is not what was seen."))),
            (_, None) => Err(Error::Changed(format!("The hub keeps no secret `{name}` any more."))),
        }
    }
}

/// A secret that was set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SecretSet {
    /// Where connections find it: `store/NAME`.
    pub place: String,
    /// Grows with each value, from 1.
    pub version: u32,
    /// When it was set.
    pub set_at: Timestamp,
    /// When the partner will not take it any more.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub expires_at: Option<Timestamp>,
}

/// What is done about secrets.
#[derive(Clone)]
pub struct Secrets {
    store: Arc<dyn Store>,
    kept: Arc<Kept>,
    gateway: Arc<Gateway>,
    live: Arc<Live>,
    clock: Arc<dyn Clock>,
    ids: IdMaker,
    /// One look at a time: an older one must not undo what a newer one found.
    looks: Arc<tokio::sync::Mutex<()>>,
}

impl Secrets {
    /// Secrets of this store, read by this gateway.
    pub fn new(
        store: Arc<dyn Store>,
        kept: Arc<Kept>,
        gateway: Arc<Gateway>,
        live: Arc<Live>,
        (clock, ids): (Arc<dyn Clock>, IdMaker),
    ) -> Secrets {
        Secrets { store, kept, gateway, live, clock, ids, looks: Arc::default() }
    }

    /// Sets a secret, a new one or a new value of one that is there. Connections use it from now on; other replicas within
    /// seconds.
    ///
    /// # Errors
    /// When something makes no sense, there is no master key, or the secret is not what was seen.
    pub async fn set(
        &self,
        actor: &Actor,
        name: &str,
        value: &SecretString,
        expires_at: Option<Timestamp>,
        seen: Seen,
    ) -> Result<SecretSet, Error> {
        check_name(name)?;
        check_value(value)?;
        let now = self.clock.now();
        if expires_at.is_some_and(|at| at <= now) {
            return Err(Error::Invalid("expires_at", "is past already".to_owned()));
        }
        for _ in 0..TRIES_MAX {
            let before = self.store.identity().secrets(actor.tenant).await?.into_iter().find(|known| known.name == name);
            seen.check(name, before.as_ref().map(|before| before.version))?;
            let version = before.as_ref().map_or(1, |before| before.version.saturating_add(1));
            let envelope = self.kept.keyring().seal(value.expose_secret(), &purpose(actor.tenant, name, version))?;
            let row = SecretRow {
                tenant: actor.tenant,
                name: name.to_owned(),
                version,
                master: envelope.master,
                wrapped: envelope.wrapped,
                sealed: envelope.sealed,
                set_at: now,
                set_by: actor.name.clone(),
                expires_at,
            };
            let detail = json!({"version": version, "master": row.master, "expires_at": expires_at});
            let entry = self.entry(actor, "secret.set", Some(name), detail);
            if self.store.identity().save_secret(&row, &entry).await? {
                self.refresh().await?;
                return Ok(SecretSet { place: format!("store/{name}"), version, set_at: now, expires_at });
            }
        }
        Err(Error::Conflict(format!("Others set `{name}` at the same time; look who, then set it again.")))
    }

    /// Removes a secret that no live connection names.
    ///
    /// # Errors
    /// When there is none, it is used, or it is not what was seen.
    pub async fn remove(&self, actor: &Actor, name: &str, seen: Seen) -> Result<(), Error> {
        if check_name(name).is_err() {
            // No secret is called so that anybody set. Keys of sealed content are: without one what it sealed would be lost.
            return Err(Error::NotFound);
        }
        let version = self.version_of(actor, name).await?;
        seen.check(name, Some(version))?;
        let users: Vec<String> = self.uses(actor.tenant, name).into_iter().map(|used| used.connection).collect();
        if !users.is_empty() {
            return Err(Error::Conflict(format!("`store/{name}` is used by {}; let them use another first.", users.join(", "))));
        }
        let entry = self.entry(actor, "secret.remove", Some(name), json!({}));
        if !self.store.identity().remove_secret(actor.tenant, name, version, &entry).await? {
            // Somebody was faster: what is there now was seen by nobody who wanted it removed.
            Seen::Version(version).check(name, Some(self.version_of(actor, name).await?))?;
            return Err(Error::Conflict(format!("Others set `{name}` at the same time; look who, then remove it again.")));
        }
        Ok(self.refresh().await?)
    }

    async fn version_of(&self, actor: &Actor, name: &str) -> Result<u32, Error> {
        let known = self.store.identity().secrets(actor.tenant).await?;
        known.into_iter().find(|known| known.name == name).map(|known| known.version).ok_or(Error::NotFound)
    }

    /// Reads what is stored anew; the gateway forgets connections whose secrets have changed.
    ///
    /// # Errors
    /// When the store cannot be read; what was known before goes on.
    pub async fn refresh(&self) -> Result<(), store::Error> {
        let _look = self.looks.lock().await;
        let rows = self.store.identity().all_secrets().await?;
        let now = self.clock.now();
        let mut counts = [("good", 0_u32), ("expiring", 0), ("expired", 0), ("closed", 0)];
        for row in &rows {
            let state = self.kept.state(row, now);
            counts.iter_mut().filter(|(word, _)| *word == state).for_each(|(_, count)| *count += 1);
        }
        for (state, count) in counts {
            SECRETS.set(count.into(), [state]);
        }
        for (tenant, name) in self.kept.replace(rows) {
            self.gateway.forget_secret(tenant, &name);
        }
        Ok(())
    }

    /// Secrets that end soon, have ended or cannot be opened, in sentences; for whoever watches the process.
    pub fn troubles(&self) -> Vec<String> {
        let now = self.clock.now();
        let told = |row: SecretRow| match (self.kept.state(&row, now), row.expires_at) {
            ("closed", _) => Some(format!("`store/{}` was sealed with the master key `{}`, which is not here", row.name, row.master)),
            ("expired", Some(at)) => Some(format!("`store/{}` ended at {at}", row.name)),
            ("expiring", Some(at)) => Some(format!("`store/{}` ends at {at}", row.name)),
            _ => None,
        };
        self.kept.rows().into_iter().filter_map(told).collect()
    }

    /// A name for a text that tells nothing of it, by the first master key; none without one.
    pub fn name_of(&self, text: &str) -> Option<String> {
        self.kept.keyring().name(text)
    }

    fn entry(&self, actor: &Actor, action: &str, name: Option<&str>, detail: Value) -> AuditRow {
        actor.entry((self.ids.next(), self.clock.now()), action, name.map(|name| format!("secret/{name}")), &detail)
    }
}

fn check_name(name: &str) -> Result<(), Error> {
    if is_kept_name(name) {
        return Ok(());
    }
    let takes =
        format!("takes lower-case letters, digits, `_`, `.` and `-`, beginning with a letter or digit, at most {KEPT_NAME_CHARACTERS_MAX}");
    Err(Error::Invalid("name", takes))
}

fn check_value(value: &SecretString) -> Result<(), Error> {
    let text = value.expose_secret();
    if text.is_empty() || text.len() > VALUE_BYTES_MAX || text.contains('\0') {
        return Err(Error::Invalid("value", "must be text of 1 byte to 64 KiB".to_owned()));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_plain() {
        for good in ["erp", "erp_main.api-key", "9lives", &"a".repeat(64)] {
            assert!(check_name(good).is_ok(), "{good}");
        }
        for bad in ["", "ERP", "_x", "a/b", "a b", "..", "密", &"a".repeat(65)] {
            assert!(check_name(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn values_are_bounded_and_not_repeated_when_refused() {
        assert!(check_value(&SecretString::from("x")).is_ok());
        for bad in [String::new(), "canary\0".to_owned(), "canary".repeat(VALUE_BYTES_MAX)] {
            let error = check_value(&SecretString::from(bad)).unwrap_err();
            assert!(!error.to_string().contains("canary"));
        }
    }
}
