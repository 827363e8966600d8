//! The envelope that several Chinese office suites share: a sorted SHA-1 over four texts, AES-256-CBC inside.
//!
//! Inside stand 16 random bytes, the message's length, the message and the id of whom it is for, padded to a multiple of
//! 32 bytes (not 16: generic unpadding refuses half of what comes). The key is base64 whose last character may have bits
//! that say nothing.

use super::Refused;
use aes::Aes256;
use aes::cipher::block_padding::NoPadding;
use aes::cipher::{BlockModeDecrypt, BlockModeEncrypt, KeyIvInit};
use base64::Engine;
use base64::alphabet;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig, STANDARD};
use sha1::{Digest, Sha1};
use subtle::ConstantTimeEq;

/// Keys as people copy them: with or without `=`, and with bits at the end that say nothing.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_allow_trailing_bits(true).with_decode_padding_mode(DecodePaddingMode::Indifferent),
);
/// The unit that is padded to, bytes.
const BLOCK: usize = 32;
/// Random bytes in front of the length.
const RANDOM: usize = 16;
/// Where the message begins.
const HEAD: usize = RANDOM + 4;

/// One key of an envelope.
pub(super) struct Envelope {
    key: [u8; 32],
}

impl Envelope {
    /// From the key of 43 characters as the partner shows it.
    pub fn new(encoding_key: &str) -> Option<Envelope> {
        let key = LENIENT.decode(encoding_key.trim()).ok()?;
        Some(Envelope { key: key.try_into().ok()? })
    }

    fn iv(&self) -> &[u8] {
        &self.key[..16]
    }

    /// The message inside, when it is for one of the receivers. The signature has been checked before.
    pub fn open(&self, encrypted: &str, receivers: &[&str]) -> Result<Vec<u8>, Refused> {
        // One vendor sample breaks lines in its base64; the breaks are signed, but mean nothing.
        let packed: String = encrypted.chars().filter(|character| !character.is_ascii_whitespace()).collect();
        let mut bytes = STANDARD.decode(packed).map_err(|_| Refused::DecryptFailed)?;
        let decryptor = cbc::Decryptor::<Aes256>::new_from_slices(&self.key, self.iv()).map_err(|_| Refused::DecryptFailed)?;
        let plain = decryptor.decrypt_padded::<NoPadding>(&mut bytes).map_err(|_| Refused::DecryptFailed)?;
        let padding = plain.last().copied().map_or(0, usize::from);
        if !(1..=BLOCK).contains(&padding)
            || padding > plain.len()
            || plain[plain.len() - padding..].iter().any(|&byte| usize::from(byte) != padding)
        {
            return Err(Refused::DecryptFailed);
        }
        let plain = &plain[..plain.len() - padding];
        let length: [u8; 4] = plain.get(RANDOM..HEAD).and_then(|length| length.try_into().ok()).ok_or(Refused::DecryptFailed)?;
        let length = usize::try_from(u32::from_be_bytes(length)).map_err(|_| Refused::DecryptFailed)?;
        let rest = &plain[HEAD..];
        let (message, receiver) = rest.split_at_checked(length).ok_or(Refused::DecryptFailed)?;
        match receivers.iter().any(|known| bool::from(known.as_bytes().ct_eq(receiver))) {
            true => Ok(message.to_vec()),
            false => Err(Refused::WrongReceiver),
        }
    }

    /// An envelope around a message of ours.
    pub fn seal(&self, message: &[u8], receiver: &str, random: [u8; RANDOM]) -> Option<String> {
        let mut plain = Vec::with_capacity(HEAD + message.len() + receiver.len() + BLOCK);
        plain.extend_from_slice(&random);
        plain.extend_from_slice(&u32::try_from(message.len()).ok()?.to_be_bytes());
        plain.extend_from_slice(message);
        plain.extend_from_slice(receiver.as_bytes());
        let padding = BLOCK - plain.len() % BLOCK;
        plain.extend(std::iter::repeat_n(u8::try_from(padding).ok()?, padding));
        let encryptor = cbc::Encryptor::<Aes256>::new_from_slices(&self.key, self.iv()).ok()?;
        Some(STANDARD.encode(encryptor.encrypt_padded_vec::<NoPadding>(&plain)))
    }
}

