//! Secrets that a bearer holds and we know only by their digest: of sessions and links.

use super::Error;
use crate::domain::ids::TenantId;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::hmac;
use ring::rand::{SecureRandom, SystemRandom};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

/// Random bytes of a secret.
const BYTES: usize = 32;
/// A text longer than this is none of ours and is not even hashed.
const CHARACTERS_MAX: usize = 64;

/// `TENANT.RANDOM`: the tenant is in front, because rows are looked for within one.
#[derive(Clone, Debug)]
pub struct Secret {
    text: SecretString,
    tenant: TenantId,
}

impl Secret {
    /// Draws one.
    pub(super) fn draw(tenant: TenantId) -> Result<Self, Error> {
        let mut bytes = [0; BYTES];
        SystemRandom::new().fill(&mut bytes).map_err(|_| Error::Secret)?;
        Ok(Self { text: SecretString::from(format!("{}.{}", tenant.0, URL_SAFE_NO_PAD.encode(bytes))), tenant })
    }

    /// Reads one; none when it cannot be ours.
    pub fn read(text: &str) -> Option<Self> {
        if text.len() > CHARACTERS_MAX {
            return None;
        }
        let (tenant, random) = text.split_once('.')?;
        let tenant = tenant.parse().ok().filter(|tenant| *tenant > 0).map(TenantId)?;
        (URL_SAFE_NO_PAD.decode(random).ok()?.len() == BYTES).then(|| Self { text: SecretString::from(text), tenant })
    }

    /// Whose data it leads to, should it be known.
    pub fn tenant(&self) -> TenantId {
        self.tenant
    }

    /// The text, for its bearer alone.
    pub fn text(&self) -> &str {
        self.text.expose_secret()
    }

    /// Another secret for one purpose, which leads neither back nor to those of other purposes; 43 characters.
    pub(super) fn derived(&self, purpose: &str) -> String {
        let key = hmac::Key::new(hmac::HMAC_SHA256, self.text().as_bytes());
        URL_SAFE_NO_PAD.encode(hmac::sign(&key, purpose.as_bytes()))
    }

    /// What is kept of it. Plain SHA-256 is enough: what is hashed is 256 random bits.
    pub fn digest(&self) -> String {
        hex::encode(Sha256::digest(self.text()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_drawn_is_read_back_and_shown_to_nobody() {
        let one = Secret::draw(TenantId(7)).unwrap();
        let read = Secret::read(one.text()).unwrap();
        assert_eq!((read.tenant(), read.digest()), (TenantId(7), one.digest()));
        assert_ne!(one.digest(), Secret::draw(TenantId(7)).unwrap().digest());
        assert!(!format!("{one:?}").contains(one.text()));
        let made = [one.derived("state"), one.derived("nonce"), one.digest(), one.text().to_owned()];
        assert_eq!((made[0].len(), read.derived("state")), (43, made[0].clone()));
        assert_eq!(made.iter().collect::<std::collections::BTreeSet<_>>().len(), made.len());
        for wrong in ["", "7", "7.", "7.short", "-1.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", &"7.A".repeat(60), "x.AAAA"] {
            assert!(Secret::read(wrong).is_none(), "{wrong}");
        }
    }
}
