//! One outgoing effect from planned to its end: send, retry, look up, read back, give up. Pure.
//!
//! The rules of the effect contract (`docs/effect-contract.md`) live here and nowhere else. A worker claims an effect, asks
//! `Delivery::action` what to do, performs it through the gateway, and hands the class of the answer to `Delivery::after`.
//! A timeout after sending is *unknown*, never failed; what can be looked up is looked up; what cannot goes to a person.
//! A little more than 500 lines: one machine, whose states lead to each other.

mod guarantee;

pub use guarantee::{Guarantee, WhenAbsent};

use crate::domain::connector::{Class, ItemsBegun};
use crate::domain::flow::effect::{Cause, RetryPolicy};
use crate::domain::retry::Backoff;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// Where a delivery stands, stored with its effect. Small, since it is written with every attempt.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Delivery {
    /// What the next attempt does.
    #[serde(default, skip_serializing_if = "Phase::is_send")]
    pub phase: Phase,
    /// When a request first left for the partner; look-ups ask since then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_sent_at: Option<Timestamp>,
    /// When the newest send began; look-up waits count from here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_sent_at: Option<Timestamp>,
    /// Since when attempts fail without interruption; the retry limit counts from here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failing_since: Option<Timestamp>,
    /// Failures since then.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub failures: u32,
    /// Look-ups that found nothing since the last send.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub look_ups: u32,
    /// Read-backs that did not show the expected.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub read_backs: u32,
    /// Sends that were answered well, were not seen done, and were repeated because that is harmless.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub lies: u32,
    /// Sends that ended unknown and were repeated after look-ups found nothing.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub repeats: u32,
    /// Steps of a write made of steps that are done already: id and output, JSON.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<(String, serde_json::Value)>,
    /// What a look-up of many reads has behind it that was broken off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub looked: Option<Looked>,
    /// Of a write over a list that is answered item by item: what is known of each.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub items: Option<ItemsBegun>,
    /// Output of a send that is still to be read back, JSON.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub output: Option<serde_json::Value>,
    /// In words, what is wrong with the success that the newest send was answered with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub misread: Option<String>,
    /// Processes that took it up in a row and gave no word of what came of it.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub deaths: u32,
    /// The last of them may have sent something.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub in_doubt: bool,
    /// A send of it may have been done, and nothing has told since whether it was. However it ends then, it does not end as surely
    /// not done.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unsettled: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature serde wants")]
fn is_zero(count: &u32) -> bool {
    *count == 0
}

/// What the next attempt does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Send the request.
    #[default]
    Send,
    /// Ask by our reference whether it happened.
    LookUp,
    /// It answered success; read whether it is true.
    ReadBack,
}

impl Phase {
    fn is_send(&self) -> bool {
        *self == Phase::Send
    }
}

/// What to do now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Send the request.
    Send,
    /// Look it up.
    LookUp,
    /// Read it back.
    ReadBack,
    /// Nothing can tell whether it happened: a person decides.
    Person,
    /// The process died while it may have been sending: wait with the look-up until the given time.
    Wait(Timestamp),
}

/// Where a look-up stood that was broken off: its finished steps, and the elements of the next one that it has not read yet.
///
/// The list is as old as the first attempt. That is enough: what the write made is in it from when the first look-up may ask,
/// and nothing was sent since.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Looked {
    /// Finished steps: id and output, JSON.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<(String, serde_json::Value)>,
    /// The step that was broken off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub each: Option<LookedThrough>,
}

/// A step over elements that was broken off.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LookedThrough {
    /// The step.
    pub step: String,
    /// Elements that are not read yet, JSON.
    pub left: Vec<serde_json::Value>,
    /// What was kept of the others, JSON.
    pub kept: Vec<serde_json::Value>,
}

impl Looked {
    fn is_further_than(&self, before: Option<&Looked>) -> bool {
        let Some(before) = before else { return true };
        let left = |looked: &Looked| looked.each.as_ref().map_or(usize::MAX, |each| each.left.len());
        self.steps.len() > before.steps.len() || (self.steps.len() == before.steps.len() && left(self) < left(before))
    }
}

