//! The envelopes of every tenant as this process knows them, opened one by one for the gateway.

use super::{REMIND_BEFORE, purpose};
use crate::domain::ids::TenantId;
use crate::gateway::Vault;
use crate::runtime::secret::Error;
use crate::runtime::{Envelope, Keyring};
use crate::store::identity::SecretRow;
use jiff::Timestamp;
use secrecy::SecretString;
use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};

/// Envelopes in memory, with the keys that open them.
pub struct Kept {
    keyring: Keyring,
    rows: RwLock<HashMap<(TenantId, String), SecretRow>>,
}

impl Kept {
    /// Nothing is known yet; `Secrets::refresh` reads it.
    pub fn new(keyring: Keyring) -> Kept {
        Kept { keyring, rows: RwLock::default() }
    }

    /// The master keys.
    pub(super) fn keyring(&self) -> &Keyring {
        &self.keyring
    }

    /// Takes what is stored now; the names whose value is another one, is new or is gone.
    pub(super) fn replace(&self, rows: Vec<SecretRow>) -> Vec<(TenantId, String)> {
        let new: HashMap<_, _> = rows.into_iter().map(|row| ((row.tenant, row.name.clone()), row)).collect();
        let mut known = self.rows.write().unwrap_or_else(PoisonError::into_inner);
        // A new envelope alone changes nothing for whoever holds the value; a name that was removed and set again has a text
        // sealed anew.
        let same = |one: Option<&SecretRow>, other: Option<&SecretRow>| one.map(value) == other.map(value);
        let mut changed: Vec<_> = new.keys().filter(|key| !same(known.get(*key), new.get(*key))).cloned().collect();
        changed.extend(known.keys().filter(|key| !new.contains_key(*key)).cloned());
        *known = new;
        changed
    }

    /// Every envelope.
    pub(super) fn rows(&self) -> Vec<SecretRow> {
        let mut rows: Vec<SecretRow> = self.rows.read().unwrap_or_else(PoisonError::into_inner).values().cloned().collect();
        rows.sort_by(|one, other| (one.tenant, &one.name).cmp(&(other.tenant, &other.name)));
        rows
    }

    /// `good`, `expiring`, `expired`, or `closed` where no key here opens it.
    pub(super) fn state(&self, row: &SecretRow, now: Timestamp) -> &'static str {
        match row.expires_at {
            _ if !self.keyring.has(&row.master) => "closed",
            Some(at) if at <= now => "expired",
            Some(at) if at.duration_since(now) <= REMIND_BEFORE => "expiring",
            _ => "good",
        }
    }
}

fn value(row: &SecretRow) -> (u32, &str) {
    (row.version, &row.sealed)
}

/// The envelope of a row.
pub(super) fn envelope(row: &SecretRow) -> Envelope {
    Envelope { master: row.master.clone(), wrapped: row.wrapped.clone(), sealed: row.sealed.clone() }
}

impl Vault for Kept {
    fn open(&self, tenant: TenantId, name: &str) -> Result<SecretString, Error> {
        let row = self.rows.read().unwrap_or_else(PoisonError::into_inner).get(&(tenant, name.to_owned())).cloned();
        let row = row.ok_or_else(|| Error::Unset(name.to_owned()))?;
        let opened = self.keyring.open(&envelope(&row), &purpose(tenant, name, row.version));
        opened.map_err(|source| Error::Closed { name: name.to_owned(), source })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use secrecy::ExposeSecret;

    const TENANT: TenantId = TenantId::DEFAULT;

    fn ring() -> Keyring {
        Keyring::new([("k1", &SecretString::from("0123456789abcdef0123456789abcdef"))]).unwrap()
    }

    fn row(name: &str, version: u32, text: &str) -> SecretRow {
        let made = ring().seal(text, &purpose(TENANT, name, version)).unwrap();
        SecretRow {
            tenant: TENANT,
            name: name.to_owned(),
            version,
            master: made.master,
            wrapped: made.wrapped,
            sealed: made.sealed,
            set_at: Timestamp::UNIX_EPOCH,
            set_by: "ana".to_owned(),
            expires_at: None,
        }
    }

    #[test]
    fn what_changed_is_told_and_a_new_envelope_is_no_change() {
        let kept = Kept::new(ring());
        let (erp, oa) = (row("erp", 1, "a"), row("oa", 1, "b"));
        let named = |names: &[&str]| names.iter().map(|name| (TENANT, (*name).to_owned())).collect::<Vec<_>>();
        let mut first = kept.replace(vec![erp.clone(), oa.clone()]);
        first.sort();
        assert_eq!(first, named(&["erp", "oa"]));
        let wrapped = SecretRow { wrapped: "another".to_owned(), master: "k2".to_owned(), ..oa.clone() };
        assert_eq!(kept.replace(vec![erp.clone(), wrapped]), []);
        assert_eq!(kept.replace(vec![row("erp", 2, "c"), oa.clone()]), named(&["erp"]));
        // Removed and set again between two looks: the version is the same, the text is not.
        assert_eq!(kept.replace(vec![row("erp", 2, "d"), oa]), named(&["erp"]));
        assert_eq!(kept.replace(vec![]).len(), 2);
    }

    #[test]
    fn a_value_opens_for_its_own_tenant_name_and_version() {
        let kept = Kept::new(ring());
        let good = row("erp", 1, "s3cret");
        kept.replace(vec![
            good.clone(),
            SecretRow { name: "stolen".to_owned(), ..good.clone() },
            SecretRow { version: 2, name: "old".to_owned(), ..row("old", 1, "x") },
        ]);
        assert_eq!(kept.open(TENANT, "erp").unwrap().expose_secret(), "s3cret");
        assert!(matches!(kept.open(TENANT, "stolen"), Err(Error::Closed { .. })), "another name's envelope");
        assert!(matches!(kept.open(TENANT, "old"), Err(Error::Closed { .. })), "an older value's envelope");
        assert!(matches!(kept.open(TenantId(2), "erp"), Err(Error::Unset(_))), "another tenant's");
    }

    #[test]
    fn an_end_is_told_a_fortnight_before() {
        let kept = Kept::new(ring());
        let now: Timestamp = "2026-12-01T00:00:00Z".parse().unwrap();
        let ends = |days: i64| SecretRow { expires_at: Some(now + jiff::SignedDuration::from_hours(24 * days)), ..row("a", 1, "x") };
        let states = [15, 14, 1, 0, -1].map(|days| kept.state(&ends(days), now));
        assert_eq!(states, ["good", "expiring", "expiring", "expired", "expired"]);
        assert_eq!(kept.state(&SecretRow { master: "gone".to_owned(), ..ends(1) }, now), "closed");
    }
}
