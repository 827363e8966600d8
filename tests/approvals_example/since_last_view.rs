//! What is new to somebody who looks at a task again: decisions, and the document's fields that are not what they saw.

use crate::hub::text;
use crate::world::{World, values};
use serde_json::{Value, json};

/// The task that waits for somebody.
async fn task(world: &World, person: &str) -> String {
    let (status, found) = world.hub.get_by(person, "/api/v1/tasks?list=mine").await;
    assert_eq!(status, 200, "{found}");
    text(&found["items"][0]["id"])
}

async fn look(world: &World, person: &str, task: &str) -> Value {
    let (status, detail) = world.hub.get_by(person, &format!("/api/v1/tasks/{task}")).await;
    assert_eq!(status, 200, "{detail}");
    detail
}

async fn seen(world: &World, person: &str, task: &str) {
    let seen = world.hub.post_by(person, &format!("/api/v1/tasks/{task}/seen"), task, &json!({})).await;
    assert!(seen.0 < 300, "{}", seen.1);
}

async fn act(world: &World, person: &str, task: &str, verb: &str, body: &Value) {
    let mut body = body.clone();
    if body.get("edits").is_some() {
        body["seen"] = look(world, person, task).await["version"].clone();
    }
    let (status, acted) =
        world.hub.post_by(person, &format!("/api/v1/tasks/{task}/{verb}"), &format!("{person}-{verb}-{task}"), &body).await;
    assert_eq!(status, 200, "{person} {verb}: {acted}");
}

/// ben edits the budget code; gina has seen the order before, and finds the field, from what to what. It is an order of
/// more than 5,000: both are asked, one after the other.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fields_that_people_changed_since_are_named_from_what_was_seen_to_what_is_there() {
    let world = World::start(&[]).await;
    let lines = json!([{"description": "rack", "quantity": "1", "amount": "48000.00"}]);
    let instance = world.submit("ada", "purchase_order", "one", &values("purchase_order", &json!({"lines": lines}))).await;
    let ben = task(&world, "ben").await;
    let first = look(&world, "ben", &ben).await;
    assert_eq!(first["since_last_view"]["changes"], json!([]), "who never looked has seen nothing else");
    seen(&world, "ben", &ben).await;
    assert_eq!(look(&world, "ben", &ben).await["since_last_view"]["changes"], json!([]), "nothing has changed");
    // gina is a person of the instance before it is her turn: her task waits.
    let people = world.people(&instance).await;
    let gina = people["tasks"].as_array().unwrap().iter().find(|task| task["person"] == "gina").map(|task| text(&task["id"])).unwrap();
    look(&world, "gina", &gina).await;
    seen(&world, "gina", &gina).await;
    act(&world, "ben", &ben, "approve", &json!({"edits": {"budget_code": "B-100"}})).await;
    let since = look(&world, "gina", &gina).await["since_last_view"].clone();
    assert_eq!(since["changes"], json!([{"field": "budget_code", "before": null, "after": "B-100"}]), "{since}");
    assert_eq!((since["decisions"].as_array().map(Vec::len), &since["revised"]), (Some(1), &json!(false)), "{since}");
    seen(&world, "gina", &gina).await;
    let since = look(&world, "gina", &gina).await["since_last_view"].clone();
    assert_eq!((&since["changes"], &since["decisions"]), (&json!([]), &json!([])), "seen: {since}");
    world.hub.stop().await;
}

/// What a step hides stays hidden in what has changed, and what the type keeps back is masked in it. gina has looked, sends the
/// request back to ben, who changes three fields; she looks again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_hidden_or_kept_back_is_not_told_by_what_has_changed() {
    let manager = "approve: {by: {manager: 1}, empty: {to: {role: cfo}}, ";
    let control = "approve: {by: {role: finance_manager}, second_person: true, empty: {to: {role: ceo}}, ";
    let texts = [
        (manager, format!("{manager}fields: {{purpose: edit, payee.account: edit, due_date: edit}}, ")),
        (control, format!("{control}fields: {{purpose: hide}}, ")),
        (
            "schema: documents/payment_request.schema.json\n",
            "schema: documents/payment_request.schema.json\nsensitive: [payee.account]\n".to_owned(),
        ),
    ];
    let texts: Vec<(&str, &str)> = texts.iter().map(|(old, new)| (*old, new.as_str())).collect();
    let world = World::start(&texts).await;
    world.submit("ada", "payment_request", "one", &values("payment_request", &json!({}))).await;
    let first = task(&world, "ben").await;
    act(&world, "ben", &first, "approve", &json!({})).await;
    let gina = task(&world, "gina").await;
    let shown = look(&world, "gina", &gina).await;
    assert_eq!((&shown["document"]["payee"]["account"], shown["document"].get("purpose")), (&json!("[masked]"), None), "{shown}");
    seen(&world, "gina", &gina).await;
    act(&world, "gina", &gina, "return", &json!({"step": "manager", "comment": "which account?"})).await;
    let again = task(&world, "ben").await;
    let edits = json!({"purpose": "invoice 7002", "payee.account": "TEST-0009", "due_date": "2027-01-15"});
    act(&world, "ben", &again, "approve", &json!({"edits": edits})).await;
    let since = look(&world, "gina", &task(&world, "gina").await).await["since_last_view"].clone();
    let mut changes = since["changes"].as_array().cloned().unwrap_or_default();
    changes.sort_by_key(|change| text(&change["field"]));
    let wanted = [
        json!({"field": "due_date", "before": "2026-10-15", "after": "2027-01-15"}),
        json!({"field": "payee.account", "before": "[masked]", "after": "[masked]"}),
    ];
    assert_eq!(changes, wanted, "{since}");
    assert_eq!(since["decisions"].as_array().map(Vec::len), Some(2), "the return, and ben's second yes: {since}");
    world.hub.stop().await;
}
