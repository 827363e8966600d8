//! Every operation of the description, walked with its own examples: what is valid is accepted and answered by its schema;
//! what is malformed, unknown or another tenant's is refused.

use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;
use waybill::domain::ids::{DriftId, ReconciliationId, TaskId, TenantId};
use waybill::domain::permission::Permission;
use waybill::store::desk::{OrganisationRow, ReceiptRow};
use waybill::store::identity::{AuditRow, ProposalRow};
use waybill::store::{Deferral, DelegationRow, DriftRow, Lease, NewMessage, ReconciliationRow, StreamCursor, StreamKey, TaskRow, Writes};

use crate::described::{description, fits, judge};
use crate::publishing::publish_all;
use crate::rows::{document, exception, instance, stopped_order};
use crate::support::{DRIFT, Door, FOREIGN, RECONCILIATION, at, door, token};

/// Operations that are no JSON exchange of this API: probes, what partners call, streams without end.
const ELSEWHERE: [&str; 6] = ["/health", "/ready", "/metrics", "/openapi.json", "/hooks/{hook}", "/api/v1/events/stream"];

pub struct Operation {
    pub name: String,
    pub id: String,
    pub method: Method,
    pub path: String,
    body: Option<Value>,
    answers: Value,
}

pub fn operations() -> Vec<Operation> {
    let description = description();
    let mut found = Vec::new();
    for (path, item) in description["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            if ELSEWHERE.contains(&path.as_str()) {
                continue;
            }
            let media = operation.pointer("/requestBody/content/application~1json");
            found.push(Operation {
                name: format!("{} {path}", method.to_uppercase()),
                id: operation["operationId"].as_str().unwrap_or_else(|| panic!("{path} has no operation id")).to_owned(),
                method: Method::from_bytes(method.to_uppercase().as_bytes()).unwrap(),
                path: path.clone(),
                body: media.map(|media| media.get("example").unwrap_or_else(|| panic!("{method} {path} has no example")).clone()),
                answers: operation["responses"].clone(),
            });
        }
    }
    found
}

/// What an operation's path names in the world below.
pub struct Seeds {
    selection: Uuid,
    batch: Uuid,
    view: Uuid,
    feedback: Uuid,
    user: Uuid,
    token: Uuid,
    task: Uuid,
    delegation: Uuid,
}

pub const MESSAGE: Uuid = Uuid::from_u128(4_242);

async fn world() -> (Door, Seeds) {
    world_behind(door().await).await
}

