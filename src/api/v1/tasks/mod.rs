//! What people are asked, and what they do about it.

pub mod act;
pub mod counts;
pub mod find_people;
pub mod list;
pub mod people;
pub mod seen;
pub mod show;

use crate::api::auth::Caller;
use crate::api::codes;
use crate::api::problem::Problem;
use crate::app::people::{FileRefusal, PeopleError};
use crate::domain::approval::RefusalCode;

/// The person the caller is; lists and copies are somebody's.
pub fn person(caller: &Caller) -> Result<&str, Problem> {
    caller.person().ok_or_else(|| {
        Problem::new(
            &codes::NO_PERSON,
            format!("`{}` belongs to no person of the directory, and this is about a person's own.", caller.name),
        )
    })
}

impl From<PeopleError> for Problem {
    fn from(error: PeopleError) -> Self {
        match error {
            PeopleError::Reading(error) => Problem::from(error),
            PeopleError::Invalid(why) => Problem::new(&codes::INVALID_COMMAND, sentence(&why)),
            PeopleError::File(refusal) => {
                let code = match &refusal {
                    FileRefusal::Name(_) | FileRefusal::Empty => &codes::BAD_FILE,
                    FileRefusal::Large(_) => &codes::TOO_LARGE,
                    FileRefusal::Unfit(_) | FileRefusal::Kind(_) => &codes::FILE_TYPE,
                    FileRefusal::TooMany => &codes::TOO_MANY_FILES,
                };
                Problem::new(code, sentence(&refusal.to_string()))
            }
            PeopleError::Busy(why) => Problem::new(&codes::UNAVAILABLE, sentence(&why)),
            PeopleError::Refused(refusal) => {
                let code = match refusal.code {
                    RefusalCode::AlreadyHandled => &codes::ALREADY_HANDLED,
                    RefusalCode::NotYours => &codes::NOT_YOURS,
                    RefusalCode::NotAllowed => &codes::VERB_NOT_ALLOWED,
                    RefusalCode::Incomplete => &codes::ACT_INCOMPLETE,
                    RefusalCode::BadPeople => &codes::BAD_PEOPLE,
                    RefusalCode::Suspended => &codes::SUSPENDED,
                    RefusalCode::TooSoon => &codes::TOO_SOON,
                    RefusalCode::ChangedMeanwhile => &codes::CHANGED_MEANWHILE,
                };
                Problem::new(code, sentence(&refusal.message))
            }
        }
    }
}

fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| format!("{}{}.", first.to_uppercase(), letters.as_str())).unwrap_or_default()
}
