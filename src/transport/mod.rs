//! How work is announced between processes and how committed changes leave: inside the process, or over RabbitMQ.
//!
//! Owns one small trait, its two implementations and the form of what travels: tickets (which lanes of a connection are
//! ready) and events. Nothing here is the truth: a ticket may be lost, doubled or late, because a lane is claimed in the
//! store and found by polling too. What an event says is in the store until the broker has confirmed it. The room knows
//! neither the store nor what an effect is.

mod bus;
mod counters;
mod delivery;
mod event;
mod flood;
mod health;
mod in_process;
pub mod rabbitmq;
mod ticket;

pub use bus::{Listening, Published, Transport};
pub use counters::Counts;
pub use delivery::{Acknowledge, Acknowledged, Delivery};
pub use event::{CloudEvent, Event};
pub use health::{Health, Link, LinkState};
pub use in_process::InProcess;
pub use rabbitmq::RabbitMq;
pub use ticket::{BadTicket, LANES_MAX, Ticket};
