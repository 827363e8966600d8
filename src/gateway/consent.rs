//! Consent: the address a person is sent to, the exchange of what comes back, and renewals whose refresh token is kept before
//! what came with it is used.

use super::gateway::Gateway;
use super::perform::Performance;
use super::prepared::PrepareError;
use crate::domain::binding::Connection;
use crate::domain::connector::auth::{Asking, Credentials};
use crate::domain::connector::request::Request;
use crate::domain::connector::{Answer, Class, Connector, Effect, Failure, Reply, read_handshake};
use crate::domain::flow::effect::Cause;
use crate::domain::ids::TenantId;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value as Json, json};
use std::sync::Arc;
use std::time::Duration;

/// A person waits for the exchange of a code.
const WITHIN: Duration = Duration::from_secs(30);

/// The name under which the consent of a connection is kept.
pub fn consent_name(connection: &str) -> String {
    format!("{connection}#consent")
}

/// What is kept of a consent: credentials as JSON, and what people should know of them. Sealed wherever it lies.
#[derive(Clone, Debug)]
pub struct Consented {
    credentials: Json,
    /// Since when the outcome of a renewal is not known.
    pub lost_at: Option<String>,
}

impl Consented {
    /// What credentials are kept as.
    pub fn of(credentials: &Credentials) -> Consented {
        Consented { credentials: credentials.to_json(), lost_at: None }
    }

    /// The text that is sealed.
    pub fn to_text(&self) -> SecretString {
        let mut json = self.credentials.clone();
        if let (Some(lost_at), Some(map)) = (&self.lost_at, json.as_object_mut()) {
            map.insert("lost_at".to_owned(), json!(lost_at));
        }
        SecretString::from(json.to_string())
    }

    /// What such a text says; none when it is none.
    pub fn from_text(text: &SecretString) -> Option<Consented> {
        let mut credentials: Json = serde_json::from_str(text.expose_secret()).ok()?;
        let lost_at = credentials.as_object_mut()?.remove("lost_at").and_then(|at| at.as_str().map(str::to_owned));
        Some(Consented { credentials, lost_at })
    }

    /// The refresh token.
    pub fn refresh_token(&self) -> Option<&str> {
        self.credentials["refresh_token"].as_str()
    }
}

/// Where a person is sent, and what the answer has to be proved with.
#[derive(Clone, Copy, Debug)]
pub struct ConsentOf<'a> {
    /// The tenant.
    pub tenant: TenantId,
    /// The connection.
    pub connection: &'a Arc<Connection>,
    /// Its connector.
    pub connector: &'a Arc<Connector>,
    /// The asking.
    pub asking: Asking<'a>,
}

impl Gateway {
    /// The address that a person opens; none where the connector wants no consent.
    ///
    /// # Errors
    /// When the connection cannot be made ready, or the address not be built, in words without secrets.
    pub fn consent_url(&self, of: ConsentOf<'_>) -> Result<Option<String>, String> {
        let prepared = self.prepare(of.tenant, of.connection, of.connector).map_err(|error: PrepareError| error.to_string())?;
        let Some(handshake) = prepared.connector.auth.handshake() else { return Ok(None) };
        handshake.consent_url(&prepared.settings, &self.moment(), of.asking).map_err(|error| error.to_string())
    }

    /// Turns the code of a consent into credentials.
    ///
    /// # Errors
    /// The answer that stands in the way.
    pub async fn exchange(&self, of: ConsentOf<'_>, code: &str) -> Result<Credentials, Box<Answer>> {
        let prepared = self.prepare(of.tenant, of.connection, of.connector);
        let prepared = prepared.map_err(|error| Box::new(Answer::failed(Failure::Secret, Effect::Read, error.to_string())))?;
        let connector = prepared.connector.clone();
        let settings = prepared.settings.clone();
        let Some(handshake) = connector.auth.handshake().filter(|handshake| handshake.wants_consent()) else {
            return Err(Box::new(Answer::stopped(Class::Refused, Cause::RuleMissing, "no_consent", "this connector wants no consent")));
        };
        let request = handshake.exchange_request(&settings, &self.moment(), code, of.asking);
        let request = request.map_err(|error| Box::new(cannot(&error.to_string())))?;
        let mut performance = Performance::new(self, of.tenant, prepared, self.deadline(WITHIN));
        performance.hide(&[code, of.asking.verifier]);
        let (answer, reply) = performance.token_exchange(request).await;
        let reply = reply.filter(|_| answer.class == Class::Ok).ok_or_else(|| Box::new(said(answer)))?;
        handshake.capture_consented(&reply, &settings, None).map_err(|error| Box::new(cannot(&error.to_string())))
    }
}

