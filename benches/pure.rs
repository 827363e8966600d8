//! What the pure parts cost: a mapping over an order of 100 lines, and one compiled operation from input to classified answer.
//!
//! Aims: under 100 µs for the mapping, under 50 µs for building a request and reading its answer. `cargo bench --bench pure`

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use serde_json::{Value as Json, json};
use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;
use waybill::domain::catalog::{Catalog, has_errors};
use waybill::domain::connector::auth::{Credentials, Moment, Proof};
use waybill::domain::connector::{AttemptFacts, Begun, Facts, Next, Reply, Run};
use waybill::domain::expression::Scope;
use waybill::domain::value::Value;

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

fn operation(bench: &mut Criterion) {
    let catalog = catalog();
    let connector = catalog.connectors.get("demo_oa").expect("it is shipped").clone();
    let form = sample("po-1.form.json");
    let input = Value::from_json(&json!({
        "reference": "po-4417-oa-1", "title": form["title"], "originator": form["originator"], "form": form["form"],
    }));
    let settings = Value::from_json(&json!({"base_url": "https://oa.example.com", "app_key": "key", "app_secret": "secret"}));
    let attempt = AttemptFacts { number: 1, first_sent_at: None, key: Arc::from("0197c1a2-0000-7000-8000-00000000e001") };
    let facts = Facts { settings, input, reference: Arc::from("po-4417-oa-1"), attempt };
    let headers = vec![("content-type".to_owned(), "application/json".to_owned())];
    let at = "2026-11-28T10:00:00Z".parse().expect("a time");
    let moment = Moment::new(at, [7; 32]);
    let token = Credentials::from_json(&json!("a-token-of-usual-length-0123456789"));
    let proof = Proof { credentials: Some(&token), moment: &moment };
    let once = |facts: Facts| {
        let mut run = Run::start(connector.clone(), "create_approval", facts, Begun::default()).expect("it starts");
        let Next::Send(planned) = run.next(&proof) else { panic!("a request") };
        assert!(!planned.request.body.is_empty());
        let reply = Reply::new(200, &headers, br#"{"id": "A1", "status": "new"}"#, at);
        let answer = run.read(&reply);
        run.take(answer, Some(&reply));
        let Next::Done(answer) = run.next(&proof) else { panic!("an answer") };
        assert_eq!(answer.class.word(), "ok", "{answer:?}");
        answer
    };
    bench.bench_function("operation: build the request, classify the answer", |bench| {
        bench.iter_batched(|| facts.clone(), |facts| black_box(once(facts)), BatchSize::SmallInput);
    });
}

criterion_group!(pure, mapping, operation);
criterion_main!(pure);
