//! Hostile and odd input at the real HTTP doors of a real hub, and what business partners do at bad moments.
//!
//! Everything goes through the process, its embedded store and the mock systems; nothing is looked up inside.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "figures for whoever runs it with --nocapture")]
#![expect(clippy::disallowed_methods, reason = "a sender signs with its own clock")]

mod support;

use base64::Engine as _;
use mock_systems::{ApprovalStatus, Edit, Mode, NewOrders, OrderStatus, Registration, Running, System, sign};
use serde_json::{Value, json};
use std::fmt::Display;
use std::future::Future;
use std::time::{Duration, Instant, SystemTime};
use support::hub::{HubProcess, Project, secret, text};
use support::postgres::FreshDatabase;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// Anything that does not happen within this does not happen.
const WITHIN: Duration = Duration::from_secs(40);

struct World {
    mocks: Running,
    hub: HubProcess,
    orders: String,
    approvals: String,
    client: reqwest::Client,
    _folder: tempfile::TempDir,
    project: Project,
}

impl Drop for World {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let log = std::fs::read_to_string(self.project.path().join("config/waybill.log")).unwrap_or_default();
            log.lines().rev().take(25).for_each(|line| eprintln!("{line:.400}"));
        }
    }
}

async fn world() -> World {
    let mocks = mock_systems::start(mock_systems::Options::default()).await.expect("the mocks start");
    let project = Project::shipped(&mocks);
    let folder = tempfile::tempdir().expect("a temporary folder");
    let hub = HubProcess::start(&project, &format!("sqlite:{}", folder.path().join("hub.sqlite").display())).await;
    let orders = hub.hook_url("erp_hq", "orders").await;
    let approvals = hub.hook_url("oa_main", "approvals").await;
    for (system, url, name) in [(System::Erp, &orders, "erp"), (System::Oa, &approvals, "oa")] {
        let registration = Registration { url: url.clone(), secret: secret(name), mode: Mode::Thin };
        mocks.register_webhook(system, &registration).expect("loopback");
    }
    let client = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(20)).build().expect("a client");
    World { mocks, hub, orders, approvals, client, _folder: folder, project }
}

async fn eventually<T, F: Future<Output = Option<T>>>(what: impl Display, look: impl Fn() -> F) -> T {
    let began = Instant::now();
    loop {
        if let Some(found) = look().await {
            return found;
        }
        assert!(began.elapsed() < WITHIN, "not within {WITHIN:?}: {what}");
        tokio::time::sleep(Duration::from_millis(40)).await;
    }
}

fn seconds_now() -> i64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).expect("after 1970");
    i64::try_from(since.as_secs()).expect("fits")
}

/// A message with its three headers, genuine until somebody changes it.
struct Message {
    headers: Vec<(&'static str, Vec<u8>)>,
    body: Vec<u8>,
}

fn signed_at(name: &str, id: &str, seconds: i64, body: impl AsRef<[u8]>) -> Message {
    let body = body.as_ref().to_vec();
    let signature = sign(&secret(name), id, seconds, &body).expect("a good secret");
    let headers = vec![
        ("webhook-id", id.as_bytes().to_vec()),
        ("webhook-timestamp", seconds.to_string().into_bytes()),
        ("webhook-signature", signature.into_bytes()),
    ];
    Message { headers, body }
}

fn signed(id: &str, body: impl AsRef<[u8]>) -> Message {
    signed_at("erp", id, seconds_now(), body)
}

impl Message {
    fn with(mut self, name: &'static str, value: &[u8]) -> Self {
        self.headers.push((name, value.to_vec()));
        self
    }

    fn instead(mut self, name: &'static str, value: &[u8]) -> Self {
        self.headers.retain(|(known, _)| *known != name);
        self.with(name, value)
    }

    fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(known, _)| *known != name);
        self
    }

    fn saying(mut self, body: &[u8]) -> Self {
        self.body = body.to_vec();
        self
    }
}

async fn open(world: &World) -> tokio::net::TcpStream {
    let address = world.orders.trim_start_matches("http://").split('/').next().expect("an address");
    tokio::net::TcpStream::connect(address).await.expect("it listens")
}

impl World {
    async fn send_to(&self, url: &str, message: Message) -> u16 {
        let mut request = self.client.post(url).header("content-type", "application/json");
        for (name, value) in message.headers {
            request = request.header(name, reqwest::header::HeaderValue::from_bytes(&value).expect("a header value"));
        }
        request.body(message.body).send().await.expect("the hub answers").status().as_u16()
    }

