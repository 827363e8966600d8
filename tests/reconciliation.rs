//! Reconciliation against the mock systems: 412 documents agree; nine are broken behind the hub's back, one in each kind's
//! way; exactly these are found; what the flow may repair is repaired, the rest is accepted or mended by hand; then all
//! agree again. With a `kill -9` in the middle of a run. Runs on the embedded store and on PostgreSQL.

mod support;

use mock_systems::{Edit, Mode, NewOrders, OrderStatus, Registration, Running, System};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};
use support::hub::{HubProcess, Project, secret, text};
use support::postgres::FreshDatabase;

const DOCUMENTS: usize = 412;
/// A busy machine of two processors finishes everything well within this.
const PATIENCE: Duration = Duration::from_secs(180);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn drift_is_found_and_settled_on_the_embedded_store() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    drift_is_found_and_settled(&format!("sqlite:{}", folder.path().join("hub.sqlite").display())).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn drift_is_found_and_settled_on_postgres() {
    let database = FreshDatabase::create("reconciliation").await;
    drift_is_found_and_settled(&database.url).await;
    database.drop().await;
}

/// Nobody but reconciliation looks: no stream comes round again, and what changes is drift at once.
fn project(mocks: &Running) -> Project {
    Project::shipped(mocks).retime(&[
        ("every: 30s", "every: 1h"),
        ("every: [10s, 1m, 10m, 2h]", "every: [2h]"),
        ("settle: 10m\n    visible_within: 2s", "settle: 0s\n    visible_within: 0s"),
        ("environment: demo", "environment: demo\nreconcile: {share: 100%}"),
    ])
}

async fn drift_is_found_and_settled(store: &str) {
    let mocks = mock_systems::start(mock_systems::Options::default()).await.expect("the mocks start");
    let project = project(&mocks);
    let mut hub = HubProcess::start(&project, store).await;
    let orders = flow_through(&mocks, &hub).await;

    // A run is killed in its middle and goes on where it was: nothing is left out and nothing counted twice.
    let run = ask(&hub, "finance_main").await;
    until(async || hub.get(&path(&run)).await["statement"]["compared"].as_u64().unwrap_or(0) >= 50).await;
    let halfway = hub.get(&path(&run)).await;
    hub.kill().await;
    assert_eq!(halfway["state"], "running", "it is killed in its middle");
    hub.restart(store).await;
    let finance = ended(&hub, &run).await;
    let posted = finance["statement"]["compared"].as_u64().expect("a count");
    assert!(posted > 100, "most orders were approved: {finance}");
    assert_eq!(finance["sentence"], format!("{posted} of {posted} agree"), "{finance}");

    let erp = reconciled(&hub, "erp_hq").await;
    assert_eq!(erp["sentence"], format!("{DOCUMENTS} of {DOCUMENTS} agree"), "{erp}");
    assert!(erp["statement"]["calls"].as_u64() < Some(20), "lists are read, not every order: {erp}");
    assert_eq!(reconciled(&hub, "oa_main").await["sentence"], format!("{DOCUMENTS} of {DOCUMENTS} agree"));
    assert_eq!(hub.get("/api/v1/drift").await["items"], json!([]));

    let broken = break_nine(&mocks, &hub, &orders).await;
    let erp = reconciled(&hub, "erp_hq").await;
    reconciled(&hub, "oa_main").await;
    reconciled(&hub, "finance_main").await;
    let found: BTreeSet<(String, String, String)> = drifts(&hub, "").await.iter().map(seen).collect();
    assert_eq!(found, broken.expected, "exactly what was broken");
    assert_eq!(erp["statement"]["repairs"], 1, "{erp}");
    ledger_shows(&hub, &broken).await;

    // The flow repairs the lost release by itself.
    until(async || mocks.order_status(&broken.lost_release) == Some(OrderStatus::Released)).await;
    repair_by_hand_is_refused(&hub).await;
    accept(&hub, "voided_there").await;
    mend(&mocks, &broken);

    let erp = reconciled(&hub, "erp_hq").await;
    assert_eq!(erp["statement"]["accepted"], 1, "{erp}");
    assert_eq!(erp["statement"]["resolved"], 4, "{erp}");
    assert_eq!(erp["sentence"], format!("{} of {DOCUMENTS} agree, 1 voided there", DOCUMENTS - 1), "{erp}");
    for connection in ["oa_main", "finance_main"] {
        let run = reconciled(&hub, connection).await;
        assert_eq!(run["statement"]["agree"], run["statement"]["compared"], "{run}");
    }
    let resolved = drifts(&hub, "state=resolved").await;
    let how: BTreeMap<String, String> = resolved.iter().map(|one| (text(&one["kind"]), text(&one["resolution"]))).collect();
    assert_eq!(how.len(), 8, "all but the accepted one: {how:?}");
    assert!(how.iter().all(|(kind, how)| (kind == "approved_not_executed") == (how == "repaired")), "{how:?}");
    hub.stop().await;
    mocks.stop().await;
}

