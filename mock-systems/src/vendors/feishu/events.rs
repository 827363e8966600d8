//! Events: a token inside, a signature over the raw body and AES where a key is set; sent again after 15 s, 5 min, 1 h, 6 h.

use std::time::Duration;

use aes::Aes256;
use aes::cipher::block_padding::Pkcs7;
use aes::cipher::{BlockModeEncrypt, KeyIvInit};
use axum::http::Method;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{APP_ID, Feishu, Shared};
use crate::vendors::courier::{Letter, Receipt, dispatch, send, send_until_taken};
use crate::world::lock;

/// How fast an event, and the check of the address, want their answer.
const EVENT_WITHIN: Duration = Duration::from_secs(3);
const CHECK_WITHIN: Duration = Duration::from_secs(1);
/// When an event that was not acknowledged is sent again, seconds after the time before.
const AGAIN_SECONDS: [i64; 4] = [15, 300, 3_600, 21_600];

/// Where events go.
#[derive(Clone, Debug)]
pub(super) struct Callback {
    pub url: String,
    pub verification_token: String,
    pub encrypt_key: Option<String>,
}

/// Checks an address: it must send the challenge back within a second.
pub(super) async fn check(feishu: &Feishu, callback: &Callback) -> Result<(), String> {
    let challenge = feishu.desk.id();
    let body = json!({"challenge": challenge, "token": callback.verification_token, "type": "url_verification"});
    // No signature here, encrypted or not.
    let letter = Letter { method: Method::POST, query: String::new(), headers: json_type(), body: wrapped(feishu, callback, &body) };
    let receipt = send(&callback.url, &letter, CHECK_WITHIN).await?;
    let answer: Value = serde_json::from_slice(&receipt.body).map_err(|_| format!("answered {} and no JSON", receipt.status))?;
    match receipt.status == 200 && answer["challenge"] == challenge.as_str() {
        true => Ok(()),
        false => Err("the challenge did not come back".to_owned()),
    }
}

fn json_type() -> Vec<(&'static str, String)> {
    vec![("content-type", "application/json; charset=utf-8".to_owned())]
}

fn wrapped(feishu: &Feishu, callback: &Callback, body: &Value) -> Vec<u8> {
    let Some(key) = &callback.encrypt_key else { return body.to_string().into_bytes() };
    let iv: [u8; 16] = feishu.desk.id().into_bytes()[..16].try_into().unwrap_or([0; 16]);
    let mut sealed = iv.to_vec();
    if let Ok(encryptor) = cbc::Encryptor::<Aes256>::new_from_slices(&Sha256::digest(key.as_bytes()), &iv) {
        sealed.extend(encryptor.encrypt_padded_vec::<Pkcs7>(body.to_string().as_bytes()));
    }
    json!({"encrypt": STANDARD.encode(sealed)}).to_string().into_bytes()
}

/// Tells of an instance; nothing is told of a definition that nobody subscribed to.
pub(super) fn tell(feishu: &Shared, code: &str, status: &str) {
    let Some(callback) = lock(&feishu.callback).clone() else { return };
    let Some(event) = event(feishu, &callback, code, status) else { return };
    dispatch(&feishu.desk, status, || {
        let (feishu, callback, event, status) = (feishu.clone(), callback.clone(), event.clone(), status.to_owned());
        async move { send_until_taken(&feishu.desk, &AGAIN_SECONDS, || push(&feishu, &callback, &event, &status)).await }
    });
}

fn event(feishu: &Feishu, callback: &Callback, code: &str, status: &str) -> Option<Value> {
    let desk = &feishu.desk;
    let book = lock(&feishu.book);
    let instance = book.find(code)?;
    if !book.subscribed.contains(&instance.template) {
        return None;
    }
    let now = desk.now_millis();
    // One status has its time as a number, the others as a text.
    let time = if status == "REVERTED" { json!(now) } else { json!(now.to_string()) };
    let mut told = json!({
        "app_id": APP_ID, "tenant_key": "mocktenant", "approval_code": instance.template, "instance_code": instance.code,
        "uuid": instance.uuid, "status": status, "operate_time": time, "instance_operate_time": now.to_string(),
    });
    if desk.is_on("event_v2") {
        return Some(json!({
            "schema": "2.0", "header": {"event_id": desk.id(), "event_type": "approval.instance.status_changed_v4", "create_time": now.to_string(),
                "token": callback.verification_token, "app_id": APP_ID, "tenant_key": "mocktenant"}, "event": told,
        }));
    }
    told["type"] = json!("approval_instance");
    Some(json!({
        "ts": format!("{}.{:06}", now.div_euclid(1_000), now.rem_euclid(1_000) * 1_000), "uuid": desk.id(),
        "token": callback.verification_token, "type": "event_callback", "event": told,
    }))
}

async fn push(feishu: &Feishu, callback: &Callback, event: &Value, status: &str) -> Result<Receipt, String> {
    let desk = &feishu.desk;
    let mut event = event.clone();
    if desk.strikes("event_wrong_receiver", status) {
        // Somebody else's verification token.
        let place = if event["header"].is_object() { &mut event["header"]["token"] } else { &mut event["token"] };
        *place = json!("of-somebody-else");
    }
    let body = wrapped(feishu, callback, &event);
    let mut headers = json_type();
    if let Some(key) = &callback.encrypt_key {
        let (timestamp, nonce) = (desk.now_millis().div_euclid(1_000).to_string(), desk.id()[..10].to_owned());
        let digest = Sha256::new().chain_update(&timestamp).chain_update(&nonce).chain_update(key).chain_update(&body).finalize();
        let mut signature = hex::encode(digest);
        if desk.strikes("event_wrong_signature", status) {
            let first = if signature.starts_with('0') { "1" } else { "0" };
            signature.replace_range(..1, first);
        }
        headers.extend([("x-lark-request-timestamp", timestamp), ("x-lark-request-nonce", nonce), ("x-lark-signature", signature)]);
    }
    send(&callback.url, &Letter { method: Method::POST, query: String::new(), headers, body }, EVENT_WITHIN).await
}
