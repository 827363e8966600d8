//! Credentials: one log-in for many, renewed once when they lapse, never recorded.

use super::support::*;
use crate::domain::connector::{Class, Target};
use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse;
use axum::routing::{get, post};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

const TOKEN: &str = "
auth:
  kind: token_request
  request: {method: POST, path: /token, json: {key: {value: settings.key}}}
  token: {from: $.access_token}
  expires_in: {from: $.expires_in}
  apply: {header: Authorization, text: \"Bearer {{token}}\"}
operations:
  look: {effect: read, input: {}, request: {method: GET, path: /x}, output: {n: {type: int, from: $.n}}}
  make: {effect: write, input: {}, request: {method: POST, path: /x}, idempotency: {by: none}}
";

#[derive(Clone, Default)]
struct Partner {
    logins: Arc<AtomicUsize>,
    calls: Arc<AtomicUsize>,
    /// The token in force: `token-N-secret`.
    current: Arc<AtomicUsize>,
    refuses: bool,
}

async fn log_in(State(partner): State<Partner>) -> axum::response::Response {
    partner.logins.fetch_add(1, Ordering::SeqCst);
    if partner.refuses {
        return (StatusCode::UNAUTHORIZED, "wrong key").into_response();
    }
    let token = format!("token-{}-secret", partner.current.load(Ordering::SeqCst));
    axum::Json(serde_json::json!({"access_token": token, "expires_in": 7200})).into_response()
}

async fn work(State(partner): State<Partner>, headers: HeaderMap) -> axum::response::Response {
    partner.calls.fetch_add(1, Ordering::SeqCst);
    let wanted = format!("Bearer token-{}-secret", partner.current.load(Ordering::SeqCst));
    match headers.get("authorization").and_then(|value| value.to_str().ok()) == Some(wanted.as_str()) {
        true => axum::Json(serde_json::json!({"n": 1})).into_response(),
        false => StatusCode::UNAUTHORIZED.into_response(),
    }
}

async fn start(partner_state: &Partner) -> SocketAddr {
    let router = Router::new().route("/token", post(log_in)).route("/x", get(work).post(work)).with_state(partner_state.clone());
    partner(router).await
}

#[tokio::test]
async fn many_calls_share_one_log_in() {
    let state = Partner::default();
    let address = start(&state).await;
    let target = Target::new(local(address), connector(&format!("{PLAIN}{TOKEN}")), "look").unwrap();
    let gateway = gateway();
    let calls = (0..20).map(|_| gateway.perform(&target, call("{}")));
    for performed in futures::future::join_all(calls).await {
        assert_eq!(performed.class, Class::Ok, "{performed:?}");
    }
    assert_eq!(state.logins.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn lapsed_credentials_are_renewed_once_and_the_write_is_sent_again() {
    let state = Partner::default();
    let address = start(&state).await;
    let target = Target::new(local(address), connector(&format!("{PLAIN}{TOKEN}")), "make").unwrap();
    let gateway = gateway();
    assert_eq!(gateway.perform(&target, call("{}")).await.class, Class::Ok);
    state.current.fetch_add(1, Ordering::SeqCst);
    let calls = (0..8).map(|_| gateway.perform(&target, call("{}")));
    for performed in futures::future::join_all(calls).await {
        assert_eq!(performed.class, Class::Ok, "{performed:?}");
        for attempt in &performed.attempts {
            let text = format!("{}{}", attempt.request, attempt.response);
            assert!(!text.contains("-secret") && !text.contains(CANARY), "{text}");
        }
    }
    assert_eq!(state.logins.load(Ordering::SeqCst), 2, "eight who found it lapsed share one renewal");
}

#[tokio::test]
async fn credentials_that_never_fit_are_tried_twice_and_then_said_so() {
    let state = Partner::default();
    let address = start(&state).await;
    let text = format!("{PLAIN}{}", TOKEN.replace("Bearer {{token}}", "Wrong {{token}}"));
    let target = Target::new(local(address), connector(&text), "look").unwrap();
    let performed = gateway().perform(&target, call("{}")).await;
    assert_eq!((performed.class, performed.credentials), (Class::AuthExpired, true));
    assert_eq!((state.logins.load(Ordering::SeqCst), state.calls.load(Ordering::SeqCst)), (2, 2));
}

#[tokio::test]
async fn a_refused_log_in_is_not_hammered() {
    let state = Partner { refuses: true, ..Partner::default() };
    let address = start(&state).await;
    let target = Target::new(local(address), connector(&format!("{PLAIN}{TOKEN}")), "look").unwrap();
    let gateway = gateway();
    let calls = (0..5).map(|_| gateway.perform(&target, call("{}")));
    for performed in futures::future::join_all(calls).await {
        assert_eq!((performed.class, performed.credentials), (Class::Refused, true), "{performed:?}");
    }
    assert_eq!((state.logins.load(Ordering::SeqCst), state.calls.load(Ordering::SeqCst)), (1, 0));
}

#[tokio::test]
async fn a_session_is_captured_from_anywhere_and_applied_anywhere() {
    const SESSION: &str = "
auth:
  kind: login_session
  request: {method: POST, path: /login, form: {password: {value: settings.key}}}
  capture:
    id: {from: $.user}
    cookie: {cookie: SID}
    node: {header: X-Node}
    ticket: {text: \"hub:{{session.id}}:{{session.cookie}}\", as: base64}
  apply:
    - {header: Authorization, text: \"Session {{session.ticket}}\"}
    - {cookie: SID, value: session.cookie}
    - {query: node, value: session.node}
    - {body: user, value: session.id}
operations:
  make: {effect: write, input: {}, request: {method: POST, path: /x, json: {a: 1}}, output: {seen: {type: string, from: $.seen}}, idempotency: {by: nature}}
";
    let login =
        || async { ([("set-cookie", "SID=s1; HttpOnly"), ("x-node", "n2")], axum::Json(serde_json::json!({"user": 7}))).into_response() };
    let work = |uri: axum::http::Uri, headers: HeaderMap, body: String| async move {
        let get = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
        let seen = format!("{uri} {} {} {body}", get("authorization"), get("cookie"));
        axum::Json(serde_json::json!({"seen": seen}))
    };
    let address = partner(Router::new().route("/login", post(login)).route("/x", post(work))).await;
    let performed = perform(address, SESSION, "make", "{}").await;
    let seen = performed.output.member("seen").as_text().map(str::to_owned);
    assert_eq!(seen.as_deref(), Some(r#"/x?node=n2 Session aHViOjc6czE= SID=s1 {"a":1,"user":"7"}"#), "{performed:?}");
}

/// A partner that wants a token and its session's cookies with every write, and forgets them when told.
#[derive(Clone, Default)]
struct Guarded {
    fetches: Arc<AtomicUsize>,
    writes: Arc<AtomicUsize>,
    /// The token in force: `pair-N`.
    current: Arc<AtomicUsize>,
}

async fn fetch_pair(State(guarded): State<Guarded>, headers: HeaderMap) -> axum::response::Response {
    if headers.get("x-csrf-token").is_none_or(|value| value != "Fetch") || headers.get("authorization").is_none() {
        return StatusCode::FORBIDDEN.into_response();
    }
    guarded.fetches.fetch_add(1, Ordering::SeqCst);
    let current = guarded.current.load(Ordering::SeqCst);
    let cookie = format!("SESSION={current}; path=/; HttpOnly");
    // Some gateways answer the bare root with an error and give the token all the same.
    (StatusCode::NOT_FOUND, [("x-csrf-token", format!("pair-{current}")), ("set-cookie", cookie)]).into_response()
}

async fn guarded_write(State(guarded): State<Guarded>, headers: HeaderMap) -> axum::response::Response {
    let current = guarded.current.load(Ordering::SeqCst);
    let fits = headers.get("x-csrf-token").is_some_and(|value| *value == format!("pair-{current}"))
        && headers.get("cookie").is_some_and(|value| *value == format!("SESSION={current}"));
    if !fits {
        return (StatusCode::FORBIDDEN, [("x-csrf-token", "Required")], "CSRF token validation failed").into_response();
    }
    guarded.writes.fetch_add(1, Ordering::SeqCst);
    axum::Json(serde_json::json!({})).into_response()
}

const GUARDED: &str = "
auth:
  kind: basic
  user: hub
  password: {value: settings.key}
  csrf: {fetch: {method: GET, path: /root/}}
operations:
  look: {effect: read, input: {}, request: {method: GET, path: /x}}
  make: {effect: write, input: {}, request: {method: POST, path: /x}, idempotency: {by: none}}
";

#[tokio::test]
async fn a_pair_is_fetched_once_and_anew_when_it_is_stale() {
    let state = Guarded::default();
    let read = async || axum::Json(serde_json::json!({}));
    let router = Router::new().route("/root/", get(fetch_pair)).route("/x", get(read).post(guarded_write)).with_state(state.clone());
    let address = partner(router).await;
    let gateway = gateway();
    let connector = connector(&format!("{PLAIN}{GUARDED}"));
    let connection = local(address);
    let perform = async |operation: &str| {
        let target = Target::new(connection.clone(), connector.clone(), operation).unwrap();
        gateway.perform(&target, call("{}")).await
    };
    assert_eq!(perform("look").await.class, Class::Ok);
    assert_eq!(state.fetches.load(Ordering::SeqCst), 0, "a read needs no pair");
    assert_eq!(perform("make").await.class, Class::Ok);
    assert_eq!(perform("make").await.class, Class::Ok);
    assert_eq!((state.fetches.load(Ordering::SeqCst), state.writes.load(Ordering::SeqCst)), (1, 2));
    state.current.store(1, Ordering::SeqCst);
    let renewed = perform("make").await;
    assert_eq!((renewed.class, state.fetches.load(Ordering::SeqCst), state.writes.load(Ordering::SeqCst)), (Class::Ok, 2, 3));
    for attempt in &renewed.attempts {
        assert!(!attempt.request.contains("pair-") && !attempt.request.contains("SESSION=1"), "{}", attempt.request);
    }
}

#[tokio::test]
async fn a_refusal_that_stays_is_refused_and_not_tried_for_ever() {
    let asked = Arc::new(AtomicUsize::new(0));
    let counter = asked.clone();
    let required = move || {
        counter.fetch_add(1, Ordering::SeqCst);
        async { (StatusCode::FORBIDDEN, [("x-csrf-token", "Required")]) }
    };
    let root = async || [("x-csrf-token", "T"), ("set-cookie", "S=1")];
    let address = partner(Router::new().route("/root/", get(root)).route("/x", post(required))).await;
    let performed = perform(address, GUARDED, "make", "{}").await;
    assert_eq!((performed.class, asked.load(Ordering::SeqCst)), (Class::Refused, 2));
}

#[tokio::test]
async fn a_connection_pauses_when_answers_say_that_little_is_left() {
    let limits = "limits: {remaining: {header: X-Left, keep: 0, pause: 60s}}\noperations:\n  look: {effect: read, input: {}, request: {method: GET, path: /x}}\n";
    let address = partner(Router::new().route("/x", get(async || ([("x-left", "0")], "{}")))).await;
    let gateway = gateway();
    let target = Target::new(local(address), connector(&format!("{PLAIN}{limits}")), "look").unwrap();
    assert_eq!(gateway.perform(&target, call("{}")).await.class, Class::Ok);
    let held = gateway.perform(&target, call("{}")).await;
    assert_eq!((held.class, held.unsent), (Class::RateLimited, true));
}

/// Found by the simulator: credentials that lapsed while a write was answered were renewed before its answer was handed on; when
/// that failed, the write counted as surely not done and was sent again.
#[tokio::test]
async fn what_is_answered_needs_no_credentials_any_more() {
    let logins = Arc::new(AtomicUsize::new(0));
    let counted = logins.clone();
    let log_in = move || async move {
        match counted.fetch_add(1, Ordering::SeqCst) {
            0 => axum::Json(serde_json::json!({"access_token": "t", "expires_in": 0})).into_response(),
            _ => StatusCode::TOO_MANY_REQUESTS.into_response(),
        }
    };
    let router = Router::new().route("/token", post(log_in)).route("/x", post(|| async { axum::Json(serde_json::json!({"n": 1})) }));
    let address = partner(router).await;
    let target = Target::new(local(address), connector(&format!("{PLAIN}{TOKEN}")), "make").unwrap();
    let gateway = gateway();
    let made = gateway.perform(&target, call("{}")).await;
    assert_eq!(made.class, Class::Ok, "{made:?}");
    assert_eq!(logins.load(Ordering::SeqCst), 1);
    let next = gateway.perform(&target, call("{}")).await;
    assert_eq!(next.class, Class::RateLimited, "a token that lapsed is not used for another write: {next:?}");
}