/// All orders through the shipped flow, most of them approved; their ids and numbers.
async fn flow_through(mocks: &Running, hub: &HubProcess) -> Vec<(String, String)> {
    mocks.set_switches(System::Oa, &json!({"decide": "share", "reject_share": 0.1})).expect("known switches");
    mocks.set_switches(System::Finance, &json!({"honours_keys": true})).expect("known switches");
    for (system, connection, webhook, name) in [(System::Erp, "erp_hq", "orders", "erp"), (System::Oa, "oa_main", "approvals", "oa")] {
        let url = hub.hook_url(connection, webhook).await;
        mocks.register_webhook(system, &Registration { url, secret: secret(name), mode: Mode::Thin }).expect("loopback");
    }
    let wanted = NewOrders { count: DOCUMENTS, lines: 1, amount: Some(20_000.into()), ..NewOrders::default() };
    let orders = mocks.create_orders(&wanted).expect("orders");
    let numbers: Vec<&str> = orders.iter().map(|(_, number)| number.as_str()).collect();
    until(async || mocks.audit().verdict(&numbers).unfinished == 0 && idle(hub).await).await;
    orders
}

/// Whether no instance runs and every order is in the ledger.
async fn idle(hub: &HubProcess) -> bool {
    let running = hub.get("/api/v1/instances?status=running&limit=1").await;
    let documents = hub.get("/api/v1/documents?type=purchase_order&limit=500").await;
    running["items"] == json!([]) && documents["items"].as_array().map_or(0, Vec::len) == DOCUMENTS
}

/// What was done behind the hub's back.
struct Broken {
    /// Kind, connection, object.
    expected: BTreeSet<(String, String, String)>,
    lost_release: String,
    executed: String,
    alive: String,
    voided: String,
    stranger: String,
    amount: (String, String),
    garbled: String,
    missing: String,
    approval: String,
}

