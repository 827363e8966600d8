//! The keys a provider signs with (RFC 7517), and whether a signature is theirs.

use super::refusal::Refusal;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::signature::{ECDSA_P256_SHA256_FIXED, ED25519, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents, UnparsedPublicKey};
use serde_json::Value as Json;

/// Keys looked at; a provider publishes two or three.
const KEYS_MAX: usize = 64;
/// Bytes of an RSA modulus: 2048 to 8192 bits.
const MODULUS: std::ops::RangeInclusive<usize> = 256..=1024;

/// How an id token may be signed. The list is ours: what a token's head says only chooses from it. Nothing symmetric is on
/// it, so that a public key can never be taken for a shared secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    /// RSA with PKCS #1 1.5 and SHA-256.
    Rs256,
    /// ECDSA over P-256 with SHA-256.
    Es256,
    /// Ed25519.
    EdDsa,
}

impl Algorithm {
    /// The algorithm of a word; none for what is not taken.
    pub fn of(word: &str) -> Option<Algorithm> {
        match word {
            "RS256" => Some(Algorithm::Rs256),
            "ES256" => Some(Algorithm::Es256),
            "EdDSA" => Some(Algorithm::EdDsa),
            _ => None,
        }
    }
}

/// The public keys of a provider that may sign.
#[derive(Clone, Debug, Default)]
pub struct KeySet(Vec<Key>);

#[derive(Clone, Debug)]
struct Key {
    id: Option<String>,
    algorithm: Algorithm,
    material: Material,
}

#[derive(Clone, Debug)]
enum Material {
    Rsa { n: Vec<u8>, e: Vec<u8> },
    Point(Vec<u8>),
}

impl KeySet {
    /// Reads a key set. Keys that are for something else, or of a kind that is not taken, are passed over: a provider may
    /// publish them beside ours.
    pub fn read(said: &Json) -> KeySet {
        let keys = said["keys"].as_array().map(Vec::as_slice).unwrap_or_default();
        KeySet(keys.iter().take(KEYS_MAX).filter_map(key).collect())
    }

    /// Whether a signature over `signed` is that of a key with this id.
    ///
    /// # Errors
    /// When no key fits, or the signature is none of theirs.
    pub fn verify(&self, id: Option<&str>, algorithm: Algorithm, signed: &[u8], signature: &[u8]) -> Result<(), Refusal> {
        let fits = |key: &&Key| key.algorithm == algorithm && id.is_none_or(|id| key.id.as_deref() == Some(id));
        let mut fitting = self.0.iter().filter(fits).peekable();
        if fitting.peek().is_none() {
            return Err(Refusal::Key);
        }
        if fitting.any(|key| key.verifies(signed, signature)) { Ok(()) } else { Err(Refusal::Signature) }
    }
}

impl Key {
    fn verifies(&self, signed: &[u8], signature: &[u8]) -> bool {
        match (&self.material, self.algorithm) {
            (Material::Rsa { n, e }, _) => RsaPublicKeyComponents { n, e }.verify(&RSA_PKCS1_2048_8192_SHA256, signed, signature).is_ok(),
            (Material::Point(point), Algorithm::EdDsa) => UnparsedPublicKey::new(&ED25519, point).verify(signed, signature).is_ok(),
            (Material::Point(point), _) => UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).verify(signed, signature).is_ok(),
        }
    }
}

