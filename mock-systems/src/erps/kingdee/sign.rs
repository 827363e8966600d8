//! Who may call: signed headers, or a session from a log-in. Wrong ones of either kind get the same words.

use std::collections::BTreeSet;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::super::stage::{Answer, Asked};
use super::super::text::{hex, hmac_sha256, percent_encoded, sha256};
use super::failure;

/// Test data, published with the tests that use it.
pub(super) const ACCOUNT: &str = "5f0e0c0ffee123";
pub(super) const USER: &str = "integration";
pub(super) const APP_ID: &str = "216688_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX";
pub(super) const APP_SECRET: &str = "0123456789abcdef0123456789abcdef";
const PASSWORD: &str = "test-password";

const MIX: &[u8; 32] = b"0054f397c6234378b09ca7d3e5debce7";

#[derive(Default)]
pub(super) struct Gate {
    sessions: BTreeSet<String>,
    given: u64,
}

impl Gate {
    /// The three log-ins of the vendor.
    pub(super) fn log_in(&mut self, kind: &str, body: &Value) -> Answer {
        let given = |index: usize, name: &str| {
            let value = body["parameters"].get(index).or_else(|| body.get(name)).cloned().unwrap_or_default();
            value.as_str().map_or_else(|| value.to_string(), str::to_owned)
        };
        let who = given(0, "acctID") == ACCOUNT && given(1, "username") == USER;
        let proved = match kind {
            "validateuser" => given(2, "password") == PASSWORD,
            "loginbyappsecret" => given(2, "appId") == APP_ID && given(3, "appSecret") == APP_SECRET,
            "loginbysign" => {
                let time = given(3, "timestamp");
                let mut parts = [ACCOUNT, USER, APP_ID, APP_SECRET, time.as_str()];
                parts.sort_unstable();
                given(2, "appId") == APP_ID && given(4, "sign") == sha256(&parts.concat())
            }
            _ => false,
        };
        if !who || !proved {
            let refused = json!({"Message": "用户名或密码错误", "MessageCode": "CheckPasswordPolicy", "LoginResultType": 0, "Context": null, "KDSVCSessionId": null, "IsSuccessByAPI": false});
            return Answer::json(200, kind, &refused);
        }
        self.given += 1;
        let session = sha256(&format!("session {}", self.given));
        self.sessions.insert(session.clone());
        let context = json!({"SessionId": session, "UserId": 16394, "UserName": USER});
        let answer = json!({"Message": null, "MessageCode": "", "LoginResultType": 1, "Context": context, "KDSVCSessionId": session, "IsSuccessByAPI": true});
        Answer::json(200, kind, &answer)
            .with("set-cookie", format!("kdservice-sessionid={session}; path=/"))
            .with("set-cookie", "ASP.NET_SessionId=abc; path=/; HttpOnly")
    }

    pub(super) fn expire(&mut self) {
        self.sessions.clear();
    }

    /// Lets a call in, or gives the body that says that there is no session.
    pub(super) fn admit(&self, asked: &Asked) -> Result<(), Value> {
        let cookie = asked.header("cookie").unwrap_or_default();
        let from_cookie = cookie.split(';').find_map(|pair| pair.trim().strip_prefix("kdservice-sessionid="));
        let known = match asked.header("kdservice-sessionid").or(from_cookie) {
            // A dead session is refused even when the signature is right: the cure is to drop the cookie.
            Some(session) => self.sessions.contains(session),
            None => is_signed(asked),
        };
        if known { Ok(()) } else { Err(failure(1, &[("会话信息已丢失，请重新登录".to_owned(), 0)])) }
    }
}

fn is_signed(asked: &Asked) -> bool {
    let header = |name: &str| asked.header(name).unwrap_or_default();
    let (Some((client_id, hidden)), true) = (APP_ID.split_once('_'), header("x-kd-appkey") == APP_ID) else { return false };
    let hidden = STANDARD.decode(hidden).unwrap_or_default();
    let mixed: Vec<u8> = hidden.iter().zip(MIX).map(|(one, other)| one ^ other).collect();
    let client_secret = STANDARD.encode(mixed);
    let target = if asked.query.is_empty() { asked.path.clone() } else { format!("{}?{}", asked.path, asked.query) };
    let signed = format!(
        "POST\n{}\n\nx-api-nonce:{}\nx-api-timestamp:{}\n",
        percent_encoded(&target),
        header("x-api-nonce"),
        header("x-api-timestamp")
    );
    let data = STANDARD.decode(header("x-kd-appdata")).ok().and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_default();
    let fields: Vec<&str> = data.split(',').collect();
    let is_whose = fields.len() == 4 && fields[0] == ACCOUNT && fields[1] == USER;
    let now = asked.now.0 / 1_000_000;
    let is_fresh = header("x-api-timestamp").parse::<i64>().is_ok_and(|time| (time - now).abs() <= 300);
    is_whose
        && is_fresh
        && header("x-api-clientid") == client_id
        && header("x-api-auth-version") == "2.0"
        && header("x-api-signature") == keyed(&client_secret, &signed)
        && header("x-kd-signature") == keyed(APP_SECRET, &format!("{APP_ID}{data}"))
}

/// Base64 of the hexadecimal digits.
fn keyed(key: &str, text: &str) -> String {
    STANDARD.encode(hex(&hmac_sha256(key.as_bytes(), text.as_bytes())))
}
