//! What connections there are and where their partners call, for people who set partners up.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// One connection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ConnectionItem {
    /// Its id.
    pub connection: String,
    /// The connector it speaks.
    pub connector: String,
    /// `production`, `test`, … as the connection says.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub environment: Option<String>,
    /// Where partners call: webhook name to path, `/hooks/{opaque id}`.
    pub webhooks: BTreeMap<String, String>,
    /// Streams that no flow and no document type listens to; they are not read, unless documents of earlier flows hang on the
    /// connection.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub unheard_streams: Vec<String>,
}

/// Knows the connections that are loaded now.
pub trait Connections: Send + Sync + 'static {
    /// All of them, by id.
    fn connections(&self) -> Vec<ConnectionItem>;
}
