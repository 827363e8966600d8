//! `kind: amqp` against a real RabbitMQ.

use crate::bench::{Bench, CANARY, findings, gallery, id, told, unique};
use crate::deaf::{Breaks, Deaf};
use lapin::options::{
    BasicGetOptions, BasicPublishOptions, ConfirmSelectOptions, ExchangeDeclareOptions, QueueBindOptions, QueueDeclareOptions,
    QueueDeleteOptions,
};
use lapin::types::FieldTable;
use lapin::{BasicProperties, Channel, Connection, ConnectionProperties, ExchangeKind};
use serde_json::{Value as Json, json};
use std::time::Duration;
use waybill::domain::connector::Class;
use waybill::domain::flow::effect::Cause;
use waybill::domain::ids::TenantId;
use waybill::gateway::StreamItem;

/// Queues of a test's own, at the broker that the other tests use too.
pub struct Broker {
    channel: Channel,
    _connection: Connection,
    url: url::Url,
    pub name: String,
}

impl Broker {
    pub async fn start() -> Broker {
        let url = std::env::var("WAYBILL_TEST_AMQP").unwrap_or_else(|_| "amqp://guest:guest@127.0.0.1:5672/%2f".to_owned());
        let connection =
            Connection::connect(&url, ConnectionProperties::default()).await.expect("RabbitMQ is there: scripts/test starts one");
        let channel = connection.create_channel().await.expect("a channel");
        channel.confirm_select(ConfirmSelectOptions::default()).await.expect("confirms");
        let broker = Broker { channel, _connection: connection, url: url.parse().expect("a URL"), name: unique("waybill_kinds") };
        let queue = QueueDeclareOptions { durable: true, ..QueueDeclareOptions::default() };
        for of in ["orders", "told"] {
            broker.channel.queue_declare(broker.queue(of).as_str().into(), queue, FieldTable::default()).await.expect("a queue");
        }
        let topic = ExchangeDeclareOptions { auto_delete: true, ..ExchangeDeclareOptions::default() };
        broker
            .channel
            .exchange_declare(broker.name.as_str().into(), ExchangeKind::Topic, topic, FieldTable::default())
            .await
            .expect("an exchange");
        let (told, exchange) = (broker.queue("told"), broker.name.clone());
        for key in ["order.*", "payable.created"] {
            broker
                .channel
                .queue_bind(told.as_str().into(), exchange.as_str().into(), key.into(), QueueBindOptions::default(), FieldTable::default())
                .await
                .expect("bound");
        }
        broker
    }

    pub fn queue(&self, of: &str) -> String {
        format!("{}.{of}", self.name)
    }

    /// With the broker's own password, or with another one.
    fn settings_at(&self, port: u16, password: &str) -> String {
        let password = if password == OWN { self.url.password().unwrap_or_default() } else { password };
        let (user, vhost) = (self.url.username(), self.url.path());
        let (orders, exchange) = (self.queue("orders"), &self.name);
        format!(
            "{{broker: \"amqp://127.0.0.1:{port}{vhost}\", user: {user}, password: {password}, orders: {orders}, exchange: {exchange}}}"
        )
    }

    /// Without user and password.
    pub fn address(&self) -> String {
        format!("amqp://127.0.0.1:{}{}", self.port(), self.url.path())
    }

    pub fn user(&self) -> String {
        self.url.username().to_owned()
    }

    pub fn password(&self) -> String {
        self.url.password().unwrap_or_default().to_owned()
    }

    fn port(&self) -> u16 {
        self.url.port().unwrap_or(5672)
    }

    fn bench(&self) -> Bench {
        Bench::new(&gallery("rabbitmq"), &self.settings_at(self.port(), OWN), Vec::new())
    }

    /// What an ERP sends.
    pub async fn order(&self, message_id: Option<&str>, body: &[u8]) {
        let mut properties = BasicProperties::default();
        if let Some(id) = message_id {
            properties = properties.with_message_id(id.into());
        }
        let queue = self.queue("orders");
        let sent = self.channel.basic_publish("".into(), queue.as_str().into(), BasicPublishOptions::default(), body, properties).await;
        sent.expect("sent").await.expect("confirmed");
    }

    /// What is in a queue, taken away.
    pub async fn drain(&self, of: &str) -> Vec<(String, String, String)> {
        let mut found = Vec::new();
        let options = BasicGetOptions { no_ack: true };
        while let Some(message) = self.channel.basic_get(self.queue(of).as_str().into(), options).await.expect("readable") {
            let id = message.delivery.properties.message_id().as_ref().map(ToString::to_string).unwrap_or_default();
            let key = message.delivery.routing_key.to_string();
            found.push((id, key, String::from_utf8(message.delivery.data.clone()).expect("text")));
        }
        found
    }

