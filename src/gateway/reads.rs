//! Reads that several look-ups want, asked once.
//!
//! Many partners can only be looked up by listing what is recent and reading one after the other. After a crash or an outage
//! dozens of look-ups do that at the same moment over the same objects; each for itself, they use up the partner's rate until
//! none of them ends within its time. An answer may serve every look-up that was due before it was asked for: what a look-up
//! must not see is an older one.

use crate::domain::connector::Reply;
use crate::domain::connector::request::Request;
use crate::domain::ids::TenantId;
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};
use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

/// What all answers kept may weigh together; beyond that the oldest go. After a day without a partner, thousands of objects are
/// read one by one, over and over in the same order: a bound that they do not fit into would serve nobody.
const KEPT_BYTES_MAX: usize = 32 * 1024 * 1024;
/// Larger answers are not kept.
const ONE_BYTES_MAX: usize = 64 * 1024;
/// What a place weighs beside its answer: digest, lock, headers.
const PLACE_BYTES: usize = 512;
/// No answer is kept longer. However old, it is late enough for whoever was due before it was asked for; the bound is there for
/// memory alone, and long enough for the look-ups of an outage to get their turn at a partner that allows few requests.
const KEPT_FOR: SignedDuration = SignedDuration::from_hours(1);

type Digested = [u8; 32];

/// Answers to reads of look-ups, for the others of the same connection.
#[derive(Default)]
pub(super) struct Reads(Mutex<Inner>);

#[derive(Default)]
struct Inner {
    places: HashMap<Digested, (Place, usize)>,
    order: VecDeque<Digested>,
    bytes: usize,
}

/// One read: whoever holds it asks, others wait for the answer.
pub(super) type Place = Arc<tokio::sync::Mutex<Option<Kept>>>;

/// What a request is known by.
#[derive(Clone, Copy)]
pub(super) struct Asked(Digested);

/// An answer, and when it was asked for.
pub(super) struct Kept {
    asked_at: Timestamp,
    reply: Arc<Reply>,
}

impl Reads {
    /// Where the answer to this request stands, or will.
    pub(super) fn place(&self, tenant: TenantId, connection: &str, request: &Request) -> (Asked, Place) {
        let digest = digest(tenant, connection, request);
        let mut inner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((place, _)) = inner.places.get(&digest) {
            return (Asked(digest), place.clone());
        }
        inner.make_room(PLACE_BYTES);
        inner.order.push_back(digest);
        let place = Place::default();
        inner.places.insert(digest, (place.clone(), PLACE_BYTES));
        (Asked(digest), place)
    }

    /// An answer of so many bytes stands there now; the oldest go when that is too much.
    pub(super) fn weigh(&self, asked: Asked, answer_bytes: usize) {
        let mut inner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(entry) = inner.places.get_mut(&asked.0) else { return };
        let before = std::mem::replace(&mut entry.1, PLACE_BYTES + answer_bytes);
        inner.bytes = inner.bytes.saturating_sub(before);
        inner.make_room(PLACE_BYTES + answer_bytes);
    }
}

impl Inner {
    /// Takes so many bytes into account, and lets the oldest go for them.
    fn make_room(&mut self, bytes: usize) {
        self.bytes += bytes;
        while self.bytes > KEPT_BYTES_MAX
            && let Some(oldest) = self.order.pop_front()
        {
            let freed = self.places.remove(&oldest).map_or(0, |(_, bytes)| bytes);
            self.bytes = self.bytes.saturating_sub(freed);
        }
    }
}

impl Kept {
    /// An answer worth keeping; none when it is too large.
    pub(super) fn new(asked_at: Timestamp, reply: Arc<Reply>, body_bytes: usize) -> Option<Kept> {
        (body_bytes <= ONE_BYTES_MAX).then_some(Kept { asked_at, reply })
    }

    /// The answer, if it was asked for after `since` and is fresh.
    pub(super) fn serves(&self, since: Timestamp, now: Timestamp) -> Option<Arc<Reply>> {
        let fresh = now.duration_since(self.asked_at) <= KEPT_FOR;
        (self.asked_at >= since && fresh).then(|| self.reply.clone())
    }
}

