//! Document types that are `sealed`, on a running hub: orders from the first webhook to the last write, stopped and mended on
//! the way, and a request that people decide. Afterwards no table holds what they said.

mod support;

use lapin::options::{BasicGetOptions, QueueBindOptions, QueueDeclareOptions};
use mock_systems::{Mode, NewOrders, Registration, Running, System};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::io::Write;
use std::time::{Duration, Instant};
use support::broker::PrivateBroker;
use support::columns::{documented, everything, places};
use support::hub::{HubProcess, Project, secret, text};
use support::postgres::FreshDatabase;

/// What the orders say: their supplier.
const SUPPLIER: &str = "Canary Supplies Kestrel-9021";
/// What a person mended.
const REQUESTER: &str = "Canary Merlin-4410";
/// What a person wrote into a form, and about whom.
const REASON: &str = "canary hobby-7733 is broken";
const LINE: &str = "canary label printer 5512";
/// What people said.
const COMMENT: &str = "canary peregrine-3081 agreed";
const ALL: [&str; 5] = [SUPPLIER, REQUESTER, REASON, LINE, COMMENT];
const ORDERS: usize = 4;
const KEYS: &str = "WAYBILL_SEALED_MASTER";
/// The queue that hears what the broker carries.
const ECHO: &str = "what-the-broker-carries";

/// A purchase request that one person agrees to, who may change its reason.
const FLOW: &str = "format: 1
flow: purchase_request_approval
title: {en: Purchase request approval, zh: 采购申请审批}
document: purchase_request
owner: {role: procurement_head}
calendar: cn
start: [{form: purchase_request}, {api: true}]
steps:
  - id: lead
    approve: {by: {manager: 1}, empty: {to: {role: procurement_head}}, fields: {reason: edit}}
    due: 2wd
    sets: in_approval
  - id: verdict
    choose:
      branches:
        - {id: agreed, when: steps.lead.outcome == 'approved', steps: [{id: done, end: {outcome: approved, status: approved}}]}
      otherwise: {id: refused, steps: [{id: stop, end: {outcome: rejected, status: rejected}}]}
";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_that_sealed_documents_say_lies_in_the_embedded_store() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("hub.sqlite").display().to_string();
    whole_way(&format!("sqlite:{path}"), &[]).await;
    for file in [path.clone(), format!("{path}-wal")] {
        let bytes = std::fs::read(&file).unwrap_or_default();
        let lies = String::from_utf8_lossy(&bytes);
        assert!(ALL.iter().all(|canary| !lies.contains(canary)), "`{file}` has it in a page that no table shows");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_that_sealed_documents_say_lies_in_postgres() {
    let database = FreshDatabase::create("sealed").await;
    whole_way(&database.url, &[]).await;
    database.drop().await;
}

/// The broker is made to repeat whatever is published and delivered, tickets and events, to a queue of the test's own.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_that_sealed_documents_say_travels_over_the_broker() {
    let database = FreshDatabase::create("sealed_broker").await;
    let broker = PrivateBroker::start("waybill_sealed").await;
    broker.ctl(&["trace_on"]).await;
    let connection = lapin::Connection::connect(&broker.url(), lapin::ConnectionProperties::default()).await.expect("it answers");
    let channel = connection.create_channel().await.expect("a channel");
    channel.queue_declare(ECHO.into(), QueueDeclareOptions::default(), Default::default()).await.expect("a queue");
    let bound = channel.queue_bind(ECHO.into(), "amq.rabbitmq.trace".into(), "#".into(), QueueBindOptions::default(), Default::default());
    bound.await.expect("bound");
    let url = broker.url();
    let variables = [
        ("WAYBILL_TRANSPORT_KIND", "rabbitmq"),
        ("WAYBILL_TRANSPORT_URL", url.as_str()),
        ("WAYBILL_TRANSPORT_PUBLISH_EVENTS", "true"),
        ("WAYBILL_STORE_SEALING_KEY", "a sealing key of the tests, long enough"),
    ];
    whole_way(&database.url, &variables).await;
    let (mut tickets, mut events) = (0, 0);
    while let Some(message) = channel.basic_get(ECHO.into(), BasicGetOptions { no_ack: true }).await.expect("it answers") {
        let (body, around) = (String::from_utf8_lossy(&message.data).into_owned(), format!("{:?}", message.delivery.properties));
        assert!(ALL.iter().all(|canary| !body.contains(canary) && !around.contains(canary)), "{body} {around}");
        tickets += u32::from(message.delivery.routing_key.as_str().starts_with("deliver.waybill.effects."));
        events += u32::from(body.contains("waybill.document.created"));
    }
    assert!(tickets > 0 && events > 0, "{tickets} tickets and {events} events were seen");
    connection.close(200, "done".into()).await.expect("closed");
    database.drop().await;
}

