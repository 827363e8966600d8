//! Speaks to partners: everything an operation needs that is not pure.
//!
//! Owns clients, credentials, limits, the egress guard, and the recording of attempts. It decides nothing about what an
//! answer means (`domain::connector` does) nor about trying again (`domain::delivery` does): it performs one operation,
//! refreshing lapsed credentials once, and says what happened.

mod assertion;
mod bulk;
mod call;
mod clients;
mod consent;
#[expect(clippy::module_inception, reason = "the room is named for its most important type")]
mod gateway;
mod guard;
mod kind;
mod limiter;
mod line;
mod partner_clock;
mod perform;
mod plan;
mod prepared;
mod provider;
mod reads;
mod receive;
mod record;
mod send;
mod shared;
mod stream;
mod tokens;
mod trace;
mod vault;
mod watch;
mod wire;

#[cfg(test)]
mod tests;

pub use bulk::BulkReading;
pub use call::{AttemptRecord, Call, CallPurpose, Performed};
pub use consent::{ConsentOf, Consented, consent_name};
pub use gateway::{Gateway, Options};
pub use kind::Folders;
pub use plan::PlannedRequest;
pub use prepared::PrepareError;
pub use provider::{ClientLogin, Exchanged, Proof, ProviderLine, ProviderReach};
pub use receive::ReceiveError;
pub use record::Recorder;
pub use send::{Raw, Unanswered};
pub use shared::{Ask, Claim, Given, Shared};
pub use stream::{StreamItem, StreamPage, StreamReading};
pub use vault::Vault;
pub use watch::{ByHand, LineState};
pub use wire::{Outgoing, Wire};
