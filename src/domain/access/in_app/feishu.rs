//! Feishu: the code becomes a token of the user, and that says who it is. Paths from memory, but for the app's token.

use super::{AppUser, Ask, Asking, Next, Refusal, Scheme, get, post, text, words};
use serde_json::{Value as Json, json};

/// The scheme.
pub static SCHEME: Scheme = Scheme {
    word: "feishu",
    doc: "Feishu (Lark: `base_url: https://open.larksuite.com`): `client_id` is the app id.",
    base: "https://open.feishu.cn",
    next,
};

/// Codes that are over, used or unknown.
const BAD_CODES: [i64; 4] = [20003, 20007, 20021, 20022];

fn next(asking: &Asking<'_>, answers: &[Json]) -> Result<Next, Refusal> {
    match answers {
        [] => {
            let body = json!({"app_id": asking.client_id, "app_secret": asking.client_secret});
            Ok(Next::Ask(post("/open-apis/auth/v3/app_access_token/internal", body)))
        }
        [app] => {
            let said = || Refusal::Vendor(words(app, "code", "msg"));
            let bearer = text(app, "/app_access_token").filter(|_| app["code"] == 0).ok_or_else(said)?;
            let body = json!({"grant_type": "authorization_code", "code": asking.code});
            Ok(Next::Ask(Ask { bearer: Some(bearer), ..post("/open-apis/authen/v1/oidc/access_token", body) }))
        }
        [_, token] => match token["code"].as_i64() {
            Some(0) => {
                let bearer = text(token, "/data/access_token");
                let bearer = bearer.ok_or_else(|| Refusal::Vendor("no token in the answer".to_owned()))?;
                Ok(Next::Ask(Ask { bearer: Some(bearer), ..get("/open-apis/authen/v1/user_info", Vec::new()) }))
            }
            Some(code) if BAD_CODES.contains(&code) => Err(Refusal::Code(words(token, "code", "msg"))),
            _ => Err(Refusal::Vendor(words(token, "code", "msg"))),
        },
        [_, _, user, ..] if user["code"] == 0 => match text(user, "/data/user_id") {
            Some(subject) => Ok(Next::Known(AppUser { subject })),
            // Without the app's right to see user ids; or somebody of another company, who has none here.
            None => Err(Refusal::Stranger),
        },
        [_, _, user, ..] => Err(Refusal::Vendor(words(user, "code", "msg"))),
    }
}
