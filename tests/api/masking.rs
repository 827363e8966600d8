//! Fields that a type calls sensitive: their values are in no answer of the API, whoever asks, but in that to a reason.

use std::sync::Arc;

use serde_json::{Value, json};
use uuid::Uuid;
use waybill::domain::catalog::{Catalog, has_errors};
use waybill::domain::ids::{DriftId, TenantId};
use waybill::domain::permission::Permission;
use waybill::store::{
    AmendmentRow, AttemptRow, ConnectionRoom, DecisionRow, DocumentRow, DriftRow, HistoryRow, LaneHold, Lease, Progress, RevisionRow,
    Writes,
};

use crate::contract::{MESSAGE, example, filled, operations, query, send, world_behind};
use crate::postgres::FreshDatabase;
use crate::rows::{document, effect, instance, order};
use crate::support::{Door, Setup, at, door_with, token};

/// What must be in no answer: the supplier's name, and the total of the order.
const CANARY: &str = "Canary 6222-0001";
const AMOUNT: &str = "913155.10";

/// The shipped project, whose orders keep the supplier's name and the total back.
fn keeping_back() -> Arc<Catalog> {
    let (mut files, _) = waybill::app::load::load(std::path::Path::new(env!("CARGO_MANIFEST_DIR"))).unwrap();
    let text = files.get("documents/purchase_order.yaml").unwrap().to_string();
    files.insert("documents/purchase_order.yaml", format!("{text}\nsensitive: [supplier.name, total_gross]\n"));
    let (catalog, findings) = Catalog::compile(files);
    assert!(!has_errors(&findings), "{findings:?}");
    Arc::new(catalog)
}

fn body() -> Value {
    json!({"number": "PO-9", "currency": "CNY", "supplier": {"code": "S-1", "name": CANARY}, "total_gross": AMOUNT})
}

