//! One operation of a draft at a real partner: what a draft says of itself is not believed, a secret goes to the partner alone,
//! and what document types keep back is shown with a reason.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use serde_json::{Value, json};
use tokio::sync::Notify;
use waybill::api::Limits;
use waybill::domain::access::second_person::Kind;
use waybill::domain::catalog::{Catalog, has_errors};
use waybill::domain::permission::Permission;

use crate::support::{Door, Setup, door_with, json as read, token};

const SECRET: &str = "an-api-key-of-the-partner-4417";
const AUTHOR: [Permission; 2] = [Permission::Payloads, Permission::Edit];
const HEAD: &str = "format: 1
connector: p
settings: {base_url: {type: url}, key: {type: secret}}
http: {base_url: \"{{settings.base_url}}\"}
auth: {kind: static_headers, headers: {X-Auth: {value: settings.key}}}
operations:
";
const LIVE: &str = "  look: {effect: read, input: {}, request: {method: GET, path: /look}, output: {account: {type: string, from: $.account}, said: {type: string, from: $.said}}}
  search: {effect: read, input: {}, request: {method: POST, path: /search, json: {}}, output: {account: {type: string, from: $.account}}}
  approve: {effect: write, input: {}, request: {method: POST, path: /approve, json: {}}, idempotency: {by: nature}}
";

/// What reached the partner.
type Seen = Arc<Mutex<Vec<String>>>;

/// A partner that says back how one proves who one is. What it approves it is slow about, where there is something to wait for.
async fn partner(slow: Option<Arc<Notify>>) -> (Seen, String) {
    let seen = Seen::default();
    let told = seen.clone();
    let answer = move |request: Request| {
        let (told, slow) = (told.clone(), slow.clone().filter(|_| request.uri().path() == "/approve"));
        async move {
            told.lock().unwrap().push(format!("{} {}", request.method(), request.uri().path()));
            if let Some(slow) = slow {
                slow.notified().await;
            }
            let said = request.headers().get("x-auth").and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
            axum::Json(json!({"account": "DE-0815-4711", "said": said}))
        }
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, Router::new().fallback(answer)).await });
    (seen, url)
}

/// A hub over the shipped project, which keeps a field of payments back, and a connection to the partner.
async fn connected(four_eyes: Vec<Kind>) -> (Door, Seen, tempfile::NamedTempFile) {
    connected_as(Setup { four_eyes, ..Setup::default() }, None).await
}

async fn connected_as(setup: Setup, slow: Option<Arc<Notify>>) -> (Door, Seen, tempfile::NamedTempFile) {
    let (seen, url) = partner(slow).await;
    let kept = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(kept.path(), SECRET).unwrap();
    let (mut files, _) = waybill::app::load::load(std::path::Path::new(env!("CARGO_MANIFEST_DIR"))).unwrap();
    files.insert("connectors/p/connector.yaml", format!("{HEAD}{LIVE}"));
    let connection = format!(
        "format: 1\nconnection: partner\nconnector: p\nsettings: {{base_url: \"{url}\", key: {{secret: \"file/{}\"}}}}\negress: {{allow: [127.0.0.1/32]}}\n",
        kept.path().display()
    );
    // The name may be called, and what it leads to is none of what may be.
    let inside = connection.replace("partner\n", "inside\n").replace("127.0.0.1:", "localhost:").replace("127.0.0.1/32", "localhost");
    files.insert("config/connections/inside.yaml", inside);
    files.insert("config/connections/partner.yaml", connection);
    let (catalog, findings) = Catalog::compile(files);
    assert!(!has_errors(&findings), "{findings:?}");
    let setup = Setup { catalog: Some(Arc::new(catalog)), loopback: true, ..setup };
    (door_with(setup).await, seen, kept)
}

async fn tried(door: &Door, permissions: &[Permission], body: Value) -> (u16, Value) {
    let request = door.client.post(format!("{}/api/v1/connectors/try", door.base)).bearer_auth(token(permissions));
    let (status, answer) = read(request.header("content-type", "application/json").body(body.to_string()).send().await.unwrap()).await;
    assert!(!answer.to_string().contains(SECRET), "{answer}");
    (status, answer)
}

fn draft(operations: &str, operation: &str, send: bool) -> Value {
    json!({"connection": "partner", "text": format!("{HEAD}{operations}"), "operation": operation, "send": send, "reason": "a try"})
}

