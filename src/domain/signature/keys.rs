//! The settings a signature is checked with, by the part they play. Several stand for one while it is being replaced.

use super::{AES_KEY, ENCRYPT_KEY, RECEIVER};

/// A part that a setting plays beside `secret`.
#[derive(Debug)]
pub struct Named {
    /// The key in `signature:`.
    pub key: &'static str,
    /// Whether the setting holds a secret; an id does not.
    pub secret: bool,
}

/// Every part there is; a kind declares the keys it knows.
pub static NAMED: &[Named] = &[
    Named { key: "secret", secret: true },
    Named { key: AES_KEY, secret: true },
    Named { key: ENCRYPT_KEY, secret: true },
    Named { key: RECEIVER, secret: false },
];

/// Active secrets and ids by the part they play.
#[derive(Clone, Debug, Default)]
pub struct Keys<'a> {
    entries: Vec<(&'static str, Vec<&'a str>)>,
}

impl<'a> Keys<'a> {
    /// Keys of nothing but secrets, in the order they are tried.
    pub fn secrets(secrets: &[&'a str]) -> Keys<'a> {
        Keys::default().with("secret", secrets)
    }

    /// The same with what plays another part.
    pub fn with(mut self, part: &'static str, texts: &[&'a str]) -> Keys<'a> {
        self.entries.push((part, texts.to_vec()));
        self
    }

    /// What plays a part; empty where nothing does.
    pub fn of(&self, part: &str) -> &[&'a str] {
        self.entries.iter().find(|(known, _)| *known == part).map_or(&[], |(_, texts)| texts.as_slice())
    }
}
