//! The OA's HTTP interface. Its application errors come with status 200 and an `errcode`.

use axum::Router;
use axum::body::Body;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, Response};
use axum::routing::{get, post};
use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::json;
use serde_json::value::RawValue;

use crate::erp::{PAGE_SIZE, Window, visible_until};
use crate::finance::key;
use crate::front::{Intent, Kind, Operation, perform, sign_in};
use crate::oa::book::ApprovalStatus;
use crate::oa::create::create;
use crate::oa::decide::{Change, change};
use crate::reply::Reply;
use crate::world::{Shared, System, lock};

const CREATE: Operation = Operation { name: "create_approval", kind: Kind::Create };
const LIST: Operation = Operation { name: "list_approvals", kind: Kind::Read };
const GET: Operation = Operation { name: "get_approval", kind: Kind::Read };
const WITHDRAW: Operation = Operation { name: "withdraw_approval", kind: Kind::Change };

pub(crate) fn router(world: Shared) -> Router {
    Router::new()
        .route("/token", post(token))
        .route("/approvals", post(submit).get(list))
        .route("/approvals/{id}", get(show))
        .route("/approvals/{id}/withdraw", post(withdraw))
        .with_state(world)
}

async fn token(State(world): State<Shared>, body: Bytes) -> Response<Body> {
    sign_in(&world, System::Oa, &body).await
}

async fn submit(State(world): State<Shared>, headers: HeaderMap, body: Bytes) -> Response<Body> {
    let key = key(&headers);
    let work = move |world: &Shared, intent| create(world, &body, key.as_deref(), intent);
    perform(world, System::Oa, CREATE, &headers, Box::new(work)).await
}

/// Narrows a list.
#[derive(Deserialize)]
struct Filter {
    /// Only approvals with this reference; some OAs can search by the caller's number, some cannot.
    reference: Option<String>,
}

async fn list(
    State(world): State<Shared>,
    Query(window): Query<Window>,
    Query(filter): Query<Filter>,
    headers: HeaderMap,
) -> Response<Body> {
    let work = move |world: &Shared, _| {
        let (since, page) = match window.read() {
            Ok(read) => read,
            Err(problem) => return Reply::errcode(40000, problem),
        };
        let lag_ms = world.front(System::Oa).with_switches(|switches| switches.visible_within_ms);
        let until = visible_until(world, System::Oa, lag_ms);
        let rows = lock(&world.oa).page(since, until, filter.reference.as_deref(), page, PAGE_SIZE);
        let items: Vec<_> = rows.iter().map(|(id, changed_at)| json!({"id": id, "changed_at": changed_at.to_rfc3339()})).collect();
        Reply::json(200, &json!({"items": items}))
    };
    perform(world, System::Oa, LIST, &headers, Box::new(work)).await
}

#[derive(Serialize)]
struct Shown<'a> {
    id: &'a str,
    reference: &'a str,
    title: &'a str,
    originator: &'a str,
    status: &'static str,
    holders: &'a [String],
    changed_at: String,
    form: &'a RawValue,
    comments: &'a [String],
}

async fn show(State(world): State<Shared>, Path(id): Path<String>, headers: HeaderMap) -> Response<Body> {
    let work = move |world: &Shared, _| match lock(&world.oa).get(&id) {
        None => unknown(&id),
        Some(approval) => Reply::json(
            200,
            &Shown {
                id: &id,
                reference: &approval.reference,
                title: &approval.title,
                originator: &approval.originator,
                status: approval.status.name(),
                holders: &approval.holders,
                changed_at: approval.changed_at.to_rfc3339(),
                form: &approval.form,
                comments: &approval.comments,
            },
        ),
    };
    perform(world, System::Oa, GET, &headers, Box::new(work)).await
}

async fn withdraw(State(world): State<Shared>, Path(id): Path<String>, headers: HeaderMap) -> Response<Body> {
    let work = move |world: &Shared, intent| {
        let done = || Reply::json(200, &json!({"errcode": 0, "errmsg": "ok", "id": id}));
        if intent == Intent::Pretend {
            return done();
        }
        match change(world, &id, ApprovalStatus::Withdrawn, None) {
            Change::Done | Change::Repeat => done(),
            Change::Unknown => unknown(&id),
            Change::Forbidden(status) => Reply::errcode(40901, &format!("approval `{id}` is {} and cannot be withdrawn", status.name())),
        }
    };
    perform(world, System::Oa, WITHDRAW, &headers, Box::new(work)).await
}

fn unknown(id: &str) -> Reply {
    Reply::errcode(40400, &format!("no approval `{id}`"))
}
