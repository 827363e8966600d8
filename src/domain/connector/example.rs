//! Examples beside a connector: recorded pairs of request and answer, replayed without a network.
//!
//! `{operation, input, settings, reference, attempt, exchanges: [{request, response}], class, output, outcome, message}`; one
//! pair may stand as `request` and `response` directly. `outcome` is what is heard where an event reads back with this operation.

use super::auth::{Moment, Proof};
use super::class::Class;
use super::connector::Connector;
use super::event::EventDefinition;
use super::reply::Reply;
use super::request::Request;
use super::run::{Begun, Next, Run};
use super::scopes::{AttemptFacts, Facts};
use crate::domain::flow::event::Outcome;
use crate::domain::value::{Map, Type, Value};
use jiff::Timestamp;
use serde_json::Value as Json;
use std::collections::BTreeSet;
use std::sync::Arc;

/// One thing that differs from what the example says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Where, such as `request.url` or `exchanges[1].request.json`.
    pub place: String,
    /// What the example says.
    pub expected: String,
    /// What is.
    pub actual: String,
}

/// Replays an example; no difference means that it passes.
pub fn replay(connector: &Arc<Connector>, example: &Json) -> Vec<Difference> {
    let mut replay = Replay { connector, example, differences: Vec::new() };
    replay.run();
    replay.differences
}

/// What a connector makes of the answers of an example, whatever the example expects.
#[derive(Clone, Debug)]
pub struct Played {
    /// The requests it made, as far as there were answers, and one more where it asks for more.
    pub requests: Vec<Request>,
    /// What it came to.
    pub answer: super::answer::Answer,
}

/// Plays the answers of an example.
pub fn play(connector: &Arc<Connector>, example: &Json) -> Played {
    let replay = Replay { connector, example, differences: Vec::new() };
    let operation = example.get("operation").and_then(Json::as_str).unwrap_or_default();
    let mut requests = Vec::new();
    let mut run = match Run::start(connector.clone(), operation, replay.facts(), Begun::default()) {
        Ok(run) => run,
        Err(answer) => return Played { requests, answer: *answer },
    };
    let exchanges = replay.exchanges();
    let credentials = connector.auth.handshake().map(super::auth::Handshake::stand_in);
    let moment = Moment::example();
    loop {
        match run.next(&Proof { credentials: credentials.as_ref(), moment: &moment }) {
            Next::Done(answer) => return Played { requests, answer: *answer },
            Next::Send(planned) => {
                let reply = exchanges.get(requests.len()).map(|(_, exchange)| reply_of(exchange.get("response").unwrap_or(&Json::Null)));
                requests.push(planned.request);
                let Some(reply) = reply else {
                    let words = "the example has no further answer";
                    return Played {
                        requests,
                        answer: super::answer::Answer::failed(super::class::Failure::Reset, super::operation::Effect::Read, words),
                    };
                };
                let answer = run.read(&reply);
                run.take(answer, Some(&reply));
            }
        }
    }
}

struct Replay<'a> {
    connector: &'a Arc<Connector>,
    example: &'a Json,
    differences: Vec<Difference>,
}

const KEYS: &[&str] = &[
    "operation",
    "note",
    "settings",
    "input",
    "reference",
    "attempt",
    "request",
    "response",
    "exchanges",
    "class",
    "output",
    "outcome",
    "message",
    "code",
    "cause",
];

