//! Every draft is sound, its examples pass, and no secret of a description stands in it.

use super::sketch::{self, Promised};
use super::*;
use crate::domain::catalog::Catalog;
use crate::domain::connector::example::replay;
use crate::domain::connector::promise::promises;
use crate::domain::text::files::Files;

/// The draft's findings and failing examples, none wanted; and its text.
fn sound(draft: &Draft) -> String {
    let files: Files = draft.files().into_iter().map(|file| (file.path, file.text)).collect();
    let (catalog, found) = Catalog::compile(files);
    let text = catalog.files.get(&format!("connectors/{}/connector.yaml", draft.id)).unwrap().to_string();
    assert!(found.is_empty(), "{found:#?}\n{text}");
    let connector = &catalog.connectors[draft.id.as_str()];
    for (path, example) in catalog.files.iter().filter(|(path, _)| path.contains("/examples/")) {
        let differences = replay(connector, &serde_json::from_str(example).unwrap());
        assert!(differences.is_empty(), "{path}: {differences:#?}\n{text}");
    }
    assert_eq!(connector.operations.len(), draft.operations.len());
    text
}

#[test]
fn curl_commands_become_operations_without_their_secrets() {
    let commands = r#"
# an order
curl 'https://crm.example/api/v2/orders/10017/lines?expand=items&page=2&$format=json' -H 'Authorization: Bearer abc-secret-token' -H 'Accept: application/json'
curl -X POST https://crm.example/api/v2/orders \
  -H "Authorization: Bearer abc-secret-token" -H "Content-Type: application/json" -H 'X-Company: north' \
  --data-raw '{"number": "PO-1", "total": 12.50, "due": "2026-01-31", "at": "2026-01-31T08:00:00Z", "local": "2026-01-31T08:00:00+08:00", "lines": [{"item": "A", "quantity": 2, "price": 10.50, "day": "2026-01-31"}, {"item": "B", "quantity": 1.5}], "ship_to": {"city": "上海", "a-b": 1}, "buyer": {"id": "u7", "limits": [1.5, 2]}, "password": "hunter2", "urgent": true, "note": null}'
curl -XDELETE "https://crm.example/api/v2/orders/10017"
curl https://crm.example/odata/0001/Orders(%274500000001%27)?access_token=abc-secret-token
curl https://crm.example/pay -d amount=12.50 -d order_no=4711 -d count=3 -d urgent=true -d on=2026-01-31 -d code=0017
curl https://crm.example/login -d user=hub -d password=hunter2 -b 'sid=abc-secret-token'
"#;
    let draft = curl::draft("crm", commands, &[serde_json::json!({"items": [{"id": 1, "at": "2026-01-01T00:00:00Z"}]})]).unwrap();
    let text = sound(&draft);
    let names: Vec<_> = draft.operations.iter().map(|operation| operation.name.as_str()).collect();
    assert_eq!(names, ["list_orders_lines", "post_orders", "delete_orders", "get_odata_orders", "post_pay", "post_login"]);
    for file in draft.files() {
        assert!(!file.text.contains("abc-secret-token") && !file.text.contains("hunter2"), "{}", file.text);
    }
    assert_eq!(draft.auth, Auth::Bearer);
    assert_eq!(draft.secrets, ["password", "access_token"]);
    for part in [
        "total: decimal",
        "urgent: bool",
        "due: date",
        "at: instant",
        "local: string",
        "note: {type: any, optional: true}",
        "lines: {type: [object], fields: {item: string, quantity: decimal, price: {type: decimal, optional: true}, day: {type: date, optional: true}}}",
        "lines: {each: input.lines, as: row, item: {item: {value: row.item}, quantity: {value: row.quantity, as: number}, price: {value: row.price, as: number, optional: true}, day: {value: row.day, optional: true}}}",
        "buyer: {type: object, fields: {id: string, limits: [decimal]}}",
        "buyer: {id: {value: input.buyer.id}, limits: {each: input.buyer.limits, as: row_2, item: {value: row_2, as: number}}}",
        // A name that no expression can say: it is handed over whole.
        "ship_to: object",
        "amount: decimal",
        "order_no: string",
        "count: int",
        "on: date",
        "code: string",
    ] {
        assert!(text.contains(part), "`{part}` is not in\n{text}");
    }
    for part in ["effect: read", "by: nature", "by: none", "Open: what makes a repeat harmless", "$format: json", "{{input.id}}"] {
        assert!(text.contains(part), "`{part}` is not in\n{text}");
    }
    assert_eq!(draft.variables(), ["WAYBILL_CRM_TOKEN", "WAYBILL_CRM_PASSWORD", "WAYBILL_CRM_ACCESS_TOKEN"]);
}

