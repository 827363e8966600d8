//! What a signature comes to: what it tells and what the partner is answered with, or why it is refused.

use crate::domain::value::Value;

/// How a body is read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Form {
    /// As JSON.
    #[default]
    Json,
    /// As XML, made a tree.
    Xml,
}

impl Form {
    /// What a body looks like, whatever it is called: no JSON begins with a bracket of XML.
    pub fn of(body: &[u8]) -> Form {
        let text = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body).trim_ascii_start();
        if text.starts_with(b"<") { Form::Xml } else { Form::Json }
    }
}

/// What a partner is answered with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The content type.
    pub content_type: &'static str,
    /// The body.
    pub body: Vec<u8>,
}

impl Answer {
    pub(super) fn json(value: &Value) -> Answer {
        Answer { content_type: "application/json", body: value.to_json_text().into_bytes() }
    }
}

/// What a good signature tells.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verified {
    /// The sender's id of the message; stays the same when it is sent again.
    pub message_id: Option<String>,
    /// Which of the active secrets fitted, from 0.
    pub secret: usize,
    /// What stood inside the envelope; what came is what is read where there is none.
    pub body: Option<(Form, Vec<u8>)>,
    /// The whole answer to a check of the address: nothing is stored.
    pub answer: Option<Answer>,
    /// The acknowledgement that the partner wants once the callback is stored, instead of the declared one.
    pub acknowledge: Option<Answer>,
}

/// Why a callback is refused. The sender is told none of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Refused {
    /// No signature, or not in the form of its kind.
    #[error("the signature is missing")]
    MissingSignature,
    /// A header that must be unique came twice.
    #[error("a signature header came twice")]
    DuplicateHeader,
    /// No or no readable timestamp.
    #[error("the timestamp cannot be read")]
    BadTimestamp,
    /// Too old, or from the future.
    #[error("the timestamp is out of tolerance")]
    OutOfTolerance,
    /// It does not fit any active secret.
    #[error("the signature does not fit")]
    BadSignature,
    /// No secret is set, or it cannot be decoded.
    #[error("no usable secret is set")]
    NoSecret,
    /// It cannot be decrypted.
    #[error("the envelope cannot be opened")]
    DecryptFailed,
    /// It is for somebody else.
    #[error("the envelope is for another receiver")]
    WrongReceiver,
    /// The token inside is not ours.
    #[error("the token inside does not fit")]
    WrongToken,
    /// It is not in the form of its kind.
    #[error("the body is not in the form of its kind")]
    BadBody,
}

impl Refused {
    /// The word in metrics.
    pub fn word(self) -> &'static str {
        match self {
            Refused::MissingSignature => "missing_signature",
            Refused::DuplicateHeader => "duplicate_header",
            Refused::BadTimestamp => "bad_timestamp",
            Refused::OutOfTolerance => "timestamp_out_of_tolerance",
            Refused::BadSignature => "bad_signature",
            Refused::NoSecret => "no_secret",
            Refused::DecryptFailed => "decrypt_failed",
            Refused::WrongReceiver => "wrong_receiver",
            Refused::WrongToken => "wrong_token",
            Refused::BadBody => "bad_body",
        }
    }
}
