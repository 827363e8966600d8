//! `kind: feishu`: a verification token inside the body; with an encrypt key also a SHA-256 over the raw body, and AES.
//!
//! `secret` is the verification token, which is all there is where no encrypt key is set. The check of the address
//! (`url_verification`) carries no signature: that it decrypts and holds the token proves it.

use super::{Answer, ENCRYPT_KEY, Form, Keys, REPLAY, Received, Refused, Verified, replay_tolerance};
use crate::domain::text::shape::{Field, Kind, Shape};
use crate::domain::text::tree::Node;
use crate::domain::value::Value;
use aes::Aes256;
use aes::cipher::block_padding::Pkcs7;
use aes::cipher::{BlockModeDecrypt, KeyIvInit};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// The shape.
pub static KIND: Kind = Kind {
    word: "feishu",
    doc: "Feishu and Lark: SHA-256 in a header, AES inside `encrypt`, a verification token inside; answers the check of the address.",
    later: false,
    fields: &[
        Field::optional(
            "encrypt_key",
            Shape::OneOrMany(&Shape::Reference),
            "The setting with the encrypt key; where it is set, nothing plain and nothing unsigned is taken.",
        ),
        REPLAY,
    ],
};

/// Feishu's callbacks.
#[derive(Clone, Debug, PartialEq)]
pub struct Feishu {
    tolerance_seconds: i64,
}

impl Feishu {
    pub(super) fn compile(node: &Node) -> Feishu {
        Feishu { tolerance_seconds: replay_tolerance(node) }
    }

    pub(super) fn verify(&self, received: &Received<'_>, keys: &Keys<'_>) -> Result<Verified, Refused> {
        let encrypt_keys: Vec<&str> = keys.of(ENCRYPT_KEY).iter().copied().filter(|key| !key.is_empty()).collect();
        let body = received.json()?;
        if encrypt_keys.is_empty() {
            return Opened::read(received.body.to_vec())?.verified(keys, true);
        }
        let encrypted = body.member("encrypt").as_text().ok_or(Refused::BadBody)?;
        let signature = received.header("x-lark-signature")?.filter(|text| !text.is_empty());
        let Some(signature) = signature else {
            let opened = encrypt_keys.iter().find_map(|key| decrypt(key, encrypted)).ok_or(Refused::DecryptFailed)?;
            return Opened::read(opened).map_err(|_| Refused::DecryptFailed)?.verified(keys, false);
        };
        let timestamp = received.header("x-lark-request-timestamp")?.ok_or(Refused::MissingSignature)?;
        let nonce = received.header("x-lark-request-nonce")?.ok_or(Refused::MissingSignature)?;
        let signature = hex::decode(signature).map_err(|_| Refused::BadSignature)?;
        let fits = |key: &&&str| {
            let digest = Sha256::new().chain_update(timestamp).chain_update(nonce).chain_update(key.as_bytes()).chain_update(received.body);
            bool::from(digest.finalize().as_slice().ct_eq(&signature))
        };
        let key = encrypt_keys.iter().find(fits).ok_or(Refused::BadSignature)?;
        received.check_time(super::unix_seconds(timestamp)?, self.tolerance_seconds)?;
        let opened = decrypt(key, encrypted).ok_or(Refused::DecryptFailed)?;
        Opened::read(opened).map_err(|_| Refused::DecryptFailed)?.verified(keys, true)
    }
}

/// A body that was read, whatever it was wrapped in.
struct Opened {
    bytes: Vec<u8>,
    value: Value,
}

impl Opened {
    fn read(bytes: Vec<u8>) -> Result<Opened, Refused> {
        let text = std::str::from_utf8(&bytes).map_err(|_| Refused::BadBody)?;
        let value = Value::from_strict_json(text).map_err(|_| Refused::BadBody)?;
        Ok(Opened { bytes, value })
    }

    /// Checks the token inside; without a signature only the check of the address is taken.
    fn verified(self, keys: &Keys<'_>, signed: bool) -> Result<Verified, Refused> {
        let event = &self.value;
        let is_check = event.member("type").as_text() == Some("url_verification");
        if !signed && !is_check {
            return Err(Refused::MissingSignature);
        }
        // The second version of events has it in `header`.
        let token = event.member("header").member("token").as_text().or(event.member("token").as_text()).ok_or(Refused::WrongToken)?;
        let fits = |secret: &&str| !secret.is_empty() && bool::from(secret.as_bytes().ct_eq(token.as_bytes()));
        let secret = keys.of("secret").iter().position(fits).ok_or(Refused::WrongToken)?;
        if is_check {
            let challenge = event.member("challenge").as_text().ok_or(Refused::BadBody)?;
            let answer = Answer::json(&Value::map([("challenge", Value::text(challenge))]));
            return Ok(Verified { secret, answer: Some(answer), ..Verified::default() });
        }
        let id = event.member("header").member("event_id").as_text().or(event.member("uuid").as_text());
        let message_id = id.filter(|id| !id.is_empty()).map(str::to_owned);
        Ok(Verified { secret, message_id, body: Some((Form::Json, self.bytes)), ..Verified::default() })
    }
}

/// The first block is the IV; the key is the digest of the text that people see.
fn decrypt(key: &str, encrypted: &str) -> Option<Vec<u8>> {
    let mut bytes = STANDARD.decode(encrypted).ok()?;
    let (iv, content) = bytes.split_at_mut_checked(16)?;
    if content.is_empty() {
        return None;
    }
    let decryptor = cbc::Decryptor::<Aes256>::new_from_slices(&Sha256::digest(key.as_bytes()), iv).ok()?;
    decryptor.decrypt_padded::<Pkcs7>(content).ok().map(<[u8]>::to_vec)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_vendors_own_sample_decrypts() {
        let plain = decrypt("test key", "P37w+VZImNgPEO1RBhJ6RtKl7n6zymIbEG1pReEzghk=");
        assert_eq!(plain.as_deref(), Some(b"hello world".as_slice()));
    }

    #[test]
    fn what_is_no_ciphertext_is_refused_and_no_panic() {
        for encrypted in ["", "@@", "AAAA", "AAAAAAAAAAAAAAAAAAAAAA==", "AAAAAAAAAAAAAAAAAAAAAAAAAAA="] {
            assert_eq!(decrypt("test key", encrypted), None, "{encrypted}");
        }
    }
}
