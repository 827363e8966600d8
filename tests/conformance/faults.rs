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
        let operation = if needs_write { bench.row.write.expect("a write") } else { reads };
        let sent = bench.ask(operation, json!({"id": id})).await;
        class(bench, &sent, Class::Ok);
        attempts.push(sent.answer.attempts.len());
    }
    assert!(attempts[2] > attempts[1], "{}: no log-in anew: {attempts:?}", bench.row.connector);
}

async fn listed(bench: &Bench) -> Vec<Value> {
    let list = bench.row.list.as_ref().expect("a listing");
    let mut input = (list.input)();
    if list.by_time {
        input["since"] = json!(an_hour_ago());
    }
    bench.output(list.operation, input).await[list.each].as_array().cloned().expect("rows")
}

#[expect(clippy::disallowed_methods, reason = "the mock's clock is the machine's")]
fn an_hour_ago() -> String {
    (jiff::Timestamp::now() - jiff::SignedDuration::from_hours(1)).to_string()
}

/// Exactly a page, and one more: all of them, each once.
async fn page_boundary(bench: &Bench) {
    let size = bench.row.list.as_ref().expect("a listing").size;
    let before = listed(bench).await.len();
    for at in before..size {
        match bench.mock {
            Mock::Erp(_) | Mock::Generic(_, System::Erp) => drop(bench.mock.order(&format!("PB-{at:05}"))),
            _ => drop(bench.object().await),
        }
    }
    for extra in 0..2 {
        let rows = listed(bench).await;
        let distinct: BTreeSet<String> = rows.iter().map(Value::to_string).collect();
        assert_eq!((rows.len(), distinct.len()), (size + extra, size + extra), "{}", bench.row.connector);
        if extra == 0 {
            bench.object().await;
        }
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
    if let (Some(write), Mock::Erp(_) | Mock::Generic(..)) = (bench.row.write, &bench.mock) {
        for trouble in [Trouble::Error, Trouble::Lost] {
            let id = bench.object().await;
            bench.trouble(trouble, write).await;
            let sent = bench.ask(write, json!({"id": id})).await;
            class(bench, &sent, Class::Unknown);
            let seen = bench.read_back(&sent).await;
            assert!(seen.confirmed, "{} {trouble:?}: reading back tells that it was done: {:?}", bench.row.connector, seen.message);
        }
    }
}

/// A success without an effect is not confirmed; the same write with one is.
async fn silent_no_op(bench: &Bench) {
    let write = bench.row.write.expect("a write");
    let id = bench.object().await;
    let done = bench.ask(write, json!({"id": id})).await;
    class(bench, &done, Class::Ok);
    assert!(bench.read_back(&done).await.confirmed, "{}: what was done is confirmed", bench.row.connector);

    let id = bench.object().await;
    match (&bench.mock, &bench.row.approve) {
        (Mock::Generic(mocks, system), _) => {
            mocks.set_switches(*system, &json!({"operations": {write: {"silent_no_op_next": 1}}})).expect("a switch");
        }
        // What is over is left alone by the connector itself.
        (Mock::Vendor(_), Some((approve, _))) => bench.act(&id, *approve).await,
        // The hub's user lost a right: the vendor leaves the order out and answers success.
        (Mock::Erp(erp), _) if bench.row.connector == "odoo" => {
            drop(erp.person(&json!({"do": "rights", "approve": false})).expect("rights"));
        }
        // Its task was decided otherwise, so that there is none to decide.
        (Mock::Erp(_), _) => drop(bench.output("reject_order", json!({"id": id})).await),
        (Mock::Vendor(_), None) => panic!("{} has no approvals", bench.row.connector),
    }
    let sent = bench.ask(write, json!({"id": id})).await;
    class(bench, &sent, Class::Ok);
    assert!(!bench.read_back(&sent).await.confirmed, "{}: nothing was done", bench.row.connector);
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