/// A second revision of the order, and the values in everything that hangs on it.
async fn told_everywhere(door: &Door) {
    let tenant = TenantId::DEFAULT;
    let (id, text) = (document("PO-9"), |value: Value| value.to_string());
    let changes = |name: &str| json!([{"path": "/supplier/name", name: CANARY}, {"path": "/total_gross", "before": AMOUNT}]).to_string();
    let row = door.store.desk().documents_by_id(tenant, &[id.0]).await.unwrap().remove(0);
    let drift = |number: u128, kind: &str, field: Option<&str>, value: &str| DriftRow {
        id: DriftId(Uuid::from_u128(number)),
        tenant,
        kind: kind.into(),
        document: Some(id),
        connection: "oa_main".into(),
        external_id: Some("A1".into()),
        field: field.map(str::to_owned),
        ours: Some(value.to_owned()),
        theirs: Some(value.to_owned()),
        first_seen_at: at(3),
        last_seen_at: at(4),
        run: None,
        state: "open".into(),
        repair: None,
        resolution: None,
        reason: None,
        resolved_by: None,
        resolved_at: None,
    };
    let writes = Writes {
        documents_changed: vec![DocumentRow {
            revision: 2,
            display: json!({"number": "PO-9", "supplier": CANARY, "total_gross": AMOUNT}).to_string(),
            ..row
        }],
        revisions: vec![RevisionRow {
            tenant,
            document: id,
            number: 2,
            hash: "h2".into(),
            body: text(body()),
            payload: text(json!({"Vendor": {"FullName": CANARY}, "amount": [AMOUNT]})),
            created_at: at(5),
        }],
        amendments: vec![AmendmentRow {
            tenant,
            document: id,
            number: 2,
            at: at(5),
            actor: "ana".into(),
            reason: "a wrong name".into(),
            changes: changes("after"),
        }],
        history: vec![HistoryRow {
            tenant,
            instance: instance("PO-9"),
            lock: 2,
            at: at(5),
            entries: json!([{"kind": "failed", "step": "oa", "visit": 1, "detail": {"message": format!("`{CANARY}` is not known"), "a": AMOUNT}}])
                .to_string(),
        }],
        decisions: vec![DecisionRow {
            id: Uuid::from_u128(501),
            tenant,
            instance: instance("PO-9"),
            number: 1,
            at: at(5),
            step: Some("ask".into()),
            visit: Some(1),
            task: Some(0),
            round: 1,
            person: "e1001".into(),
            on_behalf_of: None,
            verb: "approve".into(),
            why: None,
            comment: None,
            attachments: "[]".into(),
            changes: json!([{"field": "supplier.name", "before": CANARY, "after": CANARY}]).to_string(),
            named: "[]".into(),
            token: None,
        }],
        drifts: vec![drift(601, "field_differs", Some("supplier.name"), CANARY), drift(602, "amount_differs", None, AMOUNT)],
        ..Writes::default()
    };
    door.write(writes).await;
    let lease = Lease { owner: "test".into(), until: at(200) };
    let room = ConnectionRoom { tenant, connection: "oa_main".into(), free: 9 };
    let claimed = door.store.claim_lanes(&lease, at(100), &[room]).await.unwrap();
    let claimed = claimed.into_iter().find(|claimed| claimed.effect.id == effect("PO-9")).expect("the effect waits");
    let hold =
        LaneHold { tenant, lane: claimed.effect.lane.clone(), token: claimed.token, effect: claimed.effect.id, sealed: claimed.sealed };
    let attempt = AttemptRow {
        tenant,
        instance: instance("PO-9"),
        effect: effect("PO-9"),
        number: 1,
        part: 0,
        purpose: "call".into(),
        connection: "oa_main".into(),
        operation: "create_approval".into(),
        started_at: at(100),
        duration_millis: 12,
        status: Some(400),
        class: "refused".into(),
        message: Some(format!("no supplier is called {CANARY}, and {AMOUNT} is too much")),
        request: json!({"method": "POST", "url": format!("https://oa.example/approvals?name={CANARY}"), "headers": {"x-name": CANARY},
            "body": {"form": {"name": CANARY, "amount": AMOUNT}}})
        .to_string(),
        response: json!({"status": 400, "headers": {}, "body": {"echo": CANARY}}).to_string(),
    };
    let progress = Progress { hold, state: "failed".into(), delivery: "{}".into(), due_at: at(100), attempts: vec![attempt] };
    door.store.record_progress(&[progress]).await.unwrap();
}

/// Both stores, each with a world whose order keeps something back.
async fn worlds(name: &str) -> (Vec<(Door, crate::contract::Seeds)>, FreshDatabase) {
    let postgres = FreshDatabase::create(name).await;
    let mut worlds = Vec::new();
    for store_url in [None, Some(postgres.url.clone())] {
        let door = door_with(Setup { catalog: Some(keeping_back()), store_url, ..Setup::default() }).await;
        let (door, seeds) = world_behind(door).await;
        told_everywhere(&door).await;
        worlds.push((door, seeds));
    }
    (worlds, postgres)
}

fn told(text: &str) -> bool {
    text.contains(CANARY) || text.contains("6222-0001") || text.contains(AMOUNT) || text.contains("913155.1")
}

