//! What black-box tests share: a hub process, a project folder, a fresh database, a broker, a proxy.

#![allow(dead_code, reason = "each test binary uses its own part")]

pub mod broker;
pub mod hub;
pub mod postgres;
pub mod proxy;

pub use hub::free_port;
