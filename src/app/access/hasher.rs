//! Passwords, hashed with Argon2id. Slow on purpose, so it runs beside the tasks, and few at a time.

use super::Error;
use crate::store::identity::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use ring::rand::{SecureRandom, SystemRandom};
use secrecy::{ExposeSecret, SecretString};
use std::sync::Arc;
use tokio::sync::Semaphore;

/// Hashes worked on at once: each takes its memory and a core for tens of milliseconds, and a flood of attempts must leave
/// the hub its own. Others wait in line.
const AT_ONCE: usize = 2;
/// Bytes of salt.
const SALT: usize = 16;

/// What one hash costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cost {
    /// Memory, in KiB.
    pub memory_kib: u32,
    /// Passes over it.
    pub passes: u32,
}

impl Default for Cost {
    /// 19 MiB twice: the smallest that OWASP's password storage sheet recommends for Argon2id.
    fn default() -> Self {
        Self { memory_kib: 19 * 1024, passes: 2 }
    }
}

pub(super) struct Hasher {
    cost: Cost,
    places: Arc<Semaphore>,
    /// What an unknown name's password is compared with, so that the answer takes as long.
    decoy: tokio::sync::OnceCell<PasswordHash>,
}

impl Hasher {
    pub fn new(cost: Cost) -> Self {
        Self { cost, places: Arc::new(Semaphore::new(AT_ONCE)), decoy: tokio::sync::OnceCell::new() }
    }

    /// Hashes a password with a salt of its own.
    pub async fn hash(&self, password: SecretString) -> Result<PasswordHash, Error> {
        let cost = self.cost;
        self.beside(move || {
            let mut salt = [0; SALT];
            SystemRandom::new().fill(&mut salt).map_err(|_| Error::Secret)?;
            let hash = argon(cost)?.hash_password_with_salt(password.expose_secret().as_bytes(), &salt).map_err(|_| Error::Secret)?;
            Ok(PasswordHash(hash.to_string()))
        })
        .await?
    }

    /// Whether this is the password. Without a hash the work is done all the same, and the answer is no.
    pub async fn verify(&self, password: SecretString, hash: Option<PasswordHash>) -> Result<bool, Error> {
        let known = hash.is_some();
        let hash = match hash {
            Some(hash) => hash,
            None => self.decoy.get_or_try_init(|| self.hash(SecretString::from("nobody has this one"))).await?.clone(),
        };
        let cost = self.cost;
        // The cost in the hash counts, not today's: older hashes go on working when it is raised.
        let right = self
            .beside(move || argon(cost).map(|argon| argon.verify_password(password.expose_secret().as_bytes(), hash.0.as_str()).is_ok()));
        Ok(right.await?? && known)
    }

    async fn beside<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Error> {
        // The semaphore is never closed.
        let place = self.places.clone().acquire_owned().await.map_err(|_| Error::Secret)?;
        tokio::task::spawn_blocking(move || {
            let done = work();
            drop(place);
            done
        })
        .await
        .map_err(|_| Error::Secret)
    }
}

fn argon(cost: Cost) -> Result<Argon2<'static>, Error> {
    let params = Params::new(cost.memory_kib, cost.passes, 1, None).map_err(|_| Error::Secret)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_the_password_itself_is_right() {
        let hasher = Hasher::new(Cost { memory_kib: 64, passes: 1 });
        let password = || SecretString::from("correct horse battery");
        let hash = hasher.hash(password()).await.unwrap();
        assert!(hash.0.starts_with("$argon2id$v=19$m=64,t=1,p=1$"), "{}", hash.0);
        assert_ne!(hash, hasher.hash(password()).await.unwrap(), "each has a salt of its own");
        assert!(!format!("{hash:?}").contains("argon2id"));
        assert!(hasher.verify(password(), Some(hash.clone())).await.unwrap());
        assert!(!hasher.verify(SecretString::from("correct horse batterz"), Some(hash.clone())).await.unwrap());
        assert!(!hasher.verify(SecretString::from("nobody has this one"), None).await.unwrap());
        assert!(!hasher.verify(password(), Some(PasswordHash("$argon2id$broken".into()))).await.unwrap());
        let dearer = Hasher::new(Cost { memory_kib: 128, passes: 2 });
        assert!(dearer.verify(password(), Some(hash)).await.unwrap(), "a hash says itself what it cost");
    }
}