#[tokio::test]
async fn no_answer_of_the_api_tells_what_is_kept_back() {
    let (worlds, postgres) = worlds("masking_answers").await;
    let all = token(&Permission::ALL);
    for (door, seeds) in &worlds {
        let mut walked = 0;
        for operation in operations().iter().filter(|operation| !operation.path.ends_with("/reveal")) {
            let body = example(operation, seeds).map(|body| body.to_string());
            for number in ["1", "2"] {
                let path = filled(&operation.path.replace("{number}", number), seeds);
                let (_, text) = send(door, &operation.method, &format!("{path}{}", query(operation)), &all, body.as_deref()).await;
                assert!(!told(&text), "{} tells it: {text}", operation.name);
                walked += 1;
            }
        }
        assert!(walked > 180, "{walked} answers");
        let more = [
            format!("/api/v1/documents/{}/revisions/2/diff?with=1", document("PO-9")),
            "/api/v1/drift?state=open".to_owned(),
            "/api/v1/documents.csv?q=PO-9".to_owned(),
        ];
        for path in more {
            let answer = door.request(reqwest::Method::GET, &path).send().await.unwrap();
            let text = answer.text().await.unwrap();
            assert!(!told(&text) && text.contains("[masked]"), "{path}: {text}");
        }
        // A guess that is answered is an answer.
        for guess in ["body=6222-0001", "amount_from=913155&amount_to=913156"] {
            let (status, found) = door.get(&format!("/api/v1/documents?{guess}")).await;
            assert_eq!((status, &found["items"]), (200, &json!([])), "{guess}");
        }
        let frozen = door.post("/api/v1/selections", "{\"resource\": \"documents\", \"filter\": {\"body\": \"6222-0001\"}}").await;
        assert_eq!(frozen.1["count"], json!(0));
    }
    drop(worlds);
    postgres.drop().await;
}

#[tokio::test]
async fn what_is_masked_says_so_and_the_rest_is_there() {
    let (worlds, postgres) = worlds("masking_rest").await;
    for (door, _) in &worlds {
        let (_, shown) = door.get(&format!("/api/v1/documents/{}/revisions/2", document("PO-9"))).await;
        assert_eq!(shown["masked"], json!(["supplier.name", "total_gross"]));
        let masked =
            json!({"number": "PO-9", "currency": "CNY", "supplier": {"code": "S-1", "name": "[masked]"}, "total_gross": "[masked]"});
        assert_eq!(shown["body"], masked);
        assert_eq!(shown["payload"], json!({"Vendor": {"FullName": "[masked]"}, "amount": ["[masked]"]}));
        let (_, attempts) = door.get(&format!("/api/v1/instances/{}/attempts", instance("PO-9"))).await;
        let attempt = &attempts["items"][0];
        assert_eq!(attempt["request"]["method"], "POST");
        assert_eq!((&attempt["request"]["body"]["form"]["name"], &attempt["class"]), (&json!("[masked]"), &json!("refused")));
        assert_eq!(attempt["message"], json!("no supplier is called [masked], and [masked] is too much"));
        let (_, found) = door.get("/api/v1/documents?q=PO-9").await;
        assert_eq!(found["items"][0]["display"], json!({"number": "PO-9", "supplier": "[masked]", "total_gross": "[masked]"}));
    }
    drop(worlds);
    postgres.drop().await;
}

#[tokio::test]
async fn who_sees_payloads_and_says_why_sees_it_and_leaves_a_line() {
    let (worlds, postgres) = worlds("masking_reveal").await;
    for (door, _) in &worlds {
        let paths = [
            format!("/api/v1/documents/{}/reveal", document("PO-9")),
            format!("/api/v1/instances/{}/reveal", instance("PO-9")),
            format!("/api/v1/messages/{MESSAGE}/reveal"),
        ];
        for path in &paths {
            for (body, code) in [("{}", "invalid_body"), ("{\"reason\": \"  \"}", "invalid_body"), ("{\"reason\": 5}", "invalid_body")] {
                let (status, problem) = door.post(path, body).await;
                assert_eq!((status, problem["code"].as_str()), (422, Some(code)), "{path} with {body}");
                assert!(!told(&problem.to_string()));
            }
            let may_not: Vec<Permission> = Permission::ALL.into_iter().filter(|one| *one != Permission::Payloads).collect();
            let (status, text) = send(door, &reqwest::Method::POST, path, &token(&may_not), Some("{\"reason\": \"why not\"}")).await;
            assert!(status == 403 && !told(&text), "{text}");
        }
        let (_, none) = door.get("/api/v1/audit?action=reveal").await;
        assert_eq!(none["items"], json!([]), "what was refused revealed nothing");
        let mut answers = Vec::new();
        for path in &paths {
            let (status, answer) = door.post(path, "{\"reason\": \"ticket 4417\"}").await;
            assert_eq!(status, 200, "{answer}");
            answers.push(answer);
        }
        assert_eq!(answers[0]["body"], body());
        assert_eq!(answers[0]["payload"]["Vendor"]["FullName"], CANARY);
        assert_eq!(answers[1]["attempts"][0]["request"]["body"]["form"]["name"], CANARY);
        assert_eq!(answers[1]["effects"][0]["input"]["title"], "canary of a payload");
        assert_eq!(answers[2]["payload"], json!({"ref": {"id": "A1"}}));
        let (_, first) = door.post(&paths[0], "{\"reason\": \"as it came\", \"revision\": 1}").await;
        assert_eq!(first["number"], json!(1));
        let (_, lines) = door.get("/api/v1/audit?action=reveal").await;
        let said: Vec<_> = lines["items"].as_array().unwrap().iter().map(|line| line["detail"]["reason"].as_str().unwrap()).collect();
        assert_eq!(said, ["as it came", "ticket 4417", "ticket 4417", "ticket 4417"]);
        assert_eq!(lines["items"][0]["object"], json!(format!("/api/v1/documents/{}/revisions/1", document("PO-9"))));
        assert!(!told(&lines.to_string()), "the audit holds no values");
    }
    drop(worlds);
    postgres.drop().await;
}

