//! The gateway against partners on loopback that lie, stall, break and lead astray.

mod answers;
mod auth;
mod batch;
mod consent;
mod egress;
mod flow;
mod kept;
mod paging;
mod poll;
mod pool;
mod ssrf;
mod support;
mod trace;
