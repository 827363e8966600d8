//! What is expected of every connector when something goes wrong, a function for each column of the table.

use crate::bench::{Bench, Sent};
use crate::mock::{Mock, Trouble};
use crate::partners;
use crate::table::{Fault, Row};
use crate::world::id as id_of;
use mock_systems::{ApprovalStatus, Mode, Registration, System};
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use waybill::domain::connector::Class;
use waybill::gateway::CallPurpose;

/// Drives one cell.
pub async fn drive(fault: Fault, row: &'static Row) {
    if fault == Fault::EarlyEvent {
        return early_event(row).await;
    }
    let bench = Bench::start(row).await;
    match fault {
        Fault::AuthLapse => auth_lapse(&bench).await,
        Fault::PageBoundary => page_boundary(&bench).await,
        Fault::Throttle => throttle(&bench).await,
        Fault::LostCreate => lost_create(&bench).await,
        Fault::AmbiguousWrite => ambiguous_write(&bench).await,
        Fault::SilentNoOp => silent_no_op(&bench).await,
        Fault::Malformed => malformed(&bench).await,
        Fault::RevokedLater => revoked_later(&bench).await,
        Fault::LostComment => lost_comment(&bench).await,
        Fault::EarlyEvent => {}
    }
}

fn class(bench: &Bench, sent: &Sent, wanted: Class) {
    assert_eq!(sent.answer.class, wanted, "{}: {:?} {:?}", bench.row.connector, sent.answer.message, sent.answer.attempts);
}

/// The call after a lapse takes a log-in more, and is ok.
async fn auth_lapse(bench: &Bench) {
    let reads = bench.row.read.0;
    // A token that only writes need lapses with them.
    let needs_write = bench.row.connector == "sap_s4hana";
    let mut attempts = Vec::new();
    for turn in 0..3 {
        let id = bench.object().await;
        if turn == 2 {
            bench.trouble(Trouble::Lapse, bench.row.read.1).await;
        }
        let operation = if needs_write { bench.row.write.expect("a write").0 } else { reads };
        let sent = bench.ask(operation, json!({"id": id})).await;
        class(bench, &sent, Class::Ok);
        attempts.push(sent.answer.attempts.len());
    }
    assert!(attempts[2] > attempts[1], "{}: no log-in anew: {attempts:?}", bench.row.connector);
    if let Mock::Vendor(_) = bench.mock {
        lapse_between_steps(bench).await;
    }
}

/// Between the steps of one operation: what the first ones read stands, and only the one that met the lapse is sent once more.
async fn lapse_between_steps(bench: &Bench) {
    let answer = match bench.row.write {
        Some((write, api)) => {
            let id = bench.object().await;
            bench.trouble(Trouble::Lapse, api).await;
            let sent = bench.ask(write, json!({"id": id})).await;
            class(bench, &sent, Class::Ok);
            assert!(bench.read_back(&sent).await.confirmed, "{}: it was done", bench.row.connector);
            sent.answer
        }
        // What writes in one request alone is looked up in two steps: a list, and each of it.
        None => {
            let sent = bench.create().await;
            class(bench, &sent, Class::Ok);
            bench.trouble(Trouble::Lapse, bench.row.read.1).await;
            let found = bench.look_up(&sent).await;
            assert_eq!(found.class, Class::Ok, "{}: {:?}", bench.row.connector, found.message);
            found
        }
    };
    let operations: Vec<&str> = answer.attempts.iter().map(|attempt| attempt.operation.as_str()).collect();
    let login = operations.iter().position(|operation| *operation == "auth").expect("a log-in anew");
    assert!(login >= 2, "{}: it lapsed before the second step: {operations:?}", bench.row.connector);
    assert_eq!(operations[login - 1], operations[login + 1], "{}: {operations:?}", bench.row.connector);
    let first = operations[0];
    assert_eq!(operations.iter().filter(|operation| **operation == first).count(), 1, "{}: {operations:?}", bench.row.connector);
}

/// The rows of the whole list, and how often there was a log-in meanwhile.
async fn listed(bench: &Bench) -> (Vec<Value>, usize) {
    let list = bench.row.list.as_ref().expect("a listing");
    let mut input = (list.input)();
    if list.by_time {
        input["since"] = json!(an_hour_ago());
    }
    let sent = bench.ask(list.operation, input).await;
    class(bench, &sent, Class::Ok);
    let rows = sent.answer.output.to_json()[list.each].as_array().cloned().expect("rows");
    (rows, sent.answer.attempts.iter().filter(|attempt| attempt.operation == "auth").count())
}

