//! The process dies before and after every commit there is, one after the other, and the work goes on each time.
//!
//! Judged by the mock systems' own audit: nothing lost, nothing done twice, everything finished. On the embedded store and on
//! PostgreSQL. The points are listed in `store::kill_points`, whose own tests keep the lists complete. Walked are
//! those of the work itself below, those of a replica with a broker in `replica`, those of people and schedules in `house`, `desk`
//! and `door`. What asks and tells people, and organisations that are read, have projects of their own: `tests/notices`,
//! `tests/organisation`.

#![expect(clippy::print_stdout, reason = "figures for whoever runs it with --nocapture")]

mod desk;
mod door;
mod dying;
mod house;
#[path = "../api/liar.rs"]
#[expect(dead_code, reason = "the API's tests let it lie in every way")]
mod liar;
mod replica;
#[path = "../support/mod.rs"]
mod support;

use mock_systems::{Mode, NewOrders, Registration, Running, System};
use serde_json::json;
use std::time::{Duration, Instant};
use support::hub::{HubProcess, Project, secret};
use support::postgres::FreshDatabase;
use waybill::store::kill_points::POINTS;

/// A point is passed within this, or it is not on anybody's way.
const DIES_WITHIN: Duration = Duration::from_secs(90);
/// Everything is finished within this after the last death.
const ENDS_WITHIN: Duration = Duration::from_secs(240);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_commit_can_be_the_last_on_the_embedded_store() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    walk(&format!("sqlite:{}", folder.path().join("hub.sqlite").display()), &Way::default()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_commit_can_be_the_last_on_postgres() {
    let database = FreshDatabase::create("kill_points").await;
    walk(&database.url, &Way::default()).await;
    database.drop().await;
}

/// A walk: which points, and what they are met by.
struct Way<'a> {
    points: Vec<&'static str>,
    /// Of the hub.
    variables: &'a [(&'a str, &'a str)],
    /// Partners forget who has logged in, and some log-ins fail.
    log_ins_lapse: bool,
}

impl Default for Way<'_> {
    /// What one process meets by itself, without a broker and without anybody at work.
    fn default() -> Self {
        let elsewhere = |point: &&str| replica::POINTS.contains(point) || house::POINTS.contains(point);
        Way { points: POINTS.iter().copied().filter(|point| !elsewhere(point)).collect(), variables: &[], log_ins_lapse: false }
    }
}

/// No point is left out, and none is named that is not there.
#[test]
fn every_point_is_on_one_way() {
    let mut walked: Vec<&str> = Way::default().points.into_iter().chain(replica::POINTS).chain(house::POINTS).collect();
    let mut all = POINTS.to_vec();
    walked.sort_unstable();
    all.sort_unstable();
    assert_eq!(walked, all);
}

async fn walk(store: &str, way: &Way<'_>) {
    let began = Instant::now();
    let mocks = mock_systems::start(mock_systems::Options::default()).await.expect("the mocks start");
    let project = Project::shipped(&mocks).retime(&[("every: 30s", "every: 1s"), ("every: [10s, 1m, 10m, 2h]", "every: [1s, 2s, 4s]")]);
    let mut hub = HubProcess::replica(&project, "waybill", store, way.variables).await;
    register(&mocks, &hub).await;
    if way.log_ins_lapse {
        let log_ins = json!({"operations": {"token": {"reset_before": 0.3}}});
        System::ALL.into_iter().for_each(|system| mocks.set_switches(system, &log_ins).expect("known switches"));
    }
    let (mut numbers, mut deaths) = (Vec::new(), 0);
    for (turn, point) in way.points.iter().enumerate() {
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
                if way.log_ins_lapse {
                    System::ALL.into_iter().for_each(|system| mocks.expire_sessions(system));
                }
                hub.post_keyed("/api/v1/exceptions/00000000-0000-7000-8000-000000000000/retry", &key, &json!({"reason": "a test"})).await;
                tokio::time::sleep(Duration::from_millis(150)).await;
            }
            deaths += 1;
        }
    }
    // Calm: seven refused reads in a row put the next one off for a minute and a half, which is right and takes this test's time.
    for system in System::ALL {
        let calm = json!({"operations": {"token": {"reset_before": 0.0}, "get_order": {"reset_before": 0.0}}});
        mocks.set_switches(system, &calm).expect("known switches");
    }
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
    println!("{} orders, {deaths} deaths at {} points, 0 lost, 0 duplicated, {:?}", numbers.len(), way.points.len(), began.elapsed());
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
