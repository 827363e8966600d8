//! Connections: systems and where they call, how they are doing.

pub mod breaker;
pub mod consent;
pub mod health;
pub mod list;
pub mod receipts;
pub mod recover;
