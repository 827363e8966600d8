//! An identity provider of the test's own that says what it is told to say: true answers, and every lie of the table.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, LazyLock, Mutex};

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::{get, post};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jiff::Timestamp;
use rand::SeedableRng;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256, RsaKeyPair};
use rsa::pkcs8::EncodePrivateKey;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use url::Url;

pub const CLIENT: &str = "hub";
pub const SECRET: &str = "a client's secret: with a colon & more";

/// Who signs what is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signer {
    /// The key that the provider publishes first, on P-256.
    Elliptic,
    /// Its RSA key.
    Rsa,
    /// Its Ed25519 key.
    Edwards,
    /// A key on P-256 that it never publishes.
    Stranger,
    /// The public RSA key, taken for a shared secret.
    PublicKeyAsSecret,
    /// Nobody.
    Nobody,
}

/// What is said in one id token.
pub struct Telling {
    pub head: Value,
    pub claims: Value,
    pub signer: Signer,
    /// The access token beside it.
    pub access_token: String,
}

pub type Lie = fn(&mut Telling, Timestamp);

/// What a code stands for.
struct Granted {
    nonce: String,
    challenge: String,
    redirect: String,
}

pub struct Inside {
    pub base: String,
    pub lie: Lie,
    pub now: Timestamp,
    pub claims: Value,
    /// The names under which its keys are published; changed by a rotation.
    pub generation: u32,
    pub key_reads: u32,
    /// What discovery says beside the usual.
    pub metadata: BTreeMap<&'static str, Value>,
    codes: HashMap<String, Granted>,
    granted: u32,
}

#[derive(Clone)]
pub struct Liar(pub Arc<Mutex<Inside>>);

struct Keys {
    elliptic: EcdsaKeyPair,
    stranger: EcdsaKeyPair,
    rotated: EcdsaKeyPair,
    edwards: Ed25519KeyPair,
    rsa: RsaKeyPair,
}

fn elliptic() -> EcdsaKeyPair {
    let random = SystemRandom::new();
    let der = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
    EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, der.as_ref(), &random).unwrap()
}

static KEYS: LazyLock<Keys> = LazyLock::new(|| {
    let rsa = rsa::PrivateKey::new(&mut rand::rngs::StdRng::seed_from_u64(7), 2048).unwrap();
    Keys {
        elliptic: elliptic(),
        stranger: elliptic(),
        rotated: elliptic(),
        edwards: Ed25519KeyPair::from_seed_unchecked(&[5; 32]).unwrap(),
        rsa: RsaKeyPair::from_pkcs8(rsa.to_pkcs8_der().unwrap().as_bytes()).unwrap(),
    }
});

/// An honest answer.
pub fn truth(_: &mut Telling, _: Timestamp) {}

impl Liar {
    pub async fn start() -> Liar {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let claims = json!({"sub": "u-1", "preferred_username": "ana", "name": "Ana Li", "groups": ["admins"]});
        let inside = Inside {
            base,
            lie: truth,
            now: Timestamp::UNIX_EPOCH,
            claims,
            generation: 1,
            key_reads: 0,
            metadata: BTreeMap::new(),
            codes: HashMap::new(),
            granted: 0,
        };
        let liar = Liar(Arc::new(Mutex::new(inside)));
        let routes = axum::Router::new()
            .route("/.well-known/openid-configuration", get(discovery))
            .route("/jwks", get(keys))
            .route("/token", post(token))
            .with_state(liar.clone());
        tokio::spawn(async move { axum::serve(listener, routes).await });
        liar
    }

    pub fn with<T>(&self, act: impl FnOnce(&mut Inside) -> T) -> T {
        act(&mut self.0.lock().unwrap())
    }

    pub fn base(&self) -> String {
        self.with(|inside| inside.base.clone())
    }

    /// What a person's page there would do: notes what was sent along, and gives a code. The query to come back with.
    pub fn grant(&self, url: &str) -> BTreeMap<String, String> {
        let url = Url::parse(url).unwrap();
        let sent: HashMap<String, String> = url.query_pairs().into_owned().collect();
        assert_eq!((sent["response_type"].as_str(), sent["client_id"].as_str()), ("code", CLIENT));
        assert_eq!((sent["code_challenge_method"].as_str(), sent["scope"].as_str()), ("S256", "openid groups"));
        self.with(|inside| {
            assert!(url.as_str().starts_with(&format!("{}/auth?", inside.base)));
            inside.granted += 1;
            let code = format!("code-{}", inside.granted);
            let granted =
                Granted { nonce: sent["nonce"].clone(), challenge: sent["code_challenge"].clone(), redirect: sent["redirect_uri"].clone() };
            inside.codes.insert(code.clone(), granted);
            BTreeMap::from([("code".to_owned(), code), ("state".to_owned(), sent["state"].clone())])
        })
    }
}

