//! Settling exceptions: commands reach the engine once, with who and why, or a reason why not.

use reqwest::Method;
use serde_json::{Value, json as literal};
use waybill::app::commands::CommandError;
use waybill::domain::flow::event::Command;

use crate::rows::{closed_exception, exception, instance, message_exception, stopped_order};
use crate::support::{Door, door, json};

async fn stopped() -> (Door, String) {
    let door = door().await;
    door.write(stopped_order("PO-9", 0)).await;
    let base = format!("/api/v1/exceptions/{}", exception("PO-9"));
    (door, base)
}

async fn with_key(door: &Door, path: &str, key: &str, body: &Value) -> (u16, Value) {
    let request = door.request(Method::POST, path).header("idempotency-key", key).header("content-type", "application/json");
    json(request.body(body.to_string()).send().await.unwrap()).await
}

#[tokio::test]
async fn each_way_to_settle_becomes_its_command() {
    let (door, base) = stopped().await;
    let output = literal!({"external_id": "A1", "amount": "10.00"});
    for (action, body, command, reason) in [
        ("retry", String::new(), Command::Retry, None),
        ("retry", literal!({"reason": "the partner is back"}).to_string(), Command::Retry, Some("the partner is back")),
        ("skip", literal!({"reason": "told by phone"}).to_string(), Command::Skip, Some("told by phone")),
        (
            "mark-done",
            literal!({"proof": "voucher 12", "output": output}).to_string(),
            Command::MarkDone { output: output.clone(), proof: "voucher 12".to_owned() },
            None,
        ),
        ("cancel", literal!({"reason": "ordered twice"}).to_string(), Command::Cancel, Some("ordered twice")),
    ] {
        let (status, answer) = door.post(&format!("{base}/{action}"), &body).await;
        assert_eq!((status, answer), (202, literal!({"instance": instance("PO-9").to_string(), "status": "running"})), "{action}");
        let taken = door.commands.taken.lock().unwrap().pop().unwrap();
        assert_eq!((taken.command, taken.reason.as_deref()), (command, reason));
        assert!(uuid::Uuid::parse_str(&taken.key).is_ok(), "a key of its own: {}", taken.key);
        assert_eq!((taken.actor.as_str(), taken.instance, taken.exception), ("caller_of_all", instance("PO-9"), Some(exception("PO-9"))));
    }
}

#[tokio::test]
async fn every_fault_of_a_body_is_named_at_once() {
    let (door, base) = stopped().await;
    for (action, body, pointers) in [
        ("skip", literal!({}), vec!["/reason"]),
        ("skip", literal!({"reason": "  "}), vec!["/reason"]),
        ("cancel", literal!({"reason": 7, "a/b": 1}), vec!["/reason", "/a~1b"]),
        ("cancel", literal!({"reason": "x".repeat(2_001)}), vec!["/reason"]),
        ("mark-done", literal!({"output": "A1", "prof": "x"}), vec!["/proof", "/output", "/prof"]),
        ("retry", literal!([]), vec![""]),
        ("retry", literal!("retry"), vec![""]),
    ] {
        let (status, problem) = door.post(&format!("{base}/{action}"), &body.to_string()).await;
        let found: Vec<_> = problem["pointers"].as_array().unwrap().iter().map(|one| one["pointer"].as_str().unwrap()).collect();
        assert_eq!((status, problem["code"].as_str(), found), (422, Some("invalid_body"), pointers), "{action} {body}");
    }
    assert!(door.commands.taken.lock().unwrap().is_empty());
}

#[tokio::test]
async fn one_key_is_one_command() {
    let (door, base) = stopped().await;
    let (retry, body) = (format!("{base}/retry"), literal!({"reason": "again"}));
    let first = with_key(&door, &retry, "k1", &body).await;
    assert_eq!(first.0, 202);
    assert_eq!(with_key(&door, &retry, "k1", &body).await, first);
    let both = tokio::join!(with_key(&door, &retry, "k2", &body), with_key(&door, &retry, "k2", &body));
    assert_eq!((both.0.0, both.1.0), (202, 202));
    assert_eq!(door.commands.taken.lock().unwrap().len(), 2);
    let (status, problem) = with_key(&door, &retry, "k1", &literal!({"reason": "other"})).await;
    assert_eq!((status, problem["code"].as_str()), (422, Some("idempotency_key_reused")));
    let (status, problem) = with_key(&door, &format!("{base}/cancel"), "k1", &body).await;
    assert_eq!((status, problem["code"].as_str()), (422, Some("idempotency_key_reused")));
    for bad in [" ", "a b", &"k".repeat(129)] {
        let (status, problem) = with_key(&door, &retry, bad, &body).await;
        assert_eq!((status, problem["code"].as_str()), (400, Some("bad_idempotency_key")), "{bad}");
    }
    assert_eq!(door.commands.taken.lock().unwrap().len(), 2);
}

#[tokio::test]
async fn a_refusal_says_why_and_a_failure_can_be_repeated_with_the_same_key() {
    let (door, base) = stopped().await;
    let retry = format!("{base}/retry");
    let away = waybill::store::Error::Unavailable("canary of internals".into());
    for (refusal, status, code) in [
        (CommandError::NotFound, 404, "not_found"),
        (CommandError::Conflict("The instance has ended.".to_owned()), 409, "conflict"),
        (CommandError::Invalid("`amount` is missing.".to_owned()), 422, "invalid_command"),
        (CommandError::Unavailable(away), 503, "unavailable"),
    ] {
        door.commands.refusals.lock().unwrap().push(refusal);
        let (found, problem) = with_key(&door, &retry, "k1", &literal!({})).await;
        assert_eq!((found, problem["code"].as_str()), (status, Some(code)));
        assert!(!problem.to_string().contains("canary"), "{problem}");
    }
    assert_eq!(with_key(&door, &retry, "k1", &literal!({})).await.0, 202);
}

#[tokio::test]
async fn what_is_settled_takes_no_command_and_a_message_only_its_own() {
    let (door, base) = stopped().await;
    door.write(closed_exception("PO-9")).await;
    let (status, problem) = door.post(&format!("{base}/retry"), "{}").await;
    assert_eq!((status, problem["detail"].as_str()), (409, Some("The exception is closed already: retry by zhang.")));
    door.write(message_exception()).await;
    assert!(door.commands.taken.lock().unwrap().is_empty());
    let about_message = format!("/api/v1/exceptions/{}", uuid::Uuid::from_u128(77));
    assert_eq!(door.get(&about_message).await.1["actions"], literal!(["retry", "skip"]));
    assert_eq!(door.post(&format!("{about_message}/retry"), "{}").await, (202, literal!({"status": "running"})));
    assert_eq!(door.commands.taken.lock().unwrap().len(), 1);
}
