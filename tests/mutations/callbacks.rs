//! Callbacks that were signed by the vendors' own libraries, changed anywhere: whatever is still taken says the same.

use crate::storm::storm;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value as Json, json};
use waybill::domain::diagnostic::Report;
use waybill::domain::signature::{Keys, Received, Signature, Verified, compile};
use waybill::domain::text::tree::parse;

const SCHEMES: [(&str, &str); 7] = [
    ("standardwebhooks.json", "{kind: standard_webhooks, secret: settings.s}"),
    ("svix.json", "{kind: standard_webhooks, secret: settings.s, prefix: svix}"),
    ("stripe.json", "{kind: stripe, secret: settings.s}"),
    ("github.json", "{kind: github, secret: settings.s}"),
    ("dingtalk.json", "{kind: dingtalk_aes, secret: settings.s, aes_key: settings.k, receiver: settings.r}"),
    ("wecom.json", "{kind: wecom, secret: settings.s, aes_key: settings.k, receiver: settings.r}"),
    ("feishu.json", "{kind: feishu, secret: settings.s, encrypt_key: settings.k}"),
];

const PARTS: [(&str, &str); 7] = [
    ("secret", "secret"),
    ("token", "secret"),
    ("verification_token", "secret"),
    ("encoding_aes_key", "aes_key"),
    ("app_key", "receiver"),
    ("receive_id", "receiver"),
    ("encrypt_key", "encrypt_key"),
];

/// A vector's keys and time, beside the signature of its scheme.
struct Genuine {
    signature: Signature,
    config: Json,
    now: jiff::Timestamp,
    /// What it says.
    says: Option<Vec<u8>>,
    /// Whether the vendor signs what checks the address. Feishu encrypts it alone, and blocks of AES-CBC can be moved: whoever
    /// has seen one such check can make the hub answer another. Nothing is kept of it, and nothing follows.
    signs_checks: bool,
}

/// Name and value, one a line, then the body: what is changed as bytes.
struct Callback {
    headers: Vec<(String, String)>,
    query: Vec<(String, String)>,
    challenge: bool,
    body: Vec<u8>,
}

impl Callback {
    fn of(vector: &Json) -> Callback {
        let request = &vector["request"];
        let pairs = |value: &Json| -> Vec<(String, String)> {
            let map = value.as_object().into_iter().flatten();
            map.filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned()))).collect()
        };
        Callback {
            headers: pairs(&request["headers"]),
            query: pairs(&request["query"]),
            challenge: request["method"] == "GET",
            body: STANDARD.decode(request["body_base64"].as_str().expect("text")).expect("base64"),
        }
    }

    fn write(&self, of: usize) -> Vec<u8> {
        let head = |list: &[(String, String)]| list.iter().map(|(name, value)| format!("{name}\u{1}{value}\n")).collect::<String>();
        let head = format!("{of}\n{}\n{}\u{2}{}\u{2}", self.challenge, head(&self.headers), head(&self.query));
        [head.as_bytes(), &self.body].concat()
    }

    fn read(bytes: &[u8]) -> Option<(usize, Callback)> {
        let mut parts = bytes.splitn(3, |byte| *byte == 2);
        let mut next = || parts.next();
        let (head, query, body) = (String::from_utf8_lossy(next()?), String::from_utf8_lossy(next()?), next()?);
        let mut lines = head.splitn(3, '\n');
        let (of, challenge) = (lines.next()?.parse().ok()?, lines.next()? == "true");
        let pairs = |text: &str| -> Vec<(String, String)> {
            let pair = |line: &str| line.split_once('\u{1}').map(|(name, value)| (name.to_owned(), value.to_owned()));
            text.split('\n').filter_map(pair).collect()
        };
        Some((of, Callback { headers: pairs(lines.next()?), query: pairs(&query), challenge, body: body.to_vec() }))
    }
}

impl Genuine {
    fn verify(&self, callback: &Callback) -> Result<Verified, String> {
        let text = |name: &str| self.config[name].as_str();
        let keys = PARTS.iter().filter_map(|(name, part)| Some((text(name)?, *part)));
        let keys = keys.fold(Keys::default(), |keys, (text, part)| keys.with(part, &[text]));
        let Callback { headers, query, challenge, body } = callback;
        let received = Received { headers, query, body, now: self.now, challenge: *challenge, random: *b"fedcba9876543210nonce-01" };
        self.signature.verify(&received, &keys).map_err(|refused| format!("{refused:?}"))
    }
}

/// What a callback says, once it is taken: what was inside, the answer to a check of the address, or its body.
fn said(verified: &Verified, callback: &Callback) -> Vec<u8> {
    if let Some((_, inside)) = &verified.body {
        return inside.clone();
    }
    verified.answer.as_ref().map_or_else(|| callback.body.clone(), |answer| answer.body.clone())
}

#[test]
fn nothing_but_what_was_signed_is_taken() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/vectors/");
    let (mut genuine, mut seeds) = (Vec::new(), Vec::new());
    for (file, scheme) in SCHEMES {
        let node = parse(scheme, &mut Report::new("signature.yaml")).expect("valid YAML");
        let signature = || compile(&node, &mut |_, message| panic!("{message}")).expect("a signature");
        let text = std::fs::read_to_string(format!("{folder}{file}")).expect("the vectors are there");
        let json: Json = serde_json::from_str(&text).expect("valid JSON");
        for vector in json["vectors"].as_array().expect("a list") {
            let callback = Callback::of(vector);
            seeds.push(callback.write(genuine.len()));
            let now = jiff::Timestamp::from_second(vector["now"].as_i64().expect("seconds")).expect("in range");
            let mut known =
                Genuine { signature: signature(), config: vector["config"].clone(), now, says: None, signs_checks: file != "feishu.json" };
            known.says = known.verify(&callback).ok().map(|verified| said(&verified, &callback));
            assert_eq!(known.says.is_some(), vector["expect"]["valid"] == json!(true), "{file} {}", vector["id"]);
            genuine.push(known);
        }
    }
    let words: Vec<Vec<u8>> = genuine.iter().filter_map(|known| known.says.clone()).collect();
    storm("callbacks", seeds, |bytes| {
        let Some((of, callback)) = Callback::read(bytes) else { return "no callback".to_owned() };
        let Some(known) = genuine.get(of) else { return "nobody's".to_owned() };
        match known.verify(&callback) {
            Ok(verified) if verified.answer.is_some() && !known.signs_checks => format!("{of}: answered"),
            Ok(verified) => {
                let said = said(&verified, &callback);
                // Of several vectors with one key, one may turn into another; none into what nobody signed.
                assert!(words.contains(&said), "{of}: taken, though nobody signed it: {}", String::from_utf8_lossy(&said));
                format!("{of}: taken")
            }
            Err(refused) => format!("{refused} {}", callback.challenge),
        }
    });
}
