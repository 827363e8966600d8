//! What stands in front of every personality: time, faults, counts, and the control calls.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Response, StatusCode};
use bytes::Bytes;
use serde_json::{Map, Value, json};

use crate::clock::{Clock, ClockKind};
use crate::instant::Micros;
use crate::reply::hang_up;

use super::hook::{Fate, Hooks, Telling};

/// A request, read.
pub struct Asked {
    /// The method.
    pub method: Method,
    /// The path as it came, percent-encoding included.
    pub path: String,
    /// The query as it came.
    pub query: String,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
    /// Now, as the mock's clock has it.
    pub now: Micros,
}

impl Asked {
    /// A header's text.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The body as JSON; null where it is none.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }
}

/// An answer.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The headers, `content-type` included.
    pub headers: Vec<(&'static str, String)>,
    /// The body.
    pub body: Bytes,
    /// Whether something was changed.
    pub wrote: bool,
    /// What is counted.
    pub call: String,
}

impl Answer {
    /// JSON.
    #[must_use]
    pub fn json(status: u16, call: &str, value: &Value) -> Self {
        let headers = vec![("content-type", "application/json; charset=utf-8".to_owned())];
        Self { status, headers, body: Bytes::from(value.to_string()), wrote: false, call: call.to_owned() }
    }

    /// Text of a kind.
    #[must_use]
    pub fn text(status: u16, call: &str, content_type: &str, body: impl Into<Bytes>) -> Self {
        Self { status, headers: vec![("content-type", content_type.to_owned())], body: body.into(), wrote: false, call: call.to_owned() }
    }

    /// With one header more.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// Of a call that changed something.
    #[must_use]
    pub fn wrote(mut self) -> Self {
        self.wrote = true;
        self
    }
}

/// A vendor's protocol and books. Synchronous: nothing comes between a check and its effect.
pub trait Personality: Send + Sync {
    /// Answers a request.
    fn answer(&self, asked: &Asked) -> Answer;
    /// What a person does in that system, such as `{"do": "submit", "number": "PO-1"}`; the sentence says what is wrong.
    ///
    /// # Errors
    /// When there is nothing of that name, or the system would not allow it.
    fn person(&self, what: &Value, now: Micros) -> Result<Value, String>;
    /// The books.
    fn state(&self) -> Value;
    /// Ends every session, token and handshake that was given.
    fn expire(&self);
    /// How the vendor says "too many".
    fn throttled(&self) -> Answer;
    /// Orders by what a webhook calls them, each with something that a change changes; none of a vendor without webhooks.
    fn versions(&self) -> BTreeMap<String, String> {
        BTreeMap::new()
    }
    /// What is told of an order; `secret` is what the receiver's registration came with.
    fn telling(&self, _order: &str, _secret: &str) -> Option<Telling> {
        None
    }
}

/// Counters and settings of misbehaviour; a name ending in `_next` counts down.
const SWITCHES: &[&str] = &[
    "rate_limit_next",
    "html_error_page_next",
    "html_login_page_next",
    "error_500_next",
    "hang_up_before_next",
    "drop_after_write_next",
    "malformed_next",
    "slow_next",
    "slow_ms",
    "lost_webhook_next",
    "duplicate_webhook_next",
    "reorder_webhook_next",
];

/// A person's clock may go wrong, not the calendar.
const ADVANCE_SECONDS_MAX: u64 = 366 * 86_400;

/// Time, faults and counts of one mock.
pub struct Stage {
    clock: Clock,
    switches: Mutex<BTreeMap<&'static str, u64>>,
    calls: Mutex<BTreeMap<String, u64>>,
    pub(super) hooks: Hooks,
}

impl Default for Stage {
    fn default() -> Self {
        Self { clock: Clock::new(ClockKind::Real), switches: Mutex::default(), calls: Mutex::default(), hooks: Hooks::default() }
    }
}

impl Stage {
    /// Now.
    pub fn now(&self) -> Micros {
        self.clock.now()
    }

    /// Sets switches; all or nothing.
    ///
    /// # Errors
    /// The sentence names the switch that is unknown or has a wrong value.
    pub fn set(&self, switches: &Value) -> Result<(), String> {
        let mut wanted = Vec::new();
        for (name, value) in switches.as_object().ok_or("switches are a JSON object")? {
            let known = SWITCHES.iter().find(|known| *known == name).ok_or_else(|| format!("there is no switch `{name}`"))?;
            let number = value.as_u64().filter(|number| *number <= 1_000_000).ok_or_else(|| format!("`{name}` is a whole number"))?;
            wanted.push((*known, number));
        }
        lock(&self.switches).extend(wanted);
        Ok(())
    }