/// What an attempt came to.
#[derive(Clone, Debug, PartialEq)]
pub struct Attempted {
    /// The class of the answer.
    pub class: Class,
    /// Output, JSON: of the send, of the look-up that found it, or null.
    pub output: serde_json::Value,
    /// For a look-up: whether the thing was there. For a read-back: whether the expectation held.
    pub confirmed: bool,
    /// The partner's message.
    pub message: String,
    /// Refused because of our credentials.
    pub credentials: bool,
    /// Earliest next try by the partner's word, milliseconds from now.
    pub retry_after_millis: Option<u64>,
    /// Nothing was sent at all (breaker open, rate limit of ours, shutting down): costs no attempt.
    pub unsent: bool,
    /// It answered success, but not what is declared.
    pub misread: bool,
    /// Of `not_found`: whether the connector says that this is an answer.
    pub absence_is_said: bool,
}

/// How it goes on.
#[derive(Clone, Debug, PartialEq)]
pub enum Next {
    /// Ended well; output as JSON.
    Done(serde_json::Value),
    /// Ended; the engine hears the cause.
    Failed {
        /// Why.
        cause: Cause,
        /// In words.
        message: String,
        /// The answer's class in words.
        class: &'static str,
    },
    /// Goes on at this time.
    Wait(Timestamp),
}

/// What the operation promises and how its effect is retried; fixed for one effect.
#[derive(Clone, Debug, PartialEq)]
pub struct Terms<'a> {
    /// What makes a repeat harmless.
    pub guarantee: &'a Guarantee,
    /// Whether a success is read back.
    pub reads_back: bool,
    /// The flow's retry limits.
    pub retry: &'a RetryPolicy,
}

/// Ceiling of the first wait after a failure; waits are a random share of their ceiling.
const RETRY_FIRST: Duration = Duration::from_secs(1);
/// Ceilings double up to this: a partner that comes back is noticed within a quarter of an hour.
const RETRY_LAST: Duration = Duration::from_secs(900);
/// Wait after an attempt that never left, where nothing names a time.
const UNSENT_WAIT_MILLIS: u64 = 1_000;
/// Waits between the read-backs of one success; when they are over without seeing it, it is called a lie.
const READ_BACK_WAITS_MILLIS: [u64; 4] = [1_000, 5_000, 30_000, 120_000];
/// Sends of a write that answers success and does nothing, where repeating is harmless by nature: some partners do it the second time.
const LIES_MAX: u32 = 2;
/// Read-backs before such a repeat: 36 s altogether, which partners that only show it late do not need.
const READ_BACKS_BEFORE_REPEAT: usize = 3;
/// A partner's clock may be this much behind ours. The last look-up, which searches from the first sending by the partner's own
/// times, goes back so far, or it would not see what was done, and do it again.
const CLOCKS_APART_MAX: SignedDuration = SignedDuration::from_mins(15);
/// The clocks of most are within this.
const CLOCKS_APART_USUAL: SignedDuration = SignedDuration::from_mins(1);
/// Sends that may be repeated after the look-ups found nothing.
const REPEATS_MAX: u32 = 5;
/// Reads that answer success and not what is declared, before it is called failed: the partner is up, and says the same again.
const MISREADS_MAX: u32 = 3;
/// Holders of one effect that may end without a word before a person looks: it may take down everything beside it each time. Not
/// fewer, because a hold that was lost for want of time looks the same.
const DEATHS_MAX: u32 = 10;
/// Wait of an effect whose second holder died, doubled with each further one up to `SUSPECT_WAIT_MAX`: what died with it by chance
/// gets ahead meanwhile. Short beside the lease that has to end each time: after a bad hour all of it goes on within a minute.
const SUSPECT_WAIT: SignedDuration = SignedDuration::from_secs(1);
const SUSPECT_WAIT_MAX: SignedDuration = SignedDuration::from_secs(8);
/// Conflicts (someone changed it) before it is called failed.
const CONFLICTS_MAX: u32 = 5;

