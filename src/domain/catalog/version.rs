//! Flow versions as text: everything a running instance's flow is made of.

use super::definition::Hash;
use crate::domain::text::files::Files;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};

/// Which version of a flow: the hash of its bundle.
pub type VersionId = Hash;

/// The texts of one flow version: the flow and its mappings, dictionaries, connectors, document types, calendars,
/// templates and bindings. Connections are not in it (addresses and credentials are live), only which connector each
/// one spoke through; nor is the directory (people come and go), only the roles that the flow names.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bundle {
    /// The flow.
    pub flow: String,
    /// The texts.
    pub files: Files,
    /// Connection to connector.
    pub connections: BTreeMap<String, String>,
    /// Roles of people that the flow names.
    pub people_roles: BTreeSet<String>,
}

impl Bundle {
    /// Its id; equal bundles have equal ids for ever.
    pub fn id(&self) -> VersionId {
        let mut sum = Sha256::new();
        let mut part = |text: &str| {
            sum.update((text.len() as u64).to_be_bytes());
            sum.update(text.as_bytes());
        };
        part("waybill flow version 1");
        part(&self.flow);
        for (path, text) in self.files.iter() {
            part(path);
            part(text);
        }
        part("connections");
        for (connection, connector) in &self.connections {
            part(connection);
            part(connector);
        }
        part("roles");
        self.people_roles.iter().for_each(|role| part(role));
        Hash(hex::encode(sum.finalize()).into())
    }

    /// The form that is stored.
    pub fn to_json(&self) -> String {
        // Maps of text to text always have a JSON form, so the fallback is never seen.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Reads the stored form.
    pub fn from_json(text: &str) -> Result<Bundle, serde_json::Error> {
        serde_json::from_str(text)
    }
}
