//! The desk through its door: groups, notes, hands, frozen selections, batches, dry runs, searching, tables.

use std::sync::Arc;
use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json as literal};
use tokio::sync::Notify;
use waybill::api::Limits;
use waybill::app::desk::{Action, Batching, Then};
use waybill::domain::ids::ExceptionId;
use waybill::domain::permission::Permission;
use waybill::store::desk::{ClaimedItems, ItemOutcome};
use waybill::store::{ClosedException, Lease, Writes};

use crate::rows::{document, exception, order, stopped_order};
use crate::support::{Door, Setup, at, door, door_with, json, token};

async fn stopped(count: usize) -> Door {
    let door = door().await;
    for number in 1..=count {
        door.write(stopped_order(&format!("PO-{number}"), i64::try_from(number).unwrap())).await;
    }
    door
}

#[tokio::test]
async fn same_causes_are_one_group_that_lists_its_own() {
    let door = stopped(3).await;
    let (status, groups) = door.get("/api/v1/exceptions/groups?cause=data_wrong").await;
    assert_eq!((status, groups["items"].as_array().unwrap().len()), (200, 1), "{groups}");
    let group = &groups["items"][0];
    assert_eq!(
        (group["count"].as_u64(), group["operation"].as_str(), group["step"].as_str()),
        (Some(3), Some("create_approval"), Some("oa"))
    );
    let (_, list) = door.get(&format!("/api/v1/exceptions?group={}&assignee=", group["group"].as_str().unwrap())).await;
    assert_eq!(list["items"].as_array().unwrap().len(), 3, "{list}");
    assert_eq!(door.get("/api/v1/exceptions/groups?connection=erp_hq").await.1["items"], literal!([]));
}

#[tokio::test]
async fn an_exception_changes_hands_only_as_it_was_seen() {
    let door = stopped(1).await;
    let path = format!("/api/v1/exceptions/{}", exception("PO-1"));
    let tag = |answer: &reqwest::Response| answer.headers()["etag"].to_str().unwrap().to_owned();
    let seen = tag(&door.request(Method::GET, &path).send().await.unwrap());
    let give = |tag: Option<String>, body: &'static str| {
        let request = door.request(Method::PUT, &format!("{path}/assignee")).header("content-type", "application/json").body(body);
        let request = if let Some(tag) = tag { request.header("if-match", tag) } else { request };
        async move { json(request.send().await.unwrap()).await }
    };
    assert_eq!(give(None, "{\"assignee\":\"ana\"}").await.1["code"], "precondition_required");
    let (status, taken) = give(Some(seen.clone()), "{\"assignee\":\"ana\"}").await;
    assert_eq!((status, taken["assignee"].as_str()), (200, Some("ana")));
    assert_eq!(give(Some(seen), "{\"assignee\":\"bob\"}").await.1["code"], "precondition_failed");
    assert_eq!(door.post(&format!("{path}/notes"), "{\"text\":\"told by phone\"}").await.0, 201);
    let (_, notes) = door.get(&format!("{path}/notes")).await;
    let texts: Vec<_> =
        notes["items"].as_array().unwrap().iter().map(|note| (note["kind"].as_str().unwrap(), note["text"].as_str().unwrap())).collect();
    assert_eq!(texts, [("assigned", "ana"), ("comment", "told by phone")]);
}

#[tokio::test]
async fn a_breaker_is_held_only_as_it_was_seen() {
    let door = stopped(1).await;
    let path = "/api/v1/connections/oa_main";
    let tag = |answer: &reqwest::Response| answer.headers()["etag"].to_str().unwrap().to_owned();
    let look = async || tag(&door.request(Method::GET, &format!("{path}/health")).send().await.unwrap());
    let hold = |seen: Option<String>, state: &str| {
        let body = literal!({"state": state, "reason": "an upgrade"}).to_string();
        let request = door.request(Method::PUT, &format!("{path}/breaker")).header("content-type", "application/json").body(body);
        let request = if let Some(seen) = seen { request.header("if-match", seen) } else { request };
        async move { request.send().await.unwrap() }
    };
    assert_eq!(json(hold(None, "open").await).await.1["code"], "precondition_required");
    let seen = look().await;
    assert_eq!(look().await, seen, "what changes by itself is no part of it");
    let held = hold(Some(seen.clone()), "open").await;
    assert_eq!((held.status().as_u16(), tag(&held)), (200, look().await));
    assert_eq!(json(hold(Some(seen), "closed").await).await.1["code"], "precondition_failed");
    let (_, health) = door.get(&format!("{path}/health")).await;
    assert_eq!(health["held"]["state"], "open", "what was refused changed nothing");
    assert_eq!(hold(Some(look().await), "auto").await.status(), 200);
}

