//! The control interface, `/__mock/…`, the same on every server: what a test does to the world behind the hub's back.

use axum::Router;
use axum::body::Body;
use axum::extract::{Path, Query, State};
use axum::http::Response;
use axum::routing::{get, patch, post};
use bytes::Bytes;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::time::Duration;

use crate::audit::Audit;
use crate::erp::{self, Edit, NewOrders};
use crate::finance::{self, PayableEdit};
use crate::oa::{self, ApprovalStatus, Change};
use crate::reply::Reply;
use crate::webhook::{Hook, Mode, Registration};
use crate::world::{Shared, System};

/// Orders that an audit answer lists; the counts and the verdict cover all.
const LISTED_MAX: usize = 1000;

#[derive(Clone)]
struct Control {
    world: Shared,
    /// The server that was asked.
    system: System,
}

pub(crate) fn router(world: Shared, system: System) -> Router {
    Router::new()
        .route("/__mock/webhook", post(register))
        .route("/__mock/orders", post(create_orders))
        .route("/__mock/orders/{id}", patch(edit_order))
        .route("/__mock/approvals/{id}/decide", post(decide))
        .route("/__mock/payables/{id}", patch(edit_payable))
        .route("/__mock/switches", get(show_switches).put(change_switches))
        .route("/__mock/clock", get(show_clock).post(advance))
        .route("/__mock/expire_sessions", post(expire_sessions))
        .route("/__mock/audit", get(audit))
        .route("/__mock/traffic", get(traffic))
        .route("/__mock/reset", post(reset))
        .with_state(Control { world, system })
}

fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Reply> {
    let body = if body.is_empty() { b"{}" } else { body };
    serde_json::from_slice(body).map_err(|problem| Reply::error(400, "malformed", &problem.to_string()))
}

fn answer(result: Result<Value, Reply>) -> Response<Body> {
    match result {
        Ok(value) => Reply::json(200, &value).into_response(),
        Err(reply) => reply.into_response(),
    }
}

