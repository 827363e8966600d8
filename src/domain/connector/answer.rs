//! From an HTTP answer (or none) to what it means: class, typed output, words for people.

use super::class::{Class, Failure, of_status};
use super::connector::Connector;
use super::fault;
use super::operation::{Effect, Operation};
use super::reply::{BodyForm, Reply};
use super::rule::{Verdict, first_match, shorten};
use super::scopes::Facts;
use crate::domain::expression::{Budget, Scope};
use crate::domain::flow::effect::Cause;
use crate::domain::value::Value;

/// What an operation came to.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// What it means for what happens next.
    pub class: Class,
    /// The cause an exception gets; none when it is ok.
    pub cause: Option<Cause>,
    /// The declared output; unset unless the class is ok.
    pub output: Value,
    /// The body as it came, kept beside the output because mappings read the vendor's own form.
    pub payload: Value,
    /// Words for people; empty when it is ok. May hold the partner's words, never a secret of ours once recorded.
    pub message: String,
    /// The partner's code, or ours: `egress_blocked`, `bad_answer`, `page_loop`, …
    pub code: Option<String>,
    /// Earliest next try, milliseconds from now.
    pub retry_after_millis: Option<u64>,
    /// Rules that could not be evaluated.
    pub notes: Vec<String>,
    /// It answered success, but not what is declared: asking again gives the same, and a write has probably been done.
    pub misread: bool,
    /// That the object is not there is an answer: a rule says so, or all of the output is optional. Else it may be a wrong path.
    pub absence_is_said: bool,
}

impl Answer {
    /// Success with an output.
    pub fn ok(output: Value) -> Answer {
        Answer {
            class: Class::Ok,
            cause: None,
            output,
            payload: Value::Unset,
            message: String::new(),
            code: None,
            retry_after_millis: None,
            notes: Vec::new(),
            misread: false,
            absence_is_said: false,
        }
    }

    /// Something of ours or of the definition's stopped it before or after the partner had its say.
    pub fn stopped(class: Class, cause: Cause, code: &str, message: impl Into<String>) -> Answer {
        Answer {
            class,
            cause: Some(cause),
            output: Value::Unset,
            payload: Value::Unset,
            message: message.into(),
            code: Some(code.to_owned()),
            retry_after_millis: None,
            notes: Vec::new(),
            misread: false,
            absence_is_said: false,
        }
    }

    /// No answer came.
    pub fn failed(failure: Failure, effect: Effect, message: impl Into<String>) -> Answer {
        let (class, cause) = failure.class(effect);
        Answer::stopped(class, cause, failure.word(), message)
    }
}

/// Reads an answer: ordered rules of the operation, then of the connector, then of the auth kind, then the table.
pub fn read(connector: &Connector, operation: &Operation, facts: &Facts, reply: &Reply) -> Answer {
    let reply = operation.decode.apply(reply);
    let reply = reply.as_ref();
    let scope = facts.open_scope().with("response", reply.value());
    let mut notes = Vec::new();
    let (mut answer, by_rule) = ruled(connector, operation, reply, &scope, &mut notes);
    if answer.class == Class::Ok {
        answer = read_output(operation, reply, &scope, by_rule);
    }
    if let (Class::Ok, Some(results)) = (answer.class, &operation.results)
        && let Some(judged) = results.judge(reply, &scope)
    {
        answer = judged;
    }
    answer.notes = notes;
    answer.absence_is_said = answer.class == Class::NotFound && (by_rule || operation.output.all_optional());
    answer
}

/// Reads an answer that tells of many items as far as it is about the whole request: without an output, which each item has.
pub(super) fn read_whole(connector: &Connector, operation: &Operation, facts: &Facts, reply: &Reply) -> Answer {
    let reply = operation.decode.apply(reply);
    let reply = reply.as_ref();
    let scope = facts.open_scope().with("response", reply.value());
    let mut notes = Vec::new();
    let (answer, by_rule) = ruled(connector, operation, reply, &scope, &mut notes);
    let unread = (answer.class == Class::Ok).then(|| unread(operation.effect, reply, by_rule)).flatten();
    Answer { notes, ..unread.unwrap_or(answer) }
}

/// What the rules say, else the status; and whether a rule said it.
fn ruled(connector: &Connector, operation: &Operation, reply: &Reply, scope: &Scope<'_>, notes: &mut Vec<String>) -> (Answer, bool) {
    let rules = operation.responses.iter().chain(&connector.responses);
    let verdict = match first_match(rules, reply, scope, notes) {
        Some(verdict) => Some(verdict),
        None => expired(connector, scope, notes),
    };
    match verdict {
        Some(verdict) => (from_verdict(connector, verdict, operation.effect, reply), true),
        None => (from_status(connector, operation.effect, reply), false),
    }
}

/// Reads the class of an answer to a handshake: the same rules, no output.
pub fn read_handshake(connector: &Connector, settings: &Value, reply: &Reply) -> Answer {
    let scope = Scope::default()
        .with("settings", connector.settings.open_part(settings))
        .with("response", reply.value())
        .with("input", Value::Unset);
    let mut notes = Vec::new();
    let mut answer = match first_match(&connector.responses, reply, &scope, &mut notes) {
        Some(verdict) => from_verdict(connector, verdict, Effect::Read, reply),
        None => from_status(connector, Effect::Read, reply),
    };
    answer.notes = notes;
    answer
}

fn expired(connector: &Connector, scope: &Scope<'_>, notes: &mut Vec<String>) -> Option<Verdict> {
    let expired = connector.auth.expired_when()?;
    match expired.holds(scope, &mut Budget::default()) {
        Ok(true) => Some(Verdict { class: Class::AuthExpired, cause: None, message: None, code: None, retry_after_millis: None }),
        Ok(false) => None,
        Err(error) => {
            notes.push(format!("`expired_when` does not match because {error}"));
            None
        }
    }
}

