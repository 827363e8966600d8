//! `kind: xero`: an HMAC of the body. Registration sends several callbacks without events, some of them wrongly signed:
//! the right ones are acknowledged with nothing stored, the wrong ones refused with 401, like all others.

use super::hmac::{Encoding, HmacSignature};
use crate::domain::text::shape::Kind;

/// The shape.
pub static KIND: Kind = Kind {
    word: "xero",
    doc: "Xero: HMAC-SHA-256 of the body, base64, in `x-xero-signature`; passes the intent to receive.",
    later: false,
    fields: &[],
};

pub(super) fn compile() -> HmacSignature {
    HmacSignature::of_body("x-xero-signature", "", Encoding::Base64)
}
