//! `kill -9` under load: the hub dies again and again while orders, callbacks and look-ups are under way, and comes back.
//!
//! Judged by the mock systems' own audit: nothing lost, nothing done twice. Runs on the embedded store and on PostgreSQL.

#![expect(clippy::print_stdout, reason = "figures for whoever runs it with --nocapture")]

mod support;

use mock_systems::load::{LoadOptions, Pace};
use mock_systems::{Detail, Mode, NewOrders, Reason, Registration, System, Verdict};
use serde_json::json;
use std::time::{Duration, Instant};
use support::hub::{HubProcess, Project};
use support::named;
use support::postgres::FreshDatabase;
use support::weather;

/// Documents of one run; `scripts/test-long` asks for more.
const DOCUMENTS: u64 = 2_000;
/// The hub is killed this often while they come in.
const KILLS: u32 = 6;

fn documents() -> u64 {
    std::env::var("WAYBILL_TEST_DOCUMENTS").ok().and_then(|text| text.parse().ok()).unwrap_or(DOCUMENTS)
}

/// One kill for every so many documents of the short run.
fn kills() -> u32 {
    let scaled = u64::from(KILLS) * documents() / DOCUMENTS;
    u32::try_from(scaled).unwrap_or(u32::MAX).max(1)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn embedded_store_loses_and_doubles_nothing() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let url = format!("sqlite:{}", folder.path().join("hub.sqlite").display());
    kill_under_load(&url).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres_loses_and_doubles_nothing() {
    let database = FreshDatabase::create("kill_under_load").await;
    kill_under_load(&database.url).await;
    database.drop().await;
}

/// As many exceptions as orders that are not finished say nothing: each of them must be named.
#[test]
fn an_exception_of_another_document_names_nobody() {
    let detail = |order: &str| Detail { order: order.to_owned(), reason: Reason::UnderWay };
    let verdict = Verdict { documents: 3, unfinished: 2, details: vec![detail("PO-1"), detail("PO-2")], ..Verdict::default() };
    let about = |key: &str| json!({"cause": "unknown", "document_key": key, "message": "no answer"});
    let unread = json!({"cause": "partner_down", "message": "PO-2 cannot be read"});
    let open = [about("PO-1"), about("PO-3"), about("PO-3"), unread];
    assert_eq!(named::unnamed(&verdict, &open), ["PO-2: UnderWay"]);
    assert_eq!(named::unnamed(&verdict, &[about("PO-2"), about("PO-1")]), Vec::<String>::new());
    let listed: Vec<(String, Vec<String>)> =
        named::by_cause(&open).into_iter().map(|(cause, about)| (cause, about.into_iter().collect())).collect();
    let listed: Vec<(&str, String)> = listed.iter().map(|(cause, about)| (cause.as_str(), about.join(", "))).collect();
    assert_eq!(listed, [("partner_down", "PO-2 cannot be read".to_owned()), ("unknown", "PO-1, PO-3".to_owned())]);
}

async fn kill_under_load(store: &str) {
    let mocks = mock_systems::start(mock_systems::Options::default()).await.expect("the mocks start");
    let project = Project::bench(&mocks);
    let mut hub = HubProcess::start(&project, store).await;
    weather::bad(&mocks);
    let oa = hub.hook_url("oa_main", "approvals").await;
    mocks.register_webhook(System::Oa, &Registration { url: oa, secret: support::hub::secret("oa"), mode: Mode::Thin }).expect("loopback");
    let orders = hub.hook_url("erp_hq", "orders").await;

    let load = LoadOptions {
        url: orders,
        secret: support::hub::secret("erp"),
        orders: documents(),
        pace: Pace::Rate { per_second: 100.0 },
        connections: 8,
        send_within: Duration::from_secs(120 + documents() / 20),
        drain_within: Duration::from_secs(90),
        template: NewOrders { lines: 2, ..NewOrders::default() },
    };
    let sending = mock_systems::load::run(&mocks, &load);
    let killing = async {
        // Kills fall at uneven moments of the sending; after each the same port and store are taken up again.
        for round in 0..kills() {
            tokio::time::sleep(Duration::from_millis(2_100 + u64::from(round % 7) * 377)).await;
            hub.kill().await;
            hub.restart(store).await;
        }
        hub
    };
    let (report, hub) = tokio::join!(sending, killing);
    let report = report.expect("the load ran");
    assert_eq!(report.acknowledged, documents(), "every webhook was acknowledged in the end: {report:?}");

    let deadline = Instant::now() + Duration::from_secs(120);
    let mut verdict = mocks.audit().verdict(&report.numbers);
    while verdict.unfinished > 0 && Instant::now() < deadline {
        tokio::time::sleep(Duration::from_millis(250)).await;
        verdict = mocks.audit().verdict(&report.numbers);
    }
    let open = hub.open_exceptions().await;
    let causes = named::by_cause(&open);
    let faults: u64 = mocks.audit().faults.values().sum();
    println!(
        "{} documents, {} lost, {} duplicated, {} unfinished; {} kills, {faults} faults; documents in open exceptions by cause: {causes:?}",
        verdict.documents,
        verdict.lost,
        verdict.duplicated,
        verdict.unfinished,
        kills()
    );
    if verdict.lost + verdict.duplicated + verdict.unfinished > 0 {
        // What the hub itself says of what is missing, for whoever reads the failure.
        println!(
            "counts: {}",
            hub.text("/metrics")
                .await
                .lines()
                .filter(|line| line.starts_with("waybill_") && !line.contains("bucket"))
                .collect::<Vec<_>>()
                .join("\n")
        );
        println!("log:\n{}", hub.log_tail(60));
    }
    assert_eq!(verdict.lost, 0, "lost: {:?}", verdict.details);
    assert_eq!(verdict.duplicated, 0, "duplicated: {:?}", verdict.details);
    assert!(verdict.unfinished * 100 <= verdict.documents, "at least 99 % finish without a person: {:?}", verdict.details);
    assert_eq!(named::unnamed(&verdict, &open), Vec::<String>::new(), "what is unfinished stands in a named exception: {causes:?}");
    assert!(faults > 100, "the faults were met: {faults}");
    hub.stop().await;
    mocks.stop().await;
}