    /// Moves the clock.
    pub fn advance(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds.min(ADVANCE_SECONDS_MAX)));
    }

    /// How often each call was answered.
    pub fn calls(&self) -> BTreeMap<String, u64> {
        lock(&self.calls).clone()
    }

    /// Uses up one of a counter.
    fn strikes(&self, name: &'static str) -> bool {
        let mut switches = lock(&self.switches);
        match switches.get_mut(name) {
            Some(left) if *left > 0 => {
                *left -= 1;
                true
            }
            _ => false,
        }
    }

    fn setting(&self, name: &'static str) -> u64 {
        lock(&self.switches).get(name).copied().unwrap_or(0)
    }

    fn shown(&self) -> Value {
        let shown: Map<String, Value> = lock(&self.switches).iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect();
        Value::Object(shown)
    }

    /// Answers a request, or misbehaves.
    pub(super) async fn answer(&self, personality: &dyn Personality, asked: &Asked) -> Response<Body> {
        if let Some(control) = asked.path.strip_prefix("/__mock/") {
            return respond(self.control(personality, control, asked));
        }
        if self.strikes("slow_next") {
            tokio::time::sleep(Duration::from_millis(self.setting("slow_ms").min(120_000))).await;
        }
        if self.strikes("hang_up_before_next") {
            self.count("hung_up_before");
            return hang_up();
        }
        if self.strikes("rate_limit_next") {
            self.count("throttled");
            return respond(personality.throttled());
        }
        if self.strikes("html_error_page_next") {
            return respond(Answer::text(502, "html_error_page", "text/html", "<html><body><h1>502 Bad Gateway</h1></body></html>"));
        }
        if self.strikes("html_login_page_next") {
            let page = "<!DOCTYPE html><html><head><title>Sign in</title></head><body><form></form></body></html>";
            return respond(Answer::text(200, "html_login_page", "text/html; charset=utf-8", page));
        }
        let mut answer = personality.answer(asked);
        self.count(&answer.call);
        if answer.wrote {
            self.tell(personality);
        }
        if answer.wrote && self.strikes("drop_after_write_next") {
            self.count("dropped_after_write");
            return hang_up();
        }
        if answer.wrote && self.strikes("error_500_next") {
            return respond(Answer::text(500, "error_after_write", "text/plain", "Internal Server Error"));
        }
        if self.strikes("malformed_next") {
            answer.body = answer.body.slice(..answer.body.len() / 2);
        }
        respond(answer)
    }

    fn count(&self, call: &str) {
        *lock(&self.calls).entry(call.to_owned()).or_default() += 1;
    }

    fn control(&self, personality: &dyn Personality, what: &str, asked: &Asked) -> Answer {
        let done = |result: Result<Value, String>| match result {
            Ok(value) => Answer::json(200, "control", &value),
            Err(sentence) => Answer::json(422, "control", &json!({"message": sentence})),
        };
        let body = asked.json();
        match (asked.method.as_str(), what) {
            ("GET", "switches") => done(Ok(self.shown())),
            ("PUT", "switches") => done(self.set(&body).map(|()| self.shown())),
            ("POST", "clock") => {
                self.advance(body["advance_seconds"].as_u64().unwrap_or(0));
                done(Ok(json!({"now": self.now().to_rfc3339()})))
            }
            ("POST", "do") => done(self.person(personality, &body)),
            ("GET", "state") => done(Ok(personality.state())),
            ("GET", "calls") => done(Ok(json!(self.calls()))),
            ("GET", "webhooks") => done(Ok(self.hooks.fates())),
            ("POST", "webhook") => {
                let registered = self.register(personality, body["url"].as_str(), body["secret"].as_str().unwrap_or_default());
                done(registered.map(|()| json!({})))
            }
            _ => Answer::json(404, "control", &json!({"message": "there is no such control call"})),
        }
    }

    /// What a person does; `expire_sessions` is common to all.
    pub(super) fn person(&self, personality: &dyn Personality, what: &Value) -> Result<Value, String> {
        if what["do"] == "expire_sessions" {
            personality.expire();
            return Ok(json!({}));
        }
        let done = personality.person(what, self.now());
        self.tell(personality);
        done
    }

    /// Where changes of orders are told.
    pub(super) fn register(&self, personality: &dyn Personality, url: Option<&str>, secret: &str) -> Result<(), String> {
        self.hooks.register(url, secret, personality.versions())
    }

    fn tell(&self, personality: &dyn Personality) {
        let fate = || Fate {
            lost: self.strikes("lost_webhook_next"),
            twice: self.strikes("duplicate_webhook_next"),
            held_back: self.strikes("reorder_webhook_next"),
        };
        self.hooks.tell(|| personality.versions(), |order, secret| personality.telling(order, secret), fate);
    }
}

fn respond(answer: Answer) -> Response<Body> {
    let mut response = Response::new(Body::from(answer.body));
    *response.status_mut() = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    for (name, value) in answer.headers {
        if let Ok(value) = HeaderValue::from_bytes(value.as_bytes()) {
            response.headers_mut().append(HeaderName::from_static(name), value);
        }
    }
    response
}

pub(super) fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}
