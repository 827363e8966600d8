//! The content keys of tenants: each in an envelope among the secrets that the hub keeps, so that a new master key wraps them
//! anew as it does every secret, and no row of content is touched by that.

use crate::domain::ids::TenantId;
use crate::runtime::{Clock, ContentKey, Envelope, IdMaker, Keyring, envelope};
use crate::store::identity::{AuditRow, SecretRow};
use crate::store::{Error, Result, Store};
use secrecy::ExposeSecret;
use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

/// How the secrets that are content keys are called. Nobody can set or name one: a name of a person's begins with a letter.
pub const CONTENT_KEY_PREFIX: &str = "_content.";
/// The number of the key that seals. There is one: every row has a key of its own made of it, so that it is never used up.
pub(super) const NUMBER: u32 = 1;
/// How often a key is looked for and made while others make the same.
const TRIES_MAX: u32 = 5;

/// A content key as this process knows it: opened, or why it does not open.
pub(super) type Known = std::result::Result<Arc<ContentKey>, envelope::Error>;

/// Content keys that were read.
pub(super) struct Keys {
    ring: Keyring,
    clock: Arc<dyn Clock>,
    ids: IdMaker,
    known: RwLock<HashMap<(TenantId, u32), Known>>,
}

impl Keys {
    pub fn new(ring: Keyring, clock: Arc<dyn Clock>, ids: IdMaker) -> Keys {
        Keys { ring, clock, ids, known: RwLock::default() }
    }

    /// Whether there is a master key, so that content keys can be made.
    pub fn can_seal(&self) -> bool {
        self.ring.current().is_some()
    }

    /// A key that was read before.
    pub fn get(&self, tenant: TenantId, number: u32) -> Option<Known> {
        self.known.read().unwrap_or_else(PoisonError::into_inner).get(&(tenant, number)).cloned()
    }

    /// The key that seals for a tenant, read or made when it is not known yet.
    pub async fn ensure(&self, store: &dyn Store, tenant: TenantId) -> Result<()> {
        for _ in 0..TRIES_MAX {
            if matches!(self.get(tenant, NUMBER), Some(Ok(_))) {
                return Ok(());
            }
            self.read(store, tenant).await?;
            match self.get(tenant, NUMBER) {
                Some(Ok(_)) => return Ok(()),
                Some(Err(error)) => return Err(closed(error)),
                None => self.make(store, tenant).await?,
            }
        }
        Err(Error::Unavailable("others make the key of sealed content at the same time".into()))
    }

    /// Reads the keys of a tenant anew.
    pub async fn read(&self, store: &dyn Store, tenant: TenantId) -> Result<()> {
        let rows = store.identity().secrets(tenant).await?;
        let keys: Vec<(u32, Known)> = rows.iter().filter_map(|row| Some((number(&row.name)?, self.opened(row)))).collect();
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        for (number, key) in keys {
            // One that opens stays: a new master key changes nothing of it.
            if !matches!(known.get(&(tenant, number)), Some(Ok(_))) {
                known.insert((tenant, number), key);
            }
        }
        Ok(())
    }

    fn opened(&self, row: &SecretRow) -> Known {
        let envelope = Envelope { master: row.master.clone(), wrapped: row.wrapped.clone(), sealed: row.sealed.clone() };
        Ok(Arc::new(ContentKey::new(&self.ring.open(&envelope, &row.purpose())?)))
    }

    /// Stores a new key, unless another process was faster: then that one counts.
    async fn make(&self, store: &dyn Store, tenant: TenantId) -> Result<()> {
        let (name, now) = (format!("{CONTENT_KEY_PREFIX}{NUMBER}"), self.clock.now());
        let drawn = ContentKey::draw().map_err(|error| Error::Unavailable(error.into()))?;
        let mut row = SecretRow {
            tenant,
            name: name.clone(),
            version: 1,
            master: String::new(),
            wrapped: String::new(),
            sealed: String::new(),
            set_at: now,
            set_by: "waybill".to_owned(),
            expires_at: None,
        };
        let made = self.ring.seal(drawn.expose_secret(), &row.purpose()).map_err(closed)?;
        (row.master, row.wrapped, row.sealed) = (made.master, made.wrapped, made.sealed);
        let entry = AuditRow {
            id: self.ids.next(),
            tenant,
            at: now,
            actor: "waybill".to_owned(),
            via: "system".to_owned(),
            action: "secret.set".to_owned(),
            object: Some(format!("secret/{name}")),
            outcome: Some("done".to_owned()),
            detail: serde_json::json!({"version": 1, "master": row.master}).to_string(),
            address: None,
            request: None,
        };
        store.identity().save_secret(&row, &entry).await.map(drop)
    }
}

fn number(name: &str) -> Option<u32> {
    name.strip_prefix(CONTENT_KEY_PREFIX)?.parse().ok()
}

/// Nothing was done: whoever has the keys in order goes on where this stopped.
fn closed(error: envelope::Error) -> Error {
    Error::Unavailable(format!("content of a type that is `sealed` cannot be kept: {error}").into())
}
