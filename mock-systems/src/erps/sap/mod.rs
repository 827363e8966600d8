//! SAP S/4HANA over OData V2: Basic log-in, CSRF pairs, ETags, decimals as texts, dates in milliseconds, batches.

mod batch;
mod book;
mod filter;
mod metadata;
mod read;
mod write;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::Vendor;
use super::stage::{Answer, Asked, Personality, lock};
use super::text::{percent_decoded, sha256};
use crate::instant::Micros;
use book::Book;

/// Test data.
const USER: &str = "HUB_USER";
const PASSWORD: &str = "mock-sap-password";
const COOKIE: &str = "SAP_SESSIONID_MCK_100";

const SERVICE: &str = "/sap/opu/odata/sap/API_PURCHASEORDER_PROCESS_SRV";
const INBOX: &str = "/sap/opu/odata/IWPGW/TASKPROCESSING;v=2";

/// The vendor.
pub(super) static VENDOR: Vendor = Vendor { name: "sap", personality: || Arc::new(Sap::default()) };

#[derive(Default)]
struct Sap {
    book: Mutex<Book>,
    gate: Mutex<Gate>,
}

/// Sessions and their tokens.
#[derive(Default)]
struct Gate {
    tokens: BTreeMap<String, String>,
    given: u64,
}

/// An error as the gateway tells it.
pub(super) struct Fault {
    status: u16,
    code: String,
    message: String,
}

fn fault(status: u16, code: &str, message: impl Into<String>) -> Fault {
    Fault { status, code: code.to_owned(), message: message.into() }
}

impl Fault {
    fn answer(&self, call: &str) -> Answer {
        let details = json!([{"code": self.code, "message": self.message, "severity": "error", "target": ""}]);
        let inner = json!({"transactionid": "5F0E0C0FFEE123", "errordetails": details});
        Answer::json(
            self.status,
            call,
            &json!({"error": {"code": self.code, "message": {"lang": "en", "value": self.message}, "innererror": inner}}),
        )
    }
}

/// A call, its options decoded.
struct Call<'a> {
    method: &'a str,
    path: &'a str,
    options: BTreeMap<String, String>,
    asked: &'a Asked,
}

impl Personality for Sap {
    fn answer(&self, asked: &Asked) -> Answer {
        let expected = format!("Basic {}", STANDARD.encode(format!("{USER}:{PASSWORD}")));
        if asked.header("authorization") != Some(expected.as_str()) {
            return Answer::text(401, "unauthenticated", "text/html", "<html><body>Logon failed</body></html>")
                .with("www-authenticate", "Basic realm=\"SAP NetWeaver\"");
        }
        let path = percent_decoded(&asked.path);
        let options = asked.query.split('&').filter_map(|pair| pair.split_once('=')).map(|(name, value)| (spaced(name), spaced(value)));
        let method = match (asked.method.as_str(), asked.header("x-http-method")) {
            ("POST", Some(tunnelled)) => tunnelled,
            (method, _) => method,
        };
        let call = Call { method, path: &path, options: options.collect(), asked };
        if !matches!(method, "GET" | "HEAD") && !lock(&self.gate).admits(asked) {
            return Answer::text(403, "csrf_required", "text/plain; charset=utf-8", "CSRF token validation failed")
                .with("x-csrf-token", "Required");
        }
        let mut answer = self.route(&call).unwrap_or_else(|fault| fault.answer("error"));
        if asked.header("x-csrf-token").is_some_and(|word| word.eq_ignore_ascii_case("fetch")) {
            let (session, token) = lock(&self.gate).give();
            // Two cookies; only one of them carries the session.
            answer = answer
                .with("x-csrf-token", token)
                .with("set-cookie", "sap-usercontext=sap-client=100; path=/")
                .with("set-cookie", format!("{COOKIE}={session}; path=/; HttpOnly"));
        }
        answer
    }

    fn person(&self, what: &Value, now: Micros) -> Result<Value, String> {
        lock(&self.book).person(what, now)
    }

