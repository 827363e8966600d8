//! What helps to mend a text: a mapping's draft against what is live, values that dictionaries miss, secrets by place.

use std::sync::Arc;

use serde_json::{Value, json};
use waybill::domain::catalog::{Catalog, has_errors};
use waybill::domain::ids::{DocumentId, TenantId, document_id};
use waybill::domain::permission::Permission;
use waybill::store::{DocumentRow, RelationRow, RevisionRow};

use crate::rows::{document, order, stopped_order};
use crate::support::{Door, Setup, at, door, door_with, token};

/// An order as the ERP sends them, so that mappings can be tried on it.
async fn real_order(door: &Door, key: &str, minute: i64, change: impl FnOnce(&mut Value)) {
    let mut writes = order(key, minute);
    let mut body: Value = serde_json::from_str(include_str!("../../samples/po-1.json")).unwrap();
    (body["number"], body["source"]["id"]) = (json!(key), json!(format!("ext-{key}")));
    change(&mut body);
    writes.revisions[0].body = body.to_string();
    door.write(writes).await;
}

fn with_rule(rule: &str) -> String {
    format!(
        "format: 1\nmapping: po_ref\ninputs: {{doc: purchase_order}}\nto: {{operation: erp.release_order}}\nfields:\n  - {{to: id, {rule}, required: true}}\n"
    )
}

async fn compared(door: &Door, text: &str) -> Value {
    let (status, answer) = door.post("/api/v1/mappings/compare", &json!({"text": text}).to_string()).await;
    assert_eq!(status, 200, "{answer}");
    answer
}

fn outcomes(answer: &Value) -> Vec<String> {
    let items = answer["items"].as_array().unwrap().iter();
    items.map(|item| format!("{} {}", item["key"].as_str().unwrap(), item["outcome"].as_str().unwrap())).collect()
}

#[tokio::test]
async fn a_draft_is_held_against_what_is_live_over_real_documents() {
    let door = door().await;
    real_order(&door, "PO-1", 1, |_| {}).await;
    real_order(&door, "PO-2", 2, |body| body["supplier"]["code"] = json!("ext-PO-2")).await;
    let same = compared(&door, &with_rule("value: doc.source.id")).await;
    assert_eq!(outcomes(&same), ["PO-2 same", "PO-1 same"]);
    assert_eq!((same["new"].as_bool(), &same["fields"]), (Some(false), &json!([{"path": "id", "same": 2, "changed": 0, "fails": 0}])));

    // The supplier's code is another text than the source's id in one of them.
    let changed = compared(&door, &with_rule("value: doc.supplier.code")).await;
    assert_eq!(outcomes(&changed), ["PO-2 same", "PO-1 changed"]);
    assert_eq!(changed["items"][1]["differences"], json!([{"path": "id", "live": "ext-PO-1", "draft": "S-100"}]));
    assert_eq!(changed["fields"], json!([{"path": "id", "same": 1, "changed": 1, "fails": 0}]));

    // None of them has the supplier's own number.
    let fails = compared(&door, &with_rule("value: doc.supplier_reference")).await;
    assert_eq!(outcomes(&fails), ["PO-2 fails", "PO-1 fails"], "{fails}");
    assert_eq!(fails["fields"], json!([{"path": "id", "same": 0, "changed": 0, "fails": 2}]));
    assert!(fails["items"][0]["problem"].as_str().unwrap().contains("`id`"), "{fails}");
}

#[tokio::test]
async fn a_new_mapping_has_nothing_to_differ_from_and_payloads_are_asked_for() {
    let door = door().await;
    real_order(&door, "PO-1", 1, |_| {}).await;
    let text = with_rule("value: doc.source.id").replace("po_ref", "po_ref_new");
    let answer = compared(&door, &text).await;
    assert_eq!((answer["new"].as_bool(), outcomes(&answer)), (Some(true), vec!["PO-1 changed".to_owned()]), "{answer}");
    let bare = door.client.post(format!("{}/api/v1/mappings/compare", door.base)).bearer_auth(token(&[Permission::Edit]));
    let bare = bare.header("content-type", "application/json").body(json!({"mapping": "po_ref"}).to_string());
    assert_eq!(bare.send().await.unwrap().status(), 403, "what mappings make is made of payloads");
}

fn payable(key: &str) -> DocumentId {
    document_id(TenantId::DEFAULT, "payable", "hub", &format!("AP-{key}"))
}

/// An order whose payable wants a tax code that the dictionary does not have.
async fn without_code(door: &Door, key: &str, minute: i64, rate: &str) {
    let mut writes = stopped_order(key, minute);
    let mut body: Value = serde_json::from_str::<Value>(include_str!("../../samples/payable-1.inputs.json")).unwrap()["doc"].take();
    body["tax_rate"] = json!(rate);
    let made: DocumentRow = writes.documents_new[0].clone();
    let made =
        DocumentRow { id: payable(key), kind: "payable".into(), source: "hub".into(), key: format!("AP-{key}"), external_id: None, ..made };
    writes.documents_new.push(made);
    let content: RevisionRow = writes.revisions[0].clone();
    writes.revisions.push(RevisionRow { document: payable(key), body: body.to_string(), ..content });
    let (tenant, relation) = (TenantId::DEFAULT, "pays".to_owned());
    writes.relations = vec![RelationRow { tenant, document: payable(key), made_for: document(key), relation }];
    let stopped = &mut writes.exceptions[0];
    stopped.cause = "rule_missing".into();
    stopped.code = "mapping_failed".into();
    stopped.message = "`tax_code` cannot be mapped: the dictionary `tax_codes` has no row for this value".into();
    stopped.opened_at = at(minute);
    door.write(writes).await;
}

