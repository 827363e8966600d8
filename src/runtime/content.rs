//! Content that lies sealed among the hub's rows: one text, which names the key that opens it.
//!
//! `sealed:1:KEY:…` is AES-256-GCM with a random nonce. The key of a text comes by HKDF from the content key of its tenant and
//! from the place it lies in, so that no two places share one, however many there are; the place is authenticated as well. A
//! text that was moved elsewhere opens nowhere. Content keys themselves lie in envelopes (`envelope`).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::hkdf::{HKDF_SHA256, Prk, Salt};
use ring::rand::{SecureRandom, SystemRandom};
use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret, SecretString};

/// How every sealed text begins: what it is, and in which form.
const BEGINNING: &str = "sealed:1:";

/// Why a text cannot be sealed or opened. No message holds any part of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The machine gives no randomness.
    #[error("it cannot be sealed")]
    Seal,
    /// It was sealed with another key or lies in another place than it was sealed for, or was changed.
    #[error("it was sealed with another key or for another row, or was changed")]
    Open,
}

/// Seals and opens the content of one tenant.
pub struct ContentKey {
    prk: Prk,
    random: SystemRandom,
}

impl std::fmt::Debug for ContentKey {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("ContentKey")
    }
}

impl ContentKey {
    /// The key that comes from this secret.
    pub fn new(secret: &SecretString) -> ContentKey {
        let prk = Salt::new(HKDF_SHA256, b"waybill content").extract(secret.expose_secret().as_bytes());
        ContentKey { prk, random: SystemRandom::new() }
    }

    /// A secret for a new key.
    ///
    /// # Errors
    /// When the machine gives no randomness.
    pub fn draw() -> Result<SecretString, Error> {
        let mut bytes = Zeroizing::new([0; 32]);
        SystemRandom::new().fill(bytes.as_mut()).map_err(|_| Error::Seal)?;
        Ok(SecretString::from(hex::encode(bytes.as_ref())))
    }

    /// Seals a text for its place; `number` is the key's, for whoever opens it.
    ///
    /// # Errors
    /// When the machine gives no randomness.
    pub fn seal(&self, number: u32, text: &str, place: &str) -> Result<String, Error> {
        let mut nonce = [0; NONCE_LEN];
        self.random.fill(&mut nonce).map_err(|_| Error::Seal)?;
        self.seal_with(nonce, number, text, place)
    }

    /// The same for what the database compares with what it held: in one place, equal texts look alike. The nonce comes from the
    /// text and a key, so that it is used again for the same text alone.
    ///
    /// # Errors
    /// Never in practice: the lengths are those that the algorithms ask for.
    pub fn seal_alike(&self, number: u32, text: &str, place: &str) -> Result<String, Error> {
        let mut nonce = [0; 32];
        let of = [b"nonce\0".as_slice(), place.as_bytes(), b"\0", text.as_bytes()];
        self.prk.expand(&of, HKDF_SHA256).and_then(|drawn| drawn.fill(&mut nonce)).map_err(|_| Error::Seal)?;
        let mut short = [0; NONCE_LEN];
        short.copy_from_slice(&nonce[..NONCE_LEN]);
        self.seal_with(short, number, text, place)
    }

    fn seal_with(&self, nonce: [u8; NONCE_LEN], number: u32, text: &str, place: &str) -> Result<String, Error> {
        let mut bytes = Vec::with_capacity(NONCE_LEN + text.len() + AES_256_GCM.tag_len());
        bytes.extend_from_slice(&nonce);
        bytes.extend_from_slice(text.as_bytes());
        let key = self.of(place).ok_or(Error::Seal)?;
        let (_, body) = bytes.split_at_mut(NONCE_LEN);
        let tag = key.seal_in_place_separate_tag(Nonce::assume_unique_for_key(nonce), Aad::from(place.as_bytes()), body);
        bytes.extend_from_slice(tag.map_err(|_| Error::Seal)?.as_ref());
        let mut sealed = format!("{BEGINNING}{number}:");
        STANDARD.encode_string(&bytes, &mut sealed);
        Ok(sealed)
    }

    /// Opens what was sealed for this place.
    ///
    /// # Errors
    /// When it was sealed otherwise, or changed.
    pub fn open(&self, sealed: &str, place: &str) -> Result<String, Error> {
        let (_, body) = parts(sealed).ok_or(Error::Open)?;
        let mut bytes = STANDARD.decode(body).map_err(|_| Error::Open)?;
        if bytes.len() < NONCE_LEN {
            return Err(Error::Open);
        }
        let mut rest = bytes.split_off(NONCE_LEN);
        let nonce = Nonce::try_assume_unique_for_key(&bytes).map_err(|_| Error::Open)?;
        let key = self.of(place).ok_or(Error::Open)?;
        let length = key.open_in_place(nonce, Aad::from(place.as_bytes()), &mut rest).map_err(|_| Error::Open)?.len();
        rest.truncate(length);
        String::from_utf8(rest).map_err(|_| Error::Open)
    }

