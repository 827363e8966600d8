//! The same key of the same caller gets the same answer, after a restart and from any replica.
//!
//! The answer is stored after the work it tells of was committed. A process that dies in between leaves the key busy until its
//! time; the repeat then works again, which the work itself has to bear: it meets what was committed, as any repeat does.

use crate::app::StoreError;
use crate::domain::ids::{self, TenantId};
use crate::runtime::Clock;
pub use crate::store::Answer;
use crate::store::{Begun, Question, Store};
use jiff::SignedDuration;
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;
use uuid::Uuid;

/// Longer than a request may take.
const BUSY_FOR: SignedDuration = SignedDuration::from_secs(60);
/// Pause while another request with the same key is worked on, and how often it is looked at before the caller is sent away.
const LOOK_EVERY: Duration = Duration::from_millis(50);
const LOOKS_MAX: u32 = 200;

/// Remembers answers.
#[derive(Clone)]
pub struct Answers {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    /// Keys that this process works on: a second request with one waits for the first without asking the store.
    here: Arc<Mutex<HashMap<Uuid, Weak<Turn>>>>,
}

/// Whose turn it is with one key.
type Turn = tokio::sync::Mutex<()>;

/// A request under a key.
#[derive(Clone, Copy, Debug)]
pub struct Keyed<'a> {
    /// Tenant.
    pub tenant: TenantId,
    /// Whose key it is.
    pub caller: &'a str,
    /// The key.
    pub key: &'a str,
    /// Path and body: the same key for something else is refused.
    pub used_for: &'a [u8],
}

/// What the work came to: an answer to remember, or one that is not (a failure of ours, so that the repeat tries again).
pub enum Worked<E> {
    /// Remembered.
    Answer(Answer),
    /// Handed on and forgotten.
    Failed(E),
}

/// What becomes of a request under a key.
pub enum Once<E> {
    /// Answered now.
    Answer(Answer),
    /// Answered before, by the first request with this key.
    Before(Answer),
    /// Failed now; not remembered.
    Failed(E),
    /// The key was used for something else.
    Other,
    /// The same request is still being worked on.
    Busy,
}

impl Answers {
    /// Answers that are kept in `store`.
    pub fn new(store: Arc<dyn Store>, clock: Arc<dyn Clock>) -> Self {
        Self { store, clock, here: Arc::default() }
    }

    /// Answers by `work`, or as the same key was answered before; of two at once the second waits for the first.
    ///
    /// # Errors
    /// When the store is away before anything was done.
    pub async fn once<E, F>(&self, keyed: Keyed<'_>, work: impl FnOnce() -> F) -> Result<Once<E>, StoreError>
    where
        F: Future<Output = Worked<E>>,
    {
        let parts: [&[u8]; 4] = [b"answer", &keyed.tenant.0.to_be_bytes(), keyed.caller.as_bytes(), keyed.key.as_bytes()];
        let key = ids::derived(&parts);
        let turn = self.turn(key);
        let _mine = turn.lock().await;
        let fingerprint = hex::encode(Sha256::digest(keyed.used_for));
        for _ in 0..LOOKS_MAX {
            let now = self.clock.now();
            let busy_until = now.checked_add(BUSY_FOR).unwrap_or(now);
            let question = Question { key, tenant: keyed.tenant, fingerprint: fingerprint.clone(), now, busy_until };
            match self.store.begin_answer(&question).await? {
                Begun::Yours => return Ok(self.work(keyed.tenant, key, work).await),
                Begun::Answered(answer) => return Ok(Once::Before(answer)),
                Begun::Other => return Ok(Once::Other),
                Begun::Busy => self.clock.wait(LOOK_EVERY).await,
            }
        }
        Ok(Once::Busy)
    }

    fn turn(&self, key: Uuid) -> Arc<Turn> {
        let mut here = self.here.lock().unwrap_or_else(PoisonError::into_inner);
        here.retain(|_, turn| turn.strong_count() > 0);
        if let Some(turn) = here.get(&key).and_then(Weak::upgrade) {
            return turn;
        }
        let turn = Arc::default();
        here.insert(key, Arc::downgrade(&turn));
        turn
    }

    async fn work<E, F: Future<Output = Worked<E>>>(&self, tenant: TenantId, key: Uuid, work: impl FnOnce() -> F) -> Once<E> {
        let worked = work().await;
        let answer = match &worked {
            Worked::Answer(answer) => Some(answer),
            Worked::Failed(_) => None,
        };
        if let Err(error) = self.store.finish_answer(tenant, key, answer).await {
            // The work is done; only a repeat of this key within its busy time is answered later than it could be.
            tracing::warn!("an answer cannot be remembered now: {error}");
        }
        match worked {
            Worked::Answer(answer) => Once::Answer(answer),
            Worked::Failed(error) => Once::Failed(error),
        }
    }
}