impl Performance<'_> {
    /// A request to the token endpoint, limited, recorded and masked as any log-in.
    pub(super) async fn token_exchange(&mut self, mut request: Request) -> (Answer, Option<Reply>) {
        let prepared = self.prepared.clone();
        let connector = prepared.connector.clone();
        request.timeout_millis = request.timeout_millis.or(Some(connector.reach.timeout_millis));
        let read = |reply: &Reply| {
            let answer = read_handshake(&connector, &prepared.settings, reply);
            let class = connector.auth.handshake().map_or(answer.class, |handshake| handshake.class(answer.class));
            Answer { class, ..answer }
        };
        self.one("auth", Effect::Read, None, &request, read).await
    }

    /// New credentials by the refresh token that is kept. Whoever calls holds the turn, and keeps what comes back before it is
    /// used.
    pub(super) async fn renew(&mut self, kept: Option<&SecretString>) -> Result<Credentials, Renewal> {
        let prepared = self.prepared.clone();
        let connector = prepared.connector.clone();
        let name = &prepared.connection.id;
        let Some(consented) = kept.and_then(Consented::from_text) else {
            let words = format!("nobody has consented yet: `waybill connections consent {name}`");
            return Err(Renewal::Failed(Answer::stopped(Class::Refused, Cause::Credentials, "consent_missing", words)));
        };
        let (Some(handshake), Some(refresh)) = (connector.auth.handshake(), consented.refresh_token()) else {
            return Err(Renewal::Failed(cannot("there is no refresh token")));
        };
        self.hide(&[refresh]);
        let request = handshake.renewal_request(&prepared.settings, &self.gateway.moment(), refresh);
        let request = request.map_err(|error| Renewal::Failed(cannot(&error.to_string())))?;
        let (answer, reply) = self.token_exchange(request).await;
        match reply {
            Some(reply) if answer.class == Class::Ok => handshake
                .capture_consented(&reply, &prepared.settings, Some(refresh))
                .map_err(|error| Renewal::Failed(cannot(&error.to_string()))),
            None if may_have_happened(&answer) => {
                // Loudly: the partner may have replaced the refresh token, and the new one is gone.
                tracing::error!(
                    connection.name = %name,
                    "the answer to a renewal of the consent of `{name}` was lost; if the partner has replaced the refresh token, a person must consent anew"
                );
                let lost_at = self.gateway.clock.now().to_string();
                Err(Renewal::Lost(Answer { class: Class::Retryable, ..said(answer) }, Consented { lost_at: Some(lost_at), ..consented }))
            }
            _ if answer.class == Class::Refused => {
                let since =
                    consented.lost_at.as_ref().map(|at| format!(" (the answer to the renewal of {at} was lost)")).unwrap_or_default();
                let told = said(answer);
                let message = format!("{}{since}; a person has to consent anew: `waybill connections consent {name}`", told.message);
                tracing::error!(connection.name = %name, "the consent of `{name}` is gone{since}; a person has to consent anew");
                Err(Renewal::Failed(Answer { cause: Some(Cause::Credentials), code: Some("consent_gone".to_owned()), message, ..told }))
            }
            _ => Err(Renewal::Failed(said(answer))),
        }
    }
}

/// Why a renewal gave no credentials.
pub(super) enum Renewal {
    /// It is known not to have.
    Failed(Answer),
    /// It is not known; what is kept from now on says so.
    Lost(Answer, Consented),
}

/// Whether the partner may have acted on a request that got no answer.
fn may_have_happened(answer: &Answer) -> bool {
    matches!(answer.code.as_deref(), Some("timeout" | "reset" | "broken_body" | "answer_too_large"))
}

fn said(answer: Answer) -> Answer {
    if answer.code.as_deref() == Some("limited") {
        return answer;
    }
    let cause = if answer.class == Class::Refused { Some(Cause::Credentials) } else { answer.cause };
    Answer { cause, message: format!("log-in: {}", answer.message), ..answer }
}

fn cannot(why: &str) -> Answer {
    Answer::stopped(Class::Refused, Cause::Credentials, "cannot_build", format!("log-in: {why}"))
}
