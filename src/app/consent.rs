//! Consent of a person to a connection: the address to open, what comes back, and where it stands.
//!
//! One asking at a time per connection: a later one makes an earlier one void. What is kept between asking and answer (the
//! state, the verifier) and what comes of it (the refresh token) lies sealed in the store, and each is used once.

use crate::app::engine::definitions::Live;
use crate::domain::binding::Connection;
use crate::domain::connector::Connector;
use crate::domain::connector::auth::{Asking, Handshake};
use crate::domain::ids::TenantId;
use crate::gateway::{Claim, ConsentOf, Consented, Gateway, Shared, consent_name};
use crate::runtime::{Clock, IdMaker};
use jiff::{SignedDuration, Timestamp};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use std::time::Duration;
use subtle::ConstantTimeEq;
use url::Url;
use utoipa::ToSchema;

/// A person logs in at the partner within this time.
const ASKING_LIVES: Duration = Duration::from_secs(600);
/// How often a row that somebody else holds is asked for again: a renewal that was refused a moment ago keeps it for 15 s.
const TRIES: u32 = 200;
const BETWEEN: Duration = Duration::from_millis(100);
/// Where partners send people back to, below the hub's public address.
pub const CALLBACK_PATH: &str = "/consent/callback";

/// What a person opens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({"connection": "books_main", "url": "https://login.example/authorize?response_type=code&client_id=hub", "redirect_uri": "https://hub.example/consent/callback", "expires_at": "2026-09-28T10:10:00Z"}))]
pub struct ConsentAsked {
    /// The connection.
    pub connection: String,
    /// The address to open in a browser, by a person who may consent.
    pub url: String,
    /// Where the partner sends that person back to; it has to be registered there exactly like this.
    pub redirect_uri: String,
    /// Until when the answer is taken.
    #[schema(value_type = String)]
    pub expires_at: Timestamp,
}

/// Where a connection's consent stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({"connection": "books_main", "consented": true, "lost_at": null}))]
pub struct ConsentState {
    /// The connection.
    pub connection: String,
    /// Whether somebody has consented. Whether the partner still honours it, the next renewal tells.
    pub consented: bool,
    /// When the answer to a renewal was lost and none has come since: the partner may refuse the next one.
    pub lost_at: Option<String>,
}

/// Why it says no.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// There is no such connection.
    #[error("there is no connection of this name")]
    NotFound,
    /// Its connector wants no consent.
    #[error("the connector of `{0}` wants no consent")]
    NotWanted(String),
    /// There is nowhere to keep it.
    #[error("a consent is kept sealed, and `store.sealing_key` is not set")]
    NoSealingKey,
    /// Nobody could come back.
    #[error("the partner sends people back to the hub, and `server.public_url` is not set")]
    NoAddress,
    /// The answer belongs to no asking that is open.
    #[error("this answer belongs to no question that is open: it was used, is older than ten minutes, or a later question took its place")]
    Unknown,
    /// The partner or the person said no.
    #[error("the partner sent no consent: {0}")]
    Refused(String),
    /// The exchange failed.
    #[error("{0}")]
    Exchange(String),
    /// The store is away.
    #[error("the store cannot keep it now")]
    Unavailable,
}

/// What the partner sent a person back with.
#[derive(Clone, Debug, Default)]
pub struct CallbackQuery {
    /// Which asking.
    pub state: String,
    /// What is exchanged.
    pub code: Option<String>,
    /// Why there is none.
    pub error: Option<String>,
}

impl CallbackQuery {
    /// From the query of the address a person came back to.
    pub fn read(query: &str) -> CallbackQuery {
        let mut read = CallbackQuery::default();
        let mut described = None;
        for (name, value) in url::form_urlencoded::parse(query.as_bytes()).take(50) {
            match name.as_ref() {
                "state" => read.state = value.into_owned(),
                "code" => read.code = Some(value.into_owned()),
                "error" => read.error = Some(value.into_owned()),
                "error_description" => described = Some(value.into_owned()),
                _ => {}
            }
        }
        if let (Some(error), Some(described)) = (&mut read.error, described) {
            *error = format!("{error}: {described}");
        }
        read
    }
}

