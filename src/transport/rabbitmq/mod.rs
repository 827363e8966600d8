//! The transport over RabbitMQ 3.10 and newer.
//!
//! Two connections: one publishes and awaits confirms, one takes tickets; a broker that blocks the first still lets the
//! second acknowledge. The client's own recovery is off, because it gives up silently: a supervisor of each connection
//! throws it away on any error and builds connection, channels and declarations anew, with jittered waits, for ever.
//! Every await of the broker has a deadline. Nothing is requeued by us.

mod apart;
mod confirm;
mod connect;
mod consumer;
mod dead;
mod inspect;
mod link;
mod names;
mod publisher;
mod supervisor;
mod topology;
mod transport;

pub use connect::{Error, Options};
pub use dead::{DEAD_MAX, DeadAct, DeadLetter, DeadTicket, DeadWork, dead_letters};
pub use inspect::{Inspected, inspect, remove};
pub use names::Names;
pub use transport::RabbitMq;
