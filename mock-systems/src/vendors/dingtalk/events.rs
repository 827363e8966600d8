//! Callbacks: signed, encrypted, to be acknowledged within 1.5 s by an encrypted `success` of their own.

use std::time::Duration;

use axum::http::Method;
use serde_json::{Value, json};

use super::{Dingtalk, Shared};
use crate::vendors::courier::{Letter, dispatch, encoded, send};
use crate::vendors::msgcrypt::Callback;
use crate::world::lock;

/// How fast an acknowledgement is wanted.
const WITHIN: Duration = Duration::from_millis(1_500);

/// What is told of an instance.
pub(super) enum Told {
    InstanceStart,
    InstanceFinish,
    InstanceTerminate,
    TaskStart,
    TaskFinish { agree: bool },
}

/// Tells of an instance as it stands now; the callback is under way when this returns.
pub(super) fn tell(dingtalk: &Shared, id: &str, told: &Told) {
    let Some(event) = event(dingtalk, id, told) else { return };
    deliver(dingtalk, event);
}

fn event(dingtalk: &Dingtalk, id: &str, told: &Told) -> Option<Value> {
    let book = lock(&dingtalk.book);
    let instance = book.get(id)?;
    let millis = |at: crate::instant::Micros| at.0.div_euclid(1_000);
    let mut event = json!({
        "processInstanceId": id, "corpId": "dingmockcorp0001", "businessId": instance.business_id,
        "createTime": millis(instance.created), "title": instance.title, "staffId": instance.originator,
        "processCode": instance.template, "bizCategoryId": "", "url": "https://aflow.dingtalk.com/mock",
    });
    let kind = match told {
        Told::InstanceStart | Told::TaskStart => "start",
        Told::InstanceFinish | Told::TaskFinish { .. } => "finish",
        Told::InstanceTerminate => "terminate",
    };
    event["type"] = json!(kind);
    match told {
        Told::TaskStart | Told::TaskFinish { .. } => {
            event["EventType"] = json!("bpms_task_change");
            let task = instance.tasks.last()?;
            event["taskId"] = json!(task.id);
            event["staffId"] = json!(task.user);
        }
        _ => event["EventType"] = json!("bpms_instance_change"),
    }
    if let Told::TaskFinish { agree } = told {
        event["result"] = json!(if *agree { "agree" } else { "refuse" });
    }
    if let (Told::InstanceFinish, Some(result)) = (told, instance.result) {
        event["result"] = json!(result);
    }
    if let Some(finished) = instance.finished {
        event["finishTime"] = json!(millis(finished));
    }
    Some(event)
}

fn deliver(dingtalk: &Shared, event: Value) {
    let Some(callback) = lock(&dingtalk.callback).clone() else { return };
    let kind = event["EventType"].as_str().unwrap_or_default().to_owned();
    dispatch(&dingtalk.desk, &kind, || {
        let (dingtalk, callback, event) = (dingtalk.clone(), callback.clone(), event.clone());
        async move {
            if let Err(problem) = push(&dingtalk, &callback, &event).await {
                tracing::debug!(problem, "a callback was not acknowledged");
                dingtalk.desk.count("event.failed");
                lock(&dingtalk.failed).push(event);
            } else {
                dingtalk.desk.count("event.acknowledged");
            }
        }
    });
}

/// Sends one event and judges its acknowledgement; the error says what is wrong with it.
pub(super) async fn push(dingtalk: &Dingtalk, callback: &Callback, event: &Value) -> Result<(), String> {
    let desk = &dingtalk.desk;
    let kind = event["EventType"].as_str().unwrap_or_default();
    let (timestamp, nonce) = (desk.now_millis().to_string(), desk.id()[..8].to_owned());
    let owner = if desk.strikes("event_wrong_receiver", kind) { "dingsomebodyelse" } else { &callback.owner };
    let random = desk.id().into_bytes()[..16].try_into().unwrap_or([0; 16]);
    let mut encrypted = callback.encrypt(&event.to_string(), owner, random);
    if desk.is_on("trailing_newline") {
        encrypted.push('\n');
    }
    let mut signature = callback.sign(&timestamp, &nonce, &encrypted);
    if desk.strikes("event_wrong_signature", kind) {
        let first = if signature.starts_with('0') { "1" } else { "0" };
        signature.replace_range(..1, first);
    }
    let query = format!("signature={signature}&msg_signature={signature}&timestamp={timestamp}&nonce={}", encoded(&nonce));
    let body = json!({"encrypt": encrypted}).to_string().into_bytes();
    let letter = Letter { method: Method::POST, query, headers: vec![("content-type", "application/json".to_owned())], body };
    let receipt = send(&callback.url, &letter, WITHIN).await?;
    if receipt.status != 200 {
        return Err(format!("answered with {}", receipt.status));
    }
    let answer: Value = serde_json::from_slice(&receipt.body).map_err(|_| "the acknowledgement is not JSON")?;
    let part = |name: &str| answer[name].as_str().map(str::to_owned).ok_or_else(|| format!("the acknowledgement has no `{name}`"));
    let (time, nonce, encrypted) = (part("timeStamp")?, part("nonce")?, part("encrypt")?);
    if part("msg_signature")? != callback.sign(&time, &nonce, &encrypted) {
        return Err("the acknowledgement's signature is wrong".to_owned());
    }
    match callback.decrypt(&encrypted) {
        Some((word, owner)) if word == "success" && owner == callback.owner => Ok(()),
        _ => Err("the acknowledgement does not say `success`".to_owned()),
    }
}