/// One of each thing behind a door.
pub async fn world_behind(door: Door) -> (Door, Seeds) {
    door.write(stopped_order("PO-9", 0)).await;
    let lease = Lease { owner: "test".into(), until: at(1) };
    let message = NewMessage {
        id: waybill::domain::ids::InboxId(MESSAGE),
        tenant: TenantId::DEFAULT,
        connection: "oa_main".into(),
        event: "approval_changed".into(),
        message_id: "m1".into(),
        source: "webhook/oa_main/approvals".into(),
        payload: "{\"ref\":{\"id\":\"A1\"}}".into(),
        received_at: at(0),
    };
    door.store.receive(std::slice::from_ref(&message), &lease).await.unwrap();
    let kept = Deferral {
        id: message.id,
        tenant: message.tenant,
        due_at: at(9),
        state: "parked".into(),
        external_id: Some("A1".into()),
        heard: None,
        problem: Some("nothing here is linked to it".into()),
    };
    door.store.defer_messages(&[kept]).await.unwrap();
    let key = StreamKey { tenant: message.tenant, connection: "oa_main".into(), stream: "orders".into() };
    let claimed = door.store.claim_streams(&lease, at(0), &[key], 9).await.unwrap().remove(0);
    let cursor = StreamCursor { cursor: Some("5".into()), last_success_at: Some(at(1)), ..claimed };
    door.store.save_cursor(&cursor, at(10)).await.unwrap();
    let receipt = ReceiptRow {
        id: Uuid::from_u128(9),
        tenant: message.tenant,
        at: at(1),
        connection: "oa_main".into(),
        webhook: "approvals".into(),
        bytes: 12,
        status: 202,
        signature: "valid".into(),
        message: None,
    };
    door.store.desk().add_receipts(&[receipt], 200).await.unwrap();
    let organisation = OrganisationRow {
        tenant: message.tenant,
        source: "oa_main".into(),
        tried_at: at(1),
        read_at: Some(at(1)),
        due_at: at(9),
        hash: String::new(),
        content: String::new(),
        held: Some("{\"people\":{},\"departments\":{}}".into()),
        problem: None,
        readings: "[]".into(),
    };
    assert!(door.store.desk().keep_organisation(&organisation, None).await.unwrap());
    door.store.plan_reconciliations(&[reconciliation()]).await.unwrap();
    door.write(Writes { drifts: vec![drift()], ..Writes::default() }).await;
    let made = |path: &'static str, body: Value| {
        let request = door.request(Method::POST, path).header("content-type", "application/json").body(body.to_string());
        async move { crate::support::json(request.send().await.unwrap()).await.1 }
    };
    let selection = made("/api/v1/selections", json!({"resource": "exceptions", "filter": {"state": "open"}})).await;
    let selection: Uuid = selection["selection"].as_str().unwrap().parse().unwrap();
    let batch = made("/api/v1/batches", json!({"selection": selection, "action": "retry"})).await;
    let view = made("/api/v1/views", json!({"page": "documents", "name": "mine", "query": {}})).await;
    let feedback = made("/api/v1/feedback", json!({"page": "/docs", "text": "too many columns"})).await;
    let user = made("/api/v1/users", json!({"name": "ana", "roles": [{"role": "viewer"}]})).await;
    let made_token = made("/api/v1/tokens", json!({"name": "robot", "permissions": ["read"]})).await;
    let secret =
        door.request(Method::PUT, "/api/v1/secrets/oa_main").header("content-type", "application/json").header("if-none-match", "*");
    assert_eq!(secret.body("{\"value\": \"a value\"}").send().await.unwrap().status(), 200);
    assert!(door.store.identity().add_proposal(&proposal(), at(0), &entry()).await.unwrap());
    let (task, delegation) = (task(), delegation());
    door.write(Writes { tasks: vec![task.clone()], ..Writes::default() }).await;
    door.store.desk().delegate(&delegation, &[]).await.unwrap();
    let id = |value: &Value| value["id"].as_str().unwrap_or_else(|| panic!("{value}")).parse().unwrap();
    let seeds = Seeds {
        selection,
        batch: id(&batch),
        view: id(&view),
        feedback: id(&feedback),
        user: id(&user["user"]),
        token: id(&made_token["known"]),
        task: task.id.0,
        delegation: delegation.id,
    };
    (door, seeds)
}

fn task() -> TaskRow {
    TaskRow {
        id: TaskId(Uuid::from_u128(77)),
        tenant: TenantId::DEFAULT,
        instance: instance("PO-9"),
        document: document("PO-9"),
        flow: "purchase_order_approval".into(),
        step: "ask".into(),
        visit: 1,
        number: 0,
        round: 1,
        person: "e1001".into(),
        kind: "approve".into(),
        state: "pending".into(),
        since: at(1),
        due: Some(at(9)),
        ended: None,
        actor: None,
        claimed: false,
        outside: None,
    }
}

/// Somebody else's, which waits.
fn proposal() -> ProposalRow {
    ProposalRow {
        id: MESSAGE,
        tenant: TenantId::DEFAULT,
        kind: "secrets".into(),
        action: "PUT /api/v1/secrets/{name}".into(),
        object: "/api/v1/secrets/erp".into(),
        digest: "d".into(),
        shown: "{}".into(),
        proposed_by: "bo".into(),
        proposer: None,
        proposer_person: None,
        state: "open".into(),
        created_at: at(0),
        expires_at: at(1_000_000),
        settled_at: None,
        settled_by: None,
        note: None,
    }
}

fn entry() -> AuditRow {
    AuditRow {
        id: Uuid::from_u128(4_243),
        tenant: TenantId::DEFAULT,
        at: at(0),
        actor: "bo".into(),
        via: "session".into(),
        action: "proposal.make".into(),
        object: None,
        outcome: Some("done".into()),
        detail: "{}".into(),
        address: None,
        request: None,
    }
}

fn delegation() -> DelegationRow {
    DelegationRow {
        id: Uuid::from_u128(78),
        tenant: TenantId::DEFAULT,
        principal: "e1001".into(),
        agent: "e1002".into(),
        from: at(0),
        until: at(1_000_000),
        flows: "[]".into(),
        new_only: false,
        created_by: "e1001".into(),
        created_at: at(0),
        revoked_at: None,
    }
}

