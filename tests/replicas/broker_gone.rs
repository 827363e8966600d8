//! The broker goes away, or is not as it should be: the hub says so in `/ready`, stays ready, and work goes on by polling.
//! Once the broker is back and in order, nothing is said any more and work travels over it again.

use crate::support::hub::{HubProcess, Project, secret, text};
use crate::support::proxy::Proxy;
use lapin::options::QueueDeclareOptions;
use mock_systems::load::{LoadOptions, Pace};
use mock_systems::{Mode, NewOrders, Registration, Running, System};
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use waybill::transport::rabbitmq::{self, DeadAct, Names, Options};

/// Longer than the longest wait before a broker is tried again.
const WITHIN: Duration = Duration::from_secs(60);
const ORDERS: u64 = 5;
const CONNECTIONS: [&str; 3] = ["erp_hq", "oa_main", "finance_main"];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hub_without_its_broker_says_so_and_works() {
    let broker = std::env::var("WAYBILL_TEST_AMQP").unwrap_or_else(|_| "amqp://guest:guest@127.0.0.1:5672/%2f".to_owned());
    let mut through = url::Url::parse(&broker).expect("a URL");
    let line = Proxy::start(vec![through.port().unwrap_or(5672)]).await;
    through.set_port(Some(line.port())).expect("it has a host");
    let prefix = format!("waybill_test_{}_gone", std::process::id());
    let options = Options { url: broker.into(), ca: None, prefix: prefix.clone(), process: "test".to_owned(), seed: 1 };
    spoil(&options).await;

    let mocks = mock_systems::start(mock_systems::Options::default()).await.expect("the mocks start");
    let project = Project::bench(&mocks);
    let store = format!("sqlite:{}", project.path().join("hub.sqlite").display());
    let variables =
        [("WAYBILL_TRANSPORT_KIND", "rabbitmq"), ("WAYBILL_TRANSPORT_URL", through.as_str()), ("WAYBILL_TRANSPORT_PREFIX", &prefix)];
    let hub = HubProcess::replica(&project, "waybill", &store, &variables).await;
    mocks.set_switches(System::Oa, &json!({"decide": "share", "reject_share": 0.0, "decide_after_ms": 100})).expect("known switches");
    let url = hub.hook_url("oa_main", "approvals").await;
    mocks.register_webhook(System::Oa, &Registration { url, secret: secret("oa"), mode: Mode::Thin }).expect("loopback");

    let said = until(&hub, "a queue of another kind and a dead letter are said", |said| {
        said["broker"].is_null() && said["broker_queues"].is_string() && said["dead_letters"].is_string()
    })
    .await;
    assert!(text(&said["broker_queues"]).contains("`finance_main`") && !text(&said["broker_queues"]).contains("`oa_main`"), "{said}");
    assert!(text(&said["dead_letters"]).starts_with("1 "), "{said}");
    finishes(&hub, &mocks).await;
    let by_ticket = hub.metric("waybill_transport_acknowledged_total").await;
    assert!(by_ticket > 0.0, "work travels over the broker");

    line.cut();
    let said = until(&hub, "the broker's absence is said", |said| said["broker"].is_string()).await;
    assert!(text(&said["broker"]).contains("polling") && text(&said["broker"]).contains("publisher down"), "{said}");
    // What was under way when the line was cut is counted to its end.
    let mut before = hub.metric("waybill_transport_acknowledged_total").await;
    loop {
        tokio::time::sleep(std::time::Duration::from_millis(500)).await;
        let now = hub.metric("waybill_transport_acknowledged_total").await;
        if (now - before).abs() < f64::EPSILON {
            break;
        }
        before = now;
    }
    finishes(&hub, &mocks).await;
    assert!(degraded(&hub).await["broker"].is_string(), "it was away all the while");
    assert!((hub.metric("waybill_transport_acknowledged_total").await - before).abs() < f64::EPSILON, "nothing came over the broker");

    mend(&options).await;
    line.mend();
    until(&hub, "all is well again", |said| said.as_object().is_some_and(serde_json::Map::is_empty)).await;
    finishes(&hub, &mocks).await;
    assert!(hub.metric("waybill_transport_acknowledged_total").await > before, "work travels over the broker again");
    hub.stop().await;
    mocks.stop().await;
    rabbitmq::remove(&options, &CONNECTIONS).await.expect("it is removed");
}

/// What `/ready` says of parts that work less well than they should; that it answers 200 is asked each time.
async fn degraded(hub: &HubProcess) -> Value {
    let said = hub.get("/ready").await;
    assert_eq!(said["ready"], true, "{said}");
    said["degraded"].clone()
}

async fn until(hub: &HubProcess, what: &str, holds: impl Fn(&Value) -> bool) -> Value {
    let began = Instant::now();
    loop {
        let said = degraded(hub).await;
        if holds(&said) {
            return said;
        }
        assert!(began.elapsed() < WITHIN, "not within {WITHIN:?}: {what}: {said}\n{}", hub.log_tail(20));
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// A handful of orders goes from its webhook to its end.
async fn finishes(hub: &HubProcess, mocks: &Running) {
    let load = LoadOptions {
        url: hub.hook_url("erp_hq", "orders").await,
        secret: secret("erp"),
        orders: ORDERS,
        pace: Pace::Full,
        connections: 1,
        send_within: WITHIN,
        drain_within: WITHIN,
        template: NewOrders { lines: 1, ..NewOrders::default() },
    };
    let report = mock_systems::load::run(mocks, &load).await.expect("the load ran");
    let verdict = mocks.audit().verdict(&report.numbers);
    assert_eq!((report.completed, verdict.lost, verdict.duplicated, verdict.unfinished), (ORDERS, 0, 0, 0), "{verdict:?}");
}

/// Somebody has made a queue of our name and of another kind, and something was put aside.
async fn spoil(options: &Options) {
    use secrecy::ExposeSecret;
    rabbitmq::inspect(options, &[]).await.expect("the broker answers: scripts/test starts one");
    let names = Names::new(&options.prefix);
    let connection =
        lapin::Connection::connect(options.url.expose_secret(), lapin::ConnectionProperties::default()).await.expect("it answers");
    let channel = connection.create_channel().await.expect("a channel");
    let queue = names.effects("finance_main");
    channel.queue_declare(queue.as_str().into(), QueueDeclareOptions::durable(), Default::default()).await.expect("a classic queue");
    channel.confirm_select(Default::default()).await.expect("confirms");
    let put = channel.basic_publish("".into(), names.dead().as_str().into(), Default::default(), b"no ticket", Default::default());
    put.await.expect("sent").await.expect("confirmed");
    connection.close(200, "done".into()).await.expect("closed");
}

/// The other direction: whoever looks after the broker has seen to both.
async fn mend(options: &Options) {
    use secrecy::ExposeSecret;
    let connection =
        lapin::Connection::connect(options.url.expose_secret(), lapin::ConnectionProperties::default()).await.expect("it answers");
    let channel = connection.create_channel().await.expect("a channel");
    let queue = Names::new(&options.prefix).effects("finance_main");
    channel.queue_delete(queue.as_str().into(), Default::default()).await.expect("deleted");
    connection.close(200, "done".into()).await.expect("closed");
    let dropped = rabbitmq::dead_letters(options, DeadAct::Drop, 10).await.expect("dropped");
    assert_eq!(dropped.messages.len(), 1, "{dropped:?}");
}