/// Everything that goes to the partner, credentials too: another log-in may see something else.
fn digest(tenant: TenantId, connection: &str, request: &Request) -> Digested {
    let mut hash = Sha256::new();
    let mut part = |bytes: &[u8]| {
        hash.update((bytes.len() as u64).to_be_bytes());
        hash.update(bytes);
    };
    part(&tenant.0.to_be_bytes());
    part(connection.as_bytes());
    part(request.method.as_bytes());
    part(request.url.as_bytes());
    part(&request.body);
    for (name, value) in &request.headers {
        part(name.as_bytes());
        part(value.as_bytes());
    }
    hash.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_000_000 + second).unwrap()
    }

    fn request(url: &str) -> Request {
        Request { method: "GET", url: url.to_owned(), headers: Vec::new(), body: Vec::new(), timeout_millis: None }
    }

    fn reply() -> Arc<Reply> {
        Arc::new(Reply::new(200, &[], b"{}", at(0)))
    }

    #[test]
    fn an_answer_serves_what_was_due_before_it_was_asked_for_and_nothing_else() {
        let kept = Kept::new(at(10), reply(), 2).unwrap();
        assert!(kept.serves(at(10), at(11)).is_some());
        assert!(kept.serves(at(11), at(11)).is_none(), "older than what the look-up must see");
        assert!(kept.serves(at(10), at(10 + 3_600)).is_some(), "late enough, however long ago");
        assert!(kept.serves(at(5), at(10 + 3_601)).is_none(), "too old for anybody");
        assert!(Kept::new(at(10), reply(), ONE_BYTES_MAX + 1).is_none());
    }

    #[test]
    fn only_the_same_request_shares_a_place() {
        let reads = Reads::default();
        let place = |connection: &str, request: &Request| reads.place(TenantId::DEFAULT, connection, request).1;
        let one = place("oa", &request("http://oa/1"));
        assert!(Arc::ptr_eq(&one, &place("oa", &request("http://oa/1"))));
        assert!(!Arc::ptr_eq(&one, &place("oa", &request("http://oa/2"))));
        assert!(!Arc::ptr_eq(&one, &place("oa_b", &request("http://oa/1"))));
        let mut other = request("http://oa/1");
        other.headers.push(("authorization".to_owned(), "Bearer another".to_owned()));
        assert!(!Arc::ptr_eq(&one, &place("oa", &other)));
    }

    #[test]
    fn what_is_kept_is_bounded_by_weight_and_the_oldest_go() {
        let reads = Reads::default();
        let url = |number: usize| request(&format!("http://oa/{number}"));
        let (_, first) = reads.place(TenantId::DEFAULT, "oa", &url(0));
        let fit = KEPT_BYTES_MAX / (PLACE_BYTES + ONE_BYTES_MAX);
        for number in 0..fit {
            let (asked, _) = reads.place(TenantId::DEFAULT, "oa", &url(number));
            reads.weigh(asked, ONE_BYTES_MAX);
        }
        assert!(Arc::ptr_eq(&first, &reads.place(TenantId::DEFAULT, "oa", &url(0)).1), "all of these fit");
        for number in fit..fit + 10 {
            let (asked, _) = reads.place(TenantId::DEFAULT, "oa", &url(number));
            reads.weigh(asked, ONE_BYTES_MAX);
        }
        {
            let inner = reads.0.lock().unwrap();
            let weight: usize = inner.places.values().map(|(_, bytes)| bytes).sum();
            assert_eq!((inner.bytes, inner.order.len()), (weight, inner.places.len()));
            assert!(weight <= KEPT_BYTES_MAX);
        }
        assert!(!Arc::ptr_eq(&first, &reads.place(TenantId::DEFAULT, "oa", &url(0)).1), "the oldest has gone");
    }

    #[test]
    fn small_answers_of_a_day_without_a_partner_all_fit() {
        let reads = Reads::default();
        let url = |number: usize| request(&format!("http://oa/{number}"));
        let (_, first) = reads.place(TenantId::DEFAULT, "oa", &url(0));
        for number in 0..10_000 {
            let (asked, _) = reads.place(TenantId::DEFAULT, "oa", &url(number));
            reads.weigh(asked, 1_024);
        }
        assert!(Arc::ptr_eq(&first, &reads.place(TenantId::DEFAULT, "oa", &url(0)).1));
    }
}
