//! One operation of a draft connector, performed at a live connection for a person who waits.
//!
//! Only the connector's text may be a draft. Address, credentials and allow-list are those of the connection that is live:
//! who may edit texts must not be able to send the hub's secrets elsewhere.

use super::{Error, Overlay, Publishing};
use crate::domain::connector::{Class, Target};
use crate::domain::ids::TenantId;
use crate::domain::value::Value;
use crate::gateway::{AttemptRecord, Call, CallPurpose};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use std::time::Duration;
use utoipa::ToSchema;

/// A person waits; the request's own deadline is not much longer.
const WITHIN: Duration = Duration::from_secs(25);

/// What to try.
#[derive(Clone, Debug)]
pub struct TryRequest {
    /// Tenant.
    pub tenant: TenantId,
    /// Texts over what is live.
    pub overlay: Overlay,
    /// The connection.
    pub connection: String,
    /// The operation of its connector.
    pub operation: String,
    /// Its input.
    pub input: Json,
    /// Whether a write may be sent.
    pub send: bool,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Tried {
    /// The connection.
    pub connection: String,
    /// The connector it spoke through.
    pub connector: String,
    /// The operation.
    pub operation: String,
    /// `read` or `write`.
    pub effect: String,
    /// Whether anything was sent.
    pub sent: bool,
    /// The request that a write would send, masked.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[schema(value_type = Option<Object>)]
    pub request: Option<Json>,
    /// Every request that was made, masked.
    pub attempts: Vec<TriedAttempt>,
    /// The class of the answer.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub class: Option<String>,
    /// In words.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub message: Option<String>,
    /// The partner's code, or ours.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub code: Option<String>,
    /// The operation's output.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[schema(value_type = Option<Object>)]
    pub output: Option<Json>,
}

/// One request and its answer, masked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TriedAttempt {
    /// The operation; `auth` for a log-in.
    pub operation: String,
    /// The status, when there was an answer.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub status: Option<u16>,
    /// The class.
    pub class: String,
    /// Milliseconds it took.
    pub duration_millis: u32,
    /// The request.
    #[schema(value_type = Object)]
    pub request: Json,
    /// The answer; null when none came.
    #[schema(value_type = Object)]
    pub response: Json,
}

impl Publishing {
    /// Whether an operation writes, so that the caller can be asked for the permission first.
    ///
    /// # Errors
    /// As `try_operation`.
    pub async fn try_writes(&self, request: &TryRequest) -> Result<bool, Error> {
        Ok(self.target(request).await?.is_write())
    }

    /// Tries an operation. A write without `send` only shows its request.
    ///
    /// # Errors
    /// When there is no such live connection, or no such sound operation.
    pub async fn try_operation(&self, request: TryRequest) -> Result<Tried, Error> {
        let target = self.target(&request).await?;
        let drawn = self.ids.next().simple().to_string();
        let call = Call {
            tenant: request.tenant,
            connection: request.connection.clone(),
            operation: request.operation.clone(),
            purpose: CallPurpose::Call,
            input: Value::from_json(&request.input),
            output: Value::Unset,
            // The tail is the random part; references are kept short for partners that cut them.
            reference: format!("TRY-{}", &drawn[drawn.len() - 10..]),
            idempotency_key: drawn,
            attempt: 1,
            first_sent_at: None,
            due_since: None,
            deadline: self.clock.monotonic() + WITHIN,
            secrets: Vec::new(),
        };
        let mut tried = Tried {
            connection: request.connection,
            connector: target.connector().id.to_string(),
            operation: request.operation,
            effect: if target.is_write() { "write" } else { "read" }.to_owned(),
            sent: false,
            request: None,
            attempts: Vec::new(),
            class: None,
            message: None,
            code: None,
            output: None,
        };
        if target.is_write() && !request.send {
            match self.gateway.plan(&target, &call) {
                Ok(planned) => tried.request = Some(parsed(&planned.request)),
                Err(answer) => {
                    tried.class = Some(answer.class.word().to_owned());
                    tried.message = Some(answer.message.to_string());
                }
            }
            return Ok(tried);
        }
        let performed = self.gateway.perform(&target, call).await;
        tried.sent = !performed.attempts.is_empty();
        tried.attempts = performed.attempts.iter().map(attempt).collect();
        tried.output = (performed.class == Class::Ok && !performed.output.is_unset()).then(|| performed.output.to_json());
        tried.class = Some(performed.class.word().to_owned());
        tried.message = performed.message;
        tried.code = performed.code;
        Ok(tried)
    }

    async fn target(&self, request: &TryRequest) -> Result<Target, Error> {
        self.own(request.tenant)?;
        let live = self.live.now();
        let connection = live.catalog().connections.get(request.connection.as_str()).cloned().ok_or(Error::NotFound("connection"))?;
        let (catalog, findings) = self.compiled(&request.overlay).await?;
        let Some(connector) = catalog.connectors.get(&connection.connector).cloned() else {
            return Err(Error::Unsound(findings));
        };
        Target::new(connection, connector, &request.operation).ok_or(Error::NotFound("operation of the connector"))
    }
}

fn attempt(record: &AttemptRecord) -> TriedAttempt {
    TriedAttempt {
        operation: record.operation.clone(),
        status: record.status,
        class: record.class.word().to_owned(),
        duration_millis: record.duration_millis,
        request: parsed(&record.request),
        response: parsed(&record.response),
    }
}

fn parsed(text: &str) -> Json {
    serde_json::from_str(text).unwrap_or(Json::Null)
}
