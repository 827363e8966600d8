//! Requests taken apart, answers put together.

use super::System;
use serde_json::Value as Json;
use std::collections::BTreeMap;
use waybill::gateway::{Outgoing, Raw};

/// A request as a partner sees it.
#[derive(Clone, Debug)]
pub struct Asked {
    pub system: System,
    pub operation: String,
    pub method: &'static str,
    pub path: Vec<String>,
    pub query: BTreeMap<String, String>,
    pub headers: Vec<(String, String)>,
    pub body: Json,
    /// The effect it is sent for, when it changes something.
    pub effect: Option<String>,
    /// Whether it reads the system back.
    pub reconciles: bool,
}

impl Asked {
    pub fn read(outgoing: &Outgoing<'_>) -> Asked {
        let url = url::Url::parse(&outgoing.request.url).expect("the gateway builds URLs");
        let path = url.path().split('/').filter(|part| !part.is_empty()).map(str::to_owned).collect();
        let query = url.query_pairs().map(|(name, value)| (name.into_owned(), value.into_owned())).collect();
        let body = serde_json::from_slice(&outgoing.request.body).unwrap_or(Json::Null);
        let writes = outgoing.request.method != "GET" && !matches!(outgoing.operation, "auth" | "check_budget");
        Asked {
            system: System::of(outgoing.connection),
            operation: outgoing.operation.to_owned(),
            method: outgoing.request.method,
            path,
            query,
            headers: outgoing.request.headers.clone(),
            body,
            reconciles: outgoing.operation == "list_orders" || outgoing.call.is_some_and(|call| call.idempotency_key.is_empty()),
            effect: outgoing.call.filter(|_| writes).map(|call| call.idempotency_key.clone()),
        }
    }

    pub fn text(&self, field: &str) -> String {
        self.body[field].as_str().unwrap_or_default().to_owned()
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    pub fn since(&self) -> jiff::Timestamp {
        self.query.get("since").and_then(|text| text.parse().ok()).unwrap_or(jiff::Timestamp::MIN)
    }

    pub fn page(&self) -> usize {
        self.query.get("page").and_then(|text| text.parse().ok()).unwrap_or(1)
    }
}

/// What a partner answers.
#[derive(Clone, Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    /// Whether anything changed.
    pub changed: bool,
}

impl Answer {
    pub fn json(status: u16, body: &Json) -> Answer {
        let headers = vec![("content-type".to_owned(), "application/json".to_owned())];
        Answer { status, headers, body: body.to_string().into_bytes(), changed: false }
    }

    pub fn changed(self, changed: bool) -> Answer {
        Answer { changed, ..self }
    }

    pub fn header(mut self, name: &str, value: &str) -> Answer {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub fn raw(self) -> Raw {
        Raw { status: self.status, headers: self.headers, body: self.body }
    }
}
