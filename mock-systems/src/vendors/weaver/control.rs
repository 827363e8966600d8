//! What a test does behind the hub's back: say where the node's action posts to, do what people do, look.

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::Response;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::Shared;
use super::act::hand_over;
use super::book::{Answer, Book, Request};
use super::events::{Hook, tell};
use super::workflow::MONITOR;
use crate::instant::Micros;
use crate::reply::Reply;
use crate::vendors::control::Wanted;
use crate::world::lock;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Register {
    url: String,
    token: String,
}

/// As whoever configures the node's action does; nothing is checked.
pub(super) async fn callback(State(weaver): State<Shared>, Wanted(wanted): Wanted<Register>) -> Response<Body> {
    *lock(&weaver.hook) = Some(Hook { url: wanted.url, token: wanted.token });
    Reply::json(200, &json!({"registered": true})).into_response()
}

pub(super) async fn instances(State(weaver): State<Shared>) -> Response<Body> {
    let object = |row: &super::form::Row| row.iter().map(|(name, value)| (name.clone(), json!(value))).collect::<Map<String, Value>>();
    let shown = |request: &Request| {
        let tables: Map<String, Value> =
            request.details.iter().map(|(table, rows)| (table.clone(), json!(rows.iter().map(object).collect::<Vec<_>>()))).collect();
        let log: Vec<Value> =
            request.log.iter().map(|entry| json!({"kind": entry.kind, "person": entry.person, "remark": entry.remark})).collect();
        json!({
            "id": request.id.to_string(), "workflow": request.workflow, "title": request.name, "creator": request.creator, "node": request.node().name,
            "node_type": request.node().kind, "status": request.status, "main": object(&request.main), "details": tables, "log": log,
            "holders": request.holders().collect::<Vec<_>>(),
        })
    };
    let all: Vec<Value> = lock(&weaver.book).requests.iter().map(shown).collect();
    Reply::json(200, &json!({"instances": all})).into_response()
}

/// What people do to a request.
#[derive(Deserialize)]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum Act {
    /// The holders agree, one after the other, until it is over; `verdict` is what the last node's action writes instead of 1.
    Agree { remark: Option<String>, verdict: Option<String> },
    /// A holder leaves by the exit that does not agree.
    Refuse { remark: Option<String> },
    /// A holder gives it back to its creator.
    Return { remark: Option<String> },
    /// Its creator sends it off again.
    Submit {},
    /// Its creator takes it back.
    Withdraw {},
    /// An administrator archives it by force.
    End {},
    /// An administrator deletes it.
    Delete {},
    /// Another workflow takes back what was agreed, and writes so into the form.
    Revoke {},
    /// A holder hands it over.
    HandOver { to: String },
}

pub(super) async fn act(State(weaver): State<Shared>, Path(id): Path<u64>, Wanted(wanted): Wanted<Act>) -> Response<Body> {
    let told = perform(&mut lock(&weaver.book), id, wanted, weaver.desk.now());
    match told {
        Ok(told) => {
            if let Some(kind) = told {
                tell(&weaver, id, kind);
            }
            Reply::json(200, &json!({"id": id.to_string()}))
        }
        Err(problem) => Reply::error(409, "state_forbids", problem),
    }
    .into_response()
}

/// Does it; gives the kind of event that a node's action tells. No node has an action for being deleted.
fn perform(book: &mut Book, id: u64, wanted: Act, now: Micros) -> Result<Option<&'static str>, &'static str> {
    if matches!(wanted, Act::Delete {}) {
        let before = book.requests.len();
        book.requests.retain(|request| request.id != id);
        return if book.requests.len() < before { Ok(None) } else { Err("there is no such request") };
    }
    let request = book.get_mut(id).ok_or("there is no such request")?;
    let holder = |request: &Request| request.holders().next().map(str::to_owned).ok_or("nobody is asked");
    let approver = |request: &Request| if request.node().kind == 1 { holder(request) } else { Err("it is not in approval") };
    match wanted {
        Act::Agree { remark, verdict } => {
            approver(request)?;
            while !request.is_over() {
                let person = approver(request)?;
                request.answer(&person, Answer::Agree, remark.as_deref().unwrap_or_default(), now);
            }
            if let Some(verdict) = verdict {
                request.set_verdict(&verdict);
            }
            Ok(Some("archive"))
        }
        Act::Refuse { remark } => {
            let person = approver(request)?;
            request.answer(&person, Answer::Refuse, remark.as_deref().unwrap_or_default(), now);
            Ok(Some("archive"))
        }
        Act::Return { remark } => {
            let person = approver(request)?;
            request.give_back(&person, remark.as_deref().unwrap_or_default(), now);
            Ok(Some("return"))
        }
        Act::Submit {} if request.node().kind == 0 => {
            let creator = request.creator.clone();
            request.answer(&creator, Answer::Agree, "", now);
            Ok(Some("submit"))
        }
        Act::Withdraw {} if request.node().kind == 1 => {
            request.take_back(now);
            Ok(Some("withdraw"))
        }
        Act::End {} if !request.is_over() => {
            request.end(MONITOR, "", now);
            Ok(Some("archive"))
        }
        Act::Revoke {} if request.is_over() => {
            request.set_verdict("2");
            request.touched = now;
            Ok(Some("revoke"))
        }
        Act::HandOver { to } => {
            let person = approver(request)?;
            hand_over(request, &person, &to, "h", 0, now);
            Ok(Some("submit"))
        }
        _ => Err("its state forbids it"),
    }
}
