//! Envelope encryption: each text has a key of its own, and that key is wrapped by a master key.
//!
//! AES-256-GCM both times, with random nonces. What a text is sealed for is authenticated with both, so that neither rows nor
//! wrapped keys can be swapped. A new master key wraps the same text keys anew: texts are never opened for that, and stay what
//! they are. Several master keys open, the first of them wraps.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::hkdf::{HKDF_SHA256, Salt};
use ring::hmac;
use ring::rand::{SecureRandom, SystemRandom};
use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret, SecretString};

/// Bytes of a key of AES-256.
const KEY_LEN: usize = 32;

/// A text in its envelope.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Envelope {
    /// Which master key wrapped.
    pub master: String,
    /// The text's key, wrapped.
    pub wrapped: String,
    /// The text, sealed with its key.
    pub sealed: String,
}

/// Why an envelope cannot be made or opened. No message holds any part of what is in it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// There is no master key.
    #[error("there is no master key: set `store.master_keys`")]
    NoKey,
    /// It was wrapped by a master key that is not here.
    #[error("it was sealed with the master key `{0}`, which is not in `store.master_keys`")]
    UnknownKey(String),
    /// It was sealed with another key of that name or for something else, or was changed.
    #[error("it cannot be opened with the master key `{0}`: the key is another one, or what is stored was changed")]
    Open(String),
    /// The machine gives no randomness.
    #[error("it cannot be sealed")]
    Seal,
}

/// Master keys by their ids; the first wraps, all open.
pub struct Keyring {
    keys: Vec<(String, LessSafeKey)>,
    /// Names texts, by the first key.
    names: Option<hmac::Key>,
    random: SystemRandom,
}

impl Default for Keyring {
    fn default() -> Self {
        Keyring { keys: Vec::new(), names: None, random: SystemRandom::new() }
    }
}

impl std::fmt::Debug for Keyring {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_list().entries(self.keys.iter().map(|(id, _)| id)).finish()
    }
}

