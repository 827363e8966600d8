//! What answers, and missing ones, are taken for.

use super::support::*;
use crate::domain::connector::{Class, Target};
use crate::domain::flow::effect::Cause;
use crate::gateway::AttemptRecord;
use axum::Router;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::any;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tokio::io::AsyncWriteExt;

const OPERATIONS: &str = "
operations:
  look: {effect: read, input: {}, request: {method: GET, path: /x}, output: {id: {type: string, from: $.id}}}
  make: {effect: write, input: {}, request: {method: POST, path: /x, json: {a: 1, k: {value: settings.key}}}, output: {id: {type: string, from: $.id}}, idempotency: {by: none}}
";

async fn both(address: std::net::SocketAddr) -> (Class, Class) {
    let (read, write) = attempts(address).await;
    (read.class, write.class)
}

/// What is recorded of a read and of a write.
async fn attempts(address: std::net::SocketAddr) -> (AttemptRecord, AttemptRecord) {
    let mut recorded = Vec::new();
    for operation in ["look", "make"] {
        let performed = perform(address, OPERATIONS, operation, "{}").await;
        let [attempt] = performed.attempts.as_slice() else { panic!("one request and no retry: {performed:?}") };
        assert_eq!((attempt.operation.as_str(), attempt.class), (operation, performed.class), "what is told is what is recorded");
        recorded.push(attempt.clone());
    }
    let [read, write] = <[AttemptRecord; 2]>::try_from(recorded).unwrap();
    (read, write)
}

/// An answer that nobody could read to its end is in the record with what went out and the words about it, and without a byte of
/// it: whoever sends rubbish must not fill our store.
async fn recorded_without_an_answer(address: std::net::SocketAddr, classes: (Class, Class), status: Option<u16>, words: &str) {
    let (read, write) = attempts(address).await;
    assert_eq!((read.class, write.class), classes, "{read:?} {write:?}");
    for (attempt, method) in [(&read, "GET"), (&write, "POST")] {
        let request: serde_json::Value = serde_json::from_str(&attempt.request).unwrap();
        assert_eq!((request["method"].as_str(), attempt.status), (Some(method), status), "{attempt:?}");
        let message = attempt.message.as_deref().unwrap_or_default();
        assert!(message.to_lowercase().contains(words), "{attempt:?}");
        assert_eq!((attempt.response.as_str(), attempt.response_bytes), ("", 0), "{attempt:?}");
    }
    assert_eq!(read.request_bytes, 0);
    assert!(write.request_bytes > 0, "{write:?}");
}