impl Delivery {
    /// What to do with a claimed effect. One that was found started under a dead lease may have reached the partner (`in_doubt`);
    /// its send is then taken to lie between `planned_at` and now, the safe side for both ends.
    pub fn action(&mut self, terms: &Terms<'_>, planned_at: Timestamp, now: Timestamp) -> Action {
        let orphaned = std::mem::take(&mut self.in_doubt);
        match self.phase {
            Phase::LookUp => Action::LookUp,
            Phase::ReadBack => Action::ReadBack,
            Phase::Send if !orphaned => Action::Send,
            Phase::Send => {
                // The start was committed before the request could leave, so it may have left: unknown.
                if let Some(items) = &mut self.items {
                    items.doubt_all();
                }
                self.first_sent_at.get_or_insert(planned_at);
                self.last_sent_at = Some(now);
                self.unsettled |= *terms.guarantee != Guarantee::Read;
                match self.became_unknown(terms.guarantee, now, now) {
                    Unknown::SendAgain => Action::Send,
                    Unknown::LookUpAt(at) if at <= now => Action::LookUp,
                    Unknown::LookUpAt(at) => Action::Wait(at),
                    Unknown::Person => Action::Person,
                }
            }
        }
    }

    /// It was found started under a dead lease. That is stored before anything else is done with it: a process that dies of it
    /// again must not find it as it was, or the partner would be asked and processes would die for ever. `seed` decides the jitter.
    pub fn orphaned(&mut self, now: Timestamp, seed: u64) -> Next {
        self.in_doubt = true;
        self.deaths += 1;
        if self.deaths < DEATHS_MAX {
            let suspected = (SUSPECT_WAIT * (1 << self.deaths.saturating_sub(2))).min(SUSPECT_WAIT_MAX);
            let jitter = SignedDuration::from_millis(i64::try_from(seed % 1_000).unwrap_or(0));
            return Next::Wait(if self.deaths == 1 { now } else { now.saturating_add(suspected + jitter).unwrap_or(now) });
        }
        let message =
            format!("{} processes in a row began this and gave no word of what came of it: they may have died of it", self.deaths);
        self.begin_anew(false);
        Next::Failed { cause: Cause::OurFault, message, class: Class::Unknown.word() }
    }

    /// Notes that a request is about to leave; that it may leave was committed by the claim.
    pub fn sending(&mut self, now: Timestamp) {
        self.first_sent_at.get_or_insert(now);
        self.last_sent_at = Some(now);
        self.look_ups = 0;
        self.misread = None;
        self.looked = None;
    }

    /// Takes over what a look-up has behind it that was broken off, before its end is judged; none when it ended or keeps
    /// nothing. Whoever lists hundreds of objects and reads each has to get through them in many goes, or a busy day would
    /// keep the question open for ever; and a partner that answered some of it is not down.
    pub fn looking(&mut self, looked: Option<Looked>) {
        if looked.as_ref().is_some_and(|looked| looked.is_further_than(self.looked.as_ref())) {
            self.calm();
        }
        self.looked = looked;
    }

    /// Takes over what an attempt knows of the items of a batch, before its end is judged. A partner that settles some of many is
    /// not down.
    pub fn knowing(&mut self, items: Option<ItemsBegun>) {
        if items.as_ref().is_some_and(|items| items.is_further_than(self.items.as_ref())) {
            self.calm();
        }
        self.items = items;
    }

    /// Since when a look-up searches: the first sending, with room for a partner whose clock is behind. Where listing is all a
    /// partner offers, each minute costs reads, so only the look-up that would conclude that nothing happened goes back far.
    pub fn search_from(&self, terms: &Terms<'_>) -> Option<Timestamp> {
        let last =
            !matches!(terms.guarantee, Guarantee::LookUp { ask_after_millis, .. } if self.look_ups as usize + 1 < ask_after_millis.len());
        let room = if last { CLOCKS_APART_MAX } else { CLOCKS_APART_USUAL };
        self.first_sent_at.map(|at| at.checked_sub(room).unwrap_or(Timestamp::MIN))
    }

    /// When the look-up at hand was due: what it reads must not be older.
    pub fn look_up_due(&self, terms: &Terms<'_>) -> Option<Timestamp> {
        let Guarantee::LookUp { ask_after_millis, .. } = terms.guarantee else { return None };
        let wait = ask_after_millis.get(self.look_ups as usize).or(ask_after_millis.last())?;
        self.last_sent_at.map(|at| plus(at, *wait))
    }

