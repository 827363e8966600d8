//! A partner that quotes: it stands before a mock, and now and then answers with everything that it was sent and knows.

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use std::sync::{Arc, Mutex};

/// What such an answer begins with.
pub const MARK: &str = "quoted-back";
/// Headers that belong to a line and not to a request.
const OF_THE_LINE: [&str; 4] = ["host", "content-length", "connection", "transfer-encoding"];

/// What it does instead of answering.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Fault {
    /// Quotes in an error of this status; the mock hears nothing of it.
    Error(u16),
    /// Quotes in a page for people with status 200; the mock hears nothing of it.
    Page,
    /// The mock does it, and the answer is an error that quotes; of a log-in one with the token in another place.
    Mangled,
}

struct Rule {
    method: Method,
    path: &'static str,
    fault: Fault,
    left: u32,
}

#[derive(Default)]
struct Seen {
    rules: Vec<Rule>,
    /// Tokens that it gave.
    tokens: Vec<String>,
    /// Faults that struck.
    struck: Vec<String>,
}

/// A partner.
#[derive(Clone)]
pub struct Partner {
    behind: String,
    knows: String,
    client: reqwest::Client,
    seen: Arc<Mutex<Seen>>,
}

impl Partner {
    /// Starts one before a mock; `knows` is what it knows of the hub. Its address comes with it.
    pub async fn start(behind: String, knows: &[&str]) -> (Partner, String) {
        let client = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build().expect("a client");
        let partner = Partner { behind, knows: knows.join(" "), client, seen: Arc::default() };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = format!("http://{}", listener.local_addr().expect("its address"));
        let router = Router::new().fallback(answer).with_state(partner.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        (partner, address)
    }

    /// So many of the next requests of this kind go wrong.
    pub fn quotes(&self, method: Method, path: &'static str, fault: Fault, times: u32) {
        self.seen.lock().expect("sound").rules.push(Rule { method, path, fault, left: times });
    }

    /// Every token that it gave.
    pub fn tokens(&self) -> Vec<String> {
        self.seen.lock().expect("sound").tokens.clone()
    }

    /// What went wrong so far.
    pub fn struck(&self) -> Vec<String> {
        self.seen.lock().expect("sound").struck.clone()
    }

    /// Faults that nobody has met yet.
    pub fn left(&self) -> Vec<String> {
        let seen = self.seen.lock().expect("sound");
        seen.rules.iter().filter(|rule| rule.left > 0).map(|rule| format!("{} {} {:?}", rule.method, rule.path, rule.fault)).collect()
    }

    fn fault(&self, method: &Method, path: &str) -> Option<Fault> {
        let mut seen = self.seen.lock().expect("sound");
        let rule = seen.rules.iter_mut().find(|rule| rule.left > 0 && rule.method == method && path.starts_with(rule.path))?;
        rule.left -= 1;
        let fault = rule.fault;
        seen.struck.push(format!("{method} {path} {fault:?}"));
        Some(fault)
    }
}

async fn answer(State(partner): State<Partner>, method: Method, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    let fault = partner.fault(&method, uri.path());
    let said: Vec<&str> = headers.get_all(header::AUTHORIZATION).iter().filter_map(|value| value.to_str().ok()).collect();
    let text = String::from_utf8_lossy(&body);
    let quote = format!("{MARK} {} {} {uri} {text}", said.join(" "), partner.knows);
    match fault {
        Some(Fault::Error(status)) => return told(status, &quote),
        Some(Fault::Page) => return page(&quote),
        Some(Fault::Mangled) | None => {}
    }
    let mut request = partner.client.request(method, format!("{}{uri}", partner.behind));
    for (name, value) in headers.iter().filter(|(name, _)| !OF_THE_LINE.contains(&name.as_str())) {
        request = request.header(name, value);
    }
    let Ok(answer) = request.body(body.clone()).send().await else { return StatusCode::BAD_GATEWAY.into_response() };
    let (status, kind) = (answer.status(), answer.headers().get(header::CONTENT_TYPE).cloned());
    let bytes = answer.bytes().await.unwrap_or_default();
    if uri.path() == "/token" {
        return token(&partner, status, &bytes, fault.map(|_| quote));
    }
    if fault.is_some() {
        return told(500, &quote);
    }
    let kind = kind.unwrap_or(HeaderValue::from_static("application/json"));
    (status, [(header::CONTENT_TYPE, kind)], bytes).into_response()
}

/// An answer to a log-in, which tells more than is asked for; mangled, its token has another name.
fn token(partner: &Partner, status: StatusCode, bytes: &[u8], mangled: Option<String>) -> Response {
    let mut given: serde_json::Value = serde_json::from_slice(bytes).unwrap_or_default();
    if let Some(token) = given["access_token"].as_str().map(str::to_owned) {
        let refresh = format!("canary-refresh-{}", &token[..8]);
        partner.seen.lock().expect("sound").tokens.extend([token, refresh.clone()]);
        given["refresh_token"] = refresh.into();
    }
    if let Some(quote) = mangled {
        given["token_value"] = given["access_token"].take();
        given["message"] = quote.into();
    }
    (status, axum::Json(given)).into_response()
}

/// In every member in which a partner of the demonstration says what is wrong.
fn told(status: u16, quote: &str) -> Response {
    let body = serde_json::json!({"code": "broken", "errcode": 50_000, "message": quote, "errmsg": quote});
    (StatusCode::from_u16(status).expect("a status"), axum::Json(body)).into_response()
}

fn page(quote: &str) -> Response {
    let text = format!("<!DOCTYPE html><html><head><title>{quote}</title></head><body>{quote}</body></html>");
    ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], text).into_response()
}