#[expect(clippy::disallowed_methods, reason = "the mock's clock is the machine's")]
fn an_hour_ago() -> String {
    (jiff::Timestamp::now() - jiff::SignedDuration::from_hours(1)).to_string()
}

/// Exactly a page, and one more: all of them, each once; also where the credentials lapse between the pages.
async fn page_boundary(bench: &Bench) {
    let list = bench.row.list.as_ref().expect("a listing");
    let size = list.size;
    let before = listed(bench).await.0.len();
    for at in before..size {
        match bench.mock {
            Mock::Erp(_) | Mock::Generic(_, System::Erp) => drop(bench.mock.order(&format!("PB-{at:05}"))),
            _ => drop(bench.object().await),
        }
    }
    let told = |rows: &[Value]| (rows.len(), rows.iter().map(Value::to_string).collect::<BTreeSet<_>>().len());
    for extra in 0..2 {
        let (rows, _) = listed(bench).await;
        assert_eq!(told(&rows), (size + extra, size + extra), "{}", bench.row.connector);
        if extra == 0 {
            bench.object().await;
        }
    }
    if let Mock::Vendor(_) | Mock::Generic(..) = bench.mock {
        bench.lapse_after(1, list.api).await;
        let (rows, logins) = listed(bench).await;
        assert_eq!((told(&rows), logins), ((size + 1, size + 1), 1), "{}: a lapse between the pages", bench.row.connector);
    }
}

/// A pause with an end, and then it works.
async fn throttle(bench: &Bench) {
    let (operation, api) = bench.row.read;
    let id = bench.object().await;
    bench.output(operation, json!({"id": id})).await;
    bench.trouble(Trouble::Throttle, api).await;
    let sent = bench.ask(operation, json!({"id": id})).await;
    class(bench, &sent, Class::RateLimited);
    assert!(sent.answer.retry_after.is_some(), "{}: until when?", bench.row.connector);
    bench.ask_until_ok(operation, json!({"id": id})).await;
}

/// Whether a create that nobody knows of happened is told by looking it up, or by its key.
async fn settled(bench: &Bench, sent: &Sent, before: usize, done: bool) {
    let create = bench.row.create.as_ref().expect("a create").operation;
    if bench.is_looked_up(create) {
        let found = bench.look_up(sent).await;
        let wanted = if done { Class::Ok } else { Class::NotFound };
        assert_eq!(found.class, wanted, "{}: {:?}", bench.row.connector, found.message);
        if done {
            assert!(found.output.to_json()["external_id"].is_string(), "{}: {:?}", bench.row.connector, found.output);
        }
        assert_eq!(bench.count().await, before + usize::from(done), "{}", bench.row.connector);
    } else {
        assert_eq!(bench.again(sent).await.class, Class::Ok, "{}", bench.row.connector);
        assert_eq!(bench.count().await, before + 1, "{}: once, however often it is sent", bench.row.connector);
    }
}

async fn lost_create(bench: &Bench) {
    let api = bench.row.create.as_ref().expect("a create").api;
    // Signed in beforehand: it is the create that is lost, and not the log-in.
    bench.create().await;
    let before = bench.count().await;
    bench.trouble(Trouble::Lost, api).await;
    let sent = bench.create().await;
    class(bench, &sent, Class::Unknown);
    assert_eq!(bench.count().await, before + 1, "{}: it was done", bench.row.connector);
    settled(bench, &sent, before, true).await;
}

async fn ambiguous_write(bench: &Bench) {
    if let Some(create) = &bench.row.create {
        bench.create().await;
        let before = bench.count().await;
        bench.trouble(Trouble::Error, create.api).await;
        let sent = bench.create().await;
        class(bench, &sent, Class::Unknown);
        // A gateway's page means nothing done here, the server's error that it was.
        let done = !matches!(bench.mock, Mock::Vendor(_));
        assert_eq!(bench.count().await, before + usize::from(done), "{}", bench.row.connector);
        settled(bench, &sent, before, done).await;
    }
    if let Some((write, api)) = bench.row.write {
        for trouble in [Trouble::ErrorAfter, Trouble::Lost] {
            let id = bench.object().await;
            bench.trouble(trouble, api).await;
            let sent = bench.ask(write, json!({"id": id})).await;
            class(bench, &sent, Class::Unknown);
            let seen = bench.read_back(&sent).await;
            assert!(seen.confirmed, "{} {trouble:?}: reading back tells that it was done: {:?}", bench.row.connector, seen.message);
            // As the hub goes on: what is harmless to repeat is sent again, and a partner that refuses what is done makes no failure of it.
            let again = bench.go_on(&sent, CallPurpose::Call).await;
            class(bench, &again, Class::Ok);
            assert!(bench.read_back(&again).await.confirmed, "{} {trouble:?}: still done", bench.row.connector);
        }
    }
}

