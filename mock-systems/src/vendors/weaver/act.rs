//! Acting on a request: answer, return, take back, end, delete, remark, pass on.

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, Response};
use serde_json::json;

use super::Shared;
use super::answer::{Done, Refusal, forbidden, wrong};
use super::book::{Answer, Operator, Request};
use super::events::tell;
use super::form::Form;
use super::front::call;
use super::workflow::MONITOR;
use crate::instant::Micros;
use crate::world::lock;

/// What an action is done with.
struct Acting<'a> {
    form: &'a Form,
    person: &'a str,
    /// Whether the person acts as one who watches over the workflow, and may.
    monitors: bool,
    now: Micros,
}

/// Runs an action on the request that the call names; what it gives is told to the outside as this kind of event.
async fn act(
    weaver: Shared,
    api: &'static str,
    headers: HeaderMap,
    body: String,
    work: impl FnOnce(&mut Request, &Acting<'_>) -> Result<Option<&'static str>, Refusal>,
) -> Response<Body> {
    call(weaver, api, &headers, |weaver, person| {
        let form = Form::read(&body);
        let id = form.request_id()?;
        let monitors = person == MONITOR && form.json("otherParams", json!({}))?["ismonitor"] == "1";
        let acting = Acting { form: &form, person, monitors, now: weaver.desk.now() };
        let told = {
            let mut book = lock(&weaver.book);
            let request = book.get_mut(id).ok_or_else(|| wrong("requestId", "流程不存在"))?;
            work(request, &acting)?
        };
        if let Some(kind) = told {
            tell(weaver, id, kind);
        }
        Ok(Done::Nothing)
    })
    .await
}

/// Success is also said where others at the node have not answered yet.
pub(super) async fn submit(State(weaver): State<Shared>, headers: HeaderMap, body: String) -> Response<Body> {
    act(weaver, "submit", headers, body, |request, acting| {
        if acting.form.json("otherParams", json!({}))?["src"] == "save" {
            return Ok(None);
        }
        match request.answer(acting.person, Answer::Agree, acting.form.text("remark"), acting.now) {
            true => Ok(Some(if request.is_over() { "archive" } else { "submit" })),
            false => Err(forbidden()),
        }
    })
    .await
}

pub(super) async fn reject(State(weaver): State<Shared>, headers: HeaderMap, body: String) -> Response<Body> {
    act(weaver, "reject", headers, body, |request, acting| {
        if request.node().kind != 1 || !request.holders().any(|holder| holder == acting.person) {
            return Err(forbidden());
        }
        request.give_back(acting.person, acting.form.text("remark"), acting.now);
        Ok(Some("return"))
    })
    .await
}

/// Takes one's own last answer back, as long as nobody has answered after it.
pub(super) async fn withdraw(State(weaver): State<Shared>, headers: HeaderMap, body: String) -> Response<Body> {
    act(weaver, "withdraw", headers, body, |request, acting| {
        let last = request.log.last().is_some_and(|entry| entry.person == acting.person && entry.kind == "2");
        if request.is_over() || !last {
            return Err(forbidden());
        }
        request.take_back(acting.now);
        Ok(Some("withdraw"))
    })
    .await
}

pub(super) async fn draw_back(State(weaver): State<Shared>, headers: HeaderMap, body: String) -> Response<Body> {
    let desk = weaver.desk.clone();
    act(weaver, "draw_back", headers, body, move |request, acting| {
        let may = acting.monitors || (acting.person == request.creator && !request.is_over());
        if !may || request.node().kind == 0 {
            return Err(forbidden());
        }
        if desk.strikes("silent_no_op", "draw_back") {
            return Ok(None);
        }
        request.take_back(acting.now);
        Ok(Some("withdraw"))
    })
    .await
}

pub(super) async fn force_over(State(weaver): State<Shared>, headers: HeaderMap, body: String) -> Response<Body> {
    act(weaver, "force_over", headers, body, |request, acting| {
        if !acting.monitors || request.is_over() {
            return Err(forbidden());
        }
        request.end(acting.person, acting.form.text("remark"), acting.now);
        Ok(Some("archive"))
    })
    .await
}

pub(super) async fn delete(State(weaver): State<Shared>, headers: HeaderMap, body: String) -> Response<Body> {
    call(weaver, "delete", &headers, |weaver, person| {
        let form = Form::read(&body);
        let id = form.request_id()?;
        let monitors = person == MONITOR && form.json("otherParams", json!({}))?["ismonitor"] == "1";
        let mut book = lock(&weaver.book);
        let request = book.get(id).ok_or_else(|| wrong("requestId", "流程不存在"))?;
        if !monitors && (request.creator != person || request.node().kind != 0) {
            return Err(forbidden());
        }
        book.requests.retain(|request| request.id != id);
        Ok(Done::Nothing)
    })
    .await
}

/// Only those who are asked can remark.
pub(super) async fn comment(State(weaver): State<Shared>, headers: HeaderMap, body: String) -> Response<Body> {
    act(weaver, "comment", headers, body, |request, acting| {
        if acting.form.text("remark").is_empty() {
            return Err(wrong("remark", "不能为空"));
        }
        if !request.holders().any(|holder| holder == acting.person) {
            return Err(forbidden());
        }
        request.write("9", acting.person, request.node().id, acting.form.text("remark"), acting.now);
        Ok(None)
    })
    .await
}

/// 1 forwards, 2 asks for an opinion, 3 hands over.
pub(super) async fn forward(State(weaver): State<Shared>, headers: HeaderMap, body: String) -> Response<Body> {
    act(weaver, "forward", headers, body, |request, acting| {
        let (kind, state) = match acting.form.text("forwardFlag") {
            "1" => ("7", 1),
            "2" => ("a", 1),
            "3" => ("h", 0),
            _ => return Err(wrong("forwardFlag", "参数错误")),
        };
        if !hand_over(request, acting.person, acting.form.text("forwardResourceIds"), kind, state, acting.now) {
            return Err(forbidden());
        }
        Ok(None)
    })
    .await
}

/// Brings others in; where it is handed over, the one who had it has answered.
pub(super) fn hand_over(request: &mut Request, person: &str, to: &str, kind: &'static str, state: u8, now: Micros) -> bool {
    let node = request.node().id;
    let Some(open) = request.operators.iter_mut().find(|operator| operator.state == 0 && operator.person == person) else { return false };
    if kind == "h" {
        open.state = 2;
        open.answered = Some(now);
    }
    request.write(kind, person, node, "", now);
    let people = to.split(',').filter(|person| !person.is_empty());
    request.operators.extend(people.map(|person| Operator { person: person.to_owned(), node, state, received: now, answered: None }));
    true
}
