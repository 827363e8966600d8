//! Nothing is reached that the connection does not name, however it is written and whoever leads there.

use super::support::*;
use crate::domain::connector::egress::EgressPolicy;
use crate::domain::connector::{Class, Target};
use crate::domain::flow::effect::Cause;
use crate::gateway::{Gateway, Options};
use crate::runtime::SystemClock;
use axum::Router;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::get;
use std::sync::Arc;

const OPERATIONS: &str = "
operations:
  look: {effect: read, input: {to: {type: string, optional: true}}, request: {method: GET, path: /x, query: {to: {value: input.to, optional: true}}, headers: {X-Api-Key: {value: settings.key}}}}
  make: {effect: write, input: {to: {type: string, optional: true}}, request: {method: POST, path: /x, query: {to: {value: input.to, optional: true}}}, idempotency: {by: none}}
";

async fn blocked(base_url: &str, allow: &str, policy: EgressPolicy) {
    let target = Target::new(connection(base_url, allow), connector(&format!("{PLAIN}{OPERATIONS}")), "look").unwrap();
    let gateway = Gateway::new(Options { egress: policy, ..options() }, Arc::new(SystemClock::new()));
    let performed = gateway.perform(&target, call("{}")).await;
    let found = (performed.class, performed.cause, performed.code.as_deref());
    assert_eq!(found, (Class::Refused, Some(Cause::RuleMissing), Some("egress_blocked")), "{base_url}: {:?}", performed.message);
}

#[tokio::test]
async fn literals_and_names_that_lead_inside_are_blocked() {
    let address = partner(Router::new().route("/x", get(|| async { "{}" }))).await;
    let port = address.port();
    for host in ["127.0.0.1", "2130706433", "0x7f.1", "127.1", "0177.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0", "localhost"] {
        // Everything is named, and still loopback stays closed without the deployment's flag.
        blocked(&format!("http://{host}:{port}"), "0.0.0.0/0, '::/0', localhost", EgressPolicy::default()).await;
    }
    let open = || EgressPolicy { allow_loopback: true, own: Vec::new() };
    blocked("http://169.254.169.254/latest", "0.0.0.0/0", open()).await;
    blocked(&format!("http://127.0.0.1:{port}"), "erp.example", open()).await;
    blocked(&format!("http://localhost:{port}"), "localhost", open()).await;
    blocked("http://user:pw@127.0.0.1", "127.0.0.1/32", open()).await;
    let own = EgressPolicy { allow_loopback: true, own: vec![("127.0.0.1".parse().unwrap(), port)] };
    blocked(&format!("http://127.0.0.1:{port}"), "127.0.0.1/32", own).await;
}

#[tokio::test]
async fn a_name_that_is_allowed_with_its_network_is_reached() {
    let address = partner(Router::new().route("/x", get(|| async { "{}" }))).await;
    let connection = connection(&format!("http://localhost:{}", address.port()), "localhost, 127.0.0.0/8, '::1/128'");
    let target = Target::new(connection, connector(&format!("{PLAIN}{OPERATIONS}")), "look").unwrap();
    let performed = gateway().perform(&target, call("{}")).await;
    assert_eq!(performed.class, Class::Ok, "{performed:?}");
}

#[tokio::test]
async fn redirects_stay_with_the_partner_or_are_refused() {
    let caught = Arc::new(std::sync::Mutex::new(Vec::<String>::new()));
    let seen = caught.clone();
    let other = partner(Router::new().fallback(move |headers: HeaderMap| {
        seen.lock().unwrap().push(format!("{headers:?}"));
        async { "{}" }
    }))
    .await;
    let answer = |axum::extract::RawQuery(query): axum::extract::RawQuery| async move {
        let to = query.and_then(|query| url::form_urlencoded::parse(query.as_bytes()).next().map(|(_, to)| to.into_owned()));
        match to {
            Some(to) => (StatusCode::TEMPORARY_REDIRECT, [(header::LOCATION, to)]).into_response(),
            None => "{}".into_response(),
        }
    };
    let address = partner(Router::new().route("/x", get(answer).post(answer))).await;
    // where to, class of a read
    let table = [
        ("/x".to_owned(), Class::Ok),
        (format!("http://{address}/x"), Class::Ok),
        (format!("http://{other}/x"), Class::Refused),
        ("http://169.254.169.254/latest/meta-data".to_owned(), Class::Refused),
        ("file:///etc/passwd".to_owned(), Class::Refused),
        (format!("http://x:y@{address}/x"), Class::Refused),
        ("/x?to=%2Fx%3Fto%3D%252Fx%253Fto%253D%25252Fx%25253Fto%25253D%2525252Fx".to_owned(), Class::Refused),
    ];
    for (to, class) in table {
        let input = serde_json::json!({"to": to}).to_string();
        let read = perform(address, OPERATIONS, "look", &input).await;
        assert_eq!(read.class, class, "{to}: {read:?}");
        let write = perform(address, OPERATIONS, "make", &input).await;
        assert_eq!(write.class, Class::Refused, "a write follows nothing: {to}");
    }
    assert_eq!(*caught.lock().unwrap(), Vec::<String>::new(), "our key reached nobody else");
}
