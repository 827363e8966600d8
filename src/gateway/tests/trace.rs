//! Our traces reach a partner only where its connection says so.

use super::support::*;
use crate::domain::binding::Connection;
use crate::domain::connector::Target;
use crate::runtime::trace::{Context, within};
use axum::Router;
use axum::http::HeaderMap;
use axum::routing::get;
use std::sync::{Arc, Mutex};

const LOOK: &str =
    "operations:\n  look: {effect: read, input: {}, request: {method: GET, path: /x}, output: {n: {type: int, from: $.n}}}\n";

#[tokio::test]
async fn the_header_goes_along_only_where_the_connection_says_so() {
    let seen: Arc<Mutex<Vec<Option<String>>>> = Arc::default();
    let sink = seen.clone();
    let look = get(move |headers: HeaderMap| async move {
        let found = headers.get("traceparent").map(|value| value.to_str().unwrap().to_owned());
        sink.lock().unwrap().push(found);
        axum::Json(serde_json::json!({"n": 1}))
    });
    let address = partner(Router::new().route("/x", look)).await;
    let connector = connector(&format!("{PLAIN}{LOOK}"));
    let context = Context::root(uuid::Uuid::from_u128(0x4bf9_2f35_77b3_4da6_a3ce_929d_0e0e_4736));
    for (shown, span) in [(false, Some(context)), (true, Some(context)), (true, None)] {
        let connection = Arc::new(Connection { traceparent: shown, ..(*local(address)).clone() });
        let target = Target::new(connection, connector.clone(), "look").unwrap();
        within(span, gateway().perform(&target, call("{}"))).await;
    }
    let seen = seen.lock().unwrap();
    assert_eq!((&seen[0], &seen[2]), (&None, &None));
    let header = seen[1].as_deref().unwrap();
    // Not sampled: nothing is sent to a collector in this process.
    assert!(header.starts_with("00-4bf92f3577b34da6a3ce929d0e0e4736-") && header.ends_with("-00"), "{header}");
}