#[tokio::test]
async fn nothing_is_revealed_when_the_line_cannot_be_written() {
    let door = door_with(Setup { catalog: Some(keeping_back()), ..Setup::default() }).await;
    let (door, _) = world_behind(door).await;
    told_everywhere(&door).await;
    door.try_sql("ALTER TABLE audit_entry RENAME TO audit_elsewhere").await.unwrap();
    let (status, problem) = door.post(&format!("/api/v1/documents/{}/reveal", document("PO-9")), "{\"reason\": \"why\"}").await;
    assert_eq!((status, problem["code"].as_str()), (503, Some("unavailable")));
    assert!(!told(&problem.to_string()));
}

#[tokio::test]
async fn stored_documents_that_keep_something_back_are_not_tried_on() {
    let door = door_with(Setup { catalog: Some(keeping_back()), ..Setup::default() }).await;
    let (door, _) = world_behind(door).await;
    told_everywhere(&door).await;
    let preview = json!({"mapping": "po_ref", "document": document("PO-9")}).to_string();
    let simulate = json!({"flow": "purchase_order_approval", "document": document("PO-9")}).to_string();
    for (path, body) in [("/api/v1/mappings/preview", preview), ("/api/v1/flows/simulate", simulate)] {
        let (status, problem) = door.post(path, &body).await;
        assert_eq!((status, problem["code"].as_str()), (403, Some("masked")), "{problem}");
    }
    let (status, compared) = door.post("/api/v1/mappings/compare", "{\"mapping\": \"po_ref\"}").await;
    assert_eq!((status, &compared["items"][0]["outcome"]), (200, &json!("untold")));
}

#[tokio::test]
async fn what_is_doubtful_is_told_with_the_revision_but_not_of_what_is_kept_back() {
    let mut content: Value = serde_json::from_str(include_str!("../../samples/po-1.json")).unwrap();
    content["total_gross"] = json!("11400.00");
    content["lines"][0]["quantity"] = json!("-1");
    let quantity = json!({"code": "quantity_not_positive", "field": "lines[0].quantity"});
    let total = json!({"code": "totals_do_not_add_up", "field": "total_gross"});
    for (catalog, wanted) in [(None, json!([total, quantity])), (Some(keeping_back()), json!([quantity]))] {
        let door = door_with(Setup { catalog, ..Setup::default() }).await;
        let mut doubtful = order("PO-7", 0);
        doubtful.revisions[0].body = content.to_string();
        door.write(doubtful).await;
        let (status, shown) = door.get(&format!("/api/v1/documents/{}/revisions/1", document("PO-7"))).await;
        assert_eq!((status, &shown["doubts"]), (200, &wanted), "{shown}");
    }
}
