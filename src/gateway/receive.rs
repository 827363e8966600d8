//! Proves callbacks with the connection's secrets; what they point at and mean is the connector's to say.

use super::gateway::Gateway;
use super::prepared::PrepareError;
use crate::domain::binding::Connection;
use crate::domain::connector::Connector;
use crate::domain::ids::TenantId;
use crate::domain::signature::{Keys, Received, Refused, Verified};
use crate::domain::value::Value;
use std::sync::Arc;

/// Why a callback is not taken.
#[derive(Debug, thiserror::Error)]
pub enum ReceiveError {
    /// The connector has no such webhook.
    #[error("there is no such webhook")]
    NoWebhook,
    /// It is not proved. The sender is told none of it.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// The connection's secrets cannot be read: our problem, so the sender should try again.
    #[error(transparent)]
    Prepare(#[from] PrepareError),
}

impl Gateway {
    /// A connection's settings without its secrets, for what is decided outside the gateway.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn open_settings(&self, tenant: TenantId, connection: &Arc<Connection>, connector: &Arc<Connector>) -> Result<Value, PrepareError> {
        let prepared = self.prepare(tenant, connection, connector)?;
        let open = connector.settings.without_secrets();
        let settings = open.fields.keys().map(|name| (name, prepared.settings.member(name).clone()));
        Ok(Value::map(settings))
    }

    /// Checks a callback's signature over its raw bytes, against every active secret. A webhook without a signature passes
    /// unproved: it is only ever a hint.
    ///
    /// # Errors
    /// When it must not be taken.
    pub fn verify(
        &self,
        tenant: TenantId,
        connection: &Arc<Connection>,
        connector: &Arc<Connector>,
        webhook: &str,
        received: &Received<'_>,
    ) -> Result<Verified, ReceiveError> {
        let webhook = connector.webhook(webhook).ok_or(ReceiveError::NoWebhook)?;
        let Some(signature) = &webhook.signature else { return Ok(Verified::default()) };
        let prepared = self.prepare(tenant, connection, connector)?;
        let keys = webhook.secrets.iter().fold(Keys::default(), |keys, (part, names)| {
            let texts: Vec<&str> = names.iter().filter_map(|name| prepared.secret(name)).collect();
            keys.with(part, &texts)
        });
        Ok(signature.verify(received, &keys)?)
    }
}
