//! `kind: standard_webhooks`: `webhook-id`, `webhook-timestamp`, `webhook-signature`; Svix writes `svix-` before them.

use super::{Digest, Received, Refused, TOLERANCE, Verified, tolerance, unix_seconds};
use crate::domain::text::shape::{Field, Kind, Shape};
use crate::domain::text::tree::Node;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use std::sync::Arc;

/// Signatures looked at in one header; a sender has one or two.
const SIGNATURES_MAX: usize = 16;

/// The shape.
pub static KIND: Kind = Kind {
    word: "standard_webhooks",
    doc: "Standard Webhooks: HMAC-SHA-256 over id, timestamp and body.",
    later: false,
    fields: &[TOLERANCE, Field::optional("prefix", Shape::Text, "What stands before `-id`, `-timestamp`, `-signature`; `webhook`.")],
};

/// Standard Webhooks.
#[derive(Clone, Debug, PartialEq)]
pub struct StandardWebhooks {
    prefix: Arc<str>,
    tolerance_seconds: i64,
}

impl StandardWebhooks {
    pub(super) fn compile(node: &Node) -> StandardWebhooks {
        let prefix = node.get("prefix").and_then(Node::text).unwrap_or("webhook");
        StandardWebhooks { prefix: Arc::from(prefix), tolerance_seconds: tolerance(node) }
    }

    pub(super) fn verify(&self, received: &Received<'_>, secrets: &[&str]) -> Result<Verified, Refused> {
        let header = |part: &str| received.header(&format!("{}-{part}", self.prefix));
        let signatures = header("signature")?.filter(|text| !text.is_empty()).ok_or(Refused::MissingSignature)?;
        let id = header("id")?.filter(|text| !text.is_empty()).ok_or(Refused::MissingSignature)?;
        let sent = header("timestamp")?.filter(|text| !text.is_empty()).ok_or(Refused::MissingSignature)?;
        received.check_time(unix_seconds(sent)?, self.tolerance_seconds)?;
        let candidates: Vec<Vec<u8>> = signatures
            .split(' ')
            .filter_map(|signature| signature.strip_prefix("v1,"))
            .take(SIGNATURES_MAX)
            .filter_map(|signature| STANDARD.decode(signature).ok())
            .collect();
        let signed: [&[u8]; 5] = [id.as_bytes(), b".", sent.as_bytes(), b".", received.body];
        let mut usable = false;
        for (index, secret) in secrets.iter().enumerate() {
            let Some(key) = key(secret) else { continue };
            usable = true;
            if candidates.iter().any(|candidate| Digest::Sha256.verify(&key, &signed, candidate)) {
                return Ok(Verified { message_id: Some(id.to_owned()), secret: index, ..Verified::default() });
            }
        }
        Err(if usable { Refused::BadSignature } else { Refused::NoSecret })
    }
}

/// The key of `whsec_…`: base64 of the bytes. A secret that is not base64 is no key, rather than another key.
fn key(secret: &str) -> Option<Vec<u8>> {
    let encoded = secret.strip_prefix("whsec_").unwrap_or(secret);
    STANDARD.decode(encoded).ok().filter(|key| !key.is_empty())
}
