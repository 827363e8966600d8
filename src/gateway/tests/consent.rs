//! Consents: what a person agreed to is exchanged, renewed by one of many, kept before it is used, and its loss is said.

use super::support::*;
use crate::domain::connector::auth::Asking;
use crate::domain::connector::{Class, Target};
use crate::domain::flow::effect::Cause;
use crate::domain::ids::TenantId;
use crate::gateway::shared::fake::Fake;
use crate::gateway::{ConsentOf, Gateway, Performed};
use crate::runtime::SystemClock;
use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

const CONNECTOR: &str = "format: 1
connector: p
settings: {base_url: {type: url}, key: {type: secret}}
http: {base_url: \"{{settings.base_url}}\", timeout: 2s}
auth:
  kind: oauth2_authorization_code
  authorize_url: \"{{settings.base_url}}/authorize?tenant=7\"
  token_url: \"{{settings.base_url}}/token\"
  client_id: hub
  client_secret: {value: settings.key}
  secret_in: basic
  scope: books.write offline
  authorize_params: {prompt: consent}
operations:
  look: {effect: read, input: {}, request: {method: GET, path: /x}, output: {n: {type: int, from: $.n}}}
";

const VERIFIER: &str = "verifier-of-this-asking-0123456789abcdef0123456789";

/// A partner that replaces the refresh token each time, and takes everything back when an old one comes again.
#[derive(Default)]
struct Books {
    /// How often it was renewed; the refresh token in force is `refresh-N-secret`, the access token `access-N-secret`.
    generation: usize,
    revoked: bool,
    renewals: usize,
    /// So many answers to renewals are lost after the fact.
    lose: usize,
    /// Answers to renewals wait until this lets them go.
    held: Option<Arc<Gate>>,
}

/// Where a renewal that is done waits with its answer.
#[derive(Default)]
struct Gate {
    came: tokio::sync::Notify,
    go_on: tokio::sync::Notify,
}

type Partner = Arc<Mutex<Books>>;

async fn token(State(partner): State<Partner>, headers: HeaderMap, body: String) -> Response {
    let form: HashMap<String, String> = url::form_urlencoded::parse(body.as_bytes()).into_owned().collect();
    let (lose, held) = {
        let mut books = partner.lock().unwrap();
        let no = |why: &str| (StatusCode::BAD_REQUEST, axum::Json(serde_json::json!({"error": why}))).into_response();
        if !headers.get("authorization").is_some_and(|value| value.to_str().is_ok_and(|text| text.starts_with("Basic "))) {
            return no("invalid_client");
        }
        match form["grant_type"].as_str() {
            "authorization_code" => {
                let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(form["code_verifier"].as_bytes()));
                if form["code"] != format!("code-for-{challenge}") || form["redirect_uri"] != "https://hub.example/consent/callback" {
                    return no("invalid_grant");
                }
            }
            "refresh_token" if books.revoked || form["refresh_token"] != format!("refresh-{}-secret", books.generation) => {
                books.revoked = true;
                return no("invalid_grant");
            }
            _ => books.renewals += 1,
        }
        books.generation += 1;
        let lose = books.lose > 0;
        books.lose = books.lose.saturating_sub(1);
        (lose, books.held.take())
    };
    if let Some(gate) = held {
        gate.came.notify_one();
        gate.go_on.notified().await;
    }
    if lose {
        // Done, and nobody hears of it.
        tokio::time::sleep(std::time::Duration::from_secs(30)).await;
    }
    let n = partner.lock().unwrap().generation;
    let answer = serde_json::json!({"access_token": format!("access-{n}-secret"), "refresh_token": format!("refresh-{n}-secret"), "expires_in": 3600});
    axum::Json(answer).into_response()
}

async fn work(State(partner): State<Partner>, headers: HeaderMap) -> Response {
    let wanted = format!("Bearer access-{}-secret", partner.lock().unwrap().generation);
    match headers.get("authorization").and_then(|value| value.to_str().ok()) == Some(wanted.as_str()) {
        true => axum::Json(serde_json::json!({"n": 1})).into_response(),
        false => StatusCode::UNAUTHORIZED.into_response(),
    }
}