/// What lies sealed while a person is asked.
#[derive(Serialize, Deserialize)]
struct Open {
    nonce: String,
    verifier: String,
    redirect_uri: String,
    actor: String,
}

/// Asks for consents and takes them. Cheap to clone.
#[derive(Clone)]
pub struct Consents {
    /// What is live.
    pub live: Arc<Live>,
    /// Speaks to partners.
    pub gateway: Arc<Gateway>,
    /// Where consents are kept; none without a sealing key.
    pub shared: Option<Arc<dyn Shared>>,
    /// Where the hub is reached from outside.
    pub public_url: Option<Url>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub ids: IdMaker,
}

impl Consents {
    /// Begins: the address to open.
    ///
    /// # Errors
    /// When the connection wants no consent, or the hub is not set up for one.
    pub async fn ask(&self, tenant: TenantId, connection: &str, actor: &str) -> Result<ConsentAsked, Error> {
        let (connection, connector) = self.wanting(tenant, connection)?;
        let shared = self.shared.as_ref().ok_or(Error::NoSealingKey)?;
        let public_url = self.public_url.as_ref().ok_or(Error::NoAddress)?;
        let redirect_uri = format!("{}{CALLBACK_PATH}", public_url.as_str().trim_end_matches('/'));
        let (nonce, verifier) = (self.random(2), self.random(4));
        let state = format!("{}.{}.{nonce}", tenant.0, connection.id);
        let asking = Asking { redirect_uri: &redirect_uri, state: &state, verifier: &verifier };
        let of = ConsentOf { tenant, connection: &connection, connector: &connector, asking };
        let url = self.gateway.consent_url(of).map_err(Error::Exchange)?;
        let url = url.ok_or_else(|| Error::NotWanted(connection.id.to_string()))?;
        let open = Open { nonce, verifier: verifier.clone(), redirect_uri: redirect_uri.clone(), actor: actor.to_owned() };
        let text = serde_json::to_string(&open).map_err(|_| Error::Unavailable)?;
        put(shared.as_ref(), self.clock.as_ref(), tenant, &asking_name(&connection.id), SecretString::from(text), Some(ASKING_LIVES))
            .await?;
        let expires_at = self.clock.now().checked_add(SignedDuration::from_secs(600)).unwrap_or(Timestamp::MAX);
        Ok(ConsentAsked { connection: connection.id.to_string(), url, redirect_uri, expires_at })
    }

    /// Takes what came back; the connection's name.
    ///
    /// # Errors
    /// When it belongs to no open question, or no credentials come of it.
    pub async fn answer(&self, query: &CallbackQuery) -> Result<ConsentState, Error> {
        let (tenant, name, nonce) = parse(&query.state).ok_or(Error::Unknown)?;
        let (connection, connector) = self.connection(tenant, name).map_err(|_| Error::Unknown)?;
        let shared = self.shared.as_ref().ok_or(Error::NoSealingKey)?;
        let open = self.take(shared.as_ref(), tenant, &connection.id, nonce).await?;
        let code = match (&query.code, &query.error) {
            (_, Some(error)) => return Err(Error::Refused(short(error))),
            (None, None) => return Err(Error::Refused("neither a code nor a reason came".to_owned())),
            (Some(code), None) => code,
        };
        let asking = Asking { redirect_uri: &open.redirect_uri, state: &query.state, verifier: &open.verifier };
        let of = ConsentOf { tenant, connection: &connection, connector: &connector, asking };
        let credentials = self.gateway.exchange(of, code).await.map_err(|answer| Error::Exchange(answer.message.clone()))?;
        let text = Consented::of(&credentials).to_text();
        let usable = credentials.lives_millis.map(|millis| Duration::from_millis(millis - millis / 10));
        put(shared.as_ref(), self.clock.as_ref(), tenant, &consent_name(&connection.id), text, usable).await?;
        tracing::info!(connection.name = %connection.id, actor = %open.actor, "`{}` has the consent that {} asked for", connection.id, open.actor);
        Ok(ConsentState { connection: connection.id.to_string(), consented: true, lost_at: None })
    }

