//! A batch through a real hub that is killed while a partner holds the answer to many bookings: on the embedded store and on
//! PostgreSQL, judged by the partner's books.

#[path = "../support/hub.rs"]
#[expect(dead_code, reason = "other tests use other parts")]
mod hub;
#[path = "../support/postgres.rs"]
mod postgres;

use axum::extract::{Path, State};
use axum::routing::{get, post};
use axum::{Json, Router};
use hub::{HubProcess, Project};
use postgres::FreshDatabase;
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::sync::Notify;

/// A lease of 5 s, and look-ups up to 4 s after whoever takes over found it.
const WITHIN: Duration = Duration::from_secs(60);

#[derive(Default)]
struct Books {
    /// Number and reference of each booking, in the order in which they were made.
    booked: Vec<(String, String)>,
    /// Numbers of each request.
    asked: Vec<Vec<String>>,
    looked_up: Vec<String>,
}

#[derive(Clone, Default)]
struct Partner {
    books: Arc<Mutex<Books>>,
    /// It holds an answer.
    holds: Arc<Notify>,
}

/// Books everything; of the second request only the first booking, and never answers it.
async fn book(State(partner): State<Partner>, Json(body): Json<Value>) -> Json<Value> {
    let field = |item: &Value, name: &str| item[name].as_str().unwrap_or_default().to_owned();
    let items: Vec<(String, String)> =
        body["items"].as_array().into_iter().flatten().map(|item| (field(item, "number"), field(item, "reference"))).collect();
    let breaks_off = {
        let mut books = partner.books.lock().expect("nobody panics with it");
        books.asked.push(items.iter().map(|(number, _)| number.clone()).collect());
        let breaks_off = books.asked.len() == 2;
        books.booked.extend(items.iter().take(if breaks_off { 1 } else { items.len() }).cloned());
        breaks_off
    };
    if breaks_off {
        partner.holds.notify_one();
        std::future::pending::<()>().await;
    }
    // In an order of its own.
    let told = items.iter().rev().map(|(number, _)| json!({"number": number, "status": 201, "id": format!("B-{number}")}));
    Json(json!({"results": told.collect::<Vec<_>>()}))
}

async fn find(State(partner): State<Partner>, Path(reference): Path<String>) -> Json<Value> {
    let mut books = partner.books.lock().expect("nobody panics with it");
    books.looked_up.push(reference.clone());
    let found = books.booked.iter().find(|(_, known)| *known == reference);
    Json(found.map_or_else(|| json!({}), |(number, _)| json!({"id": format!("B-{number}")})))
}

async fn start(partner: &Partner) -> String {
    let router = Router::new().route("/bookings", post(book)).route("/bookings/{reference}", get(find)).with_state(partner.clone());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("bound");
    tokio::spawn(async move { axum::serve(listener, router).await });
    format!("http://{address}")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hub_that_is_killed_in_the_middle_of_a_batch_books_each_line_once_on_the_embedded_store() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    killed_in_the_middle(&format!("sqlite:{}", folder.path().join("hub.sqlite").display())).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hub_that_is_killed_in_the_middle_of_a_batch_books_each_line_once_on_postgres() {
    let database = FreshDatabase::create("batches").await;
    killed_in_the_middle(&database.url).await;
    database.drop().await;
}

async fn killed_in_the_middle(store: &str) {
    let partner = Partner::default();
    let address = start(&partner).await;
    let from = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/batches-content");
    let project = Project::whole(&from, &[("http://127.0.0.1:7999", &address)], Vec::new());
    let mut hub = HubProcess::start(&project, store).await;
    let lines: Vec<Value> = (1..=5).map(|number| json!({"number": format!("L{number}"), "quantity": "2.5"})).collect();
    let note = json!({"document": {"number": "DN-1", "lines": lines}});
    let (status, made) = hub.post_as("/api/v1/flows/book_delivery/instances", "begin", &note).await;
    assert!(matches!(status, 201 | 202), "{status} {made}");
    tokio::time::timeout(WITHIN, partner.holds.notified()).await.expect("the second request arrives");
    hub.kill().await;
    hub.restart(store).await;
    let began = Instant::now();
    let page = loop {
        let list = hub.get("/api/v1/documents?key=DN-1").await;
        let id = list["items"][0]["id"].as_str().map(str::to_owned);
        let page = match id {
            Some(id) => hub.get(&format!("/api/v1/documents/{id}")).await,
            None => Value::Null,
        };
        if page["status"] == "booked" {
            break page;
        }
        if began.elapsed() > WITHIN {
            panic!("not booked: {page:#}; {:?}\n{}", hub.open_exceptions().await, hub.log_tail(40));
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    };
    {
        let books = partner.books.lock().expect("nobody panics with it");
        let mut booked: Vec<&str> = books.booked.iter().map(|(number, _)| number.as_str()).collect();
        booked.sort_unstable();
        assert_eq!(booked, ["L1", "L2", "L3", "L4", "L5"], "each once: {:?}", books.asked);
        let first: Vec<&[String]> = books.asked.iter().map(Vec::as_slice).collect();
        assert_eq!(first, [["L1", "L2"], ["L3", "L4"], ["L4", "L5"]], "what is done is not sent again");
        // The process that took over did not know how far the dead one had come.
        assert_eq!(books.looked_up.len(), 7, "five at first, and once more the two that were missing: {:?}", books.looked_up);
    }
    assert_eq!(page["instances"][0]["status"], "ended", "{page:#}");
    assert_eq!(hub.open_exceptions().await, Vec::<Value>::new());
    hub.stop().await;
}
