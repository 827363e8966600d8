//! Looking somebody up by name: whom to hand a task to, who decides for whom.

use super::People;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// People of one answer; who is not among them is found by more letters.
const FOUND_MAX: usize = 50;

/// Somebody of the directory who works here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PersonItem {
    /// Their id.
    pub person: String,
    /// Their name.
    pub name: String,
    /// Their department's id.
    pub department: Option<String>,
}

impl People {
    /// Who works here and has these letters in name or id, by name; at most 50.
    pub fn find(&self, letters: &str) -> Vec<PersonItem> {
        let definitions = self.live.now();
        let wanted = letters.trim().to_lowercase();
        let users = definitions.catalog().directory.users.values().filter(|user| user.active);
        let fits = users.filter(|user| user.name.to_lowercase().contains(&wanted) || user.id.to_lowercase().contains(&wanted));
        let mut found: Vec<PersonItem> = fits
            .map(|user| PersonItem {
                person: user.id.to_string(),
                name: user.name.to_string(),
                department: user.department.as_ref().map(ToString::to_string),
            })
            .collect();
        found.sort_unstable_by(|one, other| (&one.name, &one.person).cmp(&(&other.name, &other.person)));
        found.truncate(FOUND_MAX);
        found
    }
}
