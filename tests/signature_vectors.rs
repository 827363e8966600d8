//! Callbacks signed and encrypted by the schemes' own libraries, valid and tampered, against our verification.

#[path = "vectors/matrix.rs"]
mod matrix;

use aes::cipher::block_padding::NoPadding;
use aes::cipher::{BlockModeDecrypt, KeyIvInit};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use proptest::prelude::*;
use serde_json::Value as Json;
use sha1::{Digest, Sha1};
use waybill::domain::diagnostic::Report;
use waybill::domain::signature::{Form, Keys, Received, Refused, Signature, Verified, compile};
use waybill::domain::text::tree::parse;

/// How each setting of a vector is called here.
const PARTS: &[(&str, &str)] = &[
    ("secret", "secret"),
    ("token", "secret"),
    ("verification_token", "secret"),
    ("encoding_aes_key", "aes_key"),
    ("app_key", "receiver"),
    ("receive_id", "receiver"),
    ("encrypt_key", "encrypt_key"),
];

fn signature(text: &str) -> Signature {
    let node = parse(text, &mut Report::new("signature.yaml")).expect("valid YAML");
    compile(&node, &mut |_, message| panic!("{message}")).expect("a signature")
}

/// A request of a vector, owned.
struct Request {
    headers: Vec<(String, String)>,
    query: Vec<(String, String)>,
    body: Vec<u8>,
    now: jiff::Timestamp,
    challenge: bool,
}

impl Request {
    fn of(vector: &Json) -> Request {
        let pairs = |value: &Json| -> Vec<(String, String)> {
            let map = value.as_object().expect("a mapping");
            map.iter().map(|(name, value)| (name.clone(), value.as_str().expect("text").to_owned())).collect()
        };
        let request = &vector["request"];
        Request {
            headers: pairs(&request["headers"]),
            query: pairs(&request["query"]),
            body: STANDARD.decode(request["body_base64"].as_str().expect("text")).expect("base64"),
            now: jiff::Timestamp::from_second(vector["now"].as_i64().expect("seconds")).expect("in range"),
            challenge: request["method"] == "GET",
        }
    }

    fn received(&self) -> Received<'_> {
        let Request { headers, query, body, now, challenge } = self;
        Received { headers, query, body, now: *now, challenge: *challenge, random: *b"fedcba9876543210nonce-01" }
    }
}

fn keys_of(config: &Json) -> Keys<'_> {
    let text = |name: &str| config[name].as_str();
    PARTS.iter().filter_map(|(name, part)| Some((text(name)?, *part))).fold(Keys::default(), |keys, (text, part)| keys.with(part, &[text]))
}

fn vectors(file: &str) -> Vec<Json> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/vectors/");
    let text = std::fs::read_to_string(format!("{folder}{file}")).expect("the vectors are there");
    let json: Json = serde_json::from_str(&text).expect("valid JSON");
    json["vectors"].as_array().expect("a list").clone()
}

/// Checks one vector; whether it was a valid one.
fn judge(vector: &Json, signature: &Signature) -> bool {
    let name = format!("{} {}", vector["id"], vector["note"]);
    let request = Request::of(vector);
    let keys = keys_of(&vector["config"]);
    let verdict = signature.verify(&request.received(), &keys);
    let expect = &vector["expect"];
    let valid = expect["valid"].as_bool().expect("a flag");
    assert_eq!(verdict.is_ok(), valid, "{name}: {verdict:?}");
    if let Ok(verified) = &verdict {
        judge_content(&name, expect, verified, &request);
        if let Some(reply) = expect["reply_plaintext"].as_str() {
            judge_acknowledgement(&name, verified, &vector["config"], reply);
        }
    }
    // A secret that is being replaced: the old one may stand before the new one, and another alone never does.
    let secrets = keys.of("secret").to_vec();
    let check = |of: &[&str]| {
        let same = ["aes_key", "encrypt_key", "receiver"];
        let keys = same.iter().fold(Keys::secrets(of), |with, part| with.with(part, keys.of(part)));
        signature.verify(&request.received(), &keys)
    };
    let other = format!("whsec_{}", STANDARD.encode("a key of somebody else entirely"));
    let both = [other.as_str()].into_iter().chain(secrets.iter().copied()).collect::<Vec<_>>();
    assert_eq!(check(&both).is_ok(), valid, "{name}");
    let is_handshake = request.query.iter().any(|(name, _)| name == "validationToken");
    assert!(is_handshake || check(&[&other]).is_err(), "{name}");
    assert!(matches!(check(&[]), Err(Refused::NoSecret)) && matches!(check(&[""]), Err(Refused::NoSecret)), "{name}");
    valid
}

