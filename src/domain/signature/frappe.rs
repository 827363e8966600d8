//! `kind: frappe`: an HMAC of the body and nothing else. There is no time and no id, so that a replay cannot be told from
//! a repeat: what arrives is a hint, and is read back.

use super::hmac::{Encoding, HmacSignature};
use crate::domain::text::shape::Kind;

/// The shape.
pub static KIND: Kind = Kind {
    word: "frappe",
    doc: "Frappe and ERPNext: HMAC-SHA-256 of the body, base64, in `X-Frappe-Webhook-Signature`.",
    later: false,
    fields: &[],
};

pub(super) fn compile() -> HmacSignature {
    HmacSignature::of_body("X-Frappe-Webhook-Signature", "", Encoding::Base64)
}
