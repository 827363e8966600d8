//! `waybill connector try`: one operation, and what its answer means for the definition.

use std::io::Write;
use std::process::ExitCode;

use anyhow::Context;
use clap::Args;
use serde_json::Value as Json;

use super::super::call::{CallArgs, Called, called, target};
use super::super::exit::Exit;
use super::super::output::OutputFormat;
use super::super::project_option::{Project, json_argument};
use crate::domain::connector::draft::Draft;
use crate::domain::connector::{Class, Target};

/// Performs one operation of a connection as `waybill call` does, and says what the answer means for the definition.
///
/// Without `--input`, the input of the operation's first example is taken. A read is sent at once; a write shows its request
/// and what makes a repeat harmless, `--send` sends it. Requests and answers are shown as the hub would keep them: masked.
///
/// Examples:
///   waybill connector try erp_hq get_order --input '{"id": "1"}' --loopback
///   waybill connector try oa_main create_approval --input @approval.json --send
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub struct TryArgs {
    #[command(flatten)]
    call: CallArgs,
    /// Allows systems on this machine itself, as `gateway.allow_loopback` does for the hub.
    #[arg(long)]
    loopback: bool,
}

/// Tries.
pub async fn run(args: TryArgs, output: OutputFormat) -> anyhow::Result<ExitCode> {
    let project = args.call.project.load()?;
    let (input, from) = input(&args.call, &project)?;
    let mut called = called(&args.call, &project, &input, args.loopback).await?;
    let words = meaning(&called);
    let text = match output {
        OutputFormat::Json => {
            called.json["meaning"] = words.into();
            format!("{}\n", called.json)
        }
        OutputFormat::Text => {
            let from = from.map(|from| format!("input       that of {from}\n")).unwrap_or_default();
            let line = |words: &str| words.lines().map(super::super::output::printable).collect::<Vec<_>>().join("\n");
            let words: String = words.iter().map(|words| format!("  - {}\n", line(words))).collect();
            format!("{from}{}\nWhat it means:\n{words}", called.text)
        }
    };
    std::io::stdout().lock().write_all(text.as_bytes()).context("the result cannot be written")?;
    Ok(if called.good { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

/// The input that is given, else that of the first example, and then where it stands.
pub fn input(args: &CallArgs, project: &Project) -> anyhow::Result<(Json, Option<String>)> {
    if let Some(given) = &args.input {
        return Ok((json_argument("--input", given)?, None));
    }
    let target = target(project, &args.connection, &args.operation)?;
    let folder = format!("connectors/{}/examples/", target.connector().id);
    let examples = project.catalog.files.iter().filter(|(path, _)| path.starts_with(&folder) && path.ends_with(".json"));
    let example = examples.filter_map(|(path, text)| Some((path, serde_json::from_str::<Json>(text).ok()?)));
    let found = example
        .filter(|(_, example)| example["operation"] == args.operation)
        .map(|(path, mut example)| (path.to_string(), example["input"].take()));
    if let Some((path, mut input)) = found.into_iter().next() {
        if let Some(members) = input.as_object_mut() {
            // The hub's own reference, not the one that was recorded.
            members.remove("reference");
        }
        return Ok((input, Some(path)));
    }
    let wanted: Vec<String> = target
        .operation()
        .input
        .fields
        .iter()
        .filter(|(name, field)| field.required && name.as_ref() != "reference")
        .map(|(name, field)| format!("`{name}` ({})", field.of.name()))
        .collect();
    if wanted.is_empty() {
        return Ok((serde_json::json!({}), None));
    }
    let message = format!("`{}` wants {}, and there is no example to take them from", args.operation, wanted.join(", "));
    Err(Exit::usage(message).hint("give them with `--input '{…}'`").into())
}

/// What the answer means for the hub and for whoever writes the definition.
fn meaning(called: &Called) -> Vec<String> {
    let Some(performed) = &called.performed else {
        return vec!["nothing was sent: read the request, then add `--send`".to_owned()];
    };
    let mut words = vec![class(performed.class, &called.target).to_owned()];
    let last = performed.attempts.last();
    let response: Json = last.and_then(|attempt| serde_json::from_str::<Json>(&attempt.response).ok()).unwrap_or_default();
    let body = response["body"].clone();
    if body.to_string().contains("/Date(") {
        words.push("dates stand as `/Date(…)/`: `decode: [{odata_dates: $}]` makes instants of them".to_owned());
    }
    match (performed.class, performed.code.as_deref()) {
        (Class::Ok, _) => {
            words.extend(unset(called));
            if called.target.operation().output.of.fields.is_empty() && let Some(output) = Draft::output_of(&body) {
                words.push(format!("the operation takes nothing out of it. This answer suggests:\n{output}"));
            }
        }
        _ if response["headers"]["x-csrf-token"].is_string() => words.push(
            "the partner wants a token fetched before a write: `csrf: {fetch: {method: GET, path: …}}` under `auth`; see `csrf` in docs/reference/language.md"
                .to_owned(),
        ),
        _ if response["status"] == 401 => {
            words.push("the partner does not believe who we are: look at `auth`, and at the settings of the connection".to_owned());
        }
        (_, Some("egress_blocked")) => words.push("the address is not on `egress.allow` of the connection, or is this machine itself: then add `--loopback`".to_owned()),
        (_, Some("bad_answer")) => {
            if let Some(members) = body.as_object() {
                let names: Vec<&str> = members.keys().map(String::as_str).take(20).collect();
                words.push(format!("the answer has: {}; the paths under `output` begin there", names.join(", ")));
            }
            words.push("an answer that says no with status 200 wants a rule under `responses`".to_owned());
        }
        (_, Some("bad_input" | "cannot_build")) => words.push("nothing was sent: the input does not fit what the operation declares".to_owned()),
        (Class::Refused | Class::Unknown | Class::Retryable, None) if last.is_some_and(|attempt| attempt.status.is_some()) => {
            words.push("no rule of the connector spoke; the status decided. A rule under `responses` can know better, and tell the partner's own words (`message: {from: …}`)".to_owned());
        }
        _ => {}
    }
    words
}

/// Outputs that the answer does not have.
fn unset(called: &Called) -> Option<String> {
    let output = called.json["output"].as_object()?;
    let declared = &called.target.operation().output.of.fields;
    let missing: Vec<&str> = declared.keys().map(AsRef::as_ref).filter(|name: &&str| !output.contains_key(*name)).collect();
    (!missing.is_empty()).then(|| format!("not in this answer: {}", missing.join(", ")))
}

fn class(class: Class, target: &Target) -> &'static str {
    match (class, target.is_write()) {
        (Class::Ok, _) => "ok: the flow goes on with the output",
        (Class::NotFound, _) => "not_found: the object is not there; a look-up reads this as no",
        (Class::Conflict, _) => "conflict: somebody changed it; the hub reads again and decides again",
        (Class::Refused, _) => "refused: a repeat will not help; the effect stands in an exception with the partner's words",
        (Class::AuthExpired, _) => "auth_expired: the hub logged in anew once and was still not believed; look at the credentials",
        (Class::RateLimited, _) => "rate_limited: surely not done; the hub waits as long as the partner asks",
        (Class::Retryable, _) => "retryable: surely not done; the hub tries again with growing waits",
        (Class::Unknown, true) => "unknown: it may have happened; the hub finds out as the promise says, before it repeats anything",
        (Class::Unknown, false) => "unknown",
    }
}