fn judge_content(name: &str, expect: &Json, verified: &Verified, request: &Request) {
    let inside = verified.body.as_ref().map_or(request.body.as_slice(), |(_, body)| body.as_slice());
    let answer = verified.answer.as_ref().map(|answer| String::from_utf8(answer.body.clone()).expect("text"));
    if let Some(plaintext) = expect["plaintext"].as_str().filter(|_| expect["reply_json"].is_null() && expect["reply_body"].is_null()) {
        assert_eq!(std::str::from_utf8(inside).expect("text"), plaintext, "{name}");
    }
    if let Some(part) = expect["contains"].as_str() {
        assert!(std::str::from_utf8(inside).expect("text").contains(part), "{name}");
    }
    if let Some(body) = expect["reply_body"].as_str() {
        assert_eq!(answer.as_deref(), Some(body), "{name}");
    }
    if !expect["reply_json"].is_null() {
        let answer: Json = serde_json::from_str(answer.as_deref().expect("an answer")).expect("JSON");
        assert_eq!(answer, expect["reply_json"], "{name}");
    }
    if let Some(id) = expect["message_id"].as_str() {
        assert_eq!(verified.message_id.as_deref(), Some(id), "{name}");
    }
    let is_check =
        !expect["reply_json"].is_null() || !expect["reply_body"].is_null() || expect["plaintext"] == r#"{"EventType":"check_url"}"#;
    assert_eq!(verified.answer.is_some(), is_check, "{name}: only checks of the address are answered without being stored");
}

/// Reads the acknowledgement as the partner does, with nothing of ours.
fn judge_acknowledgement(name: &str, verified: &Verified, config: &Json, reply: &str) {
    let answer = verified.answer.as_ref().or(verified.acknowledge.as_ref()).expect("an acknowledgement");
    let json: Json = serde_json::from_slice(&answer.body).expect("JSON");
    let names: Vec<&str> = json.as_object().expect("a mapping").keys().map(String::as_str).collect();
    assert_eq!(names, ["msg_signature", "timeStamp", "nonce", "encrypt"], "{name}");
    let text = |of: &str| json[of].as_str().expect("text").to_owned();
    let mut parts = [config["token"].as_str().expect("text").to_owned(), text("timeStamp"), text("nonce"), text("encrypt")];
    parts.sort();
    assert_eq!(text("msg_signature"), hex::encode(Sha1::digest(parts.concat())), "{name}");
    assert!(text("timeStamp").parse::<u64>().is_ok() && text("nonce").len() >= 8, "{name}");
    // The trailing bits of a key say nothing; the last character is replaced by the one without them.
    let key = config["encoding_aes_key"].as_str().expect("text");
    let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let last = alphabet.find(&key[42..]).expect("a character of base64") / 4 * 4;
    let key = STANDARD.decode(format!("{}{}=", &key[..42], &alphabet[last..=last])).expect("32 bytes");
    let mut bytes = STANDARD.decode(text("encrypt")).expect("base64");
    let plain = cbc::Decryptor::<aes::Aes256>::new_from_slices(&key, &key[..16]).expect("a key").decrypt_padded::<NoPadding>(&mut bytes);
    let plain = plain.expect("whole blocks");
    assert_eq!(plain.len() % 32, 0, "{name}");
    let length = u32::from_be_bytes(plain[16..20].try_into().expect("four")) as usize;
    assert_eq!(std::str::from_utf8(&plain[20..20 + length]), Ok(reply), "{name}");
    let owner = config["app_key"].as_str().expect("text").as_bytes();
    assert!(plain[20 + length..].starts_with(owner), "{name}");
}

fn run(file: &str, scheme: &str) {
    let signature = signature(scheme);
    let mut count = [0, 0];
    for vector in vectors(file) {
        count[usize::from(judge(&vector, &signature))] += 1;
    }
    assert!(count.iter().all(|count| *count >= 10), "{file} has valid and invalid ones: {count:?}");
}

#[test]
fn standard_webhooks() {
    run("standardwebhooks.json", "{kind: standard_webhooks, secret: settings.s}");
}

#[test]
fn svix() {
    run("svix.json", "{kind: standard_webhooks, secret: settings.s, prefix: svix}");
}

#[test]
fn timestamp_and_body_in_one_header() {
    run(
        "stripe.json",
        r#"{kind: hmac, secret: settings.s, header: Stripe-Signature, elements: {timestamp: t, signature: v1}, signed: "{timestamp}.{body}"}"#,
    );
    run("stripe.json", "{kind: stripe, secret: settings.s}");
}

