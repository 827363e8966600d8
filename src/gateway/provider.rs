//! Speaks to an identity provider: two reads and the exchange of a code, behind the same egress guard as calls to partners.
//!
//! What comes back is JSON or nothing. What it means is `domain::access::oidc`'s.

use super::clients::{self, TlsTexts};
use super::guard::Guard;
use super::record::Recorder;
use super::send::{Sending, Unanswered};
use crate::domain::access::in_app::Ask;
use crate::domain::connector::egress::{Egress, EgressPolicy};
use crate::domain::connector::request::Request;
use crate::domain::connector::{Effect, Failure};
use reqwest::Client;
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value as Json;
use std::sync::Arc;
use std::time::Duration;
use url::Url;
use url::form_urlencoded::{Serializer, byte_serialize};

/// A person waits, and the request that waits has half a minute for three of these.
const WITHIN: Duration = Duration::from_secs(8);
/// Key sets of large providers have some tens of kilobytes.
const BYTES_MAX: u64 = 1024 * 1024;
/// Requests under way at once.
const CONCURRENCY: u32 = 4;

/// How a provider is reached.
#[derive(Clone, Debug)]
pub struct ProviderReach {
    /// Where it may be reached.
    pub egress: Egress,
    /// What the deployment as a whole decides.
    pub policy: EgressPolicy,
    /// Further authorities to trust, as PEM.
    pub ca: Option<String>,
}

/// Us, as a provider knows us.
#[derive(Clone, Debug)]
pub struct ClientLogin {
    /// The id.
    pub id: String,
    /// The secret; none for a public client.
    pub secret: Option<SecretString>,
}

/// How the client proves itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// `client_secret_basic`.
    Basic,
    /// `client_secret_post`.
    Post,
}

/// What an exchange came to.
#[derive(Clone, Debug)]
pub enum Exchanged {
    /// Tokens, as they came.
    Tokens(Json),
    /// The provider says no, in its words.
    Refused(String),
}

/// Speaks to one provider.
#[derive(Clone, Debug)]
pub struct ProviderLine {
    client: Client,
    guard: Arc<Guard>,
}

impl ProviderLine {
    /// A line to a provider.
    ///
    /// # Errors
    /// When the further authorities cannot be read.
    pub fn new(reach: ProviderReach) -> Result<Self, String> {
        let guard = Arc::new(Guard::new(reach.egress, Arc::new(reach.policy)));
        let tls = TlsTexts { ca: reach.ca, identity: None };
        Ok(Self { client: clients::build(guard.clone(), &tls, false, CONCURRENCY)?, guard })
    }

    /// Reads a JSON document.
    ///
    /// # Errors
    /// When none comes.
    pub async fn read(&self, url: &str) -> Result<Json, Unanswered> {
        let request = request("GET", url, vec![("accept".to_owned(), "application/json".to_owned())], Vec::new());
        let (status, said) = self.send(&request, Effect::Read).await?;
        match said {
            Some(said) if status == 200 => Ok(said),
            _ => Err(strange(status)),
        }
    }

    /// Turns a code into tokens.
    ///
    /// # Errors
    /// When no answer comes that is one.
    pub async fn exchange(&self, url: &Url, client: &ClientLogin, proof: Proof, fields: &[(&str, &str)]) -> Result<Exchanged, Unanswered> {
        let (status, said) = self.send(&exchange_request(url, client, proof, fields), Effect::Write).await?;
        match (status, said) {
            (200, Some(said)) => Ok(Exchanged::Tokens(said)),
            (400 | 401, Some(said)) => {
                let secret = client.secret.as_ref().map(ExposeSecret::expose_secret);
                // The code and what proves that it is ours are among the fields.
                let sent = fields.iter().filter(|(name, _)| name.starts_with("code")).map(|(_, value)| *value);
                let word =
                    Recorder::new(secret.into_iter().chain(sent)).mask(said["error"].as_str().unwrap_or("it does not say why").to_owned());
                Ok(Exchanged::Refused(word.chars().filter(|letter| !letter.is_control()).take(100).collect()))
            }
            (status, _) => Err(strange(status)),
        }
    }

    /// Asks a vendor in whose app somebody signs in. Most of them say their errors with status 200, and what is said is JSON.
    ///
    /// # Errors
    /// When no answer comes that is one.
    pub async fn ask(&self, base: &Url, ask: &Ask) -> Result<Json, Unanswered> {
        let (status, said) = self.send(&app_request(base, ask), Effect::Read).await?;
        said.filter(Json::is_object).ok_or_else(|| strange(status))
    }

    async fn send(&self, request: &Request, effect: Effect) -> Result<(u16, Option<Json>), Unanswered> {
        let sending = Sending {
            client: &self.client,
            guard: &self.guard,
            effect,
            timeout: WITHIN,
            body_bytes_max: BYTES_MAX,
            redirects_max: 0,
            traceparent: None,
        };
        let raw = sending.send(request).await?;
        Ok((raw.status, serde_json::from_slice(&raw.body).ok()))
    }
}

fn app_request(base: &Url, ask: &Ask) -> Request {
    let mut url = base.clone();
    url.set_path(&format!("{}{}", base.path().trim_end_matches('/'), ask.path));
    if !ask.query.is_empty() {
        url.query_pairs_mut().extend_pairs(&ask.query);
    }
    let mut headers = vec![("accept".to_owned(), "application/json".to_owned())];
    headers.extend(ask.bearer.as_ref().map(|token| ("authorization".to_owned(), format!("Bearer {token}"))));
    match &ask.body {
        Some(body) => {
            headers.push(("content-type".to_owned(), "application/json; charset=utf-8".to_owned()));
            request("POST", url.as_str(), headers, body.to_string().into_bytes())
        }
        None => request("GET", url.as_str(), headers, Vec::new()),
    }
}

fn request(method: &'static str, url: &str, headers: Vec<(String, String)>, body: Vec<u8>) -> Request {
    Request { method, url: url.to_owned(), headers, body, timeout_millis: None }
}

fn exchange_request(url: &Url, client: &ClientLogin, proof: Proof, fields: &[(&str, &str)]) -> Request {
    let mut headers = vec![
        ("accept".to_owned(), "application/json".to_owned()),
        ("content-type".to_owned(), "application/x-www-form-urlencoded".to_owned()),
    ];
    let mut form = Serializer::new(String::new());
    form.extend_pairs(fields.iter().copied());
    match (&client.secret, proof) {
        (Some(secret), Proof::Basic) => headers.push(("authorization".to_owned(), basic(&client.id, secret))),
        (Some(secret), Proof::Post) => {
            form.append_pair("client_id", &client.id).append_pair("client_secret", secret.expose_secret());
        }
        (None, _) => {
            form.append_pair("client_id", &client.id);
        }
    }
    request("POST", url.as_str(), headers, form.finish().into_bytes())
}

/// Id and secret are written as form values first (RFC 6749, section 2.3.1).
fn basic(id: &str, secret: &SecretString) -> String {
    use base64::Engine as _;
    let encoded = |text: &str| byte_serialize(text.as_bytes()).collect::<String>();
    let pair = format!("{}:{}", encoded(id), encoded(secret.expose_secret()));
    format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(pair))
}

fn strange(status: u16) -> Unanswered {
    Unanswered { failure: Failure::BrokenBody, message: format!("the answer {status} is none that is understood"), status: Some(status) }
}
