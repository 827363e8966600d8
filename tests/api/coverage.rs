//! `docs/api/coverage.md` and the description of the API name the same operations.

use std::collections::BTreeSet;

use serde_json::Value;

fn described() -> BTreeSet<String> {
    let description: Value = serde_json::from_str(&waybill::api::openapi::text()).unwrap();
    let paths = description["paths"].as_object().unwrap();
    let named = |(path, item): (&String, &Value)| {
        let methods: Vec<String> = item.as_object().unwrap().keys().map(|method| format!("{} {path}", method.to_uppercase())).collect();
        methods
    };
    paths.iter().flat_map(named).collect()
}

/// Operations in backquotes; those of the first part stand under `/api/v1` unless they are written out.
fn written(text: &str) -> BTreeSet<String> {
    let methods = ["GET ", "POST ", "PUT ", "DELETE ", "PATCH "];
    let (inside, outside) = text.split_once("Outside `/api/v1`").expect("the part about what is outside");
    let named = |part: &str, base: &str| {
        let pieces = part.split('`').skip(1).step_by(2).filter(|piece| methods.iter().any(|method| piece.starts_with(method)));
        let full = |piece: &str| piece.split_once(' ').map(|(method, path)| format!("{method} {base}{path}")).unwrap();
        pieces.map(full).collect::<Vec<_>>()
    };
    named(inside, "/api/v1").into_iter().chain(named(outside, "")).collect()
}

#[test]
fn the_coverage_table_and_the_description_name_the_same() {
    let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/api/coverage.md")).unwrap();
    let (described, written) = (described(), written(&text));
    let missing: Vec<_> = described.difference(&written).collect();
    let invented: Vec<_> = written.difference(&described).collect();
    assert!(missing.is_empty(), "`docs/api/coverage.md` names no page for {missing:?}");
    assert!(invented.is_empty(), "`docs/api/coverage.md` names what is not there: {invented:?}");
    assert!(described.len() > 70, "{}", described.len());
}