async fn break_nine(mocks: &Running, hub: &HubProcess, orders: &[(String, String)]) -> Broken {
    let of = async |status: &str| {
        let list = hub.get(&format!("/api/v1/documents?type=purchase_order&status={status}&limit=500")).await;
        let keys: BTreeSet<String> = list["items"].as_array().into_iter().flatten().map(|item| text(&item["key"])).collect();
        orders.iter().filter(|(_, number)| keys.contains(number)).cloned().collect::<Vec<_>>()
    };
    let (released, rejected) = (of("released").await, of("rejected").await);
    assert!(released.len() > 10 && rejected.len() > 2, "{} released, {} rejected", released.len(), rejected.len());
    let silently =
        |id: &str, status| mocks.edit_order(id, &Edit { status: Some(status), silent: true, ..Edit::default() }).expect("it is there");
    let lost_release = released[0].0.clone();
    silently(&lost_release, OrderStatus::Waiting);
    let executed = rejected[0].0.clone();
    silently(&executed, OrderStatus::Released);
    let alive = rejected[1].0.clone();
    silently(&alive, OrderStatus::Waiting);
    let voided = released[1].0.clone();
    silently(&voided, OrderStatus::Cancelled);
    // Older than the hour between two readings of the stream. Of a younger one the stream is still to tell: it is not unknown.
    let strange = |aged_seconds| NewOrders { status: OrderStatus::Released, announce: false, aged_seconds, ..NewOrders::default() };
    let stranger = mocks.create_orders(&strange(5_400)).expect("an order")[0].0.clone();
    mocks.create_orders(&strange(600)).expect("an order");

    let mut payables = Vec::new();
    for (_, number) in &released[2..5] {
        payables.push(object(hub, &format!("AP-{number}"), "finance_main").await);
    }
    let approval = object(hub, &released[5].1, "oa_main").await;
    let amount = mocks.payable_amount(&payables[0]).expect("it is there");
    mocks.edit_payable(&payables[0], &json!({"amount": "1.00"})).expect("it is there");
    mocks.edit_payable(&payables[1], &json!({"lose": true})).expect("it is there");
    mocks.edit_payable(&payables[2], &json!({"garble": true})).expect("it is there");
    mocks.force_approval(&approval, "running").expect("it is there");

    let expected = [
        ("approved_not_executed", "erp_hq", &lost_release),
        ("executed_not_approved", "erp_hq", &executed),
        ("voided_here", "erp_hq", &alive),
        ("voided_there", "erp_hq", &voided),
        ("unknown_here", "erp_hq", &stranger),
        ("amount_differs", "finance_main", &payables[0]),
        ("missing_there", "finance_main", &payables[1]),
        ("unreadable", "finance_main", &payables[2]),
        ("status_differs", "oa_main", &approval),
    ];
    let expected = expected.into_iter().map(|(kind, at, id)| (kind.to_owned(), at.to_owned(), id.clone())).collect();
    let amount = (payables[0].clone(), amount);
    let [_, missing, garbled] = <[String; 3]>::try_from(payables).expect("three");
    Broken { expected, lost_release, executed, alive, voided, stranger, amount, garbled, missing, approval }
}

/// The id of a document's object at a connection.
async fn object(hub: &HubProcess, key: &str, connection: &str) -> String {
    let found = hub.get(&format!("/api/v1/documents?key={key}")).await;
    let document = hub.get(&format!("/api/v1/documents/{}", text(&found["items"][0]["id"]))).await;
    let links = document["links"].as_array().cloned().unwrap_or_default();
    let link = links.iter().find(|link| link["connection"] == connection);
    text(&link.unwrap_or_else(|| panic!("{key} has no object at {connection}: {document}"))["external_id"])
}

/// Undoes by hand what no flow repairs; what was lost comes back, the stranger is deleted.
fn mend(mocks: &Running, broken: &Broken) {
    let status = |id: &str, status| mocks.edit_order(id, &Edit { status: Some(status), silent: true, ..Edit::default() }).expect("there");
    status(&broken.executed, OrderStatus::Refused);
    status(&broken.alive, OrderStatus::Refused);
    mocks.edit_order(&broken.stranger, &Edit { lose: true, silent: true, ..Edit::default() }).expect("there");
    mocks.edit_payable(&broken.amount.0, &json!({"amount": broken.amount.1})).expect("there");
    mocks.edit_payable(&broken.missing, &json!({"lose": false})).expect("there");
    mocks.edit_payable(&broken.garbled, &json!({"garble": false})).expect("there");
    mocks.force_approval(&broken.approval, "approved").expect("there");
}

/// The document's page says since when it differs, and how.
async fn ledger_shows(hub: &HubProcess, broken: &Broken) {
    let found = drifts(hub, "kind=voided_there").await;
    let document = text(&found[0]["document"]);
    let ledger = hub.get(&format!("/api/v1/documents/{document}/ledger")).await;
    let link = ledger["links"].as_array().into_iter().flatten().find(|link| link["external_id"] == *broken.voided).cloned();
    let link = link.unwrap_or_else(|| panic!("{ledger}"));
    assert!(link["differs_since"].is_string() && link["in_step_since"].is_null(), "{link}");
    let others = ledger["links"].as_array().into_iter().flatten().filter(|link| link["connection"] != "erp_hq");
    assert!(others.clone().count() > 0 && others.clone().all(|link| link["in_step_since"].is_string()), "{ledger}");
    assert_eq!(ledger["drift"][0]["kind"], "voided_there", "{ledger}");
    let groups = hub.get("/api/v1/drift/groups?state=open").await;
    assert_eq!(groups.as_array().map_or(0, Vec::len), 9, "{groups}");
}

