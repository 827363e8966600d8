//! Applications: registered once, with a secret and a key of their own; tokens by the encrypted secret; persons by the
//! encrypted number.

use std::convert::Infallible;

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rsa::pkcs8::EncodePublicKey;
use rsa::rand_core::{TryCryptoRng, TryRng};
use rsa::{Pkcs1v15Encrypt, PrivateKey};
use serde_json::json;

use super::Shared;
use super::front::{header, lapsed};
use crate::dice::Dice;
use crate::instant::Micros;
use crate::reply::Reply;
use crate::world::lock;

/// The application that the administrator has entered in `ECOLOGY_BIZ_EC`; fictional.
const APP_ID: &str = "WAYBILL-MOCK";
/// How long a token lives where `time` does not say.
const SECONDS: i64 = 1_800;
/// Old installations have short keys; the dossier's pair is of this length.
const KEY_BITS: i64 = 1_024;

/// What has been registered, and the tokens given for it.
#[derive(Default)]
pub(super) struct Apps {
    registered: Option<Registered>,
    tokens: Vec<(String, Micros)>,
}

struct Registered {
    secret: String,
    key: PrivateKey,
}

/// Registers the application; doing so again makes what was handed out before worthless.
pub(super) async fn register(State(weaver): State<Shared>, headers: HeaderMap) -> Response<Body> {
    let desk = &weaver.desk;
    desk.count("register");
    if header(&headers, "appid") != APP_ID {
        return no("appid不存在，请联系管理员在ECOLOGY_BIZ_EC中添加");
    }
    if header(&headers, "cpk").is_empty() {
        return no("cpk不能为空");
    }
    let bits = usize::try_from(desk.number("key_bits", KEY_BITS)).unwrap_or_default();
    let Ok(key) = PrivateKey::new(&mut Random(&desk.dice), bits) else { return no("密钥生成失败") };
    let Ok(public) = key.to_public_key().to_public_key_der() else { return no("密钥生成失败") };
    let secret = uuid(&desk.id());
    let shown = json!({
        "status": true, "code": 0, "errcode": "0", "msg": "ok", "errmsg": "ok", "secrit": secret, "secret": secret,
        "spk": STANDARD.encode(public.as_bytes()),
    });
    *lock(&weaver.apps) = Apps { registered: Some(Registered { secret, key }), tokens: Vec::new() };
    Reply::json(200, &shown).into_response()
}

/// A token for the secret, encrypted with the key; it lives as long as `time` asks.
pub(super) async fn token(State(weaver): State<Shared>, headers: HeaderMap) -> Response<Body> {
    let desk = &weaver.desk;
    desk.count("token");
    let mut apps = lock(&weaver.apps);
    let Some(registered) = apps.registered.as_ref().filter(|_| header(&headers, "appid") == APP_ID) else {
        return no("认证信息错误，请先注册");
    };
    match registered.opened(header(&headers, "secret")) {
        None => return no("secret解密失败，请检查spk"),
        Some(secret) if secret != registered.secret => return no("认证信息错误，secret不正确"),
        Some(_) => {}
    }
    let asked = header(&headers, "time").parse().unwrap_or(SECONDS);
    let token = uuid(&desk.id());
    let now = desk.now();
    apps.tokens.retain(|(_, until)| *until > now);
    apps.tokens.push((token.clone(), now.plus_seconds(desk.number("token_seconds", asked))));
    drop(apps);
    Reply::json(200, &json!({"msg": "获取成功!", "code": 0, "msgShowType": "none", "status": true, "token": token})).into_response()
}

/// Who acts in a call: the token must live, the number must open, and there must be such a person.
pub(super) fn person(weaver: &Shared, headers: &HeaderMap) -> Result<String, Reply> {
    let now = weaver.desk.now();
    let apps = lock(&weaver.apps);
    let token = header(headers, "token");
    let lives = |(known, until): &(String, Micros)| known == token && *until > now;
    let Some(registered) = apps.registered.as_ref().filter(|_| apps.tokens.iter().any(lives)) else { return Err(lapsed()) };
    if header(headers, "appid") != APP_ID {
        return Err(said("认证信息错误，appid不正确"));
    }
    let person = registered.opened(header(headers, "userid")).ok_or_else(|| said("认证信息错误，userid解密失败"))?;
    match super::workflow::PEOPLE.contains(&person.as_str()) {
        true => Ok(person),
        false => Err(said("该账号存在异常,单点登录失败")),
    }
}

/// All tokens lapse at once, as after a restart there.
pub(super) fn forget_tokens(weaver: &Shared) {
    lock(&weaver.apps).tokens.clear();
}

impl Registered {
    fn opened(&self, sealed: &str) -> Option<String> {
        let sealed = STANDARD.decode(sealed).ok()?;
        String::from_utf8(self.key.decrypt(Pkcs1v15Encrypt, &sealed).ok()?).ok()
    }
}

fn said(message: &str) -> Reply {
    Reply::raw(200, json!({"status": false, "code": -1, "errcode": "-1", "msg": message, "errmsg": message}).to_string())
}

fn no(message: &str) -> Response<Body> {
    said(message).into_response()
}

/// 32 letters with dashes where a UUID has them.
fn uuid(letters: &str) -> String {
    format!("{}-{}-{}-{}-{}", &letters[..8], &letters[8..12], &letters[12..16], &letters[16..20], &letters[20..])
}

/// Chance for keys that protect nothing.
struct Random<'a>(&'a Dice);

impl TryRng for Random<'_> {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(u32::try_from(self.0.next() >> 32).unwrap_or_default())
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(self.0.next())
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        for chunk in bytes.chunks_mut(8) {
            chunk.copy_from_slice(&self.0.next().to_le_bytes()[..chunk.len()]);
        }
        Ok(())
    }
}

impl TryCryptoRng for Random<'_> {}
