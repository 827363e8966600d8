//! The trace of a played flow, in words.

use crate::domain::flow::decision::HistoryEntry;
use jiff::Timestamp;
use serde_json::Value as Json;

/// One line of a trace.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct TraceEntry {
    /// When, on the stage's clock.
    pub at: Timestamp,
    /// What happened.
    pub words: String,
}

/// A detail in words: people are named side by side.
fn word(value: &Json) -> String {
    match value {
        Json::String(text) => text.clone(),
        Json::Array(items) => items.iter().map(word).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}

/// A history entry in words.
pub(super) fn of_history(entry: &HistoryEntry) -> String {
    let step = match (&entry.step, entry.visit) {
        (Some(step), Some(visit)) if visit > 1 => format!("{step} (visit {visit})"),
        (Some(step), _) => step.clone(),
        (None, _) => String::new(),
    };
    let get = |key: &str| entry.detail.get(key).map(word);
    let said = |key: &str| get(key).unwrap_or_default();
    match entry.kind.as_str() {
        "started" => format!("the flow starts for {} revision {}", said("document"), said("revision")),
        "entered" => format!("{step}: entered"),
        "skipped" if step.is_empty() => format!("{}: left out, its `when` does not hold", said("step")),
        "skipped" => format!("{step}: skipped"),
        "chose" => format!("{step}: takes the branch {}", said("branch")),
        "decided" => format!("{step}: the table {} decides by row {}", said("table"), said("rows")),
        "subflow" => format!("{step}: begins the flow {}", said("flow")),
        "subflow_ended" if get("taken_back").as_deref() == Some("true") => format!("{step}: its flow is taken back"),
        "subflow_ended" => format!("{step}: its flow ends {}", said("outcome")),
        "called" if get("purpose").as_deref() == Some("reverse") => {
            format!("{step}: takes back with {}.{} as {}", said("connection"), said("operation"), said("reference"))
        }
        "called" => format!("{step}: calls {}.{} as {}", said("connection"), said("operation"), said("reference")),
        "answered" => format!("{step}: answered after the flow left it"),
        "awaiting" => format!("{step}: made {}, waits for {}", said("external_id"), said("event")),
        "heard" | "heard_early" => format!("{step}: hears {} {}", said("event"), said("outcome")).trim_start_matches(": ").to_owned(),
        "outcome" => format!("{step}: outcome {}", said("outcome")),
        "done" => match get("external_id") {
            Some(id) => format!("{step}: done, object {id}"),
            None => format!("{step}: done"),
        },
        "failed" => format!("{step}: failed, {}", said("message")),
        "status" => format!("the document is now {}", said("status")),
        "created" => format!("{step}: makes the {} {}", said("kind"), said("key")),
        "asked" => format!("{step}: asks {} ({})", said("people"), said("mode")),
        "nobody" => format!("{step}: the rules lead to nobody; {}", said("policy")),
        "act" if step.is_empty() => format!("{} says {}", said("by"), said("verb")),
        "act" => format!("{step}: {} says {}", said("by"), said("verb")),
        "turn" => format!("{step}: it is the turn of {}", said("to")),
        "copied" => format!("{step}: tells {}", said("to")),
        "returned" => format!("{step}: goes back to {}", said("to")),
        "urged" => format!("{step}: urges {}", said("to")),
        "handed_over" => format!("{step}: hands over to {}", said("to")),
        "suspended" => "the clocks stand still".to_owned(),
        "resumed" => "the clocks run again".to_owned(),
        "reminded" => format!("{step}: reminds {}", said("to")),
        "escalated" => format!("{step}: escalates to {}", said("to")),
        "notified" => format!("{step}: notifies {}", said("to")),
        "exception" => format!("{step}: stops for a person, {}: {}", said("code"), said("message")),
        "reaction" => format!("{step}: sets in"),
        "reversing" => format!("{step}: reverses"),
        "reversed" => format!("{step}: is reversed"),
        "revision" if entry.detail.get("withdrawn").is_some() => "the source withdraws the document".to_owned(),
        "revision" => format!("the source changes the document to revision {}", said("revision")),
        "command" => format!("a person says {}", said("command")),
        "superseded" => format!("the instance gives way to one for revision {}", said("revision")),
        "ended" => format!("the flow ends {} with status {}", said("outcome"), said("status")),
        "ignored" => format!("{step} nothing follows: {}", said("why")).trim_start().to_owned(),
        other => format!("{step}: {}", other.replace('_', " ")),
    }
}