#[test]
fn a_body_that_looks_like_a_computed_value_is_a_body_all_the_same() {
    for name in ["text", "value", "from"] {
        let command = format!("curl https://crm.example/notes -H 'content-type: application/json' -d '{{\"{name}\": \"a note\"}}'");
        sound(&curl::draft("crm", &command, &[]).unwrap());
    }
}

#[test]
fn what_is_no_command_is_said_to_be() {
    for (text, words) in [
        ("wget https://a", "no curl command"),
        ("curl 'https://a", "not closed"),
        ("curl -X POST", "no URL"),
        ("curl https://a.example/x\ncurl https://b.example/x", "speak to"),
        ("curl -d @body.json https://a.example", "the file `body.json`"),
        ("curl -X BREW https://a.example", "`BREW`"),
    ] {
        let problem = curl::draft("a", text, &[]).unwrap_err();
        assert!(problem.message.contains(words), "{text}: {}", problem.message);
    }
}

const OPENAPI: &str = r##"{
 "openapi": "3.0.3", "info": {"title": "Orders \"north\"", "version": "1"},
 "servers": [{"url": "https://{region}.orders.example/v1", "variables": {"region": {"default": "eu"}}}],
 "components": {
  "securitySchemes": {"key": {"type": "apiKey", "in": "header", "name": "X-Key"}},
  "schemas": {
   "Line": {"type": "object", "required": ["item"], "properties": {"item": {"type": "string"}, "price": {"type": "number"}, "parent": {"$ref": "#/components/schemas/Order"}}},
   "Order": {"type": "object", "required": ["id", "state"], "properties": {
     "id": {"type": "string"}, "state": {"type": "string"}, "changed-at": {"type": "string", "format": "date-time"},
     "due": {"type": "string", "format": "date"}, "count": {"type": "integer"}, "lines": {"type": "array", "items": {"$ref": "#/components/schemas/Line"}}}}}},
 "paths": {
  "/orders": {
   "get": {"operationId": "listOrders", "tags": ["orders"], "parameters": [
      {"name": "page", "in": "query", "schema": {"type": "integer"}}, {"name": "state", "in": "query", "required": true, "schema": {"type": "array", "items": {"type": "string"}}}],
     "responses": {"200": {"description": "", "content": {"application/json": {"schema": {"type": "array", "items": {"$ref": "#/components/schemas/Order"}}}}}}},
   "post": {"operationId": "createOrder", "tags": ["orders"], "parameters": [{"name": "Idempotency-Key", "in": "header", "schema": {"type": "string"}}],
     "requestBody": {"required": true, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Order"}}}},
     "responses": {"201": {"description": "", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Order"}}}}}}},
  "/orders/{order id}/release": {
   "parameters": [{"name": "order id", "in": "path", "required": true, "schema": {"type": "integer"}}],
   "post": {"requestBody": {"content": {"application/xml": {}}}, "responses": {"204": {"description": "done"}}},
   "delete": {"responses": {"default": {"description": "x"}}}}}}"##;

#[test]
fn an_openapi_description_becomes_operations_with_shapes() {
    let root = serde_json::from_str(OPENAPI).unwrap();
    let draft = openapi::draft("orders", "orders.json", &root, &Vec::new()).unwrap();
    let text = sound(&draft);
    assert_eq!(draft.base_url.as_deref(), Some("https://eu.orders.example/v1"));
    assert_eq!(draft.auth, Auth::Headers(vec![("x-key".into(), "api_key".into())]));
    let names: Vec<_> = draft.operations.iter().map(|operation| operation.name.as_str()).collect();
    assert_eq!(names, ["list_orders", "create_order", "post_orders_order_id_release", "delete_orders_order_id_release"]);
    for part in [
        "page: {type: int, optional: true}",
        "state: [string]",
        "due: {type: date, optional: true}",
        "changed_at: {type: instant, from: \"$['changed-at']\", optional: true}",
        "from: \"$[*]\"",
        "Open: `page` looks like pages",
        "header: Idempotency-Key",
        "the body is application/xml; write it by hand",
    ] {
        assert!(text.contains(part), "`{part}` is not in\n{text}");
    }
    let only = openapi::draft("orders", "x", &root, &vec!["createOrder".to_owned()]).unwrap();
    assert_eq!(only.operations.len(), 1);
    sound(&only);
    let none = openapi::draft("orders", "x", &root, &vec!["nothing".to_owned()]).unwrap_err();
    assert!(none.hint.contains("orders"), "{}", none.hint);
}

#[test]
fn the_older_description_is_read_too() {
    let root = serde_json::from_str(
        r##"{"swagger": "2.0", "info": {"title": "Old"}, "host": "old.example", "basePath": "/api", "schemes": ["http"],
         "securityDefinitions": {"o": {"type": "oauth2", "flow": "application", "tokenUrl": "https://old.example/token"}},
         "paths": {"/a": {"post": {"parameters": [{"in": "body", "name": "b", "schema": {"type": "object", "properties": {"x": {"type": "integer"}}}}],
           "responses": {"200": {"schema": {"type": "object", "properties": {"id": {"type": "integer"}}}}}}},
         "/form": {"post": {"parameters": [{"in": "formData", "name": "x", "type": "string", "required": true}], "responses": {}}}}}"##,
    )
    .unwrap();
    let draft = openapi::draft("old", "old.json", &root, &Vec::new()).unwrap();
    sound(&draft);
    assert_eq!(
        (draft.base_url.as_deref(), &draft.auth),
        (Some("http://old.example/api"), &Auth::ClientCredentials("https://old.example/token".into()))
    );
}

#[test]
fn what_is_no_description_or_too_much_is_refused() {
    let problem = openapi::draft("a", "a", &serde_json::json!({"hello": 1}), &Vec::new()).unwrap_err();
    assert!(problem.message.contains("no OpenAPI description"));
    let paths: serde_json::Map<_, _> =
        (0..=OPERATIONS_MAX).map(|number| (format!("/p{number}"), serde_json::json!({"get": {"tags": ["t"]}}))).collect();
    let many = serde_json::json!({"openapi": "3.1.0", "paths": paths});
    let problem = openapi::draft("a", "a", &many, &Vec::new()).unwrap_err();
    assert!(problem.message.contains("61 operations") && problem.hint.contains("--only"), "{problem:?}");
}

#[test]
fn a_sketch_with_a_search_is_safe() {
    for (promised, safe, words) in [
        (Promised::Find("/orders?reference={reference}".into()), true, "looked up by `find_order` (by reference)"),
        (Promised::Header("Idempotency-Key".into()), true, "honours a key"),
        (Promised::Nature, true, "harmless"),
        (Promised::None, false, "may duplicate"),
    ] {
        let mut draft = Draft::new("crm", "CRM", "answers");
        draft.base_url = Some("http://127.0.0.1:9".into());
        for auth in
            [Auth::Basic, Auth::Headers(vec![("X-Key".into(), "api_key".into())]), Auth::ClientCredentials("https://a.example/t".into())]
        {
            draft.auth = auth;
            draft.operations.clear();
            let read = sketch::Read {
                name: "get_order".into(),
                path: "/orders/{id}?expand=lines".into(),
                answer: Some(serde_json::json!({"id": "1"})),
            };
            sketch::read(&mut draft, &read).unwrap();
            let write = sketch::Write { name: "create_order".into(), method: "POST", path: "/orders".into(), promise: promised.clone() };
            sketch::write(&mut draft, &write).unwrap();
            sound(&draft);
        }
        let files: Files = draft.files().into_iter().map(|file| (file.path, file.text)).collect();
        let (catalog, _) = Catalog::compile(files);
        let promises = promises(&catalog.connectors["crm"]);
        assert_eq!((promises.len(), promises[0].safe), (1, safe));
        assert!(promises[0].words.contains(words), "{}", promises[0].words);
    }
    let mut draft = Draft::new("crm", "CRM", "answers");
    let write =
        sketch::Write { name: "create_order".into(), method: "POST", path: "/orders".into(), promise: Promised::Find("/orders".into()) };
    assert!(sketch::write(&mut draft, &write).unwrap_err().message.contains("{reference}"));
}