/// The signature of an envelope: SHA-1 over the four texts, sorted as bytes and joined.
pub(super) fn sign(token: &str, timestamp: &str, nonce: &str, encrypted: &str) -> [u8; 20] {
    let mut parts = [token.as_bytes(), timestamp.as_bytes(), nonce.as_bytes(), encrypted.as_bytes()];
    parts.sort_unstable();
    let mut digest = Sha1::new();
    parts.iter().for_each(|part| digest.update(part));
    digest.finalize().into()
}

/// The first of the tokens with which the signature is right.
pub(super) fn token_that_fits(tokens: &[&str], timestamp: &str, nonce: &str, encrypted: &str, signature: &str) -> Result<usize, Refused> {
    let signature = hex::decode(signature).map_err(|_| Refused::BadSignature)?;
    let fits = |token: &&str| !token.is_empty() && bool::from(sign(token, timestamp, nonce, encrypted).ct_eq(signature.as_slice()));
    tokens.iter().position(fits).ok_or(Refused::BadSignature)
}

/// Opens with the first key that fits; two are known while one is being replaced.
pub(super) fn open(keys: &[&str], encrypted: &str, receivers: &[&str]) -> Result<(Envelope, Vec<u8>), Refused> {
    let mut refused = Refused::NoSecret;
    for key in keys.iter().filter_map(|key| Envelope::new(key)) {
        match key.open(encrypted, receivers) {
            Ok(message) => return Ok((key, message)),
            Err(error) => refused = error,
        }
    }
    Err(refused)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG";

    #[test]
    fn what_is_sealed_is_opened_whatever_its_length() {
        let envelope = Envelope::new(KEY).unwrap();
        for length in 0..70 {
            let message = vec![b'x'; length];
            let sealed = envelope.seal(&message, "me", *b"0123456789abcdef").unwrap();
            assert_eq!(envelope.open(&sealed, &["other", "me"]), Ok(message), "{length}");
            assert_eq!(envelope.open(&sealed, &["other"]), Err(Refused::WrongReceiver));
        }
    }

    #[test]
    fn a_full_block_of_padding_is_written_and_read() {
        // Vector I of the dossier: the receiver's id and 28 characters fill the block, so 32 bytes of padding follow.
        let sealed = "Q3stYC6hdFzMh9T8HCvyDIFLiDMf3G7plWlaMiSm9lWOZkK+qljij1lCiraPyE7Awi3Qr+9Ik6t5SwqRS+EonKCD5AOhzQgC1ZMaVQE9sBXAfmEzHPagNK+gVxx3nI4y";
        let envelope = Envelope::new(KEY).unwrap();
        assert_eq!(envelope.seal(&[b'x'; 28], "wwcorp0000000001", *b"0123456789abcdef").as_deref(), Some(sealed));
        assert_eq!(envelope.open(sealed, &["wwcorp0000000001"]), Ok(vec![b'x'; 28]));
    }

    #[test]
    fn an_acknowledgement_is_what_the_vendors_library_makes() {
        // Vector F of the dossier: padded by 23, which generic unpadding refuses.
        let sealed = "DpQeJfnf/MGZ/+GTIspwVDPodrl+l+35PT3ArKrLkoyoCXfJYOpZNuUe/Xc5KPae4kTJ67iLffOG4Cz6M6rMeQ==";
        let envelope = Envelope::new(KEY).unwrap();
        assert_eq!(envelope.seal(b"success", "dingappkey0001", *b"fedcba9876543210").as_deref(), Some(sealed));
        assert_eq!(hex::encode(sign("hub-token-01", "1760000000000", "n0nceN01", sealed)), "c4fcc767a093de6b1c4cfaa0888d98ac13d3f2a5");
    }

    #[test]
    fn keys_are_43_characters_whatever_their_last_bits() {
        for key in [
            KEY,
            "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C",
            "Yue0EfdN5900c1ce5cf6A152c63DDe1808a60c5ecd7",
            "4Ma3YBrSBbX2aez8MJpXGBne5LSDwgGqHbhM9WPYIws=",
        ] {
            assert!(Envelope::new(key).is_some(), "{key}");
        }
        for key in ["", "abc", "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2CAA", "@@@@m7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"] {
            assert!(Envelope::new(key).is_none(), "{key}");
        }
    }
}
