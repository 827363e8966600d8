//! Connectors: what a kind of system can do, as data; and the pure half of speaking to it.
//!
//! Owns the definition (reading, checking, compiling), the building of requests, the reading of answers, operations as
//! machines, what partners' events mean, and drafts of new definitions. It sends nothing: `gateway` does, and holds secrets,
//! limits and sockets. One file a vocabulary item, each registered in one list: `auth`, `body`, `decode`, `format`, `heard_by`,
//! `idempotency`, `kind`, `page`.

mod answer;
mod arguments;
pub mod auth;
pub mod batch;
pub mod body;
pub mod build;
pub mod class;
mod compiler;
#[expect(clippy::module_inception, reason = "the room is named for its most important type")]
mod connector;
pub mod decode;
pub mod defaults;
pub mod draft;
pub mod egress;
pub mod event;
pub mod example;
mod fault;
mod field;
pub mod format;
pub mod forms;
pub mod hear;
pub mod heard_by;
pub mod idempotency;
pub mod kind;
pub mod lacks;
mod lint;
mod mixed;
pub mod operation;
pub mod page;
pub mod poll;
pub mod promise;
pub mod proof;
pub mod quota;
mod read;
mod read_event;
mod read_operation;
mod read_reconcile;
pub mod reconcile;
pub mod recording;
pub mod redact;
pub mod reference;
mod reply;
pub mod request;
pub mod results;
pub mod rule;
pub mod run;
mod scopes;
pub mod shape;
pub mod stream;
mod target;
pub mod tree;
mod types;
pub mod webhook;

#[cfg(test)]
mod tests;

pub use answer::{Answer, read_handshake};
pub use arguments::Arguments;
pub use batch::ItemsBegun;
pub use class::{Class, Failure};
pub use connector::{Connector, FollowUp};
pub use event::EventDefinition;
pub use field::{FieldError, Fields};
pub use hear::{Acted, AskedThere, DocumentRequest, HearError, Heard};
pub use idempotency::{Idempotency, Lookup, LookupThen};
pub use kind::{ConnectorKind, Reach};
pub use operation::{Effect, Operation};
pub use read::read;
pub use reconcile::{Reconcile, Seen};
pub use reply::{BodyForm, Reply};
pub use run::{Begun, EachBegun, Next, Planned, Run, StepDone};
pub use scopes::{AttemptFacts, Facts};
pub use stream::{Position, Stream};
pub use target::Target;