impl Keyring {
    /// Keys that come from these secrets.
    ///
    /// # Errors
    /// Never in practice: the lengths are those that the algorithms ask for.
    pub fn new<'s>(masters: impl IntoIterator<Item = (&'s str, &'s SecretString)>) -> Result<Keyring, Error> {
        let (mut keys, mut names) = (Vec::new(), None);
        for (id, secret) in masters {
            // The id is no part of it: a key may be given another name.
            keys.push((id.to_owned(), key(derived(secret, b"master")?.as_ref())?));
            if names.is_none() {
                names = Some(hmac::Key::new(hmac::HMAC_SHA256, derived(secret, b"master names")?.as_ref()));
            }
        }
        Ok(Keyring { keys, names, random: SystemRandom::new() })
    }

    /// The id of the master key that wraps.
    pub fn current(&self) -> Option<&str> {
        self.keys.first().map(|(id, _)| id.as_str())
    }

    /// Whether a master key is here.
    pub fn has(&self, id: &str) -> bool {
        self.keys.iter().any(|(known, _)| known == id)
    }

    /// A name for a text that tells nothing of it: equal texts have equal names while the first key is the same.
    pub fn name(&self, text: &str) -> Option<String> {
        Some(hex::encode(hmac::sign(self.names.as_ref()?, text.as_bytes()).as_ref()))
    }

    /// Puts a text into an envelope for a purpose.
    ///
    /// # Errors
    /// When there is no master key.
    pub fn seal(&self, text: &str, purpose: &str) -> Result<Envelope, Error> {
        let (master, wrapping) = self.keys.first().ok_or(Error::NoKey)?;
        let mut own = Zeroizing::new([0; KEY_LEN]);
        self.random.fill(own.as_mut()).map_err(|_| Error::Seal)?;
        let sealed = self.encrypt(&key(own.as_ref())?, text.as_bytes(), &of_text(purpose))?;
        let wrapped = self.encrypt(wrapping, own.as_ref(), &of_key(purpose))?;
        Ok(Envelope { master: master.clone(), wrapped, sealed })
    }

    /// Takes a text out of its envelope.
    ///
    /// # Errors
    /// When it was made by another key or for something else, or was changed.
    pub fn open(&self, envelope: &Envelope, purpose: &str) -> Result<SecretString, Error> {
        let own = self.unwrap(envelope, purpose)?;
        let failed = || Error::Open(envelope.master.clone());
        let text = decrypt(&key(&own)?, &envelope.sealed, &of_text(purpose)).ok_or_else(failed)?;
        std::str::from_utf8(&text).map(SecretString::from).map_err(|_| failed())
    }

    /// The same text in an envelope of the master key that wraps now. The text itself is not opened.
    ///
    /// # Errors
    /// When the key that wrapped before is not here.
    pub fn rewrap(&self, envelope: &Envelope, purpose: &str) -> Result<Envelope, Error> {
        let (master, wrapping) = self.keys.first().ok_or(Error::NoKey)?;
        let own = self.unwrap(envelope, purpose)?;
        let wrapped = self.encrypt(wrapping, &own, &of_key(purpose))?;
        Ok(Envelope { master: master.clone(), wrapped, sealed: envelope.sealed.clone() })
    }

    fn unwrap(&self, envelope: &Envelope, purpose: &str) -> Result<Zeroizing<Vec<u8>>, Error> {
        if self.keys.is_empty() {
            return Err(Error::NoKey);
        }
        let known = self.keys.iter().find(|(id, _)| *id == envelope.master);
        let (_, wrapping) = known.ok_or_else(|| Error::UnknownKey(envelope.master.clone()))?;
        let own = decrypt(wrapping, &envelope.wrapped, &of_key(purpose)).filter(|own| own.len() == KEY_LEN);
        own.ok_or_else(|| Error::Open(envelope.master.clone()))
    }

    fn encrypt(&self, key: &LessSafeKey, bytes: &[u8], purpose: &str) -> Result<String, Error> {
        let mut nonce = [0; NONCE_LEN];
        self.random.fill(&mut nonce).map_err(|_| Error::Seal)?;
        let mut sealed = bytes.to_vec();
        let done = key.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(purpose.as_bytes()), &mut sealed);
        done.map_err(|_| Error::Seal)?;
        Ok(STANDARD.encode([&nonce[..], &sealed].concat()))
    }
}

/// Key material for one purpose.
fn derived(secret: &SecretString, purpose: &[u8]) -> Result<Zeroizing<[u8; KEY_LEN]>, Error> {
    let mut bytes = Zeroizing::new([0; KEY_LEN]);
    let salted = Salt::new(HKDF_SHA256, b"waybill").extract(secret.expose_secret().as_bytes());
    let info = [purpose];
    let expanded = salted.expand(&info, HKDF_SHA256).map_err(|_| Error::Seal)?;
    expanded.fill(bytes.as_mut()).map_err(|_| Error::Seal)?;
    Ok(bytes)
}

fn decrypt(key: &LessSafeKey, sealed: &str, purpose: &str) -> Option<Zeroizing<Vec<u8>>> {
    let mut bytes = STANDARD.decode(sealed).ok().filter(|bytes| bytes.len() >= NONCE_LEN)?;
    let mut rest = Zeroizing::new(bytes.split_off(NONCE_LEN));
    let nonce = Nonce::try_assume_unique_for_key(&bytes).ok()?;
    let length = key.open_in_place(nonce, Aad::from(purpose.as_bytes()), &mut rest).ok()?.len();
    rest.truncate(length);
    Some(rest)
}

fn key(bytes: &[u8]) -> Result<LessSafeKey, Error> {
    UnboundKey::new(&AES_256_GCM, bytes).map(LessSafeKey::new).map_err(|_| Error::Seal)
}

/// Apart, so that a wrapped key never passes for a text.
fn of_text(purpose: &str) -> String {
    format!("text\0{purpose}")
}