impl Replay<'_> {
    fn differ(&mut self, place: impl Into<String>, expected: impl Into<String>, actual: impl Into<String>) {
        self.differences.push(Difference { place: place.into(), expected: expected.into(), actual: actual.into() });
    }

    fn run(&mut self) {
        let Some(object) = self.example.as_object() else {
            return self.differ("", "a mapping", "something else");
        };
        let unknown: Vec<&String> = object.keys().filter(|key| !KEYS.contains(&key.as_str())).collect();
        for key in unknown {
            self.differ(key.clone(), format!("one of {}", KEYS.join(", ")), "an unknown key");
        }
        let Some(operation) = self.example.get("operation").and_then(Json::as_str) else {
            return self.differ("operation", "the name of an operation", "nothing");
        };
        let facts = self.facts();
        let mut run = match Run::start(self.connector.clone(), operation, facts, Begun::default()) {
            Ok(run) => run,
            Err(answer) => return self.compare_end(&answer),
        };
        let exchanges = self.exchanges();
        let credentials = self.connector.auth.handshake().map(super::auth::Handshake::stand_in);
        let (mut at, moment) = (0, Moment::example());
        loop {
            match run.next(&Proof { credentials: credentials.as_ref(), moment: &moment }) {
                Next::Done(answer) => {
                    if at < exchanges.len() {
                        self.differ("exchanges", format!("{} requests", exchanges.len()), format!("{at} requests"));
                    }
                    return self.compare_end(&answer);
                }
                Next::Send(planned) => {
                    let Some((place, exchange)) = exchanges.get(at) else {
                        let sent = format!("{} {}", planned.request.method, planned.request.url);
                        return self.differ("exchanges", "no further request", sent);
                    };
                    self.compare_request(place, exchange.get("request"), &planned.request);
                    let reply = reply_of(exchange.get("response").unwrap_or(&Json::Null));
                    let answer = run.read(&reply);
                    run.take(answer, Some(&reply));
                    at += 1;
                }
            }
        }
    }

    fn exchanges(&self) -> Vec<(String, Json)> {
        match self.example.get("exchanges").and_then(Json::as_array) {
            Some(list) => list.iter().enumerate().map(|(index, exchange)| (format!("exchanges[{index}]."), exchange.clone())).collect(),
            None if self.example.get("response").is_some() => vec![(String::new(), self.example.clone())],
            None => Vec::new(),
        }
    }

    fn facts(&self) -> Facts {
        let text = |key: &str| self.example.get(key).and_then(Json::as_str).unwrap_or_default();
        let attempt = self.example.get("attempt");
        let first_sent_at = attempt.and_then(|attempt| attempt.get("first_sent_at")).and_then(Json::as_str);
        let key = attempt.and_then(|attempt| attempt.get("key")).and_then(Json::as_str).unwrap_or("example-key");
        let number = attempt.and_then(|attempt| attempt.get("number")).and_then(Json::as_u64).unwrap_or(1);
        let settings = self.settings();
        Facts {
            open: self.connector.settings.open_part(&settings),
            settings,
            input: Value::from_json(self.example.get("input").unwrap_or(&Json::Null)),
            reference: Arc::from(text("reference")),
            attempt: AttemptFacts {
                number: u32::try_from(number).unwrap_or(u32::MAX),
                first_sent_at: first_sent_at.and_then(|text| text.parse().ok()),
                key: Arc::from(key),
            },
        }
    }

    /// What the example gives, then defaults, then something that stands for itself.
    fn settings(&self) -> Value {
        let given = Value::from_json(self.example.get("settings").unwrap_or(&Json::Null));
        let mut map = Map::new();
        for (name, field) in &self.connector.settings.fields {
            let value = match given.member(name) {
                Value::Unset => self.connector.defaults.get(name).cloned().unwrap_or_else(|| match (name.as_ref(), &field.of) {
                    ("base_url", _) => Value::text("https://partner.example"),
                    (_, Type::Text | Type::Secret) => Value::text(format!("{name}-setting")),
                    _ => Value::Unset,
                }),
                value => field.of.read(value).unwrap_or_else(|_| value.clone()),
            };
            map.insert(name.clone(), value);
        }
        Value::Map(Arc::new(map))
    }

    fn compare_request(&mut self, place: &str, expected: Option<&Json>, actual: &Request) {
        let Some(expected) = expected else { return };
        let get = |key: &str| expected.get(key);
        if let Some(method) = get("method").and_then(Json::as_str).filter(|method| *method != actual.method) {
            self.differ(format!("{place}request.method"), method, actual.method);
        }
        if let Some(url) = get("url").and_then(Json::as_str).filter(|url| *url != actual.url) {
            self.differ(format!("{place}request.url"), url, actual.url.clone());
        }
        if let Some(path) = get("path").and_then(Json::as_str) {
            let url = url::Url::parse(&actual.url).ok();
            let whole = url.map(|url| url.query().map_or_else(|| url.path().to_owned(), |query| format!("{}?{query}", url.path())));
            let whole = whole.unwrap_or_default();
            if whole != path {
                self.differ(format!("{place}request.path"), path, whole);
            }
        }
        for (name, value) in get("headers").and_then(Json::as_object).into_iter().flatten() {
            let lower = name.to_ascii_lowercase();
            let sent = actual.headers.iter().find(|(known, _)| *known == lower).map(|(_, value)| value.as_str());
            if sent != value.as_str() {
                let place = format!("{place}request.headers.{name}");
                self.differ(place, value.as_str().unwrap_or_default(), sent.unwrap_or("not sent"));
            }
        }
        if let Some(json) = get("json").or_else(|| get("body")) {
            let sent: Json = serde_json::from_slice(&actual.body).unwrap_or(Json::Null);
            self.compare_json(&format!("{place}request.json"), json, &sent);
        }
        if let Some(text) = get("text").and_then(Json::as_str) {
            let sent = String::from_utf8_lossy(&actual.body).into_owned();
            if sent != text {
                self.differ(format!("{place}request.text"), text, sent);
            }
        }
        if let Some(form) = get("form").and_then(Json::as_str) {
            let sent = String::from_utf8_lossy(&actual.body).into_owned();
            if sent != form {
                self.differ(format!("{place}request.form"), form, sent);
            }
        }
    }

    fn compare_end(&mut self, answer: &super::answer::Answer) {
        let class = self.example.get("class").and_then(Json::as_str).unwrap_or("ok");
        if class != answer.class.word() {
            let known = Class::from_word(class).map_or_else(|| format!("{class} (not a class)"), |class| class.word().to_owned());
            self.differ("class", known, format!("{} {}", answer.class.word(), answer.message));
        }
        if let Some(output) = self.example.get("output") {
            // As declared, so that one instant written in two ways is one instant.
            let name = self.example.get("operation").and_then(Json::as_str).unwrap_or_default();
            let written = Value::from_json(output);
            let typed = self.connector.operation(name).and_then(|operation| operation.output_type().read(&written).ok());
            self.compare_json("output", &typed.map_or_else(|| output.clone(), |typed| typed.to_json()), &answer.output.to_json());
        }
        if let Some(expected) = self.example.get("outcome") {
            self.compare_outcome(expected.as_str().unwrap_or("a word"), answer);
        }
        if let Some(message) = self.example.get("message").and_then(Json::as_str).filter(|message| *message != answer.message) {
            self.differ("message", message, answer.message.clone());
        }
        let cause = answer.cause.map_or("", crate::domain::flow::effect::Cause::word);
        if let Some(expected) = self.example.get("cause").and_then(Json::as_str).filter(|expected| *expected != cause) {
            self.differ("cause", expected, cause);
        }
        let code = answer.code.as_deref().unwrap_or_default();
        if let Some(expected) = self.example.get("code").and_then(Json::as_str).filter(|expected| *expected != code) {
            self.differ("code", expected, code);
        }
    }

    /// What an answer means is said by the events that read it; where several do, all of them have to say so.
    fn compare_outcome(&mut self, expected: &str, answer: &super::answer::Answer) {
        if answer.class != Class::Ok {
            return self.differ("outcome", expected, "nothing is heard of an answer that is not `ok`");
        }
        let (connector, example) = (self.connector, self.example);
        let operation = example.get("operation").and_then(Json::as_str).unwrap_or_default();
        let reads = |event: &&EventDefinition| event.then.as_ref().is_some_and(|then| *then.operation == *operation);
        let events: Vec<&EventDefinition> = connector.events.values().filter(reads).filter(|event| event.outcome.is_some()).collect();
        if events.is_empty() {
            return self.differ("outcome", expected, format!("no event with an `outcome` is read back with `{operation}`"));
        }
        for event in events {
            let heard = match event.hear(&answer.output) {
                Ok(heard) => heard.outcome.map_or("nothing", Outcome::word).to_owned(),
                Err(problem) => problem.to_string(),
            };
            if heard != expected {
                self.differ("outcome", expected, format!("{heard} (event `{}`)", event.name));
            }
        }
    }

    fn compare_json(&mut self, place: &str, expected: &Json, actual: &Json) {
        match (expected, actual) {
            (Json::Object(left), Json::Object(right)) => {
                let keys: BTreeSet<&String> = left.keys().chain(right.keys()).collect();
                for key in keys {
                    let (left, right) = (left.get(key), right.get(key));
                    let place = format!("{place}.{key}");
                    match (left, right) {
                        (Some(left), Some(right)) => self.compare_json(&place, left, right),
                        (left, right) => {
                            let show = |side: Option<&Json>| side.map_or_else(|| "nothing".to_owned(), Json::to_string);
                            self.differ(place, show(left), show(right));
                        }
                    }
                }
            }
            (Json::Array(left), Json::Array(right)) if left.len() == right.len() => {
                for (index, (left, right)) in left.iter().zip(right).enumerate() {
                    self.compare_json(&format!("{place}[{index}]"), left, right);
                }
            }
            (left, right) if left == right => {}
            (left, right) => self.differ(place, left.to_string(), right.to_string()),
        }
    }
}

/// `{status, headers, body}`: a text as it is, anything else as JSON.
fn reply_of(response: &Json) -> Reply {
    let status = response.get("status").and_then(Json::as_u64).and_then(|status| u16::try_from(status).ok()).unwrap_or(200);
    let headers = response.get("headers").and_then(Json::as_object);
    let mut headers: Vec<(String, String)> =
        headers.into_iter().flatten().map(|(name, value)| (name.clone(), value.as_str().unwrap_or_default().to_owned())).collect();
    let body = match response.get("json").or_else(|| response.get("body")) {
        Some(Json::String(text)) => text.as_bytes().to_vec(),
        Some(json) => {
            if !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-type")) {
                headers.push(("content-type".to_owned(), "application/json".to_owned()));
            }
            json.to_string().into_bytes()
        }
        None => Vec::new(),
    };
    Reply::new(status, &headers, &body, Timestamp::UNIX_EPOCH)
}