pub(super) fn from_verdict(connector: &Connector, verdict: Verdict, effect: Effect, reply: &Reply) -> Answer {
    let class = verdict.class.of(effect);
    let message = match class {
        Class::Ok => String::new(),
        _ => verdict.message.unwrap_or_else(|| default_message(connector, reply)),
    };
    Answer {
        class,
        cause: if class == Class::Ok { None } else { verdict.cause.or(class.cause()) },
        message,
        code: verdict.code,
        retry_after_millis: retry_after(class, reply.retry_after_millis.or(verdict.retry_after_millis)),
        ..Answer::ok(Value::Unset)
    }
}

pub(super) fn from_status(connector: &Connector, effect: Effect, reply: &Reply) -> Answer {
    if let Some(fault) = fault::read(reply, effect) {
        let stopped = Answer::stopped(fault.class, Cause::Unknown, "soap_fault", fault.message);
        return Answer { cause: fault.cause, code: fault.code.or(stopped.code.clone()), ..stopped };
    }
    let (class, cause) = of_status(reply.status, effect);
    Answer {
        class,
        cause,
        message: if class == Class::Ok { String::new() } else { default_message(connector, reply) },
        retry_after_millis: retry_after(class, reply.retry_after_millis),
        ..Answer::ok(Value::Unset)
    }
}

/// A partner that says "too many" and not until when still wants a pause.
const RATE_LIMITED_PAUSE_MILLIS: u64 = 1_000;

fn retry_after(class: Class, said: Option<u64>) -> Option<u64> {
    match class {
        Class::RateLimited => Some(said.unwrap_or(RATE_LIMITED_PAUSE_MILLIS)),
        Class::Retryable => said,
        _ => None,
    }
}

/// A status, and the partner's own sentence where it stands in one of the usual places.
fn default_message(connector: &Connector, reply: &Reply) -> String {
    let told = ["message", "detail", "error_description", "errmsg", "msg", "error", "title"].into_iter().find_map(|name| {
        match reply.body.member(name) {
            Value::Text(text) => Some(text.to_string()),
            nested => nested.member("message").as_text().map(str::to_owned),
        }
    });
    match told.filter(|told| !told.trim().is_empty()) {
        // The statuses of other kinds are ours, and say nothing to people that the words do not say better.
        Some(told) if !connector.reach.kind.is_http() => shorten(&told),
        None if !connector.reach.kind.is_http() => format!("status {}", reply.status),
        Some(told) => shorten(&format!("HTTP {}: {told}", reply.status)),
        None => format!("HTTP {}", reply.status),
    }
}

fn read_output(operation: &Operation, reply: &Reply, scope: &Scope<'_>, by_rule: bool) -> Answer {
    if let Some(unread) = unread(operation.effect, reply, by_rule) {
        return unread;
    }
    match operation.output.extract(&reply.body, &reply.headers, scope) {
        Ok(output) => Answer { payload: reply.body.clone(), ..Answer::ok(output) },
        Err(error) => {
            let status = if reply.status == 0 { String::new() } else { format!(" with status {}", reply.status) };
            let held = held(&reply.body);
            misread(operation, &format!("answered{status}, but {error}; the answer holds {held}"))
        }
    }
}

/// Success in a form that holds no data.
fn unread(effect: Effect, reply: &Reply, by_rule: bool) -> Option<Answer> {
    match reply.form {
        BodyForm::Malformed => Some(bad_answer(effect, "the answer is neither valid JSON nor valid XML".to_owned())),
        // Success with an HTML page is a proxy or a login page speaking, unless a rule says otherwise.
        BodyForm::Html if !by_rule => Some(bad_answer(effect, "the answer is an HTML page where data is expected".to_owned())),
        _ => None,
    }
}

/// Members that are named to people where the answer is not what is declared.
const NAMES_MAX: usize = 8;

/// What an answer holds, by names alone: values may be anybody's secrets.
fn held(body: &Value) -> String {
    match body {
        Value::Unset | Value::Null => "nothing".to_owned(),
        Value::Map(map) if map.is_empty() => "nothing".to_owned(),
        Value::Map(map) => {
            let mut names: Vec<String> = map.keys().take(NAMES_MAX).map(|name| format!("`{}`", shorten(name))).collect();
            if map.len() > NAMES_MAX {
                names.push("…".to_owned());
            }
            names.join(", ")
        }
        Value::List(items) => format!("a list of {}", items.len()),
        other => other.kind().to_owned(),
    }
}

/// The partner took it and said so, but its answer is not what the operation declares. Nothing is mended by asking again: of a
/// write it is for the look-up or a person to say what came of it.
pub(super) fn misread(operation: &Operation, what: &str) -> Answer {
    let message = format!("`{}` {what}", operation.name);
    let class = if operation.effect == Effect::Write { Class::Unknown } else { Class::Retryable };
    Answer { misread: true, ..Answer::stopped(class, Cause::DataWrong, "bad_answer", message) }
}

/// Success was said, but not even in a form that can be read. A write may well have happened.
pub(super) fn bad_answer(effect: Effect, message: String) -> Answer {
    match effect {
        Effect::Write => Answer::stopped(Class::Unknown, Cause::Unknown, "bad_answer", message),
        Effect::Read => Answer::stopped(Class::Retryable, Cause::PartnerDown, "bad_answer", message),
    }
}

/// Extracts rows for the page guard without failing.
pub(super) fn rows_of(operation: &Operation, output: &Value) -> Value {
    operation.output.rows().map_or(Value::Unset, |rows| output.member(rows).clone())
}
