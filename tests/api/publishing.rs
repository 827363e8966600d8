//! Drafts, checks, previews, simulations and releases through the door.

use reqwest::Method;
use serde_json::{Value, json as literal};
use waybill::app::starts::{Asker, StartError, StartRequest, Starts, Subject, Submission};
use waybill::domain::ids::TenantId;
use waybill::domain::permission::Permission;

use crate::support::{Door, FOREIGN, door, json, shipped, starter, token};

const MAPPING: &str = "/api/v1/definitions/mapping/po_ref";

async fn put(door: &Door, path: &str, headers: &[(&str, &str)], body: &Value) -> (u16, Value, Option<String>) {
    let mut request = door.request(Method::PUT, path).header("content-type", "application/json").body(body.to_string());
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let answer = request.send().await.unwrap();
    let etag = answer.headers().get("etag").map(|value| value.to_str().unwrap().to_owned());
    let (status, body) = json(answer).await;
    (status, body, etag)
}

async fn etag(door: &Door, path: &str) -> String {
    let answer = door.request(Method::GET, path).send().await.unwrap();
    answer.headers()["etag"].to_str().unwrap().to_owned()
}

async fn text(door: &Door) -> String {
    door.get(&format!("{MAPPING}/text")).await.1["text"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn definitions_say_who_names_them() {
    let door = door().await;
    let (status, list) = door.get("/api/v1/definitions?kind=mapping").await;
    assert_eq!(status, 200);
    let items = list["items"].as_array().unwrap();
    let mapping = items.iter().find(|item| item["id"] == "po_to_oa").unwrap();
    assert_eq!(mapping["path"], "mappings/po_to_oa.yaml");
    assert!(mapping["used_by"].as_array().unwrap().contains(&literal!({"kind": "flow", "id": "purchase_order_approval"})), "{mapping}");
    assert!(mapping["uses"].as_array().unwrap().contains(&literal!({"kind": "document", "id": "purchase_order"})), "{mapping}");
    assert!(items.iter().all(|item| item["kind"] == "mapping"));
    let (_, flow) = door.get("/api/v1/definitions/flow/purchase_order_approval").await;
    assert_eq!(flow["title"]["en"], "Purchase order approval");
    for path in ["definitions/flow/nothing", "definitions/key/hooks/text?version=1", "definitions/key/hooks/versions", "releases/7"] {
        assert_eq!(door.get(&format!("/api/v1/{path}")).await.0, 404, "{path}");
    }
}

#[tokio::test]
async fn a_draft_is_saved_only_over_what_its_author_saw() {
    let door = door().await;
    let path = format!("{MAPPING}/draft");
    let (live, first) = (etag(&door, &format!("{MAPPING}/text")).await, format!("{}# one\n", text(&door).await));
    let body = literal!({"text": first});
    assert_eq!(put(&door, &path, &[], &body).await.0, 428);
    let (status, problem, _) = put(&door, &path, &[("if-match", "\"other\"")], &body).await;
    assert_eq!((status, problem["code"].as_str()), (412, Some("text_changed")));
    assert_eq!(problem["hashes"], literal!({"expected": "other", "found": live.trim_matches('"')}));
    assert_eq!(put(&door, &path, &[("if-none-match", "*")], &body).await.0, 412, "it is not new");

    let (status, draft, tag) = put(&door, &path, &[("if-match", &live)], &body).await;
    assert_eq!((status, draft["outdated"].as_bool(), draft["path"].as_str()), (201, Some(false), Some("mappings/po_ref.yaml")));
    let tag = tag.unwrap();
    assert_eq!(put(&door, &path, &[("if-match", &live)], &body).await.0, 200, "the same once more is harmless");
    let second = literal!({"text": format!("{first}# two\n")});
    assert_eq!(put(&door, &path, &[("if-match", &live)], &second).await.0, 412);
    let (status, _, newer) = put(&door, &path, &[("if-match", &tag)], &second).await;
    assert_eq!(status, 200);
    assert_eq!(door.get(&path).await.1["text"], second["text"]);
    let (_, listed) = door.get("/api/v1/drafts").await;
    assert_eq!(listed["items"].as_array().unwrap().len(), 1);
    let stranger = door.client.get(format!("{}{path}", door.base)).bearer_auth(token(&[Permission::Edit]));
    assert_eq!(stranger.send().await.unwrap().status(), 404, "a draft is its author's");

    let dropped = |tag: String| door.request(Method::DELETE, &path).header("if-match", tag).send();
    assert_eq!(dropped(tag).await.unwrap().status(), 412);
    assert_eq!(dropped(newer.unwrap()).await.unwrap().status(), 204);
    assert_eq!(door.get(&path).await.0, 404);
}

#[tokio::test]
async fn drafts_are_checked_published_and_rolled_back() {
    let door = door().await;
    let (status, first) = publish_all(&door).await;
    assert_eq!((status, first["release"]["number"].as_u64()), (201, Some(1)), "{first}");
    assert!(first["release"]["tests_passed"].as_u64().unwrap() > 10 && first["release"]["tests_failed"] == 0, "{first}");
    let path = format!("{MAPPING}/draft");
    let live = etag(&door, &format!("{MAPPING}/text")).await;
    let good = format!("{}# why\n", text(&door).await);
    let broken = literal!({"text": text(&door).await.replace("fields:", "feilds:")});
    let (_, checked) = door.post("/api/v1/validate", &broken.to_string()).await;
    let found = checked["findings"].as_array().unwrap().iter().find(|found| found["code"] == "unknown_key").unwrap();
    assert_eq!((found["file"].as_str(), found["hint"].as_str()), (Some("mappings/po_ref.yaml"), Some("did you mean `fields`?")));
    assert!(found["place"]["line"].as_u64().unwrap() > 1 && found["place"]["length"] == 6, "{found}");

    let (_, _, tag) = put(&door, &path, &[("if-match", &live)], &broken).await;
    let (status, problem) = door.post("/api/v1/releases", r#"{"message": "x", "drafts": []}"#).await;
    assert_eq!((status, problem["code"].as_str()), (422, Some("definitions_unsound")));
    assert!(!problem["findings"].as_array().unwrap().is_empty());
    put(&door, &path, &[("if-match", &tag.unwrap())], &literal!({"text": good})).await;

    let (status, no_message) = door.post("/api/v1/releases", r#"{"message": " ", "drafts": []}"#).await;
    assert_eq!((status, no_message["pointers"][0]["pointer"].as_str()), (422, Some("/message")));
    let one = literal!({"message": "say why", "base": 1, "drafts": [{"kind": "mapping", "id": "po_ref"}]}).to_string();
    let (status, dry) = door.post("/api/v1/releases", &one.replace("\"base\"", "\"dry_run\":true,\"base\"")).await;
    assert_eq!((status, dry["published"].as_bool()), (200, Some(false)));
    let keyed =
        || door.request(Method::POST, "/api/v1/releases").header("content-type", "application/json").header("idempotency-key", "k1");
    let (status, second) = json(keyed().body(one.clone()).send().await.unwrap()).await;
    assert_eq!((status, second["release"]["number"].as_u64()), (201, Some(2)), "{second}");
    let changed = &second["diff"]["definitions"][0];
    assert_eq!(
        (changed["id"].as_str(), changed["hunks"][0]["lines"].as_array().unwrap().last().unwrap()["text"].as_str()),
        (Some("po_ref"), Some("# why"))
    );
    let (status, again) = json(keyed().body(one.clone()).send().await.unwrap()).await;
    assert_eq!((status, &again), (201, &second), "the same key gets the same answer");
    assert_eq!(door.get("/api/v1/drafts").await.1["items"], literal!([]), "what is published is no draft any more");
    assert_eq!(text(&door).await, good, "and in force at once");
    let (status, moved) = door.post("/api/v1/releases", r#"{"message": "x", "base": 1, "files": {"samples/x.json": "{}"}}"#).await;
    assert_eq!((status, moved["code"].as_str()), (409, Some("release_moved")));

    let (_, diff) = door.get("/api/v1/releases/diff?from=1&to=2").await;
    assert_eq!(diff["definitions"].as_array().unwrap().len(), 1);
    let (_, versions) = door.get(&format!("{MAPPING}/versions")).await;
    assert_eq!(versions["items"].as_array().unwrap().iter().filter(|one| one["live"] == true).count(), 1);
    let (status, third) = door.post("/api/v1/releases/1/rollback", r#"{"message": "too early"}"#).await;
    assert_eq!((status, third["release"]["number"].as_u64(), third["release"]["restores"].as_u64()), (201, Some(3), Some(1)));
    let (_, list) = door.get("/api/v1/releases?limit=2").await;
    assert_eq!(list["items"].as_array().unwrap().iter().map(|one| one["number"].as_u64().unwrap()).collect::<Vec<_>>(), [3, 2]);
    let (_, rest) = door.get(&format!("/api/v1/releases?cursor={}", list["next_cursor"].as_str().unwrap())).await;
    assert_eq!((rest["items"].as_array().unwrap().len(), rest.get("next_cursor")), (1, None));
}

#[tokio::test]
async fn a_draft_on_a_text_that_is_not_live_any_more_is_not_published() {
    let door = door().await;
    publish_all(&door).await;
    let live = etag(&door, &format!("{MAPPING}/text")).await;
    let before = text(&door).await;
    put(&door, &format!("{MAPPING}/draft"), &[("if-match", &live)], &literal!({"text": format!("{before}# mine\n")})).await;
    let theirs = literal!({"message": "theirs", "files": {"mappings/po_ref.yaml": format!("{before}# theirs\n")}});
    assert_eq!(door.post("/api/v1/releases", &theirs.to_string()).await.0, 201);
    let (status, problem) = door.post("/api/v1/releases", r#"{"message": "mine", "drafts": []}"#).await;
    assert_eq!((status, problem["code"].as_str()), (409, Some("draft_outdated")), "{problem}");
    assert_eq!(door.get(&format!("{MAPPING}/draft")).await.1["outdated"], true);
}

#[tokio::test]
async fn paths_that_lead_elsewhere_are_refused() {
    let door = door().await;
    for path in
        ["../x.yaml", "flows/../../x.yaml", "/etc/passwd", "flows//x.yaml", "flows/.x.yaml", "src/x.yaml", "x.yaml", "flows\\x.yaml"]
    {
        let body = literal!({"message": "x", "files": {path: "{}"}}).to_string();
        let (status, problem) = door.post("/api/v1/releases", &body).await;
        assert_eq!((status, problem["code"].as_str()), (422, Some("invalid_body")), "{path}");
    }
}

#[tokio::test]
async fn a_mapping_is_previewed_with_the_rule_of_every_value() {
    let door = door().await;
    let sample: Value = serde_json::from_str(include_str!("../../samples/po-1.json")).unwrap();
    let body = literal!({"mapping": "po_ref", "sample": {"doc": sample}});
    let (status, preview) = door.post("/api/v1/mappings/preview", &body.to_string()).await;
    assert_eq!(status, 200, "{preview}");
    let rule = &preview["rules"][0];
    assert_eq!(
        (rule["rule"]["file"].as_str(), rule["inputs"][0].as_str()),
        (Some("mappings/po_ref.yaml"), Some("doc.source.id")),
        "{preview}"
    );
    assert_eq!(preview["output"][rule["path"].as_str().unwrap()], rule["value"]);
    let (status, problem) = door.post("/api/v1/mappings/preview", r#"{"mapping": "po_ref", "sample": {"dok": {}}}"#).await;
    assert_eq!((status, problem["pointers"][0]["pointer"].as_str()), (422, Some("/sample")));
    let document = literal!({"mapping": "po_ref", "document": uuid::Uuid::nil()}).to_string();
    let request = door.client.post(format!("{}/api/v1/mappings/preview", door.base)).bearer_auth(token(&[Permission::Edit]));
    let request = request.header("content-type", "application/json").body(document);
    assert_eq!(request.send().await.unwrap().status(), 403, "stored documents are payloads");
}

#[tokio::test]
async fn a_flow_is_simulated_from_draft_text_to_the_first_open_question() {
    let door = door().await;
    let sample: Value = serde_json::from_str(include_str!("../../samples/po-1.json")).unwrap();
    let budget = literal!({"ok": true, "available": "90000.00"});
    let body = literal!({"flow": "purchase_order_approval", "sample": sample, "answers": {"calls": {"erp.check_budget": budget, "oa.create_approval": {"external_id": "A1"}}}});
    let (status, played) = door.post("/api/v1/flows/simulate", &body.to_string()).await;
    assert_eq!((status, &played["path"]), (200, &literal!(["budget", "size.ask", "oa"])), "{played}");
    assert_eq!((played["status"].as_str(), played["waits"][0]["event"].as_str()), (Some("in_approval"), Some("oa.approval_changed")));
    let mut expiring = body.clone();
    expiring["advance"] = literal!(["10wd"]);
    let (_, played) = door.post("/api/v1/flows/simulate", &expiring.to_string()).await;
    assert_eq!(played["waits"][0]["call"], "oa.withdraw_approval", "what was given up is taken back: {played}");
    let script = literal!({"flow": "purchase_order_approval", "script": include_str!("../../flows/tests/rejected.yaml")});
    let (_, played) = door.post("/api/v1/flows/simulate", &script.to_string()).await;
    assert_eq!((played["outcome"].as_str(), &played["failures"]), (Some("rejected"), &literal!([])));
    assert!(door.commands.taken.lock().unwrap().is_empty(), "nothing was told to the engine");
}

#[tokio::test]
async fn a_write_is_tried_only_on_request_and_with_permission() {
    let door = door().await;
    let write = literal!({"connection": "erp_hq", "operation": "release_order", "input": {"id": "1"}});
    let ask = |body: Value, permissions: &[Permission]| {
        let request = door.client.post(format!("{}/api/v1/connectors/try", door.base)).bearer_auth(token(permissions));
        request.header("content-type", "application/json").body(body.to_string()).send()
    };
    let author = [Permission::Payloads, Permission::Edit];
    let (status, shown) = json(ask(write.clone(), &author).await.unwrap()).await;
    assert_eq!((status, shown["sent"].as_bool(), shown["effect"].as_str()), (200, Some(false), Some("write")), "{shown}");
    let mut sent = write.clone();
    sent["send"] = true.into();
    assert_eq!(ask(sent, &author).await.unwrap().status(), 403);
    assert_eq!(ask(literal!({"connection": "elsewhere", "operation": "x"}), &author).await.unwrap().status(), 404);
}

#[tokio::test]
async fn another_tenant_has_no_project_and_changes_nothing_of_this_one() {
    let door = door().await;
    publish_all(&door).await;
    let before = text(&door).await;
    let foreign = |method: Method, path: &str, body: Value| {
        let request = door.client.request(method, format!("{}{path}", door.base)).bearer_auth(FOREIGN);
        request.header("content-type", "application/json").header("if-none-match", "*").body(body.to_string()).send()
    };
    let sample: Value = serde_json::from_str(include_str!("../../samples/po-1.json")).unwrap();
    let theirs = literal!({"mappings/po_ref.yaml": format!("{before}# theirs\n")});
    for (path, body) in [
        ("/api/v1/releases", literal!({"message": "x", "files": theirs})),
        ("/api/v1/releases", literal!({"message": "x", "files": theirs, "whole": true, "base": 0})),
        ("/api/v1/releases", literal!({"message": "x", "drafts": []})),
        ("/api/v1/releases/1/rollback", literal!({"message": "x"})),
        ("/api/v1/validate", literal!({"text": before})),
        ("/api/v1/mappings/preview", literal!({"mapping": "po_ref", "sample": {"doc": sample}})),
        ("/api/v1/flows/simulate", literal!({"flow": "purchase_order_approval", "sample": sample})),
        ("/api/v1/connectors/try", literal!({"connection": "erp_hq", "operation": "get_order", "input": {"id": "1"}})),
        ("/api/v1/instances/migrations", literal!({"flow": "purchase_order_approval", "dry_run": true})),
    ] {
        let (status, answer) = json(foreign(Method::POST, path, body).await.unwrap()).await;
        assert_eq!((status, answer["code"].as_str()), (404, Some("not_found")), "{path}: {answer}");
    }
    let saved = foreign(Method::PUT, "/api/v1/definitions/mapping/theirs/draft", literal!({"text": "format: 1\nmapping: theirs\n"}));
    assert_eq!(saved.await.unwrap().status(), 404);
    assert_eq!(text(&door).await, before, "what is in force stays");
    assert_eq!(door.get("/api/v1/releases").await.1["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn another_tenant_starts_nothing() {
    let door = door().await;
    let starter = starter(&door);
    let asker =
        |tenant| Asker { tenant, name: "somebody".to_owned(), acts_as: "token:somebody".to_owned(), key: None, language: "en".to_owned() };
    for (tenant, known) in [(TenantId::DEFAULT, true), (TenantId(2), false)] {
        let form = "purchase_request".to_owned();
        let submission = Submission { asker: asker(tenant), form, values: literal!({}), submitter: None };
        let submitted = starter.submit(submission).await;
        assert_eq!(!matches!(submitted, Err(StartError::NotFound(_))), known, "{submitted:?}");
        let request =
            StartRequest { asker: asker(tenant), flow: "purchase_request_approval".to_owned(), subject: Subject::Given(literal!({})) };
        let started = starter.start(request).await;
        assert_eq!(!matches!(started, Err(StartError::NotFound(_))), known, "{started:?}");
    }
}

/// Publishes the shipped project as the first release.
pub async fn publish_all(door: &Door) -> (u16, Value) {
    let files: serde_json::Map<String, Value> = waybill::domain::publishing::content(&shipped())
        .files
        .iter()
        .map(|file| (file.path.to_string(), file.text.to_string().into()))
        .collect();
    door.post("/api/v1/releases", &literal!({"message": "all of it", "files": files, "whole": true}).to_string()).await
}

/// This hub has no master key, so that nothing can be sealed in its database.
#[tokio::test]
async fn a_sealed_type_is_not_published_where_nothing_can_be_sealed() {
    let door = door().await;
    assert_eq!(publish_all(&door).await.0, 201);
    let path = "documents/purchase_order.yaml";
    let marked = literal!({path: format!("{}sealed: true\n", shipped().files.get(path).unwrap())});
    let (status, checked) = door.post("/api/v1/validate", &literal!({"files": marked}).to_string()).await;
    assert_eq!((status, checked["errors"].as_u64()), (200, Some(1)), "{checked}");
    let release = literal!({"message": "seal", "base": 1, "files": marked}).to_string();
    let (status, problem) = door.post("/api/v1/releases", &release).await;
    assert_eq!((status, problem["code"].as_str()), (422, Some("definitions_unsound")), "{problem}");
    for found in [&checked["findings"][0], &problem["findings"][0]] {
        assert_eq!(
            (found["code"].as_str(), found["file"].as_str(), found["path"].as_str()),
            (Some("unsealable"), Some(path), Some("sealed"))
        );
        assert!(found["hint"].as_str().unwrap().contains("store.master_keys"), "{found}");
    }
}
