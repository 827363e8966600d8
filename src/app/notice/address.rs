//! Addresses of this hub in notices: written `waybill:/…` until they leave, since only the process knows where it is reached.

use crate::domain::flow::HERE;
use serde_json::Value as Json;
use std::borrow::Cow;

/// Where this hub is reached from outside, without a slash at the end; none when nobody said it.
#[derive(Clone, Debug, Default)]
pub struct Here(Option<String>);

impl Here {
    /// The address of the configuration.
    pub fn new(public_url: Option<&url::Url>) -> Here {
        Here(public_url.map(|url| url.as_str().trim_end_matches('/').to_owned()))
    }

    /// A text as it leaves. Where nobody knows the address there is none to follow, and a line that is nothing else goes.
    pub fn outward<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let local = format!("{HERE}/");
        if !text.contains(&local) {
            return Cow::Borrowed(text);
        }
        let Some(base) = &self.0 else {
            let is_link = |line: &&str| line.trim().starts_with(&local) && !line.trim().contains(char::is_whitespace);
            let kept: Vec<&str> = text.split('\n').filter(|line| !is_link(line)).collect();
            return Cow::Owned(kept.join("\n").replace(&local, "/").trim_end().to_owned());
        };
        Cow::Owned(text.replace(&local, &format!("{base}/")))
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

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn addresses_get_the_base_or_go() {
        let here = Here::new(Some(&url::Url::parse("https://hub.example/waybill/").unwrap()));
        assert_eq!(here.outward("see\nwaybill:/tasks?task=1"), "see\nhttps://hub.example/waybill/tasks?task=1");
        assert_eq!(here.outward("nothing of that: waybill"), "nothing of that: waybill");
        let nowhere = Here::new(None);
        assert_eq!(nowhere.outward("see\nwaybill:/tasks?task=1"), "see");
        assert_eq!(nowhere.outward("see waybill:/docs/1 there"), "see /docs/1 there");
        let input = json!({"url": "waybill:/docs/1", "list": ["waybill:/docs/2", 1]});
        assert_eq!(nowhere.outward_all(&input), json!({"url": "", "list": ["", 1]}));
        assert_eq!(here.outward_all(&input)["list"][0], "https://hub.example/waybill/docs/2");
    }
}
