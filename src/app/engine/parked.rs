//! Events that came before the answer of the call they are about, waiting in memory for their link.
//!
//! The message table is the guarantee: a parked message is due again after its wait whatever happens here. This only makes it
//! sooner in the common case, a callback that overtakes the create answer by milliseconds within one process.

use crate::domain::ids::TenantId;
use crate::store::Message;
use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::{Mutex, PoisonError};

/// The partner's object: tenant, connection, external id.
pub type Object = (TenantId, String, String);

/// Messages kept in memory at most; further ones wait for their time in the table.
const WAITING_MAX: usize = 20_000;
/// Fresh links remembered, for a message that is parked in the same moment.
const FRESH_MAX: usize = 20_000;

/// Messages that wait for a link.
#[derive(Default)]
pub struct Parked {
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    waiting: HashMap<Object, Vec<Message>>,
    count: usize,
    fresh: HashSet<Object>,
    order: VecDeque<Object>,
}

impl Parked {
    /// Keeps a message until its link comes; gives it back when the link has just come.
    pub fn park(&self, object: Object, message: Message) -> Option<Message> {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        if inner.fresh.contains(&object) {
            return Some(message);
        }
        if inner.count < WAITING_MAX {
            inner.count += 1;
            inner.waiting.entry(object).or_default().push(message);
        }
        None
    }

    /// Takes the messages that waited for these links.
    pub fn linked(&self, objects: Vec<Object>) -> Vec<Message> {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        let mut released = Vec::new();
        for object in objects {
            if let Some(messages) = inner.waiting.remove(&object) {
                inner.count -= messages.len();
                released.extend(messages);
            }
            if inner.fresh.insert(object.clone()) {
                inner.order.push_back(object);
            }
            if inner.order.len() > FRESH_MAX
                && let Some(oldest) = inner.order.pop_front()
            {
                inner.fresh.remove(&oldest);
            }
        }
        released
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::InboxId;
    use crate::store::NewMessage;
    use jiff::Timestamp;
    use uuid::Uuid;

    fn object(id: &str) -> Object {
        (TenantId::DEFAULT, "oa_main".to_owned(), id.to_owned())
    }

    fn message(number: u128) -> Message {
        Message {
            new: NewMessage {
                id: InboxId(Uuid::from_u128(number)),
                tenant: TenantId::DEFAULT,
                connection: "oa_main".to_owned(),
                event: "approval_changed".to_owned(),
                message_id: number.to_string(),
                source: "webhook/oa_main/approvals".to_owned(),
                payload: "{}".to_owned(),
                received_at: Timestamp::UNIX_EPOCH,
            },
            external_id: None,
            heard: None,
            attempts: 0,
            state: "parked".to_owned(),
            problem: None,
            due_at: Timestamp::UNIX_EPOCH,
        }
    }

    #[test]
    fn a_link_releases_what_waited_for_it_and_only_that() {
        let parked = Parked::default();
        assert_eq!(parked.park(object("A1"), message(1)), None);
        assert_eq!(parked.park(object("A2"), message(2)), None);
        assert_eq!(parked.linked(vec![object("A1")]), vec![message(1)]);
        assert_eq!(parked.linked(vec![object("A1")]), vec![], "released once");
    }

    #[test]
    fn a_message_parked_just_after_its_link_came_is_given_back() {
        let parked = Parked::default();
        assert_eq!(parked.linked(vec![object("A1")]), vec![]);
        assert_eq!(parked.park(object("A1"), message(1)), Some(message(1)));
    }

    #[test]
    fn what_is_kept_in_memory_is_bounded() {
        let parked = Parked::default();
        for number in 0..(WAITING_MAX + 10) {
            parked.park(object(&number.to_string()), message(number as u128));
            parked.linked(vec![object(&format!("other-{number}"))]);
        }
        let inner = parked.inner.lock().unwrap();
        assert_eq!(inner.count, WAITING_MAX);
        assert!(inner.fresh.len() <= FRESH_MAX + 1);
    }
}
