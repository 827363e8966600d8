//! `kind: hmac`: an HMAC in a header, over the body or over a text made of timestamp, id and body.
//!
//! `{header: X-Hub-Signature-256, prefix: "sha256="}` is one way; `{header: Stripe-Signature, elements: {timestamp: t,
//! signature: v1}, signed: "{timestamp}.{body}"}` another.

use super::{Digest, Received, Refused, TOLERANCE, Verified, tolerance, unix_seconds};
use crate::domain::diagnostic::Span;
use crate::domain::text::shape::{Field, Kind, ObjectShape, Shape};
use crate::domain::text::tree::Node;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use std::sync::Arc;

/// Signatures looked at in one header.
const SIGNATURES_MAX: usize = 16;

static ELEMENTS: ObjectShape = ObjectShape {
    name: "signature_elements",
    doc: "Names of `name=value` elements in the header, separated by commas.",
    fields: &[
        Field::required("signature", Shape::Text, "The element with the signature; it may come several times."),
        Field::optional("timestamp", Shape::Text, "The element with the timestamp."),
    ],
};

/// The shape.
pub static KIND: Kind = Kind {
    word: "hmac",
    doc: "An HMAC in a header.",
    later: false,
    fields: &[
        Field::optional("algorithm", Shape::Word(&["sha256", "sha384", "sha512"]), "The digest; sha256."),
        Field::required("header", Shape::Text, "The header with the signature."),
        Field::optional("prefix", Shape::Text, "What stands before the signature, such as `sha256=`."),
        Field::optional("encoding", Shape::Word(&["hex", "base64"]), "How the signature is written; hex."),
        Field::optional("key", Shape::Word(&["text", "base64", "hex"]), "How the secret becomes the key; text."),
        Field::optional("signed", Shape::Text, "What is signed, from `{body}`, `{timestamp}` and `{id}`; `{body}`."),
        Field::optional("elements", Shape::Object(&ELEMENTS), "Where the header holds several elements."),
        Field::optional("timestamp_header", Shape::Text, "The header with the timestamp."),
        Field::optional("timestamp_unit", Shape::Word(&["seconds", "millis"]), "Its unit; seconds."),
        Field::optional("id_header", Shape::Text, "The header with the message's id."),
        TOLERANCE,
    ],
};

