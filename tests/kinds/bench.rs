//! A gateway and one connection of one connector of the gallery, or of a text.

use serde_json::{Value as Json, json};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use waybill::domain::binding::Connection;
use waybill::domain::connector::egress::EgressPolicy;
use waybill::domain::connector::{Class, Connector, Target, read};
use waybill::domain::diagnostic::Report;
use waybill::domain::ids::TenantId;
use waybill::domain::text::tree::parse;
use waybill::domain::value::Value;
use waybill::gateway::{Call, CallPurpose, Folders, Gateway, Options, Performed, StreamItem};
use waybill::runtime::{Clock, SystemClock};

/// What a password must never be found in.
pub const CANARY: &str = "canary-hunter2-canary";

/// A connection that can be called.
pub struct Bench {
    pub gateway: Gateway,
    pub connector: Arc<Connector>,
    pub connection: Arc<Connection>,
}

/// The text of a connector of the gallery.
pub fn gallery(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("connectors").join(name).join("connector.yaml");
    std::fs::read_to_string(path).expect("the gallery has it")
}

/// Compiles a connector; every finding is a failure.
pub fn compile(text: &str) -> Arc<Connector> {
    let mut report = Report::new("connector.yaml");
    let connector = parse(text, &mut report).and_then(|node| read(&node, &mut report));
    let items = report.into_items();
    assert!(items.is_empty(), "{items:#?}");
    Arc::new(connector.expect("no finding, so a connector"))
}

/// The codes and places of what is wrong with a connector.
pub fn findings(text: &str) -> Vec<(&'static str, String)> {
    let mut report = Report::new("connector.yaml");
    let _ = parse(text, &mut report).and_then(|node| read(&node, &mut report));
    report.into_items().into_iter().map(|item| (item.code, item.path)).collect()
}

/// A connection with these settings, as YAML in one line, that may reach what is named.
pub fn connection(settings: &str, allow: &str) -> Arc<Connection> {
    let text = format!("format: 1\nconnection: c\nconnector: x\nsettings: {settings}\negress: {{allow: [{allow}]}}\n");
    let mut report = Report::new("connection.yaml");
    let node = parse(&text, &mut report).expect("a tree");
    let connection = Connection::read(&node, &mut report).expect("a connection");
    assert!(!report.has_errors(), "{:?}", report.into_items());
    Arc::new(connection)
}

impl Bench {
    pub fn new(connector: &str, settings: &str, folders: Vec<PathBuf>) -> Bench {
        Bench::reaching(connector, settings, "127.0.0.1/32", folders)
    }

    pub fn reaching(connector: &str, settings: &str, allow: &str, folders: Vec<PathBuf>) -> Bench {
        let egress = EgressPolicy { allow_loopback: true, own: Vec::new() };
        let options = Options { egress, folders: Folders::new(folders), ..Options::default() };
        Bench {
            gateway: Gateway::new(options, Arc::new(SystemClock::new())),
            connector: compile(connector),
            connection: connection(settings, allow),
        }
    }

    /// Performs an operation once, as an effect with this key would.
    pub async fn call(&self, operation: &str, input: Json, key: &str) -> Performed {
        self.call_within(operation, input, key, Duration::from_secs(20)).await
    }

    pub async fn call_within(&self, operation: &str, input: Json, key: &str, within: Duration) -> Performed {
        let target = Target::new(self.connection.clone(), self.connector.clone(), operation).expect("the operation is there");
        let call = Call {
            tenant: TenantId::DEFAULT,
            connection: "c".into(),
            operation: operation.into(),
            purpose: CallPurpose::Call,
            input: Value::from_json(&input),
            output: Value::Unset,
            reference: key.into(),
            idempotency_key: key.into(),
            attempt: 1,
            first_sent_at: None,
            due_since: None,
            deadline: self.gateway.deadline(within),
            secrets: Vec::new(),
        };
        let performed = self.gateway.perform(&target, call).await;
        for attempt in &performed.attempts {
            for text in [&attempt.request, &attempt.response, attempt.message.as_ref().unwrap_or(&String::new())] {
                assert!(!text.contains(CANARY), "the password stands in {text}");
            }
        }
        assert!(!performed.message.as_deref().unwrap_or_default().contains(CANARY), "{:?}", performed.message);
        performed
    }

    /// The output of an operation that must be done.
    pub async fn ok(&self, operation: &str, input: Json, key: &str) -> Json {
        let performed = self.call(operation, input, key).await;
        assert_eq!(performed.class, Class::Ok, "{operation}: {:?} {:?}", performed.message, performed.attempts.last());
        performed.output.to_json()
    }

    /// Everything one reading of a stream brings.
    pub async fn read_stream(&self, stream: &str, stored: Option<&str>) -> Vec<StreamItem> {
        let opened = self.gateway.open_stream(TenantId::DEFAULT, self.connection.clone(), self.connector.clone(), stream, stored);
        let mut reading = opened.expect("the stream is there");
        let mut items = Vec::new();
        loop {
            let deadline = self.gateway.deadline(Duration::from_secs(20));
            match self.gateway.next_page(&mut reading, deadline).await {
                Ok(Some(page)) => items.extend(page.items),
                Ok(None) => return items,
                Err(failed) => panic!("{stream}: {:?} {:?}", failed.class, failed.message),
            }
        }
    }
}

/// The end of what a call came to, for messages.
pub fn told(performed: &Performed) -> String {
    format!("{:?} {:?} {:?}", performed.class, performed.code, performed.message)
}

/// An input of one text.
pub fn id(value: impl ToString) -> Json {
    json!({"id": value.to_string()})
}

/// Now, to name things by.
pub fn unique(name: &str) -> String {
    let micros = SystemClock::new().now().as_microsecond();
    format!("{name}_{}_{micros}", std::process::id())
}