fn reconciliation() -> ReconciliationRow {
    ReconciliationRow {
        id: ReconciliationId(RECONCILIATION),
        tenant: TenantId::DEFAULT,
        connection: "oa_main".into(),
        requested_by: "ana".into(),
        reason: Some("after the outage".into()),
        schedule: None,
        since: at(0),
        until: at(9),
        open_only: false,
        state: "planned".into(),
        requested_at: at(9),
        started_at: None,
        ended_at: None,
        failures: 0,
        problem: None,
        progress: "{}".into(),
        statement: "{}".into(),
        token: 0,
    }
}

pub fn drift() -> DriftRow {
    DriftRow {
        id: DriftId(DRIFT),
        tenant: TenantId::DEFAULT,
        kind: "status_differs".into(),
        document: Some(document("PO-9")),
        connection: "oa_main".into(),
        external_id: Some("A1".into()),
        field: None,
        ours: Some("released".into()),
        theirs: Some("waiting".into()),
        first_seen_at: at(3),
        last_seen_at: at(4),
        run: Some(ReconciliationId(RECONCILIATION)),
        state: "open".into(),
        repair: None,
        resolution: None,
        reason: None,
        resolved_by: None,
        resolved_at: None,
    }
}

/// The path with what it names in this world.
pub fn filled(path: &str, seeds: &Seeds) -> String {
    let id = match path.split('/').nth(3).unwrap_or_default() {
        "documents" => document("PO-9").0,
        "instances" => instance("PO-9").0,
        "exceptions" => exception("PO-9").0,
        "selections" => seeds.selection,
        "batches" => seeds.batch,
        "views" => seeds.view,
        "feedback" => seeds.feedback,
        "users" => seeds.user,
        "tokens" => seeds.token,
        "tasks" => seeds.task,
        "delegations" => seeds.delegation,
        "drift" => DRIFT,
        "reconciliations" => RECONCILIATION,
        _ => MESSAGE,
    };
    let path = path.replace("dictionaries/{name}", "dictionaries/people_oa");
    let path = path.replace("{kind}/{id}", "mapping/po_ref").replace("{flow}", "purchase_order_approval");
    let path = path.replace("{form}", "purchase_request").replace("{id}", &id.to_string());
    let path = path.replace("{verb}", if path.contains("/instances/") { "comment" } else { "approve" });
    let path = path.replace("{file}", &MESSAGE.to_string());
    path.replace("{number}", "1").replace("{name}", "oa_main").replace("{stream}", "orders")
}

fn unknown(path: &str) -> String {
    let path = path.replace("{verb}", "approve");
    let one = Uuid::from_u128(1).to_string();
    let path = path.replace("{id}", &one).replace("{file}", &one).replace("{number}", "7");
    let path = path.replace("{kind}", "mapping").replace("{flow}", "nothing").replace("{form}", "nothing");
    path.replace("{name}", "nobody").replace("{stream}", "nothing")
}

/// Examples speak of ids of their own; here they are those of this world. Queries that cannot be left out are added.
pub fn example(operation: &Operation, seeds: &Seeds) -> Option<Value> {
    let mut body = operation.body.clone()?;
    if operation.id == "create_batch" {
        body["selection"] = json!(seeds.selection);
    }
    if operation.id == "publish_release" {
        // What is published is the draft of this world.
        (body["base"], body["drafts"]) = (json!(1), json!([{"kind": "mapping", "id": "po_ref"}]));
    }
    if operation.id == "start_reconciliation" {
        body["connection"] = json!("oa_main");
    }
    Some(body)
}

pub fn query(operation: &Operation) -> &'static str {
    match operation.id.as_str() {
        "show_series" => "?series=calls",
        "diff_releases" => "?from=1&to=1",
        _ => "",
    }
}