    async fn send(&self, message: Message) -> u16 {
        self.send_to(&self.orders, message).await
    }

    /// Bytes as they are, and the beginning of the answer.
    async fn raw(&self, bytes: &[u8]) -> String {
        let mut stream = open(self).await;
        let _ = stream.write_all(bytes).await;
        let mut answer = Vec::new();
        let _ = tokio::time::timeout(Duration::from_secs(15), stream.read_to_end(&mut answer)).await;
        String::from_utf8_lossy(&answer).into_owned()
    }

    fn path(&self) -> &str {
        self.orders.find("/hooks/").map(|at| &self.orders[at..]).expect("a hook")
    }

    fn create(&self, number: &str, wanted: NewOrders) -> String {
        let wanted = NewOrders { number: Some(number.to_owned()), amount: Some(12_000.into()), lines: 1, ..wanted };
        self.mocks.create_orders(&wanted).expect("the order is made").remove(0).0
    }

    fn edit(&self, id: &str, edit: &Edit) {
        self.mocks.edit_order(id, edit).expect("the order is there");
    }

    /// The only open approval of an order, once there is exactly one and it is about this revision.
    async fn asked(&self, number: &str, revision: u32) -> String {
        let found = eventually(format!("an approval of {number} is open"), || async {
            let audit = self.mocks.audit();
            let order = audit.orders.get(number)?;
            let open: Vec<_> = order.live_approvals().filter(|one| one.status == ApprovalStatus::Running).collect();
            (open.len() == 1 && open[0].revision == revision).then(|| open[0].id.clone())
        });
        found.await
    }

    async fn ended(&self, number: &str, outcome: &str) -> Value {
        let found = eventually(format!("{number} ends {outcome}"), || async {
            let document = self.hub.document(number).await?;
            (document["instances"][0]["status"] == "ended" && document["instances"][0]["outcome"] == outcome).then_some(document)
        });
        found.await
    }

    /// Waits until a document that its source cancelled has nothing running any more.
    async fn over(&self, number: &str) {
        let began = Instant::now();
        loop {
            let document = self.hub.document(number).await.unwrap_or_default();
            if document["instances"][0]["status"] == "ended" && document["withdrawn"] == true {
                return;
            }
            // Approved over there before our withdrawal came: refused, so it stands in an exception and a person settles it.
            for exception in self.hub.open_exceptions().await {
                if exception["code"] == "reverse_failed" && exception["instance"] == document["instances"][0]["id"] {
                    self.settle(&exception, "skip", json!({"reason": "approved already, and the order is cancelled"})).await;
                }
            }
            let story = if began.elapsed() < WITHIN { String::new() } else { self.hub.story(number).await };
            assert!(began.elapsed() < WITHIN, "not within {WITHIN:?}: {number} is over{story}");
            tokio::time::sleep(Duration::from_millis(40)).await;
        }
    }

    /// The open exception that names this text.
    async fn exception(&self, about: &str) -> Value {
        let found = eventually(format!("an exception about {about}"), || async {
            self.hub.open_exceptions().await.into_iter().find(|exception| exception.to_string().contains(about))
        });
        found.await
    }

