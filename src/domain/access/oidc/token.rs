//! An id token, proved: signed by the provider, for this client, for this very sign-in, at this time.

use super::keys::{Algorithm, KeySet};
use super::refusal::Refusal;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use serde_json::Value as Json;
use sha2::{Digest, Sha256, Sha512};
use subtle::ConstantTimeEq;

/// A token longer than this is none that a provider makes.
const CHARACTERS_MAX: usize = 64 * 1024;
/// Seconds by which clocks may differ.
const SKEW: i64 = 60;
/// Characters of a subject: what OpenID Connect allows.
const SUBJECT_CHARACTERS_MAX: usize = 255;

/// What a token must say to be one for us.
#[derive(Clone, Copy, Debug)]
pub struct Expected<'a> {
    /// The provider.
    pub issuer: &'a str,
    /// Us.
    pub client: &'a str,
    /// What was sent with this very sign-in.
    pub nonce: &'a str,
    /// The access token that came beside it.
    pub access_token: Option<&'a str>,
    /// The time.
    pub now: Timestamp,
}

/// A token that was proved.
#[derive(Clone, Debug, PartialEq)]
pub struct IdToken {
    /// Whom it names; never given to somebody else by this provider.
    pub subject: String,
    /// Everything it says.
    pub claims: Json,
}

impl IdToken {
    /// Proves a token. The signature comes first: what is not signed says nothing.
    ///
    /// # Errors
    /// Why it is none for us.
    pub fn prove(text: &str, keys: &KeySet, expected: &Expected<'_>) -> Result<IdToken, Refusal> {
        if text.len() > CHARACTERS_MAX {
            return Err(Refusal::Malformed);
        }
        let (signed, signature) = text.rsplit_once('.').ok_or(Refusal::Malformed)?;
        let (head, body) = signed.split_once('.').ok_or(Refusal::Malformed)?;
        let head = json(head)?;
        // What is marked as critical is not understood here, and then nothing of it is.
        if head.get("crit").is_some() {
            return Err(Refusal::Malformed);
        }
        let algorithm = head["alg"].as_str().and_then(Algorithm::of).ok_or(Refusal::Algorithm)?;
        let signature = URL_SAFE_NO_PAD.decode(signature).map_err(|_| Refusal::Malformed)?;
        keys.verify(head["kid"].as_str(), algorithm, signed.as_bytes(), &signature)?;
        let claims = json(body)?;
        check(&claims, algorithm, expected)?;
        let subject = claims["sub"].as_str().filter(|subject| sound(subject)).ok_or(Refusal::Subject)?.to_owned();
        Ok(IdToken { subject, claims })
    }
}

fn json(part: &str) -> Result<Json, Refusal> {
    let bytes = URL_SAFE_NO_PAD.decode(part).map_err(|_| Refusal::Malformed)?;
    let said: Json = serde_json::from_slice(&bytes).map_err(|_| Refusal::Malformed)?;
    if said.is_object() { Ok(said) } else { Err(Refusal::Malformed) }
}

fn sound(subject: &str) -> bool {
    !subject.is_empty() && subject.chars().count() <= SUBJECT_CHARACTERS_MAX && !subject.chars().any(char::is_control)
}

fn check(claims: &Json, algorithm: Algorithm, expected: &Expected<'_>) -> Result<(), Refusal> {
    if claims["iss"].as_str() != Some(expected.issuer) {
        return Err(Refusal::Issuer);
    }
    audience(claims, expected.client)?;
    times(claims, expected.now.as_second())?;
    match claims["nonce"].as_str() {
        None => return Err(Refusal::NonceMissing),
        Some(nonce) if bool::from(nonce.as_bytes().ct_eq(expected.nonce.as_bytes())) => {}
        Some(_) => return Err(Refusal::Nonce),
    }
    match (claims.get("at_hash"), expected.access_token) {
        (Some(hash), Some(token)) if hash.as_str() != Some(&half(token, algorithm)) => Err(Refusal::AccessToken),
        _ => Ok(()),
    }
}

/// Whoever the token is for beside us could show it here: then it must say that it was made for us.
fn audience(claims: &Json, client: &str) -> Result<(), Refusal> {
    let (ours, others) = match &claims["aud"] {
        Json::String(one) => (one == client, false),
        Json::Array(all) => (all.iter().any(|one| one == client), all.len() > 1),
        _ => (false, false),
    };
    if !ours {
        return Err(Refusal::Audience);
    }
    match claims.get("azp") {
        Some(party) if party == client => Ok(()),
        None if !others => Ok(()),
        _ => Err(Refusal::Party),
    }
}

fn times(claims: &Json, now: i64) -> Result<(), Refusal> {
    let expires = seconds(&claims["exp"]).ok_or(Refusal::Expired)?;
    if now >= expires.saturating_add(SKEW) {
        return Err(Refusal::Expired);
    }
    let made = seconds(&claims["iat"]).ok_or(Refusal::Early)?;
    let from = match claims.get("nbf") {
        Some(from) => seconds(from).ok_or(Refusal::Early)?.max(made),
        None => made,
    };
    if from > now.saturating_add(SKEW) { Err(Refusal::Early) } else { Ok(()) }
}

