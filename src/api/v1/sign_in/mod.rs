//! Signing in and out, one-time links, and one's own sessions and password.

pub mod enter;
pub mod leave;
pub mod link;
pub mod offer;
pub mod password;
pub mod sessions;
