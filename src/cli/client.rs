//! A small client of the hub's API, for the subcommands that look at a running hub.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context;
use clap::Args;
use reqwest::{Method, StatusCode};
use secrecy::{ExposeSecret, SecretString};
use serde::de::DeserializeOwned;
use serde_json::Value;
use url::Url;

use super::exit::Exit;
use crate::api::problem::Problem;
use crate::app::access::proposals::ProposalItem;

/// For one request; longer than the hub takes for any.
const TIMEOUT: Duration = Duration::from_secs(60);
/// Largest answer taken.
const ANSWER_BYTES_MAX: usize = 256 * 1024 * 1024;

/// Which hub, and as whom.
#[derive(Debug, Args)]
pub struct HubOption {
    /// The hub's address.
    #[arg(long, env = "WAYBILL_URL", default_value = "http://127.0.0.1:8480", global = true)]
    url: Url,
    /// The token. Prefer the variable or a file: a command line can be seen by others.
    #[arg(long, env = "WAYBILL_TOKEN", hide_env_values = true, global = true)]
    token: Option<SecretString>,
    /// A file that holds the token.
    #[arg(long, env = "WAYBILL_TOKEN_FILE", value_name = "FILE", global = true)]
    token_file: Option<PathBuf>,
}

/// Speaks to one hub.
pub struct Client {
    http: reqwest::Client,
    base: Url,
    token: SecretString,
}

impl HubOption {
    /// A client of that hub.
    pub fn client(&self) -> anyhow::Result<Client> {
        let token = match (&self.token, &self.token_file) {
            (Some(token), _) => token.clone(),
            (None, Some(path)) => {
                let text = std::fs::read_to_string(path)
                    .map_err(|error| Exit::usage(format!("the token file `{}` cannot be read: {error}", path.display())))?;
                SecretString::from(text.trim())
            }
            (None, None) => {
                return Err(Exit::usage("no token is given").hint("set `WAYBILL_TOKEN`, or give `--token-file FILE`").into());
            }
        };
        if self.url.cannot_be_a_base() || !matches!(self.url.scheme(), "http" | "https") {
            return Err(Exit::usage(format!("`{}` is not the address of a hub", self.url)).into());
        }
        // Redirects are not followed: the token is for this address only.
        let http = reqwest::Client::builder()
            .timeout(TIMEOUT)
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .context("the HTTP client cannot start")?;
        Ok(Client { http, base: self.url.clone(), token })
    }
}

impl Client {
    /// Reads something. `path` is made of segments, so that no key or id can change where it leads.
    pub async fn get<T: DeserializeOwned>(&self, path: &[&str], query: &[(&str, Option<&str>)]) -> anyhow::Result<T> {
        let mut url = self.at(path)?;
        for (name, value) in query {
            if let Some(value) = value {
                url.query_pairs_mut().append_pair(name, value);
            }
        }
        self.send(self.http.request(Method::GET, url)).await
    }

    /// Tells something; the same `key` is the same command.
    pub async fn post<T: DeserializeOwned>(&self, path: &[&str], key: &str, body: &Value) -> anyhow::Result<T> {
        let request = self.http.request(Method::POST, self.at(path)?).header("idempotency-key", key);
        self.send(request.header("content-type", "application/json").body(body.to_string())).await
    }

    /// Sets something under a name of its own, over what was seen: a header that says so.
    pub async fn put<T: DeserializeOwned>(&self, path: &[&str], (header, seen): (&str, &str), body: &Value) -> anyhow::Result<T> {
        let request = self.http.request(Method::PUT, self.at(path)?).header(header, seen);
        self.send(request.header("content-type", "application/json").body(body.to_string())).await
    }

    /// Sends a file: its bytes, with a word about them in the query.
    pub async fn upload<T: DeserializeOwned>(&self, path: &[&str], (name, value): (&str, &str), bytes: Vec<u8>) -> anyhow::Result<T> {
        let mut url = self.at(path)?;
        url.query_pairs_mut().append_pair(name, value);
        self.send(self.http.request(Method::POST, url).header("content-type", "application/octet-stream").body(bytes)).await
    }

    /// Reads a file.
    pub async fn download(&self, path: &[&str]) -> anyhow::Result<Vec<u8>> {
        let (status, bytes) = self.sent(self.http.request(Method::GET, self.at(path)?)).await?;
        if status.is_success() { Ok(bytes) } else { Err(refused(status, &bytes).into()) }
    }