    pub async fn end(self) {
        for of in ["orders", "told"] {
            let _ = self.channel.queue_delete(self.queue(of).as_str().into(), QueueDeleteOptions::default()).await;
        }
    }
}

/// Stands for the password of the broker at hand.
const OWN: &str = "";

/// One reading of the stream; `stored` says that its messages were kept.
async fn take(bench: &Bench, stored: bool) -> Vec<StreamItem> {
    let opened = bench.gateway.open_stream(TenantId::DEFAULT, bench.connection.clone(), bench.connector.clone(), "orders", None);
    let mut reading = opened.expect("the stream is there");
    let deadline = bench.gateway.deadline(Duration::from_secs(20));
    let page = bench.gateway.next_page(&mut reading, deadline).await;
    let page = page.unwrap_or_else(|failed| panic!("{}", told(&failed))).expect("a page");
    assert!(page.is_last);
    if stored {
        bench.gateway.stored(&reading, &page).await;
    }
    page.items
}

fn ids(items: &[StreamItem]) -> Vec<String> {
    items.iter().map(|item| item.id.clone().expect("an id")).collect()
}

fn body(number: &str) -> Vec<u8> {
    json!({"number": number, "status": "new", "version": "1", "total": 12345678901234567.5}).to_string().into_bytes()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn messages_stay_the_brokers_until_they_are_stored() {
    let broker = Broker::start().await;
    let bench = broker.bench();
    assert!(take(&bench, true).await.is_empty());
    broker.order(Some("m-1"), &body("PO-1")).await;
    broker.order(Some("m-2"), &body("PO-2")).await;
    let first = take(&bench, false).await;
    assert_eq!(ids(&first), ["m-1", "m-2"]);
    assert_eq!(first[0].payload.as_ref().expect("it hands itself over").to_json()["number"], "PO-1");
    // The store could not keep them: they come again, in their order, with the ids by which they are known.
    assert_eq!(ids(&take(&bench, false).await), ["m-1", "m-2"]);
    // So they do for another process when the one that took them dies.
    drop(bench);
    let bench = broker.bench();
    let again = async || Some(take(&bench, false).await).filter(|items| items.len() == 2);
    let mut found = None;
    for _ in 0..100 {
        found = again().await;
        if found.is_some() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(ids(&found.expect("both are free again")), ["m-1", "m-2"]);
    assert_eq!(ids(&take(&bench, true).await), ["m-1", "m-2"]);
    assert!(take(&bench, true).await.is_empty(), "stored, so taken");
    broker.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_a_message_holds_it_is_told_as_it_is() {
    let broker = Broker::start().await;
    let text = gallery("rabbitmq").replace("timeout: 15s", "timeout: 15s\n  max_answer: 4KiB");
    let bench = Bench::new(&text, &broker.settings_at(broker.port(), OWN), Vec::new());
    for said in [&b"no JSON"[..], b"\xff\x00", b"", br#"{"n": 12345678901234567.89}"#] {
        broker.order(None, said).await;
        broker.order(None, said).await;
    }
    let items = take(&bench, true).await;
    let bodies: Vec<Json> = items.iter().map(|item| item.item.to_json()["body"].clone()).collect();
    assert_eq!(bodies[0], json!("no JSON"));
    assert_eq!(bodies[2], json!({"base64": "/wA="}));
    assert_eq!(bodies[6]["n"], "12345678901234567.89", "numbers keep their digits");
    let ids = ids(&items);
    assert!(ids[0].starts_with("sha256:") && ids[0] == ids[1] && ids[0] != ids[2], "known by what they say: {ids:?}");
    // What is too large stays where it is, and says so; what comes before it is taken.
    broker.order(Some("small"), &body("PO-1")).await;
    broker.order(Some("large"), &vec![b'x'; 5_000]).await;
    assert_eq!(take(&bench, true).await.len(), 1);
    let stuck = bench.call("take_orders", json!({}), "k").await;
    assert_eq!(stuck.class, Class::Refused, "{}", told(&stuck));
    assert!(stuck.message.is_some_and(|message| message.contains("5000 bytes")));
    assert_eq!(broker.drain("orders").await.len(), 1);
    broker.end().await;
}

fn payable() -> Json {
    json!({"supplier_code": "V1", "number": "AP-1", "amount": "1130.10", "currency": "CNY", "due_date": "2026-12-31"})
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_published_is_confirmed_and_carries_its_key() {
    let broker = Broker::start().await;
    let bench = broker.bench();
    let output = bench.ok("create_payable", payable(), "key-1").await;
    assert_eq!(output["external_id"], "key-1");
    let found = broker.drain("told").await;
    let expected = r#"{"number":"AP-1","supplier_code":"V1","amount":"1130.10","currency":"CNY","due_date":"2026-12-31"}"#;
    assert_eq!(found, [("key-1".to_owned(), "payable.created".to_owned(), expected.to_owned())]);
    // Nobody listens to cancellations here: the broker gives the message back.
    let unroutable = bench.call("cancel_payable", id("key-1"), "key-2").await;
    assert_eq!((unroutable.class, unroutable.cause), (Class::Refused, Some(Cause::DataWrong)), "{}", told(&unroutable));
    // An exchange that is not there closes the channel, and the next message goes over a new one.
    let missing = broker.settings_at(broker.port(), OWN).replace(&format!("exchange: {}", broker.name), "exchange: no.such.exchange");
    let lost = Bench::new(&gallery("rabbitmq"), &missing, Vec::new());
    for _ in 0..2 {
        let refused = lost.call("release_order", id("PO-1"), "key-3").await;
        assert_eq!(refused.class, Class::Refused, "{}", told(&refused));
    }
    bench.ok("release_order", id("PO-1"), "key-4").await;
    assert_eq!(broker.drain("told").await.len(), 1);
    broker.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_confirm_that_is_lost_is_unknown_and_the_repeat_has_the_same_id() {
    let broker = Broker::start().await;
    let proxy = Deaf::start(broker.port(), b"AP-1", Breaks::AfterIt).await;
    let bench = Bench::new(&gallery("rabbitmq"), &broker.settings_at(proxy.port(), OWN), Vec::new());
    proxy.arm();
    let lost = bench.call("create_payable", payable(), "key-1").await;
    assert!(!proxy.is_armed(), "the line was broken");
    assert_eq!(lost.class, Class::Unknown, "{}", told(&lost));
    bench.ok("create_payable", payable(), "key-1").await;
    let ids: Vec<String> = broker.drain("told").await.into_iter().map(|(id, ..)| id).collect();
    assert_eq!(ids, ["key-1", "key-1"], "twice, and known as one by its id");
    let port = std::net::TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("bound").port();
    let nobody = Bench::new(&gallery("rabbitmq"), &broker.settings_at(port, OWN), Vec::new());
    let away = nobody.call("create_payable", payable(), "key-1").await;
    assert_eq!((away.class, away.cause), (Class::Retryable, Some(Cause::PartnerDown)), "{}", told(&away));
    broker.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_not_admitted_or_not_named_is_told_so() {
    let broker = Broker::start().await;
    let wrong = Bench::new(&gallery("rabbitmq"), &broker.settings_at(broker.port(), CANARY), Vec::new());
    let refused = wrong.call("release_order", id("PO-1"), "k").await;
    assert!(refused.credentials, "{}", told(&refused));
    assert!(!format!("{:?}", refused.attempts).contains(CANARY));
    let blocked = Bench::reaching(&gallery("rabbitmq"), &broker.settings_at(broker.port(), OWN), "10.0.0.0/8", Vec::new());
    let blocked = blocked.call("release_order", id("PO-1"), "k").await;
    assert_eq!((blocked.class, blocked.code.as_deref()), (Class::Refused, Some("egress_blocked")), "{}", told(&blocked));
    broker.end().await;
}

const HEAD: &str = "format: 1\nconnector: x\nkind: amqp\nsettings: {broker: {type: url}}\namqp: {broker: \"{{settings.broker}}\"}\n";

#[test]
fn what_cannot_be_meant_is_found_before_it_runs() {
    for (operation, code, path) in [
        ("{effect: write, idempotency: {by: nature}, request: {take: q}}", "wrong_type", "operations.x.request"),
        ("{effect: read, request: {publish: e, routing_key: r, message_id: m}}", "wrong_type", "operations.x.request"),
        (
            "{effect: write, idempotency: {by: key}, request: {publish: e, routing_key: r, message_id: m}}",
            "missing_key",
            "operations.x.idempotency",
        ),
        ("{effect: write, idempotency: {by: none}, request: {publish: e, routing_key: r}}", "missing_key", "operations.x.request"),
        ("{effect: read, request: {take: q, max_messages: 0}}", "bad_value", "operations.x.request"),
    ] {
        let found = findings(&format!("{HEAD}operations:\n  x: {operation}\n"));
        assert!(found.contains(&(code, path.to_owned())), "{operation}: {found:?}");
    }
    // A stream that hands nothing over has nothing that could be trusted.
    let text = gallery("rabbitmq").replace("payload: item.body, ", "");
    assert!(findings(&text).contains(&("missing_key", "events.purchase_orders".to_owned())), "{:?}", findings(&text));
}
