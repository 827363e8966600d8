//! Which secrets there are: those that connections name, who uses them and whether they are there, and those that the hub
//! keeps. Never what they hold.

use super::{Error, Secrets};
use crate::domain::binding::{Connection, SecretPlace, Setting};
use crate::domain::ids::TenantId;
use crate::runtime::envelope;
use crate::store::identity::SecretRow;
use crate::store::sealed::CONTENT_KEY_PREFIX;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// Secrets by place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SecretItems {
    /// All of them are one page: an installation has dozens.
    pub items: Vec<SecretItem>,
}

/// A secret that connections name, or that the hub keeps.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SecretItem {
    /// Where it is kept: `env/NAME`, `file/PATH` or `store/NAME`.
    pub place: String,
    /// `env`, `file` or `store`.
    pub source: String,
    /// Whether this process can read it now. Other replicas have an environment and files of their own.
    pub found: bool,
    /// Why not, without anything of what it holds.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub problem: Option<String>,
    /// What names it.
    pub used_by: Vec<SecretUse>,
    /// Of those the hub keeps: what is known of the value.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub kept: Option<KeptItem>,
}

/// What is known of a value that the hub keeps.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct KeptItem {
    /// Grows with each value, from 1.
    pub version: u32,
    /// The master key that wrapped it.
    pub master: String,
    /// When it was set.
    pub set_at: Timestamp,
    /// By whom.
    pub set_by: String,
    /// When the partner will not take it any more.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub expires_at: Option<Timestamp>,
    /// `good`, `expiring` (within 14 days), `expired`, or `closed` (its master key is not here).
    pub state: String,
}

/// A setting that names a secret.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
pub struct SecretUse {
    /// The connection.
    pub connection: String,
    /// Its setting, or `tls.ca`, `tls.certificate`, `tls.key`.
    pub setting: String,
}

impl Secrets {
    /// The secrets that live connections name and those that the hub keeps, by place.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn list(&self, tenant: TenantId) -> Result<SecretItems, Error> {
        let now = self.clock.now();
        let mut found: BTreeMap<String, SecretItem> = BTreeMap::new();
        for (place, used) in self.named(tenant) {
            found.entry(place.to_string()).or_insert_with(|| self.item(tenant, &place)).used_by.push(used);
        }
        for row in self.store.identity().secrets(tenant).await? {
            let place = SecretPlace::Store(row.name.as_str().into());
            let item = found.entry(place.to_string()).or_insert_with(|| {
                let of_content = row.name.starts_with(CONTENT_KEY_PREFIX);
                if of_content { self.content_key(&row, now) } else { self.item(tenant, &place) }
            });
            item.kept = Some(KeptItem {
                state: self.kept.state(&row, now).to_owned(),
                version: row.version,
                master: row.master,
                set_at: row.set_at,
                set_by: row.set_by,
                expires_at: row.expires_at,
            });
        }
        Ok(SecretItems { items: found.into_values().collect() })
    }

    /// What names a secret that the hub keeps.
    pub(super) fn uses(&self, tenant: TenantId, name: &str) -> Vec<SecretUse> {
        let wanted = SecretPlace::Store(name.into());
        self.named(tenant).into_iter().filter(|(place, _)| *place == wanted).map(|(_, used)| used).collect()
    }

    /// What live connections name. One tenant has the project.
    fn named(&self, tenant: TenantId) -> Vec<(SecretPlace, SecretUse)> {
        if !tenant.has_project() {
            return Vec::new();
        }
        let live = self.live.now();
        let of = |connection: &Connection| {
            let used =
                |(setting, place): (String, &SecretPlace)| (place.clone(), SecretUse { connection: connection.id.to_string(), setting });
            places(connection).map(used).collect::<Vec<_>>()
        };
        live.catalog().connections.values().flat_map(|connection| of(connection)).collect()
    }

    /// A key of sealed content: nothing names it, and the gateway never reads it.
    fn content_key(&self, row: &SecretRow, now: Timestamp) -> SecretItem {
        let found = self.kept.state(row, now) != "closed";
        let problem = (!found).then(|| envelope::Error::UnknownKey(row.master.clone()).to_string());
        SecretItem { place: format!("store/{}", row.name), source: "store".to_owned(), found, problem, used_by: Vec::new(), kept: None }
    }

    fn item(&self, tenant: TenantId, place: &SecretPlace) -> SecretItem {
        let source = match place {
            SecretPlace::Env(_) => "env",
            SecretPlace::File(_) => "file",
            SecretPlace::Store(_) => "store",
        };
        let problem = self.gateway.look_for(tenant, &place.to_string()).err();
        let found = problem.is_none();
        SecretItem { place: place.to_string(), source: source.to_owned(), found, problem, used_by: Vec::new(), kept: None }
    }
}

fn places(connection: &Connection) -> impl Iterator<Item = (String, &SecretPlace)> {
    let tls = [("tls.ca", &connection.tls.ca), ("tls.certificate", &connection.tls.certificate), ("tls.key", &connection.tls.key)];
    let tls = tls.into_iter().filter_map(|(name, setting)| Some((name.to_owned(), setting.as_ref()?)));
    let settings = connection.settings.iter().map(|(name, setting)| (name.to_string(), setting));
    settings.chain(tls).filter_map(|(name, setting)| match setting {
        Setting::Secret(place) => Some((name, place)),
        Setting::Literal(_) => None,
    })
}
