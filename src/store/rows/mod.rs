//! The rows that cross the store's boundary. JSON columns are text here: the store moves them, it does not read them.

mod batch;
mod definition;
mod document;
mod effect;
mod exception;
mod instance;
mod intake;
mod look;
mod stream;

pub use batch::{Committed, Keys, Loaded, ReadyLane, TimerKey, Writes};
pub use definition::DefinitionRow;
pub use document::{AmendmentRow, DocumentRow, LinkRow, RelationRow, RevisionRow};
pub use effect::{AttemptRow, ClaimedEffect, ConnectionRoom, EffectRow, Fenced, LaneHold, NewEffect, Progress};
pub use exception::{ClosedException, ExceptionRow};
pub use instance::{HistoryRow, InstanceRow};
pub use intake::{Deferral, Lease, Message, NewMessage, Received};
pub use look::{
    AttemptPlace, Counts, DocumentFilter, DocumentView, ExceptionFilter, InstanceFilter, MigrationReport, Onward, PAGE_MAX, Page, Pool,
};
pub use stream::{Reread, StreamCursor, StreamKey};
