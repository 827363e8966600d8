//! What black-box tests share: a hub process, a project folder, a fresh database, a broker, a proxy, bad partners, and what is judged alike.

#![allow(dead_code, reason = "each test binary uses its own part")]

pub mod broker;
pub mod columns;
pub mod described;
pub mod hub;
pub mod named;
pub mod postgres;
pub mod proxy;
pub mod weather;

pub use hub::free_port;
