//! Who may come in and what for: rules of names, passwords, lock-outs and sessions, and the roles.
//!
//! Decides on plain values. Hashing, drawing secrets and keeping rows are not done here.

pub mod chain;
pub mod grant;
pub mod in_app;
pub mod lockout;
pub mod name;
pub mod oidc;
pub mod password;
pub mod role;
pub mod scope;
pub mod second_person;
pub mod session;
