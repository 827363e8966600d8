//! Three replicas on one PostgreSQL and one RabbitMQ while everything goes wrong: processes are killed and frozen beyond
//! their leases, the broker is killed and cut off, partners lose answers, in an order and at moments that `WAYBILL_TEST_SEED` draws.
//! Judged by the mock systems' own audit: nothing lost, nothing done twice, and what is not finished a minute after calm stands in a
//! named exception.

#![expect(clippy::print_stdout, reason = "figures for whoever runs it with --nocapture")]

mod broker_gone;
mod rate;
#[path = "../support/mod.rs"]
mod support;
mod troubles;

use futures::FutureExt as _;
use mock_systems::load::{LoadOptions, Pace};
use mock_systems::{Mode, NewOrders, Registration, System, Verdict};
use std::collections::{BTreeMap, BTreeSet};
use std::panic::AssertUnwindSafe;
use std::time::{Duration, Instant};
use support::broker::PrivateBroker;
use support::hub::{HubProcess, Project};
use support::named;
use support::postgres::FreshDatabase;
use support::proxy::Proxy;
use support::weather;

/// Documents of the short run; `scripts/test-long` asks for more.
const DOCUMENTS: u64 = 600;
const PER_SECOND: f64 = 20.0;
/// A minute after calm everything is finished or named.
const CALM: Duration = Duration::from_secs(60);

fn documents() -> u64 {
    std::env::var("WAYBILL_TEST_DOCUMENTS").ok().and_then(|text| text.parse().ok()).unwrap_or(DOCUMENTS)
}

/// Three hubs take more than a third of the connections that PostgreSQL has when nobody says more: one test with three at a time.
static THREE_HUBS: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());

const NAMES: [&str; troubles::HUBS] = ["waybill-one", "waybill-two", "waybill-three"];

