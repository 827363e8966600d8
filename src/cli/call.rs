//! `waybill call`: one operation at one connection, through the same gateway as the hub.

use std::io::Write;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use clap::Args;
use serde_json::{Value as Json, json};

use super::config_option::ConfigOption;
use super::output::OutputFormat;
use super::partner;
use super::project_option::{Project, ProjectOption, json_argument};
use super::request_text;
use super::table::fields;
use crate::domain::connector::reference::by_hand;
use crate::domain::connector::{Class, Target};
use crate::domain::ids::TenantId;
use crate::domain::value::Value;
use crate::gateway::{AttemptRecord, Call, CallPurpose, Gateway, Performed};
use crate::runtime::{Clock, IdMaker, SystemClock};

/// Performs one operation of a connection, with the hub's own gateway: log-in, limits, allow-list, masking, classes.
///
/// A read is sent at once. A write only shows the masked request that it would send, and what makes a repeat harmless;
/// `--send` sends it. No document, flow or store is involved: what is sent here, the ledger does not know.
/// A connection to this machine itself, such as `waybill mock`, needs `gateway.allow_loopback: true` in the configuration
/// or WAYBILL_GATEWAY_ALLOW_LOOPBACK=true.
///
/// Exit codes: 0 the answer is ok (or nothing was to be sent), 1 another class of answer, 2 it was called wrongly.
///
/// Examples:
///   waybill call erp_hq get_order --input '{"id": "1"}'
///   waybill call oa_main create_approval --input @approval.json
///   waybill call oa_main create_approval --input @approval.json --send
///   waybill call erp_hq get_order --input '{"id": "1"}' --output json | jq .output
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub struct CallArgs {
    /// The connection, such as erp_hq.
    pub(super) connection: String,
    /// The operation of its connector, such as get_order.
    pub(super) operation: String,
    /// The operation's input: JSON, `@FILE`, or `-` for standard input; empty where it is left out.
    #[arg(long, value_name = "JSON")]
    pub(super) input: Option<String>,
    /// Send a write. Without it, a write is only shown.
    #[arg(long)]
    pub(super) send: bool,
    /// Our reference at the partner, for operations that take one; drawn when left out.
    #[arg(long, value_name = "TEXT")]
    reference: Option<String>,
    /// The idempotency key; drawn when left out. Give the same again to repeat a write whose answer was lost.
    #[arg(long, value_name = "TEXT")]
    key: Option<String>,
    /// Seconds for the whole call, log-in and further pages included.
    #[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..=3600))]
    within: u64,
    #[command(flatten)]
    pub(super) project: ProjectOption,
    #[command(flatten)]
    config: ConfigOption,
}