    /// Removes something as it was seen: a version in double quotes, or `*`.
    pub async fn delete_seen(&self, path: &[&str], seen: &str) -> anyhow::Result<()> {
        let request = self.http.request(Method::DELETE, self.at(path)?).header("if-match", seen);
        self.send::<serde::de::IgnoredAny>(request).await.map(|_| ())
    }

    /// Ends something.
    pub async fn delete(&self, path: &[&str]) -> anyhow::Result<()> {
        self.send::<serde::de::IgnoredAny>(self.http.request(Method::DELETE, self.at(path)?)).await.map(|_| ())
    }

    fn at(&self, path: &[&str]) -> anyhow::Result<Url> {
        let mut url = self.base.clone();
        let mut segments = url.path_segments_mut().map_err(|()| Exit::usage("the hub's address is not one of a server"))?;
        segments.pop_if_empty().extend(["api", "v1"]).extend(path);
        drop(segments);
        Ok(url)
    }

    /// What came back, whatever it is.
    async fn sent(&self, request: reqwest::RequestBuilder) -> anyhow::Result<(StatusCode, Vec<u8>)> {
        let away = |error: reqwest::Error| {
            let why = if error.is_timeout() { "it does not answer in time".to_owned() } else { root_cause(&error) };
            Exit::unreachable(format!("the hub at {} cannot be reached: {why}", self.base))
                .hint("is `waybill serve` running there? `--url` or `WAYBILL_URL` names another")
        };
        let mut answer = request.bearer_auth(self.token.expose_secret()).send().await.map_err(away)?;
        let status = answer.status();
        let mut bytes = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(away)? {
            bytes.extend_from_slice(&chunk);
            if bytes.len() > ANSWER_BYTES_MAX {
                return Err(Exit::failed("the hub's answer is larger than this client takes").into());
            }
        }
        Ok((status, bytes))
    }

    async fn send<T: DeserializeOwned>(&self, request: reqwest::RequestBuilder) -> anyhow::Result<T> {
        let (status, mut bytes) = self.sent(request).await?;
        if status == StatusCode::ACCEPTED
            && let Ok(item) = serde_json::from_slice::<ProposalItem>(&bytes)
        {
            let said = format!("nothing is done yet: a second person has to confirm the proposal {}", item.proposal);
            return Err(Exit::failed(said).hint("once it is confirmed in the console, ask for the same again").into());
        }
        if status == StatusCode::NO_CONTENT {
            bytes = b"null".to_vec();
        }
        if status.is_success() {
            // An answer without content says that it is done.
            let text = if bytes.is_empty() { b"null".as_slice() } else { &bytes };
            return Ok(serde_json::from_slice(text)
                .map_err(|error| Exit::failed(format!("the hub's answer is not of this client's version: {error}")))?);
        }
        Err(refused(status, &bytes).into())
    }
}

fn refused(status: StatusCode, bytes: &[u8]) -> Exit {
    match serde_json::from_slice::<Problem>(bytes) {
        Ok(problem) => {
            let fields = problem.pointers.iter().map(|one| format!("\n  {} {}", one.pointer, one.message)).collect::<String>();
            let findings =
                problem.findings.iter().map(|one| format!("\n  {}:{}: {} [{}]", one.file, one.place.line, one.message, one.code));
            let failing = problem.cases.iter().filter(|case| !case.passes);
            let cases = failing.map(|case| format!("\n  {}  {}: {}", case.file, case.name, case.differences.join("; ")));
            let fields = fields + &findings.chain(cases).collect::<String>();
            let request = problem.request_id.map(|id| format!(" (request {id})")).unwrap_or_default();
            let whole = serde_json::from_slice(bytes).unwrap_or_default();
            Exit::failed(format!("{} [{}]{request}{fields}", problem.detail, problem.code)).hint(problem.hint).problem(whole)
        }
        Err(_) => Exit::failed(format!("what answers there is not a hub, or not this version: HTTP {status}")),
    }
}

/// The innermost reason, without the URL in front of it.
fn root_cause(error: &reqwest::Error) -> String {
    let mut source: &dyn std::error::Error = error;
    while let Some(inner) = source.source() {
        source = inner;
    }
    source.to_string()
}
