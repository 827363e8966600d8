//! ERPNext on Frappe: documents by type and name, steps as methods, exceptions with statuses of their own.

mod book;
mod fault;
mod hook;
mod list;
mod steps;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::Vendor;
use super::hook::Telling;
use super::stage::{Answer, Asked, Personality, lock};
use super::text::percent_decoded;
use crate::instant::Micros;
use book::Book;
use fault::Fault;

/// Test data.
const KEY: &str = "mock-erpnext-key";
const SECRET: &str = "mock-erpnext-secret";

/// The vendor.
pub(super) static VENDOR: Vendor = Vendor { name: "erpnext", personality: || Arc::new(Erpnext::default()) };

#[derive(Default)]
struct Erpnext {
    book: Mutex<Book>,
}

impl Personality for Erpnext {
    fn answer(&self, asked: &Asked) -> Answer {
        let mut book = lock(&self.book);
        let (call, result) =
            if is_admitted(asked) { route(&mut book, asked) } else { ("unauthenticated".to_owned(), Err(fault::unauthenticated())) };
        let answer = match result {
            Ok(done) => {
                let answer = Answer::json(done.status, &call, &done.body);
                if done.wrote { answer.wrote() } else { answer }
            }
            Err(fault) => fault.answer(&call),
        };
        match book.rate {
            // Microseconds of computing, as the site counts them.
            Some((limit, left, reset)) => answer
                .with("x-ratelimit-limit", limit.to_string())
                .with("x-ratelimit-remaining", left.to_string())
                .with("x-ratelimit-reset", reset.to_string()),
            None => answer,
        }
    }

    fn person(&self, what: &Value, now: Micros) -> Result<Value, String> {
        lock(&self.book).person(what, now)
    }

    fn state(&self) -> Value {
        lock(&self.book).state()
    }

    fn expire(&self) {}

    fn versions(&self) -> BTreeMap<String, String> {
        lock(&self.book).versions()
    }

    fn telling(&self, order: &str, secret: &str) -> Option<Telling> {
        hook::telling(&lock(&self.book), order, secret)
    }

    fn throttled(&self) -> Answer {
        Answer::text(429, "throttled", "text/html; charset=utf-8", "Too Many Requests").with("retry-after", "2")
    }
}

/// What a call came to.
struct Done {
    status: u16,
    body: Value,
    wrote: bool,
}

fn shown(body: Value) -> Result<Done, Fault> {
    Ok(Done { status: 200, body, wrote: false })
}

fn written(body: Value) -> Result<Done, Fault> {
    Ok(Done { status: 200, body, wrote: true })
}

/// `token key:secret`, or the same as Basic.
fn is_admitted(asked: &Asked) -> bool {
    let header = asked.header("authorization").unwrap_or_default();
    let given = match header.split_once(' ') {
        Some((scheme, pair)) if scheme.eq_ignore_ascii_case("token") => pair.to_owned(),
        Some((scheme, pair)) if scheme.eq_ignore_ascii_case("basic") => {
            STANDARD.decode(pair).ok().and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_default()
        }
        _ => String::new(),
    };
    given == format!("{KEY}:{SECRET}")
}

fn route(book: &mut Book, asked: &Asked) -> (String, Result<Done, Fault>) {
    let arguments = arguments(asked);
    let segments: Vec<String> = asked.path.trim_matches('/').split('/').map(percent_decoded).collect();
    let words: Vec<&str> = segments.iter().map(String::as_str).collect();
    let text = |name: &str| arguments[name].as_str().unwrap_or_default().to_owned();
    match (asked.method.as_str(), words.as_slice()) {
        ("GET", ["api", "resource", doctype]) => {
            (format!("list {doctype}"), list::list(book, doctype, &arguments).and_then(|rows| shown(json!({"data": rows}))))
        }
        ("GET", ["api", "resource", doctype, name]) => {
            (format!("get {doctype}"), book.get(doctype, name).and_then(|doc| shown(json!({"data": doc}))))
        }
        ("POST", ["api", "resource", doctype]) => {
            let doc = document(&arguments);
            (format!("insert {doctype}"), book.insert(doctype, &doc, asked.now).and_then(|doc| written(json!({"data": doc}))))
        }
        ("POST", ["api", "resource", doctype, name]) => {
            let method = text("run_method");
            (
                format!("{method} {doctype}"),
                steps::run(book, doctype, name, &method, asked.now).and_then(|doc| written(json!({"data": doc}))),
            )
        }
        ("PUT", ["api", "resource", doctype, name]) => {
            let changes = document(&arguments);
            (format!("update {doctype}"), book.update(doctype, name, &changes, asked.now).and_then(|doc| written(json!({"data": doc}))))
        }
        ("DELETE", ["api", "resource", doctype, name]) => {
            let deleted = book.delete(doctype, name);
            (format!("delete {doctype}"), deleted.map(|()| Done { status: 202, body: json!({"data": "ok"}), wrote: true }))
        }
        (_, ["api", "method", method]) => (method.to_string(), steps::call(book, method, &arguments, asked.now)),
        // Older clients post the method's name to the site itself.
        (_, [""]) => (text("cmd"), steps::call(book, &text("cmd"), &arguments, asked.now)),
        _ => ("unknown".to_owned(), Err(fault::not_found("Page not found"))),
    }
}

/// Query, form and JSON body together.
fn arguments(asked: &Asked) -> Value {
    let mut found = serde_json::Map::new();
    let mut pairs = |text: &str| {
        for pair in text.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            found.insert(percent_decoded(&name.replace('+', " ")), Value::String(percent_decoded(&value.replace('+', " "))));
        }
    };
    pairs(&asked.query);
    if asked.header("content-type").is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded")) {
        pairs(&String::from_utf8_lossy(&asked.body));
    } else if let Value::Object(body) = asked.json() {
        found.extend(body);
    }
    Value::Object(found)
}

/// The document of a request: the body itself, or JSON under `data`.
fn document(arguments: &Value) -> Value {
    match arguments["data"].as_str().map(serde_json::from_str::<Value>) {
        Some(Ok(document)) => document,
        _ => arguments.clone(),
    }
}