fn invalid(problem: &str) -> Reply {
    Reply::error(422, "invalid", problem)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Register {
    url: Option<String>,
    secret: Option<String>,
    mode: Option<String>,
}

/// No `url` ends the registration.
async fn register(State(control): State<Control>, body: Bytes) -> Response<Body> {
    answer((|| {
        let wanted: Register = read(&body)?;
        let front = control.world.front(control.system);
        if control.system == System::Finance {
            return Err(invalid("finance sends no webhooks"));
        }
        let Some(url) = wanted.url else {
            front.set_hook(None);
            return Ok(json!({"registered": false}));
        };
        let mode = match wanted.mode.as_deref() {
            None | Some("thin") => Mode::Thin,
            Some("full") => Mode::Full,
            Some(_) => return Err(invalid("`mode` is `thin` or `full`")),
        };
        let registration = Registration { url, secret: wanted.secret.unwrap_or_default(), mode };
        front.set_hook(Some(Hook::new(&registration).map_err(|problem| invalid(&problem))?));
        Ok(json!({"registered": true}))
    })())
}

async fn create_orders(State(control): State<Control>, body: Bytes) -> Response<Body> {
    answer((|| {
        let wanted: NewOrders = read(&body)?;
        let named = erp::create(&control.world, &wanted).map_err(|problem| invalid(&problem))?;
        let orders: Vec<Value> = named.iter().map(|(id, number)| json!({"id": id, "number": number})).collect();
        Ok(json!({"orders": orders}))
    })())
}

async fn edit_order(State(control): State<Control>, Path(id): Path<String>, body: Bytes) -> Response<Body> {
    answer((|| {
        let wanted: Edit = read(&body)?;
        if !erp::edit(&control.world, &id, &wanted) {
            return Err(Reply::error(404, "not_found", &format!("no order `{id}`")));
        }
        Ok(json!({"id": id}))
    })())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Decision {
    status: ApprovalStatus,
    #[serde(default)]
    comment: Option<String>,
    /// Whatever its state allows, and without a callback.
    #[serde(default)]
    silent: bool,
}

async fn edit_payable(State(control): State<Control>, Path(id): Path<String>, body: Bytes) -> Response<Body> {
    answer((|| {
        let wanted: PayableEdit = read(&body)?;
        if !finance::edit(&control.world, &id, &wanted) {
            return Err(Reply::error(404, "not_found", &format!("no payable `{id}`")));
        }
        Ok(json!({"id": id}))
    })())
}

async fn decide(State(control): State<Control>, Path(id): Path<String>, body: Bytes) -> Response<Body> {
    answer((|| {
        let wanted: Decision = read(&body)?;
        let change = if wanted.silent {
            oa::force(&control.world, &id, wanted.status)
        } else {
            oa::change(&control.world, &id, wanted.status, wanted.comment)
        };
        match change {
            Change::Done | Change::Repeat => Ok(json!({"id": id, "status": wanted.status})),
            Change::Unknown => Err(Reply::error(404, "not_found", &format!("no approval `{id}`"))),
            Change::Forbidden(present) => Err(Reply::error(409, "state_forbids", &format!("approval `{id}` is {}", present.name()))),
        }
    })())
}

async fn show_switches(State(control): State<Control>) -> Response<Body> {
    answer(Ok(control.world.front(control.system).switches().to_json()))
}

async fn change_switches(State(control): State<Control>, body: Bytes) -> Response<Body> {
    answer((|| {
        let changes: Value = read(&body)?;
        let front = control.world.front(control.system);
        front.change_switches(&changes, control.world.clock.now()).map_err(|problem| invalid(&problem))
    })())
}

async fn show_clock(State(control): State<Control>) -> Response<Body> {
    answer(Ok(json!({"now": control.world.now(control.system).to_rfc3339()})))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Advance {
    advance_seconds: f64,
}

async fn advance(State(control): State<Control>, body: Bytes) -> Response<Body> {
    answer((|| {
        let wanted: Advance = read(&body)?;
        let by = Duration::try_from_secs_f64(wanted.advance_seconds).map_err(|_| invalid("`advance_seconds` is not negative"))?;
        control.world.clock.advance(by);
        Ok(json!({"now": control.world.now(control.system).to_rfc3339()}))
    })())
}

async fn expire_sessions(State(control): State<Control>) -> Response<Body> {
    control.world.front(control.system).expire_sessions();
    answer(Ok(json!({})))
}

#[derive(Deserialize)]
struct AuditQuery {
    /// Numbers, separated by commas; all orders of the ERP when left out.
    orders: Option<String>,
}

async fn audit(State(control): State<Control>, Query(query): Query<AuditQuery>) -> Response<Body> {
    let audit = Audit::take(&control.world);
    let (verdict, listed): (_, serde_json::Map<String, Value>) = match &query.orders {
        None => {
            let first = audit.orders.iter().take(LISTED_MAX).map(|(number, order)| (number.clone(), json!(order)));
            (audit.verdict_on_all(), first.collect())
        }
        Some(numbers) => {
            let numbers: Vec<&str> = numbers.split(',').collect();
            let named = numbers
                .iter()
                .take(LISTED_MAX)
                .filter_map(|number| audit.orders.get(*number).map(|order| ((*number).to_owned(), json!(order))));
            (audit.verdict(&numbers), named.collect())
        }
    };
    answer(Ok(json!({
        "counts": audit.counts,
        "faults": audit.faults,
        "duplicate_references": audit.duplicate_references,
        "webhooks_waiting": control.world.sender.waiting(),
        "verdict": verdict,
        "orders": listed,
    })))
}

async fn traffic(State(control): State<Control>) -> Response<Body> {
    answer(Ok(control.world.front(control.system).traffic()))
}

async fn reset(State(control): State<Control>) -> Response<Body> {
    control.world.reset();
    answer(Ok(json!({})))
}
