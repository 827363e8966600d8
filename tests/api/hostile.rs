//! Bad clients: each gets a plain no within its bounds, and the door stands open for everybody else.

use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use waybill::api::Limits;
use waybill::api::listener::Options;

use crate::support::{Door, Setup, door, door_with, json};

async fn still_open(door: &Door) {
    assert_eq!(door.get("/health").await.0, 200);
}

async fn raw(door: &Door, request: &[u8]) -> String {
    let mut stream = TcpStream::connect(door.address()).await.unwrap();
    // A server that has decided may close before it has read everything.
    let _ = stream.write_all(request).await;
    let mut answer = Vec::new();
    let _ = tokio::time::timeout(Duration::from_secs(10), stream.read_to_end(&mut answer)).await.expect("the server answers and closes");
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test]
async fn a_half_sent_header_is_cut_off() {
    let listener = Options { header_timeout: Duration::from_millis(300), ..Options::default() };
    let door = door_with(Setup { listener, ..Setup::default() }).await;
    for begun in [&b""[..], b"GET /heal", b"GET /health HTTP/1.1\r\nhost: x\r\nx-a: "] {
        let mut stream = TcpStream::connect(door.address()).await.unwrap();
        stream.write_all(begun).await.unwrap();
        let began = Instant::now();
        let mut rest = Vec::new();
        let ended = tokio::time::timeout(Duration::from_secs(10), stream.read_to_end(&mut rest)).await;
        assert!(ended.is_ok(), "a connection that sent {begun:?} is still open after {:?}", began.elapsed());
    }
    still_open(&door).await;
}

#[tokio::test]
async fn a_body_that_trickles_is_cut_off() {
    let limits = Limits { request_timeout: Duration::from_millis(300), ..Limits::default() };
    let door = door_with(Setup { limits, ..Setup::default() }).await;
    let answer = raw(&door, b"POST /hooks/h1 HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: 1000\r\n\r\nabc").await;
    assert!(answer.starts_with("HTTP/1.1 408 ") && answer.contains("\"request_timeout\""), "{answer}");
    assert!(door.intake.taken.lock().unwrap().is_empty());
}

#[tokio::test]
async fn bodies_beyond_their_bound_are_refused_whether_they_say_so_or_not() {
    let limits = Limits { body_bytes_max: 2_000, hook_body_bytes_max: 3_000, ..Limits::default() };
    let door = door_with(Setup { limits, ..Setup::default() }).await;
    let retry = format!("/api/v1/exceptions/{}/retry", uuid::Uuid::nil());
    for (path, bound) in [(retry.as_str(), 2_000), ("/hooks/h1", 3_000)] {
        let announced = door.request(Method::POST, path).header("content-type", "application/json").body("x".repeat(bound + 1));
        let (status, problem) = json(announced.send().await.unwrap()).await;
        assert_eq!((status, problem["code"].as_str()), (413, Some("body_too_large")), "{path}");
        let token = crate::support::token(&waybill::domain::permission::Permission::ALL);
        let chunk = format!("{:x}\r\n{}\r\n0\r\n\r\n", bound + 1, "x".repeat(bound + 1));
        let head = format!(
            "POST {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\nauthorization: Bearer {token}\r\ntransfer-encoding: chunked\r\n\r\n"
        );
        let answer = raw(&door, format!("{head}{chunk}").as_bytes()).await;
        assert!(answer.starts_with("HTTP/1.1 413 "), "{path}: {answer}");
    }
    assert!(door.intake.taken.lock().unwrap().is_empty());
    let fits = door.request(Method::POST, "/hooks/h1").body("x".repeat(3_000)).send().await.unwrap();
    assert_eq!(fits.status(), 202);
}

#[tokio::test]
async fn queries_and_cursors_that_make_no_sense_are_named() {
    let door = door().await;
    let long = "x".repeat(300);
    for (query, code) in [
        ("limit=0", "bad_query"),
        ("limit=501", "bad_query"),
        ("limit=-1", "bad_query"),
        ("limit=ten", "bad_query"),
        ("stauts=open", "bad_query"),
        ("status=a&status=b", "bad_query"),
        ("key=%00", "bad_query"),
        ("key=%ff", "bad_query"),
        (&format!("key={long}"), "bad_query"),
        ("cursor=", "bad_cursor"),
        ("cursor=AAAA", "bad_cursor"),
        ("cursor=%27%20OR%201%3D1--", "bad_cursor"),
    ] {
        let (status, problem) = door.get(&format!("/api/v1/documents?{query}")).await;
        assert_eq!((status, problem["code"].as_str()), (400, Some(code)), "{query}: {problem}");
    }
    let (_, typo) = door.get("/api/v1/documents?stauts=open").await;
    assert!(typo["detail"].as_str().unwrap().contains("`stauts`"), "{typo}");
    for path in ["/api/v1/instances?document=PO-1", "/api/v1/exceptions?instance=%27"] {
        assert_eq!(door.get(path).await.0, 400, "{path}");
    }
}

