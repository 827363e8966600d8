//! The process dies before and after every commit there is, one after the other, and the work goes on each time.
//!
//! Judged by the mock systems' own audit: nothing lost, nothing done twice, everything finished. On the embedded store and on
//! PostgreSQL. The points are listed in `store::kill_points`, whose own test keeps the list complete.

#![expect(clippy::print_stdout, reason = "figures for whoever runs it with --nocapture")]

mod desk;
mod door;
#[path = "../support/mod.rs"]
mod support;

use mock_systems::{Mode, NewOrders, Registration, Running, System};
use serde_json::json;
use std::time::{Duration, Instant};
use support::hub::{HubProcess, Project, secret};
use support::postgres::FreshDatabase;
use waybill::store::kill_points::POINTS;

/// A point is passed within this, or it is not on anybody's way.
const DIES_WITHIN: Duration = Duration::from_secs(30);
/// Everything is finished within this after the last death.
const ENDS_WITHIN: Duration = Duration::from_secs(240);
/// Points that are there for callers to come: nothing in the process prolongs a lane's lease yet.
const NOT_PASSED: [&str; 1] = ["renew_lanes"];
/// Points that one replica without a broker and without an author at work does not pass: `tests/replicas.rs` kills where
/// replicas share tickets, events, rates and log-ins, `tests/publishing.rs` where releases and drafts are stored,
/// `tests/reconciliation.rs` where systems are read back.
const ELSEWHERE: [&str; 17] = [
    "draw_number",
    "claim_named_lanes",
    "claim_duty",
    "events_published",
    "take_slots",
    "claim_credential",
    "save_credential",
    "release_credential",
    "publish",
    "save_draft",
    "drop_draft",
    "plan_reconciliations",
    "note_fires",
    "claim_reconciliations",
    "record_reconciliation",
    "cancel_reconciliation",
    "say_of_drifts",
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_commit_can_be_the_last_on_the_embedded_store() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    walk(&format!("sqlite:{}", folder.path().join("hub.sqlite").display())).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_commit_can_be_the_last_on_postgres() {
    let database = FreshDatabase::create("kill_points").await;
    walk(&database.url).await;
    database.drop().await;
}

/// Points that nothing passes stand in `NOT_PASSED` only as long as nothing does.
#[test]
fn what_is_not_passed_is_called_by_nobody() {
    let mut sources = Vec::new();
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for room in ["app", "worker", "cli", "api", "gateway"] {
        read(&root.join(room), &mut sources);
    }
    assert!(sources.len() > 100, "the sources are there");
    for point in NOT_PASSED {
        let call = format!(".{point}(");
        assert!(!sources.iter().any(|text| text.contains(&call)), "`{point}` is called: take it out of `NOT_PASSED`");
    }
}

fn read(folder: &std::path::Path, sources: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).expect("readable") {
        let path = entry.expect("readable").path();
        if path.is_dir() {
            read(&path, sources);
        } else {
            sources.push(std::fs::read_to_string(&path).expect("text"));
        }
    }
}

