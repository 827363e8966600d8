//! WeCom: `auth/getuserinfo` says whose the code is; a code of somebody outside the company has an `openid` instead. Paths from
//! memory, but for the token.

use super::{AppUser, Asking, Next, Refusal, Scheme, get, text, words};
use serde_json::Value as Json;

/// The scheme.
pub static SCHEME: Scheme = Scheme {
    word: "wecom",
    doc: "WeCom: `client_id` is the company's id, `client_secret` the app's.",
    base: "https://qyapi.weixin.qq.com",
    next,
};

/// Codes that are over, used or unknown.
const BAD_CODES: [i64; 2] = [40029, 42022];

fn next(asking: &Asking<'_>, answers: &[Json]) -> Result<Next, Refusal> {
    match answers {
        [] => {
            let query = vec![("corpid", asking.client_id.to_owned()), ("corpsecret", asking.client_secret.to_owned())];
            Ok(Next::Ask(get("/cgi-bin/gettoken", query)))
        }
        [token] => {
            let said = || Refusal::Vendor(words(token, "errcode", "errmsg"));
            let token = text(token, "/access_token").filter(|_| token["errcode"] == 0).ok_or_else(said)?;
            Ok(Next::Ask(get("/cgi-bin/auth/getuserinfo", vec![("access_token", token), ("code", asking.code.to_owned())])))
        }
        [_, user, ..] => match (user["errcode"].as_i64(), text(user, "/userid")) {
            (Some(0), Some(subject)) => Ok(Next::Known(AppUser { subject })),
            (Some(0), None) if text(user, "/openid").is_some() => Err(Refusal::Stranger),
            (Some(code), _) if BAD_CODES.contains(&code) => Err(Refusal::Code(words(user, "errcode", "errmsg"))),
            _ => Err(Refusal::Vendor(words(user, "errcode", "errmsg"))),
        },
    }
}