#[tokio::test]
async fn bodies_that_are_no_json_are_named() {
    let door = door().await;
    let path = format!("/api/v1/exceptions/{}/skip", uuid::Uuid::nil());
    let deep = format!("{}{}", "[".repeat(5_000), "]".repeat(5_000));
    for body in ["{", "{\"reason\": \"x\"} x", "\u{0}", "<xml/>", deep.as_str(), "{\"reason\": NaN}"] {
        let (status, problem) = door.post(&path, body).await;
        assert_eq!((status, problem["code"].as_str()), (400, Some("bad_json")), "{body:.20}");
    }
    let plain = door.request(Method::POST, &path).header("content-type", "text/plain").body("{}").send().await.unwrap();
    let (status, problem) = json(plain).await;
    assert_eq!((status, problem["code"].as_str()), (415, Some("unsupported_media_type")));
}

#[tokio::test]
async fn requests_that_are_too_much_or_no_http_end_at_once() {
    let door = door().await;
    let many: String = (0..100).map(|number| format!("x-{number}: a\r\n")).collect();
    for (request, first_line) in [
        (format!("GET /api/v1/documents?key={} HTTP/1.1\r\nhost: x\r\n\r\n", "x".repeat(100_000)), "HTTP/1.1 4"),
        (format!("GET /health HTTP/1.1\r\nhost: x\r\n{many}\r\n"), "HTTP/1.1 431"),
        ("\u{16}\u{3}\u{1} no http at all\r\n\r\n".to_owned(), "HTTP/1.1 400"),
        ("GET /health HTTP/1.1\r\nhost: x\r\ncontent-length: -5\r\n\r\n".to_owned(), "HTTP/1.1 400"),
    ] {
        let answer = raw(&door, request.as_bytes()).await;
        assert!(answer.starts_with(first_line), "{request:.60}: {answer}");
    }
    still_open(&door).await;
}

#[tokio::test]
async fn methods_a_path_does_not_take_are_refused() {
    let door = door().await;
    for (method, path) in [(Method::DELETE, "/api/v1/documents"), (Method::POST, "/health"), (Method::PUT, "/hooks/h1")] {
        let (status, problem) = json(door.request(method, path).body("").send().await.unwrap()).await;
        assert_eq!((status, problem["code"].as_str()), (405, Some("method_not_allowed")), "{path}");
    }
}

