//! Signing in and out, identity providers, one-time links, and one's own sessions and password.

pub mod enter;
pub mod leave;
pub mod link;
pub mod offer;
pub mod password;
pub mod provider;
pub mod sessions;
