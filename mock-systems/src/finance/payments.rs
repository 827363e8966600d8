//! Payment instructions: given once per key, found by reference, cancelled until they are executed.

use axum::Router;
use axum::body::Body;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, Response};
use axum::routing::{get, post};
use bytes::Bytes;
use rust_decimal::Decimal;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::finance::keys::{Seen, key};
use crate::front::{Intent, Kind, Operation, perform};
use crate::reply::Reply;
use crate::world::{Shared, System, lock};

const CREATE: Operation = Operation { name: "create_payment", kind: Kind::Create };
const FIND: Operation = Operation { name: "find_payment", kind: Kind::Read };
const GET: Operation = Operation { name: "get_payment", kind: Kind::Read };
const CANCEL: Operation = Operation { name: "cancel_payment", kind: Kind::Change };

/// One instruction.
#[derive(Clone, Debug)]
pub(crate) struct Payment {
    reference: String,
    number: String,
    payee_code: String,
    amount: Decimal,
    currency: String,
    cancelled: bool,
}

#[derive(Deserialize)]
struct Request {
    reference: String,
    number: String,
    payee_code: String,
    amount: Decimal,
    currency: String,
}

impl Payment {
    fn json(&self, id: &str) -> Value {
        json!({
            "id": id, "reference": self.reference, "number": self.number, "payee_code": self.payee_code, "amount": self.amount,
            "currency": self.currency, "status": if self.cancelled { "cancelled" } else { "instructed" },
        })
    }
}

pub(super) fn router() -> Router<Shared> {
    Router::new().route("/payments", post(submit).get(find)).route("/payments/{id}", get(show)).route("/payments/{id}/cancel", post(cancel))
}

fn id_of(index: usize) -> String {
    format!("P{}", 100_001 + index)
}

fn index_of(id: &str) -> Option<usize> {
    id.strip_prefix('P')?.parse::<usize>().ok()?.checked_sub(100_001)
}

fn unknown(id: &str) -> Reply {
    Reply::error(404, "not_found", &format!("no payment `{id}`"))
}

async fn submit(State(world): State<Shared>, headers: HeaderMap, body: Bytes) -> Response<Body> {
    let key = key(&headers);
    let work = move |world: &Shared, intent| create(world, &body, key.as_deref(), intent);
    perform(world, System::Finance, CREATE, &headers, Box::new(work)).await
}

fn create(world: &Shared, body: &[u8], key: Option<&str>, intent: Intent) -> Reply {
    let request: Request = match serde_json::from_slice(body) {
        Ok(request) => request,
        Err(problem) => return Reply::error(400, "malformed", &format!("the body is not understood: {problem}")),
    };
    if request.amount <= Decimal::ZERO || request.amount.scale() > crate::money::scale(Some(&request.currency)) {
        return Reply::error(422, "invalid", "`amount` is more than nothing and has no more decimals than its currency");
    }
    let honours_keys = world.front(System::Finance).with_switches(|switches| switches.honours_keys);
    let key = key.filter(|_| honours_keys);
    let mut book = lock(&world.finance);
    match key.map(|key| book.keys.see(key, body)) {
        Some(Seen::Before(id)) => return Reply::json(201, &json!({"id": id})),
        Some(Seen::WithOtherBody) => return Reply::error(422, "key_reused", "this key came with another body"),
        Some(Seen::New) | None => {}
    }
    let id = id_of(book.payments.len());
    if intent == Intent::Pretend {
        return Reply::json(201, &json!({"id": id}));
    }
    let Request { reference, number, payee_code, amount, currency } = request;
    book.payments.push(Payment { reference, number, payee_code, amount, currency, cancelled: false });
    if let Some(key) = key {
        book.keys.remember(key, body, &id);
    }
    Reply::json(201, &json!({"id": id}))
}

#[derive(Deserialize)]
struct Search {
    reference: Option<String>,
}

async fn find(State(world): State<Shared>, Query(search): Query<Search>, headers: HeaderMap) -> Response<Body> {
    let work = move |world: &Shared, _| {
        let book = lock(&world.finance);
        let all = book.payments.iter().enumerate();
        // Without a reference: all of them, for whoever counts.
        let wanted = all.filter(|(_, payment)| search.reference.as_ref().is_none_or(|reference| *reference == payment.reference));
        let items: Vec<_> = wanted.map(|(index, payment)| payment.json(&id_of(index))).collect();
        Reply::json(200, &json!({"items": items}))
    };
    perform(world, System::Finance, FIND, &headers, Box::new(work)).await
}

async fn show(State(world): State<Shared>, Path(id): Path<String>, headers: HeaderMap) -> Response<Body> {
    let work = move |world: &Shared, _| match index_of(&id).and_then(|index| lock(&world.finance).payments.get(index).cloned()) {
        Some(payment) => Reply::json(200, &payment.json(&id)),
        None => unknown(&id),
    };
    perform(world, System::Finance, GET, &headers, Box::new(work)).await
}

async fn cancel(State(world): State<Shared>, Path(id): Path<String>, headers: HeaderMap) -> Response<Body> {
    let work = move |world: &Shared, intent| {
        let mut book = lock(&world.finance);
        let Some(payment) = index_of(&id).and_then(|index| book.payments.get_mut(index)) else { return unknown(&id) };
        payment.cancelled |= intent == Intent::Do;
        Reply::json(200, &json!({"id": id, "status": "cancelled"}))
    };
    perform(world, System::Finance, CANCEL, &headers, Box::new(work)).await
}
