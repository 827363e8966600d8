//! Partners on loopback, and a gateway that may reach them.

use crate::domain::binding::Connection;
use crate::domain::connector::egress::EgressPolicy;
use crate::domain::connector::{Connector, Target, read};
use crate::domain::diagnostic::Report;
use crate::domain::ids::TenantId;
use crate::domain::text::tree::parse;
use crate::domain::value::Value;
use crate::gateway::{Call, CallPurpose, Gateway, Options, Performed};
use crate::runtime::SystemClock;
use axum::Router;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// A secret no record may ever hold.
pub const CANARY: &str = "canary-Zebra-4711";

/// A partner made of routes.
pub async fn partner(router: Router) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

/// A partner that does as it likes with the line, after the request's head has come.
pub async fn raw_partner<F, Fut>(answer: F) -> SocketAddr
where
    F: Fn(TcpStream) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = ()> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut head = Vec::new();
            while !head.windows(4).any(|window| window == b"\r\n\r\n") {
                let mut byte = [0; 1];
                if stream.read(&mut byte).await.unwrap_or(0) == 0 {
                    break;
                }
                head.push(byte[0]);
            }
            tokio::spawn(answer(stream));
        }
    });
    address
}

/// Writes a whole answer and closes.
pub async fn write(mut stream: TcpStream, bytes: &[u8]) {
    let _ = stream.write_all(bytes).await;
    let _ = stream.shutdown().await;
}

pub fn options() -> Options {
    let egress = EgressPolicy { allow_loopback: true, own: Vec::new() };
    Options { egress, ..Options::default() }
}

pub fn gateway() -> Gateway {
    Gateway::new(options(), Arc::new(SystemClock::new()))
}

/// Head of a connector without credentials.
pub const PLAIN: &str = "format: 1\nconnector: p\nsettings: {base_url: {type: url}, key: {type: secret}}\nhttp: {base_url: \"{{settings.base_url}}\", timeout: 3s, max_answer: 64KiB}\n";

pub fn connector(text: &str) -> Arc<Connector> {
    let mut report = Report::new("connector.yaml");
    let connector = parse(text, &mut report).and_then(|node| read(&node, &mut report));
    let items = report.into_items();
    assert!(items.is_empty(), "{items:#?}");
    Arc::new(connector.unwrap())
}

pub fn connection(base_url: &str, allow: &str) -> Arc<Connection> {
    let text = format!(
        "format: 1\nconnection: c\nconnector: p\nsettings: {{base_url: \"{base_url}\", key: {CANARY}}}\negress: {{allow: [{allow}]}}\n"
    );
    let mut report = Report::new("connection.yaml");
    let node = parse(&text, &mut report).unwrap();
    let connection = Connection::read(&node, &mut report).unwrap();
    assert!(!report.has_errors());
    Arc::new(connection)
}

pub fn local(address: SocketAddr) -> Arc<Connection> {
    connection(&format!("http://{address}"), "127.0.0.1/32")
}

/// A call that may take 20 s since its gateway was made.
pub fn call(input: &str) -> Call {
    Call {
        tenant: TenantId::DEFAULT,
        connection: "c".into(),
        operation: String::new(),
        purpose: CallPurpose::Call,
        input: input.parse::<Value>().unwrap(),
        output: Value::Unset,
        reference: "po-1-oa-1".into(),
        idempotency_key: "key-1".into(),
        attempt: 1,
        first_sent_at: None,
        due_since: None,
        deadline: Duration::from_secs(20),
        secrets: Vec::new(),
    }
}

/// Operations of [`PLAIN`] and more at a partner, performed once.
pub async fn perform(address: SocketAddr, operations: &str, operation: &str, input: &str) -> Performed {
    let connector = connector(&format!("{PLAIN}{operations}"));
    let target = Target::new(local(address), connector, operation).unwrap();
    let performed = gateway().perform(&target, call(input)).await;
    for attempt in &performed.attempts {
        for text in [&attempt.request, &attempt.response, attempt.message.as_ref().unwrap_or(&String::new())] {
            assert!(!text.contains(CANARY), "the canary stands in {text}");
        }
    }
    performed
}
