//! Signatures of callbacks: raw bytes and headers in, a verdict out. One file a kind.
//!
//! Verification is over the bytes as they came, in constant time, against every active secret. The order of checks
//! around it (size, receiver, signature, time, duplicate) belongs to whoever receives.

mod business_central;
mod dingtalk_aes;
mod feishu;
mod frappe;
mod github;
mod hmac;
mod keys;
mod msgcrypt;
mod received;
mod slack;
mod standard_webhooks;
mod stripe;
mod token;
mod verdict;
mod wecom;
mod xero;

pub use keys::{Keys, NAMED, Named};
pub use received::Received;
pub use verdict::{Answer, Form, Refused, Verified};

use crate::domain::diagnostic::Span;
use crate::domain::text::shape::{Field, Kind, Shape, TaggedShape};
use crate::domain::text::tree::Node;
use crate::domain::text::units;
use ::hmac::{Hmac, KeyInit, Mac};

/// The kinds there are.
pub static KINDS: &[&Kind] = &[
    &standard_webhooks::KIND,
    &hmac::KIND,
    &token::KIND,
    &dingtalk_aes::KIND,
    &feishu::KIND,
    &wecom::KIND,
    &github::KIND,
    &stripe::KIND,
    &slack::KIND,
    &frappe::KIND,
    &xero::KIND,
    &business_central::KIND,
];

static TAGGED: TaggedShape = TaggedShape {
    name: "signature",
    doc: "How a callback is proved.",
    tag: "kind",
    default: None,
    common: &[Field::required(
        "secret",
        Shape::OneOrMany(&Shape::Reference),
        "The setting with the secret, `settings.NAME`; several while one is being replaced.",
    )],
    kinds: KINDS,
};

/// The shape of `signature:`.
pub const SHAPE: Shape = Shape::Tagged(&TAGGED);

/// How far a callback's own time may be from ours.
pub const TOLERANCE_SECONDS: i64 = 300;

/// The same where nobody knows whether a partner signs its repeats anew. The longest of them comes after six hours, and
/// what a replay could do is make us read once more.
pub const REPLAY_SECONDS: i64 = 24 * 3_600;

/// A compiled signature check.
#[derive(Clone, Debug, PartialEq)]
pub enum Signature {
    /// Standard Webhooks.
    StandardWebhooks(standard_webhooks::StandardWebhooks),
    /// An HMAC as the partner writes it.
    Hmac(hmac::HmacSignature),
    /// A shared secret sent as it is.
    Token(token::Token),
    /// A signed and encrypted JSON envelope with an encrypted acknowledgement.
    DingtalkAes(dingtalk_aes::DingtalkAes),
    /// A verification token, with an encrypt key also signed and encrypted.
    Feishu(feishu::Feishu),
    /// A signed and encrypted XML envelope.
    Wecom(wecom::Wecom),
    /// An HMAC over version, time and body, with a check of the address.
    Slack(slack::Slack),
    /// A secret of ours in each notification, with a check of the address.
    BusinessCentral,
}

/// Compiles `signature:`; problems go to `problem` with their place.
pub fn compile(node: &Node, problem: &mut dyn FnMut(Span, &'static str)) -> Option<Signature> {
    match node.get("kind").and_then(Node::text)? {
        "standard_webhooks" => Some(Signature::StandardWebhooks(standard_webhooks::StandardWebhooks::compile(node))),
        "hmac" => hmac::HmacSignature::compile(node, problem).map(Signature::Hmac),
        "token" => token::Token::compile(node, problem).map(Signature::Token),
        "dingtalk_aes" => Some(Signature::DingtalkAes(dingtalk_aes::DingtalkAes::compile(node))),
        "feishu" => Some(Signature::Feishu(feishu::Feishu::compile(node))),
        "wecom" => Some(Signature::Wecom(wecom::Wecom::compile(node))),
        "github" => Some(Signature::Hmac(github::compile())),
        "stripe" => Some(Signature::Hmac(stripe::compile(node))),
        "slack" => Some(Signature::Slack(slack::Slack::compile(node))),
        "frappe" => Some(Signature::Hmac(frappe::compile())),
        "xero" => Some(Signature::Hmac(xero::compile())),
        "business_central" => Some(Signature::BusinessCentral),
        _ => None,
    }
}

impl Signature {
    /// Whether the partner checks the address with a GET.
    pub fn answers_get(&self) -> bool {
        matches!(self, Signature::Wecom(_))
    }

    /// Checks a callback against every active secret.
    ///
    /// # Errors
    /// When it is not proved; nothing of the body may then be acted on.
    pub fn verify(&self, received: &Received<'_>, keys: &Keys<'_>) -> Result<Verified, Refused> {
        let secrets = keys.of("secret");
        if secrets.iter().all(|secret| secret.is_empty()) {
            return Err(Refused::NoSecret);
        }
        match self {
            Signature::StandardWebhooks(signature) => signature.verify(received, secrets),
            Signature::Hmac(signature) => signature.verify(received, secrets),
            Signature::Token(token) => token.verify(received, secrets),
            Signature::DingtalkAes(signature) => signature.verify(received, keys),
            Signature::Feishu(signature) => signature.verify(received, keys),
            Signature::Wecom(signature) => signature.verify(received, keys),
            Signature::Slack(signature) => signature.verify(received, keys),
            Signature::BusinessCentral => business_central::verify(received, keys),
        }
    }
}

/// Plain unix seconds: digits and nothing else, as a number that fits.
fn unix_seconds(text: &str) -> Result<i64, Refused> {
    match !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        true => text.parse().map_err(|_| Refused::BadTimestamp),
        false => Err(Refused::BadTimestamp),
    }
}

/// `tolerance:` in seconds.
fn tolerance(node: &Node) -> i64 {
    written_tolerance(node).unwrap_or(TOLERANCE_SECONDS)
}

/// The same for partners of whose repeats nobody knows whether they are signed anew.
fn replay_tolerance(node: &Node) -> i64 {
    written_tolerance(node).unwrap_or(REPLAY_SECONDS)
}

fn written_tolerance(node: &Node) -> Option<i64> {
    let written = node.get("tolerance").and_then(Node::text).and_then(units::duration).and_then(units::Span::millis);
    written.and_then(|millis| i64::try_from(millis / 1_000).ok())
}

/// Further settings that kinds name, beside `secret`.
const AES_KEY: &str = "aes_key";
const ENCRYPT_KEY: &str = "encrypt_key";
const RECEIVER: &str = "receiver";

const REPLAY: Field = Field::optional("tolerance", Shape::Duration, "How far the sender's time may be from ours; 24h.");
const TOLERANCE: Field = Field::optional("tolerance", Shape::Duration, "How far the sender's time may be from ours; 5m.");

/// The digests there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Digest {
    Sha256,
    Sha384,
    Sha512,
}

impl Digest {
    /// Whether `signature` is the HMAC of the parts; constant time.
    fn verify(self, key: &[u8], parts: &[&[u8]], signature: &[u8]) -> bool {
        macro_rules! check {
            ($digest:ty) => {
                Hmac::<$digest>::new_from_slice(key).is_ok_and(|mut mac| {
                    parts.iter().for_each(|part| mac.update(part));
                    mac.verify_slice(signature).is_ok()
                })
            };
        }
        match self {
            Digest::Sha256 => check!(sha2::Sha256),
            Digest::Sha384 => check!(sha2::Sha384),
            Digest::Sha512 => check!(sha2::Sha512),
        }
    }
}
