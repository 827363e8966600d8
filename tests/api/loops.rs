//! Loops of the worker over a real store: what they take, and what they count.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use futures::FutureExt;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use waybill::app::engine::definitions::Live;
use waybill::app::engine::input::{Input, Verdict};
use waybill::app::group::Group;
use waybill::app::receive::Processor;
use waybill::domain::catalog::{Catalog, has_errors};
use waybill::domain::ids::TenantId;
use waybill::gateway::{Gateway, Options};
use waybill::runtime::{IdMaker, Spawner};
use waybill::store::{Message, TimerKey, Writes};
use waybill::worker::streams::Streams;
use waybill::worker::timers;

use crate::rows::{instance, order};
use crate::support::{at, door};

const CONNECTOR: &str = "format: 1
connector: slow
settings: {base_url: {type: url}}
http: {base_url: \"{{settings.base_url}}\"}
operations:
  list:
    effect: read
    input: {since: instant}
    request: {method: GET, path: /list, query: {since: {value: input.since}}}
    output: {ids: {type: [string], from: \"$.items[*].id\", many: true}}
  get:
    effect: read
    input: {id: string}
    request: {method: GET, path: \"/get/{{input.id}}\"}
    output: {id: {type: string, from: $.id}}
streams:
  one: {operation: list, each: ids, ref: {id: {value: item}}, cursor: {argument: since, overlap: 1m}, every: 1m}
  two: {operation: list, each: ids, ref: {id: {value: item}}, cursor: {argument: since, overlap: 1m}, every: 1m}
events:
  changed:
    heard_by: [{stream: one}, {stream: two}]
    then: {operation: get, with: {id: ref.id}}
    link: {external_id: output.id}
    dedupe: [output.id]
    outcome: [{otherwise: unknown}]
";

struct Nobody;

impl Processor for Nobody {
    fn offer(&self, _: Message) {}
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_is_claimed_when_there_is_a_place_to_read_it_in() {
    let asked = Arc::new(Notify::new());
    let told = asked.clone();
    // It is asked, and does not answer.
    let never = move || {
        told.notify_one();
        std::future::pending::<&'static str>()
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, Router::new().fallback(never)).await });

    let door = door().await;
    let (mut files, _) = waybill::app::load::load(std::path::Path::new(env!("CARGO_MANIFEST_DIR"))).unwrap();
    files.insert("connectors/slow/connector.yaml", CONNECTOR);
    let connection = format!(
        "format: 1\nconnection: slow_main\nconnector: slow\nsettings: {{base_url: \"{url}\"}}\negress: {{allow: [127.0.0.1/32]}}\n"
    );
    files.insert("config/connections/slow_main.yaml", connection);
    let (catalog, findings) = Catalog::compile(files);
    assert!(!has_errors(&findings), "{findings:?}");
    // A document that came from there is waited for, and of the shipped systems nobody asks here.
    let mut known = order("PO-1", 0);
    known.documents_new[0].source = "slow_main".into();
    known.links[0].connection = "slow_main".into();
    door.write(known).await;

    let mut options = Options::default();
    options.egress.allow_loopback = true;
    let streams = Streams {
        live: Arc::new(Live::new(Arc::new(catalog), 0, b"key")),
        gateway: Arc::new(Gateway::new(options, door.clock.clone())),
        store: door.store.clone(),
        processor: Arc::new(Nobody),
        clock: door.clock.clone(),
        ids: IdMaker::seeded(door.clock.clone(), 3),
        owner: "one".to_owned(),
        lease: Duration::from_secs(60),
        poll: Duration::from_millis(500),
        parallel: 1,
    };
    let halt = CancellationToken::new();
    let running = tokio::spawn(Arc::new(streams).run(halt.clone(), door.lifecycle.clone()));
    let held = async || {
        let rows = door.store.desk().streams(TenantId::DEFAULT).await.unwrap();
        rows.into_iter().filter(|row| row.owner.is_some() && row.connection == "slow_main").map(|row| row.stream).collect::<Vec<_>>()
    };
    // Streams of the shipped systems fail at once, for want of their secrets; their turns come first, and the clock goes on.
    loop {
        tokio::select! {
            () = asked.notified() => break,
            () = tokio::time::sleep(Duration::from_millis(20)) => door.clock.advance(Duration::from_millis(500)),
        }
    }
    assert_eq!(held().await.len(), 1, "the other is left to whoever has a place: {:?}", held().await);
    halt.cancel();
    door.clock.advance(Duration::from_secs(1));
    running.await.unwrap();
}

#[tokio::test]
async fn a_timer_is_counted_where_it_fires_and_not_where_somebody_was_faster() {
    let door = door().await;
    let timer = |number: u32| (TimerKey { tenant: TenantId::DEFAULT, instance: instance("PO-1"), number }, at(1));
    door.write(Writes { timers: vec![timer(1), timer(2), timer(3)], ..order("PO-1", 0) }).await;
    // Another replica has taken the first, and the loop is told to stop after this turn.
    let stop = CancellationToken::new();
    let over = stop.clone();
    let decide = move |inputs: Vec<Input>| {
        over.cancel();
        let verdict = |input: Input| match input {
            Input::Timer(timer) if timer.number == 1 => Verdict::Gone,
            _ => Verdict::Done,
        };
        async move { inputs.into_iter().map(verdict).collect() }.boxed()
    };
    let engine = Group::start(&Spawner::default(), 16, 16, 1, Arc::new(decide));
    timers::run(door.store.clone(), engine, door.clock.clone(), Duration::from_secs(1), stop).await;
    let text = door.request(reqwest::Method::GET, "/metrics").send().await.unwrap().text().await.unwrap();
    let counted = text.lines().find(|line| line.starts_with("waybill_timers_fired_total"));
    assert_eq!(counted, Some("waybill_timers_fired_total 2"));
}