/// Calls, or shows what would be called.
pub async fn run(args: CallArgs, output: OutputFormat) -> anyhow::Result<ExitCode> {
    let project = args.project.load()?;
    let input = json_argument("--input", args.input.as_deref().unwrap_or("{}"))?;
    let called = called(&args, &project, &input, false).await?;
    let text = if output == OutputFormat::Json { format!("{}\n", called.json) } else { called.text };
    std::io::stdout().lock().write_all(text.as_bytes()).context("the result cannot be written")?;
    Ok(if called.good { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

/// A call that was made or shown, in both forms.
pub(super) struct Called {
    pub target: Target,
    /// What came of it; none when a write was only shown.
    pub performed: Option<Performed>,
    pub reference: String,
    pub json: Json,
    pub text: String,
    /// Whether the answer is ok, or nothing was to be sent.
    pub good: bool,
}

/// Calls, or shows what would be called. `loopback` also allows what the configuration would not.
pub(super) async fn called(args: &CallArgs, project: &Project, input: &Json, loopback: bool) -> anyhow::Result<Called> {
    let target = target(project, &args.connection, &args.operation)?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
    let gateway = partner::gateway(&args.project.project, &args.config.load()?.gateway, clock.clone(), loopback);
    let deadline = gateway.deadline(Duration::from_secs(args.within));
    let call = call(args, &target, input, &IdMaker::new(clock), deadline);
    let (result, (json, text, good)) = if target.is_write() && !args.send {
        (None, shown(&gateway, &target, &call))
    } else {
        let result = gateway.perform(&target, call.clone()).await;
        let words = performed(&result, &target, &call);
        (Some(result), words)
    };
    Ok(Called { target, performed: result, reference: call.reference, json, text, good })
}

/// The operation of a connection.
pub(super) fn target(project: &Project, connection: &str, operation: &str) -> anyhow::Result<Target> {
    let catalog = &project.catalog;
    let known = || catalog.connections.keys().map(AsRef::as_ref);
    let found = catalog.connections.get(connection).ok_or_else(|| project.missing("connection", connection, known()))?;
    let connectors = || catalog.connectors.keys().map(AsRef::as_ref);
    let connector = catalog.connectors.get(&found.connector).ok_or_else(|| project.missing("connector", &found.connector, connectors()))?;
    let operations = || connector.operations.keys().map(AsRef::as_ref);
    Target::new(found.clone(), connector.clone(), operation).ok_or_else(|| project.missing("operation", operation, operations()))
}

fn call(args: &CallArgs, target: &Target, input: &Json, ids: &IdMaker, deadline: Duration) -> Call {
    let drawn = ids.next().simple().to_string();
    Call {
        tenant: TenantId::DEFAULT,
        connection: args.connection.clone(),
        operation: args.operation.clone(),
        purpose: CallPurpose::Call,
        input: Value::from_json(input),
        output: Value::Unset,
        reference: args.reference.clone().unwrap_or_else(|| by_hand("CLI", &drawn, target.operation().reference_most())),
        idempotency_key: args.key.clone().unwrap_or(drawn),
        attempt: 1,
        first_sent_at: None,
        due_since: None,
        deadline,
        secrets: Vec::new(),
    }
}

/// What every result begins with.
fn head(target: &Target, call: &Call) -> (Json, String) {
    let promise = target.operation().idempotency.label();
    let effect = if target.is_write() { "write" } else { "read" };
    let json = json!({
        "connection": call.connection,
        "connector": target.connector().id,
        "operation": call.operation,
        "effect": effect,
        "promise": promise,
        "read_back": target.reads_back(),
        "reference": call.reference,
        "key": call.idempotency_key,
    });
    let text = fields(&[
        ("operation", Some(format!("{}.{} ({effect} of {})", call.connection, call.operation, target.connector().id))),
        ("promise", Some(promise)),
        ("read back", target.reads_back().then(|| "the hub reads back whether it was really done; this call does not".to_owned())),
        ("reference", target.is_write().then(|| call.reference.clone())),
        ("key", target.is_write().then(|| call.idempotency_key.clone())),
    ]);
    (json, text)
}

/// A write that is not sent.
fn shown(gateway: &Gateway, target: &Target, call: &Call) -> (Json, String, bool) {
    let (mut json, mut text) = head(target, call);
    json["sent"] = json!(false);
    match gateway.plan(target, call) {
        Ok(planned) => {
            let request = parsed(&planned.request);
            text += &format!("\nWould send ({}):\n{}", planned.operation, request_text::request(&request));
            text += "\nNothing was sent. Add `--send` to send it.\n";
            json["request"] = request;
            (json, text, true)
        }
        Err(answer) => {
            json["class"] = json!(answer.class);
            json["message"] = json!(answer.message);
            text += &format!("\nIt cannot be sent: {}\n", answer.message);
            (json, text, false)
        }
    }
}

fn performed(performed: &Performed, target: &Target, call: &Call) -> (Json, String, bool) {
    let (mut json, mut text) = head(target, call);
    let good = performed.class == Class::Ok;
    json["sent"] = json!(!performed.attempts.is_empty());
    json["attempts"] = performed.attempts.iter().map(attempt_json).collect();
    json["class"] = json!(performed.class);
    json["message"] = json!(performed.message);
    json["code"] = json!(performed.code);
    json["retry_after"] = json!(performed.retry_after);
    json["output"] = if performed.output.is_unset() { Json::Null } else { performed.output.to_json() };
    for attempt in &performed.attempts {
        let status = attempt.status.map_or_else(|| "no answer".to_owned(), |status| format!("HTTP {status}"));
        text += &format!("\n{}: {status} after {} ms, {}\n", attempt.operation, attempt.duration_millis, attempt.class.word());
        text += &request_text::request(&parsed(&attempt.request));
        if !attempt.response.is_empty() {
            text += &request_text::response(&parsed(&attempt.response));
        }
    }
    text.push('\n');
    text += &fields(&[
        ("class", Some(performed.class.word().to_owned())),
        ("message", performed.message.clone()),
        ("code", performed.code.clone()),
        ("try again", performed.retry_after.map(super::table::time)),
        ("next", next(performed, target)),
    ]);
    if good {
        text += &format!("output\n{}\n", request_text::indented(&json["output"]));
    }
    (json, text, good)
}

/// What to do about an answer that leaves a write open, or about a call that the allow-list kept back.
fn next(performed: &Performed, target: &Target) -> Option<String> {
    if performed.code.as_deref() == Some("egress_blocked") {
        return Some("this machine itself needs `gateway.allow_loopback: true`; other such addresses are never called".to_owned());
    }
    if performed.class != Class::Unknown || !target.is_write() {
        return None;
    }
    let idempotency = &target.operation().idempotency;
    Some(if idempotency.may_repeat_blindly() {
        "it may have happened; repeat it with the same `--reference` and `--key`".to_owned()
    } else {
        "it may have happened; look for the reference at the partner before you repeat it".to_owned()
    })
}

fn attempt_json(attempt: &AttemptRecord) -> Json {
    json!({
        "operation": attempt.operation,
        "started_at": attempt.started_at,
        "duration_millis": attempt.duration_millis,
        "status": attempt.status,
        "class": attempt.class,
        "message": attempt.message,
        "request": parsed(&attempt.request),
        "response": parsed(&attempt.response),
    })
}

fn parsed(text: &str) -> Json {
    serde_json::from_str(text).unwrap_or(Json::Null)
}
