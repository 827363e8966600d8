//! The same for what replicas share: tickets and events over a broker, and of a partner its rates and log-ins.

use super::{Way, walk};
use crate::support::postgres::FreshDatabase;
use waybill::transport::rabbitmq::{self, Options};

/// What is met by a replica with a broker.
pub const POINTS: [&str; 7] =
    ["claim_named_lanes", "claim_duty", "events_published", "take_slots", "claim_credential", "save_credential", "release_credential"];
/// Of these, what a process shares only where there may be others: not on the embedded store, which is one process's.
const OF_PARTNERS: [&str; 4] = ["take_slots", "claim_credential", "save_credential", "release_credential"];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_commit_of_a_replica_can_be_the_last_on_the_embedded_store() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let points = POINTS.into_iter().filter(|point| !OF_PARTNERS.contains(point)).collect();
    walk_with_a_broker(&format!("sqlite:{}", folder.path().join("hub.sqlite").display()), "sqlite", points).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_commit_of_a_replica_can_be_the_last_on_postgres() {
    let database = FreshDatabase::create("kill_points_replica").await;
    walk_with_a_broker(&database.url, "postgres", POINTS.to_vec()).await;
    database.drop().await;
}

async fn walk_with_a_broker(store: &str, name: &str, points: Vec<&'static str>) {
    let broker = std::env::var("WAYBILL_TEST_AMQP").unwrap_or_else(|_| "amqp://guest:guest@127.0.0.1:5672/%2f".to_owned());
    let prefix = format!("waybill_test_{}_points_{name}", std::process::id());
    let variables = [
        ("WAYBILL_TRANSPORT_KIND", "rabbitmq"),
        ("WAYBILL_TRANSPORT_URL", broker.as_str()),
        ("WAYBILL_TRANSPORT_PREFIX", &prefix),
        ("WAYBILL_TRANSPORT_PUBLISH_EVENTS", "true"),
        ("WAYBILL_STORE_SEALING_KEY", "a sealing key of the tests, long enough"),
    ];
    walk(store, &Way { points, variables: &variables, log_ins_lapse: true }).await;
    let options = Options { url: broker.clone().into(), ca: None, prefix: prefix.clone(), process: "test".to_owned(), seed: 1 };
    rabbitmq::remove(&options, &["erp_hq", "oa_main", "finance_main"]).await.expect("it is removed");
}
