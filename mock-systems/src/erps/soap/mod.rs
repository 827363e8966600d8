//! An older system that speaks SOAP 1.1: purchase orders and payables, WS-Security with a password, faults that come with
//! status 500. No vendor's: what services generated from classes usually look like.

mod book;
mod xml;

use std::sync::{Arc, Mutex};

use serde_json::Value;

use super::Vendor;
use super::stage::{Answer, Asked, Personality, lock};
use crate::instant::Micros;
use book::Book;
use xml::{element, escaped, first};

/// Test data.
const USER: &str = "HUB_USER";
const PASSWORD: &str = "mock-soap-password";
const NAMESPACE: &str = "urn:example:orders:v1";

/// The vendor.
pub(super) static VENDOR: Vendor = Vendor { name: "soap", personality: || Arc::new(Soap::default()) };

#[derive(Default)]
struct Soap {
    book: Mutex<Book>,
}

/// A fault: whose it is, our code in the detail, words.
pub(super) struct Fault {
    code: &'static str,
    detail: &'static str,
    message: String,
}

/// The sender's mistake: nothing was done.
pub(super) fn fault(detail: &'static str, message: impl Into<String>) -> Fault {
    Fault { code: "soap:Client", detail, message: message.into() }
}

impl Fault {
    fn answer(&self, status: u16, call: &str) -> Answer {
        let body = format!(
            "<soap:Fault><faultcode>{}</faultcode><faultstring>{}</faultstring><detail><o:Code>{}</o:Code></detail></soap:Fault>",
            self.code,
            escaped(&self.message),
            self.detail
        );
        envelope(status, call, &body)
    }
}

fn envelope(status: u16, call: &str, body: &str) -> Answer {
    let text = format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?><soap:Envelope xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\" xmlns:o=\"{NAMESPACE}\"><soap:Body>{body}</soap:Body></soap:Envelope>"
    );
    Answer::text(status, call, "text/xml; charset=utf-8", text)
}

impl Personality for Soap {
    fn answer(&self, asked: &Asked) -> Answer {
        if asked.method != "POST" || asked.path != "/services/OrderService" {
            return Answer::text(404, "nowhere", "text/html", "<html><body>No service was found.</body></html>");
        }
        let Ok(text) = std::str::from_utf8(&asked.body) else {
            return fault("SOAP-400", "the envelope is no UTF-8").answer(500, "malformed");
        };
        let (Some(header), Some(body)) = (first(text, "Header"), first(text, "Body")) else {
            return fault("SOAP-400", "there is no envelope").answer(500, "malformed");
        };
        if element(header, "Username").as_deref() != Some(USER) || element(header, "Password").as_deref() != Some(PASSWORD) {
            let code = "wsse:FailedAuthentication";
            let refused = Fault { code, detail: "SEC-401", message: "The security token could not be authenticated".to_owned() };
            return refused.answer(500, "unauthenticated");
        }
        let action = asked.header("soapaction").unwrap_or_default().trim_matches('"').to_owned();
        let Some(operation) = action.strip_prefix(NAMESPACE).map(|name| name.trim_start_matches('/')) else {
            return fault("SOAP-404", format!("the action `{action}` is not known")).answer(500, "unknown_action");
        };
        // Action and body have to name the same operation, as generated servers insist.
        let Some(request) = first(body, &format!("{operation}Request")) else {
            return fault("SOAP-400", format!("the body holds no {operation}Request")).answer(500, "malformed");
        };
        match lock(&self.book).perform(operation, request, asked.now) {
            Ok((answer, wrote)) => {
                let answer = envelope(200, operation, &format!("<o:{operation}Response>{answer}</o:{operation}Response>"));
                if wrote { answer.wrote() } else { answer }
            }
            Err(problem) => problem.answer(500, operation),
        }
    }

    fn person(&self, what: &Value, now: Micros) -> Result<Value, String> {
        lock(&self.book).person(what, now)
    }

    fn state(&self) -> Value {
        lock(&self.book).state()
    }

    fn expire(&self) {}

    fn throttled(&self) -> Answer {
        let busy = Fault { code: "soap:Server", detail: "SRV-503", message: "Too many concurrent requests".to_owned() };
        busy.answer(503, "throttled").with("retry-after", "1")
    }
}
