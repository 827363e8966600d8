//! Addresses of this hub in notices: written `waybill:/…` until they leave, since only the process knows where it is reached.

use crate::domain::approval::LinkKey;
use crate::domain::flow::HERE;
use serde_json::Value as Json;
use std::borrow::Cow;

/// Where this hub is reached from outside, without a slash at the end; none when nobody said it.
#[derive(Clone, Debug, Default)]
pub struct Here {
    base: Option<String>,
    /// What signs links by which people decide: only what leaves is signed, so that no store and no log holds one that works.
    links: Option<LinkKey>,
}

/// Where links by which people decide begin.
const DECIDE: &str = "/decide/";

impl Here {
    /// The address of the configuration, and the key of links.
    pub fn new(public_url: Option<&url::Url>, links: Option<LinkKey>) -> Here {
        Here { base: public_url.map(|url| url.as_str().trim_end_matches('/').to_owned()), links }
    }

    /// A text as it leaves. Where nobody knows the address there is none to follow, and a line that is nothing else goes.
    pub fn outward<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let local = format!("{HERE}/");
        if !text.contains(&local) {
            return Cow::Borrowed(text);
        }
        let (Some(base), Some(links)) = (&self.base, &self.links) else {
            let decides = format!("{HERE}{DECIDE}");
            let is_link =
                |line: &&str| line.contains(&decides) || (line.trim().starts_with(&local) && !line.trim().contains(char::is_whitespace));
            let kept: Vec<&str> = text.split('\n').filter(|line| !is_link(line)).collect();
            return Cow::Owned(kept.join("\n").replace(&local, "/").trim_end().to_owned());
        };
        let mut said = String::with_capacity(text.len() + 64);
        for (place, part) in text.split(HERE).enumerate() {
            let Some(path) = part.strip_prefix('/').filter(|_| place > 0) else {
                said += if place > 0 { HERE } else { "" };
                said += part;
                continue;
            };
            said += &format!("{base}/");
            match path.strip_prefix(&DECIDE[1..]) {
                Some(rest) => {
                    let length = rest.find(|letter: char| !is_of_payload(letter)).unwrap_or(rest.len());
                    said += &format!("{}{}{}", &DECIDE[1..], links.sign(&rest[..length]), &rest[length..]);
                }
                None => said += path,
            }
        }
        Cow::Owned(said)
    }

    /// The signed links in an input as it leaves: what must stand in no record of the call.
    pub fn secrets_all(&self, input: &Json) -> Vec<String> {
        match input {
            Json::String(text) => self.secrets(text),
            Json::Array(items) => items.iter().flat_map(|item| self.secrets_all(item)).collect(),
            Json::Object(members) => members.values().flat_map(|value| self.secrets_all(value)).collect(),
            _ => Vec::new(),
        }
    }

    /// The same of one text.
    pub fn secrets(&self, text: &str) -> Vec<String> {
        let Some(base) = &self.base else { return Vec::new() };
        let begins = format!("{base}{DECIDE}");
        // A full stop after it ends a sentence.
        let token = |rest: &str| {
            let whole = rest.split(|letter: char| !is_of_payload(letter) && letter != '.').next()?;
            Some(whole.trim_end_matches('.').to_owned())
        };
        text.split(&begins).skip(1).filter_map(token).collect()
    }

    /// The same in every text of an operation's input.
    pub fn outward_all(&self, input: &Json) -> Json {
        match input {
            Json::String(text) => Json::String(self.outward(text).into_owned()),
            Json::Array(items) => items.iter().map(|item| self.outward_all(item)).collect(),
            Json::Object(members) => members.iter().map(|(name, value)| (name.clone(), self.outward_all(value))).collect(),
            other => other.clone(),
        }
    }
}

fn is_of_payload(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || letter == '-' || letter == '_'
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn only_what_leaves_is_signed_and_no_record_holds_it() {
        let key = LinkKey::of(b"k");
        let here = Here::new(Some(&url::Url::parse("https://hub.example").unwrap()), Some(key.clone()));
        let signed = key.sign("abc-_1");
        let said = here.outward("Approve: waybill:/decide/abc-_1\nwaybill: is a word");
        assert_eq!(said, format!("Approve: https://hub.example/decide/{signed}\nwaybill: is a word"));
        let input = json!({"text": said, "more": [format!("see https://hub.example/decide/{signed}.")]});
        assert_eq!(here.secrets_all(&input), [signed.clone(), signed]);
        assert_eq!(Here::new(None, Some(key)).outward("it waits\nApprove: waybill:/decide/abc"), "it waits");
    }

    #[test]
    fn addresses_get_the_base_or_go() {
        let here = Here::new(Some(&url::Url::parse("https://hub.example/waybill/").unwrap()), Some(LinkKey::of(b"k")));
        assert_eq!(here.outward("see\nwaybill:/tasks?task=1"), "see\nhttps://hub.example/waybill/tasks?task=1");
        assert_eq!(here.outward("nothing of that: waybill"), "nothing of that: waybill");
        let nowhere = Here::new(None, None);
        assert_eq!(nowhere.outward("see\nwaybill:/tasks?task=1"), "see");
        assert_eq!(nowhere.outward("see waybill:/docs/1 there"), "see /docs/1 there");
        let input = json!({"url": "waybill:/docs/1", "list": ["waybill:/docs/2", 1]});
        assert_eq!(nowhere.outward_all(&input), json!({"url": "", "list": ["", 1]}));
        assert_eq!(here.outward_all(&input)["list"][0], "https://hub.example/waybill/docs/2");
    }
}
