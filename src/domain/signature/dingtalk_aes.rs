//! `kind: dingtalk_aes`: a signed and encrypted JSON envelope whose acknowledgement is signed and encrypted as well.
//!
//! Saving the address over there sends an event `check_url`, which is answered like any other and stored nowhere.

use super::msgcrypt::{open, sign, token_that_fits};
use super::{AES_KEY, Answer, Form, Keys, RECEIVER, REPLAY, Received, Refused, Verified, replay_tolerance};
use crate::domain::text::shape::{Field, Kind, Shape};
use crate::domain::text::tree::Node;
use crate::domain::value::Value;

/// The word inside the acknowledgement.
const SUCCESS: &[u8] = b"success";

/// The shape.
pub static KIND: Kind = Kind {
    word: "dingtalk_aes",
    doc: "DingTalk: SHA-1 in the query, AES inside `encrypt`; `secret` is the token; acknowledged with an encrypted `success`.",
    later: false,
    fields: &[
        Field::required("aes_key", Shape::OneOrMany(&Shape::Reference), "The setting with the key of 43 characters (`EncodingAESKey`)."),
        Field::required(
            "receiver",
            Shape::OneOrMany(&Shape::Reference),
            "The setting with the id inside the envelope: the app key, the corp id for callbacks registered the old way, the suite key.",
        ),
        REPLAY,
    ],
};

/// DingTalk's envelope.
#[derive(Clone, Debug, PartialEq)]
pub struct DingtalkAes {
    tolerance_seconds: i64,
}

impl DingtalkAes {
    pub(super) fn compile(node: &Node) -> DingtalkAes {
        DingtalkAes { tolerance_seconds: replay_tolerance(node) }
    }

    pub(super) fn verify(&self, received: &Received<'_>, keys: &Keys<'_>) -> Result<Verified, Refused> {
        let signature = match (received.query("msg_signature")?, received.query("signature")?) {
            (Some(one), Some(other)) if one != other => return Err(Refused::BadSignature),
            (one, other) => one.or(other).filter(|text| !text.is_empty()).ok_or(Refused::MissingSignature)?,
        };
        let timestamp = received.query("timestamp")?.or(received.query("timeStamp")?).ok_or(Refused::MissingSignature)?;
        let nonce = received.query("nonce")?.ok_or(Refused::MissingSignature)?;
        let body = received.json()?;
        let encrypted = body.member("encrypt").as_text().ok_or(Refused::BadBody)?;
        let secret = token_that_fits(keys.of("secret"), timestamp, nonce, encrypted, signature)?;
        received.check_time(super::unix_seconds(timestamp)? / 1_000, self.tolerance_seconds)?;
        let receivers = keys.of(RECEIVER);
        let (envelope, message) = open(keys.of(AES_KEY), encrypted, receivers)?;
        let text = std::str::from_utf8(&message).map_err(|_| Refused::BadBody)?;
        let event = Value::from_strict_json(text).map_err(|_| Refused::BadBody)?;
        let [random @ .., a, b, c, d, e, f, g, h] = received.random;
        let reply = Reply { nonce: hex::encode([a, b, c, d, e, f, g, h]), timestamp: received.now.as_millisecond().to_string() };
        // The owner that this envelope named; with several known, the first one that opens it.
        let owner = receivers.iter().find(|owner| envelope.open(encrypted, &[owner]).is_ok()).ok_or(Refused::WrongReceiver)?;
        let sealed = envelope.seal(SUCCESS, owner, random).ok_or(Refused::NoSecret)?;
        let answer = reply.around(keys.of("secret")[secret], sealed);
        let is_check = event.member("EventType").as_text() == Some("check_url");
        Ok(Verified {
            secret,
            body: Some((Form::Json, message)),
            answer: is_check.then(|| answer.clone()),
            acknowledge: (!is_check).then_some(answer),
            ..Verified::default()
        })
    }
}

struct Reply {
    nonce: String,
    timestamp: String,
}

impl Reply {
    /// The four members, spelled exactly so.
    fn around(&self, token: &str, encrypted: String) -> Answer {
        let signature = hex::encode(sign(token, &self.timestamp, &self.nonce, &encrypted));
        let body = Value::map([
            ("msg_signature", Value::text(signature)),
            ("timeStamp", Value::text(&self.timestamp)),
            ("nonce", Value::text(&self.nonce)),
            ("encrypt", Value::text(encrypted)),
        ]);
        Answer { content_type: "application/json", body: body.to_json_text().into_bytes() }
    }
}
