//! What the pure parts cost: a mapping over an order of 100 lines, and compiled operations from input to classified answer: one
//! with a token and JSON, one in XML, one whose request is signed.
//!
//! Aims: under 100 µs for the mapping, under 50 µs for building a request and reading its answer. `cargo bench --bench pure`;
//! docs/guide/measuring.md says what it came to.

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use serde_json::{Value as Json, json};
use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;
use waybill::domain::catalog::{Catalog, has_errors};
use waybill::domain::connector::auth::{Credentials, Moment, Proof};
use waybill::domain::connector::{Answer, AttemptFacts, Begun, Connector, Facts, Next, Reply, Run};
use waybill::domain::expression::Scope;
use waybill::domain::value::{Map, Value};

const LINES: usize = 100;

fn catalog() -> Catalog {
    let (files, findings) = waybill::app::load::load(Path::new(env!("CARGO_MANIFEST_DIR"))).expect("the project is there");
    assert!(findings.is_empty());
    let (catalog, findings) = Catalog::compile(files);
    assert!(!has_errors(&findings), "{findings:?}");
    catalog
}

fn sample(name: &str) -> Json {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples").join(name);
    serde_json::from_str(&std::fs::read_to_string(path).expect("a sample")).expect("JSON")
}

/// The sample order with its lines repeated to a hundred.
fn long_order() -> Json {
    let mut order = sample("po-1.json");
    let line = order["lines"][0].clone();
    let lines = (1..=LINES).map(|number| {
        let mut line = line.clone();
        line["line_no"] = json!(number.to_string());
        line
    });
    order["lines"] = lines.collect();
    order
}

fn mapping(bench: &mut Criterion) {
    let catalog = catalog();
    let mapping = catalog.mappings.values().find(|mapping| &*mapping.id == "po_to_oa").expect("it is shipped").clone();
    let kind = catalog.documents.get("purchase_order").expect("it is shipped");
    let order = kind.validate(&long_order()).unwrap_or_else(|problems| panic!("{problems:?}")).value;
    let budget = Value::from_json(&json!({"ok": true, "available": "90000.00"}));
    let scope = Scope::default().with("doc", order).with("budget", budget);
    let mapped = mapping.apply(&scope).expect("it maps");
    assert_eq!(mapped.value.to_json()["form"]["明细"].as_array().map(Vec::len), Some(LINES), "{}", mapped.value.to_json());
    bench.bench_function("mapping of an order with 100 lines", |bench| bench.iter(|| mapping.apply(black_box(&scope)).expect("it maps")));
}

/// An operation, what it is called with, and what it is answered.
struct Exchange {
    connector: Arc<Connector>,
    operation: &'static str,
    facts: Facts,
    token: Option<Credentials>,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Exchange {
    /// From an example of a shipped connector; `settings` are those that it does not say itself.
    fn of_example(catalog: &Catalog, connector: &str, operation: &'static str, settings: Json) -> Exchange {
        let path = format!("connectors/{connector}/examples/{operation}.json");
        let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(&path)).expect("an example");
        let example: Json = serde_json::from_str(&text).expect("JSON");
        let connector = catalog.connectors.get(connector).expect("it is shipped").clone();
        let mut all: Map = connector.defaults.iter().map(|(name, value)| (name.clone(), value.clone())).collect();
        for given in [&settings, &example["settings"]] {
            for (name, value) in given.as_object().into_iter().flatten() {
                all.insert(Arc::from(name.as_str()), Value::from_json(value));
            }
        }
        let reference = example["reference"].as_str().unwrap_or_default();
        let (content_type, body) = match &example["response"]["body"] {
            Json::String(text) => ("text/xml; charset=utf-8", text.clone().into_bytes()),
            json => ("application/json", json.to_string().into_bytes()),
        };
        Exchange {
            connector,
            operation,
            facts: facts(Value::Map(Arc::new(all)), Value::from_json(&example["input"]), reference),
            token: None,
            headers: vec![("content-type".to_owned(), content_type.to_owned())],
            body,
        }
    }

    fn once(&self, facts: Facts, moment: &Moment) -> Answer {
        let proof = Proof { credentials: self.token.as_ref(), moment };
        let mut run = Run::start(self.connector.clone(), self.operation, facts, Begun::default()).expect("it starts");
        let Next::Send(planned) = run.next(&proof) else { panic!("a request") };
        assert!(!planned.request.body.is_empty());
        let reply = Reply::new(200, &self.headers, &self.body, moment.now);
        let answer = run.read(&reply);
        run.take(answer, Some(&reply));
        let Next::Done(answer) = run.next(&proof) else { panic!("an answer") };
        assert_eq!(answer.class.word(), "ok", "{answer:?}");
        *answer
    }
}

fn facts(settings: Value, input: Value, reference: &str) -> Facts {
    let attempt = AttemptFacts { number: 1, first_sent_at: None, key: Arc::from("0197c1a2-0000-7000-8000-00000000e001") };
    // None of what an answer is read with here is a secret.
    Facts { open: settings.clone(), settings, input, reference: Arc::from(reference), attempt }
}

/// An approval with a form, a token in its header.
fn plain(catalog: &Catalog) -> Exchange {
    let form = sample("po-1.form.json");
    let input = json!({"reference": "po-4417-oa-1", "title": form["title"], "originator": form["originator"], "form": form["form"]});
    let settings = json!({"base_url": "https://oa.example.com", "app_key": "key", "app_secret": "secret"});
    Exchange {
        connector: catalog.connectors.get("demo_oa").expect("it is shipped").clone(),
        operation: "create_approval",
        facts: facts(Value::from_json(&settings), Value::from_json(&input), "po-4417-oa-1"),
        token: Some(Credentials::from_json(&json!("a-token-of-usual-length-0123456789"))),
        headers: vec![("content-type".to_owned(), "application/json".to_owned())],
        body: br#"{"id": "A1", "status": "new"}"#.to_vec(),
    }
}

fn operation(bench: &mut Criterion) {
    let catalog = catalog();
    let soap = json!({"base_url": "https://erp.example.com", "user": "waybill", "password": "secret"});
    let moment = Moment::new("2026-11-28T10:00:00Z".parse().expect("a time"), [7; 32]);
    for (name, exchange) in [
        ("operation: build the request, classify the answer", plain(&catalog)),
        ("operation in XML (SOAP)", Exchange::of_example(&catalog, "generic_soap", "book_payable", soap)),
        ("operation with a signed request", Exchange::of_example(&catalog, "kingdee_galaxy", "create_order", json!({}))),
    ] {
        bench.bench_function(name, |bench| {
            let once = |facts: Facts| black_box(exchange.once(facts, &moment));
            bench.iter_batched(|| exchange.facts.clone(), once, BatchSize::SmallInput);
        });
    }
}

criterion_group!(pure, mapping, operation);
criterion_main!(pure);
