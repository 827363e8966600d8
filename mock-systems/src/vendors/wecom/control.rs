//! What people do in WeCom, since there is no call for it, and what a test looks at.

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::Response;
use serde::Deserialize;
use serde_json::{Value, json};

use super::book::{Approval, Record};
use super::events::{Change, check, tell};
use super::{CORP_ID, Shared};
use crate::reply::Reply;
use crate::vendors::control::Wanted;
use crate::vendors::msgcrypt::{Callback, key};
use crate::world::lock;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Register {
    url: String,
    token: String,
    aes_key: String,
}

/// As the admin console does: the address is checked at once.
pub(super) async fn callback(State(wecom): State<Shared>, Wanted(wanted): Wanted<Register>) -> Response<Body> {
    let callback = key(&wanted.aes_key).map(|key| Callback { key, url: wanted.url, token: wanted.token, owner: CORP_ID.to_owned() });
    let checked = match callback {
        Ok(callback) => check(&wecom, &callback).await.map(|()| callback),
        Err(problem) => Err(problem),
    };
    match checked {
        Ok(callback) => {
            *lock(&wecom.callback) = Some(callback);
            Reply::json(200, &json!({"registered": true}))
        }
        Err(problem) => Reply::error(422, "not_answered", &problem),
    }
    .into_response()
}

pub(super) async fn instances(State(wecom): State<Shared>) -> Response<Body> {
    let book = lock(&wecom.book);
    let shown = |approval: &Approval| {
        json!({
            "id": approval.number, "status": approval.status, "originator": approval.creator, "contents": approval.contents,
            "summary": approval.summary,
            "holders": approval.records.iter().filter(|record| record.status == 1).map(|record| &record.user).collect::<Vec<_>>(),
        })
    };
    let all: Vec<Value> = book.approvals.iter().map(shown).collect();
    drop(book);
    Reply::json(200, &json!({"instances": all})).into_response()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Moved {
    /// `approved`, `rejected`, `withdrawn`, `revoked`, `deleted`, `paid`, `passed_on`, `commented`.
    status: String,
    #[serde(default)]
    by: String,
    #[serde(default)]
    speech: String,
}

pub(super) async fn status(State(wecom): State<Shared>, Path(number): Path<String>, Wanted(wanted): Wanted<Moved>) -> Response<Body> {
    let seconds = wecom.desk.now_millis().div_euclid(1_000);
    let change = {
        let mut book = lock(&wecom.book);
        let Some(approval) = book.get_mut(&number) else {
            return Reply::error(404, "not_found", "no such approval").into_response();
        };
        // From, to, and what is told of it; deletion and payment are not told.
        let (allowed, status, change) = match wanted.status.as_str() {
            "approved" => (1, 2, Some(Change::Agree)),
            "rejected" => (1, 3, Some(Change::Reject)),
            "withdrawn" => (1, 4, Some(Change::Withdraw)),
            "revoked" => (2, 6, Some(Change::Revoke)),
            "paid" => (2, 10, None),
            "deleted" => (approval.status, 7, None),
            "passed_on" => (1, 1, Some(Change::PassOn)),
            "commented" => (approval.status, approval.status, Some(Change::Comment)),
            _ => return Reply::error(422, "invalid", "there is no such status").into_response(),
        };
        if approval.status != allowed {
            return Reply::error(409, "state_forbids", &format!("it is {}", approval.status)).into_response();
        }
        match change {
            Some(Change::PassOn) => {
                if let Some(open) = approval.records.iter_mut().find(|record| record.status == 1) {
                    open.status = 4;
                    open.at = seconds;
                }
                approval.records.push(Record { user: wanted.by.clone(), status: 1, at: 0, speech: String::new() });
            }
            Some(Change::Comment) => approval.comments.push(json!({
                "commentUserInfo": {"userid": wanted.by}, "commenttime": seconds, "commentcontent": wanted.speech,
                "commentid": wecom.desk.dice.next().to_string(), "media_id": [],
            })),
            _ => approval.move_to(status, &wanted.by, &wanted.speech, seconds),
        }
        change
    };
    if let Some(change) = change {
        tell(&wecom, &number, change);
    }
    Reply::json(200, &json!({"id": number})).into_response()
}