fn of_key(purpose: &str) -> String {
    format!("key\0{purpose}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ring(masters: &[(&str, &str)]) -> Keyring {
        let secrets: Vec<(&str, SecretString)> = masters.iter().map(|(id, text)| (*id, SecretString::from(*text))).collect();
        Keyring::new(secrets.iter().map(|(id, secret)| (*id, secret))).unwrap()
    }

    const OLD: (&str, &str) = ("2026", "0123456789abcdef0123456789abcdef");
    const NEW: (&str, &str) = ("2027", "fedcba9876543210fedcba9876543210");

    #[test]
    fn a_text_comes_out_of_its_own_envelope_alone() {
        let one = ring(&[OLD]);
        let made = one.seal("s3cret", "1/erp/1").unwrap();
        assert_eq!(made.master, "2026");
        assert!(!format!("{made:?}").contains("s3cret"));
        assert_eq!(one.open(&made, "1/erp/1").unwrap().expose_secret(), "s3cret");
        let other = one.seal("s3cret", "1/erp/1").unwrap();
        assert!(other.sealed != made.sealed && other.wrapped != made.wrapped, "each has a key of its own");
        let open = |envelope: Envelope, purpose: &str| one.open(&envelope, purpose).unwrap_err();
        let wrong = Error::Open("2026".to_owned());
        assert_eq!(open(made.clone(), "1/erp/2"), wrong, "another version");
        assert_eq!(open(Envelope { wrapped: other.wrapped.clone(), ..made.clone() }, "1/erp/1"), wrong, "another text's key");
        assert_eq!(open(Envelope { sealed: made.wrapped.clone(), ..made.clone() }, "1/erp/1"), wrong, "a key is no text");
        for broken in ["", "AAAA", "not base64!", &made.sealed[4..]] {
            assert_eq!(open(Envelope { sealed: broken.to_owned(), ..made.clone() }, "1/erp/1"), wrong, "{broken}");
            assert_eq!(open(Envelope { wrapped: broken.to_owned(), ..made.clone() }, "1/erp/1"), wrong, "{broken}");
        }
    }

    #[test]
    fn a_new_master_key_wraps_anew_without_touching_the_text() {
        let (old, both, new) = (ring(&[OLD]), ring(&[NEW, OLD]), ring(&[NEW]));
        let made = old.seal("s3cret", "p").unwrap();
        assert_eq!(both.open(&made, "p").unwrap().expose_secret(), "s3cret");
        let moved = both.rewrap(&made, "p").unwrap();
        assert_eq!((moved.master.as_str(), &moved.sealed), ("2027", &made.sealed));
        assert_eq!(new.open(&moved, "p").unwrap().expose_secret(), "s3cret");
        assert_eq!(new.open(&made, "p").unwrap_err(), Error::UnknownKey("2026".to_owned()));
        assert_eq!(new.rewrap(&made, "p").unwrap_err(), Error::UnknownKey("2026".to_owned()));
        assert_eq!(both.rewrap(&made, "q").unwrap_err(), Error::Open("2026".to_owned()), "for something else");
        // A key of the same name that is another one.
        assert_eq!(ring(&[("2026", NEW.1)]).open(&made, "p").unwrap_err(), Error::Open("2026".to_owned()));
    }

    #[test]
    fn without_a_master_key_nothing_is_sealed() {
        let none = Keyring::default();
        assert_eq!((none.current(), none.seal("a", "p").unwrap_err()), (None, Error::NoKey));
        assert_eq!(none.name("a"), None);
        assert_eq!(ring(&[NEW, OLD]).name("a"), ring(&[NEW]).name("a"), "by the first key");
        assert_ne!(ring(&[OLD]).name("a"), ring(&[NEW]).name("a"));
        assert_eq!(none.open(&ring(&[OLD]).seal("a", "p").unwrap(), "p").unwrap_err(), Error::NoKey);
    }

    #[test]
    fn a_ring_does_not_show_its_keys() {
        assert_eq!(format!("{:?}", ring(&[NEW, OLD])), r#"["2027", "2026"]"#);
    }
}
