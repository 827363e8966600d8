//! `kind: slack`: an HMAC over version, time and body. The check of the address is signed like everything else.

use super::hmac::HmacSignature;
use super::{Answer, Keys, Received, Refused, TOLERANCE, Verified, tolerance};
use crate::domain::text::shape::Kind;
use crate::domain::text::tree::Node;
use crate::domain::value::Value;

/// The shape.
pub static KIND: Kind = Kind {
    word: "slack",
    doc: "Slack: `X-Slack-Signature: v0=…`, HMAC-SHA-256 over `v0:time:body`; answers the check of the address.",
    later: false,
    fields: &[TOLERANCE],
};

/// Slack's callbacks.
#[derive(Clone, Debug, PartialEq)]
pub struct Slack(HmacSignature);

impl Slack {
    pub(super) fn compile(node: &Node) -> Slack {
        let hmac = HmacSignature::of_time_and_body("X-Slack-Signature", tolerance(node));
        Slack(hmac.with_prefix("v0=").with_time_header("X-Slack-Request-Timestamp").signing("v0:{timestamp}:{body}"))
    }

    pub(super) fn verify(&self, received: &Received<'_>, keys: &Keys<'_>) -> Result<Verified, Refused> {
        let verified = self.0.verify(received, keys.of("secret"))?;
        // Commands come as forms; whoever wants them reads them otherwise. Here only the check of the address is looked for.
        let body = received.json().unwrap_or_default();
        let challenge = body.member("challenge").as_text().filter(|_| body.member("type").as_text() == Some("url_verification"));
        let answer = challenge.map(|challenge| Answer::json(&Value::map([("challenge", Value::text(challenge))])));
        let message_id = body.member("event_id").as_text().filter(|id| !id.is_empty()).map(str::to_owned);
        Ok(Verified { answer, message_id, ..verified })
    }
}
