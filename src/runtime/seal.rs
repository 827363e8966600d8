//! Sealing: what lies in the database and must not be readable there.
//!
//! AES-256-GCM with a random nonce; the key comes by HKDF from a secret of the configuration, and what a text is sealed for
//! is authenticated with it, so that rows cannot be swapped. Losing the secret loses what was sealed, which is why only what
//! can be got again is.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::hkdf::{HKDF_SHA256, Salt};
use ring::hmac;
use ring::rand::{SecureRandom, SystemRandom};
use secrecy::{ExposeSecret, SecretString};

/// Shorter secrets can be guessed by whoever has a copy of the database.
pub const SECRET_CHARACTERS_MIN: usize = 32;

/// Seals and opens with one key.
pub struct Sealer {
    key: LessSafeKey,
    names: hmac::Key,
    random: SystemRandom,
}

/// Why a text cannot be sealed or opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The machine gives no randomness, or a key cannot be made of the secret.
    #[error("it cannot be sealed")]
    Seal,
    /// It was sealed with another key or for something else, or was changed.
    #[error("it cannot be opened with this key")]
    Open,
}

impl Sealer {
    /// A sealer whose keys come from this secret.
    ///
    /// # Errors
    /// Never in practice: the lengths are those that the algorithms ask for.
    pub fn new(secret: &SecretString) -> Result<Self, Error> {
        let derive = |purpose: &[u8]| -> Result<[u8; 32], Error> {
            let mut bytes = [0; 32];
            let salted = Salt::new(HKDF_SHA256, b"waybill").extract(secret.expose_secret().as_bytes());
            let info = [purpose];
            let expanded = salted.expand(&info, HKDF_SHA256).map_err(|_| Error::Seal)?;
            expanded.fill(&mut bytes).map_err(|_| Error::Seal)?;
            Ok(bytes)
        };
        let key = UnboundKey::new(&AES_256_GCM, &derive(b"seal")?).map_err(|_| Error::Seal)?;
        let names = hmac::Key::new(hmac::HMAC_SHA256, &derive(b"names")?);
        Ok(Self { key: LessSafeKey::new(key), names, random: SystemRandom::new() })
    }

    /// Seals a text for a purpose.
    ///
    /// # Errors
    /// When there is no randomness.
    pub fn seal(&self, text: &str, purpose: &str) -> Result<String, Error> {
        let mut nonce = [0; NONCE_LEN];
        self.random.fill(&mut nonce).map_err(|_| Error::Seal)?;
        let mut bytes = text.as_bytes().to_vec();
        let sealed = self.key.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(purpose.as_bytes()), &mut bytes);
        sealed.map_err(|_| Error::Seal)?;
        Ok(STANDARD.encode([&nonce[..], &bytes].concat()))
    }

    /// Opens what was sealed for this purpose.
    ///
    /// # Errors
    /// When it was sealed otherwise, or changed.
    pub fn open(&self, sealed: &str, purpose: &str) -> Result<SecretString, Error> {
        let mut bytes = STANDARD.decode(sealed).map_err(|_| Error::Open)?;
        if bytes.len() < NONCE_LEN {
            return Err(Error::Open);
        }
        let mut rest = bytes.split_off(NONCE_LEN);
        let nonce = Nonce::try_assume_unique_for_key(&bytes).map_err(|_| Error::Open)?;
        let opened = self.key.open_in_place(nonce, Aad::from(purpose.as_bytes()), &mut rest).map_err(|_| Error::Open)?;
        String::from_utf8(opened.to_vec()).map(SecretString::from).map_err(|_| Error::Open)
    }

    /// A name for a secret text that tells nothing of it: equal texts have equal names.
    pub fn name(&self, text: &str) -> String {
        hex::encode(&hmac::sign(&self.names, text.as_bytes()).as_ref()[..16])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sealer(secret: &str) -> Sealer {
        Sealer::new(&SecretString::from(secret)).unwrap()
    }

    #[test]
    fn only_the_same_key_and_purpose_open_it() {
        let one = sealer("0123456789abcdef0123456789abcdef");
        let sealed = one.seal("token-1", "oa").unwrap();
        assert!(!sealed.contains("token"));
        assert_eq!(one.open(&sealed, "oa").unwrap().expose_secret(), "token-1");
        assert_ne!(one.seal("token-1", "oa").unwrap(), sealed, "each time otherwise");
        assert_eq!(one.open(&sealed, "erp").unwrap_err(), Error::Open);
        assert_eq!(sealer("another secret of enough letters").open(&sealed, "oa").unwrap_err(), Error::Open);
        for broken in ["", "AAAA", "not base64!", &sealed[4..]] {
            assert_eq!(one.open(broken, "oa").unwrap_err(), Error::Open, "{broken}");
        }
    }

    #[test]
    fn names_are_stable_and_tell_nothing() {
        let (one, two) = (sealer("0123456789abcdef0123456789abcdef"), sealer("another secret of enough letters"));
        assert_eq!(one.name("app-secret"), one.name("app-secret"));
        assert_ne!(one.name("app-secret"), two.name("app-secret"));
        assert_eq!(one.name("app-secret").len(), 32);
    }
}