async fn start() -> (Partner, SocketAddr) {
    let books = Partner::default();
    let router = Router::new().route("/token", post(token)).route("/x", get(work)).with_state(books.clone());
    (books, partner(router).await)
}

/// What is kept after a consent: an access token that has lapsed, and the refresh token in force.
fn consented() -> Arc<Fake> {
    let fake = Fake::new(Arc::new(SystemClock::new()));
    let mut kept = fake.credential.lock().unwrap();
    kept.text = Some("{\"token\": \"access-old-secret\", \"refresh_token\": \"refresh-0-secret\"}".to_owned());
    (kept.generation, kept.lapsed) = (1, true);
    drop(kept);
    fake
}

fn keeping(fake: &Arc<Fake>) -> Gateway {
    gateway().keeping(fake.clone())
}

fn masked(performed: &Performed) {
    for attempt in &performed.attempts {
        let all = format!("{}{}{:?}", attempt.request, attempt.response, attempt.message);
        assert!(!all.contains("-secret") && !all.contains(CANARY), "{all}");
    }
}

#[tokio::test]
async fn many_calls_of_two_processes_renew_once_and_what_counts_from_then_on_is_kept() {
    let (books, address) = start().await;
    let fake = consented();
    let target = Target::new(local(address), connector(CONNECTOR), "look").unwrap();
    let (one, two) = (keeping(&fake), keeping(&fake));
    let calls = (0..20).map(|number| if number % 2 == 0 { one.perform(&target, call("{}")) } else { two.perform(&target, call("{}")) });
    for performed in futures::future::join_all(calls).await {
        assert_eq!(performed.class, Class::Ok, "{performed:?}");
        masked(&performed);
    }
    assert_eq!(books.lock().unwrap().renewals, 1);
    assert!(fake.credential.lock().unwrap().text.as_ref().unwrap().contains("refresh-1-secret"));
}

#[tokio::test]
async fn an_access_token_that_the_partner_no_longer_takes_is_renewed_and_the_call_made_again() {
    let (books, address) = start().await;
    let fake = consented();
    fake.credential.lock().unwrap().lapsed = false;
    let target = Target::new(local(address), connector(CONNECTOR), "look").unwrap();
    let performed = keeping(&fake).perform(&target, call("{}")).await;
    assert_eq!((performed.class, books.lock().unwrap().renewals), (Class::Ok, 1), "{performed:?}");
}

#[tokio::test]
async fn what_cannot_be_kept_is_not_used_and_not_asked_for_again() {
    let (books, address) = start().await;
    let fake = consented();
    fake.credential.lock().unwrap().refuses = 1;
    let target = Target::new(local(address), connector(CONNECTOR), "look").unwrap();
    let gateway = keeping(&fake);
    let held = gateway.perform(&target, call("{}")).await;
    assert_eq!(held.class, Class::Retryable, "{held:?}");
    assert!(held.attempts.iter().all(|attempt| attempt.operation == "auth"), "nothing was done with it: {held:?}");
    assert!(!fake.credential.lock().unwrap().text.as_ref().unwrap().contains("refresh-1-secret"));
    let performed = gateway.perform(&target, call("{}")).await;
    assert_eq!((performed.class, books.lock().unwrap().renewals), (Class::Ok, 1), "{performed:?}");
    assert!(fake.credential.lock().unwrap().text.as_ref().unwrap().contains("refresh-1-secret"));
}

#[tokio::test]
async fn a_call_that_is_given_up_while_it_renews_loses_neither_the_token_nor_the_turn() {
    let (books, address) = start().await;
    let gate = Arc::new(Gate::default());
    books.lock().unwrap().held = Some(gate.clone());
    let fake = consented();
    let target = Target::new(local(address), connector(CONNECTOR), "look").unwrap();
    let gateway = Arc::new(keeping(&fake));
    let given_up = tokio::spawn({
        let (gateway, target) = (gateway.clone(), target.clone());
        async move { gateway.perform(&target, call("{}")).await }
    });
    // The partner has replaced the refresh token, and its answer is not here yet.
    gate.came.notified().await;
    given_up.abort();
    assert!(given_up.await.unwrap_err().is_cancelled());
    gate.go_on.notify_one();
    let performed = gateway.perform(&target, call("{}")).await;
    assert_eq!((performed.class, books.lock().unwrap().renewals), (Class::Ok, 1), "{performed:?}");
    assert!(!books.lock().unwrap().revoked, "no spent token was sent");
    assert!(fake.credential.lock().unwrap().text.as_ref().unwrap().contains("refresh-1-secret"));
}