/// The shipped project with every type marked.
fn project(mocks: &Running) -> Project {
    // Nobody of the ERP is known in the OA, so every order above the free limit stops before its approval.
    let project = Project::shipped(mocks)
        .retime(&[("{from: e100", "{from: f100")])
        .section(&format!("store:\n  master_keys:\n    - {{id: one, key: {{secret: env/{KEYS}}}}}\n"))
        .with(KEYS, "a master key of this test, long enough for it")
        .with_people(&["e1001", "e1003"]);
    for kind in ["purchase_order", "purchase_request", "payable", "payment_request"] {
        let path = project.path().join(format!("documents/{kind}.yaml"));
        let mut file = std::fs::OpenOptions::new().append(true).open(path).expect("the type is there");
        file.write_all(b"sealed: true\n").expect("writable");
    }
    std::fs::write(project.path().join("flows/purchase_request_approval.yaml"), FLOW).expect("writable");
    // Its tests are about the shipped flow.
    for entry in std::fs::read_dir(project.path().join("flows/tests")).expect("readable").flatten() {
        if entry.file_name().to_string_lossy().starts_with("purchase_request") {
            std::fs::remove_file(entry.path()).expect("removable");
        }
    }
    project
}

async fn whole_way(store: &str, variables: &[(&str, &str)]) {
    let mocks = mock_systems::start(mock_systems::Options::default()).await.expect("the mocks start");
    let project = project(&mocks);
    let mut hub = HubProcess::replica(&project, "waybill", store, variables).await;
    connect(&mocks, &hub).await;
    let numbers = orders(&mocks, &hub).await;
    let request = request(&hub).await;

    // While everything is there: what waits, what was tried, what stands in exceptions that were settled.
    let cells = everything(store).await;
    assert!(cells.len() > 1_000, "{} cells", cells.len());
    for canary in ALL {
        assert_eq!(places(&cells, canary), BTreeSet::new(), "`{canary}` lies in plain");
    }
    let readable = documented("What stays readable");
    for number in &numbers {
        let keyed = places(&cells, number);
        assert!(keyed.contains("document.key"), "the search is not blind");
        assert_eq!(
            keyed.difference(&readable).collect::<Vec<_>>(),
            Vec::<&String>::new(),
            "the page does not say that `{number}` lies there"
        );
    }

    seen_by_people(&hub, &numbers[0], &request).await;
    let log = hub.log_tail(usize::MAX);
    assert!(ALL.iter().all(|canary| !log.contains(canary)), "the log tells it");

    // Another process, and one with another key.
    hub.end().await;
    hub.restart(store).await;
    seen_by_people(&hub, &numbers[0], &request).await;
    hub.stop().await;
    let stranger = project.with(KEYS, "another key of that name, long enough for it");
    let (status, log) = HubProcess::refused(&stranger, store).await;
    assert!(!status.success() && log.contains("the key is another one"), "{status}\n{log}");
    mocks.stop().await;
}

/// Orders that stop for one cause, are tried dry, mended as one, and come to their end.
async fn orders(mocks: &Running, hub: &HubProcess) -> Vec<String> {
    let wanted = NewOrders {
        count: ORDERS,
        number: Some("PO-SEALED".to_owned()),
        amount: Some(12_000.into()),
        lines: 1,
        supplier_name: Some(SUPPLIER.to_owned()),
        ..NewOrders::default()
    };
    let numbers: Vec<String> = mocks.create_orders(&wanted).expect("orders").into_iter().map(|(_, number)| number).collect();
    wait("every order stands in an exception", async || hub.open_exceptions().await.len() == ORDERS).await;
    let exception = text(&hub.open_exceptions().await[0]["id"]);
    accepted(hub.post(&format!("/api/v1/exceptions/{exception}/notes"), &json!({"text": COMMENT})).await);
    let group = hub.get("/api/v1/exceptions/groups").await["items"][0]["group"].clone();
    let filter = json!({"resource": "exceptions", "filter": {"group": group, "state": "open"}});
    let frozen = accepted(hub.post("/api/v1/selections", &filter).await);
    for dry_run in [true, false] {
        let mend = json!({"selection": frozen["selection"], "action": "amend", "reason": "people got new numbers", "dry_run": dry_run,
            "arguments": {"patch": {"requester": {"id": "f1002", "name": REQUESTER}}}, "per_minute": 600});
        let batch = text(&accepted(hub.post("/api/v1/batches", &mend).await)["id"]);
        wait("the batch is done", async || hub.get(&format!("/api/v1/batches/{batch}")).await["state"] == "done").await;
        let done = hub.get(&format!("/api/v1/batches/{batch}")).await;
        assert_eq!(done["items"], json!({"done": ORDERS}), "{done}");
    }
    wait("everything is finished", async || mocks.audit().verdict(&numbers).unfinished == 0).await;
    let verdict = mocks.audit().verdict(&numbers);
    assert_eq!((verdict.lost, verdict.duplicated), (0, 0), "{:?}", verdict.details);
    numbers
}

