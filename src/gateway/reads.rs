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

/// Answers kept at most; beyond that the oldest go.
const KEPT_MAX: usize = 2_000;
/// Larger answers are not kept: with the bound above, memory stays below 32 MiB.
const KEPT_BYTES_MAX: usize = 16 * 1024;
/// No answer is kept longer, however often look-ups that were due before it are tried again.
const KEPT_FOR: SignedDuration = SignedDuration::from_mins(2);

type Digested = [u8; 32];

/// Answers to reads of look-ups, for the others of the same connection.
#[derive(Default)]
pub(super) struct Reads(Mutex<Inner>);

#[derive(Default)]
struct Inner {
    places: HashMap<Digested, Place>,
    order: VecDeque<Digested>,
}

/// One read: whoever holds it asks, others wait for the answer.
pub(super) type Place = Arc<tokio::sync::Mutex<Option<Kept>>>;

/// An answer, and when it was asked for.
pub(super) struct Kept {
    asked_at: Timestamp,
    reply: Arc<Reply>,
}

impl Reads {
    /// Where the answer to this request stands, or will.
    pub(super) fn place(&self, tenant: TenantId, connection: &str, request: &Request) -> Place {
        let digest = digest(tenant, connection, request);
        let mut inner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(place) = inner.places.get(&digest) {
            return place.clone();
        }
        if inner.order.len() >= KEPT_MAX
            && let Some(oldest) = inner.order.pop_front()
        {
            inner.places.remove(&oldest);
        }
        inner.order.push_back(digest);
        inner.places.entry(digest).or_default().clone()
    }
}

impl Kept {
    /// An answer worth keeping; none when it is too large.
    pub(super) fn new(asked_at: Timestamp, reply: Arc<Reply>, body_bytes: usize) -> Option<Kept> {
        (body_bytes <= KEPT_BYTES_MAX).then_some(Kept { asked_at, reply })
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
        assert!(kept.serves(at(5), at(10 + 121)).is_none(), "too old for anybody");
        assert!(Kept::new(at(10), reply(), KEPT_BYTES_MAX + 1).is_none());
    }

    #[test]
    fn only_the_same_request_shares_a_place() {
        let reads = Reads::default();
        let one = reads.place(TenantId::DEFAULT, "oa", &request("http://oa/1"));
        assert!(Arc::ptr_eq(&one, &reads.place(TenantId::DEFAULT, "oa", &request("http://oa/1"))));
        assert!(!Arc::ptr_eq(&one, &reads.place(TenantId::DEFAULT, "oa", &request("http://oa/2"))));
        assert!(!Arc::ptr_eq(&one, &reads.place(TenantId::DEFAULT, "oa_b", &request("http://oa/1"))));
        let mut other = request("http://oa/1");
        other.headers.push(("authorization".to_owned(), "Bearer another".to_owned()));
        assert!(!Arc::ptr_eq(&one, &reads.place(TenantId::DEFAULT, "oa", &other)));
    }

    #[test]
    fn what_is_kept_is_bounded() {
        let reads = Reads::default();
        for number in 0..KEPT_MAX + 10 {
            reads.place(TenantId::DEFAULT, "oa", &request(&format!("http://oa/{number}")));
        }
        let inner = reads.0.lock().unwrap();
        assert_eq!((inner.places.len(), inner.order.len()), (KEPT_MAX, KEPT_MAX));
    }
}