async fn discovery(State(liar): State<Liar>) -> Json<Value> {
    Json(liar.with(|inside| {
        let base = &inside.base;
        let mut said = json!({
            "issuer": base, "authorization_endpoint": format!("{base}/auth"), "token_endpoint": format!("{base}/token"),
            "jwks_uri": format!("{base}/jwks"), "end_session_endpoint": format!("{base}/end"),
        });
        for (name, value) in &inside.metadata {
            said[*name] = value.clone();
        }
        said
    }))
}

async fn keys(State(liar): State<Liar>) -> Json<Value> {
    Json(liar.with(|inside| {
        inside.key_reads += 1;
        let generation = inside.generation;
        let pair = if generation == 1 { &KEYS.elliptic } else { &KEYS.rotated };
        let point = pair.public_key().as_ref();
        let encoded = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        let rsa = ring::rsa::PublicKeyComponents::<Vec<u8>>::from(KEYS.rsa.public());
        json!({"keys": [
            {"kty": "EC", "crv": "P-256", "kid": format!("ec-{generation}"), "use": "sig", "x": encoded(&point[1..33]), "y": encoded(&point[33..])},
            {"kty": "RSA", "kid": "rsa-1", "n": encoded(&rsa.n), "e": encoded(&rsa.e)},
            {"kty": "OKP", "crv": "Ed25519", "kid": "ed-1", "alg": "EdDSA", "x": encoded(KEYS.edwards.public_key().as_ref())},
        ]})
    }))
}

async fn token(State(liar): State<Liar>, headers: HeaderMap, body: String) -> (StatusCode, Json<Value>) {
    let form: HashMap<String, String> = url::form_urlencoded::parse(body.as_bytes()).into_owned().collect();
    let encoded = |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    let basic = format!("Basic {}", STANDARD.encode(format!("{}:{}", encoded(CLIENT), encoded(SECRET))));
    let no = |word: &str| (StatusCode::BAD_REQUEST, Json(json!({"error": word})));
    if headers.get("authorization").and_then(|value| value.to_str().ok()) != Some(&basic) {
        return no("invalid_client");
    }
    liar.with(|inside| {
        // A code works once, and only for whoever can show what its challenge was made of.
        let Some(granted) = inside.codes.remove(&form["code"]) else { return no("invalid_grant") };
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(&form["code_verifier"]));
        if challenge != granted.challenge || form["redirect_uri"] != granted.redirect || form["grant_type"] != "authorization_code" {
            return no("invalid_grant");
        }
        let now = inside.now.as_second();
        let mut claims = json!({"iss": inside.base, "aud": CLIENT, "nonce": granted.nonce, "iat": now, "exp": now + 300});
        for (name, value) in inside.claims.as_object().unwrap() {
            claims[name.as_str()] = value.clone();
        }
        let head = json!({"alg": "ES256", "kid": format!("ec-{}", inside.generation), "typ": "JWT"});
        let mut telling = Telling { head, claims, signer: Signer::Elliptic, access_token: "an access token".to_owned() };
        (inside.lie)(&mut telling, inside.now);
        let said = json!({"access_token": telling.access_token, "token_type": "Bearer", "id_token": signed(&telling, inside.generation)});
        (StatusCode::OK, Json(said))
    })
}

fn signed(telling: &Telling, generation: u32) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let text = format!("{}.{}", part(&telling.head), part(&telling.claims));
    let (bytes, random) = (text.as_bytes(), SystemRandom::new());
    let signature = match telling.signer {
        Signer::Elliptic if generation == 1 => KEYS.elliptic.sign(&random, bytes).unwrap().as_ref().to_vec(),
        Signer::Elliptic => KEYS.rotated.sign(&random, bytes).unwrap().as_ref().to_vec(),
        Signer::Stranger => KEYS.stranger.sign(&random, bytes).unwrap().as_ref().to_vec(),
        Signer::Edwards => KEYS.edwards.sign(bytes).as_ref().to_vec(),
        Signer::Rsa => {
            let mut signature = vec![0; KEYS.rsa.public().modulus_len()];
            KEYS.rsa.sign(&RSA_PKCS1_SHA256, &random, bytes, &mut signature).unwrap();
            signature
        }
        Signer::PublicKeyAsSecret => {
            let public = ring::rsa::PublicKeyComponents::<Vec<u8>>::from(KEYS.rsa.public());
            let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, &public.n);
            ring::hmac::sign(&key, bytes).as_ref().to_vec()
        }
        Signer::Nobody => Vec::new(),
    };
    format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature))
}
