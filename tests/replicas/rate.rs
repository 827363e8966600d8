//! What a partner sees of a rate that three replicas share, when all of them have more to send than it allows.

use crate::support::hub::{HubProcess, Project};
use crate::support::postgres::FreshDatabase;
use axum::routing::post;
use axum::{Json, Router};
use serde_json::{Value, json};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// The allowance of the connection, a second.
const RATE: usize = 20;
/// What is looked at. Long enough that a request which the machine holds up at either end is no twentieth of it.
const LOOKED_AT: Duration = Duration::from_secs(15);
/// Far more than is sent while they are begun and while it is looked.
const DOCUMENTS: usize = 900;
/// Documents begun at the same time.
const AT_ONCE: usize = 30;

/// When each request came.
type Seen = Arc<Mutex<Vec<Instant>>>;

async fn partner() -> (Seen, String) {
    let seen = Seen::default();
    let told = seen.clone();
    let book = move |Json(body): Json<Value>| {
        told.lock().expect("nobody panics with it").push(Instant::now());
        let results =
            body["items"].as_array().into_iter().flatten().map(|item| json!({"number": item["number"], "status": 201, "id": "B"}));
        std::future::ready(Json(json!({"results": results.collect::<Vec<_>>()})))
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("bound"));
    tokio::spawn(async move { axum::serve(listener, Router::new().route("/bookings", post(book))).await });
    (seen, url)
}

async fn begin(hub: &HubProcess, number: usize) {
    let note = json!({"document": {"number": format!("DN-{number}"), "lines": [{"number": "L1", "quantity": "1"}]}});
    let (status, made) = hub.post_as("/api/v1/flows/book_delivery/instances", &format!("begin-{number}"), &note).await;
    assert!(matches!(status, 201 | 202), "{status} {made}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_partner_sees_the_rate_that_three_replicas_share() {
    let _alone = crate::THREE_HUBS.lock().await;
    let (seen, url) = partner().await;
    let database = FreshDatabase::create("rate").await;
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/batches-content");
    let limited = format!("egress: {{allow: [127.0.0.1/32]}}\nlimits: {{rate: {RATE}/s}}");
    let texts = [("http://127.0.0.1:7999", url.as_str()), ("egress: {allow: [127.0.0.1/32]}", limited.as_str())];
    let project = Project::whole(&from, &texts, Vec::new());
    let mut hubs = Vec::new();
    for name in ["waybill-one", "waybill-two", "waybill-three"] {
        hubs.push(HubProcess::replica(&project, name, &database.url, &[]).await);
    }
    let numbers: Vec<usize> = (0..DOCUMENTS).collect();
    for some in numbers.chunks(AT_ONCE) {
        futures::future::join_all(some.iter().map(|number| begin(&hubs[number % hubs.len()], *number))).await;
    }
    let since = Instant::now();
    tokio::time::sleep(LOOKED_AT + Duration::from_secs(1)).await;
    let seen = seen.lock().expect("nobody panics with it").clone();
    let mut senders = 0;
    for hub in &hubs {
        senders += usize::from(hub.metric("waybill_gateway_requests_total").await > 0.0);
    }
    for hub in &mut hubs {
        hub.kill().await;
    }
    database.drop().await;

    assert!(seen.len() + RATE < DOCUMENTS, "there was more to send all the while: {} of {DOCUMENTS} were sent", seen.len());
    assert_eq!(senders, 3, "each replica sends");
    let within = seen.iter().filter(|at| **at >= since && **at < since + LOOKED_AT).count();
    let allowed = RATE * usize::try_from(LOOKED_AT.as_secs()).expect("seconds");
    assert!(within * 100 <= allowed * 105, "{within} requests, and {allowed} are allowed");
    assert!(within * 100 >= allowed * 95, "{within} requests of {allowed} that are allowed");
}