/// An HMAC as the partner writes it.
#[derive(Clone, Debug, PartialEq)]
pub struct HmacSignature {
    digest: Digest,
    header: Arc<str>,
    prefix: Arc<str>,
    encoding: Encoding,
    key: Encoding,
    signed: Vec<Part>,
    elements: Option<(Arc<str>, Option<Arc<str>>)>,
    timestamp_header: Option<Arc<str>>,
    per_second: i64,
    id_header: Option<Arc<str>>,
    tolerance_seconds: i64,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Encoding {
    Text,
    Hex,
    Base64,
}

#[derive(Clone, Debug, PartialEq)]
enum Part {
    Literal(Arc<str>),
    Body,
    Timestamp,
    Id,
}

impl HmacSignature {
    pub(super) fn compile(node: &Node, problem: &mut dyn FnMut(Span, &'static str)) -> Option<HmacSignature> {
        let text = |key: &str| node.get(key).and_then(Node::text);
        let signed = parts(text("signed").unwrap_or("{body}"));
        let at = node.get("signed").unwrap_or(node).span;
        let Some(signed) = signed.filter(|parts| parts.contains(&Part::Body)) else {
            problem(at, "what is signed is written with `{body}`, `{timestamp}` and `{id}`, and includes the body");
            return None;
        };
        let element = |name: &str| node.get("elements").and_then(|elements| elements.get(name)).and_then(Node::text).map(Arc::from);
        let elements = element("signature").map(|signature| (signature, element("timestamp")));
        let has_time = text("timestamp_header").is_some() || elements.as_ref().is_some_and(|(_, timestamp)| timestamp.is_some());
        if signed.contains(&Part::Timestamp) && !has_time {
            problem(at, "the timestamp is signed, but nothing says where it is: add `timestamp_header` or `elements.timestamp`");
        }
        if let Some(header) = node.get("timestamp_header").filter(|_| !signed.contains(&Part::Timestamp)) {
            problem(
                header.span,
                "this timestamp is not signed, so whoever replays a message writes a new one: sign `{timestamp}`, or leave it out",
            );
        }
        if signed.contains(&Part::Id) && text("id_header").is_none() {
            problem(at, "the id is signed, but nothing says where it is: add `id_header`");
        }
        Some(HmacSignature {
            digest: match text("algorithm") {
                Some("sha384") => Digest::Sha384,
                Some("sha512") => Digest::Sha512,
                _ => Digest::Sha256,
            },
            header: Arc::from(text("header")?),
            prefix: Arc::from(text("prefix").unwrap_or_default()),
            encoding: if text("encoding") == Some("base64") { Encoding::Base64 } else { Encoding::Hex },
            key: match text("key") {
                Some("base64") => Encoding::Base64,
                Some("hex") => Encoding::Hex,
                _ => Encoding::Text,
            },
            signed,
            elements,
            timestamp_header: text("timestamp_header").map(Arc::from),
            per_second: if text("timestamp_unit") == Some("millis") { 1_000 } else { 1 },
            id_header: text("id_header").map(Arc::from),
            tolerance_seconds: tolerance(node),
        })
    }

    /// The one that signs the body alone, for kinds that are nothing but this.
    pub(super) fn of_body(header: &str, prefix: &str, encoding: Encoding) -> HmacSignature {
        HmacSignature {
            digest: Digest::Sha256,
            header: Arc::from(header),
            prefix: Arc::from(prefix),
            encoding,
            key: Encoding::Text,
            signed: vec![Part::Body],
            elements: None,
            timestamp_header: None,
            per_second: 1,
            id_header: None,
            tolerance_seconds: super::TOLERANCE_SECONDS,
        }
    }

    /// The one that signs time and body in hex.
    pub(super) fn of_time_and_body(header: &str, tolerance_seconds: i64) -> HmacSignature {
        HmacSignature { tolerance_seconds, ..HmacSignature::of_body(header, "", Encoding::Hex) }
    }

    pub(super) fn with_prefix(self, prefix: &str) -> HmacSignature {
        HmacSignature { prefix: Arc::from(prefix), ..self }
    }

    pub(super) fn with_time_header(self, header: &str) -> HmacSignature {
        HmacSignature { timestamp_header: Some(Arc::from(header)), ..self }
    }

    pub(super) fn with_elements(self, timestamp: &str, signature: &str) -> HmacSignature {
        HmacSignature { elements: Some((Arc::from(signature), Some(Arc::from(timestamp)))), ..self }
    }

    pub(super) fn signing(self, signed: &str) -> HmacSignature {
        HmacSignature { signed: parts(signed).unwrap_or_else(|| vec![Part::Body]), ..self }
    }

    pub(super) fn verify(&self, received: &Received<'_>, secrets: &[&str]) -> Result<Verified, Refused> {
        let header = received.header(&self.header)?.filter(|text| !text.is_empty()).ok_or(Refused::MissingSignature)?;
        let (signatures, element_time) = self.split(header)?;
        let timestamp = match &self.timestamp_header {
            Some(name) => Some(received.header(name)?.ok_or(Refused::BadTimestamp)?),
            None => element_time,
        };
        if let Some(timestamp) = timestamp {
            received.check_time(unix_seconds(timestamp)? / self.per_second, self.tolerance_seconds)?;
        }
        let id = match &self.id_header {
            Some(name) => Some(received.header(name)?.ok_or(Refused::MissingSignature)?),
            None => None,
        };
        let signed = self.signed_bytes(received.body, timestamp.unwrap_or_default(), id.unwrap_or_default());
        let mut usable = false;
        for (index, secret) in secrets.iter().enumerate() {
            let Some(key) = decode(self.key, secret).filter(|key| !key.is_empty()) else { continue };
            usable = true;
            if signatures.iter().any(|signature| self.digest.verify(&key, &signed, signature)) {
                return Ok(Verified { message_id: id.map(str::to_owned), secret: index, ..Verified::default() });
            }
        }
        Err(if usable { Refused::BadSignature } else { Refused::NoSecret })
    }

    /// The signatures and the timestamp of the header. Elements of other names are other versions: not looked at.
    fn split<'h>(&self, header: &'h str) -> Result<(Vec<Vec<u8>>, Option<&'h str>), Refused> {
        let Some((name, time)) = &self.elements else {
            let text = header.strip_prefix(self.prefix.as_ref()).ok_or(Refused::MissingSignature)?;
            let signature = decode(self.encoding, text).ok_or(Refused::BadSignature)?;
            return Ok((vec![signature], None));
        };
        let elements: Vec<(&str, &str)> = header.split(',').filter_map(|element| element.trim().split_once('=')).collect();
        let written: Vec<&str> =
            elements.iter().filter(|(known, _)| *known == name.as_ref()).map(|(_, value)| *value).take(SIGNATURES_MAX).collect();
        if written.is_empty() {
            return Err(Refused::MissingSignature);
        }
        let timestamp = match time {
            None => None,
            Some(time) => {
                let mut found = elements.iter().filter(|(known, _)| *known == time.as_ref()).map(|(_, value)| *value);
                let first = found.next().ok_or(Refused::BadTimestamp)?;
                if found.next().is_some() {
                    return Err(Refused::DuplicateHeader);
                }
                Some(first)
            }
        };
        Ok((written.into_iter().filter_map(|text| decode(self.encoding, text)).collect(), timestamp))
    }

    fn signed_bytes<'a>(&'a self, body: &'a [u8], timestamp: &'a str, id: &'a str) -> Vec<&'a [u8]> {
        self.signed
            .iter()
            .map(|part| match part {
                Part::Literal(text) => text.as_bytes(),
                Part::Body => body,
                Part::Timestamp => timestamp.as_bytes(),
                Part::Id => id.as_bytes(),
            })
            .collect()
    }
}

fn decode(encoding: Encoding, text: &str) -> Option<Vec<u8>> {
    match encoding {
        Encoding::Text => Some(text.as_bytes().to_vec()),
        Encoding::Hex => hex::decode(text).ok(),
        Encoding::Base64 => STANDARD.decode(text).ok(),
    }
}

/// Reads `{timestamp}.{body}`; none where braces hold something else.
fn parts(text: &str) -> Option<Vec<Part>> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some(open) = rest.find('{') {
        if open > 0 {
            parts.push(Part::Literal(Arc::from(&rest[..open])));
        }
        let close = rest[open..].find('}')? + open;
        parts.push(match &rest[open + 1..close] {
            "body" => Part::Body,
            "timestamp" => Part::Timestamp,
            "id" => Part::Id,
            _ => return None,
        });
        rest = &rest[close + 1..];
    }
    if !rest.is_empty() {
        parts.push(Part::Literal(Arc::from(rest)));
    }
    Some(parts)
}
