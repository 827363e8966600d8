//! Hashes, keyed hashes and the ways they are written: the primitives of signatures.

use crate::domain::connector::tree::BuildError;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use md5::Md5;
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha384, Sha512};

/// The words of hashes. MD5 and SHA-1 because partners still ask for them, not because they should.
pub(super) const HASHES: &[&str] = &["sha256", "sha1", "sha384", "sha512", "md5"];
/// The words of encodings.
pub(super) const ENCODINGS: &[&str] = &["hex", "hex_upper", "base64", "base64url", "base64_of_hex"];
/// How a key is written.
pub(super) const KEYS: &[&str] = &["text", "base64", "hex", "whsec"];

/// A hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hash {
    Md5,
    Sha1,
    Sha256,
    Sha384,
    Sha512,
}

/// How bytes become text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encoding {
    Hex,
    HexUpper,
    Base64,
    Base64Url,
    /// Base64 of the hexadecimal digits: an accident of one vendor that others copied.
    Base64OfHex,
}

impl Hash {
    pub(super) fn from_word(word: &str) -> Option<Hash> {
        Some(match word {
            "md5" => Hash::Md5,
            "sha1" => Hash::Sha1,
            "sha256" => Hash::Sha256,
            "sha384" => Hash::Sha384,
            "sha512" => Hash::Sha512,
            _ => return None,
        })
    }

    pub(super) fn of(self, bytes: &[u8]) -> Vec<u8> {
        match self {
            Hash::Md5 => Md5::digest(bytes).to_vec(),
            Hash::Sha1 => Sha1::digest(bytes).to_vec(),
            Hash::Sha256 => Sha256::digest(bytes).to_vec(),
            Hash::Sha384 => Sha384::digest(bytes).to_vec(),
            Hash::Sha512 => Sha512::digest(bytes).to_vec(),
        }
    }

    pub(super) fn keyed(self, key: &[u8], bytes: &[u8]) -> Vec<u8> {
        match self {
            Hash::Md5 => mac::<Hmac<Md5>>(key, bytes),
            Hash::Sha1 => mac::<Hmac<Sha1>>(key, bytes),
            Hash::Sha256 => mac::<Hmac<Sha256>>(key, bytes),
            Hash::Sha384 => mac::<Hmac<Sha384>>(key, bytes),
            Hash::Sha512 => mac::<Hmac<Sha512>>(key, bytes),
        }
    }
}

fn mac<M: Mac + KeyInit>(key: &[u8], bytes: &[u8]) -> Vec<u8> {
    let mut mac = <M as KeyInit>::new_from_slice(key).expect("HMAC takes a key of any length");
    mac.update(bytes);
    mac.finalize().into_bytes().to_vec()
}

impl Encoding {
    pub(super) fn from_word(word: &str) -> Option<Encoding> {
        Some(match word {
            "hex" => Encoding::Hex,
            "hex_upper" => Encoding::HexUpper,
            "base64" => Encoding::Base64,
            "base64url" => Encoding::Base64Url,
            "base64_of_hex" => Encoding::Base64OfHex,
            _ => return None,
        })
    }

    pub(super) fn write(self, bytes: &[u8]) -> String {
        match self {
            Encoding::Hex => hex::encode(bytes),
            Encoding::HexUpper => hex::encode_upper(bytes),
            Encoding::Base64 => STANDARD.encode(bytes),
            Encoding::Base64Url => URL_SAFE_NO_PAD.encode(bytes),
            Encoding::Base64OfHex => STANDARD.encode(hex::encode(bytes)),
        }
    }
}

/// The bytes of a key.
pub(super) fn key_bytes(text: &str, written: &str, place: &str) -> Result<Vec<u8>, BuildError> {
    let wrong = |why| BuildError::Invalid { place: place.to_owned(), why };
    match written {
        "base64" => STANDARD.decode(text.trim()).map_err(|_| wrong("is not base64")),
        "hex" => hex::decode(text.trim()).map_err(|_| wrong("is not hexadecimal")),
        "whsec" => STANDARD.decode(text.trim().trim_start_matches("whsec_")).map_err(|_| wrong("is not base64 after `whsec_`")),
        _ => Ok(text.as_bytes().to_vec()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_are_those_of_the_standards() {
        // RFC 1321, RFC 3174, FIPS 180-4.
        for (hash, digest) in [
            (Hash::Md5, "900150983cd24fb0d6963f7d28e17f72"),
            (Hash::Sha1, "a9993e364706816aba3e25717850c26c9cd0d89d"),
            (Hash::Sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        ] {
            assert_eq!(hex::encode(hash.of(b"abc")), digest);
        }
        // RFC 2202 and RFC 4231, test case 2.
        for (hash, digest) in [
            (Hash::Md5, "750c783e6ab0b503eaa86e310a5db738"),
            (Hash::Sha1, "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"),
            (Hash::Sha256, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
        ] {
            assert_eq!(hex::encode(hash.keyed(b"Jefe", b"what do ya want for nothing?")), digest);
        }
    }

    #[test]
    fn every_word_has_its_meaning() {
        assert!(HASHES.iter().all(|word| Hash::from_word(word).is_some()));
        assert!(ENCODINGS.iter().all(|word| Encoding::from_word(word).is_some()));
        assert_eq!(Encoding::Base64OfHex.write(&[0xab]), "YWI=");
        assert_eq!(key_bytes("whsec_AQI=", "whsec", "key").unwrap(), [1, 2]);
        assert!(key_bytes("not base64!", "base64", "key").is_err() && key_bytes("xyz", "hex", "key").is_err());
    }
}
