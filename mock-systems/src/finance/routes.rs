//! The HTTP interface of finance.

use axum::Router;
use axum::body::Body;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, Response};
use axum::routing::{get, post};
use bytes::Bytes;
use serde::Deserialize;
use serde_json::json;

use crate::erp::visible_until;
use crate::finance::create::create;
use crate::finance::keys::key;
use crate::finance::payments;
use crate::front::{Intent, Kind, Operation, perform, sign_in};
use crate::reply::Reply;
use crate::world::{Shared, System, lock};

const CREATE: Operation = Operation { name: "create_payable", kind: Kind::Create };
const FIND: Operation = Operation { name: "find_payable", kind: Kind::Read };
const GET: Operation = Operation { name: "get_payable", kind: Kind::Read };
const VOID: Operation = Operation { name: "void_payable", kind: Kind::Change };

pub(crate) fn router(world: Shared) -> Router {
    Router::new()
        .route("/token", post(token))
        .route("/payables", post(submit).get(find))
        .route("/payables/{id}", get(show))
        .route("/payables/{id}/void", post(void))
        .merge(payments::router())
        .with_state(world)
}

async fn token(State(world): State<Shared>, body: Bytes) -> Response<Body> {
    sign_in(&world, System::Finance, &body).await
}

async fn submit(State(world): State<Shared>, headers: HeaderMap, body: Bytes) -> Response<Body> {
    let key = key(&headers);
    let work = move |world: &Shared, intent| create(world, &body, key.as_deref(), intent);
    perform(world, System::Finance, CREATE, &headers, Box::new(work)).await
}

#[derive(Deserialize)]
struct Search {
    reference: Option<String>,
}

async fn find(State(world): State<Shared>, Query(search): Query<Search>, headers: HeaderMap) -> Response<Body> {
    let work = move |world: &Shared, _| {
        let Some(reference) = search.reference else {
            return Reply::error(400, "malformed", "`reference` is needed");
        };
        let lag_ms = world.front(System::Finance).with_switches(|switches| switches.visible_within_ms);
        let until = visible_until(world, System::Finance, lag_ms);
        let book = lock(&world.finance);
        let items: Vec<_> = book
            .by_reference(&reference)
            .filter(|(_, payable)| payable.created_at <= until && !payable.lost)
            .map(|(id, payable)| json!({"id": id, "reference": payable.reference, "status": payable.status()}))
            .collect();
        Reply::json(200, &json!({"items": items}))
    };
    perform(world, System::Finance, FIND, &headers, Box::new(work)).await
}

async fn show(State(world): State<Shared>, Path(id): Path<String>, headers: HeaderMap) -> Response<Body> {
    let work = move |world: &Shared, _| match lock(&world.finance).get(&id) {
        None => unknown(&id),
        Some(payable) if payable.lost => unknown(&id),
        Some(payable) => Reply::json(
            200,
            &json!({
                "id": id,
                "reference": payable.reference,
                "status": payable.status(),
                "supplier_code": payable.supplier_code,
                "number": payable.number,
                "amount": if payable.garbled { json!("see the attachment") } else { json!(payable.amount) },
                "currency": payable.currency,
                "tax_code": payable.tax_code,
                "due_date": payable.due_date,
                "purchase_order_ref": payable.purchase_order_ref,
            }),
        ),
    };
    perform(world, System::Finance, GET, &headers, Box::new(work)).await
}

async fn void(State(world): State<Shared>, Path(id): Path<String>, headers: HeaderMap) -> Response<Body> {
    let work = move |world: &Shared, intent| {
        let mut book = lock(&world.finance);
        let Some(payable) = book.get_mut(&id) else {
            return unknown(&id);
        };
        if payable.void {
            payable.void_repeats += 1;
        } else if intent == Intent::Do {
            payable.void = true;
        }
        Reply::json(200, &json!({"id": id, "status": "void"}))
    };
    perform(world, System::Finance, VOID, &headers, Box::new(work)).await
}

fn unknown(id: &str) -> Reply {
    Reply::error(404, "not_found", &format!("no payable `{id}`"))
}
