//! A connection made ready for one version of its connector: settings with secrets, client, guard, credentials.

use super::clients::{self, TlsTexts};
use super::guard::Guard;
use super::kind::{self, Folders, Opening};
use super::line::CONCURRENCY;
use super::record::Recorder;
use super::tokens::Tokens;
use super::vault::Places;
use super::wire::Wire;
use crate::domain::binding::{Connection, Setting};
use crate::domain::connector::egress::{Egress, EgressPolicy};
use crate::domain::connector::{AttemptFacts, Connector, Facts};
use crate::domain::ids::TenantId;
use crate::domain::value::{Map, Type, Value};
use crate::runtime::secret;
use reqwest::Client;
use secrecy::{ExposeSecret, SecretString};
use std::sync::Arc;

/// Why a connection cannot be made ready. Messages hold no secrets.
#[derive(Debug, thiserror::Error)]
pub enum PrepareError {
    /// A secret cannot be read.
    #[error("the setting `{setting}` of the connection `{connection}`: {source}")]
    Secret {
        /// The connection.
        connection: Arc<str>,
        /// The setting.
        setting: String,
        /// Why.
        #[source]
        source: secret::Error,
    },
    /// A setting is missing or of another type.
    #[error("the setting `{setting}` of the connection `{connection}` {why}")]
    Setting {
        /// The connection.
        connection: Arc<str>,
        /// The setting.
        setting: Arc<str>,
        /// What is wrong.
        why: String,
    },
    /// The client cannot be built.
    #[error("the connection `{connection}`: {why}")]
    Client {
        /// The connection.
        connection: Arc<str>,
        /// Why.
        why: String,
    },
}

/// How requests leave.
pub(super) enum Way {
    /// Over HTTP, past the guard.
    Http { client: Box<Client>, guard: Arc<Guard> },
    /// Over the wire of its kind, or over what was put in its place.
    Wire(Arc<dyn Wire>),
}

/// A connection made ready.
pub struct Prepared {
    pub(super) connection: Arc<Connection>,
    pub(super) connector: Arc<Connector>,
    /// Settings as expressions see them. Holds secrets in plain: never printed, never leaves the gateway.
    pub(super) settings: Value,
    /// Those of them that are no secrets: taken out once, not for every call.
    open: Value,
    pub(super) way: Way,
    pub(super) tokens: Tokens,
    /// The pair of `csrf`: tied to a session at the partner, so each process has its own.
    pub(super) pair: Tokens,
    pub(super) recorder: Recorder,
}

impl Prepared {
    pub(super) fn new(
        connection: Arc<Connection>,
        connector: Arc<Connector>,
        (policy, folders): (Arc<EgressPolicy>, &Folders),
        (tenant, places): (TenantId, &Places),
        (tokens, pair): (Tokens, Tokens),
        wire: Option<Arc<dyn Wire>>,
    ) -> Result<Prepared, PrepareError> {
        let mut secrets = Vec::new();
        let from = Reading { tenant, places };
        let settings = read_settings(&connection, &connector, from, &mut secrets)?;
        let tls = read_tls(&connection, from, &mut secrets)?;
        let way = match wire {
            Some(wire) => Way::Wire(wire),
            None if connector.reach.kind.is_http() => http(&connection, &connector, &settings, policy, &tls)?,
            None => of_kind(&connection, &connector, &settings, (policy, folders), &tls)?,
        };
        let needles = secrets.iter().map(|secret: &SecretString| secret.expose_secret());
        let recorder = Recorder::new(needles);
        let open = connector.settings.open_part(&settings);
        Ok(Prepared { connection, connector, settings, open, way, tokens, pair, recorder })
    }

    /// What an operation at this connection is built from and read with.
    pub(super) fn facts(&self, input: Value, reference: &str, attempt: AttemptFacts) -> Facts {
        Facts { settings: self.settings.clone(), open: self.open.clone(), input, reference: Arc::from(reference), attempt }
    }

    /// The secret of a setting, for signatures.
    pub(super) fn secret(&self, setting: &str) -> Option<&str> {
        self.settings.member(setting).as_text()
    }
}

impl std::fmt::Debug for Prepared {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Prepared").field("connection", &self.connection.id).finish_non_exhaustive()
    }
}

/// Whose secrets are read, and where.
#[derive(Clone, Copy)]
struct Reading<'a> {
    tenant: TenantId,
    places: &'a Places,
}