#[tokio::test]
async fn working_anew_becomes_an_order_with_a_reason() {
    let door = stopped(1).await;
    let path = format!("/api/v1/exceptions/{}", exception("PO-1"));
    for (verb, body, action) in [
        ("from-step", literal!({"step": "budget", "reason": "raised"}), Action::From { step: "budget".into() }),
        ("newer-version", literal!({"reason": "mended"}), Action::Newer { version: None }),
        (
            "amend",
            literal!({"patch": {"currency": "CNY"}, "revision": 1, "reason": "typo"}),
            Action::Amend { patch: literal!({"currency": "CNY"}), base: Some(1), then: Then::GoOn },
        ),
        (
            "amend",
            literal!({"patch": [{"op": "remove", "path": "/x"}], "from_step": "budget", "reason": "typo"}),
            Action::Amend { patch: literal!([{"op": "remove", "path": "/x"}]), base: None, then: Then::From("budget".into()) },
        ),
    ] {
        let (status, answer) = door.post(&format!("{path}/{verb}"), &body.to_string()).await;
        assert_eq!(status, 202, "{verb}: {answer}");
        let order = door.mending.taken.lock().unwrap().pop().unwrap();
        assert_eq!((order.action, order.reason.as_deref()), (action, body["reason"].as_str()));
        assert_eq!((order.exception, order.actor.as_str()), (exception("PO-1"), "caller_of_all"));
    }
    for (verb, body, pointers) in [
        ("from-step", "{}", vec!["/reason", "/step"]),
        ("amend", "{\"reason\":\"x\",\"patch\":7,\"revision\":\"a\"}", vec!["/patch", "/revision"]),
        ("newer-version", "{\"reason\":\"x\",\"versio\":\"a\"}", vec!["/versio"]),
    ] {
        let (status, problem) = door.post(&format!("{path}/{verb}"), body).await;
        let found: Vec<_> = problem["pointers"].as_array().unwrap().iter().map(|one| one["pointer"].as_str().unwrap()).collect();
        assert_eq!((status, found), (422, pointers), "{verb}");
    }
    let may = |permissions: &[Permission]| {
        let request = door.client.post(format!("{}{path}/amend", door.base)).bearer_auth(token(permissions));
        let request = request.header("content-type", "application/json").body("{\"patch\":{},\"reason\":\"x\"}");
        async move { request.send().await.unwrap().status().as_u16() }
    };
    assert_eq!(may(&[Permission::Operate]).await, 403, "who mends data sees data");
    assert_eq!(may(&[Permission::Payloads, Permission::Operate]).await, 403, "seeing and settling is not changing");
    assert_eq!(may(&[Permission::Payloads, Permission::Operate, Permission::Amend]).await, 202);
}