/// The flow reacts to none of these, so nothing is written; a dry run of what it does react to tells what it would do.
async fn repair_by_hand_is_refused(hub: &HubProcess) {
    let amount = text(&drifts(hub, "kind=amount_differs").await[0]["id"]);
    let (status, answer) = hub.post(&format!("/api/v1/drift/{amount}/repair"), &json!({"reason": "try"})).await;
    assert_eq!((status, answer["code"].as_str()), (422, Some("invalid_command")), "{answer}");
    let release = text(&drifts(hub, "kind=approved_not_executed").await[0]["id"]);
    let (status, answer) = hub.post(&format!("/api/v1/drift/{release}/repair"), &json!({"reason": "look", "dry_run": true})).await;
    assert_eq!((status, answer["outcome"].as_str()), (202, Some("gone")), "it is released again: {answer}");
    let (status, _) = hub.post(&format!("/api/v1/drift/{release}/accept"), &json!({})).await;
    assert_eq!(status, 422, "a reason is needed");
}

async fn accept(hub: &HubProcess, kind: &str) {
    let id = text(&drifts(hub, &format!("kind={kind}")).await[0]["id"]);
    let (status, answer) = hub.post(&format!("/api/v1/drift/{id}/accept"), &json!({"reason": "ordered elsewhere"})).await;
    assert_eq!((status, answer["state"].as_str()), (200, Some("accepted")), "{answer}");
    let (status, _) = hub.post(&format!("/api/v1/drift/{id}/accept"), &json!({"reason": "again"})).await;
    assert_eq!(status, 409);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_replicas_fire_a_schedule_once_and_make_up_for_a_missed_fire() {
    let database = FreshDatabase::create("reconciliation_schedule").await;
    let mocks = mock_systems::start(mock_systems::Options::default()).await.expect("the mocks start");
    let scheduled = || {
        project(&mocks).retime(&[(
            "connector: demo_erp\nenvironment: demo\nreconcile: {share: 100%}",
            "connector: demo_erp\nenvironment: demo\nreconcile: {every: 1h}",
        )])
    };
    let (one, two) = (scheduled(), scheduled());
    // The hub was away when the schedule was due: the last fire it knows is years old.
    let store = waybill::store::connect(&database.url, waybill::store::Options::default()).await.expect("connects");
    store.migrate().await.expect("migrates");
    let key = waybill::store::ScheduleKey { tenant: waybill::domain::ids::TenantId::DEFAULT, schedule: "reconcile/erp_hq".to_owned() };
    let old = "2024-01-01T00:00:00Z".parse().expect("a time");
    store.note_fires(&[(key.clone(), old)], old).await.expect("noted");
    let (first, second) = tokio::join!(HubProcess::start(&one, &database.url), HubProcess::start(&two, &database.url));
    until(async || first.get("/api/v1/reconciliations?state=done").await["items"].as_array().is_some_and(|items| !items.is_empty())).await;
    // Both have looked since: each notes its own start of a stream or a run, and a run that is asked for now ends after it.
    let asked = reconciled(&second, "oa_main").await;
    assert_eq!(asked["sentence"], "0 of 0 agree");
    let all = first.get("/api/v1/reconciliations?connection=erp_hq").await;
    let items = all["items"].as_array().cloned().unwrap_or_default();
    // An hour may begin while the test runs; each hour fires once.
    let nominal: BTreeSet<String> = items.iter().map(|run| text(&run["nominal_at"])).collect();
    assert!(!items.is_empty() && items.len() <= 2 && nominal.len() == items.len(), "{all}");
    assert!(items.iter().all(|run| run["requested_by"] == "schedule"), "{all}");
    assert!(store.last_fires(&[key]).await.expect("read")[0].1 > old);
    first.stop().await;
    second.stop().await;
    store.close().await;
    mocks.stop().await;
    database.drop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_source_says_of_a_field_it_does_not_own_stands_beside_the_ledger() {
    let mocks = mock_systems::start(mock_systems::Options::default()).await.expect("the mocks start");
    // The supplier is finance's word; the rest of an order is the ERP's.
    let project = Project::shipped(&mocks).retime(&[("  supplier: erp", "  supplier: finance")]);
    let folder = tempfile::tempdir().expect("a temporary folder");
    let hub = HubProcess::start(&project, &format!("sqlite:{}", folder.path().join("hub.sqlite").display())).await;
    let url = hub.hook_url("erp_hq", "orders").await;
    mocks.register_webhook(System::Erp, &Registration { url, secret: secret("erp"), mode: Mode::Thin }).expect("loopback");
    // Below the free limit nobody is asked: it is released at once.
    let wanted = NewOrders { count: 1, lines: 1, amount: Some(1_000.into()), ..NewOrders::default() };
    let (order, number) = mocks.create_orders(&wanted).expect("an order").remove(0);
    until(async || hub.document(&number).await.is_some_and(|document| document["status"] == "released")).await;
    let id = text(&hub.document(&number).await.expect("it is known")["id"]);

    let edit = Edit { supplier_name: Some("Somebody Else".into()), delivery_date: Some("2031-05-06".into()), ..Edit::default() };
    mocks.edit_order(&order, &edit).expect("it is there");
    until(async || hub.get(&format!("/api/v1/documents/{id}/revisions")).await["items"].as_array().map_or(0, Vec::len) == 2).await;
    let diff = hub.get(&format!("/api/v1/documents/{id}/revisions/2/diff")).await;
    let changed: Vec<&str> = diff["changes"].as_array().into_iter().flatten().filter_map(|change| change["path"].as_str()).collect();
    // What stands beside the order moves with it, such as its version there.
    assert!(changed.contains(&"/delivery_date") && !changed.iter().any(|path| path.starts_with("/supplier")), "{diff}");
    let ledger = hub.get(&format!("/api/v1/documents/{id}/ledger")).await;
    let drift = &ledger["drift"][0];
    assert_eq!(
        (ledger["drift"].as_array().map(Vec::len), drift["kind"].as_str(), drift["field"].as_str(), drift["state"].as_str()),
        (Some(1), Some("not_owned"), Some("supplier"), Some("open")),
        "{ledger}"
    );
    let name = |side: &str| text(&serde_json::from_str::<Value>(&text(&drift[side])).expect("what a field says is JSON")["name"]);
    assert_eq!(name("theirs"), "Somebody Else", "{ledger}");

    // The name that the ledger kept comes back: they agree, and nothing of it was ever a revision.
    let kept = name("ours");
    mocks.edit_order(&order, &Edit { supplier_name: Some(kept), ..Edit::default() }).expect("it is there");
    until(async || drifts(&hub, "state=resolved").await.iter().any(|one| one["kind"] == "not_owned" && one["document"] == *id)).await;
    assert_eq!(hub.get(&format!("/api/v1/documents/{id}/revisions")).await["items"].as_array().map(Vec::len), Some(2));
    hub.stop().await;
    mocks.stop().await;
}

async fn ask(hub: &HubProcess, connection: &str) -> String {
    let (status, answer) = hub.post("/api/v1/reconciliations", &json!({"connection": connection, "reason": "test"})).await;
    assert_eq!(status, 202, "{answer}");
    text(&answer["id"])
}

fn path(run: &str) -> String {
    format!("/api/v1/reconciliations/{run}")
}

async fn ended(hub: &HubProcess, run: &str) -> Value {
    until(async || !matches!(hub.get(&path(run)).await["state"].as_str(), Some("planned" | "running"))).await;
    let run = hub.get(&path(run)).await;
    assert_eq!(run["state"], "done", "{run}");
    run
}

async fn reconciled(hub: &HubProcess, connection: &str) -> Value {
    let run = ask(hub, connection).await;
    ended(hub, &run).await
}

async fn drifts(hub: &HubProcess, query: &str) -> Vec<Value> {
    let query = if query.contains("state=") { query.to_owned() } else { format!("state=open&{query}") };
    hub.get(&format!("/api/v1/drift?limit=500&{}", query.trim_end_matches('&'))).await["items"].as_array().cloned().unwrap_or_default()
}

fn seen(drift: &Value) -> (String, String, String) {
    (text(&drift["kind"]), text(&drift["connection"]), text(&drift["external_id"]))
}

/// Waits for a condition, looking often enough.
async fn until(condition: impl AsyncFn() -> bool) {
    let began = Instant::now();
    while !condition().await {
        assert!(began.elapsed() < PATIENCE, "it does not come");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}
