//! Who may come in: for those with the permission `users`.

pub mod add;
pub mod identities;
pub mod list;
pub mod one;
pub mod steer;

use serde_json::Value;

use crate::api::v1::exceptions::settle::Fields;
use crate::app::access::UserChange;
use crate::domain::access::grant::Grant;

/// Reads what is to be known of a user; faults join the others.
fn known(fields: &mut Fields) -> UserChange {
    let (title, email, person) = (fields.text("title"), fields.text("email"), fields.text("person"));
    let roles = match fields.rest().shift_remove("roles") {
        None | Some(Value::Null) => Vec::new(),
        Some(value) => serde_json::from_value::<Vec<Grant>>(value).unwrap_or_else(|error| {
            fields.fault("roles", &format!("must be a list of roles, each with its scope: {error}"));
            Vec::new()
        }),
    };
    UserChange { title, email, person, roles }
}