#[tokio::test]
async fn a_dry_run_tells_and_does_nothing() {
    let door = stopped(1).await;
    let path = format!("/api/v1/exceptions/{}/dry-run", exception("PO-1"));
    let (status, preview) = door.post(&path, "{\"action\":\"from-step\",\"step\":\"budget\",\"ask_partners\":true}").await;
    assert_eq!((status, preview["status"].as_str(), preview["calls"][0]["held"].as_str()), (200, Some("from-step"), Some("no")));
    assert_eq!(preview["calls"][0]["input"]["title"], "canary of a payload");
    let operator = door.client.post(format!("{}{path}", door.base)).bearer_auth(token(&[Permission::Operate]));
    let operator = operator.header("content-type", "application/json").body("{\"action\":\"retry\"}");
    let text = operator.send().await.unwrap().text().await.unwrap();
    assert!(!text.contains("canary"), "{text}");
    assert_eq!(door.post(&path, "{\"action\":\"explode\"}").await.0, 422);
    assert!(door.mending.taken.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_dry_run_whose_caller_is_gone_asks_partners_to_the_end() {
    // The time of a request that is over drops its handler, as a browser does that hangs up.
    let limits = Limits { request_timeout: Duration::from_secs(2), ..Limits::default() };
    let door = door_with(Setup { limits, ..Setup::default() }).await;
    door.write(stopped_order("PO-1", 1)).await;
    let slow = Arc::new(Notify::new());
    *door.mending.slow.lock().unwrap() = Some(slow.clone());
    let path = format!("/api/v1/exceptions/{}/dry-run", exception("PO-1"));
    let (status, answer) = door.post(&path, "{\"action\":\"retry\",\"ask_partners\":true}").await;
    assert_eq!((status, &answer["code"]), (408, &literal!("request_timeout")), "{answer}");
    slow.notify_one();
    tokio::time::timeout(Duration::from_secs(20), door.mending.previewed.notified()).await.expect("what was begun is done");
}

/// A batch over documents, begun five minutes after they were chosen; what has stopped `PO-1` once more in between.
async fn batch_of_documents(door: &Door, also_stopped: bool) -> (ClaimedItems, ExceptionId) {
    let body = literal!({"resource": "documents", "ids": [document("PO-1").to_string()]});
    let (status, frozen) = door.post("/api/v1/selections", &body.to_string()).await;
    assert_eq!((status, frozen["count"].as_u64()), (201, Some(1)), "{frozen}");
    let later = ExceptionId(uuid::Uuid::from_u128(4_711));
    if also_stopped {
        let mut stopped = stopped_order("PO-1", 0).exceptions.remove(0);
        (stopped.id, stopped.code, stopped.effect, stopped.opened_at) = (later, "payable_unknown".into(), None, at(63));
        door.write(Writes { exceptions: vec![stopped], ..Writes::default() }).await;
    }
    door.clock.advance(Duration::from_secs(300));
    let order = literal!({"selection": frozen["selection"], "action": "skip", "reason": "told by phone", "per_minute": 6000});
    let (status, started) = door.post("/api/v1/batches", &order.to_string()).await;
    assert_eq!((status, started["total"].as_u64()), (202, Some(1)), "{started}");
    let lease = Lease { owner: "a".to_owned(), until: at(70) };
    (door.store.desk().claim_items(&lease, at(65), 9).await.unwrap().expect("one item"), later)
}

async fn performed(door: &Door, claimed: &ClaimedItems, attempts: u32) -> ItemOutcome {
    let batching = Batching { store: door.store.clone(), mending: door.mending.clone(), messages: door.mending.clone() };
    let mut item = claimed.items[0].clone();
    item.attempts = attempts;
    batching.perform(&claimed.batch, &item, at(66)).await
}

#[tokio::test]
async fn a_batch_of_documents_settles_what_was_open_when_they_were_chosen_and_nothing_that_came_later() {
    let door = stopped(1).await;
    let (claimed, later) = batch_of_documents(&door, true).await;
    let outcome = performed(&door, &claimed, 1).await;
    let settled: Vec<ExceptionId> = door.mending.taken.lock().unwrap().iter().map(|order| order.exception).collect();
    assert_eq!(settled, [exception("PO-1")], "{outcome:?}");
    assert_eq!((outcome.state.as_str(), outcome.code.as_deref()), ("skipped", Some("opened_later")), "{outcome:?}");
    let detail: Value = serde_json::from_str(outcome.detail.as_deref().unwrap()).unwrap();
    let told: Vec<(&str, &str)> =
        detail.as_array().unwrap().iter().map(|row| (row["exception"].as_str().unwrap(), row["state"].as_str().unwrap())).collect();
    assert_eq!(told, [(exception("PO-1").to_string().as_str(), "done"), (later.to_string().as_str(), "skipped")]);
}

#[tokio::test]
async fn an_item_that_comes_again_leaves_alone_what_the_document_ran_into_since() {
    let door = stopped(1).await;
    let (claimed, _) = batch_of_documents(&door, true).await;
    // The process settled the one that was chosen, died, and the instance went on to the next.
    let settled = ClosedException {
        id: exception("PO-1"),
        tenant: claimed.batch.tenant,
        resolution: "skip".to_owned(),
        at: at(66),
        by: claimed.batch.actor.clone(),
    };
    door.write(Writes { exceptions_closed: vec![settled], ..Writes::default() }).await;
    let outcome = performed(&door, &claimed, 2).await;
    assert_eq!((outcome.state.as_str(), outcome.code.as_deref()), ("done", Some("accepted")), "{outcome:?}");
    assert!(door.mending.taken.lock().unwrap().is_empty(), "nobody has looked at the other");
}

#[tokio::test]
async fn a_batch_of_documents_settles_what_is_chosen_also_minutes_later() {
    let door = stopped(1).await;
    let (claimed, _) = batch_of_documents(&door, false).await;
    let outcome = performed(&door, &claimed, 1).await;
    assert_eq!((outcome.state.as_str(), outcome.code.as_deref()), ("done", Some("accepted")), "{outcome:?}");
    assert_eq!(door.mending.taken.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn a_selection_is_frozen_and_a_batch_works_on_it() {
    let door = stopped(3).await;
    let body = literal!({"resource": "exceptions", "filter": {"state": "open", "cause": "data_wrong"}});
    let (status, frozen) = door.post("/api/v1/selections", &body.to_string()).await;
    assert_eq!((status, frozen["count"].as_u64(), frozen["sample"].as_array().unwrap().len()), (201, Some(3), 3), "{frozen}");
    door.write(stopped_order("PO-8", 8)).await;
    let batch = literal!({"selection": frozen["selection"], "action": "skip", "reason": "told by phone", "per_minute": 6000});
    let order = |key: &'static str| {
        let request = door.request(Method::POST, "/api/v1/batches").header("idempotency-key", key);
        let request = request.header("content-type", "application/json").body(batch.to_string());
        async move { json(request.send().await.unwrap()).await }
    };
    let (status, started) = order("k1").await;
    assert_eq!((status, started["total"].as_u64(), started["items"]["waiting"].as_u64()), (202, Some(3), Some(3)), "{started}");
    assert_eq!(order("k1").await.1["id"], started["id"], "the same key is the same batch");
    let path = format!("/api/v1/batches/{}", started["id"].as_str().unwrap());
    let (_, first) = door.get(&format!("{path}/items?limit=2")).await;
    assert_eq!((first["items"].as_array().unwrap().len(), first["next_after"].as_u64()), (2, Some(2)));
    assert_eq!(door.get(&format!("{path}/items?limit=2&after=2")).await.1["items"].as_array().unwrap().len(), 1);
    for (verb, status, state) in
        [("pause", 200, "paused"), ("pause", 409, ""), ("resume", 200, "running"), ("retry-failed", 409, ""), ("cancel", 200, "cancelled")]
    {
        let (found, answer) = door.post(&format!("{path}/{verb}"), "").await;
        assert_eq!(found, status, "{verb}: {answer}");
        assert!(state.is_empty() || answer["state"] == state, "{verb}: {answer}");
    }
    let table = door.request(Method::GET, &format!("{path}/items.csv")).send().await.unwrap().bytes().await.unwrap();
    assert!(table.starts_with(b"\xef\xbb\xbfposition,target,state"), "a byte order mark, then the heading");
    assert_eq!(table.iter().filter(|byte| **byte == b'\n').count(), 4);
}

#[tokio::test]
async fn what_would_fail_for_every_item_is_refused_at_once() {
    let door = stopped(1).await;
    let (_, frozen) =
        door.post("/api/v1/selections", &literal!({"resource": "exceptions", "ids": [exception("PO-1").to_string()]}).to_string()).await;
    let selection = frozen["selection"].as_str().unwrap();
    for (body, pointer) in [
        (literal!({"selection": selection, "action": "skip"}), "/reason"),
        (literal!({"selection": selection, "action": "amend", "reason": "x"}), "/arguments/patch"),
        (literal!({"selection": selection, "action": "retry", "arguments": {"step": "x"}}), "/arguments/step"),
        (literal!({"selection": selection, "action": "take-up"}), "/action"),
        (literal!({"selection": selection, "action": "retry", "per_minute": 0}), "/per_minute"),
        (literal!({"selection": "x", "action": "retry"}), "/selection"),
    ] {
        let (status, problem) = door.post("/api/v1/batches", &body.to_string()).await;
        assert_eq!((status, problem["pointers"][0]["pointer"].as_str()), (422, Some(pointer)), "{body}: {problem}");
    }
    for body in [
        literal!({"resource": "exceptions"}),
        literal!({"resource": "tokens", "ids": []}),
        literal!({"resource": "documents", "filter": {"colour": "red"}}),
        literal!({"resource": "documents", "filter": {"limit": 3}}),
        literal!({"resource": "messages", "filter": {"connection": "a\u{0}b"}}),
    ] {
        assert_eq!(door.post("/api/v1/selections", &body.to_string()).await.0, 422, "{body}");
    }
    // What the list refuses would be everything here.
    for body in [
        literal!({"resource": "documents", "filter": {"amount_from": "abc"}}),
        literal!({"resource": "documents", "filter": {"standing": "sitting"}}),
        literal!({"resource": "exceptions", "filter": {"cause": "bad luck"}}),
        literal!({"resource": "messages", "filter": {"state": "lost"}}),
    ] {
        let (status, problem) = door.post("/api/v1/selections", &body.to_string()).await;
        assert_eq!((status, problem["code"].as_str()), (400, Some("bad_query")), "{body}: {problem}");
    }
    let probe = literal!({"resource": "documents", "filter": {"body": "Harbour"}}).to_string();
    let request = door.client.post(format!("{}/api/v1/selections", door.base)).bearer_auth(token(&[Permission::Read, Permission::Operate]));
    let answer = request.header("content-type", "application/json").body(probe).send().await.unwrap();
    assert_eq!(answer.status(), 403, "contents are looked into by who may see them");
    let gone = literal!({"selection": uuid::Uuid::from_u128(1), "action": "retry"});
    assert_eq!(door.post("/api/v1/batches", &gone.to_string()).await.0, 404);
}

#[tokio::test]
async fn the_largest_page_is_not_the_last_one() {
    let door = door().await;
    let keys: Vec<String> = (0..502).map(|number| format!("PO-{number}")).collect();
    for (number, key) in keys.iter().enumerate() {
        door.write(order(key, i64::try_from(number).unwrap())).await;
    }
    for list in ["documents", "instances"] {
        let (_, page) = door.get(&format!("/api/v1/{list}?limit=500")).await;
        assert_eq!(page["items"].as_array().map(Vec::len), Some(500), "{list}");
        let cursor = page["next_cursor"].as_str().unwrap_or_else(|| panic!("`{list}` ends after 500 of 502"));
        let (_, rest) = door.get(&format!("/api/v1/{list}?limit=500&cursor={cursor}")).await;
        assert_eq!((rest["items"].as_array().map(Vec::len), rest["next_cursor"].is_null()), (Some(2), true), "{list}");
    }
    let table = door.request(Method::GET, "/api/v1/documents.csv").send().await.unwrap().text().await.unwrap();
    assert_eq!(table.lines().count(), 503, "the heading and every document");
}

#[tokio::test]
async fn documents_are_found_as_they_are_pasted() {
    let door = door().await;
    for key in ["PO-2026-004417", "PO-2026-004409", "X-1"] {
        door.write(order(key, 0)).await;
    }
    for (q, expected) in [
        ("PO-2026-004417", vec!["PO-2026-004417"]),
        ("ＰＯ－２０２６－００４４１７　", vec!["PO-2026-004417"]),
        ("po-2026-0044", vec!["PO-2026-004409", "PO-2026-004417"]),
        ("A-X-1", vec!["X-1"]),
        ("4417", vec!["PO-2026-004417"]),
        ("417", vec![]),
        ("%", vec![]),
    ] {
        let (status, page) = json(
            door.request(
                Method::GET,
                &format!("/api/v1/documents?q={}", url::form_urlencoded::byte_serialize(q.as_bytes()).collect::<String>()),
            )
            .send()
            .await
            .unwrap(),
        )
        .await;
        let mut keys: Vec<_> =
            page["items"].as_array().unwrap_or_else(|| panic!("{page}")).iter().map(|item| item["key"].as_str().unwrap()).collect();
        keys.sort_unstable();
        assert_eq!((status, keys), (200, expected), "{q}");
    }
    let pasted = literal!({"keys": ["PO-2026-004417", "nothing", " ｘ－１ ", "A-PO-2026-004409"]});
    let (status, found) = door.post("/api/v1/documents/find", &pasted.to_string()).await;
    let named: Vec<_> = found["found"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["key"].as_str().unwrap(), one["documents"][0]["key"].as_str().unwrap()))
        .collect();
    assert_eq!(status, 200);
    assert_eq!(named, [("PO-2026-004417", "PO-2026-004417"), (" ｘ－１ ", "X-1"), ("A-PO-2026-004409", "PO-2026-004409")]);
    assert_eq!(found["not_found"], literal!(["nothing"]));
    let many: Vec<String> = (0..501).map(|number| number.to_string()).collect();
    assert_eq!(door.post("/api/v1/documents/find", &literal!({"keys": many}).to_string()).await.0, 422);
}

#[tokio::test]
async fn lists_say_what_waits_and_go_out_as_a_table() {
    let door = stopped(2).await;
    let (_, list) = door.get("/api/v1/documents?standing=stopped&amount_from=86200&system=oa_main&owner=role:procurement_clerk").await;
    assert_eq!(list["items"].as_array().unwrap().len(), 2, "{list}");
    let waiting = &list["items"][0]["waiting_on"];
    assert_eq!((waiting["kind"].as_str(), waiting["owner"].as_str()), (Some("exception"), Some("role:procurement_clerk")));
    let (_, counts) = door.get("/api/v1/documents/counts").await;
    assert_eq!(counts, literal!({"in_flight": {"in_approval": 2}, "stopped": {"data_wrong": 2}}));
    let answer = door.request(Method::GET, "/api/v1/documents.csv?status=in_approval").send().await.unwrap();
    assert_eq!(answer.headers()["content-type"], "text/csv; charset=utf-8");
    let table = answer.text().await.unwrap();
    assert!(table.starts_with('\u{feff}') && table.contains("\r\nPO-2,purchase_order,in_approval,erp_hq,submitted,86200.00,"), "{table}");
    assert_eq!(table.lines().count(), 3);
    for bad in ["amount_from=much", "standing=upright", "colour=red"] {
        assert_eq!(door.get(&format!("/api/v1/documents?{bad}")).await.0, 400, "{bad}");
    }
    let reader = door.client.get(format!("{}/api/v1/documents?body=PO", door.base)).bearer_auth(token(&[Permission::Read]));
    assert_eq!(reader.send().await.unwrap().status(), 403, "a filter on contents tells contents");
    assert_eq!(door.get("/api/v1/documents?body=9007199254740993.10").await.1["items"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn a_story_is_told_in_both_languages() {
    let door = stopped(1).await;
    let (status, story) = door.get(&format!("/api/v1/documents/{}/story", document("PO-1"))).await;
    let entries = story["items"].as_array().unwrap();
    assert_eq!(status, 200);
    assert_eq!(entries[0]["words"], literal!({"en": "The document was taken.", "zh": "收到单据。"}));
    assert!(entries.iter().any(|entry| entry["kind"] == "entered" && entry["step"] == "oa"), "{story}");
    let (_, origins) = door.get(&format!("/api/v1/documents/{}/revisions", document("PO-1"))).await;
    assert_eq!(origins["items"][0]["origin"], "received");
    let (_, diff) = door.get(&format!("/api/v1/documents/{}/revisions/1/diff", document("PO-1"))).await;
    assert_eq!(diff, literal!({"from": 1, "to": 1, "changes": []}));
    let (status, fields) = door.get(&format!("/api/v1/documents/{}/revisions/1/fields", document("PO-1"))).await;
    let paths: Vec<&str> = fields["items"].as_array().unwrap().iter().map(|item| item["path"].as_str().unwrap()).collect();
    assert_eq!((status, paths), (200, vec!["number", "total_gross"]), "{fields}");
    let amount = &fields["items"][1];
    assert_eq!(
        (amount["value"].as_str(), amount["since"].as_u64(), amount["origin"].as_str()),
        (Some("9007199254740993.10"), Some(1), Some("received"))
    );
    assert!(amount.get("rule").is_none(), "no rule makes this of such a payload: {amount}");
}

#[tokio::test]
async fn who_calls_learns_what_it_may() {
    let door = door().await;
    let me = |permissions: &[Permission]| {
        let request = door.client.get(format!("{}/api/v1/me", door.base)).bearer_auth(token(permissions));
        async move { json(request.send().await.unwrap()).await.1 }
    };
    assert_eq!(me(&[Permission::Read]).await["capabilities"], literal!(["see_documents"]));
    let operator = me(&[Permission::Read, Permission::Operate]).await;
    assert!(operator["capabilities"].as_array().unwrap().contains(&Value::from("run_batches")), "{operator}");
    assert!(!operator.to_string().contains("amend_data"), "{operator}");
}

#[tokio::test]
async fn a_stream_that_nobody_listens_to_is_not_run_and_says_so() {
    let run = |stream: &str| format!("/api/v1/streams/oa_main/{stream}/run");
    let door = door().await;
    let (status, problem) = door.post(&run("quiet"), "{}").await;
    assert_eq!((status, problem["code"].as_str()), (409, Some("conflict")), "{problem}");
    assert!(problem["detail"].as_str().is_some_and(|words| words.contains("obody listens to the stream `quiet`")), "{problem}");
    // One that somebody listens to and that has never run is not known yet.
    assert_eq!(door.post(&run("orders"), "{}").await.0, 404);
}
