//! One connector before its mock: the shipped definitions, the real gateway, and nothing of the hub besides.

use crate::hub::Project;
use crate::mock::{Mock, Trouble};
use crate::partners::weaver;
use crate::table::{Act, Input, Row};
use mock_systems::System;
use serde_json::{Value as Json, json};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};
use waybill::app::load::load;
use waybill::domain::catalog::Catalog;
use waybill::domain::connector::egress::EgressPolicy;
use waybill::domain::connector::{Class, Target};
use waybill::domain::ids::TenantId;
use waybill::domain::value::Value;
use waybill::gateway::{Call, CallPurpose, Gateway, Options, Performed};
use waybill::runtime::{Clock, SystemClock};

/// The longest wait for a pause that a partner asks for.
const PAUSE_WITHIN: Duration = Duration::from_secs(20);

/// Everything a cell needs.
pub struct Bench {
    /// Its row.
    pub row: &'static Row,
    /// The mock.
    pub mock: Mock,
    gateway: Gateway,
    catalog: Catalog,
    clock: Arc<SystemClock>,
    client: reqwest::Client,
    project: Project,
    made: AtomicU32,
}

/// A write, to be asked about later.
pub struct Sent {
    call: Call,
    /// What it came to.
    pub answer: Performed,
}

impl Bench {
    /// Starts the mock and makes the connection to it ready.
    pub async fn start(row: &'static Row) -> Bench {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder().no_proxy().build().expect("a client");
        let mock = Mock::start(row.mock).await;
        mock.count_no_calls(&client).await;
        let url = mock.url();
        let mut secrets = mock.secrets();
        secrets.extend(row.secrets.iter().map(|(name, value)| (*name, (*value).to_owned())));
        if row.connector == "weaver_ecology" {
            secrets.extend(weaver::register(&client, &url).await);
        }
        let mut texts = vec![(row.address, url.as_str()), ("{secret: env/", "{secret: file/secrets/")];
        texts.extend(row.lift);
        let project = Project::whole(&Path::new(env!("CARGO_MANIFEST_DIR")).join("examples").join(row.example), &texts, Vec::new());
        std::fs::create_dir(project.path().join("secrets")).expect("writable");
        for (name, value) in secrets {
            std::fs::write(project.path().join("secrets").join(name), value).expect("writable");
        }
        let (files, unread) = load(project.path()).expect("readable");
        let (catalog, found) = Catalog::compile(files);
        assert!(unread.is_empty() && found.is_empty(), "{}: {unread:?} {found:?}", row.connector);
        let clock = Arc::new(SystemClock::new());
        let options = Options {
            base: project.path().to_owned(),
            egress: EgressPolicy { allow_loopback: true, ..EgressPolicy::default() },
            ..Options::default()
        };
        let gateway = Gateway::new(options, clock.clone());
        Bench { row, mock, gateway, catalog, clock, client, project, made: AtomicU32::new(0) }
    }

    fn target(&self, operation: &str) -> Target {
        let connection = self.catalog.connections[self.row.connection].clone();
        let connector = self.catalog.connectors[self.row.connector].clone();
        Target::new(connection, connector, operation).unwrap_or_else(|| panic!("{} has no {operation}", self.row.connector))
    }

    fn call(&self, operation: &str, input: Json) -> Call {
        let drawn = self.made.fetch_add(1, Ordering::Relaxed);
        let mut input = input;
        let reference = format!("CF-{drawn}");
        if self.target(operation).operation().input.fields.contains_key("reference") {
            input["reference"] = json!(reference);
        }
        Call {
            tenant: TenantId::DEFAULT,
            connection: self.row.connection.to_owned(),
            operation: operation.to_owned(),
            purpose: CallPurpose::Call,
            input: Value::from_json(&input),
            output: Value::Unset,
            reference,
            idempotency_key: format!("key-{drawn}"),
            attempt: 1,
            first_sent_at: Some(self.clock.now()),
            due_since: None,
            deadline: Duration::MAX,
            secrets: Vec::new(),
        }
    }

    async fn perform(&self, call: Call) -> Sent {
        let call = Call { deadline: self.gateway.deadline(Duration::from_secs(60)), ..call };
        let answer = self.gateway.perform(&self.target(&call.operation), call.clone()).await;
        Sent { call, answer }
    }

    /// Performs an operation.
    pub async fn ask(&self, operation: &str, input: Json) -> Sent {
        self.perform(self.call(operation, input)).await
    }

    /// Performs an operation, which must be ok; its output.
    pub async fn output(&self, operation: &str, input: Json) -> Json {
        let sent = self.ask(operation, input).await;
        assert_eq!(sent.answer.class, Class::Ok, "{}.{operation}: {:?}", self.row.connector, sent.answer.message);
        sent.answer.output.to_json()
    }

