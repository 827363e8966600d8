//! Messages that wait: parked until their object is known, or stopped until a person says what to do.

pub mod list;
pub mod settle;
