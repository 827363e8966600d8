//! The gateway against partners on loopback that lie, stall, break and lead astray.

mod answers;
mod auth;
mod consent;
mod egress;
mod flow;
mod paging;
mod poll;
mod pool;
mod support;
mod trace;
