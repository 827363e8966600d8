//! The senders' half of the envelope that DingTalk and WeCom share, written for the mocks alone.

use aes::Aes256;
use aes::cipher::block_padding::NoPadding;
use aes::cipher::{BlockModeDecrypt, BlockModeEncrypt, KeyIvInit};
use base64::Engine;
use base64::alphabet;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig, STANDARD};
use sha1::{Digest, Sha1};

/// Where callbacks go and what they are wrapped with.
#[derive(Clone, Debug)]
pub(super) struct Callback {
    pub url: String,
    pub token: String,
    pub key: [u8; 32],
    /// The id inside the envelope.
    pub owner: String,
}

/// The key of 43 characters; the last may have bits that say nothing.
pub(super) fn key(text: &str) -> Result<[u8; 32], String> {
    let lenient = GeneralPurpose::new(&alphabet::STANDARD, GeneralPurposeConfig::new().with_decode_allow_trailing_bits(true));
    let bytes = lenient.decode(format!("{text}=")).map_err(|_| "the key is base64 of 43 characters")?;
    bytes.try_into().map_err(|_| "the key is 43 characters long".to_owned())
}

impl Callback {
    pub(super) fn sign(&self, timestamp: &str, nonce: &str, encrypted: &str) -> String {
        let mut parts = [self.token.as_str(), timestamp, nonce, encrypted];
        parts.sort_unstable();
        hex::encode(Sha1::digest(parts.concat()))
    }

    pub(super) fn encrypt(&self, message: &str, owner: &str, random: [u8; 16]) -> String {
        let mut plain = random.to_vec();
        plain.extend(u32::try_from(message.len()).unwrap_or(u32::MAX).to_be_bytes());
        plain.extend(message.bytes());
        plain.extend(owner.bytes());
        let padding = 32 - plain.len() % 32;
        plain.extend(vec![u8::try_from(padding).unwrap_or(32); padding]);
        match cbc::Encryptor::<Aes256>::new_from_slices(&self.key, &self.key[..16]) {
            Ok(encryptor) => STANDARD.encode(encryptor.encrypt_padded_vec::<NoPadding>(&plain)),
            Err(_) => String::new(),
        }
    }

    /// The message and the owner inside.
    pub(super) fn decrypt(&self, encrypted: &str) -> Option<(String, String)> {
        let mut bytes = STANDARD.decode(encrypted).ok()?;
        let decryptor = cbc::Decryptor::<Aes256>::new_from_slices(&self.key, &self.key[..16]).ok()?;
        let plain = decryptor.decrypt_padded::<NoPadding>(&mut bytes).ok()?;
        let padding = usize::from(*plain.last()?);
        let plain = plain.get(..plain.len().checked_sub(padding)?)?;
        let length = usize::try_from(u32::from_be_bytes(plain.get(16..20)?.try_into().ok()?)).ok()?;
        let message = plain.get(20..20 + length)?;
        Some((String::from_utf8(message.to_vec()).ok()?, String::from_utf8(plain[20 + length..].to_vec()).ok()?))
    }
}