    /// How it goes on after an attempt. `seed` decides the jitter.
    pub fn after(&mut self, action: Action, attempted: &Attempted, terms: &Terms<'_>, now: Timestamp, seed: u64) -> Next {
        self.deaths = 0;
        if attempted.unsent {
            return Next::Wait(plus(now, attempted.retry_after_millis.unwrap_or(UNSENT_WAIT_MILLIS)));
        }
        let next = match action {
            Action::Send => self.after_send(attempted, terms, now, seed),
            Action::LookUp => self.after_look_up(attempted, terms, now, seed),
            Action::ReadBack => self.after_read_back(attempted, terms, now, seed),
            Action::Wait(at) => Next::Wait(at),
            Action::Person => unknown_to_person(attempted),
        };
        let next = self.concluded(next);
        if matches!(next, Next::Failed { .. }) {
            // Only an answer settles what a look-up or read-back asked; one that failed leaves the question open.
            let settled = self.phase == Phase::Send || matches!(attempted.class, Class::Ok | Class::NotFound);
            self.begin_anew(settled);
        }
        next
    }

    /// How it ends: whatever ended the patience, what may have been done is unknown, and a person's to find out. A success that
    /// cannot be read keeps its own word, which says more.
    pub fn concluded(&self, next: Next) -> Next {
        match next {
            Next::Failed { cause, message, class } if self.unsettled && cause != Cause::Unknown && class != UNREAD_SUCCESS => {
                Next::Failed {
                    cause: Cause::Unknown,
                    message: format!("it may or may not have been done, and the partner cannot be asked: {message}"),
                    class: Class::Unknown.word(),
                }
            }
            next => next,
        }
    }

    /// Prepares for a person's «retry»: under the same key and with full patience. It sends again where the question is settled
    /// (not there, not done), and asks again where it is not: a write that may have happened is never sent on a failed look-up.
    /// When it was first sent is kept, since look-ups search from there.
    fn begin_anew(&mut self, settled: bool) {
        self.calm();
        self.looked = None;
        if let Some(items) = &mut self.items {
            items.begin_anew();
        }
        (self.look_ups, self.read_backs, self.lies, self.repeats, self.deaths) = (0, 0, 0, 0, 0);
        if settled {
            self.phase = Phase::Send;
            self.output = None;
            self.misread = None;
        }
    }

    fn after_send(&mut self, attempted: &Attempted, terms: &Terms<'_>, now: Timestamp, seed: u64) -> Next {
        match attempted.class {
            Class::Unknown => self.unsettled |= *terms.guarantee != Guarantee::Read,
            // Sent again only because a person says that it was not done.
            _ if *terms.guarantee == Guarantee::None => self.unsettled = false,
            // Under the same key the partner answers for all sends at once.
            Class::Refused | Class::NotFound if *terms.guarantee == Guarantee::Key && !attempted.credentials => self.unsettled = false,
            _ => {}
        }
        match attempted.class {
            Class::Ok => self.succeeded(attempted, terms, now),
            // A wrong path looks like this too, so only the connector can make an answer of it.
            Class::NotFound if *terms.guarantee == Guarantee::Read && attempted.absence_is_said => Next::Done(serde_json::Value::Null),
            Class::Unknown if attempted.misread => self.unread_success(attempted, terms, now),
            Class::Retryable if attempted.misread && self.failures >= MISREADS_MAX => failed(Cause::DataWrong, BAD_ANSWER, attempted),
            Class::Retryable if attempted.misread => self.retry(Cause::DataWrong, BAD_ANSWER, attempted, terms, now, seed),
            Class::Unknown => {
                let sent_at = self.last_sent_at.unwrap_or(now);
                match self.became_unknown(terms.guarantee, sent_at, now) {
                    Unknown::SendAgain => self.retry(Cause::PartnerDown, "unknown", attempted, terms, now, seed),
                    Unknown::LookUpAt(at) => Next::Wait(at.max(now)),
                    Unknown::Person => unknown_to_person(attempted),
                }
            }
            Class::Retryable => self.retry(Cause::PartnerDown, "retryable", attempted, terms, now, seed),
            Class::RateLimited => self.retry(Cause::PartnerDown, "rate_limited", attempted, terms, now, seed),
            Class::AuthExpired => self.retry(Cause::Credentials, "auth_expired", attempted, terms, now, seed),
            Class::Conflict if self.failures < CONFLICTS_MAX => self.retry(Cause::DataWrong, "conflict", attempted, terms, now, seed),
            Class::Conflict => failed(Cause::DataWrong, "conflict", attempted),
            Class::Refused if attempted.credentials => failed(Cause::Credentials, "refused", attempted),
            Class::Refused => failed(Cause::DataWrong, "refused", attempted),
            Class::NotFound => failed(Cause::DataWrong, "not_found", attempted),
        }
    }