#[tokio::test]
async fn a_secret_of_the_connection_goes_to_the_partner_and_to_nobody_else() {
    let (door, seen, _kept) = connected(vec![]).await;
    let live = json!({"connection": "partner", "operation": "look", "reason": "is it up"});
    let (status, answer) = tried(&door, &AUTHOR, live).await;
    assert_eq!((status, &answer["output"]), (200, &json!({"account": "DE-0815-4711", "said": "[redacted]"})), "{answer}");
    assert_eq!(seen.lock().unwrap().drain(..).collect::<Vec<_>>(), ["GET /look"]);
    let get = |rest: &str| format!("  x: {{effect: read, input: {{n: string}}, request: {{method: GET, path: /x{rest}\n");
    for (operations, what) in [
        (get("}, output: {k: {type: string, value: settings.key}}}"), "an output"),
        (get("}, output: {k: {type: string, text: \"{{settings.key}}\"}}}"), "a template"),
        (get("}, output: {k: {type: secret, value: settings.key}}}"), "an output that says what it is"),
        (get("}, responses: [{when: \"response.status == 200\", class: refused, message: {value: settings.key}}]}"), "a message"),
        (get(", query: {k: {value: \"[settings.key].join('')\"}}}}"), "a list of one"),
        (get(", query: {k: {value: \"settings[input.n].substring(0, 1)\"}}}}"), "a name that is found out"),
    ] {
        let (status, answer) = tried(&door, &AUTHOR, draft(&operations, "x", false)).await;
        assert_eq!((status, &answer["code"]), (422, &json!("definitions_unsound")), "{what}: {answer}");
    }
    // Declared as something else it could be cut into pieces.
    for other in ["string", "any"] {
        let text = format!("{HEAD}{}", get(", query: {k: {value: \"string(settings.key).substring(0, 1)\"}}}}"));
        let text = text.replace("key: {type: secret}", &format!("key: {{type: {other}}}"));
        let body = json!({"connection": "partner", "text": text, "operation": "x", "input": {"n": "key"}});
        let (status, answer) = tried(&door, &AUTHOR, body).await;
        assert_eq!((status, &answer["pointers"][0]["pointer"]), (422, &json!("/text")), "{other}: {answer}");
    }
    // As it is it may stand in a request, which is then nobody's to send who may only write drafts.
    let carries = get(", query: {k: {value: settings.key}}}}");
    let mut body = draft(&carries, "x", true);
    body["input"] = json!({"n": "1"});
    assert_eq!(tried(&door, &AUTHOR, body.clone()).await.0, 403);
    body["send"] = false.into();
    let (status, answer) = tried(&door, &AUTHOR, body.clone()).await;
    assert_eq!((status, &answer["sent"]), (200, &json!(false)), "{answer}");
    assert!(seen.lock().unwrap().is_empty(), "none of it reached the partner");
    body["send"] = true.into();
    assert_eq!(tried(&door, &[Permission::Payloads, Permission::Edit, Permission::Operate], body).await.0, 200);
    assert_eq!(seen.lock().unwrap().drain(..).collect::<Vec<_>>(), ["GET /x"]);
}

#[tokio::test]
async fn what_a_draft_says_of_itself_is_not_believed() {
    let (door, seen, _kept) = connected(vec![]).await;
    let operator = [Permission::Payloads, Permission::Edit, Permission::Operate];
    for (operations, operation, what) in [
        ("  x: {effect: read, input: {}, request: {method: POST, path: /approve, json: {}}}\n", "x", "a request that changes something"),
        ("  approve: {effect: read, input: {}, request: {method: GET, path: /approve}}\n", "approve", "what is live as a write"),
        (
            "  x: {effect: read, input: {}, steps: [{id: s, call: y}]}\n  y: {effect: read, input: {}, request: {method: DELETE, path: /approve}}\n",
            "x",
            "a step that changes something",
        ),
    ] {
        let (status, answer) = tried(&door, &AUTHOR, draft(operations, operation, true)).await;
        assert_eq!((status, &answer["code"]), (403, &json!("forbidden")), "{what}: {answer}");
        let (status, answer) = tried(&door, &AUTHOR, draft(operations, operation, false)).await;
        assert_eq!((status, &answer["sent"], &answer["effect"]), (200, &json!(false), &json!("write")), "{what}: {answer}");
        assert_eq!(seen.lock().unwrap().len(), 0, "{what}: nothing was sent");
        let (status, answer) = tried(&door, &operator, draft(operations, operation, true)).await;
        assert_eq!((status, &answer["sent"]), (200, &json!(true)), "{what}: {answer}");
        assert_eq!(seen.lock().unwrap().drain(..).count(), 1, "{what}");
    }
    // A read that is plainly one is tried by who writes it, and what is live is what somebody has published.
    let plain = "  x: {effect: read, input: {}, request: {method: GET, path: /x}}\n";
    assert_eq!(tried(&door, &AUTHOR, draft(plain, "x", false)).await.1["sent"], json!(true));
    let live = json!({"connection": "partner", "operation": "search"});
    assert_eq!(tried(&door, &AUTHOR, live).await.1["sent"], json!(true));
    assert_eq!(seen.lock().unwrap().drain(..).collect::<Vec<_>>(), ["GET /x", "POST /search"]);
}

