//! DingTalk: a page inside the app gets a code; `getuserinfo` of the old API says whose it is. Paths from memory.

use super::{AppUser, Ask, Asking, Next, Refusal, Scheme, get, post, text, words};
use serde_json::{Value as Json, json};

/// The scheme.
pub static SCHEME: Scheme =
    Scheme { word: "dingtalk", doc: "DingTalk: `client_id` is the app key.", base: "https://oapi.dingtalk.com", next };

/// Codes that are over, used or unknown.
const BAD_CODES: [i64; 3] = [40078, 40029, 41038];

fn next(asking: &Asking<'_>, answers: &[Json]) -> Result<Next, Refusal> {
    match answers {
        [] => {
            let query = vec![("appkey", asking.client_id.to_owned()), ("appsecret", asking.client_secret.to_owned())];
            Ok(Next::Ask(get("/gettoken", query)))
        }
        [token] => {
            let said = || Refusal::Vendor(words(token, "errcode", "errmsg"));
            let token = text(token, "/access_token").filter(|_| token["errcode"] == 0).ok_or_else(said)?;
            let ask = post("/topapi/v2/user/getuserinfo", json!({"code": asking.code}));
            Ok(Next::Ask(Ask { query: vec![("access_token", token)], ..ask }))
        }
        [_, user, ..] => match user["errcode"].as_i64() {
            Some(0) => match text(user, "/result/userid") {
                Some(subject) => Ok(Next::Known(AppUser { subject })),
                None => Err(Refusal::Vendor("no user in the answer".to_owned())),
            },
            Some(code) if BAD_CODES.contains(&code) => Err(Refusal::Code(words(user, "errcode", "errmsg"))),
            _ => Err(Refusal::Vendor(words(user, "errcode", "errmsg"))),
        },
    }
}