#[tokio::test]
async fn one_address_cannot_take_every_connection() {
    let listener = Options { connections_per_address_max: 2, ..Options::default() };
    let door = door_with(Setup { listener, ..Setup::default() }).await;
    let mut held = Vec::new();
    for _ in 0..2 {
        let mut stream = TcpStream::connect(door.address()).await.unwrap();
        stream.write_all(b"GET /health HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
        let mut first = [0; 12];
        stream.read_exact(&mut first).await.unwrap();
        assert_eq!(&first, b"HTTP/1.1 200");
        held.push(stream);
    }
    assert_eq!(raw(&door, b"GET /health HTTP/1.1\r\nhost: x\r\n\r\n").await, "");
    drop(held);
    let began = Instant::now();
    while !raw(&door, b"GET /health HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").await.starts_with("HTTP/1.1 200") {
        assert!(began.elapsed() < Duration::from_secs(10), "places are not given back");
    }
}

#[tokio::test]
async fn a_webhook_is_handed_on_exactly_as_it_came() {
    let door = door().await;
    let body: &[u8] = b"{ \"a\" : 1,\r\n\"a\":2 }\xff\x00";
    let request = door.client.post(format!("{}/hooks/h%2F1?sig=a%20b&t=1", door.base)).header("x-sign", "1").header("x-sign", "2");
    let answer = request.body(body).send().await.unwrap();
    assert_eq!((answer.status().as_u16(), answer.headers()["x-hook"].to_str().unwrap()), (202, "taken"));
    assert_eq!(answer.text().await.unwrap(), "{\"errcode\":0}");
    let (hook, taken) = door.intake.taken.lock().unwrap().pop().unwrap();
    assert_eq!((hook.as_str(), taken.query.as_deref(), &taken.body[..]), ("h/1", Some("sig=a%20b&t=1"), body));
    assert_eq!(taken.headers.get_all("x-sign").iter().count(), 2);
    assert!(taken.peer.unwrap().is_loopback());
}

#[tokio::test]
async fn a_panic_fails_one_request_and_shows_nothing() {
    let door = door().await;
    let answer = door.client.post(format!("{}/hooks/broken", door.base)).body("").send().await.unwrap();
    let (status, problem) = json(answer).await;
    assert_eq!((status, problem["code"].as_str()), (500, Some("internal")));
    assert!(!problem.to_string().contains("canary"), "{problem}");
    still_open(&door).await;
}

#[tokio::test]
async fn answers_are_not_cached_or_guessed_and_ids_come_from_here() {
    let door = door().await;
    let answer = door.request(Method::GET, "/api/v1/documents").header("x-request-id", "mine").send().await.unwrap();
    assert_eq!(answer.headers()["cache-control"], "no-store");
    assert_eq!(answer.headers()["x-content-type-options"], "nosniff");
    assert_ne!(answer.headers()["x-request-id"], "mine");
    let body: Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
    assert_eq!(body["items"], Value::Array(vec![]));
}

#[tokio::test]
async fn a_body_that_does_not_fit_is_told_by_its_fields_in_words_of_the_api() {
    let door = door().await;
    let body = r#"{"text": 5, "files": {"a/b": 1}, "drafst": true}"#;
    let (status, problem) = door.post("/api/v1/validate", body).await;
    assert_eq!((status, problem["code"].as_str()), (422, Some("invalid_body")), "{problem}");
    let pointers: Vec<(&str, &str)> = problem["pointers"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["pointer"].as_str().unwrap(), one["message"].as_str().unwrap()))
        .collect();
    assert_eq!(
        pointers,
        [
            ("/text", "must be text"),
            ("/files/a~1b", "must be text"),
            ("/drafst", "is not known here; known are `files`, `text`, `path`, `drafts`")
        ]
    );
    let (status, problem) = door.post("/api/v1/instances/migrations", r#"{"flow": "f", "instances": ["x"]}"#).await;
    assert_eq!((status, problem["pointers"][0]["pointer"].as_str()), (422, Some("/instances/0")), "{problem}");
    let form = door.request(Method::POST, "/api/v1/validate").header("content-type", "application/x-www-form-urlencoded").body("text=a");
    let (status, problem) = json(form.send().await.unwrap()).await;
    assert_eq!((status, problem["code"].as_str()), (415, Some("unsupported_media_type")), "{problem}");
    for body in ["", "{}", r#"{"drafts": false}"#] {
        let (status, problem) = door.post("/api/v1/validate", body).await;
        assert_eq!((status, problem["code"].as_str()), (422, Some("invalid_body")), "nothing to check in `{body}`: {problem}");
        assert!(problem["pointers"][0]["message"].as_str().unwrap().contains("`text`, `files`"), "{problem}");
    }
}

#[tokio::test]
async fn parameters_are_refused_where_none_is_taken() {
    let door = door().await;
    let nil = uuid::Uuid::nil();
    for (method, path) in [
        (Method::GET, format!("/api/v1/documents/{nil}?limti=5")),
        (Method::GET, "/api/v1/me?limti=5".to_owned()),
        (Method::GET, "/api/v1/sign-in?limti=5".to_owned()),
        (Method::POST, format!("/api/v1/exceptions/{nil}/retry?limti=5")),
        (Method::DELETE, format!("/api/v1/views/{nil}?limti=5")),
    ] {
        let (status, problem) = json(door.request(method.clone(), &path).send().await.unwrap()).await;
        assert_eq!((status, problem["code"].as_str()), (400, Some("bad_query")), "{method} {path}: {problem}");
        assert!(problem["detail"].as_str().unwrap().contains("`limti`"), "{problem}");
    }
    let (status, problem) = json(door.client.get(format!("{}/api/v1/me?limti=5", door.base)).send().await.unwrap()).await;
    assert_eq!((status, problem["code"].as_str()), (401, Some("unauthenticated")), "who is nobody learns nothing first");
    // What people are sent to bears marks of the chats and mails it came by.
    assert_ne!(door.request(Method::GET, "/decide/x?from=chat").send().await.unwrap().status(), 400);
    assert_eq!(door.get("/health?from=balancer").await.0, 200);
    assert_eq!(door.get("/api/v1/me?").await.0, 200);
}

#[tokio::test]
async fn paths_that_are_no_text_are_problems_too() {
    let door = door().await;
    let nil = uuid::Uuid::nil();
    for (method, path) in [
        (Method::POST, "/hooks/%ff".to_owned()),
        (Method::GET, "/hooks/%ff".to_owned()),
        (Method::GET, "/decide/%ff".to_owned()),
        (Method::POST, "/api/v1/sign-in/providers/%ff".to_owned()),
        (Method::GET, "/api/v1/sign-in/providers/%ff/callback".to_owned()),
        (Method::POST, "/api/v1/sign-in/apps/%ff".to_owned()),
        (Method::DELETE, format!("/api/v1/users/{nil}/identities/%ff")),
        (Method::GET, "/api/v1/documents/%ff".to_owned()),
        (Method::GET, "/api/v1/definitions/flow/%ff/text".to_owned()),
        (Method::GET, "/api/v1/forms/%ff".to_owned()),
    ] {
        let answer = door.request(method.clone(), &path).send().await.unwrap();
        assert_eq!(answer.headers()["content-type"], "application/problem+json", "{method} {path}");
        let (status, problem) = json(answer).await;
        assert_eq!((status, problem["code"].as_str()), (404, Some("not_found")), "{method} {path}: {problem}");
    }
    assert!(door.intake.taken.lock().unwrap().is_empty());
}
