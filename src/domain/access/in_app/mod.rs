//! Signing in inside an app that people have open already: the app's page gets a code, the hub asks the vendor whose it is.
//!
//! One file a scheme: which requests, and how their answers read. Nothing here calls anybody; `next` is asked again after every
//! answer. A code counts once, at the vendor; what the vendor calls its user is looked for among the links of accounts here,
//! never a name or an address.

mod dingtalk;
mod feishu;
mod wecom;

use serde_json::Value as Json;

/// Requests of one sign-in: none needs more.
pub const REQUESTS_MAX: usize = 4;
/// Characters of a code; a longer one is none.
pub const CODE_CHARACTERS_MAX: usize = 512;

/// A scheme.
#[derive(Debug)]
pub struct Scheme {
    /// Its word in the configuration.
    pub word: &'static str,
    /// What it is, for people.
    pub doc: &'static str,
    /// Where the vendor is.
    pub base: &'static str,
    next: fn(&Asking<'_>, &[Json]) -> Result<Next, Refusal>,
}

/// The schemes there are.
pub static SCHEMES: &[&Scheme] = &[&dingtalk::SCHEME, &feishu::SCHEME, &wecom::SCHEME];

/// Their words, in the same order.
pub const WORDS: &[&str] = &["dingtalk", "feishu", "wecom"];

/// What a sign-in asks with.
#[derive(Clone, Copy, Debug)]
pub struct Asking<'a> {
    /// The id of the app, or of the company, as the vendor calls it.
    pub client_id: &'a str,
    /// What proves the app.
    pub client_secret: &'a str,
    /// What the page got.
    pub code: &'a str,
}

/// One request, below the vendor's address.
#[derive(Clone, Debug, PartialEq)]
pub struct Ask {
    /// The path.
    pub path: &'static str,
    /// The query.
    pub query: Vec<(&'static str, String)>,
    /// A token for the `Authorization` header.
    pub bearer: Option<String>,
    /// The body; none for a GET.
    pub body: Option<Json>,
}

/// What follows.
#[derive(Clone, Debug, PartialEq)]
pub enum Next {
    /// A request; its answer is the next one `next` is asked with.
    Ask(Ask),
    /// This is who it is.
    Known(AppUser),
}

/// Somebody, as the vendor says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AppUser {
    /// What it calls them for ever.
    pub subject: String,
}

/// Why nobody is known.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The code is over, was used, or is of another app.
    #[error("the app's code is not taken ({0})")]
    Code(String),
    /// The code is of somebody outside the company.
    #[error("the code is of somebody who is not of this company")]
    Stranger,
    /// The vendor refuses the app, or says nothing that can be used.
    #[error("the vendor cannot be used for this: {0}")]
    Vendor(String),
}

impl Scheme {
    /// The scheme of a word.
    pub fn of(word: &str) -> Option<&'static Scheme> {
        SCHEMES.iter().copied().find(|scheme| scheme.word == word)
    }

    /// What follows from the answers so far.
    ///
    /// # Errors
    /// Why nobody is known.
    pub fn next(&self, asking: &Asking<'_>, answers: &[Json]) -> Result<Next, Refusal> {
        (self.next)(asking, answers)
    }
}

fn get(path: &'static str, query: Vec<(&'static str, String)>) -> Ask {
    Ask { path, query, bearer: None, body: None }
}

fn post(path: &'static str, body: Json) -> Ask {
    Ask { path, query: Vec::new(), bearer: None, body: Some(body) }
}

fn text(answer: &Json, pointer: &str) -> Option<String> {
    answer.pointer(pointer).and_then(Json::as_str).filter(|text| !text.is_empty()).map(str::to_owned)
}

/// Characters of a vendor's words. Whoever tells them to somebody masks what was sent, whole, and shortens them then.
const WORDS_MAX: usize = 4_000;

/// The vendor's code and words, without control characters.
fn words(answer: &Json, code: &str, message: &str) -> String {
    let said = answer[message].as_str().unwrap_or("nothing said");
    let said: String = said.chars().filter(|letter| !letter.is_control()).take(WORDS_MAX).collect();
    format!("{}: {said}", answer[code])
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn asking() -> Asking<'static> {
        Asking { client_id: "app", client_secret: "secret", code: "c1" }
    }

    fn known(scheme: &str, answers: &[Json]) -> Result<Next, Refusal> {
        Scheme::of(scheme).unwrap().next(&asking(), answers)
    }

    #[test]
    fn the_words_are_those_of_the_schemes() {
        assert_eq!(SCHEMES.iter().map(|scheme| scheme.word).collect::<Vec<_>>(), WORDS);
    }

    #[test]
    fn each_scheme_ends_with_a_person_within_its_bound() {
        for (scheme, answers, subject) in [
            (
                "dingtalk",
                vec![json!({"errcode": 0, "access_token": "t"}), json!({"errcode": 0, "result": {"userid": "0142", "name": "赵敏"}})],
                "0142",
            ),
            (
                "feishu",
                vec![
                    json!({"code": 0, "app_access_token": "a"}),
                    json!({"code": 0, "data": {"access_token": "u"}}),
                    json!({"code": 0, "data": {"user_id": "f1001", "open_id": "ou_1"}}),
                ],
                "f1001",
            ),
            ("wecom", vec![json!({"errcode": 0, "access_token": "t"}), json!({"errcode": 0, "userid": "LiHui"})], "LiHui"),
        ] {
            assert!(answers.len() < REQUESTS_MAX);
            for count in 0..answers.len() {
                assert!(matches!(known(scheme, &answers[..count]), Ok(Next::Ask(_))), "{scheme} {count}");
            }
            assert_eq!(known(scheme, &answers), Ok(Next::Known(AppUser { subject: subject.to_owned() })), "{scheme}");
            // An answer without the person names nobody.
            let mut empty = answers.clone();
            *empty.last_mut().unwrap() = json!({"errcode": 0, "code": 0});
            assert!(known(scheme, &empty).is_err(), "{scheme}");
        }
    }

    #[test]
    fn a_code_that_is_not_taken_is_told_from_an_app_that_is_refused() {
        for (scheme, answers) in [
            ("dingtalk", vec![json!({"errcode": 0, "access_token": "t"}), json!({"errcode": 40078, "errmsg": "不存在的临时授权码"})]),
            ("feishu", vec![json!({"code": 0, "app_access_token": "a"}), json!({"code": 20003, "msg": "invalid code"})]),
            ("wecom", vec![json!({"errcode": 0, "access_token": "t"}), json!({"errcode": 40029, "errmsg": "invalid code"})]),
        ] {
            assert!(matches!(known(scheme, &answers), Err(Refusal::Code(_))), "{scheme}");
            let refused = json!({"errcode": 40089, "code": 10014, "errmsg": "wrong\nsecret", "msg": "app secret invalid"});
            let Err(Refusal::Vendor(words)) = known(scheme, &[refused]) else { panic!("{scheme}") };
            assert!(!words.contains('\n') && !words.contains("secret\"") && !words.contains("c1"), "{words}");
        }
        let outside = [json!({"errcode": 0, "access_token": "t"}), json!({"errcode": 0, "openid": "o1"})];
        assert_eq!(known("wecom", &outside), Err(Refusal::Stranger));
    }
}