fn key(said: &Json) -> Option<Key> {
    if said["use"].as_str().is_some_and(|purpose| purpose != "sig") {
        return None;
    }
    if said["key_ops"].as_array().is_some_and(|operations| !operations.iter().any(|operation| operation == "verify")) {
        return None;
    }
    let bytes = |name: &str| said[name].as_str().and_then(|text| URL_SAFE_NO_PAD.decode(text).ok());
    let (algorithm, material) = match (said["kty"].as_str()?, said["crv"].as_str()) {
        ("RSA", _) => {
            // Some write the sign's zero in front, which `ring` does not take.
            let n: Vec<u8> = bytes("n")?.into_iter().skip_while(|byte| *byte == 0).collect();
            let e = bytes("e")?;
            MODULUS.contains(&n.len()).then_some((Algorithm::Rs256, Material::Rsa { n, e }))?
        }
        ("EC", Some("P-256")) => {
            let (x, y) = (bytes("x")?, bytes("y")?);
            let whole = x.len() == 32 && y.len() == 32;
            whole.then(|| (Algorithm::Es256, Material::Point([&[4], &x[..], &y[..]].concat())))?
        }
        ("OKP", Some("Ed25519")) => (Algorithm::EdDsa, Material::Point(bytes("x").filter(|x| x.len() == 32)?)),
        _ => return None,
    };
    // A key that says what it is for is for nothing else.
    let named = said["alg"].as_str().map(Algorithm::of);
    let fits = named.is_none_or(|named| named == Some(algorithm));
    fits.then(|| Key { id: said["kid"].as_str().map(str::to_owned), algorithm, material })
}

#[cfg(test)]
mod tests {
    use super::*;
    use ring::signature::{Ed25519KeyPair, KeyPair};
    use serde_json::json;

    fn pair(seed: u8) -> Ed25519KeyPair {
        Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).unwrap()
    }

    fn jwk(id: &str, pair: &Ed25519KeyPair) -> Json {
        json!({"kty": "OKP", "crv": "Ed25519", "kid": id, "x": URL_SAFE_NO_PAD.encode(pair.public_key().as_ref())})
    }

    #[test]
    fn a_signature_is_that_of_the_key_with_its_id() {
        let (one, two) = (pair(1), pair(2));
        let keys = KeySet::read(&json!({"keys": [jwk("one", &one), jwk("two", &two)]}));
        let signature = one.sign(b"text");
        let verify = |id: Option<&str>, algorithm, text: &[u8]| keys.verify(id, algorithm, text, signature.as_ref());
        assert_eq!(verify(Some("one"), Algorithm::EdDsa, b"text"), Ok(()));
        assert_eq!(verify(None, Algorithm::EdDsa, b"text"), Ok(()), "without an id each is tried");
        assert_eq!(verify(Some("one"), Algorithm::EdDsa, b"other text"), Err(Refusal::Signature));
        assert_eq!(verify(Some("two"), Algorithm::EdDsa, b"text"), Err(Refusal::Signature));
        assert_eq!(verify(Some("three"), Algorithm::EdDsa, b"text"), Err(Refusal::Key));
        assert_eq!(verify(Some("one"), Algorithm::Es256, b"text"), Err(Refusal::Key), "a key has one algorithm");
    }

    #[test]
    fn keys_for_something_else_and_weak_ones_are_passed_over() {
        let with = |name: &str, value: Json| {
            let mut key = jwk("one", &pair(1));
            key[name] = value;
            key
        };
        let short = URL_SAFE_NO_PAD.encode([1; 128]);
        for key in [
            with("use", json!("enc")),
            with("key_ops", json!(["encrypt"])),
            with("alg", json!("HS256")),
            with("x", json!("AAAA")),
            with("crv", json!("X25519")),
            json!({"kty": "oct", "k": "AAAA"}),
            json!({"kty": "RSA", "n": short, "e": "AQAB"}),
            json!({"kty": "EC", "crv": "P-384", "x": "AAAA", "y": "AAAA"}),
            json!(7),
        ] {
            assert!(KeySet::read(&json!({"keys": [key]})).0.is_empty(), "{key}");
        }
        assert_eq!(KeySet::read(&json!({"keys": [with("use", json!("sig"))]})).0.len(), 1);
    }

    #[test]
    fn nothing_symmetric_and_nothing_unsigned_is_an_algorithm() {
        for word in ["none", "None", "HS256", "HS512", "RS512", "PS256", "", "rs256"] {
            assert_eq!(Algorithm::of(word), None, "{word}");
        }
    }
}
