//! Which secrets the project names, who uses them, and whether they are there. Never what they hold.

use super::Publishing;
use crate::domain::binding::{Connection, SecretPlace, Setting};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// A secret that connections name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SecretItem {
    /// Where it is kept: `env/NAME` or `file/PATH`.
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
}

/// A setting that names a secret.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
pub struct SecretUse {
    /// The connection.
    pub connection: String,
    /// Its setting, or `tls.ca`, `tls.certificate`, `tls.key`.
    pub setting: String,
}

impl Publishing {
    /// The secrets that live connections name, by place.
    pub fn secrets(&self) -> Vec<SecretItem> {
        let live = self.live.now();
        let mut found: BTreeMap<String, (&SecretPlace, Vec<SecretUse>)> = BTreeMap::new();
        for connection in live.catalog().connections.values() {
            for (setting, place) in named(connection) {
                let (_, uses) = found.entry(place.to_string()).or_insert_with(|| (place, Vec::new()));
                uses.push(SecretUse { connection: connection.id.to_string(), setting });
            }
        }
        let item = |(place, (kept, used_by)): (String, (&SecretPlace, Vec<SecretUse>))| {
            let problem = self.gateway.look_for(&place).err();
            SecretItem { source: source(kept).to_owned(), found: problem.is_none(), problem, place, used_by }
        };
        found.into_iter().map(item).collect()
    }
}

fn source(place: &SecretPlace) -> &'static str {
    match place {
        SecretPlace::Env(_) => "env",
        SecretPlace::File(_) => "file",
        SecretPlace::Store(_) => "store",
    }
}

fn named(connection: &Connection) -> impl Iterator<Item = (String, &SecretPlace)> {
    let tls = [("tls.ca", &connection.tls.ca), ("tls.certificate", &connection.tls.certificate), ("tls.key", &connection.tls.key)];
    let tls = tls.into_iter().filter_map(|(name, setting)| Some((name.to_owned(), setting.as_ref()?)));
    let settings = connection.settings.iter().map(|(name, setting)| (name.to_string(), setting));
    settings.chain(tls).filter_map(|(name, setting)| match setting {
        Setting::Secret(place) => Some((name, place)),
        Setting::Literal(_) => None,
    })
}
