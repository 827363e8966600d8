//! Connections to a partner: opened once, and kept for as many calls as may be under way.

use super::support::*;
use crate::domain::connector::{Class, Target};
use axum::Router;
use axum::routing::get;
use axum::serve::ListenerExt;
use futures::future::join_all;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::net::TcpListener;
use tokio::sync::Barrier;

const AT_ONCE: usize = 40;

#[tokio::test]
async fn calls_at_the_same_time_reuse_the_connections_of_those_before() {
    let (opened, together) = (Arc::new(AtomicUsize::new(0)), Arc::new(Barrier::new(AT_ONCE)));
    // Nobody is answered before all have come: each of them needs a connection of its own.
    let answer = move || async move {
        together.wait().await;
        "{}"
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let counted = opened.clone();
    let listener = listener.tap_io(move |_| {
        counted.fetch_add(1, Ordering::Relaxed);
    });
    tokio::spawn(async move { axum::serve(listener, Router::new().route("/x", get(answer))).await });
    let text = format!(
        "{PLAIN}limits: {{concurrency: {AT_ONCE}}}\noperations:\n  look: {{effect: read, input: {{}}, request: {{method: GET, path: /x}}, output: {{}}}}\n"
    );
    let target = Target::new(local(address), connector(&text), "look").unwrap();
    let gateway = gateway();
    for _ in 0..3 {
        let performed = join_all((0..AT_ONCE).map(|_| gateway.perform(&target, call("{}")))).await;
        assert!(performed.iter().all(|performed| performed.class == Class::Ok), "{performed:?}");
    }
    assert_eq!(opened.load(Ordering::Relaxed), AT_ONCE);
}
