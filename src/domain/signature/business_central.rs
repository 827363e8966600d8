//! `kind: business_central`: no signature, but a secret of ours (`clientState`) in each notification, and a token that is
//! sent back when a subscription is made or renewed.
//!
//! A refusal other than 408, 429 and 5xx deletes the subscription over there, so only what is certainly not ours is one.

use super::{Answer, Keys, Received, Refused, Verified};
use crate::domain::text::shape::Kind;
use crate::domain::value::Value;
use subtle::ConstantTimeEq;

/// Longest validation token that is sent back, bytes.
const TOKEN_MAX: usize = 1024;

/// The shape.
pub static KIND: Kind = Kind {
    word: "business_central",
    doc: "Business Central: `secret` is the `clientState` of the subscription, in each notification; sends the validation token back.",
    later: false,
    fields: &[],
};

pub(super) fn verify(received: &Received<'_>, keys: &Keys<'_>) -> Result<Verified, Refused> {
    if let Some(token) = received.query("validationToken")? {
        return handshake(token);
    }
    let body = received.json()?;
    let Value::List(notifications) = body.member("value") else { return Err(Refused::BadBody) };
    let mut secret = None;
    for notification in notifications.iter() {
        let state = notification.member("clientState").as_text().ok_or(Refused::MissingSignature)?;
        let fits = |known: &&str| !known.is_empty() && bool::from(known.as_bytes().ct_eq(state.as_bytes()));
        let found = keys.of("secret").iter().position(fits).ok_or(Refused::WrongToken)?;
        secret.get_or_insert(found);
    }
    // One that says nothing proves nothing.
    secret.map(|secret| Verified { secret, ..Verified::default() }).ok_or(Refused::MissingSignature)
}

/// Sends the token back as plain text. Whoever asks gets only what he brought, and never as a page.
fn handshake(token: &str) -> Result<Verified, Refused> {
    if token.is_empty() || token.len() > TOKEN_MAX || !token.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ') {
        return Err(Refused::BadBody);
    }
    let answer = Answer { content_type: "text/plain; charset=utf-8", body: token.as_bytes().to_vec() };
    Ok(Verified { answer: Some(answer), ..Verified::default() })
}