#[tokio::test]
async fn a_lost_answer_to_a_renewal_is_remembered_and_said_when_the_partner_refuses() {
    let (books, address) = start().await;
    books.lock().unwrap().lose = 1;
    let fake = consented();
    let target = Target::new(local(address), connector(CONNECTOR), "look").unwrap();
    let gateway = keeping(&fake);
    let lost = gateway.perform(&target, call("{}")).await;
    assert_eq!(lost.class, Class::Retryable, "it may have been renewed; nothing else was sent: {lost:?}");
    assert!(fake.credential.lock().unwrap().text.as_ref().unwrap().contains("lost_at"));
    // The partner has replaced the token, so the old one is refused: a person reads why.
    let refused = gateway.perform(&target, call("{}")).await;
    let message = refused.message.clone().unwrap_or_default();
    assert_eq!((refused.class, refused.cause), (Class::Refused, Some(Cause::Credentials)), "{refused:?}");
    assert!(message.contains("was lost") && message.contains("waybill connections consent c"), "{message}");
    masked(&refused);
}

#[tokio::test]
async fn without_a_consent_or_a_place_to_keep_it_the_message_says_what_to_do() {
    let (_, address) = start().await;
    let target = Target::new(local(address), connector(CONNECTOR), "look").unwrap();
    let nowhere = gateway().perform(&target, call("{}")).await;
    assert!(nowhere.message.unwrap().contains("store.sealing_key"));
    let fake = Fake::new(Arc::new(SystemClock::new()));
    let nobody = keeping(&fake).perform(&target, call("{}")).await;
    assert_eq!((nobody.class, nobody.cause), (Class::Refused, Some(Cause::Credentials)));
    assert!(nobody.message.unwrap().contains("nobody has consented yet"));
}

#[tokio::test]
async fn a_person_is_sent_with_state_and_challenge_and_the_code_is_exchanged_with_the_verifier() {
    let (_, address) = start().await;
    let (connection, connector) = (local(address), connector(CONNECTOR));
    let asking = Asking { redirect_uri: "https://hub.example/consent/callback", state: "1.c.nonce", verifier: VERIFIER };
    let of = ConsentOf { tenant: TenantId::DEFAULT, connection: &connection, connector: &connector, asking };
    let gateway = gateway();
    let url = url::Url::parse(&gateway.consent_url(of).unwrap().unwrap()).unwrap();
    let query: HashMap<String, String> = url.query_pairs().into_owned().collect();
    let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(VERIFIER.as_bytes()));
    for (name, value) in [
        ("tenant", "7"),
        ("response_type", "code"),
        ("client_id", "hub"),
        ("state", "1.c.nonce"),
        ("redirect_uri", "https://hub.example/consent/callback"),
        ("code_challenge", challenge.as_str()),
        ("code_challenge_method", "S256"),
        ("scope", "books.write offline"),
        ("prompt", "consent"),
    ] {
        assert_eq!(query.get(name).map(String::as_str), Some(value), "{name} in {url}");
    }
    assert!(!url.as_str().contains(CANARY) && !url.as_str().contains(VERIFIER));
    let credentials = gateway.exchange(of, &format!("code-for-{challenge}")).await.unwrap();
    assert_eq!(credentials.refresh_token(), Some("refresh-1-secret"));
    let wrong = gateway.exchange(of, "code-of-somebody-else").await.unwrap_err();
    assert_eq!((wrong.class, wrong.cause), (Class::Refused, Some(Cause::Credentials)), "{wrong:?}");
}
