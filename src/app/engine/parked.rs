//! Events that came before the answer of the call they are about, waiting in memory for their link.
//!
//! The message table is the guarantee: a parked message is due again after its wait whatever happens here. This only makes it
//! sooner in the common case, a callback that overtakes the create answer by moments within one process. So it forgets freely:
//! what is worked on again, settled, old, or too much.

use crate::domain::ids::{InboxId, TenantId};
use crate::store::Message;
use jiff::{SignedDuration, Timestamp};
use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The partner's object: tenant, connection, external id.
pub type Object = (TenantId, String, String);

/// Kept for so long: whoever waits for longer is about an object that is none of ours, most likely, and a partner tells of
/// all its objects.
const KEPT: SignedDuration = SignedDuration::from_mins(1);
/// Messages kept at most; the oldest make room.
const WAITING_MAX: usize = 20_000;
/// And their bytes: a webhook may be megabytes.
const BYTES_MAX: usize = 32 * 1024 * 1024;
/// Fresh links remembered, for a message that is parked in the same moment.
const FRESH_MAX: usize = 20_000;

/// Messages that wait for a link.
#[derive(Default)]
pub struct Parked {
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    messages: HashMap<InboxId, Waiting>,
    /// The messages about an object.
    about: HashMap<Object, Vec<InboxId>>,
    /// Since when each waits, the oldest first.
    since: BTreeMap<u64, (Timestamp, InboxId)>,
    turns: u64,
    bytes: usize,
    fresh: HashSet<Object>,
    fresh_order: VecDeque<Object>,
}

struct Waiting {
    message: Message,
    object: Object,
    turn: u64,
    bytes: usize,
}

impl Parked {
    /// Keeps a message until its link comes; gives it back when the link has just come. An earlier copy of it goes.
    pub fn park(&self, object: Object, message: Message, now: Timestamp) -> Option<Message> {
        let mut inner = self.lock();
        inner.forget(message.new.id);
        inner.forget_old(now);
        if inner.fresh.contains(&object) {
            return Some(message);
        }
        inner.keep(object, message, now);
        while inner.messages.len() > WAITING_MAX || inner.bytes > BYTES_MAX {
            inner.forget_oldest();
        }
        None
    }

    /// Takes the messages that waited for these links.
    pub fn linked(&self, objects: Vec<Object>) -> Vec<Message> {
        let mut inner = self.lock();
        let mut released = Vec::new();
        for object in objects {
            let waiting = inner.about.get(&object).cloned().unwrap_or_default();
            released.extend(waiting.into_iter().filter_map(|id| inner.forget(id)));
            if inner.fresh.insert(object.clone()) {
                inner.fresh_order.push_back(object);
            }
            if inner.fresh_order.len() > FRESH_MAX
                && let Some(oldest) = inner.fresh_order.pop_front()
            {
                inner.fresh.remove(&oldest);
            }
        }
        released
    }

