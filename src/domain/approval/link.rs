//! A link by which one person decides one task one way, once, for a while.
//!
//! It says whose it is, of which task (whose id is that of a step's visit), and what it decides; a signature keeps that as it
//! is. Whether it has been used, and whether the task still is that person's, the instance knows.

use crate::domain::ids::TaskId;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use sha2::Sha256;
use uuid::Uuid;

/// Verbs that a link may decide.
pub const VERBS: &[&str] = &["approve", "reject"];
/// Bytes of the signature that are sent: 128 bits, which nobody guesses at a door that counts attempts.
const SIGNATURE_BYTES: usize = 16;
/// A longer text is none of ours.
const CHARACTERS_MAX: usize = 600;

/// What a link is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecisionLink {
    /// The task.
    pub task: TaskId,
    /// Whose it is.
    pub person: String,
    /// What it decides.
    pub verb: String,
    /// When it is over.
    pub until: Timestamp,
}

/// Why a link is not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// It is not ours, or was changed.
    #[error("the link is none that this hub made")]
    Forged,
    /// It is over.
    #[error("the link is over")]
    Expired,
}

/// The key of links: of the whole installation, since any replica takes them.
#[derive(Clone)]
pub struct LinkKey(Hmac<Sha256>);

impl LinkKey {
    /// A key of its own, made of the installation's.
    pub fn of(installation: &[u8]) -> LinkKey {
        let mut mac = Hmac::<Sha256>::new_from_slice(installation).expect("HMAC takes a key of any length");
        mac.update(b"decision links");
        let own = mac.finalize().into_bytes();
        LinkKey(Hmac::new_from_slice(&own).expect("HMAC takes a key of any length"))
    }

    /// The signed text of a payload.
    pub fn sign(&self, payload: &str) -> String {
        let mut mac = self.0.clone();
        mac.update(payload.as_bytes());
        let signature = mac.finalize().into_bytes();
        format!("{payload}.{}", URL_SAFE_NO_PAD.encode(&signature[..SIGNATURE_BYTES]))
    }

    /// Reads a signed text.
    ///
    /// # Errors
    /// When it is not ours, or over.
    pub fn read(&self, text: &str, now: Timestamp) -> Result<DecisionLink, Unreadable> {
        if text.len() > CHARACTERS_MAX {
            return Err(Unreadable::Forged);
        }
        let (payload, signature) = text.split_once('.').ok_or(Unreadable::Forged)?;
        let signature = URL_SAFE_NO_PAD.decode(signature).map_err(|_| Unreadable::Forged)?;
        if signature.len() != SIGNATURE_BYTES {
            return Err(Unreadable::Forged);
        }
        let mut mac = self.0.clone();
        mac.update(payload.as_bytes());
        mac.verify_truncated_left(&signature).map_err(|_| Unreadable::Forged)?;
        let link = DecisionLink::of_payload(payload).ok_or(Unreadable::Forged)?;
        if link.until <= now { Err(Unreadable::Expired) } else { Ok(link) }
    }
}

impl std::fmt::Debug for LinkKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("LinkKey(…)")
    }
}

impl DecisionLink {
    /// What is signed: letters, digits, `-` and `_`.
    pub fn payload(&self) -> String {
        let DecisionLink { task, person, verb, until } = self;
        URL_SAFE_NO_PAD.encode(format!("1|{}|{verb}|{}|{person}", task.0.simple(), until.as_second()))
    }

    fn of_payload(payload: &str) -> Option<DecisionLink> {
        let text = String::from_utf8(URL_SAFE_NO_PAD.decode(payload).ok()?).ok()?;
        let mut parts = text.splitn(5, '|');
        let (format, task, verb, until, person) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        if format != "1" || !VERBS.contains(&verb) || person.is_empty() {
            return None;
        }
        Some(DecisionLink {
            task: TaskId(Uuid::parse_str(task).ok()?),
            person: person.to_owned(),
            verb: verb.to_owned(),
            until: Timestamp::from_second(until.parse().ok()?).ok()?,
        })
    }

    /// The token of the act: the same for every use of this link, and of no other.
    pub fn token(&self) -> String {
        format!("link/{}", self.payload())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn link() -> DecisionLink {
        DecisionLink {
            task: TaskId(Uuid::from_u128(7)),
            person: "e1|003".to_owned(),
            verb: "approve".to_owned(),
            until: "2026-10-01T00:00:00Z".parse().unwrap(),
        }
    }

    #[test]
    fn what_was_signed_is_read_and_nothing_else() {
        let (key, before) = (LinkKey::of(b"installation"), "2026-09-30T23:59:59Z".parse().unwrap());
        let signed = key.sign(&link().payload());
        assert_eq!(key.read(&signed, before), Ok(link()));
        assert_eq!(key.read(&signed, link().until), Err(Unreadable::Expired));
        assert_eq!(LinkKey::of(b"another").read(&signed, before), Err(Unreadable::Forged));
        // No byte may change, none may be missing, and no other payload takes the signature.
        for place in 0..signed.len() {
            let mut changed = signed.clone().into_bytes();
            changed[place] = if changed[place] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(changed).unwrap();
            assert_eq!(key.read(&changed, before), Err(Unreadable::Forged), "{changed}");
            assert_eq!(key.read(&signed[..place], before), Err(Unreadable::Forged), "{place}");
        }
        let other = DecisionLink { verb: "reject".to_owned(), ..link() }.payload();
        let signature = signed.split_once('.').unwrap().1;
        assert_eq!(key.read(&format!("{other}.{signature}"), before), Err(Unreadable::Forged));
        // A verb that no link decides is not read, whoever signed it.
        let much = DecisionLink { verb: "terminate".to_owned(), ..link() };
        assert_eq!(key.read(&key.sign(&much.payload()), before), Err(Unreadable::Forged));
        assert!(!format!("{key:?}").contains("installation"));
    }
}
