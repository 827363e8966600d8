//! `kind: wecom`: a signed and encrypted XML envelope; the address is checked by a GET whose `echostr` is sent back decrypted.

use super::msgcrypt::{open, token_that_fits};
use super::{AES_KEY, Answer, Form, Keys, RECEIVER, REPLAY, Received, Refused, Verified, replay_tolerance};
use crate::domain::text::shape::{Field, Kind, Shape};
use crate::domain::text::tree::Node;
use crate::domain::value::Value;

/// The shape.
pub static KIND: Kind = Kind {
    word: "wecom",
    doc: "WeCom: SHA-1 in the query, AES inside `<Encrypt>`; `secret` is the token; answers the check of the address.",
    later: false,
    fields: &[
        Field::required("aes_key", Shape::OneOrMany(&Shape::Reference), "The setting with the key of 43 characters (`EncodingAESKey`)."),
        Field::required("receiver", Shape::OneOrMany(&Shape::Reference), "The setting with the id inside the envelope: the corp id."),
        REPLAY,
    ],
};

/// WeCom's envelope.
#[derive(Clone, Debug, PartialEq)]
pub struct Wecom {
    tolerance_seconds: i64,
}

impl Wecom {
    pub(super) fn compile(node: &Node) -> Wecom {
        Wecom { tolerance_seconds: replay_tolerance(node) }
    }

    pub(super) fn verify(&self, received: &Received<'_>, keys: &Keys<'_>) -> Result<Verified, Refused> {
        let signature = received.query("msg_signature")?.filter(|text| !text.is_empty()).ok_or(Refused::MissingSignature)?;
        let timestamp = received.query("timestamp")?.ok_or(Refused::MissingSignature)?;
        let nonce = received.query("nonce")?.ok_or(Refused::MissingSignature)?;
        let encrypted = match received.challenge {
            // A plus that was not percent-encoded has become a space on its way here.
            true => received.query("echostr")?.ok_or(Refused::BadBody)?.replace(' ', "+"),
            false => envelope_of(received.body)?,
        };
        let secret = token_that_fits(keys.of("secret"), timestamp, nonce, &encrypted, signature)?;
        received.check_time(super::unix_seconds(timestamp)?, self.tolerance_seconds)?;
        let (_, message) = open(keys.of(AES_KEY), &encrypted, keys.of(RECEIVER))?;
        if received.challenge {
            // Exactly the text: no quotes, no mark at its beginning, no line break.
            let answer = Answer { content_type: "text/plain; charset=utf-8", body: message };
            return Ok(Verified { secret, answer: Some(answer), ..Verified::default() });
        }
        Ok(Verified { secret, body: Some((Form::Xml, message)), ..Verified::default() })
    }
}

/// The text of the one `<Encrypt>`, to the letter: it is what was signed.
fn envelope_of(body: &[u8]) -> Result<String, Refused> {
    let text = std::str::from_utf8(body).map_err(|_| Refused::BadBody)?;
    let tree = Value::from_xml(text).map_err(|_| Refused::BadBody)?;
    tree.member("xml").member("Encrypt").as_text().map(str::to_owned).ok_or(Refused::BadBody)
}
