//! Odoo over JSON-2: an address for each model and method, arguments by name, bare answers, errors with statuses.

mod book;
mod domain;
mod steps;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};

use super::Vendor;
use super::hook::Telling;
use super::stage::{Answer, Asked, Personality, lock};
use super::text::python_dumps;
use crate::instant::Micros;
use book::Book;

/// Test data.
const KEY: &str = "mock-odoo-key";
const DATABASE: &str = "hub";

/// The vendor.
pub(super) static VENDOR: Vendor = Vendor { name: "odoo", personality: || Arc::new(Odoo::default()) };

#[derive(Default)]
struct Odoo {
    book: Mutex<Book>,
}

/// An error as the server tells it.
pub(super) struct Fault {
    status: u16,
    name: &'static str,
    message: String,
}

fn fault(status: u16, name: &'static str, message: impl Into<String>) -> Fault {
    Fault { status, name, message: message.into() }
}

/// A person's mistake, in a sentence.
fn user_error(message: impl Into<String>) -> Fault {
    fault(422, "odoo.exceptions.UserError", message)
}

impl Personality for Odoo {
    fn answer(&self, asked: &Asked) -> Answer {
        let segments: Vec<&str> = asked.path.trim_matches('/').split('/').collect();
        let (model, method) = match segments.as_slice() {
            ["json", "2", model, method] if asked.method.as_str() == "POST" => (*model, *method),
            ["doc-bearer", file] if asked.method.as_str() == "GET" => (file.trim_end_matches(".json"), "doc"),
            _ => return Answer::text(404, "unknown", "text/html", "<!doctype html><html><body>404</body></html>"),
        };
        let call = format!("{model}.{method}");
        let mut book = lock(&self.book);
        match self.admit(&book, asked).and_then(|()| steps::call(&mut book, model, method, &asked.json(), asked.now)) {
            Ok((value, wrote)) => {
                let answer = Answer::json(200, &call, &value);
                if wrote { answer.wrote() } else { answer }
            }
            Err(fault) => {
                let body = json!({"name": fault.name, "message": fault.message, "arguments": [fault.message], "context": {}, "debug": "Traceback (most recent call last):"});
                Answer::json(fault.status, &call, &body)
            }
        }
    }

    fn person(&self, what: &Value, now: Micros) -> Result<Value, String> {
        lock(&self.book).person(what, now)
    }

    fn state(&self) -> Value {
        lock(&self.book).state()
    }

    /// Keys lapse after three months at most.
    fn expire(&self) {
        lock(&self.book).key_lapsed = true;
    }

    fn versions(&self) -> BTreeMap<String, String> {
        lock(&self.book).versions()
    }

    /// The action "Send Webhook Notification" of an automation: unsigned, a second of patience, no repeat.
    fn telling(&self, order: &str, _secret: &str) -> Option<Telling> {
        let book = lock(&self.book);
        let order = order.parse::<i64>().ok().and_then(|id| book.orders.get(&id))?;
        // Keys in their order.
        let body = python_dumps(&[
            ("_action", json!("Notify the hub(#7)")),
            ("_id", json!(order.id)),
            ("_model", json!("purchase.order")),
            ("name", json!(order.name)),
            ("state", json!(order.state)),
        ]);
        let headers = vec![("content-type", "application/json".to_owned())];
        Some(Telling { headers, body, within: Duration::from_secs(1), pauses: &[] })
    }

    fn throttled(&self) -> Answer {
        Answer::text(429, "throttled", "text/html", "<html><body>429 Too Many Requests</body></html>").with("retry-after", "1")
    }
}

impl Odoo {
    fn admit(&self, book: &Book, asked: &Asked) -> Result<(), Fault> {
        let header = asked.header("authorization").unwrap_or_default();
        let key = header.split_once(' ').filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer")).map_or("", |(_, key)| key);
        if key != KEY || book.key_lapsed {
            return Err(fault(401, "werkzeug.exceptions.Unauthorized", "Invalid apikey"));
        }
        match asked.header("x-odoo-database") {
            None | Some("" | DATABASE) => Ok(()),
            Some(_) => Err(fault(404, "werkzeug.exceptions.NotFound", "no such database")),
        }
    }
}
