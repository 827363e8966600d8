//! Tokens for programs: one's own, and those of services for those with the permission `users`.

pub mod own;
pub mod service;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::api::problem::Problem;
use crate::api::v1::exceptions::settle::Fields;
use crate::app::access::tokens::{DAYS_MAX, NewToken};
use crate::domain::permission::Permission;

/// Days a token lasts when nothing is said.
const DAYS: u32 = 90;

/// A token to be made.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({"name": "nightly-report", "permissions": ["read"], "days": 90}))]
pub struct TokenOrder {
    /// Its name.
    pub name: String,
    /// What it may do; nothing that its maker may not.
    pub permissions: Vec<String>,
    /// How many days it lasts, 1 to 366; 90 when left out.
    pub days: Option<u32>,
}

fn read(body: Value) -> Result<NewToken, Problem> {
    let mut fields = Fields::of(body);
    let name = fields.required("name").unwrap_or_default();
    let words = fields.texts("permissions", Permission::ALL.len()).unwrap_or_default();
    let days = fields.number("days", 1..=DAYS_MAX).unwrap_or(DAYS);
    let mut permissions = Vec::new();
    for word in &words {
        match Permission::ALL.into_iter().find(|permission| permission.word() == word) {
            Some(permission) => permissions.push(permission),
            None => fields.fault("permissions", &format!("names `{word}`, which is none of `{}`", Permission::WORDS.join("`, `"))),
        }
    }
    if words.is_empty() {
        fields.fault("permissions", "is required and must not be empty");
    }
    fields.finish()?;
    Ok(NewToken { name, permissions, days })
}
