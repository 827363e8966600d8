//! The stream of events: ids and versions of what changed, going on where it broke, bounded.

use std::time::Duration;

use reqwest::{Method, Response};
use waybill::app::feed::LISTENERS_OF_CALLER_MAX;

use waybill::domain::ids::{DriftId, TenantId};
use waybill::store::{DriftRow, DriftSay, DriftWord, Writes};

use crate::acting::user;
use crate::contract::drift;
use crate::publishing::publish_all;
use crate::rows::{document, order};
use crate::sign_in::{Browser, PASSWORD, owned};
use crate::support::{DRIFT, Door, at, door, json};

struct Events(Response, String);

impl Events {
    async fn open(door: &Door, query: &str, last: Option<&str>) -> Events {
        let request = door.request(Method::GET, &format!("/api/v1/events/stream{query}"));
        let request = if let Some(last) = last { request.header("last-event-id", last) } else { request };
        let answer = request.send().await.unwrap();
        assert_eq!((answer.status().as_u16(), &answer.headers()["content-type"]), (200, &"text/event-stream".parse().unwrap()));
        Events(answer, String::new())
    }

    /// The next event: name, id, data. The clock is moved on until it comes.
    async fn next(&mut self, door: &Door) -> (String, String, String) {
        loop {
            if let Some((event, rest)) = self.1.split_once("\n\n").map(|(event, rest)| (event.to_owned(), rest.to_owned())) {
                self.1 = rest;
                let field = |name: &str| event.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default().trim().to_owned();
                if !field("data:").is_empty() {
                    return (field("event:"), field("id:"), field("data:"));
                }
                continue;
            }
            tokio::select! {
                chunk = self.0.chunk() => self.1.push_str(std::str::from_utf8(&chunk.unwrap().expect("the stream goes on")).unwrap()),
                () = async { loop { door.clock.advance(Duration::from_millis(250)); tokio::task::yield_now().await; } } => {}
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_changes_is_told_and_a_broken_stream_goes_on() {
    let door = door().await;
    door.write(order("PO-1", 0)).await;
    let mut events = Events::open(&door, "?topics=documents", None).await;
    let (name, id, data) = events.next(&door).await;
    assert_eq!((name.as_str(), data.as_str()), ("changes", "{}"), "where it begins");
    door.write(order("PO-2", 1)).await;
    let (name, second, data) = events.next(&door).await;
    assert_eq!((name.as_str(), data), ("changes", format!("{{\"documents\":[[\"{}\",1]]}}", document("PO-2"))), "ids and versions only");
    drop(events);
    door.write(order("PO-3", 2)).await;
    let mut again = Events::open(&door, "?topics=documents", Some(&second)).await;
    let (name, _, data) = again.next(&door).await;
    assert_eq!((name.as_str(), data), ("changes", format!("{{\"documents\":[[\"{}\",1]]}}", document("PO-3"))));
    let mut from_first = Events::open(&door, "", Some(&id)).await;
    let (_, _, data) = from_first.next(&door).await;
    assert!(
        data.contains(&document("PO-2").to_string()) && data.contains(&document("PO-3").to_string()) && data.contains("instances"),
        "{data}"
    );
    let mut unknown = Events::open(&door, "", Some("0.0")).await;
    assert_eq!(unknown.next(&door).await.0, "reset", "a place before all that is kept");
    for place in ["999999999999.1", "yesterday", ""] {
        let mut elsewhere = Events::open(&door, "", Some(place)).await;
        assert_eq!(elsewhere.next(&door).await.0, "reset", "`{place}`: nobody knows what was missed since");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn differences_and_releases_are_told() {
    let door = door().await;
    let mut events = Events::open(&door, "?topics=drift,releases", None).await;
    assert_eq!(events.next(&door).await.2, "{}", "where it begins");
    let version = |minute: i64| format!("{{\"drift\":[[\"{DRIFT}\",{}]]}}", at(minute).as_microsecond());
    door.write(Writes { drifts: vec![drift()], ..order("PO-9", 0) }).await;
    assert_eq!(events.next(&door).await.2, version(4), "it opened, and of the order nobody wanted to hear");
    let (id, tenant) = (DriftId(DRIFT), TenantId::DEFAULT);
    let accept = DriftWord { tenant, id, say: DriftSay::Accept, actor: "ana".into(), reason: Some("agreed".into()), at: at(5) };
    assert_eq!(door.store.say_of_drifts(&[accept]).await.unwrap(), [true]);
    assert_eq!(events.next(&door).await.2, version(5), "it was accepted");
    let gone = DriftRow { state: "resolved".into(), resolution: Some("gone".into()), resolved_at: Some(at(6)), ..drift() };
    door.write(Writes { drifts: vec![gone], ..Writes::default() }).await;
    assert_eq!(events.next(&door).await.2, version(6), "it was resolved");
    assert_eq!(publish_all(&door).await.0, 201);
    assert_eq!(events.next(&door).await.2, "{\"releases\":[[1,1]]}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_committed_within_a_second_comes_in_a_few_events_that_name_all_of_it() {
    let door = door().await;
    let mut events = Events::open(&door, "?topics=documents", None).await;
    assert_eq!(events.next(&door).await.2, "{}", "where it begins");
    let numbers = 1..=40;
    for number in numbers.clone() {
        door.write(order(&format!("PO-{number}"), 0)).await;
        door.clock.advance(Duration::from_millis(25));
    }
    let mut missing: Vec<String> = numbers.map(|number| document(&format!("PO-{number}")).to_string()).collect();
    let mut count = 0;
    while !missing.is_empty() {
        let (name, _, data) = events.next(&door).await;
        assert_eq!(name, "changes", "{data}");
        missing.retain(|id| !data.contains(id));
        count += 1;
    }
    assert!(count <= 5, "{count} events");
}

/// Whether a stream ends within a few looks at who has it.
async fn ends(door: &Door, stream: &mut Response) -> bool {
    for _ in 0..20 {
        door.clock.advance(Duration::from_secs(16));
        let quiet = tokio::time::timeout(Duration::from_millis(100), async { while stream.chunk().await.unwrap().is_some() {} });
        if quiet.await.is_ok() {
            return true;
        }
    }
    false
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_ends_with_what_let_it_in() {
    let door = owned().await;
    let stream = |browser: &Browser<'_>| browser.request(Method::GET, "/api/v1/events/stream", None).send();
    let mut owner = Browser::new(&door);
    assert_eq!(owner.sign_in("ana", PASSWORD).await, 200);
    let mut kept = Events::open(&door, "?topics=documents", None).await;
    for (name, how) in [("out", "sign-out"), ("gone", "disable"), ("less", "roles")] {
        let mut browser = user(&door, name, &["viewer"], None).await;
        let mut open = stream(&browser).await.unwrap();
        assert_eq!(open.status(), 200);
        let known = owner.get("/api/v1/users").await.1["items"].as_array().unwrap().clone();
        let id = known.iter().find(|one| one["name"] == name).unwrap()["id"].as_str().unwrap().to_owned();
        let status = match how {
            "sign-out" => browser.post("/api/v1/sign-out", serde_json::json!({})).await.0,
            "disable" => owner.post(&format!("/api/v1/users/{id}/disable"), serde_json::json!({})).await.0,
            _ => owner.send(Method::PUT, &format!("/api/v1/users/{id}"), Some(serde_json::json!({"roles": []}))).await.0,
        };
        assert!((200..300).contains(&status), "{how}: {status}");
        assert!(ends(&door, &mut open).await, "{how}");
    }
    // Whose right stands goes on being told.
    door.write(order("PO-1", 0)).await;
    while !kept.next(&door).await.2.contains(&document("PO-1").to_string()) {}
}

#[tokio::test(flavor = "multi_thread")]
async fn an_open_page_does_not_keep_a_session_from_ending() {
    let door = owned().await;
    let mut browser = user(&door, "idle", &["viewer"], None).await;
    let mut open = browser.request(Method::GET, "/api/v1/events/stream", None).send().await.unwrap();
    for _ in 0..31 {
        door.clock.advance(Duration::from_secs(60));
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert!(ends(&door, &mut open).await, "half an hour without a request");
    assert_eq!(browser.get("/api/v1/me").await.0, 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_name_in_another_tenant_has_streams_of_its_own() {
    let door = door().await;
    let feed = waybill::app::feed::Feed::new(door.store.clone(), door.clock.clone());
    let listen = |tenant: i32| feed.listen(waybill::domain::ids::TenantId(tenant), "robot", vec![], None);
    let open: Vec<_> = (0..LISTENERS_OF_CALLER_MAX).map(|_| listen(1)).collect();
    assert!(open.iter().all(Option::is_some));
    assert!(listen(1).is_none() && listen(2).is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn streams_are_bounded_and_end_with_the_process() {
    let door = door().await;
    let mut open = Vec::new();
    for _ in 0..LISTENERS_OF_CALLER_MAX {
        open.push(Events::open(&door, "", None).await);
    }
    let one_more = door.request(Method::GET, "/api/v1/events/stream").send().await.unwrap();
    assert_eq!((one_more.status().as_u16(), &one_more.headers()["retry-after"]), (429, &"30".parse().unwrap()));
    assert_eq!(json(one_more).await.1["code"], "too_many_streams");
    assert_eq!(door.get("/api/v1/events/stream?topics=weather").await.0, 400);
    assert_eq!(door.lifecycle.clone().stop(Duration::from_secs(20)).await, waybill::runtime::lifecycle::Stopped::Clean);
}