#[tokio::test]
async fn values_that_a_dictionary_misses_are_counted_until_a_draft_has_them() {
    let door = door().await;
    without_code(&door, "PO-1", 1, "7").await;
    without_code(&door, "PO-2", 2, "7").await;
    without_code(&door, "PO-3", 3, "8.5").await;
    // It names another dictionary, and is no matter of this one.
    let mut other = stopped_order("PO-4", 4);
    other.exceptions[0].cause = "rule_missing".into();
    other.exceptions[0].message = "`originator` cannot be mapped: the dictionary `people_oa` has no row for this value".into();
    door.write(other).await;
    let path = "/api/v1/dictionaries/tax_codes/unmapped?drafts=true";
    let (status, answer) = door.get(path).await;
    assert_eq!(status, 200, "{answer}");
    let items = answer["items"].as_array().unwrap().iter();
    let shown: Vec<(&str, u64)> = items.map(|item| (item["value"].as_str().unwrap(), item["count"].as_u64().unwrap())).collect();
    assert_eq!((shown, answer["untold"].as_u64()), (vec![("7", 2), ("8.5", 1)], Some(0)), "{answer}");
    assert_eq!(answer["items"][0]["oldest_at"], json!(at(1)));
    // That order holds too little to be mapped: that there is one is said, and no value is invented.
    let (_, people) = door.get("/api/v1/dictionaries/people_oa/unmapped").await;
    assert_eq!((&people["items"], people["untold"].as_u64()), (&json!([]), Some(1)), "{people}");

    let live = door.get("/api/v1/definitions/dictionary/tax_codes/text").await.1;
    let text = format!("{}  - {{from: \"7\", to: \"V07\"}}\n", live["text"].as_str().unwrap());
    let saved = door.request(reqwest::Method::PUT, "/api/v1/definitions/dictionary/tax_codes/draft");
    let saved = saved.header("content-type", "application/json").header("if-match", format!("\"{}\"", live["etag"].as_str().unwrap()));
    assert_eq!(saved.body(json!({"text": text}).to_string()).send().await.unwrap().status(), 201);
    assert_eq!(door.get(path).await.1["items"].as_array().unwrap().len(), 1, "the draft has a row for the other");
    assert_eq!(door.get("/api/v1/dictionaries/tax_codes/unmapped").await.1["items"].as_array().unwrap().len(), 2, "it is not live yet");
    assert_eq!(door.get("/api/v1/dictionaries/nothing/unmapped").await.0, 404);
}

#[tokio::test]
async fn a_document_that_keeps_fields_back_is_untold_and_hides_no_other() {
    let (mut files, _) = waybill::app::load::load(std::path::Path::new(env!("CARGO_MANIFEST_DIR"))).unwrap();
    let text = files.get("documents/payable.yaml").unwrap().to_string();
    files.insert("documents/payable.yaml", format!("{text}sensitive: [tax_rate]\n"));
    let (catalog, findings) = Catalog::compile(files);
    assert!(!has_errors(&findings), "{findings:?}");
    let door = door_with(Setup { catalog: Some(Arc::new(catalog)), ..Setup::default() }).await;
    without_code(&door, "PO-1", 1, "8.5").await;
    let (status, answer) = door.get("/api/v1/dictionaries/tax_codes/unmapped").await;
    assert_eq!((status, &answer["items"], &answer["untold"]), (200, &json!([]), &json!(1)), "{answer}");
    assert!(!answer.to_string().contains("8.5"), "{answer}");
}

#[tokio::test]
async fn secrets_are_told_by_place_and_use_and_never_by_what_they_hold() {
    let door = door().await;
    let (status, answer) = door.get("/api/v1/secrets").await;
    assert_eq!(status, 200, "{answer}");
    let items = answer["items"].as_array().unwrap();
    let erp = items.iter().find(|item| item["place"] == "env/WAYBILL_DEMO_ERP_SECRET").unwrap();
    assert_eq!(erp["used_by"], json!([{"connection": "erp_hq", "setting": "app_secret"}]));
    assert_eq!((erp["source"].as_str(), erp["found"].as_bool()), (Some("env"), Some(false)), "{erp}");
    assert_eq!(erp["problem"], json!("the environment variable `WAYBILL_DEMO_ERP_SECRET` is not set"));
    let places: Vec<&str> = items.iter().map(|item| item["place"].as_str().unwrap()).collect();
    assert!(places.is_sorted() && places.len() >= 5, "{places:?}");
}