    /// Performs an operation until it is ok: a partner may ask for a pause.
    pub async fn ask_until_ok(&self, operation: &str, input: Json) {
        let began = Instant::now();
        loop {
            let sent = self.ask(operation, input.clone()).await;
            if sent.answer.class == Class::Ok {
                return;
            }
            let why = sent.answer.message;
            assert!(began.elapsed() < PAUSE_WITHIN, "{}.{operation}: {:?} {why:?}", self.row.connector, sent.answer.class);
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }

    /// Sends a write again, as the same effect.
    pub async fn again(&self, sent: &Sent) -> Performed {
        self.perform(Call { attempt: 2, ..sent.call.clone() }).await.answer
    }

    /// Asks whether a create happened.
    pub async fn look_up(&self, sent: &Sent) -> Performed {
        self.perform(Call { purpose: CallPurpose::LookUp, ..sent.call.clone() }).await.answer
    }

    /// Goes on with a write of many items where it stood: sends the rest, or looks up what is in doubt.
    pub async fn go_on(&self, sent: &Sent, purpose: CallPurpose) -> Sent {
        let deadline = self.gateway.deadline(Duration::from_secs(60));
        let call = Call { purpose, attempt: sent.call.attempt + 1, deadline, ..sent.call.clone() };
        let answer = self.gateway.perform_from(&self.target(&call.operation), call.clone(), sent.answer.begun.clone()).await;
        Sent { call, answer }
    }

    /// Asks whether a write was really done.
    pub async fn read_back(&self, sent: &Sent) -> Performed {
        self.perform(Call { purpose: CallPurpose::ReadBack, output: sent.answer.output.clone(), ..sent.call.clone() }).await.answer
    }

    /// Whether a write is looked up by our reference (else its key makes a repeat harmless).
    pub fn is_looked_up(&self, operation: &str) -> bool {
        !self.target(operation).operation().idempotency.may_repeat_blindly()
    }

    /// Sends the create of the row.
    pub async fn create(&self) -> Sent {
        let create = self.row.create.as_ref().expect("a create");
        let input = match &create.input {
            Input::Sample(file) => std::fs::read_to_string(self.project.path().join("samples").join(file)).expect("a sample"),
            Input::Here(value) => value().to_string().replace("NUMBER", &format!("CF{}", self.made.fetch_add(1, Ordering::Relaxed))),
        };
        self.ask(create.operation, serde_json::from_str(&input).expect("JSON")).await
    }

    /// An object that can be read and written to: made by our create, or by people over there. Its id.
    pub async fn object(&self) -> String {
        if let Mock::Erp(_) | Mock::Generic(_, System::Erp) = self.mock {
            return self.mock.order(&format!("CF-{}", self.made.fetch_add(1, Ordering::Relaxed)));
        }
        let sent = self.create().await;
        assert_eq!(sent.answer.class, Class::Ok, "{}: {:?}", self.row.connector, sent.answer.message);
        sent.answer.output.to_json()["external_id"].as_str().expect("an id").to_owned()
    }

    /// What the event of an approval says of it now.
    pub async fn outcome(&self, id: &str) -> String {
        let connector = &self.catalog.connectors[self.row.connector];
        let event = connector.event("approval_changed").expect("the event");
        let then = connector.truth_call(event, &Value::from_json(&json!({"id": id}))).expect("sound").expect("it is read back");
        let output = self.ask(&then.operation, then.input.to_json()).await.answer.output;
        format!("{:?}", event.hear(&output).expect("understood").outcome.expect("a rule"))
    }

    /// Lets the next call go wrong.
    pub async fn trouble(&self, trouble: Trouble, api: &str) {
        self.mock.trouble(trouble, api, &self.client).await;
    }

    /// Lets credentials lapse after so many calls of an interface.
    pub async fn lapse_after(&self, calls: u64, api: &str) {
        self.mock.lapse_after(calls, api, &self.client).await;
    }

    /// Lets a write answer success and do nothing.
    pub async fn pretend(&self, api: &str) {
        self.mock.pretend(api, &self.client).await;
    }

    /// What was remarked about an approval.
    pub async fn comments(&self, id: &str) -> Vec<(Option<String>, String)> {
        self.mock.comments(id, &self.client).await
    }

    /// What a person does to an approval.
    pub async fn act(&self, id: &str, act: Act) {
        self.mock.act(id, (act.0, act.1()), &self.client).await;
    }

    /// How many objects of ours there are.
    pub async fn count(&self) -> usize {
        self.mock.count(&self.client).await
    }
}