fn http(
    connection: &Connection,
    connector: &Connector,
    settings: &Value,
    policy: Arc<EgressPolicy>,
    tls: &TlsTexts,
) -> Result<Way, PrepareError> {
    let egress = Egress { rules: connection.egress.clone(), allow_http: speaks_http(settings) };
    let guard = Arc::new(Guard::new(egress, policy));
    let concurrency = connection.limits.concurrency.or(connector.limits.concurrency).unwrap_or(CONCURRENCY);
    let client = clients::build(guard.clone(), tls, connector.reach.only_http1, concurrency);
    let client = client.map_err(|why| PrepareError::Client { connection: connection.id.clone(), why })?;
    Ok(Way::Http { client: Box::new(client), guard })
}

fn of_kind(
    connection: &Connection,
    connector: &Connector,
    settings: &Value,
    (policy, folders): (Arc<EgressPolicy>, &Folders),
    tls: &TlsTexts,
) -> Result<Way, PrepareError> {
    let wrong = |why: String| PrepareError::Client { connection: connection.id.clone(), why };
    let egress = Egress { rules: connection.egress.clone(), allow_http: false };
    let opening = Opening {
        address: connector.reach.address(settings).map_err(|error| wrong(error.to_string()))?,
        access: connector.reach.access(settings).map_err(|error| wrong(error.to_string()))?,
        guard: Arc::new(Guard::new(egress, policy)),
        folders,
        tls,
    };
    kind::open(connector.reach.kind.word(), opening).map(Way::Wire).map_err(wrong)
}

/// Whether the connection's own settings speak plain `http`; an answer or a redirect can never lead there otherwise.
fn speaks_http(settings: &Value) -> bool {
    let Value::Map(map) = settings else { return false };
    map.values().any(|value| value.as_text().is_some_and(|text| text.starts_with("http://")))
}

fn read_settings(
    connection: &Connection,
    connector: &Connector,
    from: Reading<'_>,
    secrets: &mut Vec<SecretString>,
) -> Result<Value, PrepareError> {
    let mut map = Map::with_capacity(connector.settings.fields.len());
    for (name, field) in &connector.settings.fields {
        let wrong = |why: String| PrepareError::Setting { connection: connection.id.clone(), setting: name.clone(), why };
        let value = match connection.settings.get(name) {
            None => match connector.defaults.get(name) {
                Some(default) => default.clone(),
                None if field.required => return Err(wrong("is missing".to_owned())),
                None => Value::Unset,
            },
            Some(setting) if field.of == Type::Secret => {
                let secret = read_setting(connection, name, setting, from)?;
                let text = Value::text(secret.expose_secret());
                secrets.push(secret);
                text
            }
            Some(Setting::Literal(json)) => {
                let read = field.of.read(&Value::from_json(json));
                read.map_err(|error| wrong(format!("is {}, but {} is declared", error.found, error.wanted)))?
            }
            Some(setting) => {
                // A setting may be kept as a secret without being declared as one; then it is treated as one.
                let secret = read_setting(connection, name, setting, from)?;
                let read = field.of.read(&Value::text(secret.expose_secret()));
                secrets.push(secret);
                read.map_err(|error| wrong(format!("is not {}", error.wanted)))?
            }
        };
        if !value.is_unset() {
            map.insert(name.clone(), value);
        }
    }
    Ok(Value::Map(Arc::new(map)))
}

fn read_setting(connection: &Connection, name: &str, setting: &Setting, from: Reading<'_>) -> Result<SecretString, PrepareError> {
    match setting {
        Setting::Literal(json) => Ok(SecretString::from(json.as_str().map_or_else(|| json.to_string(), str::to_owned))),
        Setting::Secret(place) => from.places.read(from.tenant, &place.to_string()).map_err(|source| PrepareError::Secret {
            connection: connection.id.clone(),
            setting: name.to_owned(),
            source,
        }),
    }
}

fn read_tls(connection: &Connection, from: Reading<'_>, secrets: &mut Vec<SecretString>) -> Result<TlsTexts, PrepareError> {
    let read =
        |name: &str, setting: &Option<Setting>| setting.as_ref().map(|setting| read_setting(connection, name, setting, from)).transpose();
    let ca = read("tls.ca", &connection.tls.ca)?.map(|text| text.expose_secret().to_owned());
    let certificate = read("tls.certificate", &connection.tls.certificate)?;
    let key = read("tls.key", &connection.tls.key)?;
    let identity = certificate.zip(key).map(|(certificate, key)| {
        let both = format!("{}\n{}", certificate.expose_secret(), key.expose_secret());
        secrets.push(key);
        both
    });
    Ok(TlsTexts { ca, identity })
}