#[tokio::test]
async fn statuses_and_bodies_are_taken_for_what_they_are() {
    let json = "application/json";
    // status, content type, body, class of a read, class of a write
    let table = [
        (200, json, r#"{"id": "a"}"#, Class::Ok, Class::Ok),
        (200, json, r#"{"id": 7}"#, Class::Ok, Class::Ok),
        (200, json, r#"{"id": "#, Class::Retryable, Class::Unknown),
        (200, json, r#"{"other": 1}"#, Class::Retryable, Class::Unknown),
        (200, json, r#"{"id": [1]}"#, Class::Retryable, Class::Unknown),
        (200, "text/html", "<html>Please log in</html>", Class::Retryable, Class::Unknown),
        (200, json, "", Class::Retryable, Class::Unknown),
        (400, json, r#"{"message": "no"}"#, Class::Refused, Class::Refused),
        (401, "text/html", "<html>", Class::AuthExpired, Class::AuthExpired),
        (404, "text/html", "<html>", Class::NotFound, Class::NotFound),
        (409, json, "{}", Class::Conflict, Class::Conflict),
        (500, json, r#"{"id": "done all the same"}"#, Class::Retryable, Class::Unknown),
        (502, "text/html", "<html>Bad gateway</html>", Class::Retryable, Class::Unknown),
        (503, json, "{}", Class::Retryable, Class::Retryable),
        (504, json, "{}", Class::Retryable, Class::Unknown),
        (302, json, "{}", Class::Refused, Class::Refused),
    ];
    for (status, content_type, body, read, write) in table {
        let status_code = StatusCode::from_u16(status).unwrap();
        let answer = move || async move { (status_code, [(header::CONTENT_TYPE, content_type)], body).into_response() };
        let address = partner(Router::new().route("/x", any(answer))).await;
        assert_eq!(both(address).await, (read, write), "{status} {body}");
    }
}

#[tokio::test]
async fn retry_after_is_honoured_by_the_whole_line() {
    let hits = Arc::new(AtomicUsize::new(0));
    let counted = hits.clone();
    let answer = move || {
        counted.fetch_add(1, Ordering::Relaxed);
        async { (StatusCode::TOO_MANY_REQUESTS, [(header::RETRY_AFTER, "120")]).into_response() }
    };
    let address = partner(Router::new().route("/x", any(answer))).await;
    let target = Target::new(local(address), connector(&format!("{PLAIN}{OPERATIONS}")), "look").unwrap();
    let gateway = gateway();
    let before = jiff::Timestamp::from_second(0).unwrap();
    let first = gateway.perform(&target, call("{}")).await;
    assert_eq!((first.class, first.unsent), (Class::RateLimited, false));
    let until = first.retry_after.unwrap();
    assert!(until > before);
    let second = gateway.perform(&target, call("{}")).await;
    assert_eq!((second.class, second.unsent), (Class::RateLimited, true), "{second:?}");
    assert!(second.retry_after.unwrap().duration_since(until).abs() < jiff::SignedDuration::from_secs(2));
    assert_eq!(hits.load(Ordering::Relaxed), 1, "nothing is sent while the partner wants a pause");
}

#[tokio::test]
async fn a_line_that_breaks_after_sending_is_unknown_for_writes() {
    let reset = raw_partner(|stream| async move {
        // Dropping with unread input resets the connection.
        drop(stream);
    })
    .await;
    assert_eq!(both(reset).await, (Class::Retryable, Class::Unknown));
    let half = raw_partner(|stream| write(stream, b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"id\":")).await;
    assert_eq!(both(half).await, (Class::Retryable, Class::Unknown));
    let garbage = raw_partner(|stream| write(stream, b"\x16\x03\x01 hello\r\n\r\n")).await;
    assert_eq!(both(garbage).await, (Class::Retryable, Class::Unknown));
}

#[tokio::test]
async fn a_partner_that_is_not_there_was_surely_not_reached() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let performed = perform(address, OPERATIONS, "make", "{}").await;
    assert_eq!((performed.class, performed.cause), (Class::Retryable, Some(Cause::PartnerDown)));
    assert!(!performed.unsent, "it counts against the retry limit");
}

#[tokio::test]
async fn a_slow_drip_ends_with_the_time_of_the_request() {
    let drip = raw_partner(|mut stream| async move {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n").await;
        while stream.write_all(b" ").await.is_ok() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    })
    .await;
    let began = Instant::now();
    recorded_without_an_answer(drip, (Class::Retryable, Class::Unknown), None, "no complete answer in time").await;
    assert!(began.elapsed() < Duration::from_secs(10), "3 s each");
}

#[tokio::test]
async fn large_answers_and_bombs_are_stopped_at_the_limit() {
    let endless = raw_partner(|mut stream| async move {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n").await;
        let chunk = [b"1000\r\n".as_slice(), &[b' '; 0x1000], b"\r\n"].concat();
        while stream.write_all(&chunk).await.is_ok() {}
    })
    .await;
    let (too_large, limit) = ((Class::Refused, Class::Unknown), "larger than 65536 bytes");
    recorded_without_an_answer(endless, too_large, Some(200), limit).await;
    let long = raw_partner(|stream| write(stream, b"HTTP/1.1 200 OK\r\ncontent-length: 99999999999\r\n\r\n{")).await;
    recorded_without_an_answer(long, too_large, Some(200), limit).await;
    let bomb = zeros(64 * 1024 * 1024);
    assert!(bomb.len() < 512 * 1024, "small on the wire: {}", bomb.len());
    let answer = move || {
        let bomb = bomb.clone();
        async move { ([(header::CONTENT_TYPE, "application/json"), (header::CONTENT_ENCODING, "gzip")], bomb).into_response() }
    };
    let address = partner(Router::new().route("/x", any(answer))).await;
    let began = Instant::now();
    recorded_without_an_answer(address, too_large, Some(200), limit).await;
    assert!(began.elapsed() < Duration::from_secs(5));
}

#[tokio::test]
async fn a_body_that_is_not_what_its_encoding_says_is_broken() {
    let answer = || async { ([(header::CONTENT_ENCODING, "gzip")], r#"{"id": "plain"}"#).into_response() };
    let address = partner(Router::new().route("/x", any(answer))).await;
    recorded_without_an_answer(address, (Class::Retryable, Class::Unknown), Some(200), "gzip").await;
}

#[tokio::test]
async fn nothing_leaves_after_the_deadline() {
    let hits = Arc::new(AtomicUsize::new(0));
    let counted = hits.clone();
    let answer = move || {
        counted.fetch_add(1, Ordering::Relaxed);
        async { "{}" }
    };
    let address = partner(Router::new().route("/x", any(answer))).await;
    let target = Target::new(local(address), connector(&format!("{PLAIN}{OPERATIONS}")), "make").unwrap();
    let late = super::super::Call { deadline: Duration::ZERO, ..call("{}") };
    let performed = gateway().perform(&target, late).await;
    assert_eq!((performed.class, performed.unsent), (Class::Retryable, true), "{performed:?}");
    assert_eq!(hits.load(Ordering::Relaxed), 0);
    assert!(performed.attempts.is_empty());
}

#[tokio::test]
async fn a_dead_partner_opens_the_breaker_and_costs_no_attempts() {
    let reset = raw_partner(|stream| async move { drop(stream) }).await;
    let target = Target::new(local(reset), connector(&format!("{PLAIN}{OPERATIONS}")), "look").unwrap();
    let gateway = gateway();
    for _ in 0..10 {
        assert!(!gateway.perform(&target, call("{}")).await.unsent);
    }
    let held = gateway.perform(&target, call("{}")).await;
    assert!(held.unsent && held.retry_after.is_some() && held.attempts.is_empty(), "{held:?}");
    assert!(gateway.is_open(crate::domain::ids::TenantId::DEFAULT, "c"));
}

#[tokio::test]
async fn bad_input_is_refused_before_anything_is_sent() {
    let address = partner(Router::new()).await;
    let performed = perform(address, OPERATIONS, "make", r#"{"undeclared": 1}"#).await;
    assert_eq!((performed.class, performed.cause, performed.attempts.len()), (Class::Refused, Some(Cause::DataWrong), 0));
}

#[tokio::test]
async fn what_is_recorded_holds_the_exchange_and_no_secret() {
    let answer = |headers: HeaderMap, body: String| async move {
        let told = headers.get("content-type").and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
        axum::Json(serde_json::json!({"id": "a", "echo": body, "told": told}))
    };
    let address = partner(Router::new().route("/x", any(answer))).await;
    let performed = perform(address, OPERATIONS, "make", "{}").await;
    assert_eq!(performed.class, Class::Ok);
    let [attempt] = performed.attempts.as_slice() else { panic!("one attempt") };
    let request: serde_json::Value = serde_json::from_str(&attempt.request).unwrap();
    assert_eq!(request["method"], "POST");
    assert_eq!(request["body"]["k"], "[redacted]");
    assert_eq!((attempt.status, attempt.class), (Some(200), Class::Ok));
    assert!(attempt.request_bytes > 0 && attempt.response_bytes > 0);
    assert!(performed.payload.member("echo").as_text().unwrap().contains(CANARY), "the partner did get it");
}

/// A gzip of so many zeros: one literal, then matches of 258 bytes at distance 1.
fn zeros(length: usize) -> Vec<u8> {
    let mut bits = Bits::default();
    bits.put(0b011, 3); // last block, fixed codes
    bits.put_reversed(0x30, 8); // literal 0
    for _ in 0..length / 258 {
        bits.put_reversed(0b1100_0101, 8); // length 258
        bits.put_reversed(0, 5); // distance 1
    }
    bits.put_reversed(0, 7); // end of block
    [&[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255][..], &bits.finish(), &[0; 8]].concat()
}

#[derive(Default)]
struct Bits {
    bytes: Vec<u8>,
    held: u32,
    count: u32,
}

impl Bits {
    fn put(&mut self, value: u32, length: u32) {
        self.held |= value << self.count;
        self.count += length;
        while self.count >= 8 {
            self.bytes.push(self.held.to_le_bytes()[0]);
            self.held >>= 8;
            self.count -= 8;
        }
    }

    fn put_reversed(&mut self, value: u32, length: u32) {
        self.put(value.reverse_bits() >> (32 - length), length);
    }

    fn finish(mut self) -> Vec<u8> {
        self.put(0, 7);
        self.bytes
    }
}