#[test]
fn body_alone() {
    run("github.json", r#"{kind: hmac, secret: settings.s, header: X-Hub-Signature-256, prefix: "sha256="}"#);
    run("github.json", "{kind: github, secret: settings.s}");
}

#[test]
fn an_encrypted_json_envelope() {
    run("dingtalk.json", "{kind: dingtalk_aes, secret: settings.s, aes_key: settings.k, receiver: settings.r}");
}

#[test]
fn an_encrypted_xml_envelope() {
    run("wecom.json", "{kind: wecom, secret: settings.s, aes_key: settings.k, receiver: settings.r}");
}

#[test]
fn a_verification_token_and_an_encrypt_key() {
    run("feishu.json", "{kind: feishu, secret: settings.s, encrypt_key: settings.k}");
}

#[test]
fn what_the_vendors_publish() {
    for vector in vectors("published.json") {
        let kind = vector["kind"].as_str().expect("text");
        judge(&vector, &signature(&format!("{{kind: {kind}, secret: settings.s}}")));
        if let (Some(reason), Err(refused)) = (
            vector["expect"]["reason"].as_str(),
            signature(&format!("{{kind: {kind}, secret: settings.s}}"))
                .verify(&Request::of(&vector).received(), &keys_of(&vector["config"])),
        ) {
            assert_eq!(refused.word(), reason, "{} {}", vector["id"], vector["note"]);
        }
    }
}

#[test]
fn a_body_is_what_it_looks_like() {
    for (body, form) in [
        ("{}", Form::Json),
        ("<xml/>", Form::Xml),
        ("\u{feff}\n <?xml version=\"1.0\"?><a/>", Form::Xml),
        ("", Form::Json),
        (" [1]", Form::Json),
    ] {
        assert_eq!(Form::of(body.as_bytes()), form, "{body}");
    }
}

proptest! {
    /// Whatever is sent, nothing panics, and nothing is taken that nobody signed.
    #[test]
    fn nothing_unsigned_is_taken(
        body in prop_oneof![
            proptest::collection::vec(any::<u8>(), 0..300),
            r#"\{"encrypt": ?"[A-Za-z0-9+/]{0,200}={0,2}"\}"#.prop_map(String::into_bytes),
            "<xml><Encrypt>[A-Za-z0-9+/=]{0,200}</Encrypt></xml>".prop_map(String::into_bytes),
            r#"\{"type": ?"(url_verification|event_callback)", ?"token": ?"[a-z]{0,4}", ?"challenge": ?"x"\}"#.prop_map(String::into_bytes),
            r#"\{"value": ?\[\{"clientState": ?"[a-z]{0,4}"\}\]\}"#.prop_map(String::into_bytes),
        ],
        values in proptest::collection::vec("[ -~]{0,60}", 8),
        challenge in any::<bool>(),
    ) {
        let names = ["msg_signature", "signature", "timestamp", "nonce", "echostr"];
        let query = names.iter().zip(&values).map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        let names = ["x-lark-signature", "x-lark-request-timestamp", "x-lark-request-nonce"];
        let headers = names.iter().zip(&values[5..]).map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        let now = jiff::Timestamp::from_second(1_760_000_000).expect("in range");
        let request = Request { headers, query, body, now, challenge };
        let keys = Keys::secrets(&["a-token-of-ours"])
            .with("aes_key", &["abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"])
            .with("receiver", &["us"])
            .with("encrypt_key", &["a-key-of-ours"]);
        for kind in ["dingtalk_aes", "wecom", "feishu", "github", "stripe", "slack", "frappe", "xero", "business_central"] {
            let verdict = signature(&format!("{{kind: {kind}, secret: settings.s}}")).verify(&request.received(), &keys);
            prop_assert!(verdict.is_err(), "{kind}: {verdict:?}");
        }
    }
}

/// Every byte of what is signed counts, and whatever comes, nothing panics.
#[test]
fn no_byte_of_an_envelope_may_change() {
    for (file, scheme) in [
        ("dingtalk.json", "{kind: dingtalk_aes, secret: settings.s}"),
        ("wecom.json", "{kind: wecom, secret: settings.s}"),
        ("feishu.json", "{kind: feishu, secret: settings.s}"),
    ] {
        let signature = signature(scheme);
        let all = vectors(file);
        let vector = all
            .iter()
            .find(|vector| {
                vector["expect"]["valid"] == true
                    && vector["note"].as_str().is_some_and(|note| note.contains("approval") || note.contains("bpms"))
            })
            .expect("an event");
        let request = Request::of(vector);
        let keys = keys_of(&vector["config"]);
        assert!(signature.verify(&request.received(), &keys).is_ok());
        // WeCom's members beside `Encrypt` are not signed, and mean nothing to us.
        let text = String::from_utf8(request.body.clone()).expect("text");
        let from = text.find("ncrypt").expect("the envelope") + 20;
        for index in (from..from + 200).step_by(7) {
            let mut body = request.body.clone();
            body[index] = if body[index] == b'A' { b'B' } else { b'A' };
            let changed = Request { body, headers: request.headers.clone(), query: request.query.clone(), ..request };
            assert!(signature.verify(&changed.received(), &keys).is_err(), "{file} {index}");
        }
        for length in (0..request.body.len()).step_by(11) {
            let cut = Request {
                body: request.body[..length].to_vec(),
                headers: request.headers.clone(),
                query: request.query.clone(),
                ..request
            };
            assert!(signature.verify(&cut.received(), &keys).is_err(), "{file} {length}");
        }
    }
}