/// A comment that may have been written is looked for: written once, whatever became of the answer.
async fn lost_comment(bench: &Bench) {
    let author = bench.row.commenter.expect("somebody who comments");
    let id = bench.object().await;
    // Somebody else has said something, before and after.
    let other = || json!({"id": id, "author": author, "text": "noted"});
    bench.output("comment_approval", other()).await;
    let mut written = 1;
    for (trouble, done) in
        [(Trouble::Lost, true), (Trouble::ErrorAfter, true), (Trouble::Error, false), (Trouble::Half, true), (Trouble::Page, false)]
    {
        bench.trouble(trouble, "comment").await;
        let sent = bench.ask("comment_approval", json!({"id": id, "author": author, "text": "booked"})).await;
        class(bench, &sent, Class::Unknown);
        bench.output("comment_approval", other()).await;
        written += 1 + usize::from(done);
        let found = bench.look_up(&sent).await;
        if !done {
            assert_eq!(found.class, Class::NotFound, "{} {trouble:?}: {:?}", bench.row.connector, found.message);
            assert_eq!(bench.again(&sent).await.class, Class::Ok, "{}", bench.row.connector);
            written += 1;
            let found = bench.look_up(&sent).await;
            assert_eq!(found.class, Class::Ok, "{} {trouble:?}: {:?}", bench.row.connector, found.message);
        } else {
            assert_eq!(found.class, Class::Ok, "{} {trouble:?}: {:?}", bench.row.connector, found.message);
        }
        let comments = bench.comments(&id).await;
        assert_eq!(comments.len(), written, "{} {trouble:?}: {comments:#?}", bench.row.connector);
        // What the look-up answers is what the lost answer would have said.
        if let Some(told) = bench.look_up(&sent).await.output.to_json().get("comment_id") {
            let ours = comments.iter().rev().find(|(_, text)| text.starts_with("booked")).and_then(|(id, _)| id.clone());
            assert_eq!(told.as_str().map(str::to_owned), ours, "{}", bench.row.connector);
        }
    }
}

/// A success without an effect is not confirmed; the same write with one is.
async fn silent_no_op(bench: &Bench) {
    let (write, api) = bench.row.write.expect("a write");
    let id = bench.object().await;
    let done = bench.ask(write, json!({"id": id})).await;
    class(bench, &done, Class::Ok);
    assert!(bench.read_back(&done).await.confirmed, "{}: what was done is confirmed", bench.row.connector);

    let id = bench.object().await;
    match &bench.mock {
        Mock::Generic(..) | Mock::Vendor(_) => bench.pretend(api).await,
        // The hub's user lost a right: the vendor leaves the order out and answers success.
        Mock::Erp(erp) if bench.row.connector == "odoo" => {
            drop(erp.person(&json!({"do": "rights", "approve": false})).expect("rights"));
        }
        // Its task was decided otherwise, so that there is none to decide.
        Mock::Erp(_) => drop(bench.output("reject_order", json!({"id": id})).await),
    }
    let sent = bench.ask(write, json!({"id": id})).await;
    class(bench, &sent, Class::Ok);
    assert!(!bench.read_back(&sent).await.confirmed, "{}: nothing was done", bench.row.connector);
    if let Mock::Erp(_) = bench.mock {
        return;
    }
    // Once more, as the hub does it where that is harmless: now it is done.
    assert_eq!(bench.again(&sent).await.class, Class::Ok, "{}", bench.row.connector);
    assert!(bench.read_back(&sent).await.confirmed, "{}: the second time it is done", bench.row.connector);
    // What is over is left alone, by the connector or by the partner, and not taken for withdrawn.
    if let (Mock::Vendor(_), Some((approve, _))) = (&bench.mock, bench.row.approve) {
        let id = bench.object().await;
        bench.act(&id, approve).await;
        let sent = bench.ask(write, json!({"id": id})).await;
        class(bench, &sent, Class::Ok);
        assert!(!bench.read_back(&sent).await.confirmed, "{}: it is approved, and stays so", bench.row.connector);
    }
}