async fn walk(store: &str) {
    let began = Instant::now();
    let mocks = mock_systems::start(mock_systems::Options::default()).await.expect("the mocks start");
    let project = Project::shipped(&mocks).retime(&[("every: 30s", "every: 1s"), ("every: [10s, 1m, 10m, 2h]", "every: [1s, 2s, 4s]")]);
    let mut hub = HubProcess::start(&project, store).await;
    register(&mocks, &hub).await;
    let (mut numbers, mut deaths) = (Vec::new(), 0);
    let walked: Vec<&str> = POINTS.iter().copied().filter(|point| !NOT_PASSED.contains(point) && !ELSEWHERE.contains(point)).collect();
    for (turn, point) in walked.iter().enumerate() {
        for side in ["before", "after"] {
            hub.kill().await;
            let at = format!("{point}:{side}:{}", passing(point, turn));
            hub.restart_to_die(store, &at);
            let started = Instant::now();
            while !hub.is_dead() {
                assert!(started.elapsed() < DIES_WITHIN, "`{at}` was not passed; the log: {}", hub.log_tail(30));
                // Something new for every part to do, until the point comes.
                let order = NewOrders { amount: Some(12_000.into()), lines: 1, ..NewOrders::default() };
                numbers.extend(mocks.create_orders(&order).expect("an order is made").into_iter().map(|(_, number)| number));
                let key = format!("{point}-{side}-{}", numbers.len());
                hub.post_keyed("/api/v1/exceptions/00000000-0000-7000-8000-000000000000/retry", &key, &json!({"reason": "a test"})).await;
                tokio::time::sleep(Duration::from_millis(150)).await;
            }
            deaths += 1;
        }
    }
    // Calm: seven refused reads in a row put the next one off for a minute and a half, which is right and takes this test's time.
    mocks.set_switches(System::Erp, &json!({"operations": {"get_order": {"reset_before": 0.0}}})).expect("known switches");
    hub.restart(store).await;
    let ends = Instant::now();
    loop {
        let verdict = mocks.audit().verdict(&numbers);
        assert_eq!(verdict.duplicated, 0, "{:?}", verdict.details);
        let running = hub.get("/api/v1/instances?status=running&limit=500").await;
        // What was made while the hub was dead counts as lost until it is heard of by polling.
        if verdict.lost + verdict.unfinished == 0 && running["items"].as_array().is_some_and(Vec::is_empty) {
            break;
        }
        if ends.elapsed() > ENDS_WITHIN {
            // Where the partners have everything, an instance that does not end tells what it waits for.
            let runs = running["items"].as_array().and_then(|items| items.first()).map(|item| support::hub::text(&item["document_key"]));
            let stuck = verdict.details.first().map(|detail| detail.order.clone()).or(runs).unwrap_or_default();
            let story = hub.story(&stuck).await;
            panic!("unfinished: {:?}; {:?}; running: {running:#}; {story}", verdict.details, hub.open_exceptions().await);
        }
        tokio::time::sleep(Duration::from_millis(250)).await;
    }
    assert_eq!(hub.open_exceptions().await, Vec::<serde_json::Value>::new(), "nobody is needed");
    println!("{} orders, {deaths} deaths at {} points, 0 lost, 0 duplicated, {:?}", numbers.len(), walked.len(), began.elapsed());
    hub.stop().await;
    mocks.stop().await;
}

/// Which passing is the last one: those of the start come once, the others are met in the middle of the work.
fn passing(point: &str, turn: usize) -> usize {
    match point {
        "migrate" | "put_definitions" | "clean" | "forget_answers" => 1,
        _ => 1 + turn % 3,
    }
}

/// Reads fail now and then, so that messages are put back; answers get lost, so that effects wait.
async fn register(mocks: &Running, hub: &HubProcess) {
    for system in System::ALL {
        let promises = json!({"executes_within_ms": 800, "visible_within_ms": 500, "webhook_attempts": 20});
        mocks.set_switches(system, &promises).expect("known switches");
    }
    let spoilt = json!({"decide": "share", "reject_share": 0.2, "decide_after_ms": 200, "operations": {
        "create_approval": {"lost_response": 0.1, "reset_before": 0.1}}});
    mocks.set_switches(System::Oa, &spoilt).expect("known switches");
    mocks.set_switches(System::Erp, &json!({"operations": {"get_order": {"reset_before": 0.4}}})).expect("known switches");
    for (system, connection, webhook, name) in [(System::Erp, "erp_hq", "orders", "erp"), (System::Oa, "oa_main", "approvals", "oa")] {
        let url = hub.hook_url(connection, webhook).await;
        mocks.register_webhook(system, &Registration { url, secret: secret(name), mode: Mode::Thin }).expect("loopback");
    }
}
