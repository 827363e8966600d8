//! `POST /approvals`.

use std::sync::Arc;

use serde::Deserialize;
use serde_json::Value;
use serde_json::json;
use serde_json::value::RawValue;

use crate::finance::Seen;
use crate::front::Intent;
use crate::ids::hash_of;
use crate::instant::Micros;
use crate::oa::book::{Approval, ApprovalStatus, id_of};
use crate::oa::decide::{Tell, callback, schedule_decision};
use crate::reply::Reply;
use crate::switches::Fault;
use crate::webhook;
use crate::world::{Shared, System, lock};

#[derive(Deserialize)]
struct Request<'a> {
    reference: String,
    title: String,
    originator: String,
    #[serde(borrow)]
    form: &'a RawValue,
}

/// Longer texts are refused, as real OAs do.
const TITLE_CHARACTERS_MAX: usize = 200;
const REFERENCE_CHARACTERS_MAX: usize = 128;

pub(crate) fn create(world: &Shared, body: &[u8], key: Option<&str>, intent: Intent) -> Reply {
    let request: Request<'_> = match serde_json::from_slice(body) {
        Ok(request) => request,
        Err(problem) => {
            return Reply::errcode(40000, &format!("the body is not understood: {problem}"));
        }
    };
    if let Some(problem) = problem(&request) {
        return Reply::errcode(40001, problem);
    }
    let honours_keys = world.front(System::Oa).with_switches(|switches| switches.honours_keys);
    let key = key.filter(|_| honours_keys);
    let now = world.now(System::Oa);
    let order_number = order_number(&request.title, request.form);
    // The ERP's book first and alone: no two books are ever locked together.
    let order_revision =
        order_number.as_deref().and_then(|number| lock(&world.erp).by_number(number).map(|order| order.revision)).unwrap_or(0);
    let id = {
        let mut book = lock(&world.oa);
        match key.map(|key| book.keys.see(key, body)) {
            Some(Seen::Before(id)) => return Reply::json(200, &json!({"id": id})),
            Some(Seen::WithOtherBody) => {
                return Reply::errcode(42200, "this key came with another body");
            }
            Some(Seen::New) | None => {}
        }
        if intent == Intent::Pretend {
            return Reply::json(200, &json!({"id": id_of(book.len())}));
        }
        let approval = approval(request, order_number, order_revision, holder(world), now);
        let id = id_of(book.insert(approval));
        if let Some(key) = key {
            book.keys.remember(key, body, &id);
        }
        id
    };
    let mut reply = Reply::json(200, &json!({"id": id}));
    if world.front(System::Oa).strikes("create_approval", Fault::EarlyWebhook, &world.dice) {
        // The early webhook tells an immediate decision too: it must not come twice.
        schedule_decision(world, &id, Tell::IfLater);
        reply.after = callback(world, &id).map(|job| webhook::Job::send_early(job, world));
    } else {
        schedule_decision(world, &id, Tell::Always);
    }
    reply
}

fn problem(request: &Request<'_>) -> Option<&'static str> {
    if request.reference.is_empty() || request.reference.chars().count() > REFERENCE_CHARACTERS_MAX {
        return Some("`reference` has 1 to 128 characters");
    }
    if request.title.is_empty() || request.title.chars().count() > TITLE_CHARACTERS_MAX {
        return Some("`title` has 1 to 200 characters");
    }
    if request.originator.is_empty() {
        return Some("`originator` is empty");
    }
    if !request.form.get().starts_with('{') {
        return Some("`form` is an object");
    }
    None
}

fn approval(request: Request<'_>, order_number: Option<String>, order_revision: u32, holder: String, now: Micros) -> Approval {
    Approval {
        reference: request.reference,
        title: request.title,
        originator: request.originator,
        form_hash: hash_of(request.form.get()),
        form: Arc::from(request.form.to_owned()),
        order_number,
        order_revision,
        status: ApprovalStatus::Running,
        holders: vec![holder],
        comments: Vec::new(),
        created_at: now,
        changed_at: now,
        withdraw_repeats: 0,
    }
}

fn holder(world: &Shared) -> String {
    format!("u{}", 5 + world.dice.below(3))
}

/// The form names the order, else the title does: `PO 4417 · …` or a word that starts with `PO-`.
fn order_number(title: &str, form: &RawValue) -> Option<String> {
    const MEMBERS: [&str; 3] = ["单号", "order_number", "number"];
    if let Ok(Value::Object(form)) = serde_json::from_str::<Value>(form.get())
        && let Some(number) = MEMBERS.iter().find_map(|member| form.get(*member)?.as_str())
    {
        return Some(number.to_owned());
    }
    let mut words = title.split_whitespace();
    match words.next()? {
        "PO" => words.next().map(ToOwned::to_owned),
        word if word.starts_with("PO-") => Some(word.to_owned()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_is_found_in_form_or_title() -> Result<(), serde_json::Error> {
        let form = |text: &str| serde_json::from_str::<Box<RawValue>>(text);
        assert_eq!(order_number("PO PO-7 · x", &form(r#"{"单号":"PO-8"}"#)?).as_deref(), Some("PO-8"));
        assert_eq!(order_number("PO PO-7 · x", &form("{}")?).as_deref(), Some("PO-7"));
        assert_eq!(order_number("PO-9 x", &form("{}")?).as_deref(), Some("PO-9"));
        assert_eq!(order_number("Leave", &form("{}")?), None);
        Ok(())
    }
}
