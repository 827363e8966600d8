//! Reading: one instance by code or uuid, lists by windows of ten hours, a definition.

use axum::body::Body;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, Response};
use serde::Deserialize;
use serde_json::{Value, json};

use super::Shared;
use super::book::{Instance, millis, millis_or_zero};
use super::front::{call, invalid};
use crate::world::lock;

/// Longest window of a list, milliseconds.
const WINDOW_MILLIS: i64 = 10 * 3_600_000;

pub(super) async fn get(State(feishu): State<Shared>, Path(id): Path<String>, headers: HeaderMap) -> Response<Body> {
    call(feishu, "get", &headers, |feishu| match lock(&feishu.book).find(&id) {
        Some(instance) => Ok(shown(instance)),
        None => Err(invalid(60_003, "instance code not found")),
    })
    .await
}

fn shown(instance: &Instance) -> Value {
    let tasks: Vec<Value> = instance
        .tasks
        .iter()
        .map(|task| {
            json!({
                "id": task.id, "user_id": task.user, "open_id": format!("ou_{}", task.user), "status": task.status, "node_id": "node-1",
                "node_name": "审批", "custom_node_id": "", "type": "AND", "start_time": millis(task.started),
                "end_time": millis_or_zero(task.ended),
            })
        })
        .collect();
    let mut shown = json!({
        "approval_code": instance.template, "approval_name": "采购订单审批", "instance_code": instance.code, "serial_number": instance.serial,
        "user_id": instance.originator, "open_id": format!("ou_{}", instance.originator), "department_id": instance.department,
        "status": instance.status, "uuid": instance.uuid, "start_time": millis(instance.started), "end_time": millis_or_zero(instance.ended),
        "form": instance.form, "task_list": tasks, "comment_list": instance.comments, "timeline": instance.timeline,
        "modified_instance_code": "", "reverted_instance_code": "",
    });
    // Only what was taken back after approval has the mark at all.
    if instance.reverted {
        shown["reverted"] = json!(true);
    }
    shown
}

#[derive(Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    approval_code: String,
    start_time: i64,
    end_time: i64,
    #[serde(default = "hundred")]
    page_size: usize,
    #[serde(default)]
    page_token: String,
}

fn hundred() -> usize {
    100
}

pub(super) async fn list(State(feishu): State<Shared>, Query(asked): Query<Asked>, headers: HeaderMap) -> Response<Body> {
    call(feishu, "list", &headers, |feishu| {
        if asked.end_time < asked.start_time || asked.end_time - asked.start_time > WINDOW_MILLIS {
            return Err(invalid(60_001, "the window is at most 10 hours"));
        }
        if !(1..=100).contains(&asked.page_size) {
            return Err(invalid(60_001, "page_size is at most 100"));
        }
        let visible = feishu.desk.now_millis() - feishu.desk.number("list_lag_ms", 0);
        let book = lock(&feishu.book);
        let fits = |instance: &&Instance| {
            let started = instance.started.0.div_euclid(1_000);
            instance.template == asked.approval_code && (asked.start_time..=asked.end_time).contains(&started) && started <= visible
        };
        let all: Vec<&Instance> = book.instances.iter().filter(fits).collect();
        let skip: usize = asked.page_token.parse().unwrap_or(0);
        let codes: Vec<&String> = all.iter().skip(skip).take(asked.page_size).map(|instance| &instance.code).collect();
        let end = skip + codes.len();
        Ok(json!({"instance_code_list": codes, "has_more": end < all.len(), "page_token": if end < all.len() { end.to_string() } else { String::new() }}))
    })
    .await
}

pub(super) async fn definition(State(feishu): State<Shared>, Path(code): Path<String>, headers: HeaderMap) -> Response<Body> {
    call(feishu, "definition", &headers, |feishu| {
        let book = lock(&feishu.book);
        let template = book.templates.iter().find(|template| template.code == code);
        let template = template.ok_or_else(|| invalid(60_002, "approval code not found"))?;
        let controls: Vec<Value> = template
            .fields
            .iter()
            .map(|field| {
                let children: Vec<Value> =
                    field.columns.iter().map(|column| json!({"id": column.id, "name": column.label, "type": column.kind})).collect();
                json!({"id": field.id, "name": field.label, "type": field.kind, "required": field.required, "children": children})
            })
            .collect();
        Ok(json!({"approval_name": template.name, "status": "ACTIVE", "form": json!(controls).to_string(), "node_list": []}))
    })
    .await
}
