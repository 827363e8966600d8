//! Signs what log-ins assert, with keys of the connection's settings.
//!
//! Here and not in `domain`, because two of the three algorithms want randomness; `ring` keeps the private key's arithmetic
//! free of timing differences.

use crate::domain::connector::auth::jwt::{Unsigned, token};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, RSA_PKCS1_SHA256, RSA_PSS_SHA256, RsaEncoding, RsaKeyPair};

/// Characters of a key as PEM; an RSA key of 8192 bits has about 6500.
const KEY_CHARACTERS_MAX: usize = 16_384;

/// The signed token.
///
/// # Errors
/// In words, without the key, when the key is none or does not fit the algorithm.
pub fn sign(unsigned: &Unsigned) -> Result<String, &'static str> {
    let key = Key::read(&unsigned.key)?;
    let random = SystemRandom::new();
    let input = unsigned.input.as_bytes();
    let signature = match unsigned.algorithm {
        "ES256" => {
            if key.kind != Kind::Pkcs8 {
                return Err("a key for ES256 is `BEGIN PRIVATE KEY` (PKCS #8)");
            }
            let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &key.der, &random);
            let pair = pair.map_err(|_| "the key is none for ES256: it wants the curve P-256")?;
            pair.sign(&random, input).map_err(|_| "the assertion cannot be signed")?.as_ref().to_vec()
        }
        algorithm => {
            let pair = match key.kind {
                Kind::Pkcs8 => RsaKeyPair::from_pkcs8(&key.der),
                Kind::Rsa => RsaKeyPair::from_der(&key.der),
            };
            let pair = pair.map_err(|_| "the key is no RSA key of 2048 to 8192 bits")?;
            let padding: &'static dyn RsaEncoding = if algorithm == "PS256" { &RSA_PSS_SHA256 } else { &RSA_PKCS1_SHA256 };
            let mut signature = vec![0; pair.public().modulus_len()];
            pair.sign(padding, &random, input, &mut signature).map_err(|_| "the assertion cannot be signed")?;
            signature
        }
    };
    Ok(token(&unsigned.input, &signature))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Pkcs8,
    Rsa,
}

struct Key {
    kind: Kind,
    der: Vec<u8>,
}

impl Key {
    /// Reads PEM; line ends may have become `\n` in an environment variable.
    fn read(pem: &str) -> Result<Key, &'static str> {
        if pem.len() > KEY_CHARACTERS_MAX {
            return Err("the key is too long");
        }
        let pem = pem.replace("\\n", "\n");
        let kinds = [("PRIVATE KEY", Kind::Pkcs8), ("RSA PRIVATE KEY", Kind::Rsa)];
        for (label, kind) in kinds {
            let (begin, end) = (format!("-----BEGIN {label}-----"), format!("-----END {label}-----"));
            let Some((_, rest)) = pem.split_once(&begin) else { continue };
            let (body, _) = rest.split_once(&end).ok_or("the key breaks off")?;
            let letters: String = body.chars().filter(|letter| !letter.is_whitespace()).collect();
            let der = STANDARD.decode(letters).map_err(|_| "the key is not base64")?;
            return Ok(Key { kind, der });
        }
        Err("the key is no PEM with `BEGIN PRIVATE KEY` or `BEGIN RSA PRIVATE KEY`; encrypted keys are not taken")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use ring::signature::{ECDSA_P256_SHA256_FIXED, KeyPair, UnparsedPublicKey};

    fn unsigned(algorithm: &'static str, key: &str) -> Unsigned {
        Unsigned { algorithm, input: "eyJhbGciOiJFUzI1NiJ9.e30".to_owned(), key: key.to_owned() }
    }

    #[test]
    fn an_elliptic_signature_is_that_of_the_key() {
        let random = SystemRandom::new();
        let der = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
        let pem = format!("-----BEGIN PRIVATE KEY-----\\n{}\\n-----END PRIVATE KEY-----\\n", STANDARD.encode(der.as_ref()));
        let signed = sign(&unsigned("ES256", &pem)).unwrap();
        let (input, signature) = signed.rsplit_once('.').unwrap();
        assert_eq!(input, "eyJhbGciOiJFUzI1NiJ9.e30");
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, der.as_ref(), &random).unwrap();
        let public = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, pair.public_key().as_ref());
        let signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
        assert_eq!(signature.len(), 64, "r and s, as RFC 7518 wants them");
        assert!(public.verify(input.as_bytes(), &signature).is_ok());
        assert!(public.verify(b"eyJhbGciOiJFUzI1NiJ9.e31", &signature).is_err());
        assert!(sign(&unsigned("RS256", &pem)).is_err(), "not an RSA key");
    }

    #[test]
    fn what_is_no_key_is_refused_in_words() {
        for key in [
            "",
            "abc",
            "-----BEGIN PRIVATE KEY-----\nAAAA",
            "-----BEGIN PRIVATE KEY-----\n!\n-----END PRIVATE KEY-----",
            &"x".repeat(20_000),
        ] {
            assert!(sign(&unsigned("PS256", key)).is_err(), "{key}");
        }
    }
}