#[tokio::test]
async fn what_a_type_keeps_back_is_shown_with_a_reason_alone_which_is_written_down_first() {
    let (door, seen, _kept) = connected(vec![]).await;
    let mut body = json!({"connection": "partner", "operation": "look"});
    let (_, answer) = tried(&door, &AUTHOR, body.clone()).await;
    assert_eq!((&answer["masked"], &answer["output"]["account"]), (&json!(true), &json!("[masked]")), "{answer}");
    assert_eq!(answer["attempts"][0]["response"]["body"], json!({"account": "[masked]", "said": "[masked]"}));
    body["reason"] = "  ".into();
    assert_eq!(tried(&door, &AUTHOR, body.clone()).await.1["masked"], json!(true), "blanks are no reason");
    body["reason"] = "The bank asks for the account; ticket 4417".into();
    let (_, answer) = tried(&door, &AUTHOR, body.clone()).await;
    assert_eq!((&answer["masked"], &answer["output"]["account"]), (&json!(false), &json!("DE-0815-4711")), "{answer}");
    let lines = door.get("/api/v1/audit?object=%2Fapi%2Fv1%2Fconnectors%2Ftry").await.1["items"].as_array().unwrap().clone();
    let told: Vec<(&str, &Value)> = lines.iter().map(|line| (line["action"].as_str().unwrap(), &line["detail"])).collect();
    let detail = json!({"connection": "partner", "operation": "look", "send": false, "draft": false});
    let mut with_reason = detail.clone();
    with_reason["reason"] = body["reason"].clone();
    let tries = "POST /api/v1/connectors/try";
    assert_eq!(told, [("reveal", &with_reason), (tries, &detail), (tries, &detail)]);
    assert!(lines.iter().all(|line| line["outcome"] == "done"), "{lines:?}");
    assert_eq!(seen.lock().unwrap().len(), 3);
    // Where two people are wanted for it, the reason is what they look at.
    let (door, seen, _kept) = connected(vec![Kind::Reveal]).await;
    let (status, proposal) = tried(&door, &AUTHOR, body.clone()).await;
    assert_eq!((status, &proposal["kind"]), (202, &json!("reveal")), "{proposal}");
    assert!(seen.lock().unwrap().is_empty());
    body.as_object_mut().unwrap().remove("reason");
    assert_eq!(tried(&door, &AUTHOR, body).await.1["masked"], json!(true), "what shows nothing waits for nobody");
}

#[tokio::test]
async fn a_write_whose_caller_is_gone_comes_to_its_end_and_the_audit_says_what_came_of_it() {
    let slow = Arc::new(Notify::new());
    // The time of a request that is over drops its handler, as a browser does that hangs up.
    let limits = Limits { request_timeout: Duration::from_secs(2), ..Limits::default() };
    let (door, seen, _kept) = connected_as(Setup { limits, ..Setup::default() }, Some(slow.clone())).await;
    let operator = [Permission::Payloads, Permission::Edit, Permission::Operate];
    let body = json!({"connection": "partner", "operation": "approve", "send": true});
    let (status, answer) = tried(&door, &operator, body).await;
    assert_eq!((status, &answer["code"]), (408, &json!("request_timeout")), "{answer}");
    let line = async || door.get("/api/v1/audit?object=%2Fapi%2Fv1%2Fconnectors%2Ftry").await.1["items"][0].clone();
    let before = line().await;
    assert_eq!((&before["detail"]["send"], &before["outcome"]), (&json!(true), &json!(null)), "{before}");
    slow.notify_one();
    let mut after = line().await;
    for _ in 0..100 {
        if !after["outcome"].is_null() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
        after = line().await;
    }
    assert_eq!((&after["id"], &after["outcome"]), (&before["id"], &json!("done")), "{after}");
    assert_eq!(*seen.lock().unwrap(), ["POST /approve"], "sent once");
}

#[tokio::test]
async fn an_address_that_a_connection_may_not_reach_is_counted() {
    let (door, seen, _kept) = connected(vec![]).await;
    let counted = async || {
        let text = door.request(reqwest::Method::GET, "/metrics").send().await.unwrap().text().await.unwrap();
        text.lines().find(|line| line.starts_with("waybill_egress_refused_total{connection=\"inside\"}")).map(str::to_owned)
    };
    assert_eq!(counted().await, None);
    let (status, answer) = tried(&door, &AUTHOR, json!({"connection": "inside", "operation": "look"})).await;
    assert_eq!((status, &answer["code"]), (200, &json!("egress_blocked")), "{answer}");
    assert_eq!(counted().await.as_deref(), Some("waybill_egress_refused_total{connection=\"inside\"} 1"));
    assert!(seen.lock().unwrap().is_empty());
}
