//! What the wires have in common: reading a job, answering, and saying how far a job came that broke off.

use crate::domain::connector::{Effect, Failure};
use crate::gateway::send::{Raw, Unanswered};
use crate::gateway::wire::Outgoing;
use serde::de::DeserializeOwned;
use serde_json::{Value as Json, json};
use std::sync::atomic::{AtomicU8, Ordering};

/// Reads the job of a request.
pub(super) fn read<T: DeserializeOwned>(outgoing: &Outgoing<'_>) -> Result<T, Unanswered> {
    // Our own words on both sides; what does not fit is a defect of ours, and nothing has left.
    serde_json::from_slice(&outgoing.request.body)
        .map_err(|error| unanswered(Failure::Egress, format!("the job cannot be read, which is a defect of Waybill: {error}")))
}

/// An answer in JSON.
pub(super) fn answer(status: u16, body: &Json) -> Raw {
    Raw { status, headers: vec![("content-type".to_owned(), "application/json".to_owned())], body: body.to_string().into_bytes() }
}

/// A refusal in JSON, with the code and the words a rule of the connector may look at.
pub(super) fn refusal(status: u16, code: &str, message: impl Into<String>) -> Raw {
    answer(status, &json!({"code": code, "message": message.into()}))
}

/// No answer came.
pub(super) fn unanswered(failure: Failure, message: impl Into<String>) -> Unanswered {
    Unanswered { failure, message: message.into(), status: None }
}

/// How far a job came; seen from outside, since a time-out drops what is under way.
#[derive(Default)]
pub(super) struct Stage(AtomicU8);

impl Stage {
    const SPEAKING: u8 = 1;
    const BINDING: u8 = 2;

    /// The partner was reached, and nothing that stays has been asked of it.
    pub(super) fn speaking(&self) {
        self.0.store(Self::SPEAKING, Ordering::Relaxed);
    }

    /// From here on the partner may have done it, whatever becomes of the line.
    pub(super) fn binding(&self) {
        self.0.store(Self::BINDING, Ordering::Relaxed);
    }

    /// What a broken line means at this point.
    pub(super) fn lost(&self, effect: Effect, why: &str, late: bool) -> Unanswered {
        let after = if late { Failure::Timeout } else { Failure::Reset };
        match (self.0.load(Ordering::Relaxed), effect) {
            (Self::BINDING, _) | (Self::SPEAKING, Effect::Read) => unanswered(after, why),
            (Self::SPEAKING, Effect::Write) => unanswered(Failure::Connect, format!("{why}; nothing was changed yet")),
            _ => unanswered(Failure::Connect, why),
        }
    }
}
