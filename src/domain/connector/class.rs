//! Classes of an answer (`language.md` section 8) and the table that holds where no rule of the connector decides.

use super::operation::Effect;
use crate::domain::flow::effect::Cause;
use serde::{Deserialize, Serialize};

/// What an answer means for what happens next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// Done.
    Ok,
    /// The object is not there.
    NotFound,
    /// Someone changed it: re-read, re-decide, bounded.
    Conflict,
    /// It will not help to repeat.
    Refused,
    /// The credentials lapsed: refresh once, then repeat.
    AuthExpired,
    /// Too many requests; surely not done. There is an earliest time for the next.
    RateLimited,
    /// Surely not done; repeat later.
    Retryable,
    /// It may have been done.
    Unknown,
}

impl Class {
    /// All classes, in the order of the docs.
    pub const ALL: [Class; 8] = [
        Class::Ok,
        Class::NotFound,
        Class::Conflict,
        Class::Refused,
        Class::AuthExpired,
        Class::RateLimited,
        Class::Retryable,
        Class::Unknown,
    ];

    /// The words, for shapes.
    pub const WORDS: &'static [&'static str] =
        &["ok", "not_found", "conflict", "refused", "auth_expired", "rate_limited", "retryable", "unknown"];

    /// The word in files, tables and the API.
    pub fn word(self) -> &'static str {
        match self {
            Class::Ok => "ok",
            Class::NotFound => "not_found",
            Class::Conflict => "conflict",
            Class::Refused => "refused",
            Class::AuthExpired => "auth_expired",
            Class::RateLimited => "rate_limited",
            Class::Retryable => "retryable",
            Class::Unknown => "unknown",
        }
    }

    /// Reads the word.
    pub fn from_word(word: &str) -> Option<Class> {
        Class::ALL.into_iter().find(|class| class.word() == word)
    }

    /// A read has no effect, so it is never unknown whether it happened.
    #[must_use]
    pub fn of(self, effect: Effect) -> Class {
        match (self, effect) {
            (Class::Unknown, Effect::Read) => Class::Retryable,
            (class, _) => class,
        }
    }

    /// Whether the partner answered at all in a way that says it is alive; what the breaker counts.
    pub fn is_alive(self) -> bool {
        !matches!(self, Class::Retryable | Class::Unknown)
    }

    /// The cause an exception gets when an effect ends with this class.
    pub fn cause(self) -> Option<Cause> {
        match self {
            Class::Ok => None,
            Class::NotFound | Class::Conflict | Class::Refused => Some(Cause::DataWrong),
            Class::AuthExpired => Some(Cause::Credentials),
            Class::RateLimited | Class::Retryable => Some(Cause::PartnerDown),
            Class::Unknown => Some(Cause::Unknown),
        }
    }
}

/// The class of a status where no rule matched (`reliability.md` 3.2), and the cause where it differs from the class's.
pub fn of_status(status: u16, effect: Effect) -> (Class, Option<Cause>) {
    let class = match status {
        200..=299 => Class::Ok,
        // A redirect that was not followed is a wrong base URL, not wrong data.
        300..=399 => return (Class::Refused, Some(Cause::RuleMissing)),
        401 => Class::AuthExpired,
        403 | 407 => return (Class::Refused, Some(Cause::Credentials)),
        404 | 410 => Class::NotFound,
        409 | 412 | 423 | 428 => Class::Conflict,
        408 | 425 | 503 => Class::Retryable,
        429 => Class::RateLimited,
        400..=499 | 501 | 505 => Class::Refused,
        // 500 after doing the work, and gateways that gave up waiting, are how duplicates are made.
        _ => Class::Unknown,
    };
    let class = class.of(effect);
    (class, class.cause())
}

/// Why no answer came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Failure {
    /// The name does not resolve.
    Dns,
    /// The connection was refused or not made in time.
    Connect,
    /// The TLS handshake failed.
    Tls,
    /// The egress rules of the connection do not allow the destination.
    Egress,
    /// The deadline had passed before anything was sent.
    Deadline,
    /// The circuit breaker is open; nothing was sent.
    BreakerOpen,
    /// A secret the request needs cannot be read; nothing was sent.
    Secret,
    /// No answer in time after sending.
    Timeout,
    /// The connection broke after sending.
    Reset,
    /// The answer broke off or cannot be decompressed.
    BrokenBody,
    /// The answer is larger than allowed.
    TooLarge,
}

