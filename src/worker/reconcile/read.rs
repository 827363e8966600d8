//! What a read that did not succeed means for a run.

use crate::domain::connector::Class;
use crate::domain::flow::effect::Cause;
use crate::gateway::Performed;
use jiff::Timestamp;

/// Why something was not read.
#[derive(Clone, Debug)]
pub(super) struct Trouble {
    pub kind: TroubleKind,
    pub words: String,
    pub retry_after: Option<Timestamp>,
    /// The partner said something about this very object.
    pub answered: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TroubleKind {
    /// The partner, our limits or our credentials: nothing can be read now.
    Away,
    /// It answered, and the answer cannot be used: asking again gives the same.
    Answer,
}

impl Trouble {
    /// Of a read that is not ok.
    pub fn of(operation: &str, performed: &Performed) -> Trouble {
        let answered = performed.class == Class::Refused && !performed.unsent && !performed.credentials;
        let ours = performed.cause == Some(Cause::Credentials);
        let message = performed.message.clone().unwrap_or_default();
        Trouble {
            kind: if answered && !ours { TroubleKind::Answer } else { TroubleKind::Away },
            words: format!("`{operation}` came to {}: {message}", performed.class.word()),
            retry_after: performed.retry_after,
            answered: performed.attempts.last().is_some_and(|attempt| attempt.status.is_some()),
        }
    }

    /// How long the partner asked us to wait.
    pub fn wait_millis(&self, now: Timestamp) -> Option<u64> {
        self.retry_after.map(|at| u64::try_from(at.duration_since(now).as_millis()).unwrap_or(0))
    }
}