    /// Where a consent stands.
    ///
    /// # Errors
    /// When the connection wants none, or the store is away.
    pub async fn state(&self, tenant: TenantId, connection: &str) -> Result<ConsentState, Error> {
        let (connection, _) = self.wanting(tenant, connection)?;
        let shared = self.shared.as_ref().ok_or(Error::NoSealingKey)?;
        let kept = shared.kept(tenant, &consent_name(&connection.id)).await.ok_or(Error::Unavailable)?;
        let consented = kept.as_ref().and_then(Consented::from_text);
        Ok(ConsentState {
            connection: connection.id.to_string(),
            consented: consented.as_ref().is_some_and(|consented| consented.refresh_token().is_some()),
            lost_at: consented.and_then(|consented| consented.lost_at),
        })
    }

    fn connection(&self, tenant: TenantId, name: &str) -> Result<(Arc<Connection>, Arc<Connector>), Error> {
        // The definitions are those of one tenant.
        if tenant != TenantId::DEFAULT {
            return Err(Error::NotFound);
        }
        let live = self.live.now();
        let catalog = live.catalog();
        let connection = catalog.connections.get(name).cloned().ok_or(Error::NotFound)?;
        let connector = catalog.connectors.get(&connection.connector).cloned().ok_or(Error::NotFound)?;
        Ok((connection, connector))
    }

    /// A connection whose connector wants a consent.
    fn wanting(&self, tenant: TenantId, name: &str) -> Result<(Arc<Connection>, Arc<Connector>), Error> {
        let (connection, connector) = self.connection(tenant, name)?;
        match connector.auth.handshake().is_some_and(Handshake::wants_consent) {
            true => Ok((connection, connector)),
            false => Err(Error::NotWanted(name.to_owned())),
        }
    }

    /// The open question that this nonce belongs to; it is closed by being taken.
    async fn take(&self, shared: &dyn Shared, tenant: TenantId, connection: &str, nonce: &str) -> Result<Open, Error> {
        let name = asking_name(connection);
        let Some(Claim::There { generation, text, .. }) = shared.claim(tenant, &name, 0).await else { return Err(Error::Unknown) };
        let open: Open = serde_json::from_str(text.expose_secret()).map_err(|_| Error::Unknown)?;
        if !bool::from(open.nonce.as_bytes().ct_eq(nonce.as_bytes())) {
            return Err(Error::Unknown);
        }
        match shared.claim(tenant, &name, generation).await {
            Some(Claim::Mine { token, generation }) => {
                let used = SecretString::from("{}".to_owned());
                let closed = shared.save(tenant, &name, (token, generation), used, Some(Duration::ZERO)).await;
                if closed { Ok(open) } else { Err(Error::Unavailable) }
            }
            // Somebody took it between our two looks.
            _ => Err(Error::Unknown),
        }
    }

    fn random(&self, words: usize) -> String {
        (0..words).map(|_| format!("{:016x}", self.ids.seed())).collect()
    }
}

fn asking_name(connection: &str) -> String {
    format!("{connection}#asking")
}

fn short(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_control()).take(300).collect()
}

/// `{tenant}.{connection}.{nonce}`.
fn parse(state: &str) -> Option<(TenantId, &str, &str)> {
    let mut parts = state.splitn(3, '.');
    let (tenant, connection, nonce) = (parts.next()?, parts.next()?, parts.next()?);
    (nonce.len() == 32).then_some(())?;
    Some((TenantId(tenant.parse().ok()?), connection, nonce))
}

/// Replaces what is kept under a name, whoever kept it.
async fn put(
    shared: &dyn Shared,
    clock: &dyn Clock,
    tenant: TenantId,
    name: &str,
    text: SecretString,
    usable: Option<Duration>,
) -> Result<(), Error> {
    let mut known = 0;
    for _ in 0..TRIES {
        match shared.claim(tenant, name, known).await {
            None => return Err(Error::Unavailable),
            Some(Claim::There { generation, .. }) => known = generation,
            Some(Claim::Mine { token, generation }) => {
                let kept = shared.save(tenant, name, (token, generation), text, usable).await;
                return if kept { Ok(()) } else { Err(Error::Unavailable) };
            }
            Some(Claim::Busy) => clock.wait(BETWEEN).await,
        }
    }
    Err(Error::Unavailable)
}
