//! The load generator against a small hub that writes the status back.

use std::time::Duration;

use crate::common::{Receiver, SECRET, World, plain};
use mock_systems::NewOrders;
use mock_systems::load::{LoadOptions, Pace, run};
use serde_json::json;

fn options(url: String, orders: u64, pace: Pace) -> LoadOptions {
    LoadOptions {
        url,
        secret: SECRET.to_owned(),
        orders,
        pace,
        connections: 8,
        send_within: Duration::from_secs(10),
        drain_within: Duration::from_secs(10),
        template: NewOrders { lines: 1, ..NewOrders::default() },
    }
}

/// Writes a status for every order that came, until the load is over.
async fn write_back(world: &World, receiver: &Receiver) {
    let mut done = 0;
    loop {
        for message in &receiver.messages()[done..] {
            let id = message.body["id"].as_str().expect("an id");
            let written = json!({"status": "released", "reference": "r"});
            world.erp.post(&format!("/orders/{id}/status"), written).await.expect("an answer");
            done += 1;
        }
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

#[tokio::test]
async fn measures_acknowledgement_and_completion() {
    let world = plain().await;
    let (receiver, url) = Receiver::start().await;
    receiver.refuse_next(2);
    let load = options(url, 60, Pace::Open { documents: 5 });
    let report = tokio::select! {
        report = run(&world.running, &load) => report.expect("it runs"),
        () = write_back(&world, &receiver) => unreachable!("it never ends"),
    };
    assert_eq!((report.sent, report.acknowledged, report.completed, report.repeats), (60, 60, 60, 2));
    assert_eq!((report.acknowledgement.count, report.end_to_end.count, report.numbers.len()), (60, 60, 60));
    assert!(report.end_to_end.p50_ms > 0.0 && report.end_to_end.max_ms >= report.end_to_end.p99_ms);
}

#[tokio::test]
async fn keeps_the_rate_and_ends_in_time() {
    let world = plain().await;
    let (receiver, url) = Receiver::start().await;
    let mut load = options(url, 1000, Pace::Rate { per_second: 100.0 });
    load.send_within = Duration::from_millis(500);
    load.drain_within = Duration::from_millis(200);
    let report = run(&world.running, &load).await.expect("it runs");
    assert!((20..=51).contains(&report.sent), "{} sent", report.sent);
    assert_eq!((report.completed, receiver.messages().len() as u64), (0, report.acknowledged));
}

#[tokio::test]
async fn does_not_wait_for_what_was_refused() {
    let world = plain().await;
    let (_, url) = Receiver::start().await;
    let mut load = options(url, 5, Pace::Open { documents: 1 });
    // Signed with another key: the receiver says 401.
    load.secret = "whsec_AAAA".to_owned();
    let started = std::time::Instant::now();
    let report = run(&world.running, &load).await.expect("it runs");
    assert_eq!((report.sent, report.refused, report.completed), (5, 5, 0));
    assert!(started.elapsed() < load.drain_within);
}

#[tokio::test]
async fn refuses_other_hosts_and_wrong_bounds() {
    let world = plain().await;
    for (url, orders) in [("http://192.0.2.1/hooks/a", 1), ("https://127.0.0.1/", 1), ("http://127.0.0.1:1/", 0)] {
        assert!(run(&world.running, &options(url.to_owned(), orders, Pace::Full)).await.is_err(), "{url}");
    }
}