/// What must have happened before an operation makes sense.
async fn prepare(door: &Door, operation: &Operation, seeds: &Seeds) {
    if operation.path.starts_with("/api/v1/releases") || operation.path.starts_with("/api/v1/definitions") {
        assert_eq!(publish_all(door).await.0, 201);
    }
    if matches!(operation.id.as_str(), "show_draft" | "drop_draft" | "publish_release") {
        let of = "/api/v1/definitions/mapping/po_ref";
        let live = door.get(&format!("{of}/text")).await.1;
        let body = json!({"text": format!("{}# why\n", live["text"].as_str().unwrap())}).to_string();
        let request = door.request(Method::PUT, &format!("{of}/draft")).header("content-type", "application/json").body(body);
        let saved = request.header("if-match", format!("\"{}\"", live["etag"].as_str().unwrap())).send().await.unwrap();
        assert_eq!(saved.status(), 201, "{:?}", saved.text().await);
    }
    let before: &[&str] = match operation.id.as_str() {
        "resume_batch" => &["pause"],
        _ => &[],
    };
    for verb in before {
        let (status, body) = door.post(&format!("/api/v1/batches/{}/{verb}", seeds.batch), "").await;
        assert_eq!(status, 200, "{body}");
    }
    if operation.id == "retry_failed_of_batch" {
        let lease = Lease { owner: "test".into(), until: at(99) };
        let claimed = door.store.desk().claim_items(&lease, at(60), 9).await.unwrap().unwrap();
        let failed = waybill::store::desk::ItemOutcome {
            tenant: TenantId::DEFAULT,
            batch: seeds.batch,
            position: claimed.items[0].position,
            attempts: 1,
            state: "failed".into(),
            code: None,
            message: None,
            detail: None,
        };
        door.store.desk().record_items(&[failed], "test", at(61)).await.unwrap();
    }
}

/// The tag of a draft, else of the text it is to replace.
async fn tag(door: &Door, draft: &str) -> String {
    for path in [draft.to_owned(), draft.replace("/draft", "/text")] {
        let answer = door.request(Method::GET, &path).send().await.unwrap();
        if let Some(tag) = answer.headers().get("etag") {
            return tag.to_str().unwrap().to_owned();
        }
    }
    "\"of nothing\"".to_owned()
}

pub async fn send(door: &Door, method: &Method, path: &str, who: &str, body: Option<&str>) -> (u16, String) {
    // A draft is saved over what its author saw; everything else takes whatever is there.
    let seen = match path.ends_with("/draft") && *method != Method::GET {
        true => tag(door, path).await,
        false => "*".to_owned(),
    };
    let mut request = door.client.request(method.clone(), format!("{}{path}", door.base)).bearer_auth(who).header("if-match", seen);
    if let Some(body) = body {
        request = request.header("content-type", "application/json").body(body.to_owned());
    }
    let answer = request.send().await.unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap())
}

/// A consent wants a connector that asks for one, a partner and a browser: `tests/consent.rs` has them, without this judgement.
const CONSENT: [&str; 4] = ["consent_state", "ask_consent", "answer_consent", "callback"];
/// These want a person with a browser, a provider, an app or a notice: `tests/api/four_eyes.rs`, `sign_in.rs`, `tokens.rs`,
/// `providers.rs` and `in_app.rs` have them, whose browsers hold every answer against the description; `tests/notices` follows the
/// links of notices, which are pages and no JSON.
const SESSIONS: [&str; 17] = [
    "confirm_proposal",
    "withdraw_proposal",
    "look_at_decision_link",
    "use_decision_link",
    "sign_in_by_app",
    "begin_sign_in",
    "end_sign_in",
    "link_identity",
    "unlink_identity",
    "sign_in",
    "sign_out",
    "look_at_link",
    "follow_link",
    "change_password",
    "end_session",
    "make_own_token",
    "revoke_own_token",
];

/// Bytes and no JSON: `tests/api/files.rs` has them.
const FILES: [&str; 4] = ["upload_task_file", "upload_instance_file", "read_file", "read_instance_file"];