    async fn settle(&self, exception: &Value, verb: &str, body: Value) -> u16 {
        self.hub.post(&format!("/api/v1/exceptions/{}/{verb}", text(&exception["id"])), &body).await.0
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_not_a_genuine_readable_callback_is_refused_by_name() {
    let world = world().await;
    let now = seconds_now();
    let good = r#"{"order_id":"no-such-order"}"#;
    let new = || signed("m-table", good);
    let forged = Message { ..signed_at("somebody else", "m1", now, good) };
    let signature = String::from_utf8(new().headers[2].1.clone()).expect("text");
    let deep = |levels: usize| format!(r#"{{"order_id":"x","deep":{}{}}}"#, "[".repeat(levels), "]".repeat(levels));
    let gzipped = {
        let encoder = base64::engine::general_purpose::STANDARD;
        // gzip of `{"order_id":"1"}`
        encoder.decode("H4sIAAAAAAAC/6tWyi9KSS2Kz0xRslIyVKoFAJmyBgkQAAAA").expect("base64")
    };
    let table: Vec<(&str, Message, u16)> = vec![
        ("forged: another secret", forged, 401),
        ("tampered body", new().saying(br#"{"order_id":"another"}"#), 401),
        ("stale", signed_at("erp", "m2", now - 400, good), 401),
        ("from the future", signed_at("erp", "m3", now + 400, good), 401),
        ("another id than signed", new().instead("webhook-id", b"m4"), 401),
        ("another time than signed", new().instead("webhook-timestamp", (now - 1).to_string().as_bytes()), 401),
        ("unsigned", Message { headers: Vec::new(), body: good.into() }, 401),
        ("no id", new().without("webhook-id"), 401),
        ("no time", new().without("webhook-timestamp"), 401),
        ("no signature", new().without("webhook-signature"), 401),
        ("empty signature", new().instead("webhook-signature", b""), 401),
        ("two signature headers", new().with("webhook-signature", signature.as_bytes()), 401),
        ("a second signature header that is no text", new().with("webhook-signature", b"v1,\xff\xfe"), 401),
        ("two ids", new().with("webhook-id", b"m5"), 401),
        ("a second id that is no text", new().with("webhook-id", b"\xe4"), 401),
        ("two times", new().with("webhook-timestamp", b"1"), 401),
        ("an algorithm of the sender's choice", new().instead("webhook-signature", signature.replacen("v1,", "none,", 1).as_bytes()), 401),
        ("a time with a sign", new().instead("webhook-timestamp", format!("+{now}").as_bytes()), 401),
        ("a time that overflows", new().instead("webhook-timestamp", b"99999999999999999999999"), 401),
        ("a time in words", new().instead("webhook-timestamp", b"now"), 401),
        ("another connection's secret", signed_at("oa", "m6", now, good), 401),
        ("empty", signed("m7", ""), 400),
        ("cut off", signed("m8", r#"{"order_id":"1""#), 400),
        ("more after the end", signed("m9", r#"{"order_id":"1"} {}"#), 400),
        ("byte order mark", signed("m10", "\u{feff}{\"order_id\":\"1\"}"), 400),
        ("not a number", signed("m11", r#"{"order_id":"1","n":NaN}"#), 400),
        ("invalid UTF-8", signed("m12", b"{\"order_id\":\"\xff\"}"), 400),
        ("a raw NUL", signed("m13", b"{\"order_id\":\"a\0b\"}"), 400),
        ("a lone surrogate", signed("m14", r#"{"order_id":"\ud800"}"#), 400),
        ("129 levels", signed("m15", deep(128)), 400),
        ("a million levels", signed("m16", deep(900_000)), 400),
        ("XML without what the JSON path names", signed("m17", "<order/>"), 422),
        ("XML that does not end", signed("m28", "<order>"), 400),
        ("XML with an entity of its own", signed("m29", "<!DOCTYPE o [<!ENTITY a 'b'>]><order_id>&a;</order_id>"), 400),
        ("the same key twice", signed("m18", r#"{"order_id":"1","order_id":"2"}"#), 400),
        ("no reference", signed("m19", "{}"), 422),
        ("a list", signed("m20", "[]"), 422),
        ("a bare text", signed("m21", r#""1""#), 422),
        ("compressed", signed("m26", gzipped).with("content-encoding", b"gzip"), 415),
        ("plain, and said to be compressed", signed("m27", good).with("content-encoding", b"gzip"), 415),
    ];
    let mut wrong = Vec::new();
    let inputs = table.len();
    for (name, message, expected) in table {
        let status = world.send(message).await;
        if status != expected {
            wrong.push(format!("{name}: {status} instead of {expected}"));
        }
    }
    // At the level of the protocol.
    let path = world.path().to_owned();
    let chunked = format!("POST {path} HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n300000\r\n{}", "x".repeat(0x30_0000));
    let raw: Vec<(&str, String, &[&str])> = vec![
        ("oversized", format!("POST {path} HTTP/1.1\r\nhost: x\r\ncontent-length: 3000000\r\nconnection: close\r\n\r\n{{"), &["413"]),
        ("unknown hook", "POST /hooks/nobody HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}".to_owned(), &["404"]),
        (
            "a hook that climbs",
            "POST /hooks/..%2f..%2fready HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}".to_owned(),
            &["404"],
        ),
        ("GET", format!("GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n"), &["405"]),
        ("PUT", format!("PUT {path} HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"), &["405"]),
        ("two lengths", format!("POST {path} HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\n{{}}"), &["400"]),
        // Whoever smuggles is cut off or refused, never taken.
        (
            "length and chunks",
            format!("POST {path} HTTP/1.1\r\nhost: x\r\ncontent-length: 4\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n"),
            &["400", "401"],
        ),
        ("chunks that never end", chunked, &["413"]),
    ];
    let inputs = inputs + raw.len();
    for (name, request, expected) in raw {
        let answer = world.raw(request.as_bytes()).await;
        let status = answer.strip_prefix("HTTP/1.1 ").map_or("", |rest| &rest[..3]);
        if !expected.contains(&status) {
            wrong.push(format!("{name}: `{status}` instead of {expected:?}"));
        }
    }
    // A body that breaks off.
    let mut stream = open(&world).await;
    let head = format!("POST {path} HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{{\"order_id\"");
    stream.write_all(head.as_bytes()).await.expect("it reads");
    drop(stream);
    assert!(wrong.is_empty(), "of {inputs} inputs: {wrong:#?}");
    // Nothing of all that was stored: no document, nothing for a person, and the same id is still new.
    assert!(world.hub.get("/api/v1/documents").await["items"].as_array().is_some_and(Vec::is_empty));
    assert_eq!(world.hub.open_exceptions().await, Vec::<Value>::new());
    let id = world.create("PO-AFTER", NewOrders { announce: false, ..NewOrders::default() });
    assert_eq!(world.send(signed("m-table", format!(r#"{{"order_id":"{id}"}}"#))).await, 200);
    world.asked("PO-AFTER", 1).await;
    println!("{inputs} hostile inputs refused by name");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn odd_but_genuine_callbacks_have_one_meaning() {
    let world = world().await;

    // Ids beyond 2^53 differ in the last digit only, come as bare numbers, and stay exact everywhere.
    world.mocks.set_switches(System::Erp, &json!({"numeric_ids": true})).expect("a known switch");
    let (left, right) = ("9007199254740993", "9007199254740992");
    for (id, number) in [(left, "PO-L"), (right, "PO-R")] {
        world.create(number, NewOrders { id: Some(id.to_owned()), announce: false, ..NewOrders::default() });
        assert_eq!(world.send(signed(&format!("big-{id}"), format!(r#"{{"order_id":{id}, "other": 1e999999}}"#))).await, 200);
    }
    for (id, number) in [(left, "PO-L"), (right, "PO-R")] {
        let approval = world.asked(number, 1).await;
        world.mocks.decide(&approval, ApprovalStatus::Approved).expect("it is open");
        let document = world.ended(number, "approved").await;
        assert_eq!(document["external_id"], id);
        assert_eq!(world.mocks.audit().orders[number].status, Some(OrderStatus::Released));
    }
    world.mocks.set_switches(System::Erp, &json!({"numeric_ids": false})).expect("a known switch");

    // The same message again, and the same id with another body: acknowledged, and nothing more.
    let id = world.create("PO-TWICE", NewOrders { announce: false, ..NewOrders::default() });
    let other = world.create("PO-OTHER", NewOrders { announce: false, ..NewOrders::default() });
    for _ in 0..5 {
        assert_eq!(world.send(signed("twice", format!(r#"{{"order_id":"{id}"}}"#))).await, 200);
    }
    world.asked("PO-TWICE", 1).await;
    assert_eq!(world.send(signed("twice", format!(r#"{{"order_id":"{other}"}}"#))).await, 200);
    assert_eq!(world.mocks.audit().orders["PO-TWICE"].approvals.len(), 1);

    // References of a wrong type are genuine all the same, and so is an order nobody has: each stands in an exception of its
    // own, stops again when it is retried in vain, and ends when a person drops it with a reason.
    let odd = [r#"{"order_id":null}"#, r#"{"order_id":{"a":1}}"#, r#"{"order_id":["1","2"]}"#, r#"{"order_id":"ghost\u0000order"}"#];
    for (round, body) in odd.into_iter().enumerate() {
        assert_eq!(world.send(signed(&format!("odd-{round}"), body)).await, 200, "{body}");
    }
    let open_apart_from = async |known: &[Value]| {
        let other = |open: &Value| known.iter().all(|known| known["id"] != open["id"]);
        let all = eventually("every odd message stands in an exception", || async {
            let open: Vec<Value> = world.hub.open_exceptions().await.into_iter().filter(other).collect();
            (open.len() == odd.len()).then_some(open)
        });
        all.await
    };
    let first = open_apart_from(&[]).await;
    for exception in &first {
        assert_eq!(
            (exception["cause"].as_str(), exception["code"].as_str()),
            (Some("data_wrong"), Some("read_back_failed")),
            "{exception}"
        );
        assert!(exception["instance"].is_null() && exception["connection"] == "erp_hq", "{exception}");
        assert_eq!(world.settle(exception, "retry", json!({})).await, 202);
    }
    for exception in &open_apart_from(&first).await {
        assert_eq!(world.settle(exception, "skip", json!({})).await, 422, "a skip wants a reason");
        assert_eq!(world.settle(exception, "mark-done", json!({"proof": "x"})).await / 100, 4, "a message has no output");
        assert_eq!(world.settle(exception, "skip", json!({"reason": "the sender is broken"})).await, 202);
        assert_eq!(world.settle(exception, "skip", json!({"reason": "the sender is broken"})).await, 409, "it is closed");
    }
    assert_eq!(world.hub.open_exceptions().await, Vec::<Value>::new());

    // An order that cannot be made a document: no currency. Retried too early it stops again; repaired and retried it goes.
    let id = world.create("PO-BARE", NewOrders { currency: None, ..NewOrders::default() });
    let bare = world.exception("document_not_made").await;
    assert_eq!((bare["cause"].as_str(), bare["owner"].as_str()), (Some("data_wrong"), Some("role:procurement_head")), "{bare}");
    // Told again under another message id, the same stays one exception.
    let reads = || world.mocks.traffic()["erp"]["operations"]["get_order"]["requests"].as_u64().unwrap_or(0);
    let before = reads();
    assert_eq!(world.send(signed("bare again", format!(r#"{{"order_id":"{id}"}}"#))).await, 200);
    eventually("it is read again", || async { (reads() > before).then_some(()) }).await;
    world.create("PO-AFTER-BARE", NewOrders::default());
    world.asked("PO-AFTER-BARE", 1).await;
    assert_eq!(world.hub.open_exceptions().await, std::slice::from_ref(&bare));
    for round in 0..3 {
        let open = world.exception("document_not_made").await;
        assert_eq!(world.settle(&open, "retry", json!({"reason": format!("round {round}")})).await, 202);
        let next = eventually("it stops again, with a name of its own", || async {
            world.hub.open_exceptions().await.into_iter().find(|exception| exception["id"] != open["id"])
        });
        next.await;
    }
    world.edit(&id, &Edit { currency: Some("CNY".to_owned()), quiet: true, ..Edit::default() });
    let open = world.exception("document_not_made").await;
    assert_eq!(world.settle(&open, "retry", json!({})).await, 202);
    world.asked("PO-BARE", 2).await;
    assert_eq!(world.hub.open_exceptions().await, Vec::<Value>::new());

    // A NUL in a text is content like any other; in the number, which names the document, nobody can keep it.
    let id = world.create("PO-NUL", NewOrders { supplier_name: Some("A\0B".to_owned()), ..NewOrders::default() });
    world.asked("PO-NUL", 1).await;
    world.edit(&id, &Edit { cancel: true, ..Edit::default() });
    world.ended("PO-NUL", "cancelled").await;
    world.create("PO-\0", NewOrders::default());
    let unnamed = world.exception("business key").await;
    assert_eq!((unnamed["cause"].as_str(), unnamed["code"].as_str()), (Some("data_wrong"), Some("document_not_made")), "{unnamed}");
    assert_eq!(world.settle(&unnamed, "skip", json!({"reason": "they renumber it"})).await, 202);

    // A callback about an approval nobody asked for stays with its name.
    let body = r#"{"approval_id":"A-nobody"}"#;
    assert_eq!(world.send_to(&world.approvals, signed_at("oa", "nobody", seconds_now(), body)).await, 200);
    let stray = world.exception("read_back_failed").await;
    assert_eq!(stray["connection"], "oa_main");
    assert_eq!(world.settle(&stray, "skip", json!({"reason": "a test of theirs"})).await, 202);

    // Decided before the create was answered: the callback is parked and matched when the link appears.
    let early = json!({"decide": "approve", "decide_after_ms": 0, "operations": {"create_approval": {"early_webhook_next": 1}}});
    world.mocks.set_switches(System::Oa, &early).expect("known switches");
    world.create("PO-EARLY", NewOrders::default());
    world.ended("PO-EARLY", "approved").await;
    let order = world.mocks.audit().orders["PO-EARLY"].clone();
    assert_eq!((order.approvals.len(), order.payables.len(), order.releases), (1, 1, 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn changes_at_bad_moments_end_as_they_should() {
    let world = world().await;
    let source = |status: &'static str| move |document: &Value| document["source_status"] == status;
    let until = async |number: &str, what: &str, holds: &dyn Fn(&Value) -> bool| {
        eventually(format!("{number}: {what}"), || async { world.hub.document(number).await.filter(|document| holds(document)) }).await
    };

    // The same content again, and a status alone, are no revision; nothing is asked twice.
    let id = world.create("PO-SAME", NewOrders::default());
    world.asked("PO-SAME", 1).await;
    world.edit(&id, &Edit { touch: true, ..Edit::default() });
    world.edit(&id, &Edit { status: Some(OrderStatus::New), ..Edit::default() });
    until("PO-SAME", "its status is seen", &source("draft")).await;
    world.edit(&id, &Edit { status: Some(OrderStatus::Waiting), ..Edit::default() });
    let same = until("PO-SAME", "its status is seen", &source("submitted")).await;
    assert_eq!((same["revision"].as_u64(), same["instances"].as_array().map(Vec::len)), (Some(1), Some(1)));
    assert_eq!(world.mocks.audit().orders["PO-SAME"].approvals.len(), 1);

    // What is older than what we know changes nothing, whatever it says; what is newer counts again.
    world.mocks.set_switches(System::Erp, &json!({"clock_skew_seconds": -200})).expect("a known switch");
    let marker = world.create("PO-MARK", NewOrders::default());
    world.edit(&id, &Edit { quantity: Some(5.into()), unit_price: Some(6_000.into()), ..Edit::default() });
    world.edit(&marker, &Edit { touch: true, ..Edit::default() });
    world.asked("PO-MARK", 1).await;
    assert_eq!(world.hub.document("PO-SAME").await.expect("known")["revision"], 1);
    world.mocks.set_switches(System::Erp, &json!({"clock_skew_seconds": 0})).expect("a known switch");
    world.edit(&id, &Edit { touch: true, ..Edit::default() });
    let approval = world.asked("PO-SAME", 2).await;
    assert_eq!(world.hub.document("PO-SAME").await.expect("known")["revision"], 2);

    // Changed while in approval: the old approval was withdrawn, the new one counts.
    let audit = world.mocks.audit();
    let before: Vec<_> = audit.orders["PO-SAME"].approvals.iter().filter(|one| one.revision == 1).collect();
    assert!(before.iter().all(|one| one.status == ApprovalStatus::Withdrawn), "{before:?}");
    world.mocks.decide(&approval, ApprovalStatus::Approved).expect("it is open");
    let done = world.ended("PO-SAME", "approved").await;
    assert_eq!(done["status"], "released");

    // Changed again and again while each change is still being worked on: one approval, of the last revision.
    let id = world.create("PO-STORM", NewOrders::default());
    for quantity in 2..14 {
        world.edit(&id, &Edit { quantity: Some(quantity.into()), unit_price: Some(6_000.into()), ..Edit::default() });
        tokio::time::sleep(Duration::from_millis(quantity * 7)).await;
    }
    let last = world.mocks.audit().orders["PO-STORM"].revision;
    let approval = world.asked("PO-STORM", last).await;
    world.mocks.decide(&approval, ApprovalStatus::Approved).expect("it is open");
    world.ended("PO-STORM", "approved").await;
    let storm = world.mocks.audit().orders["PO-STORM"].clone();
    assert_eq!((storm.live_approvals().count(), storm.payables.len(), storm.releases), (1, 1, 1), "{storm:?}");

    // A withdrawal that is answered well and not done: nothing new is asked while the old one stands; seen done, it goes on.
    let id = world.create("PO-LIE", NewOrders::default());
    let old = world.asked("PO-LIE", 1).await;
    world.mocks.set_switches(System::Oa, &json!({"operations": {"withdraw_approval": {"silent_no_op_next": 1}}})).expect("known switches");
    world.edit(&id, &Edit { quantity: Some(9.into()), unit_price: Some(6_000.into()), ..Edit::default() });
    let reads = || world.mocks.traffic()["oa"]["operations"]["get_approval"]["requests"].as_u64().unwrap_or(0);
    let before = reads();
    eventually("the withdrawal is read back twice", || async { (reads() >= before + 2).then_some(()) }).await;
    assert_eq!(world.mocks.audit().orders["PO-LIE"].approvals.len(), 1, "the old one is still open");
    world.mocks.decide(&old, ApprovalStatus::Withdrawn).expect("it is open");
    world.asked("PO-LIE", 2).await;

    // Cancelled at its source while in approval, then brought back.
    let id = world.create("PO-GONE", NewOrders::default());
    world.asked("PO-GONE", 1).await;
    world.edit(&id, &Edit { cancel: true, ..Edit::default() });
    let gone = world.ended("PO-GONE", "cancelled").await;
    assert_eq!((gone["status"].as_str(), gone["withdrawn"].as_bool()), (Some("cancelled"), Some(true)));
    assert_eq!(world.mocks.audit().orders["PO-GONE"].live_approvals().count(), 0);
    world.edit(&id, &Edit { status: Some(OrderStatus::Waiting), ..Edit::default() });
    let approval = world.asked("PO-GONE", 1).await;
    world.mocks.decide(&approval, ApprovalStatus::Rejected).expect("it is open");
    world.ended("PO-GONE", "rejected").await;
    assert_eq!(world.mocks.audit().orders["PO-GONE"].status, Some(OrderStatus::Refused));

    // Decided and cancelled at the same moment: whichever comes first, nothing is left over.
    let mut raced = Vec::new();
    for round in 0..8 {
        let number = format!("PO-RACE-{round}");
        let id = world.create(&number, NewOrders::default());
        raced.push((id, number));
    }
    for (round, (id, number)) in raced.iter().enumerate() {
        let approval = world.asked(number, 1).await;
        world.mocks.decide(&approval, ApprovalStatus::Approved).expect("it is open");
        tokio::time::sleep(Duration::from_millis(round as u64 * 15)).await;
        world.edit(id, &Edit { cancel: true, ..Edit::default() });
    }
    for (_, number) in &raced {
        world.over(number).await;
        let order = world.mocks.audit().orders[number].clone();
        assert_eq!(order.live_payables().count(), 0, "{order:?}{}", world.hub.story(number).await);
    }

    // Cancelled between the answer to our release and its read-back: nothing is waited for that cannot come any more.
    let id = world.create("PO-OVERTAKEN", NewOrders::default());
    let approval = world.asked("PO-OVERTAKEN", 1).await;
    let slow = |share: f64| json!({"slow_ms": 1_500, "operations": {"get_order": {"slow": share}}});
    world.mocks.set_switches(System::Erp, &slow(1.0)).expect("known switches");
    world.mocks.decide(&approval, ApprovalStatus::Approved).expect("it is open");
    let released = || world.mocks.audit().orders["PO-OVERTAKEN"].releases == 1;
    eventually("PO-OVERTAKEN is released", || async { released().then_some(()) }).await;
    world.edit(&id, &Edit { cancel: true, ..Edit::default() });
    world.mocks.set_switches(System::Erp, &slow(0.0)).expect("known switches");
    world.over("PO-OVERTAKEN").await;
    let order = world.mocks.audit().orders["PO-OVERTAKEN"].clone();
    assert_eq!((order.status, order.live_payables().count()), (Some(OrderStatus::Cancelled), 0), "{order:?}");

    // Revoked after approval: voided, given back, refused.
    let approval = world.mocks.audit().orders["PO-STORM"].live_approvals().next().expect("approved").id.clone();
    world.mocks.decide(&approval, ApprovalStatus::Revoked).expect("it was approved");
    let revoked = world.ended("PO-STORM", "revoked").await;
    assert_eq!(revoked["status"], "revoked");
    let order = world.mocks.audit().orders["PO-STORM"].clone();
    assert_eq!((order.status, order.live_payables().count()), (Some(OrderStatus::Refused), 0));
    assert_eq!(world.hub.open_exceptions().await, Vec::<Value>::new());
}

/// A partner whose callbacks carry a shared secret and nothing that tells one from another, and whose event says nothing of
/// what makes two tellings the same.
#[tokio::test(flavor = "multi_thread")]
async fn hints_without_an_id_are_each_followed_and_what_cannot_be_taken_is_named_each_by_itself() {
    let mocks = mock_systems::start(mock_systems::Options::default()).await.expect("the mocks start");
    let project = Project::shipped(&mocks).retime(&[
        (
            "signature: {kind: standard_webhooks, secret: settings.webhook_secret}\n    acknowledge: {status: 200, within: 1500ms}\n    ref: {id: {from: $.order_id}}",
            "signature: {kind: token, header: x-token, secret: settings.webhook_secret}\n    acknowledge: {status: 200, within: 1500ms}\n    ref: {id: {from: $.order_id}}",
        ),
        ("heard_by: [{stream: changed_orders}, {webhook: orders}]", "heard_by: [{webhook: orders}]"),
        ("    dedupe: [output.id, output.changed_at]\n", ""),
    ]);
    let folder = tempfile::tempdir().expect("a temporary folder");
    let hub = HubProcess::start(&project, &format!("sqlite:{}", folder.path().join("hub.sqlite").display())).await;
    let orders = hub.hook_url("erp_hq", "orders").await;
    let client = reqwest::Client::builder().no_proxy().build().expect("a client");
    let tell = async |id: &str| {
        let request = client.post(&orders).header("content-type", "application/json").header("x-token", secret("erp"));
        request.body(json!({"order_id": id}).to_string()).send().await.expect("the hub answers").status().as_u16()
    };
    let order = |number: &str, currency: Option<&str>| {
        let wanted = NewOrders {
            number: Some(number.to_owned()),
            lines: 1,
            currency: currency.map(str::to_owned),
            announce: false,
            ..NewOrders::default()
        };
        mocks.create_orders(&wanted).expect("the order is made").remove(0).0
    };

    // The same words after a change are another change.
    let id = order("PO-HINT", Some("CNY"));
    assert_eq!(tell(&id).await, 200);
    eventually("the order is known", || async { hub.document("PO-HINT").await }).await;
    mocks.edit_order(&id, &Edit { quantity: Some(77.into()), quiet: true, ..Edit::default() }).expect("the order is there");
    assert_eq!(tell(&id).await, 200);
    eventually("the change is known", || async { hub.document("PO-HINT").await.filter(|document| document["revision"] == 2) }).await;

    // Three that cannot be taken: three exceptions; told again as they are, no more; told with other content, one more.
    let bare: Vec<String> = ["PO-BARE-1", "PO-BARE-2", "PO-BARE-3"].into_iter().map(|number| order(number, None)).collect();
    for id in bare.iter().chain(&bare) {
        assert_eq!(tell(id).await, 200);
    }
    let reads = || mocks.traffic()["erp"]["operations"]["get_order"]["requests"].as_u64().unwrap_or(0);
    eventually("all are read", || async { (reads() >= 8).then_some(()) }).await;
    eventually("three are named", || async { (hub.open_exceptions().await.len() == 3).then_some(()) }).await;
    mocks.edit_order(&bare[0], &Edit { quantity: Some(5.into()), quiet: true, ..Edit::default() }).expect("the order is there");
    assert_eq!(tell(&bare[0]).await, 200);
    eventually("the fourth is named", || async { (hub.open_exceptions().await.len() == 4).then_some(()) }).await;

    // Those that wait for a person can be listed.
    let messages = hub.get("/api/v1/messages").await;
    assert_eq!(messages["items"].as_array().map(Vec::len), Some(4), "{messages}");
}

/// A row that the database refuses (here by a rule that somebody added to it) fails its whole transaction, with every other
/// order in it: that one is halved until the culprits stand alone, and nobody else waits for them.
#[tokio::test(flavor = "multi_thread")]
async fn a_row_that_the_store_refuses_holds_up_nobody_else() {
    let mocks = mock_systems::start(mock_systems::Options::default()).await.expect("the mocks start");
    let project = Project::shipped(&mocks);
    let database = FreshDatabase::create("refused_rows").await;
    let mut hub = HubProcess::start(&project, &database.url).await;
    let connection = sqlx::PgPool::connect(&database.url).await.expect("the database is there");
    let rule = "ALTER TABLE document ADD CONSTRAINT not_ours CHECK (key NOT LIKE 'PO-REFUSED%')";
    sqlx::query(rule).execute(&connection).await.expect("it owns the table");
    connection.close().await;
    let url = hub.hook_url("erp_hq", "orders").await;
    let registration = Registration { url, secret: secret("erp"), mode: Mode::Thin };
    mocks.register_webhook(System::Erp, &registration).expect("loopback");

    // Small ones need no approval: each ends by itself.
    let wanted = NewOrders { amount: Some(100.into()), lines: 1, ..NewOrders::default() };
    let good: Vec<String> = (0..60).map(|number| format!("PO-WHOLE-{number}")).collect();
    for (place, number) in good.iter().enumerate() {
        if place % 20 == 10 {
            let number = Some(format!("PO-REFUSED-{place}"));
            mocks.create_orders(&NewOrders { number, ..wanted.clone() }).expect("the order is made");
        }
        mocks.create_orders(&NewOrders { number: Some(number.clone()), ..wanted.clone() }).expect("the order is made");
    }
    for number in &good {
        eventually(number, || async { hub.document(number).await.filter(|document| document["status"] == "released") }).await;
    }
    // The three are named, each by itself; told again by the stream they are no more than three.
    let named = || async { Some(hub.open_exceptions().await).filter(|open| open.len() == 3) };
    let open = eventually("three are named", named).await;
    assert!(open.iter().all(|exception| exception["message"].as_str().is_some_and(|message| !message.is_empty())), "{open:?}");
    assert!(hub.metric("waybill_engine_batches_total{result=\"failed\"}").await >= 3.0);
    hub.end().await;
    database.drop().await;
}
