//! Signing in and out, identity providers, apps, one-time links, and one's own sessions and password.

pub mod app;
pub mod enter;
pub mod leave;
pub mod link;
pub mod offer;
pub mod password;
pub mod provider;
pub mod sessions;