#[tokio::test]
async fn what_is_valid_is_accepted_and_answered_by_its_schema() {
    let schemas = &description()["components"]["schemas"];
    let all = token(&Permission::ALL);
    let mut wrong = Vec::new();
    for operation in
        operations().into_iter().filter(|operation| !CONSENT.iter().chain(&SESSIONS).chain(&FILES).any(|id| *id == operation.id))
    {
        // A world of its own: many operations change it.
        let (door, seeds) = world().await;
        prepare(&door, &operation, &seeds).await;
        let body = example(&operation, &seeds).map(|body| body.to_string());
        let path = format!("{}{}", filled(&operation.path, &seeds), query(&operation));
        let (status, text) = send(&door, &operation.method, &path, &all, body.as_deref()).await;
        let answer = &operation.answers[status.to_string()];
        if !(200..300).contains(&status) || answer.is_null() {
            wrong.push(format!("{}: {status} {text}", operation.name));
            continue;
        }
        let Some(media) = answer.pointer("/content/application~1json") else { continue };
        assert!(media.get("example").is_some(), "{} has no example of its answer", operation.name);
        let value: Value = serde_json::from_str(&text).unwrap();
        let mut faults = Vec::new();
        fits(&media["schema"], &value, schemas, "", &mut faults);
        wrong.extend(faults.iter().map(|fault| format!("{}: {fault}: {text}", operation.name)));
        let mut faults = Vec::new();
        fits(&media["schema"], &media["example"], schemas, "", &mut faults);
        wrong.extend(faults.iter().map(|fault| format!("the example of {}: {fault}", operation.name)));
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// What is made and ended and never changed in between: whoever ends it has seen all there is of it.
const ENDED_ONLY: [&str; 6] = ["end_delegation", "end_session", "revoke_own_token", "revoke_token", "remove_sample", "unlink_identity"];

#[tokio::test]
async fn what_people_edit_is_changed_and_removed_only_as_it_was_seen() {
    let all = token(&Permission::ALL);
    let operations = operations();
    let edits = |operation: &&Operation| [Method::PUT, Method::PATCH].contains(&operation.method);
    let edited: Vec<&str> = operations.iter().filter(edits).map(|operation| operation.path.as_str()).collect();
    let mut wrong = Vec::new();
    let mut judged = 0;
    for operation in operations.iter().filter(|operation| edits(operation) || operation.method == Method::DELETE) {
        if ENDED_ONLY.contains(&operation.id.as_str()) {
            assert!(!edited.contains(&operation.path.as_str()), "{} is of what can be edited", operation.name);
            continue;
        }
        let method = operation.method.as_str().to_lowercase();
        let described = &description()["paths"][&operation.path][&method]["parameters"];
        if !described.as_array().into_iter().flatten().any(|parameter| parameter["name"] == "If-Match") {
            wrong.push(format!("{}: the description has no `If-Match`", operation.name));
        }
        let (door, seeds) = world().await;
        prepare(&door, operation, &seeds).await;
        let path = filled(&operation.path, &seeds);
        let body = example(operation, &seeds);
        for (seen, expected) in [(None, 428), (Some("\"of what was there before\""), 412)] {
            let request = door.client.request(operation.method.clone(), format!("{}{path}", door.base)).bearer_auth(&all);
            let request = seen.into_iter().fold(request, |request, seen| request.header("if-match", seen));
            let request =
                body.iter().fold(request, |request, body| request.header("content-type", "application/json").body(body.to_string()));
            let answer = request.send().await.unwrap();
            let (status, text) = (answer.status().as_u16(), answer.text().await.unwrap());
            if status != expected {
                wrong.push(format!("{} with {seen:?}: {status} {text}", operation.name));
            }
        }
        judged += 1;
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(judged >= 10, "{judged}");
}

#[tokio::test]
async fn malformed_bodies_are_refused_with_what_is_wrong() {
    let (door, seeds) = world().await;
    let all = token(&Permission::ALL);
    for operation in operations().iter().filter(|operation| operation.body.is_some()) {
        let path = filled(&operation.path, &seeds);
        for (body, expected, code) in [("{", 400, "bad_json"), ("[]", 422, "invalid_body"), ("{\"no such field\": 1}", 422, "invalid_body")]
        {
            let (status, text) = send(&door, &operation.method, &path, &all, Some(body)).await;
            let problem: Value = serde_json::from_str(&text).unwrap();
            assert_eq!((status, problem["code"].as_str()), (expected, Some(code)), "{} with {body}: {text}", operation.name);
        }
    }
    assert!(door.commands.taken.lock().unwrap().is_empty() && door.mending.taken.lock().unwrap().is_empty());
}

#[tokio::test]
async fn what_is_unknown_or_another_tenants_is_not_found() {
    let (door, seeds) = world().await;
    let all = token(&Permission::ALL);
    // Acting is the desk's own matter, which is told a name and a tenant; here it is not behind the door.
    let acted = [
        "amend_exception",
        "retry_exception_from_step",
        "retry_exception_on_newer_version",
        "try_exception_action",
        "take_up_message",
        "drop_message",
        // A secret that is not there is one that is set for the first time, and each tenant has its own names.
        "set_secret",
    ];
    for operation in operations().iter().filter(|operation| operation.path.contains('{')) {
        if acted.contains(&operation.id.as_str()) {
            continue;
        }
        let body = example(operation, &seeds).map(|body| body.to_string());
        // What is not there is what a draft begins.
        let named = (operation.id != "save_draft").then(|| (unknown(&operation.path), all.as_str()));
        for (path, who) in named.into_iter().chain([(filled(&operation.path, &seeds), FOREIGN)]) {
            let (status, text) = send(&door, &operation.method, &path, who, body.as_deref()).await;
            assert_eq!(status, 404, "{} as {who}: {text}", operation.name);
        }
    }
}

#[tokio::test]
async fn lists_of_another_tenant_are_empty() {
    let (door, _) = world().await;
    assert_eq!(told_elsewhere(&door).await, Vec::<String>::new());
}

/// Lists that tell another tenant of something of this world.
pub async fn told_elsewhere(door: &Door) -> Vec<String> {
    let mut told = Vec::new();
    // A comparison names its releases in the query; the way back from a consent is no list.
    let other = ["diff_releases", "callback"];
    let lists = |operation: &&Operation| {
        operation.method == Method::GET && !operation.path.contains('{') && !other.contains(&operation.id.as_str())
    };
    for operation in operations().iter().filter(lists) {
        let (status, text) = send(door, &operation.method, &format!("{}{}", operation.path, query(operation)), FOREIGN, None).await;
        assert_eq!(status, 200, "{}: {text}", operation.name);
        for known in ["PO-9", &document("PO-9").to_string(), &exception("PO-9").to_string(), "oa_main"] {
            if text.contains(known) {
                told.push(format!("{} tells another tenant of {known}: {text}", operation.name));
            }
        }
    }
    told
}

/// What is left out above is judged elsewhere by the same means: they must be able to find a fault.
#[test]
fn an_answer_that_is_described_otherwise_is_found() {
    let good = json!({"ended": 2});
    judge("POST", "/api/v1/me/sessions/end-others", 200, &good);
    for (method, path, status, answer, fault) in [
        ("POST", "/api/v1/me/sessions/end-others", 200, json!({"ended": "two"}), "is no"),
        ("POST", "/api/v1/me/sessions/end-others", 200, json!({}), "/ended is missing"),
        ("POST", "/api/v1/me/sessions/end-others", 201, good.clone(), "not described"),
        ("POST", "/api/v1/me/sessions/end-all", 200, good, "not described"),
    ] {
        let judged = std::panic::catch_unwind(|| judge(method, path, status, &answer)).expect_err(path);
        let words = judged.downcast_ref::<String>().expect("words");
        assert!(words.contains(fault), "{words}");
    }
}

/// What people may change is changed over what they saw: where the code demands a tag, the description says so, and where a tag
/// is demanded, reading gives one.
#[test]
fn tags_that_are_demanded_are_described_and_given() {
    let (mut demanding, mut wrong) = (0, Vec::new());
    for (path, item) in description()["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let header = |name: &str| {
                let parameters = operation["parameters"].as_array().into_iter().flatten();
                parameters.into_iter().find(|one| one["in"] == "header" && one["name"] == name)
            };
            let Some(given) = header("If-Match") else { continue };
            demanding += 1;
            // Left out only where there is another way to say what was seen: that there was nothing, or a member of the body.
            let optional = given["required"] != true;
            let in_body = operation["operationId"] == "act_on_task";
            if optional && header("If-None-Match").is_none() && !in_body {
                wrong.push(format!("{method} {path}: `If-Match` is optional and nothing stands for it"));
            }
            if method == "post" {
                // A command's answer is not the thing that was seen.
                continue;
            }
            let answers = operation["responses"].as_object().unwrap();
            let with_content =
                answers.iter().filter(|(status, answer)| status.starts_with("20") && *status != "202" && answer.get("content").is_some());
            for (status, answer) in with_content {
                if answer["headers"]["ETag"].is_null() {
                    wrong.push(format!("{method} {path}: its answer {status} gives no `ETag`"));
                }
            }
        }
    }
    assert!(demanding >= 8, "{demanding}");
    assert_eq!(wrong, Vec::<String>::new());
}