impl Failure {
    /// The word in attempts and metrics.
    pub fn word(self) -> &'static str {
        match self {
            Failure::Dns => "dns",
            Failure::Connect => "connect",
            Failure::Tls => "tls",
            Failure::Egress => "egress_blocked",
            Failure::Deadline => "deadline_passed",
            Failure::BreakerOpen => "breaker_open",
            Failure::Secret => "secret_unreadable",
            Failure::Timeout => "timeout",
            Failure::Reset => "reset",
            Failure::BrokenBody => "broken_body",
            Failure::TooLarge => "answer_too_large",
        }
    }

    /// Whether the request can have reached the partner.
    pub fn may_have_been_sent(self) -> bool {
        matches!(self, Failure::Timeout | Failure::Reset | Failure::BrokenBody | Failure::TooLarge)
    }

    /// The class of the failure, and its cause.
    pub fn class(self, effect: Effect) -> (Class, Cause) {
        match self {
            Failure::Egress => (Class::Refused, Cause::RuleMissing),
            Failure::Secret => (Class::Retryable, Cause::Credentials),
            Failure::Dns | Failure::Connect | Failure::Tls | Failure::Deadline | Failure::BreakerOpen => {
                (Class::Retryable, Cause::PartnerDown)
            }
            // Asking again gives the same huge answer.
            Failure::TooLarge if effect == Effect::Read => (Class::Refused, Cause::DataWrong),
            Failure::Timeout | Failure::Reset | Failure::BrokenBody | Failure::TooLarge => match effect {
                Effect::Read => (Class::Retryable, Cause::PartnerDown),
                Effect::Write => (Class::Unknown, Cause::Unknown),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statuses_follow_the_table() {
        // status, class of a read, class of a write
        let table = [
            (200, Class::Ok, Class::Ok),
            (204, Class::Ok, Class::Ok),
            (302, Class::Refused, Class::Refused),
            (400, Class::Refused, Class::Refused),
            (401, Class::AuthExpired, Class::AuthExpired),
            (403, Class::Refused, Class::Refused),
            (404, Class::NotFound, Class::NotFound),
            (408, Class::Retryable, Class::Retryable),
            (409, Class::Conflict, Class::Conflict),
            (412, Class::Conflict, Class::Conflict),
            (422, Class::Refused, Class::Refused),
            (429, Class::RateLimited, Class::RateLimited),
            (500, Class::Retryable, Class::Unknown),
            (502, Class::Retryable, Class::Unknown),
            (503, Class::Retryable, Class::Retryable),
            (504, Class::Retryable, Class::Unknown),
            (599, Class::Retryable, Class::Unknown),
        ];
        for (status, read, write) in table {
            assert_eq!(of_status(status, Effect::Read).0, read, "read {status}");
            assert_eq!(of_status(status, Effect::Write).0, write, "write {status}");
        }
    }

    #[test]
    fn a_failure_after_sending_is_unknown_for_writes_only() {
        for failure in [Failure::Timeout, Failure::Reset, Failure::BrokenBody, Failure::TooLarge] {
            assert!(failure.may_have_been_sent());
            assert_eq!(failure.class(Effect::Write).0, Class::Unknown);
            assert_ne!(failure.class(Effect::Read).0, Class::Unknown);
        }
        for failure in [Failure::Dns, Failure::Connect, Failure::Tls, Failure::Deadline, Failure::BreakerOpen] {
            assert!(!failure.may_have_been_sent());
            assert_eq!(failure.class(Effect::Write).0, Class::Retryable);
        }
        assert_eq!(Failure::Egress.class(Effect::Write).0, Class::Refused);
    }

    #[test]
    fn words_read_back() {
        for class in Class::ALL {
            assert_eq!(Class::from_word(class.word()), Some(class));
            assert!(Class::WORDS.contains(&class.word()));
        }
        assert_eq!(Class::from_word("approved"), None);
    }
}
