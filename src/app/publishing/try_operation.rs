//! One operation of a draft connector, performed at a live connection for a person who waits.
//!
//! Only the connector's text may be a draft. Address, credentials and allow-list are those of the connection that is live:
//! who may edit texts must not be able to send the hub's secrets elsewhere.

use super::{Error, Overlay, Publishing};
use crate::domain::binding::{Connection, Setting};
use crate::domain::connector::reference::by_hand;
use crate::domain::connector::{Class, Connector, Effect, Target};
use crate::domain::document::{MASKED, mask_leaves};
use crate::domain::ids::TenantId;
use crate::domain::value::{Type, Value};
use crate::gateway::{AttemptRecord, Call, CallPurpose};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use std::sync::Arc;
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
    /// Whether what a partner answers is shown where a document type keeps fields back: said with a reason.
    pub revealed: bool,
}

/// What trying an operation comes to, before anything is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stakes {
    /// Whether it may change something at the partner, or tell what nobody should be told.
    pub changes: bool,
    /// Whether what comes back is masked, for a document type keeps fields back and no reason was given.
    pub masked: bool,
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
    /// Whether what came back is shown as its shape alone, because a document type keeps fields back and no reason was given.
    pub masked: bool,
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
    /// What is at stake, so that the caller can be asked for the permission first.
    ///
    /// # Errors
    /// As `try_operation`.
    pub async fn try_stakes(&self, request: &TryRequest) -> Result<Stakes, Error> {
        let target = self.target(request).await?;
        Ok(self.stakes(request, &target))
    }

    /// What a draft says of itself is not believed: it is its author's, and who may write it need not be somebody who may write
    /// at the partner. What is live was published by somebody who may.
    fn stakes(&self, request: &TryRequest, target: &Target) -> Stakes {
        let live = self.live.now();
        let keeps_back = live.catalog().documents.values().any(|kind| !kind.sensitive.is_empty());
        let known = live.connector(&request.connection).and_then(|connector| {
            let operation = connector.operation(&request.operation)?;
            Some(operation.effect == Effect::Write)
        });
        let drafted = !request.overlay.files.is_empty();
        let changes = target.is_write() || known == Some(true) || (drafted && !target.only_looks());
        Stakes { changes, masked: keeps_back && !request.revealed }
    }

    /// Tries an operation. What may change something only shows its request without `send`.
    ///
    /// # Errors
    /// When there is no such live connection, or no such sound operation.
    pub async fn try_operation(&self, request: TryRequest) -> Result<Tried, Error> {
        let target = self.target(&request).await?;
        let stakes = self.stakes(&request, &target);
        let drawn = self.ids.next().simple().to_string();
        let call = Call {
            tenant: request.tenant,
            connection: request.connection.clone(),
            operation: request.operation.clone(),
            purpose: CallPurpose::Call,
            input: Value::from_json(&request.input),
            output: Value::Unset,
            reference: by_hand("TRY", &drawn, target.operation().reference_most()),
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
            effect: if stakes.changes { "write" } else { "read" }.to_owned(),
            sent: false,
            request: None,
            attempts: Vec::new(),
            class: None,
            message: None,
            code: None,
            output: None,
            masked: stakes.masked,
        };
        if stakes.changes && !request.send {
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
        let given = (performed.class == Class::Ok && !performed.output.is_unset()).then(|| performed.output.to_json());
        tried.output = given.map(|output| self.gateway.without_secrets(request.tenant, &target, output));
        tried.class = Some(performed.class.word().to_owned());
        tried.message = performed.message;
        tried.code = performed.code;
        if stakes.masked {
            keep_back(&mut tried);
        }
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
        keeps_its_secrets(&connection, live.catalog().connectors.get(&connection.connector), &connector)?;
        Target::new(connection, connector, &request.operation).ok_or(Error::NotFound("operation of the connector"))
    }
}

/// A draft that declares a secret as something else could do with it what nobody may: show it, or cut it into pieces.
fn keeps_its_secrets(connection: &Connection, live: Option<&Arc<Connector>>, draft: &Connector) -> Result<(), Error> {
    for (name, setting) in &connection.settings {
        let Some(declared) = draft.settings.fields.get(name).filter(|_| matches!(setting, Setting::Secret(_))) else { continue };
        let as_live = live.and_then(|live| live.settings.fields.get(name)).is_some_and(|known| known.of == declared.of);
        if declared.of != Type::Secret && !as_live {
            let why = format!("declares the setting `{name}` as {}, which is a secret of the connection", declared.of.name());
            return Err(Error::Field("text", why));
        }
    }
    Ok(())
}

/// Leaves the shape of what came back: nobody knows where in a partner's own form the fields are that a type keeps back.
fn keep_back(tried: &mut Tried) {
    tried.output.iter_mut().for_each(mask_leaves);
    for attempt in &mut tried.attempts {
        for side in [&mut attempt.request, &mut attempt.response] {
            if let Some(body) = side.get_mut("body") {
                mask_leaves(body);
            }
        }
    }
    // A partner's sentence may quote what was asked about; ours say why nothing was asked.
    if tried.message.is_some() && tried.attempts.iter().any(|attempt| attempt.status.is_some()) {
        tried.message = Some(MASKED.to_owned());
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