struct World {
    broker: PrivateBroker,
    /// Between the hubs and the broker.
    line: Proxy,
    hubs: Vec<HubProcess>,
    store: String,
    seed: u64,
    troubles: troubles::Counts,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_replicas_lose_and_double_nothing() {
    let _alone = THREE_HUBS.lock().await;
    let seed = troubles::seed();
    println!("WAYBILL_TEST_SEED={seed}");
    // Whatever fails, be it a start or a figure at the end, says which troubles it failed under.
    if let Err(cause) = AssertUnwindSafe(Box::pin(under_troubles(seed))).catch_unwind().await {
        let said = cause.downcast_ref::<String>().map(String::as_str).or_else(|| cause.downcast_ref::<&str>().copied());
        panic!("with WAYBILL_TEST_SEED={seed}: {}", said.unwrap_or("it panicked without a word"));
    }
}

async fn under_troubles(seed: u64) {
    let database = FreshDatabase::create("replicas").await;
    let broker = PrivateBroker::start("waybill_replicas").await;
    let line = Proxy::start(vec![broker.port()]).await;
    let mocks = mock_systems::start(mock_systems::Options::default()).await.expect("the mocks start");
    let project = Project::bench(&mocks);
    let url = broker.url_at(line.port());
    let variables = [
        ("WAYBILL_TRANSPORT_KIND", "rabbitmq"),
        ("WAYBILL_TRANSPORT_URL", url.as_str()),
        ("WAYBILL_TRANSPORT_PUBLISH_EVENTS", "true"),
        ("WAYBILL_STORE_SEALING_KEY", "a sealing key of the tests, long enough"),
    ];
    let mut hubs = Vec::new();
    for name in NAMES {
        hubs.push(HubProcess::replica(&project, name, &database.url, &variables).await);
    }
    let balancer = Proxy::start(hubs.iter().map(HubProcess::port).collect()).await;
    let outside = format!("http://127.0.0.1:{}", balancer.port());
    weather::bad(&mocks);
    let decisions = format!("{outside}{}", hubs[0].hook_path("oa_main", "approvals").await);
    mocks
        .register_webhook(System::Oa, &Registration { url: decisions, secret: support::hub::secret("oa"), mode: Mode::Thin })
        .expect("loopback");
    let orders = format!("{outside}{}", hubs[0].hook_path("erp_hq", "orders").await);
    listener(&broker).await;
    let mut world = World { broker, line, hubs, store: database.url.clone(), seed, troubles: troubles::Counts::new() };

    let load = LoadOptions {
        url: orders,
        secret: support::hub::secret("erp"),
        orders: documents(),
        pace: Pace::Rate { per_second: PER_SECOND },
        connections: 8,
        send_within: Duration::from_secs(180 + documents() / 10),
        drain_within: CALM,
        template: NewOrders { lines: 2, ..NewOrders::default() },
    };
    let began = Instant::now();
    let sending = mock_systems::load::run(&mocks, &load);
    let (report, ()) = tokio::join!(sending, troubles::befall(&mut world, Duration::from_secs_f64(documents() as f64 / PER_SECOND)));
    let report = report.expect("the load ran");
    assert_eq!(report.acknowledged, documents(), "every webhook was acknowledged in the end: {report:?}");

    let deadline = Instant::now() + CALM;
    let mut verdict = mocks.audit().verdict(&report.numbers);
    while verdict.unfinished > 0 && Instant::now() < deadline {
        tokio::time::sleep(Duration::from_millis(250)).await;
        verdict = mocks.audit().verdict(&report.numbers);
    }
    let faults: u64 = mocks.audit().faults.values().sum();
    judge_events(&world.broker, documents()).await;
    judge(&world, &verdict, faults, began.elapsed()).await;
    for hub in world.hubs {
        hub.stop().await;
    }
    mocks.stop().await;
    database.drop().await;
}

/// Whether there is a broker is said in `/ready`, which answers 200 all the while: work goes on by polling.
async fn says_of_its_broker(hub: &HubProcess, is_gone: bool) {
    let began = Instant::now();
    loop {
        let said = hub.get("/ready").await;
        assert_eq!(said["ready"], true, "{said}");
        if said["degraded"]["broker"].is_string() == is_gone {
            return;
        }
        assert!(began.elapsed() < CALM, "the broker {}: {said}", if is_gone { "is gone" } else { "is back" });
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// The queue of a third party that hears every event; it is durable, as the broker is killed.
const LISTENER: &str = "a-third-party";

async fn listener(broker: &PrivateBroker) {
    use lapin::options::{ExchangeDeclareOptions, QueueBindOptions, QueueDeclareOptions};
    let connection = lapin::Connection::connect(&broker.url(), lapin::ConnectionProperties::default()).await.expect("it answers");
    let channel = connection.create_channel().await.expect("a channel");
    let durable = ExchangeDeclareOptions { durable: true, ..ExchangeDeclareOptions::default() };
    channel
        .exchange_declare("waybill.events".into(), lapin::ExchangeKind::Topic, durable, Default::default())
        .await
        .expect("as the hub does");
    channel.queue_declare(LISTENER.into(), QueueDeclareOptions::durable(), Default::default()).await.expect("a queue");
    channel
        .queue_bind(LISTENER.into(), "waybill.events".into(), "#".into(), QueueBindOptions::default(), Default::default())
        .await
        .expect("bound");
    connection.close(200, "done".into()).await.expect("closed");
}

/// Every document was told of, and within a document first deliveries came in order.
async fn judge_events(broker: &PrivateBroker, documents: u64) {
    use lapin::options::BasicGetOptions;
    let connection = lapin::Connection::connect(&broker.url(), lapin::ConnectionProperties::default()).await.expect("it answers");
    let channel = connection.create_channel().await.expect("a channel");
    let (mut seen, mut last) = (BTreeSet::new(), BTreeMap::<String, String>::new());
    let (mut created, mut messages) = (BTreeSet::new(), 0_u64);
    let deadline = Instant::now() + CALM;
    while (created.len() as u64) < documents && Instant::now() < deadline {
        let Some(message) = channel.basic_get(LISTENER.into(), BasicGetOptions { no_ack: true }).await.expect("it answers") else {
            tokio::time::sleep(Duration::from_millis(100)).await;
            continue;
        };
        messages += 1;
        let event: serde_json::Value = serde_json::from_slice(&message.data).expect("a CloudEvent is JSON");
        if !seen.insert(support::hub::text(&event["id"])) {
            continue;
        }
        let (document, sequence) = (support::hub::text(&event["data"]["document"]), support::hub::text(&event["sequence"]));
        if event["type"] == "waybill.document.created" {
            created.insert(document.clone());
        }
        let before = last.insert(document.clone(), sequence.clone());
        assert!(before.as_ref().is_none_or(|before| *before < sequence), "{document}: {before:?} before {sequence}");
    }
    println!("{messages} events, {} of them repeats; {} documents", messages - seen.len() as u64, created.len());
    assert_eq!(created.len() as u64, documents, "every document was told of");
    connection.close(200, "done".into()).await.expect("closed");
}

async fn judge(world: &World, verdict: &Verdict, faults: u64, took: Duration) {
    let open = world.hubs[0].open_exceptions().await;
    let causes = named::by_cause(&open);
    let mut by_ticket = 0.0;
    for hub in &world.hubs {
        by_ticket += hub.metric("waybill_transport_acknowledged_total").await;
    }
    println!(
        "{} documents in {took:.0?}: {} lost, {} duplicated, {} unfinished; {:?}, {faults} faults; {by_ticket} tickets acknowledged since \
         the last starts; documents in open exceptions by cause: {causes:?}",
        verdict.documents, verdict.lost, verdict.duplicated, verdict.unfinished, world.troubles
    );
    if verdict.lost + verdict.duplicated + verdict.unfinished > 0 {
        for hub in &world.hubs {
            println!("log:\n{}", hub.log_tail(40));
        }
    }
    troubles::judge(&world.troubles);
    assert_eq!(verdict.lost, 0, "lost: {:?}", verdict.details);
    assert_eq!(verdict.duplicated, 0, "duplicated: {:?}", verdict.details);
    assert!(verdict.unfinished * 100 <= verdict.documents, "at least 99 % finish without a person: {:?}", verdict.details);
    assert_eq!(named::unnamed(verdict, &open), Vec::<String>::new(), "what is unfinished stands in a named exception: {causes:?}");
    assert!(faults > documents() / 20, "the faults were met: {faults}");
    assert!(by_ticket > 0.0, "work travelled over the broker");
    for hub in &world.hubs {
        says_of_its_broker(hub, false).await;
        assert!((hub.metric("waybill_transport_dead_letters").await).abs() < f64::EPSILON, "nothing was put aside");
    }
}