/// A time as providers write it: seconds since 1970, some with a fraction. A number with an exponent is none.
fn seconds(said: &Json) -> Option<i64> {
    let text = said.as_number()?.to_string();
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    fraction.chars().all(|digit| digit.is_ascii_digit()).then(|| whole.parse().ok())?
}

/// The left half of the hash of an access token.
fn half(token: &str, algorithm: Algorithm) -> String {
    match algorithm {
        Algorithm::EdDsa => URL_SAFE_NO_PAD.encode(&Sha512::digest(token)[..32]),
        Algorithm::Rs256 | Algorithm::Es256 => URL_SAFE_NO_PAD.encode(&Sha256::digest(token)[..16]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ring::signature::{Ed25519KeyPair, KeyPair};
    use serde_json::json;

    const NOW: i64 = 1_790_000_000;

    fn sound_claims() -> Json {
        json!({"iss": "https://login.example", "aud": "hub", "sub": "u-1", "nonce": "n-1", "iat": NOW, "exp": NOW + 300})
    }

    fn prove(head: &Json, claims: &Json) -> Result<IdToken, Refusal> {
        let pair = Ed25519KeyPair::from_seed_unchecked(&[7; 32]).unwrap();
        let key = json!({"kty": "OKP", "crv": "Ed25519", "kid": "k", "x": URL_SAFE_NO_PAD.encode(pair.public_key().as_ref())});
        let encoded = |part: &Json| URL_SAFE_NO_PAD.encode(part.to_string());
        let signed = format!("{}.{}", encoded(head), encoded(claims));
        let text = format!("{signed}.{}", URL_SAFE_NO_PAD.encode(pair.sign(signed.as_bytes()).as_ref()));
        let now = Timestamp::from_second(NOW).unwrap();
        let expected = Expected { issuer: "https://login.example", client: "hub", nonce: "n-1", access_token: Some("at"), now };
        IdToken::prove(&text, &KeySet::read(&json!({"keys": [key]})), &expected)
    }

    #[test]
    fn a_token_is_proved_claim_by_claim() {
        let head = json!({"alg": "EdDSA", "kid": "k"});
        assert_eq!(prove(&head, &sound_claims()).map(|token| token.subject), Ok("u-1".to_owned()));
        let ok = Ok("u-1".to_owned());
        let half = half("at", Algorithm::EdDsa);
        for (name, value, expected) in [
            ("iss", json!("https://login.example/"), Err(Refusal::Issuer)),
            ("iss", json!(null), Err(Refusal::Issuer)),
            ("aud", json!("another"), Err(Refusal::Audience)),
            ("aud", json!(["hub"]), ok.clone()),
            ("aud", json!(["hub", "another"]), Err(Refusal::Party)),
            ("aud", json!([]), Err(Refusal::Audience)),
            ("azp", json!("another"), Err(Refusal::Party)),
            ("azp", json!("hub"), ok.clone()),
            ("exp", json!(NOW - 59), ok.clone()),
            ("exp", json!(NOW - 60), Err(Refusal::Expired)),
            ("exp", json!("soon"), Err(Refusal::Expired)),
            ("exp", serde_json::from_str("1790000300.25").unwrap(), ok.clone()),
            ("exp", serde_json::from_str("9e99").unwrap(), Err(Refusal::Expired)),
            ("iat", json!(NOW + 60), ok.clone()),
            ("iat", json!(NOW + 61), Err(Refusal::Early)),
            ("iat", json!(null), Err(Refusal::Early)),
            ("nbf", json!(NOW + 61), Err(Refusal::Early)),
            ("nonce", json!("n-2"), Err(Refusal::Nonce)),
            ("nonce", json!(null), Err(Refusal::NonceMissing)),
            ("at_hash", json!(half), ok.clone()),
            ("at_hash", json!("AAAA"), Err(Refusal::AccessToken)),
            ("sub", json!(""), Err(Refusal::Subject)),
            ("sub", json!(null), Err(Refusal::Subject)),
        ] {
            let mut claims = sound_claims();
            claims[name] = value.clone();
            assert_eq!(prove(&head, &claims).map(|token| token.subject), expected, "{name}: {value}");
        }
    }

    #[test]
    fn what_the_head_says_chooses_from_our_list_only() {
        for (head, expected) in [
            (json!({"alg": "none", "kid": "k"}), Refusal::Algorithm),
            (json!({"alg": "HS256", "kid": "k"}), Refusal::Algorithm),
            (json!({"kid": "k"}), Refusal::Algorithm),
            (json!({"alg": "RS256", "kid": "k"}), Refusal::Key),
            (json!({"alg": "EdDSA", "kid": "other"}), Refusal::Key),
            (json!({"alg": "EdDSA", "kid": "k", "crit": ["b64"]}), Refusal::Malformed),
            (json!(["EdDSA"]), Refusal::Malformed),
        ] {
            assert_eq!(prove(&head, &sound_claims()), Err(expected), "{head}");
        }
    }
}