    fn of(&self, place: &str) -> Option<LessSafeKey> {
        let mut bytes = Zeroizing::new([0; 32]);
        self.prk.expand(&[b"key\0", place.as_bytes()], HKDF_SHA256).ok()?.fill(bytes.as_mut()).ok()?;
        UnboundKey::new(&AES_256_GCM, bytes.as_ref()).map(LessSafeKey::new).ok()
    }
}

/// The number of the key that opens a text; none for a text that is not sealed.
pub fn key_number(text: &str) -> Option<u32> {
    parts(text).map(|(number, _)| number)
}

/// Whether a text begins as sealed ones do, whatever follows.
pub fn looks_sealed(text: &str) -> bool {
    text.starts_with(BEGINNING)
}

fn parts(text: &str) -> Option<(u32, &str)> {
    let (number, body) = text.strip_prefix(BEGINNING)?.split_once(':')?;
    Some((number.parse().ok()?, body))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(secret: &str) -> ContentKey {
        ContentKey::new(&SecretString::from(secret))
    }

    #[test]
    fn a_text_opens_in_its_own_place_with_its_own_key() {
        let one = key("one");
        for text in ["", "{\"total\": \"913155.10\"}", "供应商 甲", &"x".repeat(100_000)] {
            let sealed = one.seal(7, text, "1/revision.body/a/1").unwrap();
            assert_eq!(key_number(&sealed), Some(7));
            assert!(text.is_empty() || !sealed.contains(text));
            assert_eq!(one.open(&sealed, "1/revision.body/a/1").as_deref(), Ok(text));
            assert_eq!(one.open(&sealed, "1/revision.body/a/2"), Err(Error::Open), "another row");
            assert_eq!(one.open(&sealed, "2/revision.body/a/1"), Err(Error::Open), "another tenant");
            assert_eq!(key("two").open(&sealed, "1/revision.body/a/1"), Err(Error::Open), "another key");
        }
        assert_ne!(one.seal(1, "a", "p").unwrap(), one.seal(1, "a", "p").unwrap(), "equal texts do not look alike");
    }

    #[test]
    fn what_is_compared_looks_alike_in_its_place_alone() {
        let (one, two) = (key("one"), key("two"));
        let sealed = one.seal_alike(1, "canary", "p").unwrap();
        assert_eq!(one.open(&sealed, "p").as_deref(), Ok("canary"));
        assert_eq!(one.seal_alike(1, "canary", "p").unwrap(), sealed);
        for other in [one.seal_alike(1, "canarx", "p"), one.seal_alike(1, "canary", "q"), two.seal_alike(1, "canary", "p")] {
            assert_ne!(other.unwrap()[9..25], sealed[9..25], "not even the nonce");
        }
    }

    #[test]
    fn what_was_changed_does_not_open() {
        let one = key("one");
        let sealed = one.seal(1, "canary", "p").unwrap();
        for place in BEGINNING.len() + 2..sealed.len() {
            let mut bytes = sealed.clone().into_bytes();
            bytes[place] = if bytes[place] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(bytes).unwrap();
            // The last letter of the encoding may hold bits that mean nothing, which its reader refuses.
            assert_eq!(one.open(&changed, "p"), Err(Error::Open), "{place}");
        }
        for broken in
            ["", "sealed:1:1:", "sealed:1:1:AAAA", "sealed:1:x:AAAA", "sealed:1:1:no base64!", "plain", &sealed[..sealed.len() - 4]]
        {
            assert_eq!(one.open(broken, "p"), Err(Error::Open), "{broken}");
        }
    }

    #[test]
    fn sealed_texts_are_told_from_others() {
        for (text, number, looks) in [
            ("sealed:1:4:AAAA", Some(4), true),
            ("sealed:1:4", None, true),
            ("sealed:2:4:AAAA", None, false),
            ("{\"sealed:1:4:\": 1}", None, false),
            (" sealed:1:4:AAAA", None, false),
            ("", None, false),
        ] {
            assert_eq!((key_number(text), looks_sealed(text)), (number, looks), "{text}");
        }
    }

    #[test]
    fn new_keys_are_long_and_differ() {
        let (one, two) = (ContentKey::draw().unwrap(), ContentKey::draw().unwrap());
        assert_eq!(one.expose_secret().len(), 64);
        assert_ne!(one.expose_secret(), two.expose_secret());
        assert_eq!(format!("{:?}", ContentKey::new(&one)), "ContentKey");
    }
}
