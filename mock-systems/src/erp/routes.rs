//! The ERP's HTTP interface.

use axum::Router;
use axum::body::Body;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, Response};
use axum::routing::{get, post};
use bytes::Bytes;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::erp::steps::{self, Step};
use crate::erp::{order, render};
use crate::front::{Kind, Operation, perform, sign_in};
use crate::instant::Micros;
use crate::reply::Reply;
use crate::world::{Shared, System, World, lock};

const LIST: Operation = Operation { name: "list_orders", kind: Kind::Read };
const GET: Operation = Operation { name: "get_order", kind: Kind::Read };
const BUDGET: Operation = Operation { name: "check_budget", kind: Kind::Read };
const RELEASE: Operation = Operation { name: "release_order", kind: Kind::Change };
const REJECT: Operation = Operation { name: "reject_order", kind: Kind::Change };
const RETURN: Operation = Operation { name: "return_order", kind: Kind::Change };
const WRITE_STATUS: Operation = Operation { name: "write_status", kind: Kind::Change };

/// Of one list page.
pub(crate) const PAGE_SIZE: usize = 100;
/// What every company may spend per order: enough for most, too little for the dearest.
const BUDGET_AVAILABLE: i64 = 1_000_000;

pub(crate) fn router(world: Shared) -> Router {
    Router::new()
        .route("/token", post(token))
        .route("/orders", get(list))
        .route("/orders/{id}", get(show))
        .route("/orders/{id}/release", post(release))
        .route("/orders/{id}/reject", post(reject))
        .route("/orders/{id}/return", post(give_back))
        .route("/orders/{id}/status", post(write_status))
        .route("/budget-check", post(check_budget))
        .with_state(world)
}

async fn token(State(world): State<Shared>, body: Bytes) -> Response<Body> {
    sign_in(&world, System::Erp, &body).await
}

/// `?since=&page=`, both optional.
#[derive(Deserialize)]
pub(crate) struct Window {
    since: Option<String>,
    page: Option<usize>,
}

impl Window {
    /// The first instant and the page; says what is wrong.
    pub(crate) fn read(&self) -> Result<(Micros, usize), &'static str> {
        let since = match &self.since {
            None => Micros(i64::MIN),
            Some(text) => Micros::parse(text).ok_or("`since` is an RFC 3339 instant")?,
        };
        match self.page.unwrap_or(1) {
            0 => Err("`page` counts from 1"),
            page => Ok((since, page)),
        }
    }
}

/// `?view=full` shows whole orders.
#[derive(Deserialize)]
struct View {
    view: Option<String>,
}

/// A line of a list page.
#[derive(Serialize)]
struct Item<'a> {
    #[serde(serialize_with = "order::id")]
    id: (&'a str, bool),
    changed_at: String,
}

async fn list(State(world): State<Shared>, Query(window): Query<Window>, Query(view): Query<View>, headers: HeaderMap) -> Response<Body> {
    let work = move |world: &Shared, _| {
        let (since, page) = match window.read() {
            Ok(read) => read,
            Err(problem) => return Reply::error(400, "malformed", problem),
        };
        let (numeric_ids, lag_ms) = world.front(System::Erp).with_switches(|switches| (switches.numeric_ids, switches.visible_within_ms));
        let until = visible_until(world, System::Erp, lag_ms);
        if view.view.as_deref() == Some("full") {
            return Reply::raw(200, whole(world, since, until, page, numeric_ids));
        }
        let rows = lock(&world.erp).page(since, until, page, PAGE_SIZE);
        let items: Vec<Item<'_>> =
            rows.iter().map(|row| Item { id: (&row.id, numeric_ids), changed_at: row.changed_at.to_rfc3339() }).collect();
        Reply::json(200, &json!({"items": items}))
    };
    perform(world, System::Erp, LIST, &headers, Box::new(work)).await
}

/// A page of whole orders.
fn whole(world: &World, since: Micros, until: Micros, page: usize, numeric_ids: bool) -> Vec<u8> {
    let book = lock(&world.erp);
    let orders = book.page(since, until, page, PAGE_SIZE).into_iter().filter_map(|row| book.get(&row.id));
    let items: Vec<Vec<u8>> = orders.map(|order| render(order, numeric_ids)).collect();
    [b"{\"items\": [".as_slice(), &items.join(&b','), b"]}"].concat()
}

/// Lists show what happened up to here: nine tenths of the promised lag, to keep the promise with room.
pub(crate) fn visible_until(world: &World, system: System, lag_ms: u64) -> Micros {
    let lag = i64::try_from(lag_ms).unwrap_or(i64::MAX).saturating_mul(900);
    Micros(world.now(system).0.saturating_sub(lag))
}

async fn show(State(world): State<Shared>, Path(id): Path<String>, headers: HeaderMap) -> Response<Body> {
    let work = move |world: &Shared, _| {
        let numeric_ids = world.front(System::Erp).with_switches(|switches| switches.numeric_ids);
        match lock(&world.erp).get(&id) {
            Some(order) if !order.lost => Reply::raw(200, render(order, numeric_ids)),
            _ => steps::unknown(&id),
        }
    };
    perform(world, System::Erp, GET, &headers, Box::new(work)).await
}

#[derive(Deserialize)]
struct BudgetQuestion {
    order_number: String,
    amount: Decimal,
    #[expect(dead_code, reason = "needed in the question; the budget is the same in every currency")]
    currency: String,
}

async fn check_budget(State(world): State<Shared>, headers: HeaderMap, body: Bytes) -> Response<Body> {
    let work = move |world: &Shared, _| {
        let Ok(question) = serde_json::from_slice::<BudgetQuestion>(&body) else {
            let message = "the body is JSON with `order_number`, `amount` as text and `currency`";
            return Reply::error(400, "malformed", message);
        };
        if let Some(order) = lock(&world.erp).by_number_mut(&question.order_number) {
            order.tally.budget_checks += 1;
        }
        let available = Decimal::new(BUDGET_AVAILABLE * 100, 2);
        Reply::json(200, &json!({"ok": question.amount <= available, "available": available}))
    };
    perform(world, System::Erp, BUDGET, &headers, Box::new(work)).await
}

async fn release(s: State<Shared>, id: Path<String>, headers: HeaderMap, body: Bytes) -> Response<Body> {
    step(s, id, headers, body, RELEASE, Step::Release).await
}

async fn reject(s: State<Shared>, id: Path<String>, headers: HeaderMap, body: Bytes) -> Response<Body> {
    step(s, id, headers, body, REJECT, Step::Reject).await
}

async fn give_back(s: State<Shared>, id: Path<String>, headers: HeaderMap, body: Bytes) -> Response<Body> {
    step(s, id, headers, body, RETURN, Step::Return).await
}

async fn step(
    State(world): State<Shared>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
    operation: Operation,
    step: Step,
) -> Response<Body> {
    let work = move |world: &Shared, intent| steps::take(world, &id, step, &body, intent);
    perform(world, System::Erp, operation, &headers, Box::new(work)).await
}

async fn write_status(State(world): State<Shared>, Path(id): Path<String>, headers: HeaderMap, body: Bytes) -> Response<Body> {
    let work = move |world: &Shared, intent| steps::write_status(world, &id, &body, intent);
    perform(world, System::Erp, WRITE_STATUS, &headers, Box::new(work)).await
}
