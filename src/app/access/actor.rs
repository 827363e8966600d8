//! Who does something, as the audit tells it.

use super::Access;
use crate::domain::ids::TenantId;
use crate::store::identity::AuditRow;
use jiff::Timestamp;
use serde_json::Value;
use uuid::Uuid;

/// Who does something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    /// Whose data it is about.
    pub tenant: TenantId,
    /// Name.
    pub name: String,
    /// How they came in: `session`, `token`, `setup`, `provider`, `system` or `nobody`.
    pub via: &'static str,
    /// From where.
    pub address: Option<String>,
    /// With what, as it says itself.
    pub agent: Option<String>,
    /// The request in the hub's log.
    pub request: Option<String>,
}

impl Actor {
    /// The hub itself.
    pub fn system(tenant: TenantId) -> Self {
        Self { tenant, name: "waybill".to_owned(), via: "system", address: None, agent: None, request: None }
    }

    /// A line of the audit about something that this one has done.
    pub(in crate::app) fn entry(&self, (id, at): (Uuid, Timestamp), action: &str, object: Option<String>, detail: &Value) -> AuditRow {
        AuditRow {
            id,
            tenant: self.tenant,
            at,
            actor: self.name.clone(),
            via: self.via.to_owned(),
            action: action.to_owned(),
            object,
            outcome: Some("done".to_owned()),
            detail: detail.to_string(),
            address: self.address.clone(),
            request: self.request.clone(),
        }
    }
}

impl Access {
    /// A line of the audit about something that is done.
    pub(super) fn entry(&self, actor: &Actor, action: &str, object: Option<String>, detail: Value) -> AuditRow {
        actor.entry((self.ids.next(), self.clock.now()), action, object, &detail)
    }
}