    /// A message is worked on or settled: whether it waits again is found out anew.
    pub fn forget(&self, message: InboxId) {
        self.lock().forget(message);
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    fn keep(&mut self, object: Object, message: Message, now: Timestamp) {
        let (id, bytes, turn) = (message.new.id, weight(&message), self.turns);
        self.turns += 1;
        self.bytes += bytes;
        self.since.insert(turn, (now, id));
        self.about.entry(object.clone()).or_default().push(id);
        self.messages.insert(id, Waiting { message, object, turn, bytes });
    }

    fn forget(&mut self, id: InboxId) -> Option<Message> {
        let Waiting { message, object, turn, bytes } = self.messages.remove(&id)?;
        self.bytes -= bytes;
        self.since.remove(&turn);
        if let Some(others) = self.about.get_mut(&object) {
            others.retain(|other| *other != id);
            if others.is_empty() {
                self.about.remove(&object);
            }
        }
        Some(message)
    }

    fn forget_oldest(&mut self) {
        if let Some((_, (_, id))) = self.since.pop_first() {
            self.forget(id);
        }
    }

    fn forget_old(&mut self, now: Timestamp) {
        while self.since.first_key_value().is_some_and(|(_, (since, _))| now.duration_since(*since) > KEPT) {
            self.forget_oldest();
        }
    }
}

/// What a message takes: its texts, and the rest of its row.
fn weight(message: &Message) -> usize {
    size_of::<Waiting>() + message.new.payload.len() + message.heard.as_ref().map_or(0, String::len)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::NewMessage;
    use uuid::Uuid;

    const NOW: Timestamp = Timestamp::UNIX_EPOCH;

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
                received_at: NOW,
            },
            external_id: None,
            heard: None,
            attempts: 0,
            state: "parked".to_owned(),
            problem: None,
            due_at: NOW,
        }
    }

    /// Everything that is kept is found everywhere it is looked for, and nothing else is.
    fn kept(parked: &Parked) -> usize {
        let inner = parked.lock();
        let count = inner.messages.len();
        assert_eq!(inner.about.values().map(Vec::len).sum::<usize>(), count);
        assert_eq!(inner.since.len(), count);
        assert_eq!(inner.messages.values().map(|waiting| waiting.bytes).sum::<usize>(), inner.bytes);
        count
    }

    #[test]
    fn a_link_releases_what_waited_for_it_and_only_that() {
        let parked = Parked::default();
        assert_eq!(parked.park(object("A1"), message(1), NOW), None);
        assert_eq!(parked.park(object("A2"), message(2), NOW), None);
        assert_eq!(parked.park(object("A1"), message(3), NOW), None);
        assert_eq!(parked.linked(vec![object("A1")]), vec![message(1), message(3)]);
        assert_eq!(parked.linked(vec![object("A1")]), vec![], "released once");
        assert_eq!(kept(&parked), 1);
    }

    #[test]
    fn a_message_parked_just_after_its_link_came_is_given_back() {
        let parked = Parked::default();
        assert_eq!(parked.linked(vec![object("A1")]), vec![]);
        assert_eq!(parked.park(object("A1"), message(1), NOW), Some(message(1)));
        assert_eq!(kept(&parked), 0);
    }

    #[test]
    fn a_message_that_parks_again_is_kept_once_as_it_is_now() {
        let parked = Parked::default();
        for attempts in 1..=175 {
            assert_eq!(parked.park(object("A1"), Message { attempts, ..message(1) }, NOW), None);
        }
        assert_eq!(kept(&parked), 1);
        assert_eq!(parked.linked(vec![object("A1")]), vec![Message { attempts: 175, ..message(1) }]);
    }

    #[test]
    fn what_is_worked_on_or_settled_does_not_wait_any_longer() {
        let parked = Parked::default();
        parked.park(object("A1"), message(1), NOW);
        parked.forget(InboxId(Uuid::from_u128(1)));
        parked.forget(InboxId(Uuid::from_u128(2)));
        assert_eq!(kept(&parked), 0);
        assert_eq!(parked.linked(vec![object("A1")]), vec![]);
    }

    #[test]
    fn what_waits_for_long_is_left_to_the_table() {
        let parked = Parked::default();
        parked.park(object("A1"), message(1), NOW);
        parked.park(object("A2"), message(2), NOW + SignedDuration::from_secs(40));
        parked.park(object("A3"), message(3), NOW + SignedDuration::from_secs(70));
        assert_eq!(kept(&parked), 2);
        let objects = ["A1", "A2", "A3"].map(object).to_vec();
        assert_eq!(parked.linked(objects), vec![message(2), message(3)]);
    }

    #[test]
    fn what_is_kept_in_memory_is_bounded_and_the_newest_are_in_it() {
        let parked = Parked::default();
        let last = 20_010;
        for number in 1..=last {
            parked.park(object(&number.to_string()), message(number), NOW);
            parked.linked(vec![object(&format!("other-{number}"))]);
        }
        assert_eq!(kept(&parked), 20_000);
        assert!(parked.lock().fresh.len() <= FRESH_MAX + 1);
        assert_eq!(parked.linked(vec![object("10"), object(&last.to_string())]), vec![message(last)]);
    }

    #[test]
    fn large_messages_are_bounded_by_their_bytes() {
        let parked = Parked::default();
        let large = |number| Message { heard: Some("x".repeat(1024 * 1024)), ..message(number) };
        for number in 1..=100 {
            parked.park(object(&number.to_string()), large(number), NOW);
        }
        assert!((20..=32).contains(&kept(&parked)), "{} MiB", kept(&parked));
        assert_eq!(parked.linked(vec![object("1"), object("100")]), vec![large(100)]);
    }
}
