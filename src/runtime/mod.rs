//! What every room stands on at run time: clock, ids, secrets by reference, logs, metrics and traces, start and stop.
//!
//! Owns the only places that read the system clock, draw randomness or install something process-wide. It knows no
//! business: nothing here acts on documents, flows or partners; `metrics::list` alone has their names.

pub mod amqp;
pub mod clock;
pub mod content;
pub mod envelope;
pub mod ids;
pub mod lifecycle;
pub mod log;
pub mod metrics;
pub mod seal;
pub mod secret;
pub mod spawn;
pub mod tally;
pub mod trace;

pub use clock::{Clock, ManualClock, SystemClock};
pub use content::ContentKey;
pub use envelope::{Envelope, Keyring};
pub use ids::IdMaker;
pub use lifecycle::{Lifecycle, Readiness};
pub use seal::Sealer;
pub use spawn::Spawner;