    /// The partner says that it did it, in words we cannot read. Sent again it would say the same, and perhaps do it twice: a
    /// look-up tells what came of it, else a person.
    fn unread_success(&mut self, attempted: &Attempted, terms: &Terms<'_>, now: Timestamp) -> Next {
        self.calm();
        if !matches!(terms.guarantee, Guarantee::LookUp { .. }) {
            return failed(Cause::DataWrong, UNREAD_SUCCESS, attempted);
        }
        self.misread = Some(attempted.message.clone());
        match self.became_unknown(terms.guarantee, self.last_sent_at.unwrap_or(now), now) {
            Unknown::LookUpAt(at) => Next::Wait(at.max(now)),
            Unknown::SendAgain | Unknown::Person => failed(Cause::DataWrong, UNREAD_SUCCESS, attempted),
        }
    }

    fn succeeded(&mut self, attempted: &Attempted, terms: &Terms<'_>, now: Timestamp) -> Next {
        self.calm();
        self.misread = None;
        if !terms.reads_back {
            self.unsettled = false;
            return Next::Done(attempted.output.clone());
        }
        // Its word alone is not believed.
        self.unsettled = true;
        self.phase = Phase::ReadBack;
        self.output = Some(attempted.output.clone());
        Next::Wait(now)
    }

    fn after_look_up(&mut self, attempted: &Attempted, terms: &Terms<'_>, now: Timestamp, seed: u64) -> Next {
        let Guarantee::LookUp { ask_after_millis, then } = terms.guarantee else {
            return failed(Cause::OurFault, "unknown", attempted);
        };
        match attempted.class {
            Class::Ok if attempted.confirmed => self.succeeded(attempted, terms, now),
            // Of a batch all that was in doubt is found, and the rest was never sent: nothing is left to wait for.
            Class::NotFound if self.items.as_ref().is_some_and(ItemsBegun::nothing_in_doubt) => {
                self.calm();
                (self.phase, self.misread, self.unsettled) = (Phase::Send, None, false);
                Next::Wait(now)
            }
            Class::Ok | Class::NotFound => {
                self.calm();
                self.looked = None;
                self.look_ups += 1;
                let sent_at = self.last_sent_at.unwrap_or(now);
                match ask_after_millis.get(self.look_ups as usize) {
                    Some(wait) => Next::Wait(plus(sent_at, *wait).max(now)),
                    // It said that it did it: one of its two answers is wrong, and a repeat may be the second of its kind.
                    None if self.misread.is_some() => Next::Failed {
                        cause: Cause::DataWrong,
                        message: format!("{}; the look-up does not find it", self.misread.as_deref().unwrap_or_default()),
                        class: UNREAD_SUCCESS,
                    },
                    None if *then == WhenAbsent::Repeat && self.repeats < REPEATS_MAX => {
                        self.repeats += 1;
                        (self.phase, self.unsettled) = (Phase::Send, false);
                        Next::Wait(now)
                    }
                    None => unknown_to_person(attempted),
                }
            }
            Class::Refused => failed(Cause::Unknown, "unknown", attempted),
            Class::Retryable if attempted.misread && self.failures >= MISREADS_MAX => failed(Cause::Unknown, "unknown", attempted),
            _ => self.retry(Cause::PartnerDown, attempted.class.word(), attempted, terms, now, seed),
        }
    }

