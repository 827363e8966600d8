//! `kind: stripe`: timestamp and signatures in one header.

use super::hmac::HmacSignature;
use super::{TOLERANCE, tolerance};
use crate::domain::text::shape::Kind;
use crate::domain::text::tree::Node;

/// The shape.
pub static KIND: Kind = Kind {
    word: "stripe",
    doc: "Stripe: `Stripe-Signature: t=…,v1=…`, HMAC-SHA-256 over time and body.",
    later: false,
    fields: &[TOLERANCE],
};

pub(super) fn compile(node: &Node) -> HmacSignature {
    HmacSignature::of_time_and_body("Stripe-Signature", tolerance(node)).with_elements("t", "v1").signing("{timestamp}.{body}")
}
