//! A played flow for people: the trace, what came of it, and the question it stands at with an answer to copy.

use serde_json::{Map, Value as Json, json};

use super::output::{many, printable};
use super::table::{fields, time};
use crate::domain::flow::cases::{Asked, CaseResult, Wait, example_of};

/// The whole of it.
pub fn tell(result: &CaseResult, unused: &[&str], scripted: bool) -> String {
    let mut text = String::new();
    for entry in &result.trace {
        text += &format!("{}  {}\n", time(entry.at), printable(&entry.words));
    }
    let calls = result.calls.iter().map(|(name, count)| format!("{name} {count}×")).collect::<Vec<_>>();
    let exceptions = result.exceptions.iter().map(|(code, message)| format!("{code}: {message}")).collect::<Vec<_>>();
    text += "\n";
    text += &fields(&[
        ("path", (!result.path.is_empty()).then(|| result.path.join(" › "))),
        ("outcome", Some(result.outcome.clone().unwrap_or_else(|| "none yet".to_owned()))),
        ("status", (!result.status.is_empty()).then(|| result.status.clone())),
        ("calls", (!calls.is_empty()).then(|| calls.join(", "))),
        ("exceptions", (!exceptions.is_empty()).then(|| exceptions.join("; "))),
        ("not used", (!unused.is_empty()).then(|| unused.join(", "))),
    ]);
    if !scripted && result.failures.is_empty() {
        text += &questions(&result.waits);
    }
    for failure in &result.failures {
        let place = if failure.span.line == 0 { String::new() } else { format!("{}:{}: ", failure.file, failure.span.line) };
        text += &format!("\nFAIL {}\n", printable(&format!("{place}{}", failure.message)));
    }
    text
}

/// What it stands at, with what may be put into the file of answers.
fn questions(waits: &[Wait]) -> String {
    if waits.is_empty() {
        return String::new();
    }
    let mut text = format!("\nIt waits for {}:\n", many(waits.len(), "answer"));
    for wait in waits {
        text += &match &wait.asked {
            Asked::Call { role, operation, input, looks_up: false, .. } => {
                format!("  {role}.{operation}, called by `{}` with {input}\n", wait.step)
            }
            Asked::Call { role, operation, .. } => format!("  {role}.{operation}, the look-up of `{}`\n", wait.step),
            Asked::Event { role, event, id, .. } => format!("  the event {role}.{event} about {id}, awaited by `{}`\n", wait.step),
            Asked::Subflow { flow, .. } => format!("  the end of the flow {flow}, a step by `{}`\n", wait.step),
            Asked::Linked { kind, statuses } => format!("  a status of its {kind} ({}), awaited by `{}`\n", statuses.join(", "), wait.step),
            Asked::People { holders, .. } => format!("  a decision of {}, asked by `{}`\n", holders.join(", "), wait.step),
            Asked::Time(due) => format!("  the time {}, awaited by `{}`\n", time(*due), wait.step),
        };
    }
    text + "\nWrite answers such as these into a file and give it with `--answers`:\n" + &example(waits)
}

/// A file of answers to these questions, in the form that `--answers` reads.
fn example(waits: &[Wait]) -> String {
    let [mut calls, mut events, mut subflows, mut linked, mut people] = [const { String::new() }; 5];
    for wait in waits {
        match &wait.asked {
            Asked::Call { role, operation, output, .. } => calls += &format!("  {role}.{operation}: {}\n", example_of(output)),
            Asked::Event { role, event, output, outcomes, .. } => {
                let mut map = Map::new();
                if *outcomes {
                    map.insert("outcome".to_owned(), json!("approved"));
                } else {
                    map.insert("output".to_owned(), example_of(output));
                }
                events += &format!("  {role}.{event}: {}\n", Json::Object(map));
            }
            Asked::Subflow { flow, output } => {
                subflows += &format!("  {flow}: {}\n", json!({"outcome": "approved", "output": example_of(output)}));
            }
            Asked::Linked { kind, statuses } => linked += &format!("  {kind}: {}\n", statuses.first().map_or("…", String::as_str)),
            Asked::People { verb, .. } => people += &format!("  {}: {verb}\n", wait.step),
            Asked::Time(_) => {}
        }
    }
    let part = |name: &str, lines: String| if lines.is_empty() { String::new() } else { format!("{name}:\n{lines}") };
    part("calls", calls) + &part("events", events) + &part("subflows", subflows) + &part("linked", linked) + &part("people", people)
}