async fn malformed(bench: &Bench) {
    let (operation, api) = bench.row.read;
    let id = bench.object().await;
    bench.output(operation, json!({"id": id})).await;
    for trouble in [Trouble::Page, Trouble::Half] {
        bench.trouble(trouble, api).await;
        let sent = bench.ask(operation, json!({"id": id})).await;
        class(bench, &sent, Class::Retryable);
        bench.ask_until_ok(operation, json!({"id": id})).await;
    }
    let Some(create) = &bench.row.create else { return };
    // Whatever has to be fetched before a write is there now.
    bench.create().await;
    for (trouble, done) in [(Trouble::Page, false), (Trouble::Half, true)] {
        let before = bench.count().await;
        bench.trouble(trouble, create.api).await;
        let sent = bench.create().await;
        class(bench, &sent, Class::Unknown);
        settled(bench, &sent, before, done).await;
    }
}

async fn revoked_later(bench: &Bench) {
    let (approve, revoke) = bench.row.approve.expect("approvals");
    let id = bench.object().await;
    assert_eq!(bench.outcome(&id).await, "Pending", "{}", bench.row.connector);
    bench.act(&id, approve).await;
    assert_eq!(bench.outcome(&id).await, "Approved", "{}", bench.row.connector);
    bench.act(&id, revoke).await;
    assert_eq!(bench.outcome(&id).await, "Revoked", "{}", bench.row.connector);
}

/// The event stands before the answer: it waits for the link, and the order goes its way.
async fn early_event(row: &'static Row) {
    let world = match row.connector {
        "dingtalk" => partners::dingtalk::world().await,
        "feishu" => partners::feishu::world().await,
        "wecom" => partners::wecom::world().await,
        "weaver_ecology" => partners::weaver::world().await,
        _ => return early_event_of_the_generic_oa().await,
    };
    let api = row.create.as_ref().expect("a create").api;
    world.switch(json!({format!("event_early.{api}"): 1})).await;
    let number = world.order("4500300001");
    let instance = world.wait_for_instances(1).await.remove(0);
    world.found(&number, &instance).await;
    let traffic = world.control(Method::GET, "traffic", Value::Null).await;
    assert_eq!(traffic["fault.event_early"], 1, "{traffic}");
    assert!(traffic["event.acknowledged"].as_u64().is_some_and(|count| count >= 1), "it was taken: {traffic}");
    let (path, body) = row.approve.expect("approvals").0;
    world.control(Method::POST, &format!("instances/{}/{path}", id_of(&instance)), body()).await;
    world.ended(&number, "released").await;
    assert_eq!(world.instances().await.len(), 1);
    assert!(world.hub.open_exceptions().await.is_empty());
    world.hub.stop().await;
}

async fn early_event_of_the_generic_oa() {
    let mocks = mock_systems::start(mock_systems::Options::default()).await.expect("the mocks start");
    let project = crate::hub::Project::shipped(&mocks);
    let store = format!("sqlite:{}", project.path().join("hub.sqlite").display());
    let hub = crate::hub::HubProcess::start(&project, &store).await;
    for (system, connection, webhook, name) in [(System::Erp, "erp_hq", "orders", "erp"), (System::Oa, "oa_main", "approvals", "oa")] {
        let url = hub.hook_url(connection, webhook).await;
        mocks.register_webhook(system, &Registration { url, secret: crate::hub::secret(name), mode: Mode::Thin }).expect("loopback");
    }
    // Approved before its creation was even answered.
    let switches = json!({"operations": {"create_approval": {"early_webhook_next": 1}}});
    mocks.set_switches(System::Oa, &switches).expect("a switch");
    let wanted = mock_systems::NewOrders { number: Some("PO-CF-1".to_owned()), amount: Some(80_000.into()), ..Default::default() };
    mocks.create_orders(&wanted).expect("an order");
    let began = std::time::Instant::now();
    loop {
        let approvals = mocks.audit().orders.get("PO-CF-1").map(|order| order.approvals.clone()).unwrap_or_default();
        if let Some(open) = approvals.iter().find(|approval| matches!(approval.status, ApprovalStatus::New | ApprovalStatus::Running)) {
            let _ = mocks.decide(&open.id, ApprovalStatus::Approved);
        }
        if hub.document("PO-CF-1").await.is_some_and(|page| page["status"] == "released") {
            assert_eq!(approvals.len(), 1, "{approvals:?}");
            let traffic = mocks.traffic()["oa"].to_string();
            assert!(traffic.contains("early_webhook"), "it did come before the answer: {traffic}");
            break;
        }
        assert!(began.elapsed().as_secs() < 60, "not released: {approvals:?}");
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    hub.stop().await;
}
