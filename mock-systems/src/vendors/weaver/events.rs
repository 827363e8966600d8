//! What an action at a node tells the outside: the vendor has no webhook, so each installation writes its own. This one posts
//! a few fields once, with a word that both sides know in a header, and does not care for the answer.

use std::time::Duration;

use axum::http::Method;
use serde_json::json;

use super::{Shared, Weaver};
use crate::vendors::courier::{Letter, dispatch, send};
use crate::world::lock;

/// A node's action holds up whoever pressed the button, so it does not wait for long.
const WITHIN: Duration = Duration::from_secs(5);

/// Where the action posts to.
#[derive(Clone, Debug)]
pub(super) struct Hook {
    pub url: String,
    pub token: String,
}

/// Tells that something happened to a request: `create`, `submit`, `archive`, `return`, `withdraw`, `revoke`.
pub(super) fn tell(weaver: &Shared, id: u64, kind: &'static str) {
    let Some(hook) = lock(&weaver.hook).clone() else { return };
    let workflow = lock(&weaver.book).get(id).map(|request| request.workflow.clone()).unwrap_or_default();
    dispatch(&weaver.desk, kind, || {
        let (weaver, hook, workflow) = (weaver.clone(), hook.clone(), workflow.clone());
        async move {
            let taken = push(&weaver, &hook, id, &workflow, kind).await;
            weaver.desk.count(if taken { "event.acknowledged" } else { "event.failed" });
        }
    });
}

async fn push(weaver: &Weaver, hook: &Hook, id: u64, workflow: &str, kind: &str) -> bool {
    let token = if weaver.desk.strikes("event_wrong_signature", kind) { "of-somebody-else" } else { &hook.token };
    let id = if weaver.desk.strikes("event_wrong_receiver", kind) { 1 } else { id };
    let body = json!({"requestid": id.to_string(), "workflowid": workflow, "action": kind}).to_string().into_bytes();
    let headers = vec![("content-type", "application/json; charset=utf-8".to_owned()), ("x-waybill-token", token.to_owned())];
    let letter = Letter { method: Method::POST, query: String::new(), headers, body };
    send(&hook.url, &letter, WITHIN).await.is_ok_and(|receipt| receipt.status == 200)
}