    fn after_read_back(&mut self, attempted: &Attempted, terms: &Terms<'_>, now: Timestamp, seed: u64) -> Next {
        match attempted.class {
            Class::Ok if attempted.confirmed => {
                self.unsettled = false;
                Next::Done(self.output.take().unwrap_or_default())
            }
            Class::Ok | Class::NotFound => {
                self.calm();
                let seen = self.read_backs as usize;
                if seen >= READ_BACKS_BEFORE_REPEAT && *terms.guarantee == Guarantee::Nature && self.lies < LIES_MAX {
                    self.lies += 1;
                    self.read_backs = 0;
                    // Steps that answered success did nothing: they are sent again, and not taken for done.
                    self.steps.clear();
                    self.items = None;
                    (self.phase, self.unsettled) = (Phase::Send, false);
                    return Next::Wait(now);
                }
                self.read_backs += 1;
                if let Some(wait) = READ_BACK_WAITS_MILLIS.get(seen) {
                    return Next::Wait(plus(now, *wait));
                }
                self.unsettled = false;
                Next::Failed {
                    cause: Cause::DataWrong,
                    message: "the partner answered success, but reading back does not show it".to_owned(),
                    class: "not_confirmed",
                }
            }
            Class::Refused => failed(Cause::Unknown, "unknown", attempted),
            Class::Retryable if attempted.misread && self.failures >= MISREADS_MAX => failed(Cause::Unknown, "unknown", attempted),
            _ => self.retry(Cause::PartnerDown, attempted.class.word(), attempted, terms, now, seed),
        }
    }

    /// A send whose outcome is unknown: how to find out.
    fn became_unknown(&mut self, guarantee: &Guarantee, sent_at: Timestamp, now: Timestamp) -> Unknown {
        match guarantee {
            Guarantee::Read | Guarantee::Key | Guarantee::Nature => Unknown::SendAgain,
            Guarantee::LookUp { ask_after_millis, .. } => {
                self.phase = Phase::LookUp;
                self.look_ups = 0;
                let wait = ask_after_millis.first().copied().unwrap_or(0);
                Unknown::LookUpAt(plus(sent_at, wait).max(now))
            }
            Guarantee::None => Unknown::Person,
        }
    }

    fn retry(&mut self, cause: Cause, class: &'static str, attempted: &Attempted, terms: &Terms<'_>, now: Timestamp, seed: u64) -> Next {
        let since = *self.failing_since.get_or_insert(now);
        self.failures += 1;
        let limit = limit_millis(terms.retry, cause);
        let at = Backoff::exponential(RETRY_FIRST, RETRY_LAST).next_attempt(self.failures, now, attempted.retry_after_millis, seed);
        let last = plus(since, limit);
        if limit == 0 || now >= last {
            return Next::Failed { cause, message: attempted.message.clone(), class };
        }
        // The last try falls on the limit itself, so that a declared three days are three days.
        Next::Wait(at.min(last).max(plus(now, attempted.retry_after_millis.unwrap_or(0))))
    }

    fn calm(&mut self) {
        self.failing_since = None;
        self.failures = 0;
    }
}

/// The class of a read that answers success, but not what is declared.
pub const BAD_ANSWER: &str = "bad_answer";
/// The class of a write that answered success, but not what is declared: it was probably done.
pub const UNREAD_SUCCESS: &str = "unread_success";

enum Unknown {
    SendAgain,
    LookUpAt(Timestamp),
    Person,
}

/// Retry limits where the flow says nothing: a partner that is down is waited for one day; credentials, which somebody
/// rotates, one hour; a conflict is retried within the hour; anything else not at all.
fn limit_millis(policy: &RetryPolicy, cause: Cause) -> u64 {
    let declared = policy.retry_for_millis.iter().find(|(known, _)| *known == cause).map(|(_, millis)| *millis);
    declared.unwrap_or(match cause {
        Cause::PartnerDown => 24 * 3_600_000,
        Cause::Credentials | Cause::DataWrong => 3_600_000,
        Cause::RuleMissing | Cause::Unknown | Cause::OurFault => 0,
    })
}

fn failed(cause: Cause, class: &'static str, attempted: &Attempted) -> Next {
    Next::Failed { cause, message: attempted.message.clone(), class }
}

fn unknown_to_person(attempted: &Attempted) -> Next {
    let message = if attempted.message.is_empty() {
        "it may or may not have been done, and nothing at the partner can tell".to_owned()
    } else {
        format!("it may or may not have been done: {}", attempted.message)
    };
    Next::Failed { cause: Cause::Unknown, message, class: "unknown" }
}

fn plus(at: Timestamp, millis: u64) -> Timestamp {
    let millis = i64::try_from(millis).unwrap_or(i64::MAX);
    at.checked_add(SignedDuration::from_millis(millis)).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests;
