//! `POST /payables`.

use rust_decimal::Decimal;
use serde::Deserialize;
use serde_json::json;
use serde_json::value::RawValue;

use crate::finance::Seen;
use crate::finance::book::{Payable, id_of};
use crate::front::Intent;
use crate::reply::Reply;
use crate::world::{Shared, System, lock};

#[derive(Deserialize)]
struct Request<'a> {
    reference: String,
    supplier_code: String,
    number: String,
    amount: Decimal,
    currency: String,
    tax_code: String,
    due_date: String,
    purchase_order_ref: String,
    #[serde(borrow, default)]
    lines: Option<&'a RawValue>,
}

pub(crate) fn create(world: &Shared, body: &[u8], key: Option<&str>, intent: Intent) -> Reply {
    let request: Request<'_> = match serde_json::from_slice(body) {
        Ok(request) => request,
        Err(problem) => {
            return Reply::error(400, "malformed", &format!("the body is not understood: {problem}"));
        }
    };
    if let Some(problem) = problem(&request) {
        return Reply::error(422, "invalid", problem);
    }
    let honours_keys = world.front(System::Finance).with_switches(|switches| switches.honours_keys);
    let key = key.filter(|_| honours_keys);
    let order_revision = lock(&world.erp).by_number(&request.purchase_order_ref).map_or(0, |order| order.revision);
    let now = world.now(System::Finance);
    let mut book = lock(&world.finance);
    match key.map(|key| book.keys.see(key, body)) {
        Some(Seen::Before(id)) => return Reply::json(201, &json!({"id": id})),
        Some(Seen::WithOtherBody) => {
            return Reply::error(422, "key_reused", "this key came with another body");
        }
        Some(Seen::New) | None => {}
    }
    if intent == Intent::Pretend {
        return Reply::json(201, &json!({"id": id_of(book.len())}));
    }
    let payable = Payable {
        reference: request.reference,
        supplier_code: request.supplier_code,
        number: request.number,
        amount: request.amount,
        currency: request.currency,
        tax_code: request.tax_code,
        due_date: request.due_date,
        purchase_order_ref: request.purchase_order_ref,
        order_revision,
        void: false,
        created_at: now,
        void_repeats: 0,
        lost: false,
        garbled: false,
    };
    let id = id_of(book.insert(payable));
    if let Some(key) = key {
        book.keys.remember(key, body, &id);
    }
    Reply::json(201, &json!({"id": id}))
}

fn problem(request: &Request<'_>) -> Option<&'static str> {
    let texts = [
        (&request.reference, "`reference` is empty"),
        (&request.supplier_code, "`supplier_code` is empty"),
        (&request.number, "`number` is empty"),
        (&request.tax_code, "`tax_code` is empty"),
    ];
    if let Some((_, problem)) = texts.into_iter().find(|(text, _)| text.is_empty()) {
        return Some(problem);
    }
    if request.currency.len() != 3 || !request.currency.bytes().all(|byte| byte.is_ascii_uppercase()) {
        return Some("`currency` has three capital letters");
    }
    if request.amount.scale() > crate::money::scale(Some(&request.currency)) {
        return Some("`amount` has more decimals than its currency");
    }
    if request.due_date.len() != 10 {
        return Some("`due_date` is `YYYY-MM-DD`");
    }
    if request.lines.is_some_and(|lines| !matches!(lines.get().as_bytes().first(), Some(b'[' | b'n'))) {
        return Some("`lines` is a list");
    }
    None
}