/// A request by a form, agreed to and changed by a person; under a key, so that its answer is kept.
async fn request(hub: &HubProcess) -> String {
    let values = json!({
        "requester": "e1001", "department": "procurement", "category": "goods", "reason": REASON,
        "lines": [{"description": LINE, "quantity": "1", "amount": "800.00"}]
    });
    let body = json!({"values": values, "submitter": "e1001"});
    let made = accepted(hub.post_as("/api/v1/forms/purchase_request/submissions", "r1", &body).await);
    let tasks = accepted(hub.get_by("e1003", "/api/v1/tasks?list=mine").await);
    let task = text(&tasks["items"][0]["id"]);
    let shown = accepted(hub.get_by("e1003", &format!("/api/v1/tasks/{task}")).await);
    let said = json!({"comment": COMMENT, "edits": {"reason": format!("{REASON}, says e1003")}, "seen": shown["version"]});
    accepted(hub.post_by("e1003", &format!("/api/v1/tasks/{task}/approve"), "a1", &said).await);
    let again = accepted(hub.post_as("/api/v1/forms/purchase_request/submissions", "r1", &body).await);
    assert_eq!(again["document"]["id"], made["document"]["id"], "the answer under a key comes back");
    text(&made["document"]["id"])
}

/// Whoever may see documents sees them; nobody finds them by what they say.
async fn seen_by_people(hub: &HubProcess, number: &str, request: &str) {
    let order = hub.document(number).await.expect("its key is searched for");
    let revisions = format!("/api/v1/documents/{}/revisions", text(&order["id"]));
    let newest = hub.get(&format!("{revisions}/2")).await.to_string();
    assert!(newest.contains(SUPPLIER) && newest.contains(REQUESTER), "{newest}");
    assert!(hub.get(&format!("{revisions}/2/diff")).await.to_string().contains(REQUESTER));
    let instance = text(&order["instances"][0]["id"]);
    let sent = hub.get(&format!("/api/v1/instances/{instance}/attempts")).await.to_string();
    assert!(sent.contains(SUPPLIER), "what was sent is shown to whoever sees payloads");
    let people = hub.get(&format!("/api/v1/documents/{request}/revisions/1")).await.to_string();
    assert!(people.contains(REASON) && people.contains(LINE), "{people}");
    for guess in ["body=Kestrel-9021", "amount_from=1&amount_to=99999999"] {
        let found = hub.get(&format!("/api/v1/documents?{guess}")).await;
        assert_eq!(found["items"], json!([]), "{guess}");
    }
    let secrets = hub.get("/api/v1/secrets").await;
    let key = secrets["items"].as_array().into_iter().flatten().find(|item| item["place"] == "store/_content.1");
    assert_eq!(key.map(|key| (&key["found"], &key["kept"]["master"])), Some((&json!(true), &json!("one"))), "{secrets}");
}

async fn connect(mocks: &Running, hub: &HubProcess) {
    mocks.set_switches(System::Oa, &json!({"decide": "share", "reject_share": 0.0, "decide_after_ms": 100})).expect("known switches");
    for (system, connection, webhook, name) in [(System::Erp, "erp_hq", "orders", "erp"), (System::Oa, "oa_main", "approvals", "oa")] {
        let url = hub.hook_url(connection, webhook).await;
        mocks.register_webhook(system, &Registration { url, secret: secret(name), mode: Mode::Thin }).expect("loopback");
    }
}

fn accepted((status, body): (u16, Value)) -> Value {
    assert!((200..300).contains(&status), "{status} {body}");
    body
}

async fn wait(what: &str, holds: impl AsyncFn() -> bool) {
    let began = Instant::now();
    while !holds().await {
        assert!(began.elapsed() < Duration::from_secs(90), "not within 90 s: {what}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}
