//! `kind: github`: an HMAC of the body. The id of a delivery stands in a header that is not signed, so it is not believed.

use super::hmac::{Encoding, HmacSignature};
use crate::domain::text::shape::Kind;

/// The shape.
pub static KIND: Kind =
    Kind { word: "github", doc: "GitHub: HMAC-SHA-256 of the body, hex, in `X-Hub-Signature-256`.", later: false, fields: &[] };

pub(super) fn compile() -> HmacSignature {
    HmacSignature::of_body("X-Hub-Signature-256", "sha256=", Encoding::Hex)
}