    fn state(&self) -> Value {
        lock(&self.book).state()
    }

    fn expire(&self) {
        lock(&self.gate).tokens.clear();
    }

    fn throttled(&self) -> Answer {
        Answer::text(429, "throttled", "text/html", "<html><body>Too many requests</body></html>").with("retry-after", "1")
    }
}

impl Sap {
    fn route(&self, call: &Call<'_>) -> Result<Answer, Fault> {
        let mut book = lock(&self.book);
        if let Some(rest) = call.path.strip_prefix(SERVICE) {
            return match (call.method, rest) {
                ("POST", "/$batch") => batch::answer(&mut book, call),
                _ => Self::of_service(&mut book, call, rest),
            };
        }
        match (call.method, call.path.strip_prefix(INBOX)) {
            ("GET" | "HEAD", Some("/")) => Ok(Answer::json(200, "inbox", &json!({"d": {"EntitySets": ["TaskCollection"]}}))),
            ("GET", Some("/TaskCollection")) => read::tasks(&book, call),
            ("POST", Some("/Decision")) => write::decide(&mut book, call),
            _ => Err(fault(404, "/IWFND/MED/170", "No service found")),
        }
    }

    /// A request of the order service, by itself or inside a batch.
    fn of_service(book: &mut Book, call: &Call<'_>, rest: &str) -> Result<Answer, Fault> {
        match (call.method, rest) {
            ("GET" | "HEAD", "/") => {
                Ok(Answer::json(200, "service", &json!({"d": {"EntitySets": ["A_PurchaseOrder", "A_PurchaseOrderItem"]}})))
            }
            // Without the slash at the end a gateway sends one away, and the token is lost on the way.
            ("GET" | "HEAD", "") => Ok(Answer::text(307, "redirected", "text/html", "").with("location", format!("{SERVICE}/"))),
            ("GET", "/$metadata") => Ok(Answer::text(200, "metadata", "application/xml", metadata::TEXT)),
            ("GET", "/A_PurchaseOrder") => read::list(book, call),
            ("GET", "/A_PurchaseOrder/$count") => read::count(book, call),
            ("POST", "/A_PurchaseOrder") => write::create(book, call),
            (method, entity) => {
                let (key, navigation) =
                    key_of(entity).ok_or_else(|| fault(404, "/IWFND/CM_MGW_RT/021", "Resource not found for the segment"))?;
                match (method, navigation) {
                    ("GET", "") => read::one(book, call, &key),
                    ("GET", "/to_PurchaseOrderItem") => read::items(book, &key),
                    ("PATCH" | "MERGE", "") => write::change(book, call, &key),
                    _ => Err(fault(405, "/IWFND/CM_MGW/096", "Method not allowed")),
                }
            }
        }
    }
}

/// A part of a query, in which `+` is a space.
fn spaced(text: &str) -> String {
    percent_decoded(&text.replace('+', " "))
}

/// The key of `/A_PurchaseOrder('…')`, and what follows.
fn key_of(entity: &str) -> Option<(String, &str)> {
    let rest = entity.strip_prefix("/A_PurchaseOrder(")?;
    let rest = rest.strip_prefix("PurchaseOrder=").unwrap_or(rest).strip_prefix('\'')?;
    let (key, navigation) = rest.split_once("')")?;
    Some((key.replace("''", "'"), navigation))
}

impl Gate {
    fn give(&mut self) -> (String, String) {
        self.given += 1;
        let (session, token) = (sha256(&format!("session {}", self.given)), sha256(&format!("token {}", self.given)));
        self.tokens.insert(session.clone(), token.clone());
        (session, token)
    }

    fn admits(&self, asked: &Asked) -> bool {
        let cookies = asked.header("cookie").unwrap_or_default();
        let session = cookies.split(';').find_map(|pair| pair.trim().strip_prefix(COOKIE)?.strip_prefix('='));
        session.and_then(|session| self.tokens.get(session)).is_some_and(|token| asked.header("x-csrf-token") == Some(token))
    }
}
